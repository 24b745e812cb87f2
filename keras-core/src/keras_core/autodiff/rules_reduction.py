"""VJP rules of reductions and running sums and products."""

from __future__ import annotations

from typing import Any, Final

from keras_core.autodiff.rule import NO_GRADIENT, Rule, constant, unary, zeros_like
from keras_core.autodiff.rules_shape import pad_along, slice_along
from keras_core.runtime.table import DispatchTable

Tensor = Any
Axes = tuple[int, ...] | None


def keep_axes(table: DispatchTable, reduced: Tensor, x: Tensor, axis: Axes, keepdims: bool) -> Tensor:
    """Return a reduction of `x` with its axes of size 1 put back."""
    if keepdims:
        return reduced
    shape = table.shape(x)
    kept = () if axis is None else tuple(size for position, size in enumerate(shape) if position not in axis)
    if len(kept) == len(shape):
        return reduced
    ones = tuple(1 if axis is None or position in axis else size for position, size in enumerate(shape))
    return table.reshape(reduced, ones)


def _sum(table: DispatchTable, gradient: Tensor, _result: Tensor, x: Tensor, axis: Axes, keepdims: bool) -> Tensor:
    return table.broadcast_to(keep_axes(table, gradient, x, axis, keepdims), table.shape(x))


def _extremum(table: DispatchTable, gradient: Tensor, result: Tensor, x: Tensor, axis: Axes, keepdims: bool) -> Tensor:
    # Equal extremes share the gradient equally.
    hits = table.equal(x, keep_axes(table, result, x, axis, keepdims))
    hits = table.astype(hits, table.dtype_of(x))
    count = table.maximum(table.sum(hits, axis, True), constant(table, 1, x))
    return table.multiply(hits, table.divide(keep_axes(table, gradient, x, axis, keepdims), count))


def _exclusive_products(table: DispatchTable, x: Tensor, axis: int) -> Tensor:
    """Return the products of all elements before each one along an axis."""
    shape = table.shape(x)
    ones = table.full((*shape[:axis], 1, *shape[axis + 1 :]), 1, table.dtype_of(x))
    shifted = table.concat([ones, slice_along(table, x, axis, 0, shape[axis] - 1)], axis)
    return table.cumulative_prod(shifted, axis)


def _prod(table: DispatchTable, gradient: Tensor, _result: Tensor, x: Tensor, axis: Axes, keepdims: bool) -> Tensor:
    # The product of the others, without dividing by the element itself, which may be 0.
    shape = table.shape(x)
    gradient = keep_axes(table, gradient, x, axis, keepdims)
    axes = tuple(range(x.ndim)) if axis is None else axis
    if not axes:
        return gradient
    if 0 in table.static_shape(x):
        return zeros_like(table, x)
    kept = tuple(position for position in range(x.ndim) if position not in axes)
    order = (*kept, *axes)
    moved = table.permute_dims(x, order)
    flat = table.reshape(moved, (*(shape[position] for position in kept), -1))
    last = flat.ndim - 1
    before = _exclusive_products(table, flat, last)
    after = table.flip(_exclusive_products(table, table.flip(flat, (last,)), last), (last,))
    others = table.reshape(table.multiply(before, after), table.shape(moved))
    others = table.permute_dims(others, tuple(sorted(range(x.ndim), key=order.__getitem__)))
    return table.multiply(gradient, others)


def _cumulative_sum(table: DispatchTable, gradient: Tensor, _result: Tensor, _x: Tensor, axis: int) -> Tensor:
    return table.flip(table.cumulative_sum(table.flip(gradient, (axis,)), axis), (axis,))


def _cumulative_prod(table: DispatchTable, gradient: Tensor, _result: Tensor, x: Tensor, axis: int) -> Tensor:
    # The gradient of x[i] is (product before i) * s[i], where s[i] = gradient[i] + x[i + 1] * s[i + 1]. The linear
    # recurrence is solved by doubling, without a division by elements that may be 0.
    size = table.shape(x)[axis]
    if not size:
        return gradient
    factor = pad_along(table, slice_along(table, x, axis, 1, None), axis, 0, 1)
    total = gradient
    distance = 1
    while distance < size:
        total = table.add(total, table.multiply(factor, _shift(table, total, axis, distance)))
        factor = table.multiply(factor, _shift(table, factor, axis, distance))
        distance *= 2
    return table.multiply(_exclusive_products(table, x, axis), total)


def _shift(table: DispatchTable, x: Tensor, axis: int, distance: int) -> Tensor:
    return pad_along(table, slice_along(table, x, axis, distance, None), axis, 0, distance)


RULES: Final[dict[str, Rule]] = {
    "sum": unary(_sum),
    "prod": unary(_prod),
    "max": unary(_extremum),
    "min": unary(_extremum),
    "cumulative_sum": unary(_cumulative_sum),
    "cumulative_prod": unary(_cumulative_prod),
    "all": NO_GRADIENT,
    "any": NO_GRADIENT,
}
