"""Ops that reduce axes."""

import math
from typing import Any

from keras_core.ops.precision import HALVES, as_dtype, widened
from keras_core.runtime import dtypes
from keras_core.runtime.definition import op
from keras_core.runtime.table import active

_AXES = {"axis": "axes"}


def count(x: Any, axis: tuple[int, ...] | None, dtype: str) -> Any:
    """Return how many elements of `x` one result of a reduction stands for, as a scalar tensor."""
    d = active()
    sizes = d.static_shape(x)
    chosen = sizes if axis is None else [sizes[position] for position in axis]
    if None not in chosen:
        return d.full((), math.prod(chosen), dtype)
    total = d.full((), 1, dtype)
    dynamic = d.shape(x)
    for position in range(x.ndim) if axis is None else axis:
        size = dynamic[position]
        if size is not None:
            total = d.multiply(total, d.full((), size, dtype) if isinstance(size, int) else d.astype(size, dtype))
    return total


@op(primitive="sum", dtype="accumulate", static=_AXES)
def sum(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the sum over axes.

    Args:
        x: tensor of numbers; narrow integers are summed in 32 bits.
        axis: int or tuple of ints; None for all.
        keepdims: whether the axes stay, of size 1.

    Example:
        >>> float(ops.sum([1.0, 2.0]))
        3.0
    """
    ...


@op(dtype="accumulate", static={"axis": "axes", "dtype": "dtype_or_none"})
def prod(x: Any, axis: Any = None, keepdims: bool = False, dtype: Any = None) -> Any:
    """Return the product over axes.

    Args:
        x: tensor of numbers; narrow integers are multiplied in 32 bits.
        axis: int or tuple of ints; None for all.
        keepdims: whether the axes stay, of size 1.
        dtype: dtype name of the result; None for that of `x`.

    Example:
        >>> float(ops.prod([2.0, 3.0]))
        6.0
    """
    d = active()
    return d.prod(x if dtype is None or d.dtype_of(x) == dtype else d.astype(x, dtype), axis, keepdims)


def _extremum(name: str, x: Any, axis: Any, keepdims: bool, initial: Any) -> Any:
    d = active()
    is_bool = d.dtype_of(x) == "bool"
    if is_bool:
        x = d.astype(x, "uint8")
    sizes = d.static_shape(x)
    over = sizes if axis is None else [sizes[position] for position in axis]
    if 0 in over:
        if initial is None:
            raise ValueError(f"{name}: no largest or smallest of nothing: shape {tuple(sizes)}, axis {axis}.")
        from keras_core.runtime.inference import reduced

        result = d.full(reduced(d.shape(x), axis, keepdims), initial, d.dtype_of(x))
    else:
        result = getattr(d, name)(x, axis, keepdims)
        if initial is not None:
            combine = d.maximum if name == "max" else d.minimum
            result = combine(result, d.full((), initial, d.dtype_of(x)))
    return d.astype(result, "bool") if is_bool else result


@op(static=_AXES)
def max(x: Any, axis: Any = None, keepdims: bool = False, initial: Any = None) -> Any:
    """Return the largest element over axes, nan if any is.

    Args:
        x: tensor of real numbers.
        axis: int or tuple of ints; None for all.
        keepdims: whether the axes stay, of size 1.
        initial: number that counts as one more element.

    Raises:
        ValueError: over nothing, without `initial`.

    Example:
        >>> float(ops.max([1.0, 2.0]))
        2.0
    """
    return _extremum("max", x, axis, keepdims, initial)


@op(static=_AXES)
def min(x: Any, axis: Any = None, keepdims: bool = False, initial: Any = None) -> Any:
    """Return the smallest element over axes, nan if any is.

    Args:
        x: tensor of real numbers.
        axis: int or tuple of ints; None for all.
        keepdims: whether the axes stay, of size 1.
        initial: number that counts as one more element.

    Raises:
        ValueError: over nothing, without `initial`.

    Example:
        >>> float(ops.min([1.0, 2.0]))
        1.0
    """
    return _extremum("min", x, axis, keepdims, initial)


@op(primitive="all", dtype="bool", static=_AXES, differentiable=())
def all(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return whether all elements over axes are true.

    Args:
        x: tensor; nonzero counts as true.
        axis: int or tuple of ints; None for all.
        keepdims: whether the axes stay, of size 1.

    Example:
        >>> bool(ops.all([True, False]))
        False
    """
    ...


@op(primitive="any", dtype="bool", static=_AXES, differentiable=())
def any(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return whether any element over axes is true.

    Args:
        x: tensor; nonzero counts as true.
        axis: int or tuple of ints; None for all.
        keepdims: whether the axes stay, of size 1.

    Example:
        >>> bool(ops.any([True, False]))
        True
    """
    ...


@op(dtype="float", static=_AXES)
def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the arithmetic mean over axes, nan over nothing.

    Args:
        x: tensor of numbers; integers become `floatx`.
        axis: int or tuple of ints; None for all.
        keepdims: whether the axes stay, of size 1.

    Example:
        >>> float(ops.mean([1.0, 2.0]))
        1.5
    """
    d = active()
    dtype = d.dtype_of(x)
    if dtype in ("float16", "bfloat16"):
        # Sums of many halves overflow or stall long before their mean does.
        return d.astype(mean(d.astype(x, "float32"), axis, keepdims), dtype)
    return d.divide(d.sum(x, axis, keepdims), count(x, axis, dtype))


@op(dtype="float", static=_AXES)
def var(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the population variance over axes.

    Args:
        x: tensor of numbers; integers become `floatx`.
        axis: int or tuple of ints; None for all.
        keepdims: whether the axes stay, of size 1.

    Example:
        >>> float(ops.var([1.0, 3.0]))
        1.0
    """
    d = active()
    dtype = d.dtype_of(x)
    if dtype in ("float16", "bfloat16"):
        return d.astype(var(d.astype(x, "float32"), axis, keepdims), dtype)
    centered = d.subtract(x, mean(x, axis, keepdims=True))
    squared = d.multiply(centered, centered)
    if dtype in dtypes.COMPLEX:
        squared = d.real(d.multiply(centered, d.conj(centered)))
    return mean(squared, axis, keepdims)


@op(dtype="float", static=_AXES)
def std(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the population standard deviation over axes.

    Args:
        x: tensor of numbers; integers become `floatx`.
        axis: int or tuple of ints; None for all.
        keepdims: whether the axes stay, of size 1.

    Example:
        >>> float(ops.std([1.0, 3.0]))
        1.0
    """
    d = active()
    dtype = d.dtype_of(x)
    if dtype in ("float16", "bfloat16"):
        return d.astype(std(d.astype(x, "float32"), axis, keepdims), dtype)
    variance = var(x, axis, keepdims)
    dtype = d.dtype_of(variance)
    constant = d.equal(variance, d.full((), 0, dtype))
    # The slope of a square root at 0 is infinite; that of the deviation of equal numbers is taken for 0.
    root = d.sqrt(d.where(constant, d.full((), 1, dtype), variance))
    return d.where(constant, d.full((), 0, dtype), root)


@op(dtype="float", static=_AXES)
def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return `log(sum(exp(x)))` over axes, without overflow; -inf over nothing.

    Args:
        x: tensor of real numbers; integers become `floatx`.
        axis: int or tuple of ints; None for all.
        keepdims: whether the axes stay, of size 1.

    Example:
        >>> float(ops.logsumexp([1000.0, 1000.0]))
        1000.6931762695312
    """
    d = active()
    sizes = d.static_shape(x)
    if 0 in (sizes if axis is None else [sizes[position] for position in axis]):
        from keras_core.runtime.inference import reduced

        return d.full(reduced(d.shape(x), axis, keepdims), -math.inf, d.dtype_of(x))
    if d.dtype_of(x) in HALVES:  # float16 holds no sum of more than 65,504 ones
        return as_dtype(logsumexp(widened(x), axis, keepdims), d.dtype_of(x))
    largest = d.stop_gradient(d.max(x, axis, True))
    # An infinite shift would make nan of inf - inf.
    shift = d.where(d.isfinite(largest), largest, d.full((), 0, d.dtype_of(x)))
    total = d.sum(d.exp(d.subtract(x, shift)), axis, keepdims)
    if not keepdims:
        shift = d.squeeze(shift, tuple(range(x.ndim)) if axis is None else axis)
    # Of nothing but -inf the total is 0, where the logarithm has no derivative; here it is 0.
    zero, one, infinite = (d.full((), value, d.dtype_of(x)) for value in (0, 1, -math.inf))
    nothing = d.equal(total, zero)
    return d.where(nothing, infinite, d.add(d.log(d.where(nothing, one, total)), shift))


@op(static=_AXES, differentiable=())
def count_nonzero(x: Any, axis: Any = None) -> Any:
    """Return the number of nonzero elements over axes, int32.

    Args:
        x: tensor.
        axis: int or tuple of ints; None for all.

    Example:
        >>> int(ops.count_nonzero([0, 1, 2]))
        2
    """
    d = active()
    return d.sum(d.astype(d.astype(x, "bool"), "int32"), axis, False)


@op(dtype="number", static={"axis": "axis_or_none", "dtype": "dtype_or_none"})
def cumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Return the running sum along an axis.

    Args:
        x: tensor of numbers; bools become int32.
        axis: which axis; None takes the flattened tensor.
        dtype: dtype name; None for that of `x`.

    Example:
        >>> ops.cumsum([1, 2, 3])
        array([1, 3, 6], dtype=int32)
    """
    return _cumulative("cumulative_sum", x, axis, dtype)


@op(dtype="number", static={"axis": "axis_or_none", "dtype": "dtype_or_none"})
def cumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Return the running product along an axis.

    Args:
        x: tensor of numbers; bools become int32.
        axis: which axis; None takes the flattened tensor.
        dtype: dtype name; None for that of `x`.

    Example:
        >>> ops.cumprod([1, 2, 3])
        array([1, 2, 6], dtype=int32)
    """
    return _cumulative("cumulative_prod", x, axis, dtype)


def _cumulative(name: str, x: Any, axis: int | None, dtype: str | None) -> Any:
    d = active()
    if axis is None:
        x, axis = d.reshape(x, (-1,)), 0
    return getattr(d, name)(x if dtype is None else d.astype(x, dtype), axis)
