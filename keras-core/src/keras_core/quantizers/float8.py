"""Scales of floats of eight bits, from the largest numbers of the last steps."""

from __future__ import annotations

import math
from typing import Any

from keras_core import ops
from keras_core.ops.elementwise import largest_finite
from keras_core.runtime.dtypes import standardize_dtype


def compute_float8_scale(amax: Any, scale: Any, dtype_max: float, margin: int = 0) -> Any:
    """Return by which numbers are divided, so that the largest becomes the largest of a dtype.

    Args:
        amax: largest magnitude of the numbers.
        scale: the scale so far, which is kept where `amax` is 0, not finite, or too small to have one.
        dtype_max: largest number of the dtype.
        margin: that one is divided by `2 ** margin`.

    Source:
        Micikevicius et al., "FP8 Formats for Deep Learning", 2022, https://arxiv.org/abs/2209.05433.

    Example:
        >>> float(keras.quantizers.compute_float8_scale(896.0, 1.0, dtype_max=448.0))
        2.0
    """
    amax, scale = ops.convert_to_tensor(amax), ops.convert_to_tensor(scale)
    new = ops.divide(amax, dtype_max / 2.0**margin)
    # Its reciprocal too is to be finite: gradients are multiplied by it.
    has_one = ops.logical_and(ops.isfinite(ops.reciprocal(new)), ops.less(new, math.inf))
    return ops.where(has_one, new, scale)


def compute_float8_amax_history(x: Any, amax_history: Any) -> Any:
    """Return the largest magnitudes of the last steps with that of a tensor among them.

    They are a ring that is turned by one place to the left: the newest is the first, the oldest, which the next one
    takes the place of, the second.

    Args:
        x: tensor.
        amax_history: vector of the largest magnitudes so far.

    Example:
        >>> keras.quantizers.compute_float8_amax_history(
        ...     np.float32([-7.0, 1.0]), np.float32([3.0, 2.0, 1.0])
        ... ).tolist()
        [7.0, 1.0, 3.0]
    """
    amax_history = ops.convert_to_tensor(amax_history)
    amax = ops.cast(ops.max(ops.abs(x)), amax_history.dtype)
    return ops.concatenate([ops.reshape(amax, (1,)), ops.roll(amax_history, -1)[1:]])


def quantize_and_dequantize(inputs: Any, scale: Any, quantized_dtype: Any, compute_dtype: Any) -> Any:
    """Return numbers as they come back from a float of eight bits.

    Args:
        inputs: float tensor.
        scale: by which they are divided before, and multiplied after.
        quantized_dtype: `"float8_e4m3fn"` or `"float8_e5m2"`.
        compute_dtype: dtype of the result.

    Example:
        >>> keras.quantizers.quantize_and_dequantize([0.3, 1000.0], 1.0, "float8_e4m3fn", "float32").tolist()
        [0.3125, 448.0]
    """
    largest = largest_finite(standardize_dtype(quantized_dtype))
    scale = ops.cast(scale, compute_dtype)
    x = ops.clip(ops.divide(inputs, scale), -largest, largest)
    return ops.multiply(ops.cast(ops.cast(x, quantized_dtype), compute_dtype), scale)
