"""Ops that read and write elements by position, sort and search."""

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

from keras_core.runtime import dtypes
from keras_core.runtime.axes import canonical_axis
from keras_core.runtime.conversion import host_integers, to_tensor
from keras_core.runtime.definition import op
from keras_core.runtime.table import DispatchTable, active


def _wrap_negative(indices: Any, size: Any) -> Any:
    """Return indices with negative ones counted from the end."""
    d = active()
    dtype = d.dtype_of(indices)
    if dtype.startswith("uint"):
        return indices
    if dtype in ("int8", "int16"):  # in which the size may not be a number
        indices, dtype = d.astype(indices, "int32"), "int32"
    limit = d.full((), size, dtype) if isinstance(size, int) else size if size is None else d.astype(size, dtype)
    if limit is None:
        return indices
    return d.where(d.less(indices, d.full((), 0, dtype)), d.add(indices, limit), indices)


def _as_indices(x: Any) -> Any:
    d = active()
    x = to_tensor(d, x)
    dtype = d.dtype_of(x)
    if dtypes.is_inexact(dtype):
        raise TypeError(f"argument 'indices' must be integers, got dtype {dtype}.")
    return d.astype(x, "int32") if dtype == "bool" else x


def _check_range(name: str, d: DispatchTable, indices: Any, axis: int | None, size: int | None) -> None:
    """Refuse indices out of range where they are at hand; those in a tensor, on a device perhaps, are not read."""
    array = host_integers(d, indices)
    if array is None or not array.size or size is None:
        return
    lowest, highest = int(array.min()), int(array.max())
    if lowest < -size or highest >= size:
        where = "the flattened tensor" if axis is None else f"axis {axis}"
        index = lowest if lowest < -size else highest
        raise IndexError(f"{name}: index {index} is out of range for {where} of size {size}.")


def _examine(name: str) -> Callable[[DispatchTable, Sequence[Any], list[Any]], None]:
    """Return what looks at `(x, indices, axis)` before they are converted."""

    def examine(d: DispatchTable, given: Sequence[Any], prepared: list[Any]) -> None:
        sizes, axis = d.static_shape(prepared[0]), given[2]
        if isinstance(axis, int) and -len(sizes) <= axis < len(sizes):
            _check_range(name, d, given[1], axis, sizes[axis])
        elif axis is None and None not in sizes:
            _check_range(name, d, given[1], None, math.prod(sizes))

    return examine


@op(tensors=("x", "indices"), dtype="keep", examine=_examine("take"), differentiable=("x",))
def take(x: Any, indices: Any, axis: int | None = None) -> Any:
    """Return elements of `x` along an axis.

    Args:
        x: tensor.
        indices: integers of any shape; negative ones count from the end.
        axis: which axis; None takes from the flattened tensor.

    Returns:
        Tensor in which the axis is replaced by the axes of `indices`.

    Raises:
        IndexError: where an index is out of range and `indices` are integers, a list or a NumPy array. In a tensor they
            are not read, which would wait for the device: then either the backend raises an error of its own, or what
            stands for that index is unspecified, while everything else of the result is right.

    Example:
        >>> ops.take([10, 20, 30], [2, 0])
        array([30, 10], dtype=int32)
    """
    d = active()
    indices = _as_indices(indices)
    if axis is None:
        x, axis = d.reshape(x, (-1,)), 0
    axis = canonical_axis(axis, x.ndim)
    wrapped = _wrap_negative(indices, d.shape(x)[axis])
    if indices.ndim == 1:
        return d.take(x, wrapped, axis)
    sizes = d.shape(x)
    taken = d.take(x, d.reshape(wrapped, (-1,)), axis)
    return d.reshape(taken, (*sizes[:axis], *d.shape(indices), *sizes[axis + 1 :]))


