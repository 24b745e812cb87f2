"""Medians, quantiles and percentiles, of all numbers or of those that are not nan."""

import math
from typing import Any, Final

import numpy as np

from keras_core.ops.checks import require_real
from keras_core.ops.elementwise import where
from keras_core.ops.elementwise_binary import add, divide, equal, maximum, multiply, subtract
from keras_core.ops.indexing import take_along_axis
from keras_core.ops.reduction import count
from keras_core.runtime.conversion import to_tensor
from keras_core.runtime.definition import op
from keras_core.runtime.naming import did_you_mean
from keras_core.runtime.table import active

METHODS: Final = ("linear", "lower", "higher", "midpoint", "nearest")
_AXES: Final = {"axis": "axes"}


def merged_rows(x: Any, axis: tuple[int, ...] | None) -> Any:
    """Return `x` with the axes of a reduction merged into one at the end."""
    d = active()
    axes = tuple(range(x.ndim)) if axis is None else axis
    kept = [position for position in range(x.ndim) if position not in axes]
    sizes = d.shape(x)
    over = [sizes[position] for position in axes]
    width = math.prod(over) if all(isinstance(size, int) for size in over) else -1
    moved = d.permute_dims(x, (*kept, *axes)) if kept else x
    return d.reshape(moved, (*(sizes[position] for position in kept), width))


def _check_levels(name: str, q: Any, highest: float) -> None:
    """Refuse levels out of range, where they are known."""
    if isinstance(q, int | float | list | tuple | np.ndarray):
        levels = np.asarray(q, np.float64)
        if levels.size and not (np.all(levels >= 0) and np.all(levels <= highest)):
            raise ValueError(f"{name}: argument 'q' must be in [0, {highest:g}], got {q}.")


def _between(ordered: Any, position: Any, method: str) -> Any:
    """Return what lies at fractional positions along the last axis of sorted numbers."""
    d = active()
    if method == "nearest":
        return take_along_axis(ordered, d.astype(d.round(position), "int32"), -1)
    floor, ceil = d.floor(position), d.ceil(position)
    if method == "lower":
        return take_along_axis(ordered, d.astype(floor, "int32"), -1)
    high = take_along_axis(ordered, d.astype(ceil, "int32"), -1)
    if method == "higher":
        return high
    low = take_along_axis(ordered, d.astype(floor, "int32"), -1)
    weight = 0.5 if method == "midpoint" else d.astype(subtract(position, floor), d.dtype_of(low))
    # The difference of two infinities is nan, but between equal numbers there is nothing to compute.
    same = equal(low, high)
    step = subtract(where(same, 0.0, high), where(same, 0.0, low))
    return where(same, low, add(where(same, 0.0, low), multiply(step, weight)))


def _quantiles(name: str, x: Any, q: Any, axis: Any, method: str, keepdims: bool, skip_nan: bool) -> Any:
    require_real(name, x)
    if method not in METHODS:
        raise ValueError(
            f"{name}: expected method to be one of {METHODS}, got {method!r}.{did_you_mean(method, METHODS)}"
        )
    d = active()
    dtype = d.dtype_of(x)
    work = "float32" if dtype in ("float16", "bfloat16") else dtype
    levels = to_tensor(d, q, work)
    flat_levels = d.reshape(levels, (-1,))
    rows = merged_rows(x, axis)
    last = rows.ndim - 1
    missing = d.isnan(rows)
    width = d.static_shape(rows)[last]
    batch = d.shape(rows)[:last]
    if width == 0:
        found = d.full((*batch, d.shape(flat_levels)[0]), math.nan, dtype)
    else:
        ordered = d.sort(rows, last)
        if skip_nan:  # they come last, so that the others are the first ones
            counted = d.sum(d.astype(d.logical_not(missing), work), (last,), True)
        else:
            counted = d.reshape(count(rows, (last,), work), (1,) * rows.ndim)
        position = maximum(multiply(flat_levels, subtract(counted, 1.0)), 0.0)
        found = _between(ordered, position, method)
        if not skip_nan:
            found = where(d.any(missing, (last,), True), math.nan, found)
    found = d.permute_dims(found, (last, *range(last)))
    axes = tuple(range(x.ndim)) if axis is None else axis
    sizes = list(batch)
    for place in axes if keepdims else ():
        sizes.insert(place, 1)
    return d.reshape(found, (*d.shape(levels), *sizes))


