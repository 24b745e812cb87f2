"""Ops that find places in sorted sequences, and count what falls into bins."""

import math
from typing import Any

import numpy as np

from keras_core.ops.checks import require_integers, require_real
from keras_core.ops.creation import linspace
from keras_core.ops.elementwise import where
from keras_core.ops.elementwise_binary import add, equal, greater_equal, less, multiply, subtract
from keras_core.ops.indexing import scatter_add, take
from keras_core.runtime import dtypes
from keras_core.runtime.conversion import to_tensor
from keras_core.runtime.definition import op
from keras_core.runtime.table import active


def _is_after(element: Any, values: Any, side: str) -> Any:
    """Return whether values belong behind an element of a sorted sequence; nan is behind everything else."""
    d = active()
    behind = (d.less if side == "left" else d.less_equal)(element, values)
    if not dtypes.is_inexact(d.dtype_of(values)):
        return behind
    last = d.isnan(values)
    if side == "left":
        last = d.logical_and(last, d.logical_not(d.isnan(element)))
    return d.logical_or(behind, last)


def places_in(ordered: Any, values: Any, side: str) -> Any:
    """Return where values would be inserted into a sorted sequence: int32, by bisection."""
    d = active()
    size = d.static_shape(ordered)[0]
    if size is None:  # how many bisections it takes is not known: compare with each
        element = d.reshape(ordered, (-1,) + (1,) * values.ndim)
        return d.sum(d.astype(_is_after(element, d.expand_dims(values, 0), side), "int32"), (0,), False)
    low = d.full(d.shape(values), 0, "int32")
    if size == 0:
        return low
    high = d.full(d.shape(values), size, "int32")
    one = d.full((), 1, "int32")
    last = d.full((), size - 1, "int32")
    for _ in range(size.bit_length()):
        middle = d.bitwise_right_shift(d.add(low, high), one)
        after = d.logical_and(_is_after(take(ordered, d.minimum(middle, last)), values, side), d.less(low, high))
        low, high = d.where(after, d.add(middle, one), low), d.where(after, high, middle)
    return low


@op(tensors=("sorted_sequence", "values"), dtype="common", differentiable=())
def searchsorted(sorted_sequence: Any, values: Any, side: str = "left") -> Any:
    """Return the indices at which values are to be inserted to keep a sequence sorted.

    Args:
        sorted_sequence: tensor of shape `(n,)`, ascending, nan last.
        values: tensor of real numbers of any shape.
        side: `"left"`: before elements that are equal; `"right"`: behind them.

    Returns:
        int32 tensor of the shape of `values`, from 0 to `n`.

    Raises:
        ValueError: for a sequence of another rank, or another side.
        TypeError: for complex numbers.

    Example:
        >>> ops.searchsorted([1, 3, 5], [0, 3, 6])
        array([0, 1, 3], dtype=int32)
    """
    require_real("searchsorted", sorted_sequence)
    if sorted_sequence.ndim != 1:
        raise ValueError(f"searchsorted: expected a sequence of rank 1, got shape {tuple(sorted_sequence.shape)}.")
    if side not in ("left", "right"):
        raise ValueError(f"searchsorted: expected side to be 'left' or 'right', got {side!r}.")
    return places_in(sorted_sequence, values, side)


@op(tensors=("x", "bins"), dtype="common", differentiable=())
def digitize(x: Any, bins: Any) -> Any:
    """Return the index of the bin into which each element falls.

    Args:
        x: tensor of real numbers.
        bins: tensor of shape `(n,)`: the edges, ascending.

    Returns:
        int32 tensor of the shape of `x`: `i` where `bins[i - 1] <= x < bins[i]`, so 0 below the first edge and `n`
        above the last.

    Raises:
        ValueError: for bins of another rank.
        TypeError: for complex numbers.

    Example:
        >>> ops.digitize([0.5, 1.0, 7.0], [1.0, 2.0])
        array([0, 1, 2], dtype=int32)
    """
    require_real("digitize", x)
    if bins.ndim != 1:
        raise ValueError(f"digitize: expected bins of rank 1, got shape {tuple(bins.shape)}.")
    return places_in(bins, x, "right")


def _highest(x: Any) -> int | None:
    """Return the largest element as an int, -1 of nothing, None of a symbolic tensor.

    Raises:
        ValueError: where there are no values to look at, or one is negative.
    """
    d = active()
    if d.is_symbolic:
        return None
    try:
        values = d.to_host(x)
    except Exception as error:
        raise ValueError(
            "bincount: how many bins there are depends on the values, which a compiled function does not have; call it "
            "eagerly, or sum `one_hot` with a number of classes."
        ) from error
    if values.size and values.min() < 0:
        raise ValueError(f"bincount: expected no negative numbers, got {values.min()}.")
    return int(values.max()) if values.size else -1


