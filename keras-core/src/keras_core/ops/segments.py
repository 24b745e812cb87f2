"""Segment reductions, and ops that write elements at index tuples."""

import math
from collections.abc import Callable
from typing import Any, Final

from keras_core.ops.indexing import scatter_add
from keras_core.runtime import dtypes
from keras_core.runtime.conversion import to_tensor
from keras_core.runtime.definition import op
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.table import active


def _lowest(dtype: str) -> Any:
    import numpy as np

    if dtypes.is_float(dtype):
        return -math.inf
    return False if dtype == "bool" else int(np.iinfo(dtype).min)


def _highest(dtype: str) -> Any:
    import numpy as np

    if dtypes.is_float(dtype):
        return math.inf
    return True if dtype == "bool" else int(np.iinfo(dtype).max)


_COMBINATIONS: Final[dict[str, tuple[str, str, Callable[[str], Any]]]] = {
    "max": ("maximum", "max", _lowest),
    "min": ("minimum", "min", _highest),
    "mul": ("multiply", "prod", lambda dtype: 1),
}
"""Name -> (primitive of two tensors, primitive over an axis, what stands for nothing)."""


def _scalar(value: Any, dtype: str) -> Any:
    return active().full((), value, dtype)


def _as_column(x: Any, ndim: int) -> Any:
    """Return a 1-D tensor in a shape that broadcasts over the trailing axes."""
    d = active()
    return d.reshape(x, (*d.shape(x), *(1,) * (ndim - 1)))


def _counts(ids: Any, number: Any) -> Any:
    d = active()
    zeros = d.full((number,), 0, "int32")
    return scatter_add(zeros, ids, d.full(d.shape(ids), 1, "int32"))


def _last_of_each(ids: Any, values: Any, number: Any, combination: str | None) -> tuple[Any, Any]:
    """Return, for each of `number` ids, the last or the combined of its values, and how many it has.

    The rows are sorted by id. Equal ids are then neighbours, and a prefix reduction in steps of 1, 2, 4, ... rows that
    never crosses from one id to another leaves the result in the last row of each.
    """
    d = active()
    order = d.argsort(ids, 0)
    ids, values = d.take(ids, order, 0), d.take(values, order, 0)
    counts = _counts(ids, number)
    if combination is not None:
        combine = getattr(d, _COMBINATIONS[combination][0])
        rows = d.static_shape(ids)[0]
        step = 1
        while step < rows:
            same = d.equal(_rows(ids, step, None), _rows(ids, 0, rows - step))
            later = _rows(values, step, None)
            both = combine(later, _rows(values, 0, rows - step))
            values = d.concat([_rows(values, 0, step), d.where(_as_column(same, values.ndim), both, later)], 0)
            step *= 2
    ends = d.subtract(d.cumulative_sum(counts, 0), _scalar(1, "int32"))
    return d.take(values, d.maximum(ends, _scalar(0, "int32")), 0), counts


def _rows(x: Any, start: int, stop: int | None) -> Any:
    rest = x.ndim - 1
    return active().slice(x, (start, *(0,) * rest), (stop, *(None,) * rest), (1,) * x.ndim)


def _combined(ids: Any, values: Any, number: Any, combination: str) -> Any:
    """Return the combined values of each id, and what stands for nothing where it has none."""
    d = active()
    dtype = d.dtype_of(values)
    _, over_axis, neutral = _COMBINATIONS[combination]
    nothing = _scalar(neutral(dtype), dtype)
    rows = d.static_shape(ids)[0]
    if rows == 0:
        return d.full((number, *d.shape(values)[1:]), neutral(dtype), dtype)
    if rows is None:
        # How many steps a prefix reduction takes is not known, so that each id looks at each row.
        places = d.expand_dims(d.arange(0, number, 1, d.dtype_of(ids)), 1)
        hits = d.equal(places, d.expand_dims(ids, 0))
        spread = d.where(d.reshape(hits, (*d.shape(hits), *(1,) * (values.ndim - 1))), values, nothing)
        return getattr(d, over_axis)(spread, (1,), False)
    result, counts = _last_of_each(ids, values, number, combination)
    return d.where(_as_column(d.greater(counts, _scalar(0, "int32")), values.ndim), result, nothing)


# Segments ----------------------------------------------------------------------------------------------------------


def _prepare_segments(args: list[Any]) -> list[Any]:
    """Check shapes, and find the number of segments where it is not given."""
    data, segment_ids, number, is_sorted = args
    d = active()
    dtype = d.dtype_of(segment_ids)
    if not dtypes.is_integer(dtype) or segment_ids.ndim != 1:
        raise ValueError(
            f"expected argument 'segment_ids' to be 1-D integers, got shape {tuple(d.static_shape(segment_ids))} and "
            f"dtype {dtype}."
        )
    rows, ids = d.static_shape(data)[0] if data.ndim else 0, d.static_shape(segment_ids)[0]
    if not data.ndim or (rows is not None and ids is not None and rows != ids):
        raise ValueError(
            f"expected one segment id a row of 'data', got shapes {tuple(d.static_shape(data))} and "
            f"{tuple(d.static_shape(segment_ids))}."
        )
    segment_ids = d.astype(segment_ids, "int32") if dtype != "int32" else segment_ids
    if number is None and not d.is_symbolic:
        number = 0 if ids == 0 else _known(d.add(d.max(segment_ids, None, False), _scalar(1, "int32")))
    return [data, segment_ids, number, is_sorted]


