"""Floats as small integers with a scale: one for a channel, or one and a zero point for a block."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from typing import Any

from keras_core import ops
from keras_core.ops.elementwise import largest_finite
from keras_core.runtime.dtypes import float_for, standardize_dtype
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.table import load_table, use_table

_EPSILON = 1e-7


def as_floats(inputs: Any) -> Any:
    """Return a tensor of floats: integers in `floatx`."""
    if not isinstance(inputs, KerasTensor):
        inputs = ops.convert_to_tensor(inputs)
    return ops.cast(inputs, float_for(standardize_dtype(inputs.dtype)))


@contextlib.contextmanager
def on_host() -> Iterator[None]:
    """Let NumPy compute inside the block, whatever backend is active."""
    with use_table(load_table("numpy")):
        yield


def abs_max_quantize(
    inputs: Any,
    axis: Any,
    value_range: tuple[int, int] = (-127, 127),
    dtype: Any = "int8",
    epsilon: float = _EPSILON,
    to_numpy: bool = False,
) -> tuple[Any, Any]:
    """Return integers and the scale by which the inputs were multiplied: the largest one becomes the largest integer.

    Args:
        inputs: tensor of floats.
        axis: int, or list or tuple of ints: the axes over which one scale is taken; None for all.
        value_range: smallest and largest integer.
        dtype: dtype of the integers.
        epsilon: added to the largest input, so that zeros have a scale.
        to_numpy: whether NumPy computes it, and arrays are returned: large weights are so kept off the device.

    Returns:
        Integers of the shape of the inputs, and scales of the dtype of the inputs, whose `axis` has size 1.

    Example:
        >>> integers, scale = keras.quantizers.abs_max_quantize(np.array([[1.0, -4.0]], "float32"), axis=-1)
        >>> integers.tolist(), float(scale[0, 0])
        ([[32, -127]], 31.75)
    """
    if to_numpy:
        inputs = ops.convert_to_numpy(inputs)
        with on_host():
            return abs_max_quantize(inputs, axis, value_range, dtype, epsilon)
    inputs = as_floats(inputs)
    axes = tuple(axis) if isinstance(axis, list | tuple) else axis
    low, high = value_range
    largest = ops.add(ops.max(ops.abs(inputs), axis=axes, keepdims=True), epsilon)
    # In float16 the quotient would be infinite for zeros.
    finite = high / largest_finite(standardize_dtype(inputs.dtype))
    scale = ops.divide(float(high), ops.maximum(largest, finite))
    return ops.cast(ops.clip(ops.round(ops.multiply(inputs, scale)), low, high), dtype), scale


def abs_max_quantize_grouped_with_zero_point(
    inputs: Any,
    block_size: int,
    value_range: tuple[int, int] = (-8, 7),
    dtype: Any = "int8",
    epsilon: float = _EPSILON,
    to_numpy: bool = False,
) -> tuple[Any, Any, Any]:
    """Return integers, scales and zero points of a matrix, one for each block of rows of a column.

    A row is restored as `(integers - zero) * scale`. The smallest number of a block becomes the smallest integer, the
    largest one the largest. The zero point is itself in the range, so that numbers that are all of one sign, far from
    zero, are not represented well.

    Args:
        inputs: float tensor of shape `(rows, columns)`.
        block_size: number of rows of a block, >= 1; the last block may have fewer.
        value_range: smallest and largest integer.
        dtype: dtype of the integers and zero points.
        epsilon: added to the range of the numbers of a block.
        to_numpy: whether NumPy computes it, and arrays are returned.

    Returns:
        Integers of the shape of the inputs; scales, of the dtype of the inputs, and zero points of shape
        `(ceil(rows / block_size), columns)`.

    Raises:
        ValueError: where the inputs are no matrix, or the block size is below 1.

    Example:
        >>> weights = np.array([[0.0], [15.0], [-4.0], [3.5]], "float32")
        >>> integers, scale, zero = keras.quantizers.abs_max_quantize_grouped_with_zero_point(weights, 2)
        >>> integers.tolist(), zero.tolist()
        ([[-8], [7], [-8], [7]], [[-8], [0]])
    """
    if to_numpy:
        inputs = ops.convert_to_numpy(inputs)
        with on_host():
            return abs_max_quantize_grouped_with_zero_point(inputs, block_size, value_range, dtype, epsilon)
    inputs = as_floats(inputs)
    if inputs.ndim != 2 or not isinstance(block_size, int) or block_size < 1:
        raise ValueError(
            "abs_max_quantize_grouped_with_zero_point: expected inputs of shape (rows, columns) and block_size >= 1, "
            f"got the shape {tuple(inputs.shape)} and block_size={block_size!r}."
        )
    rows, columns = inputs.shape
    size = min(block_size, rows)
    count = math.ceil(rows / size)
    padded = ops.pad(inputs, ((0, count * size - rows), (0, 0))) if count * size > rows else inputs
    blocks = ops.reshape(padded, (count, size, columns))
    low, high = value_range
    smallest, largest = (reduce(blocks, axis=1, keepdims=True) for reduce in (ops.min, ops.max))
    alike = ops.cast(ops.equal(smallest, largest), inputs.dtype)
    smallest, largest = ops.subtract(smallest, alike), ops.add(largest, alike)
    scale = ops.divide(ops.add(ops.subtract(largest, smallest), epsilon), high - low)
    zero = ops.clip(ops.add(ops.round(ops.divide(ops.negative(smallest), scale)), low), low, high)
    integers = ops.clip(ops.add(ops.round(ops.divide(blocks, scale)), zero), low, high)
    integers = ops.reshape(integers, (count * size, columns))[:rows]
    return ops.cast(integers, dtype), ops.squeeze(scale, 1), ops.cast(ops.squeeze(zero, 1), dtype)