@op(tensors=("x", "indices"), dtype="keep", examine=_examine("take_along_axis"), differentiable=("x",))
def take_along_axis(x: Any, indices: Any, axis: int | None = None) -> Any:
    """Return elements of `x` matched with `indices` along an axis.

    Args:
        x: tensor.
        indices: integers of the rank of `x`; the other axes broadcast. Negative ones count from the end.
        axis: which axis; None takes from the flattened tensor.

    Raises:
        IndexError: where an index is out of range, as in `take`.

    Example:
        >>> ops.take_along_axis([[1, 2], [3, 4]], [[1], [0]], axis=1)
        array([[2],
               [3]], dtype=int32)
    """
    d = active()
    indices = _as_indices(indices)
    if axis is None:
        x, axis, indices = d.reshape(x, (-1,)), 0, d.reshape(indices, (-1,))
    if x.ndim != indices.ndim:
        raise ValueError(f"take_along_axis: expected indices of rank {x.ndim}, got rank {indices.ndim}.")
    axis = canonical_axis(axis, x.ndim)
    indices = _wrap_negative(indices, d.shape(x)[axis])
    x_sizes, index_sizes = list(d.shape(x)), list(d.shape(indices))
    wider_indices = wider_x = False
    for position in range(x.ndim):
        if position != axis and x_sizes[position] is not index_sizes[position]:
            # A size that is only known when the graph runs is a tensor, and no comparison of it is a bool.
            if isinstance(index_sizes[position], int) and index_sizes[position] == 1:
                index_sizes[position], wider_indices = x_sizes[position], True
            elif isinstance(x_sizes[position], int) and x_sizes[position] == 1:
                x_sizes[position], wider_x = index_sizes[position], True
    if wider_indices:
        indices = d.broadcast_to(indices, tuple(index_sizes))
    if wider_x:
        x = d.broadcast_to(x, tuple(x_sizes))
    return d.take_along_axis(x, indices, axis)


def _range_of_slice(key: slice, size: int | None) -> tuple[int, int | None, int, bool]:
    """Return start, stop and positive step of a slice, and whether the result must be reversed."""
    if size is None:
        step = 1 if key.step is None else operator.index(key.step)
        start = 0 if key.start is None else operator.index(key.start)
        if step < 1 or start < 0 or (key.stop is not None and operator.index(key.stop) < 0):
            raise ValueError(f"get_item: slice {key} of an axis of unknown size needs bounds >= 0 and a step >= 1.")
        return start, key.stop, step, False
    start, stop, step = key.indices(size)
    chosen = range(start, stop, step)
    if not chosen:
        return 0, 0, 1, False
    if step < 0:
        return chosen[-1], chosen[0] + 1, -step, True
    return start, stop, step, False


def _get_item_body(x: Any, key: Any) -> Any:
    d = active()
    keys = list(key) if isinstance(key, tuple) else [key]
    if any(_is_mask(k) for k in keys):
        if len(keys) != 1:
            raise ValueError("get_item: a bool mask must be the only index.")
        return _masked(x, keys[0])
    given = len([k for k in keys if k is not None and k is not Ellipsis])
    if given > x.ndim:
        raise ValueError(f"get_item: too many indices: {given} for a tensor of rank {x.ndim}.")
    filler = [slice(None)] * (x.ndim - given)
    place = next((i for i, k in enumerate(keys) if k is Ellipsis), None)
    keys = [*keys, *filler] if place is None else [*keys[:place], *filler, *keys[place + 1 :]]
    sizes = d.static_shape(x)
    start, stop, step = [], [], []
    dropped, reversed_axes, advanced = [], [], []
    for axis, item in enumerate([k for k in keys if k is not None]):
        size = sizes[axis]
        first, last, stride = 0, None, 1
        if isinstance(item, slice):
            first, last, stride, backwards = _range_of_slice(item, size)
            if backwards:
                reversed_axes.append(axis)
        elif _is_plain_int(item):
            index = operator.index(item)
            if size is not None and not -size <= index < size:
                raise IndexError(f"get_item: index {index} is out of range for axis {axis} of size {size}.")
            if index < 0 and size is None:
                advanced.append((axis, to_tensor(d, index)))
            else:
                first = index if index >= 0 or size is None else index + size
                last = first + 1
                dropped.append(axis)
        else:
            _check_range("get_item", d, item, axis, size)
            advanced.append((axis, _as_indices(item)))
        start.append(first)
        stop.append(last)
        step.append(stride)
    if x.ndim:
        whole = all(f == 0 and s == 1 and e is None for f, e, s in zip(start, stop, step, strict=True))
        x = x if whole else d.slice(x, tuple(start), tuple(stop), tuple(step))
    if reversed_axes:
        x = d.flip(x, tuple(reversed_axes))
    if advanced:
        x, dropped = _advanced(x, advanced, dropped)
    if dropped:
        x = d.squeeze(x, tuple(dropped))
    if advanced:
        return x
    for axis, item in enumerate([k for k in keys if k is None or not _is_plain_int(k)]):
        if item is None:
            x = d.expand_dims(x, axis)
    return x