@op(tensors=("x", "weights"), dtype="keep", differentiable=("weights",))
def bincount(x: Any, weights: Any = None, minlength: int = 0, sparse: bool = False) -> Any:
    """Return how often each integer from 0 on stands in `x`.

    Args:
        x: tensor of integers from 0 on, of shape `(k,)`, or `(n, k)` to count in each row.
        weights: tensor of the shape of `x`: what each of them counts; None for 1.
        minlength: least number of bins.
        sparse: must be False; sparse tensors are not supported.

    Returns:
        Tensor of shape `(bins,)` or `(n, bins)`, with one bin more than the largest integer: int32, or of the dtype of
        the weights.

    Raises:
        TypeError: where `x` are no integers.
        ValueError: for negative integers, another rank, and in a compiled function, where the number of bins is not
            known.

    Example:
        >>> ops.bincount([1, 3, 1])
        array([0, 2, 0, 1], dtype=int32)
    """
    if sparse:
        raise ValueError("bincount: sparse tensors are not supported, got sparse=True.")
    require_integers("bincount", "x", x)
    if x.ndim not in (1, 2):
        raise ValueError(f"bincount: expected a tensor of rank 1 or 2, got shape {tuple(x.shape)}.")
    d = active()
    dtype = "int32" if weights is None else d.dtype_of(weights)
    highest = _highest(x)
    rows = d.shape(x)[0] if x.ndim == 2 else 1
    if highest is None:
        return d.full((None,) if x.ndim == 1 else (rows, None), 0, dtype)
    bins = max(highest + 1, minlength)
    places = d.astype(x, "int32")
    if x.ndim == 2:
        places = add(places, multiply(d.expand_dims(d.arange(0, rows, 1, "int32"), 1), bins))
    places = d.reshape(places, (-1,))
    counted = d.full(d.shape(places), 1, dtype) if weights is None else d.reshape(weights, (-1,))
    result = d.full((rows * bins,), 0, dtype)
    if rows * bins:
        result = scatter_add(result, places, counted)
    return d.reshape(result, (rows, bins)) if x.ndim == 2 else result


@op(dtype="float", differentiable=())
def histogram(x: Any, bins: int = 10, range: Any = None) -> tuple[Any, Any]:
    """Return how many elements fall into bins of equal width.

    Args:
        x: tensor of real numbers of any shape; integers become `floatx`.
        bins: number of bins.
        range: pair of the lowest and the highest edge; None for the extremes of `x`. What lies outside is not counted.

    Returns:
        Counts of shape `(bins,)` and edges of shape `(bins + 1,)`, both in the float dtype of `x`. A bin holds its
        lower edge, the last one its upper one too.

    Raises:
        TypeError: for complex numbers, or a number of bins that is no int.
        ValueError: for less than one bin, or a range that does not ascend.

    Example:
        >>> ops.histogram([1.0, 2.0, 2.5, 4.0], bins=3)
        (array([1., 2., 1.], dtype=float32), array([1., 2., 3., 4.], dtype=float32))
    """
    require_real("histogram", x)
    if not isinstance(bins, int | np.integer) or isinstance(bins, bool):
        raise TypeError(f"histogram: expected bins to be an int, got {bins!r}.")
    if bins < 1:
        raise ValueError(f"histogram: expected one bin or more, got {bins}.")
    d = active()
    dtype = d.dtype_of(x)
    values = d.reshape(x, (-1,))
    low, high = _ends(values, range)
    edges = linspace(low, high, int(bins) + 1)
    edges = edges if d.dtype_of(edges) == dtype else d.astype(edges, dtype)
    place = subtract(places_in(edges, values, "right"), 1)
    on_last_edge = equal(values, take(edges, int(bins)))
    place = where(on_last_edge, int(bins) - 1, place)
    inside = d.logical_and(greater_equal(place, 0), less(place, int(bins)))
    counts = scatter_add(d.full((int(bins),), 0, "int32"), where(inside, place, 0), d.astype(inside, "int32"))
    return d.astype(counts, dtype), edges


def _ends(values: Any, given: Any) -> tuple[Any, Any]:
    """Return the lowest and the highest edge; around a single value they are 1 apart."""
    d = active()
    dtype = d.dtype_of(values)
    if given is not None:
        low, high = (float(end) for end in given)
        if not (math.isfinite(low) and math.isfinite(high)) or low > high:
            raise ValueError(f"histogram: expected an ascending range of finite numbers, got {given}.")
        low, high = (low - 0.5, high + 0.5) if low == high else (low, high)
        return to_tensor(d, low, dtype), to_tensor(d, high, dtype)
    if d.static_shape(values)[0] == 0:
        return to_tensor(d, 0.0, dtype), to_tensor(d, 1.0, dtype)
    low, high = d.min(values, None, False), d.max(values, None, False)
    same = d.equal(low, high)
    return where(same, subtract(low, 0.5), low), where(same, add(high, 0.5), high)
