"""Reductions of the elements that are not nan."""

import math
from typing import Any, Final

from keras_core.ops.checks import require_real
from keras_core.ops.elementwise import where
from keras_core.ops.elementwise_binary import divide, equal, multiply, subtract
from keras_core.ops.elementwise_unary import sqrt
from keras_core.ops.indexing import argmax, argmin
from keras_core.ops.reduction import cumprod, cumsum
from keras_core.ops.reduction import max as max_
from keras_core.ops.reduction import min as min_
from keras_core.ops.reduction import prod as prod_
from keras_core.ops.reduction import sum as sum_
from keras_core.runtime import dtypes
from keras_core.runtime.definition import op
from keras_core.runtime.table import active

_AXES: Final = {"axis": "axes"}
_HALVES: Final = ("float16", "bfloat16")


def _missing(x: Any) -> Any:
    """Return where `x` is nan, None where its dtype has none."""
    d = active()
    return d.isnan(x) if dtypes.is_inexact(d.dtype_of(x)) else None


def _replaced(x: Any, value: float) -> Any:
    missing = _missing(x)
    return x if missing is None else where(missing, value, x)


@op(dtype="accumulate", static=_AXES)
def nansum(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the sum over axes of the elements that are not nan.

    Args:
        x: tensor of numbers; narrow integers are summed in 32 bits.
        axis: int or tuple of ints; None for all.
        keepdims: whether the axes stay, of size 1.

    Returns:
        Tensor without the axes; 0 where all elements are nan.

    Example:
        >>> float(ops.nansum([1.0, float("nan"), 2.0]))
        3.0
    """
    return sum_(_replaced(x, 0), axis, keepdims)


@op(dtype="accumulate", static=_AXES)
def nanprod(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the product over axes of the elements that are not nan.

    Args:
        x: tensor of numbers; narrow integers are multiplied in 32 bits.
        axis: int or tuple of ints; None for all.
        keepdims: whether the axes stay, of size 1.

    Returns:
        Tensor without the axes; 1 where all elements are nan.

    Example:
        >>> float(ops.nanprod([2.0, float("nan"), 3.0]))
        6.0
    """
    return prod_(_replaced(x, 1), axis, keepdims)


def _extremum(name: str, x: Any, axis: Any, keepdims: bool) -> Any:
    require_real(name, x)
    d = active()
    reduce, worst = (max_, -math.inf) if name == "nanmax" else (min_, math.inf)
    missing = _missing(x)
    if missing is None:
        return reduce(x, axis, keepdims)
    return where(d.all(missing, axis, keepdims), math.nan, reduce(where(missing, worst, x), axis, keepdims))


@op(static=_AXES)
def nanmax(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the largest element over axes that is not nan.

    Args:
        x: tensor of real numbers.
        axis: int or tuple of ints; None for all.
        keepdims: whether the axes stay, of size 1.

    Returns:
        Tensor without the axes; nan where all elements are nan.

    Raises:
        ValueError: over nothing.
        TypeError: for complex numbers.

    Example:
        >>> float(ops.nanmax([1.0, float("nan"), 2.0]))
        2.0
    """
    return _extremum("nanmax", x, axis, keepdims)


@op(static=_AXES)
def nanmin(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the smallest element over axes that is not nan.

    Args:
        x: tensor of real numbers.
        axis: int or tuple of ints; None for all.
        keepdims: whether the axes stay, of size 1.

    Returns:
        Tensor without the axes; nan where all elements are nan.

    Raises:
        ValueError: over nothing.
        TypeError: for complex numbers.

    Example:
        >>> float(ops.nanmin([1.0, float("nan"), 2.0]))
        1.0
    """
    return _extremum("nanmin", x, axis, keepdims)


def _place(name: str, x: Any, axis: int | None, keepdims: bool) -> Any:
    require_real(name, x)
    d = active()
    search, worst = (argmax, -math.inf) if name == "nanargmax" else (argmin, math.inf)
    missing = _missing(x)
    if missing is None:
        return search(x, axis, keepdims)
    over = None if axis is None else (axis,)
    values = where(missing, worst, x)
    found = search(values, axis, keepdims)
    # Where the best is as bad as what stands for nan, that must not be found, but the first element that is none.
    best = (max_ if name == "nanargmax" else min_)(values, axis, keepdims)
    first = argmin(d.astype(missing, "int32"), axis, keepdims)
    found = where(d.equal(best, d.full((), worst, d.dtype_of(x))), first, found)
    return where(d.all(missing, over, keepdims), -1, found)


@op(static={"axis": "axis_or_none"}, differentiable=())
def nanargmax(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """Return the int32 index of the first largest element along an axis that is not nan.

    Args:
        x: tensor of real numbers.
        axis: which axis; None takes the flattened tensor.
        keepdims: whether the axis stays, of size 1.

    Returns:
        Tensor without the axis; -1 where all elements are nan.

    Raises:
        TypeError: for complex numbers.

    Example:
        >>> int(ops.nanargmax([1.0, float("nan"), 2.0]))
        2
    """
    return _place("nanargmax", x, axis, keepdims)


@op(static={"axis": "axis_or_none"}, differentiable=())
def nanargmin(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """Return the int32 index of the first smallest element along an axis that is not nan.

    Args:
        x: tensor of real numbers.
        axis: which axis; None takes the flattened tensor.
        keepdims: whether the axis stays, of size 1.

    Returns:
        Tensor without the axis; -1 where all elements are nan.

    Raises:
        TypeError: for complex numbers.

    Example:
        >>> int(ops.nanargmin([1.0, float("nan"), 2.0]))
        0
    """
    return _place("nanargmin", x, axis, keepdims)


def _count(x: Any, axis: Any, keepdims: bool) -> Any:
    """Return how many elements are not nan, in the real dtype of `x`."""
    d = active()
    dtype = d.dtype_of(x)
    present = d.astype(d.logical_not(d.isnan(x)), dtypes.REAL_OF_COMPLEX.get(dtype, dtype))
    return d.sum(present, axis, keepdims)


@op(dtype="float", static=_AXES)
def nanmean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the arithmetic mean over axes of the elements that are not nan.

    Args:
        x: tensor of numbers; integers become `floatx`.
        axis: int or tuple of ints; None for all.
        keepdims: whether the axes stay, of size 1.

    Returns:
        Tensor without the axes; nan where all elements are nan.

    Example:
        >>> float(ops.nanmean([1.0, float("nan"), 2.0]))
        1.5
    """
    d = active()
    dtype = d.dtype_of(x)
    if dtype in _HALVES:
        # Sums of many halves overflow or stall long before their mean does.
        return d.astype(nanmean(d.astype(x, "float32"), axis, keepdims), dtype)
    return divide(sum_(_replaced(x, 0), axis, keepdims), _count(x, axis, keepdims))


@op(dtype="float", static=_AXES)
def nanvar(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the population variance over axes of the elements that are not nan.

    Args:
        x: tensor of numbers; integers become `floatx`.
        axis: int or tuple of ints; None for all.
        keepdims: whether the axes stay, of size 1.

    Returns:
        Real tensor without the axes; nan where all elements are nan.

    Example:
        >>> float(ops.nanvar([1.0, float("nan"), 3.0]))
        1.0
    """
    d = active()
    dtype = d.dtype_of(x)
    if dtype in _HALVES:
        return d.astype(nanvar(d.astype(x, "float32"), axis, keepdims), dtype)
    centered = where(d.isnan(x), 0, subtract(x, nanmean(x, axis, keepdims=True)))
    squared = multiply(centered, centered)
    if dtype in dtypes.COMPLEX:
        squared = d.real(multiply(centered, d.conj(centered)))
    return divide(sum_(squared, axis, keepdims), _count(x, axis, keepdims))


@op(dtype="float", static=_AXES)
def nanstd(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the population standard deviation over axes of the elements that are not nan.

    Args:
        x: tensor of numbers; integers become `floatx`.
        axis: int or tuple of ints; None for all.
        keepdims: whether the axes stay, of size 1.

    Returns:
        Real tensor without the axes; nan where all elements are nan.

    Example:
        >>> float(ops.nanstd([1.0, float("nan"), 3.0]))
        1.0
    """
    d = active()
    dtype = d.dtype_of(x)
    if dtype in _HALVES:
        return d.astype(nanstd(d.astype(x, "float32"), axis, keepdims), dtype)
    variance = nanvar(x, axis, keepdims)
    constant = equal(variance, 0)
    # As that of `std`: the slope of a square root at 0 is infinite, that of the deviation is taken for 0.
    return where(constant, 0, sqrt(where(constant, 1, variance)))


_RUNNING: Final = {"axis": "axis_or_none", "dtype": "dtype_or_none"}


@op(dtype="number", static=_RUNNING)
def nancumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Return the running sum along an axis in which nan counts as 0.

    Args:
        x: tensor of numbers; bools become int32.
        axis: which axis; None takes the flattened tensor.
        dtype: dtype name; None for that of `x`.

    Example:
        >>> ops.nancumsum([1.0, float("nan"), 2.0])
        array([1., 1., 3.], dtype=float32)
    """
    return cumsum(_replaced(x, 0), axis, dtype)


@op(dtype="number", static=_RUNNING)
def nancumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Return the running product along an axis in which nan counts as 1.

    Args:
        x: tensor of numbers; bools become int32.
        axis: which axis; None takes the flattened tensor.
        dtype: dtype name; None for that of `x`.

    Example:
        >>> ops.nancumprod([2.0, float("nan"), 3.0])
        array([2., 2., 6.], dtype=float32)
    """
    return cumprod(_replaced(x, 1), axis, dtype)