def _is_plain_int(item: Any) -> bool:
    return isinstance(item, int) or (hasattr(item, "__index__") and not hasattr(item, "shape"))


def _is_mask(item: Any) -> bool:
    return getattr(item, "dtype", None) is not None and "bool" in str(item.dtype)


def _masked(x: Any, mask: Any) -> Any:
    """Return the rows of `x` where a mask over its leading axes is true."""
    d = active()
    mask = to_tensor(d, mask)
    sizes = d.shape(x)
    rows = d.reshape(x, (-1, *sizes[mask.ndim :]))
    (places,) = d.nonzero(d.reshape(mask, (-1,)))
    return d.take(rows, places, 0)


def _advanced(x: Any, advanced: list[tuple[int, Any]], dropped: list[int]) -> tuple[Any, list[int]]:
    """Index with integer tensors on neighbouring axes; their broadcast shape stands where the first of them stood."""
    d = active()
    axes = [axis for axis, _ in advanced]
    if axes != list(range(axes[0], axes[0] + len(axes))):
        raise ValueError(f"get_item: integer tensors must index neighbouring axes, got axes {axes}.")
    sizes = d.shape(x)
    flat = None
    for axis, indices in advanced:
        wrapped = d.astype(_wrap_negative(indices, sizes[axis]), "int32")
        if flat is None:
            flat = wrapped
        else:
            width = sizes[axis]
            wide = d.full((), width, "int32") if isinstance(width, int) else d.astype(width, "int32")
            flat = d.add(d.multiply(flat, wide), wrapped)
    first, last = axes[0], axes[-1]
    x = d.reshape(x, (*sizes[:first], -1, *sizes[last + 1 :])) if len(axes) > 1 else x
    taken = d.take(x, d.reshape(flat, (-1,)), first)
    result = d.reshape(taken, (*sizes[:first], *d.shape(flat), *sizes[last + 1 :]))
    moved = flat.ndim - len(axes)  # pyright: ignore[reportOptionalMemberAccess]
    return result, [axis if axis < first else axis + moved for axis in dropped]


@op(fuse=False)
def get_item(x: Any, key: Any) -> Any:
    """Return `x[key]`.

    Args:
        x: tensor.
        key: int, slice, None, `...`, integer tensor, bool mask, or a tuple of them.

    Raises:
        IndexError: where an int is out of range, or an integer of a list or NumPy array; tensors as in `take`.
        ValueError: for too many indices.

    Example:
        >>> ops.get_item([[1, 2], [3, 4]], (slice(None), 0))
        array([1, 3], dtype=int32)
    """
    return _get_item_body(x, key)


