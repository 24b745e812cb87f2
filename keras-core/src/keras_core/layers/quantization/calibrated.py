"""Unsigned integers as GPTQ and AWQ find them: few bits, a scale and a zero point for each group of rows."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

from keras_core import ops
from keras_core.layers.quantization.pairs import packed, packed_shape, unpacked
from keras_core.layers.quantization.schemes import Part, Scheme, blocks_of_rows
from keras_core.layers.quantization.weight import LargeWeight
from keras_core.quantizers.rounding import Grid, RoundedWeight, nearest


@dataclass(frozen=True)
class Calibrated(Scheme):
    """Integers from 0, of which two share a byte where they have four bits; channels are first.

    Attributes:
        bits: of an integer.
        size: number of rows of a group, -1 for all.
        scales_inputs: whether rows were multiplied by factors of their own before they were rounded.
    """

    bits: int
    size: int
    scales_inputs: bool

    def parts(self, weight: LargeWeight) -> dict[str, Part]:
        """Return integers, scales, zero points, factors of rows, and to which group rows belong."""
        weight = _channels_first(weight)
        rows, columns = weight.matrix_shape
        size = rows if self.size == -1 else self.size
        kept = packed_shape(weight) if self.bits == 4 else (columns, rows)
        grouped = (columns, math.ceil(rows / size))
        parts = {
            "integers": Part(f"quantized_{weight.name}", weight.name, kept, "uint8", "zeros"),
            "scale": Part(f"{weight.name}_scale", f"{weight.name}_scale", grouped, None, "ones"),
            "zero": Part(f"{weight.name}_zero", f"{weight.name}_zero", grouped, "uint8", "zeros"),
        }
        if self.scales_inputs:
            parts["factors"] = Part("awq_scales", "awq_scales", (rows,), None, "ones")
        parts["index"] = Part("g_idx", "g_idx", (rows,), "float32", lambda shape, dtype: blocks_of_rows(rows, size))
        return parts

    def quantized(self, value: Any, weight: LargeWeight, config: Any) -> dict[str, Any]:
        """Return the parts for a weight.

        Args:
            value: what `gptq` or `awq` made of it; a weight itself is rounded to the nearest integers.
            weight: the weight.
            config: without effect.
        """
        is_rounded = isinstance(value, RoundedWeight)
        found = value if is_rounded else nearest(weight.as_matrix(value), Grid(self.bits), self.size)
        weight = _channels_first(weight)
        integers = packed(weight, found.integers, "uint8") if self.bits == 4 else weight.kept(found.integers)
        parts = {
            "integers": integers,
            "scale": weight.kept(found.scale),
            "zero": weight.kept(found.zero),
            "index": found.groups,
        }
        return {**parts, "factors": found.factors} if self.scales_inputs else parts

    def _matrix(self, weight: LargeWeight, parts: dict[str, Any]) -> Any:
        kept = parts["integers"]
        return unpacked(weight, kept, "uint8") if self.bits == 4 else weight.kept(kept)

    def integers(self, weight: LargeWeight, parts: dict[str, Any]) -> Any:
        """Return the integers."""
        return weight.from_matrix(self._matrix(_channels_first(weight), parts))

    def restored(self, weight: LargeWeight, parts: dict[str, Any], dtype: str) -> Any:
        """Return integers less zero points, times scales, divided by the factors of rows."""
        weight = _channels_first(weight)
        index = ops.cast(parts["index"], "int32")
        scale, zero = (ops.take(weight.kept(ops.cast(parts[word], dtype)), index, axis=0) for word in ("scale", "zero"))
        matrix = ops.multiply(ops.subtract(ops.cast(self._matrix(weight, parts), dtype), zero), scale)
        if self.scales_inputs:
            matrix = ops.divide(matrix, ops.expand_dims(ops.cast(parts["factors"], dtype), -1))
        return weight.from_matrix(matrix)


def _channels_first(weight: LargeWeight) -> LargeWeight:
    return dataclasses.replace(weight, is_transposed=True, packs_rows=False)
