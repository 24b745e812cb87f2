"""The integers of four bits of a weight, as a matrix with two of them in a byte."""

from __future__ import annotations

import math
from typing import Any

from keras_core.layers.quantization.weight import LargeWeight
from keras_core.quantizers.packing import pack_int4, unpack_int4


def _axis(weight: LargeWeight) -> int:
    """Return the axis of the matrix that is kept along which pairs are formed."""
    return int(weight.packs_rows == weight.is_transposed)


def packed_shape(weight: LargeWeight) -> tuple[int, ...]:
    """Return the shape of the matrix that is kept."""
    rows, columns = weight.matrix_shape
    shape = [columns, rows] if weight.is_transposed else [rows, columns]
    shape[_axis(weight)] = math.ceil(shape[_axis(weight)] / 2)
    return tuple(shape)


def packed(weight: LargeWeight, matrix: Any, dtype: str = "int8") -> Any:
    """Return a matrix of integers as it is kept."""
    return pack_int4(weight.kept(matrix), _axis(weight), dtype)[0]


def unpacked(weight: LargeWeight, kept: Any, dtype: str = "int8") -> Any:
    """Return the matrix of integers that is kept."""
    length = weight.matrix_shape[0 if weight.packs_rows else 1]
    return weight.kept(unpack_int4(kept, length, _axis(weight), dtype))
