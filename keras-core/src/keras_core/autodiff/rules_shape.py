"""VJP rules of creation, shape and indexing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from keras_core.autodiff.rule import (
    NO_GRADIENT,
    Rule,
    general,
    kernel_or_composite,
    unary,
    unbroadcast,
    zeros,
    zeros_like,
)
from keras_core.runtime.table import DispatchTable

Tensor = Any


def _reshape(table: DispatchTable, gradient: Tensor, _result: Tensor, x: Tensor, *_static: Any) -> Tensor:
    return table.reshape(gradient, table.shape(x))


def _permute_dims(table: DispatchTable, gradient: Tensor, _result: Tensor, _x: Tensor, axes: tuple[int, ...]) -> Tensor:
    return table.permute_dims(gradient, tuple(sorted(range(len(axes)), key=axes.__getitem__)))


def _broadcast_to(table: DispatchTable, gradient: Tensor, _result: Tensor, x: Tensor, _shape: Any) -> Tensor:
    return unbroadcast(table, gradient, x)


def _expand_dims(table: DispatchTable, gradient: Tensor, _result: Tensor, _x: Tensor, axis: int) -> Tensor:
    return table.squeeze(gradient, (axis,))


def _flip(table: DispatchTable, gradient: Tensor, _result: Tensor, _x: Tensor, axis: Any) -> Tensor:
    return table.flip(gradient, axis)


def _concat(
    table: DispatchTable, gradient: Tensor, _result: Tensor, arguments: Sequence[Any], needed: Sequence[int]
) -> list[Tensor]:
    *arrays, axis = arguments
    bounds = [0]
    for array in arrays:
        bounds.append(bounds[-1] + table.shape(array)[axis])
    return [slice_along(table, gradient, axis, bounds[position], bounds[position + 1]) for position in needed]


def slice_along(table: DispatchTable, x: Tensor, axis: int, start: int, stop: int | None) -> Tensor:
    """Return `x[start:stop]` along one axis."""
    ndim = x.ndim
    starts, stops = [0] * ndim, [None] * ndim
    starts[axis], stops[axis] = start, stop
    return table.slice(x, tuple(starts), tuple(stops), (1,) * ndim)


def pad_along(table: DispatchTable, x: Tensor, axis: int, low: int, high: int, value: float = 0) -> Tensor:
    """Return `x` with a constant before and after it along one axis."""
    if not low and not high:
        return x
    before, after = list(table.shape(x)), list(table.shape(x))
    before[axis], after[axis] = low, high
    dtype = table.dtype_of(x)
    parts = [x]
    if low:
        parts.insert(0, table.full(tuple(before), value, dtype))
    if high:
        parts.append(table.full(tuple(after), value, dtype))
    return table.concat(parts, axis)


def spread_along(table: DispatchTable, x: Tensor, axis: int, step: int) -> Tensor:
    """Return `x` with `step - 1` zeros between its elements along one axis."""
    shape = table.shape(x)
    length = shape[axis]
    if step == 1 or length < 2:
        return x
    # Each element becomes a row of `step`; the zeros after the last one are cut off.
    rows = pad_along(table, table.expand_dims(x, axis + 1), axis + 1, 0, step - 1)
    flat = table.reshape(rows, (*shape[:axis], length * step, *shape[axis + 1 :]))
    return slice_along(table, flat, axis, 0, (length - 1) * step + 1)


def unslice(table: DispatchTable, x: Tensor, shape: Sequence[Any], start: Sequence[int], step: Sequence[int]) -> Tensor:
    """Return zeros of a shape with `x` put where a slice with this start and step would read it."""
    for axis, size in enumerate(shape):
        x = spread_along(table, x, axis, step[axis])
        length = table.shape(x)[axis]
        low = start[axis] if length else 0
        x = pad_along(table, x, axis, low, size - low - length)
    return x


def _slice(
    table: DispatchTable, gradient: Tensor, _result: Tensor, x: Tensor, start: Any, _stop: Any, step: Any
) -> Tensor:
    return unslice(table, gradient, table.shape(x), start, step)


def _take(table: DispatchTable, gradient: Tensor, _result: Tensor, x: Tensor, indices: Tensor, axis: int) -> Tensor:
    if axis == 0:
        return kernel_or_composite(table, "scatter_add", zeros_like(table, x), indices, gradient)
    axes = (axis, *(other for other in range(x.ndim) if other != axis))
    shape = table.shape(x)
    rows = table.permute_dims(gradient, axes)
    added = kernel_or_composite(
        table, "scatter_add", zeros(table, tuple(shape[other] for other in axes), x), indices, rows
    )
    return table.permute_dims(added, tuple(sorted(range(x.ndim), key=axes.__getitem__)))


def _take_along_axis(
    table: DispatchTable, gradient: Tensor, _result: Tensor, x: Tensor, indices: Tensor, axis: int
) -> Tensor:
    return kernel_or_composite(table, "scatter_add_along_axis", zeros_like(table, x), indices, gradient, axis)


def _sort(table: DispatchTable, gradient: Tensor, _result: Tensor, x: Tensor, axis: int) -> Tensor:
    order = table.argsort(x, axis)
    return table.take_along_axis(gradient, table.argsort(order, axis), axis)


RULES: Final[dict[str, Rule]] = {
    "reshape": unary(_reshape),
    "permute_dims": unary(_permute_dims),
    "broadcast_to": unary(_broadcast_to),
    "concat": Rule("sequence", _concat),
    "expand_dims": unary(_expand_dims),
    "squeeze": unary(_reshape),
    "flip": unary(_flip),
    "slice": unary(_slice),
    "take": general(_take),
    "take_along_axis": general(_take_along_axis),
    "sort": unary(_sort),
}
RULES.update(dict.fromkeys(("full", "arange", "shape", "nonzero", "argsort", "argmax", "argmin"), NO_GRADIENT))
