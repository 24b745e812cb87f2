"""The different elements of a tensor."""

import math
from typing import Any, NamedTuple

from keras_core.ops.binning import places_in
from keras_core.ops.elementwise import where
from keras_core.ops.elementwise_binary import less, minimum, subtract
from keras_core.ops.indexing import argsort, take
from keras_core.ops.shaping import moveaxis
from keras_core.runtime import dtypes
from keras_core.runtime.axes import canonical_axis
from keras_core.runtime.conversion import to_tensor
from keras_core.runtime.definition import op
from keras_core.runtime.table import active


def _same_as_before(rows: Any, order: Any) -> Any:
    """Return whether each of the rows, in a sorted order, equals the one before; nan equals nan."""
    d = active()
    ordered = take(rows, order, 0)
    steps = (1, 1)
    later, earlier = d.slice(ordered, (1, 0), (None, None), steps), _all_but_last(ordered)
    equal = d.equal(later, earlier)
    if dtypes.is_inexact(d.dtype_of(rows)):
        equal = d.logical_or(equal, d.logical_and(d.isnan(later), d.isnan(earlier)))
    return d.all(equal, (1,), False)


def _all_but_last(x: Any) -> Any:
    d = active()
    size = d.static_shape(x)[0]
    if size is not None:
        return d.slice(x, (0, 0), (max(size - 1, 0), None), (1, 1))
    return d.flip(d.slice(d.flip(x, (0,)), (1, 0), (None, None), (1, 1)), (0,))


def _order_of_rows(rows: Any) -> Any:
    """Return the indices that sort rows lexicographically: stable sorts from the last column to the first."""
    d = active()
    columns = d.static_shape(rows)[1]
    order = d.arange(0, d.shape(rows)[0], 1, "int32")
    for column in range(columns - 1, -1, -1):
        values = d.squeeze(d.slice(rows, (0, column), (None, column + 1), (1, 1)), (1,))
        if d.dtype_of(rows) in dtypes.COMPLEX:  # by the real part, then the imaginary one
            order = d.take(order, d.argsort(d.take(d.imag(values), order, 0), 0), 0)
            values = d.real(values)
        order = d.take(order, d.argsort(d.take(values, order, 0), 0), 0)
    return order


class Groups(NamedTuple):
    """Equal rows of a sorted order: which group each is in, the numbers of the groups asked for, where they start."""

    members: Any
    numbers: Any
    starts: Any


def _groups(rows: Any, order: Any, size: int | None) -> Groups:
    d = active()
    first = d.full((0 if d.static_shape(rows)[0] == 0 else 1,), True, "bool")
    begins = d.concat([first, d.logical_not(_same_as_before(rows, order))], 0)
    members = d.subtract(d.cumulative_sum(d.astype(begins, "int32"), 0), d.full((), 1, "int32"))
    if size is None:
        (starts,) = d.nonzero(begins)
        return Groups(members, take(members, starts), starts)
    numbers = d.arange(0, size, 1, "int32")
    return Groups(members, numbers, places_in(members, numbers, "left"))


def _prepare_unique(args: list[Any]) -> list[Any]:
    """Make the axis canonical, and refuse rows of unknown length."""
    x, sorted, return_index, return_inverse, return_counts, axis, size, fill_value = args
    axis = None if axis is None else canonical_axis(axis, x.ndim)
    if axis is not None:
        known = active().static_shape(x)
        if None in (*known[:axis], *known[axis + 1 :]):
            raise ValueError(f"unique: sizes other than that of axis {axis} must be known, got shape {tuple(known)}.")
    return [x, sorted, return_index, return_inverse, return_counts, axis, size, fill_value]


@op(prepare=_prepare_unique, differentiable=())
def unique(
    x: Any,
    sorted: bool = True,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    size: int | None = None,
    fill_value: Any = None,
) -> Any:
    """Return the different elements, or slices along an axis.

    Args:
        x: tensor.
        sorted: whether they must be in ascending order; here they always are, nan last and counted as equal.
        return_index: whether to return where each of them stands first.
        return_inverse: whether to return which of them each element of `x` is.
        return_counts: whether to return how often each of them stands in `x`.
        axis: along which slices are compared; None for elements of the flattened tensor.
        size: how many to return, which a compiled function must say: further ones are left out, missing ones filled in.
        fill_value: what is filled in; None for 0.

    Returns:
        The different elements; with options a tuple of them, followed by int32 tensors: indices and counts of their
        number (for what is filled in that of the first element, and 0), the inverse of the shape of `x`, or of its
        axis.

    Raises:
        ValueError: where the slices are of unknown size.

    Example:
        >>> ops.unique([3, 1, 3], return_counts=True)
        (array([1, 3], dtype=int32), array([1, 2], dtype=int32))
    """
    d = active()
    moved = d.reshape(x, (-1,)) if axis is None else moveaxis(x, axis, 0)
    count, *others = d.shape(moved)
    rows = d.reshape(moved, (count, math.prod(others)))
    order = _order_of_rows(rows)
    found = _groups(rows, order, size)
    if size is None:
        first = take(order, found.starts)
        values = take(moved, first, 0)
    else:
        fill = to_tensor(d, 0 if fill_value is None else fill_value, d.dtype_of(x))
        if d.static_shape(moved)[0] == 0:
            first = d.full((size,), 0, "int32")
            values = d.broadcast_to(fill, (size, *others))
        else:
            bound = 1 if count is None else count  # of symbolic tensors the shape is all that matters
            known = less(found.starts, bound)
            first = where(known, take(order, minimum(found.starts, subtract(bound, 1))), take(order, 0))
            wide = d.reshape(known, (-1,) + (1,) * len(others))
            values = where(wide, take(moved, first, 0), fill)
    results = [values if axis is None else moveaxis(values, 0, axis)]
    if return_index:
        results.append(first)
    if return_inverse:
        inverse = take(found.members, argsort(order))
        results.append(d.reshape(inverse, d.shape(x)) if axis is None else inverse)
    if return_counts:
        results.append(d.subtract(places_in(found.members, found.numbers, "right"), found.starts))
    return tuple(results) if len(results) > 1 else results[0]