@op(name="slice", fuse=False)
def slice_(inputs: Any, start_indices: Any, shape: Any) -> Any:
    """Return the block of `inputs` of a shape that begins at given indices.

    Args:
        inputs: tensor.
        start_indices: one int or scalar tensor an axis.
        shape: one int an axis.

    Example:
        >>> ops.slice([1, 2, 3, 4], (1,), (2,))
        array([2, 3], dtype=int32)
    """
    d = active()
    starts = list(start_indices) if isinstance(start_indices, list | tuple) else start_indices
    if isinstance(starts, list) and all(_is_plain_int(start) for start in starts):
        first = tuple(map(operator.index, starts))
        return d.slice(inputs, first, tuple(f + s for f, s in zip(first, shape, strict=True)), (1,) * inputs.ndim)
    for axis, size in enumerate(shape):
        start = starts[axis] if isinstance(starts, list) else d.slice(starts, (axis,), (axis + 1,), (1,))
        places = d.add(d.reshape(d.astype(to_tensor(d, start), "int32"), (1,)), d.arange(0, size, 1, "int32"))
        inputs = d.take(inputs, places, axis)
    return inputs


@op(tensors=("inputs", "updates"), fuse=False)
def slice_update(inputs: Any, start_indices: Any, updates: Any) -> Any:
    """Return `inputs` with the block that begins at given indices replaced.

    Args:
        inputs: tensor.
        start_indices: one int or scalar tensor an axis.
        updates: tensor of the rank of `inputs`.

    Example:
        >>> ops.slice_update([1, 2, 3, 4], (1,), [8, 9])
        array([1, 8, 9, 4], dtype=int32)
    """
    d = active()
    updates = d.astype(updates, d.dtype_of(inputs))
    mask = d.full((1,) * inputs.ndim, True, "bool")
    for axis, size in enumerate(d.shape(updates)):
        start = start_indices[axis]
        first = d.reshape(d.astype(to_tensor(d, start), "int32"), (1,))
        places = d.subtract(d.arange(0, d.shape(inputs)[axis], 1, "int32"), first)
        last = d.subtract(to_tensor(d, size, "int32"), d.full((), 1, "int32"))
        inside = d.logical_and(d.greater_equal(places, d.full((), 0, "int32")), d.less_equal(places, last))
        along = [1] * inputs.ndim
        along[axis] = -1
        mask = d.logical_and(mask, d.reshape(inside, tuple(along)))
        clipped = d.minimum(d.maximum(places, d.full((), 0, "int32")), last)
        updates = d.take(updates, clipped, axis)
    return d.where(mask, updates, inputs)


@op(tensors=("x", "indices", "updates"), dtype="keep", differentiable=("x", "updates"))
def scatter_add(x: Any, indices: Any, updates: Any) -> Any:
    """Return `x` with rows added at indices; for an index that stands several times they add up.

    Args:
        x: tensor of shape `(n, ...)`.
        indices: integers of shape `(k,)`, each in `[0, n)`.
        updates: tensor of shape `(k, ...)` and the dtype of `x`.

    Example:
        >>> ops.scatter_add([0.0, 0.0], [1, 1], [2.0, 3.0])
        array([0., 5.], dtype=float32)
    """
    d = active()
    sizes = d.shape(x)
    columns = d.expand_dims(d.arange(0, sizes[0], 1, d.dtype_of(indices)), 1)
    hits = d.astype(d.equal(columns, d.expand_dims(indices, 0)), d.dtype_of(x))
    flat = d.reshape(updates, (d.shape(updates)[0], math.prod(sizes[1:]) if _all_ints(sizes[1:]) else -1))
    if dtypes.is_float(d.dtype_of(x)):
        return d.add(x, d.reshape(_sums_of_hits(hits, flat), sizes))
    return d.add(x, d.reshape(d.matmul(hits, flat), sizes))