def _known(number: Any) -> Any:
    try:
        return int(number)
    except Exception as error:
        raise ValueError("argument 'num_segments' must be given inside a compiled function.") from error


def _infer_segments(data: Any, segment_ids: Any, num_segments: Any = None, sorted: bool = False) -> KerasTensor:
    return KerasTensor((num_segments, *data.shape[1:]), data.dtype)


def _segments(combination: str, data: Any, ids: Any, number: int) -> Any:
    """Reduce over segments; what has an id out of range goes to one segment more, which is cut off."""
    d = active()
    limit = _scalar(number, "int32")
    inside = d.logical_and(d.greater_equal(ids, _scalar(0, "int32")), d.less(ids, limit))
    ids = d.where(inside, ids, limit)
    if combination == "add":
        result = scatter_add(d.full((number + 1, *d.shape(data)[1:]), 0, d.dtype_of(data)), ids, data)
    else:
        result = _combined(ids, data, number + 1, combination)
    return _rows(result, 0, number)


def _segment_op() -> Callable[..., Any]:
    return op(
        tensors=("data", "segment_ids"), differentiable=("data",), prepare=_prepare_segments, infer=_infer_segments
    )


@_segment_op()
def segment_sum(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Any:
    """Return the sum of the rows of each segment, 0 for one without rows.

    Args:
        data: tensor of shape `(n, ...)`.
        segment_ids: integers of shape `(n,)`; a row whose id is not in `[0, num_segments)` counts nowhere.
        num_segments: how many segments; None for the largest id + 1, which a compiled function cannot know.
        sorted: whether the ids ascend; here it makes no difference.

    Returns:
        Tensor of shape `(num_segments, ...)`.

    Raises:
        ValueError: where shapes do not fit, or `num_segments` is not known.

    Example:
        >>> ops.segment_sum([1, 2, 3], [0, 2, 0], 3)
        array([4, 0, 2], dtype=int32)
    """
    return _segments("add", data, segment_ids, num_segments)  # pyright: ignore[reportArgumentType]


@_segment_op()
def segment_max(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Any:
    """Return the largest of the rows of each segment, elementwise.

    Args:
        data: tensor of shape `(n, ...)` of real numbers.
        segment_ids: integers of shape `(n,)`; a row whose id is not in `[0, num_segments)` counts nowhere.
        num_segments: how many segments; None for the largest id + 1, which a compiled function cannot know.
        sorted: whether the ids ascend; here it makes no difference.

    Returns:
        Tensor of shape `(num_segments, ...)`; -inf, or the lowest integer, for a segment without rows.

    Raises:
        ValueError: where shapes do not fit, or `num_segments` is not known.

    Example:
        >>> ops.segment_max([1, 2, 3], [0, 1, 0], 2)
        array([3, 2], dtype=int32)
    """
    return _segments("max", data, segment_ids, num_segments)  # pyright: ignore[reportArgumentType]


@_segment_op()
def segment_min(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Any:
    """Return the smallest of the rows of each segment, elementwise.

    Args:
        data: tensor of shape `(n, ...)` of real numbers.
        segment_ids: integers of shape `(n,)`; a row whose id is not in `[0, num_segments)` counts nowhere.
        num_segments: how many segments; None for the largest id + 1, which a compiled function cannot know.
        sorted: whether the ids ascend; here it makes no difference.

    Returns:
        Tensor of shape `(num_segments, ...)`; inf, or the largest integer, for a segment without rows.

    Raises:
        ValueError: where shapes do not fit, or `num_segments` is not known.

    Example:
        >>> ops.segment_min([1, 2, 3], [0, 1, 0], 2)
        array([1, 2], dtype=int32)
    """
    return _segments("min", data, segment_ids, num_segments)  # pyright: ignore[reportArgumentType]


@_segment_op()
def segment_prod(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Any:
    """Return the product of the rows of each segment, 1 for one without rows.

    Args:
        data: tensor of shape `(n, ...)`.
        segment_ids: integers of shape `(n,)`; a row whose id is not in `[0, num_segments)` counts nowhere.
        num_segments: how many segments; None for the largest id + 1, which a compiled function cannot know.
        sorted: whether the ids ascend; here it makes no difference.

    Returns:
        Tensor of shape `(num_segments, ...)`.

    Raises:
        ValueError: where shapes do not fit, or `num_segments` is not known.

    Example:
        >>> ops.segment_prod([2, 3, 4], [0, 1, 0], 2)
        array([8, 3], dtype=int32)
    """
    return _segments("mul", data, segment_ids, num_segments)  # pyright: ignore[reportArgumentType]


# Index tuples ------------------------------------------------------------------------------------------------------


def _flat_index(indices: Any, sizes: Any) -> Any:
    """Return the row-major position of each index tuple along the last axis; negative indices count from the end."""
    d = active()
    indices = d.astype(indices, "int32") if d.dtype_of(indices) != "int32" else indices
    depth, before = d.static_shape(indices)[-1], indices.ndim - 1
    flat = None
    for position in range(depth):
        column = d.slice(indices, (*(0,) * before, position), (*(None,) * before, position + 1), (1,) * indices.ndim)
        size = to_tensor(d, sizes[position], "int32")
        column = d.where(d.less(column, _scalar(0, "int32")), d.add(column, size), column)
        flat = column if flat is None else d.add(d.multiply(flat, size), column)
    return d.reshape(flat, (-1,))


def _check_indices(indices: Any, ndim: int, name: str) -> None:
    d = active()
    sizes = d.static_shape(indices)
    if not indices.ndim or sizes[-1] is None or not 1 <= sizes[-1] <= ndim:
        raise ValueError(
            f"{name}: expected indices of shape (..., k) with 1 <= k <= {ndim}, the number of axes, got shape "
            f"{tuple(sizes)}."
        )


def _merged(sizes: Any) -> Any:
    return math.prod(sizes) if all(isinstance(size, int) for size in sizes) else -1


@op(tensors=("indices", "values"), differentiable=("values",))
def scatter(indices: Any, values: Any, shape: Any) -> Any:
    """Return a tensor of zeros with values added at index tuples.

    Args:
        indices: integers of shape `(..., k)`, each row the place of one value; negative ones count from the end.
        values: tensor of shape `(..., *shape[k:])`; those of one place add up.
        shape: shape of the result.

    Returns:
        Tensor of that shape and the dtype of `values`.

    Raises:
        ValueError: where the last axis of the indices does not fit the shape.

    Example:
        >>> ops.scatter([[0], [2], [0]], [1, 2, 3], (4,))
        array([4, 0, 2, 0], dtype=int32)
    """
    d = active()
    shape = tuple(shape)
    _check_indices(indices, len(shape), "scatter")
    depth = d.static_shape(indices)[-1]
    places, rest = shape[:depth], shape[depth:]
    zeros = d.full((math.prod(places), *rest), 0, d.dtype_of(values))
    updates = d.reshape(values, (_merged(d.shape(indices)[:-1]), *rest))
    return d.reshape(scatter_add(zeros, _flat_index(indices, places), updates), shape)


@op(tensors=("inputs", "indices", "updates"), differentiable=("inputs", "updates"))
def scatter_update(inputs: Any, indices: Any, updates: Any, reduction: str | None = None) -> Any:
    """Return `inputs` with elements at index tuples replaced by, or combined with, others.

    Args:
        inputs: tensor.
        indices: integers of shape `(..., k)`, each row one place; negative ones count from the end.
        updates: tensor of shape `(..., *inputs.shape[k:])`.
        reduction: None to replace (of several updates of one place the last one counts), `"add"`, `"max"`, `"min"` or
            `"mul"`.

    Returns:
        Tensor of the shape and dtype of `inputs`.

    Raises:
        ValueError: for another reduction, or indices that do not fit.

    Example:
        >>> ops.scatter_update([1, 2, 3], [[1]], [7])
        array([1, 7, 3], dtype=int32)
    """
    d = active()
    if reduction not in (None, "add", *_COMBINATIONS):
        raise ValueError(
            f"scatter_update: expected reduction to be None, 'add', 'max', 'min' or 'mul', got {reduction!r}."
        )
    _check_indices(indices, inputs.ndim, "scatter_update")
    sizes, dtype = d.shape(inputs), d.dtype_of(inputs)
    depth = d.static_shape(indices)[-1]
    if 0 in d.static_shape(indices):
        return inputs
    rest = sizes[depth:]
    rows = d.reshape(inputs, (_merged(sizes[:depth]), *rest))
    ids = _flat_index(indices, sizes[:depth])
    values = d.reshape(updates, (_merged(d.shape(indices)[:-1]), *rest))
    values = values if d.dtype_of(values) == dtype else d.astype(values, dtype)
    if reduction == "add":
        return d.reshape(scatter_add(rows, ids, values), sizes)
    number = d.shape(rows)[0]
    if reduction is None:
        last, counts = _last_of_each(ids, values, number, None)
        result = d.where(_as_column(d.greater(counts, _scalar(0, "int32")), rows.ndim), last, rows)
    else:
        result = getattr(d, _COMBINATIONS[reduction][0])(rows, _combined(ids, values, number, reduction))
    return d.reshape(result, sizes)
