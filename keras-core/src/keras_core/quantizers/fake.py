"""Rounding to few values in training, with a derivative as if nothing were rounded."""

from __future__ import annotations

from typing import Any

from keras_core import ops
from keras_core.autodiff.rule import unbroadcast
from keras_core.ops.control import symbolic_if_needed
from keras_core.quantizers.integers import as_floats
from keras_core.runtime.axes import canonical_axis
from keras_core.runtime.table import active


@symbolic_if_needed
def fake_quant_with_min_max_vars(
    inputs: Any, min_vals: Any, max_vals: Any, num_bits: int = 8, narrow_range: bool = False, axis: int | None = None
) -> Any:
    """Return the inputs rounded to one of a few values between two bounds, which are moved so that 0 is one of them.

    The derivative is 1 within the bounds; outside them, it is that of the bound.

    Args:
        inputs: float tensor.
        min_vals: lower bound, a scalar; a vector where an axis is given.
        max_vals: upper bound, likewise.
        num_bits: there are `2 ** num_bits` values.
        narrow_range: whether there is one value less.
        axis: the axis whose elements have bounds of their own; None for the last one where the bounds are vectors.

    Returns:
        Tensor of the shape and dtype of the inputs.

    Source:
        Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference",
        2017, https://arxiv.org/abs/1712.05877.

    Example:
        >>> keras.quantizers.fake_quant_with_min_max_vars([-9.0, 0.4, 2.6], -4.0, 3.0, num_bits=3).tolist()
        [-4.0, 0.0, 3.0]
    """
    inputs = as_floats(inputs)
    if axis is not None:
        shape = [1] * inputs.ndim
        shape[canonical_axis(axis, inputs.ndim)] = -1
        min_vals, max_vals = ops.reshape(min_vals, shape), ops.reshape(max_vals, shape)
    elif not (isinstance(min_vals, int | float) and isinstance(max_vals, int | float)):
        min_vals, max_vals = ops.convert_to_tensor(min_vals), ops.convert_to_tensor(max_vals)
    # Bounds that are numbers are moved in the precision of Python: whether a half is rounded up depends on it.
    count = 2**num_bits - 1 - int(narrow_range)
    step = (max_vals - min_vals) / count
    zero = ops.clip(ops.round(0.0 - min_vals / step), 0, count)
    last = ops.subtract(count, zero)
    return _rounded(*(ops.cast(value, inputs.dtype) for value in (inputs, min_vals, max_vals, step, zero, last)))


@ops.custom_gradient
def _rounded(x: Any, minimum: Any, maximum: Any, step: Any, zero: Any, last: Any) -> Any:
    """Round to the multiples of the step from `-zero` times to `last` times it."""
    low, high = ops.multiply(ops.negative(zero), step), ops.multiply(last, step)
    is_below, is_above = ops.less(x, low), ops.greater(x, high)
    steps = ops.floor(ops.add(ops.divide(ops.subtract(ops.clip(x, low, high), low), step), 0.5))

    def backward(upstream: Any) -> tuple[Any, ...]:
        inside = ops.where(ops.logical_or(is_below, is_above), 0.0, upstream)
        bounds = (
            unbroadcast(active(), ops.where(is_beyond, upstream, 0.0), bound)
            for bound, is_beyond in ((minimum, is_below), (maximum, is_above))
        )
        return inside, *bounds, *(ops.zeros_like(fixed) for fixed in (step, zero, last))

    return ops.multiply(ops.subtract(steps, zero), step), backward