def _sums_of_hits(hits: Any, updates: Any) -> Any:
    """Return `hits @ updates` for zeros and ones, where nan and infinities reach no sum that they are no part of."""
    d = active()
    dtype = d.dtype_of(updates)
    zero = d.full((), 0, dtype)
    finite = d.isfinite(updates)
    total = d.matmul(hits, d.where(finite, updates, zero))
    # nan is neither above nor below 0, and counts on both sides.
    sides = [d.logical_not(d.logical_or(finite, test(updates, zero))) for test in (d.less, d.greater)]
    above, below = (d.greater(d.matmul(hits, d.astype(side, dtype)), zero) for side in sides)
    infinity, nan = d.full((), math.inf, dtype), d.full((), math.nan, dtype)
    total = d.where(above, infinity, d.where(below, d.negative(infinity), total))
    return d.where(d.logical_and(above, below), nan, total)


def _all_ints(sizes: Any) -> bool:
    return all(isinstance(size, int) for size in sizes)


@op(tensors=("x", "indices", "updates"), dtype="keep", differentiable=("x", "updates"))
def scatter_add_along_axis(x: Any, indices: Any, updates: Any, axis: int) -> Any:
    """Return `x` with updates added where `take_along_axis` with the same indices would read.

    Args:
        x: tensor.
        indices: integers of the rank of `x`, in range.
        updates: tensor of the shape of `indices`.
        axis: which axis.

    Example:
        >>> ops.scatter_add_along_axis([[0, 0]], [[1]], [[5]], 1)
        array([[0, 5]], dtype=int32)
    """
    d = active()
    axis = canonical_axis(axis, x.ndim)
    size = d.shape(x)[axis]
    columns = d.reshape(d.arange(0, size, 1, d.dtype_of(indices)), (*(1,) * axis, -1, *(1,) * (x.ndim - axis)))
    hits = d.equal(columns, d.expand_dims(indices, axis))
    zero = d.full((), 0, d.dtype_of(x))
    spread = d.where(hits, d.expand_dims(updates, axis), zero)
    return d.add(x, d.sum(spread, (axis + 1,), False))


@op(tensors=("x",), differentiable=())
def nonzero(x: Any) -> tuple[Any, ...]:
    """Return the indices of the nonzero elements.

    Args:
        x: tensor with at least one axis.

    Returns:
        One 1-D int32 tensor an axis.

    Example:
        >>> ops.nonzero([0, 5, 6])
        (array([1, 2], dtype=int32),)
    """
    if not x.ndim:
        raise ValueError("nonzero: expected a tensor with at least one axis, got one of shape ().")
    return active().nonzero(x)


@op(static={"axis": "axis_or_none"})
def sort(x: Any, axis: int | None = -1) -> Any:
    """Return `x` sorted ascending along an axis, nan last.

    Args:
        x: tensor of real numbers.
        axis: which axis; None sorts the flattened tensor.

    Example:
        >>> ops.sort([3, 1, 2])
        array([1, 2, 3], dtype=int32)
    """
    d = active()
    return d.sort(d.reshape(x, (-1,)), 0) if axis is None else d.sort(x, axis)


@op(static={"axis": "axis_or_none"}, differentiable=())
def argsort(x: Any, axis: int | None = -1) -> Any:
    """Return the int32 indices that sort `x` ascending along an axis; equal elements keep their order.

    Args:
        x: tensor of real numbers.
        axis: which axis; None sorts the flattened tensor.

    Example:
        >>> ops.argsort([3, 1, 2])
        array([1, 2, 0], dtype=int32)
    """
    d = active()
    return d.argsort(d.reshape(x, (-1,)), 0) if axis is None else d.argsort(x, axis)