@op(dtype="float", static=_AXES)
def median(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the median over axes: of an even number of elements the mean of the middle two.

    Args:
        x: tensor of real numbers; integers become `floatx`.
        axis: int or tuple of ints; None for all.
        keepdims: whether the axes stay, of size 1.

    Returns:
        Tensor without the axes; nan where an element is nan, and over nothing.

    Raises:
        TypeError: for complex numbers.

    Example:
        >>> float(ops.median([4.0, 1.0, 3.0, 2.0]))
        2.5
    """
    return _quantiles("median", x, 0.5, axis, "midpoint", keepdims, skip_nan=False)


@op(dtype="float", static=_AXES)
def nanmedian(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the median over axes of the elements that are not nan.

    Args:
        x: tensor of real numbers; integers become `floatx`.
        axis: int or tuple of ints; None for all.
        keepdims: whether the axes stay, of size 1.

    Returns:
        Tensor without the axes; nan where all elements are nan.

    Raises:
        TypeError: for complex numbers.

    Example:
        >>> float(ops.nanmedian([4.0, float("nan"), 1.0]))
        2.5
    """
    return _quantiles("nanmedian", x, 0.5, axis, "midpoint", keepdims, skip_nan=True)


@op(dtype="float", static=_AXES)
def quantile(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> Any:
    """Return quantiles over axes.

    Args:
        x: tensor of real numbers; integers become `floatx`.
        q: number or tensor in [0, 1]: the part of the elements that lies below.
        axis: int or tuple of ints; None for all.
        method: what is returned between two elements: `"linear"` (in proportion), `"lower"`, `"higher"`, `"midpoint"`
            or `"nearest"`.
        keepdims: whether the axes stay, of size 1.

    Returns:
        Tensor whose first axes are those of `q`, followed by those that are left of `x`; nan where an element is nan.

    Raises:
        ValueError: for another method, or a known `q` out of range.
        TypeError: for complex numbers.

    Source:
        Hyndman and Fan, Sample quantiles in statistical packages, 1996; `"linear"` is their definition 7.

    Example:
        >>> ops.quantile([1.0, 2.0, 4.0, 8.0], [0.0, 0.5])
        array([1., 3.], dtype=float32)
    """
    _check_levels("quantile", q, 1)
    return _quantiles("quantile", x, q, axis, method, keepdims, skip_nan=False)


@op(dtype="float", static=_AXES)
def nanquantile(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> Any:
    """Return quantiles over axes of the elements that are not nan.

    Args:
        x: tensor of real numbers; integers become `floatx`.
        q: number or tensor in [0, 1]: the part of the elements that lies below.
        axis: int or tuple of ints; None for all.
        method: what is returned between two elements, as for `quantile`.
        keepdims: whether the axes stay, of size 1.

    Returns:
        Tensor whose first axes are those of `q`, followed by those that are left of `x`; nan where all elements are
        nan.

    Raises:
        ValueError: for another method, or a known `q` out of range.
        TypeError: for complex numbers.

    Example:
        >>> float(ops.nanquantile([1.0, float("nan"), 3.0], 0.5))
        2.0
    """
    _check_levels("nanquantile", q, 1)
    return _quantiles("nanquantile", x, q, axis, method, keepdims, skip_nan=True)


def _parts(q: Any, x: Any) -> Any:
    """Return percents as parts of 1."""
    if isinstance(q, int | float):
        return q / 100
    if isinstance(q, list | tuple | np.ndarray):
        return np.asarray(q, np.float64) / 100
    d = active()
    return divide(to_tensor(d, q, d.dtype_of(x)), 100.0)


@op(dtype="float", static=_AXES)
def percentile(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> Any:
    """Return percentiles over axes: `quantile` with levels in percent.

    Args:
        x: tensor of real numbers; integers become `floatx`.
        q: number or tensor in [0, 100].
        axis: int or tuple of ints; None for all.
        method: what is returned between two elements, as for `quantile`.
        keepdims: whether the axes stay, of size 1.

    Returns:
        Tensor whose first axes are those of `q`, followed by those that are left of `x`; nan where an element is nan.

    Raises:
        ValueError: for another method, or a known `q` out of range.
        TypeError: for complex numbers.

    Example:
        >>> float(ops.percentile([1.0, 2.0, 4.0], 50))
        2.0
    """
    _check_levels("percentile", q, 100)
    return _quantiles("percentile", x, _parts(q, x), axis, method, keepdims, skip_nan=False)


@op(dtype="float", static=_AXES)
def nanpercentile(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> Any:
    """Return percentiles over axes of the elements that are not nan.

    Args:
        x: tensor of real numbers; integers become `floatx`.
        q: number or tensor in [0, 100].
        axis: int or tuple of ints; None for all.
        method: what is returned between two elements, as for `quantile`.
        keepdims: whether the axes stay, of size 1.

    Returns:
        Tensor whose first axes are those of `q`, followed by those that are left of `x`; nan where all elements are
        nan.

    Raises:
        ValueError: for another method, or a known `q` out of range.
        TypeError: for complex numbers.

    Example:
        >>> float(ops.nanpercentile([1.0, float("nan"), 3.0], 50))
        2.0
    """
    _check_levels("nanpercentile", q, 100)
    return _quantiles("nanpercentile", x, _parts(q, x), axis, method, keepdims, skip_nan=True)