@op(static={"axis": "axis_or_none"}, differentiable=())
def argmax(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """Return the int32 index of the first largest element along an axis.

    Args:
        x: tensor of real numbers.
        axis: which axis; None takes the flattened tensor.
        keepdims: whether the axis stays, of size 1.

    Example:
        >>> int(ops.argmax([1, 3, 2]))
        1
    """
    return _arg_reduction("argmax", x, axis, keepdims)


@op(static={"axis": "axis_or_none"}, differentiable=())
def argmin(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """Return the int32 index of the first smallest element along an axis.

    Args:
        x: tensor of real numbers.
        axis: which axis; None takes the flattened tensor.
        keepdims: whether the axis stays, of size 1.

    Example:
        >>> int(ops.argmin([1, 3, 2]))
        0
    """
    return _arg_reduction("argmin", x, axis, keepdims)


def _arg_reduction(name: str, x: Any, axis: int | None, keepdims: bool) -> Any:
    d = active()
    sizes = d.static_shape(x)
    if 0 in sizes and (axis is None or sizes[axis] == 0):
        raise ValueError(f"{name}: nothing has no largest or smallest element: shape {tuple(sizes)}, axis {axis}.")
    if axis is not None:
        return getattr(d, name)(x, axis, keepdims)
    result = getattr(d, name)(d.reshape(x, (-1,)), 0, False)
    return d.reshape(result, (1,) * x.ndim) if keepdims else result


def _prepare_one_hot(args: list[Any]) -> list[Any]:
    """Refuse, before a kernel sees them, what are no indices."""
    x, num_classes, axis, dtype, sparse = args
    if sparse:
        raise ValueError("one_hot: sparse tensors are not supported, got sparse=True.")
    return [_as_indices(x), num_classes, canonical_axis(axis, x.ndim + 1), dtype, sparse]


@op(static={"dtype": "dtype"}, differentiable=(), prepare=_prepare_one_hot)
def one_hot(x: Any, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False) -> Any:
    """Return 1 at each index and 0 elsewhere, along a new axis.

    Args:
        x: integers; an index outside `[0, num_classes)` gives zeros.
        num_classes: size of the new axis.
        axis: position of the new axis.
        dtype: dtype name; None for `floatx`.
        sparse: must be False; sparse tensors are not supported.

    Example:
        >>> ops.one_hot([1, 0], 2)
        array([[0., 1.],
               [1., 0.]], dtype=float32)
    """
    d = active()
    position = axis
    along = [1] * (x.ndim + 1)
    along[position] = num_classes
    classes = d.reshape(d.arange(0, num_classes, 1, d.dtype_of(x)), tuple(along))
    return d.astype(d.equal(d.expand_dims(x, position), classes), dtype)


def _prepare_top_k(args: list[Any]) -> list[Any]:
    """Refuse, before a kernel sees it, more elements than there are."""
    x, k, _sorted, _is_stable = args
    if not x.ndim:
        raise ValueError("top_k: expected a tensor with at least one axis, got one of shape ().")
    size = active().static_shape(x)[-1]
    if size is not None and k > size:
        raise ValueError(f"top_k: expected k <= {size}, the size of the last axis, got {k}.")
    return args


@op(differentiable=("x",), prepare=_prepare_top_k)
def top_k(x: Any, k: int, sorted: bool = True, is_stable: bool = False) -> tuple[Any, Any]:
    """Return the `k` largest elements along the last axis and their indices.

    Args:
        x: tensor of real numbers.
        k: how many.
        sorted: whether they come in descending order.
        is_stable: whether equal elements must come by ascending index; here they always do.

    Returns:
        Values, and int32 indices.

    Example:
        >>> ops.top_k([1, 3, 2], 2)
        (array([3, 2], dtype=int32), array([1, 2], dtype=int32))
    """
    d = active()
    axis = x.ndim - 1
    # Of the reversed axis the stable ascending order, read backwards, has equal elements by ascending index.
    last = d.subtract(to_tensor(d, d.shape(x)[axis], "int32"), d.full((), 1, "int32"))
    order = d.flip(d.subtract(last, d.argsort(d.flip(x, (axis,)), axis)), (axis,))
    start, stop, step = (0,) * x.ndim, (*(None,) * axis, k), (1,) * x.ndim
    indices = d.slice(order, start, stop, step)
    return d.take_along_axis(x, indices, axis), indices
