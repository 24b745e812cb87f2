"""Ops that change shapes and join, split and repeat tensors."""

import math
from typing import Any

from keras_core.ops.indexing import take
from keras_core.runtime.axes import canonical_axis
from keras_core.runtime.definition import op
from keras_core.runtime.naming import did_you_mean
from keras_core.runtime.table import active


@op(primitive="reshape", static={"newshape": "shape"})
def reshape(x: Any, newshape: Any) -> Any:
    """Return the elements of `x`, in row-major order, in another shape.

    Args:
        x: tensor.
        newshape: int or tuple of ints of which one may be -1: whatever is left.

    Raises:
        ValueError: where the numbers of elements differ.

    Example:
        >>> ops.reshape([1, 2, 3, 4], (2, -1))
        array([[1, 2],
               [3, 4]], dtype=int32)
    """
    ...


@op()
def ravel(x: Any) -> Any:
    """Return the elements of `x`, in row-major order, as a 1-D tensor.

    Args:
        x: tensor.

    Example:
        >>> ops.ravel([[1, 2], [3, 4]])
        array([1, 2, 3, 4], dtype=int32)
    """
    return active().reshape(x, (-1,))


@op(primitive="permute_dims", static={"axes": "permutation"})
def transpose(x: Any, axes: Any = None) -> Any:
    """Return `x` with its axes in another order.

    Args:
        x: tensor.
        axes: axis `i` of the result is axis `axes[i]` of `x`; None reverses them.

    Raises:
        ValueError: where `axes` is not a permutation.

    Example:
        >>> ops.transpose([[1, 2], [3, 4]])
        array([[1, 3],
               [2, 4]], dtype=int32)
    """
    ...


@op()
def swapaxes(x: Any, axis1: int, axis2: int) -> Any:
    """Return `x` with two axes exchanged.

    Args:
        x: tensor.
        axis1: the one.
        axis2: the other.

    Example:
        >>> ops.shape(ops.swapaxes(ops.zeros((2, 3, 4)), 0, -1))
        (4, 3, 2)
    """
    order = list(range(x.ndim))
    first, second = canonical_axis(axis1, x.ndim), canonical_axis(axis2, x.ndim)
    order[first], order[second] = second, first
    return active().permute_dims(x, tuple(order))


@op()
def moveaxis(x: Any, source: Any, destination: Any) -> Any:
    """Return `x` with axes moved to new positions; the others keep their order.

    Args:
        x: tensor.
        source: int or tuple of ints: where the axes are.
        destination: as many: where they go.

    Example:
        >>> ops.shape(ops.moveaxis(ops.zeros((2, 3, 4)), 0, -1))
        (3, 4, 2)
    """
    sources = [canonical_axis(axis, x.ndim) for axis in (source if isinstance(source, list | tuple) else (source,))]
    targets = destination if isinstance(destination, list | tuple) else (destination,)
    if len(sources) != len(targets):
        raise ValueError(f"moveaxis: expected as many sources as destinations, got {source} and {destination}.")
    order = [axis for axis in range(x.ndim) if axis not in sources]
    for position, axis in sorted(zip([canonical_axis(axis, x.ndim) for axis in targets], sources, strict=True)):
        order.insert(position, axis)
    return active().permute_dims(x, tuple(order))


@op(static={})
def expand_dims(x: Any, axis: Any) -> Any:
    """Return `x` with new axes of size 1.

    Args:
        x: tensor.
        axis: int or tuple of ints: positions in the result.

    Example:
        >>> ops.shape(ops.expand_dims([1, 2], -1))
        (2, 1)
    """
    d = active()
    if isinstance(axis, list | tuple):
        ndim = x.ndim + len(axis)
        for position in sorted([canonical_axis(item, ndim) for item in axis]):
            x = d.expand_dims(x, position)
        return x
    return d.expand_dims(x, canonical_axis(axis, x.ndim + 1))


@op(static={"axis": "axes"})
def squeeze(x: Any, axis: Any = None) -> Any:
    """Return `x` without axes of size 1.

    Args:
        x: tensor.
        axis: int or tuple of ints, each of size 1; None for all of size 1.

    Raises:
        ValueError: where a named axis has another size.

    Example:
        >>> ops.shape(ops.squeeze(ops.zeros((1, 3, 1))))
        (3,)
    """
    d = active()
    sizes = d.static_shape(x)
    if axis is None:
        axis = tuple(position for position, size in enumerate(sizes) if size == 1)
    for position in axis:
        if sizes[position] not in (1, None):
            raise ValueError(f"squeeze: axis {position} has size {sizes[position]}, expected 1; shape {tuple(sizes)}.")
    return d.squeeze(x, axis)


@op(primitive="broadcast_to", static={"shape": "shape"})
def broadcast_to(x: Any, shape: Any) -> Any:
    """Return `x` repeated to a shape.

    Args:
        x: tensor.
        shape: tuple of ints to which the shape of `x` broadcasts.

    Raises:
        ValueError: where it does not.

    Example:
        >>> ops.broadcast_to([1, 2], (2, 2))
        array([[1, 2],
               [1, 2]], dtype=int32)
    """
    ...


@op(primitive="concat", tensors=("*xs",), dtype="common", static={"axis": "axis_of_joined"})
def concatenate(xs: Any, axis: int = 0) -> Any:
    """Return tensors joined along an axis.

    Args:
        xs: list of tensors of one rank, with equal sizes but for the axis.
        axis: which axis.

    Example:
        >>> ops.concatenate([[1, 2], [3]])
        array([1, 2, 3], dtype=int32)
    """
    ...


@op(tensors=("*x",), dtype="common", static={"axis": "new_axis"})
def stack(x: Any, axis: int = 0) -> Any:
    """Return tensors of one shape joined along a new axis.

    Args:
        x: list of tensors of one shape.
        axis: position of the new axis.

    Example:
        >>> ops.stack([[1, 2], [3, 4]], axis=1)
        array([[1, 3],
               [2, 4]], dtype=int32)
    """
    d = active()
    return d.concat([d.expand_dims(item, axis) for item in x], axis)


def _prepare_split(args: list[Any]) -> list[Any]:
    """Refuse, before a kernel sees them, pieces of different sizes."""
    x, sections, axis = args
    size = active().static_shape(x)[axis]
    if isinstance(sections, int) and size is not None and (sections < 1 or size % sections):
        raise ValueError(f"split: axis {axis} of size {size} cannot be divided into {sections} equal pieces.")
    return args


@op(static={"indices_or_sections": "tuple_or_int", "axis": "axis"}, prepare=_prepare_split)
def split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """Return `x` cut into pieces along an axis.

    Args:
        x: tensor.
        indices_or_sections: int: into so many equal pieces; tuple of ints: where to cut.
        axis: which axis.

    Returns:
        List of tensors.

    Raises:
        ValueError: where the axis cannot be divided equally.

    Example:
        >>> ops.split([1, 2, 3, 4], 2)
        [array([1, 2], dtype=int32), array([3, 4], dtype=int32)]
    """
    d = active()
    size = d.static_shape(x)[axis]
    if isinstance(indices_or_sections, tuple):
        cuts = indices_or_sections
        bounds: list[tuple[int, int | None]] = list(zip([0, *cuts], [*cuts, size], strict=True))
    else:
        sections = indices_or_sections
        if size is None:  # known when the graph runs, and divided by `reshape`
            sizes, zeros = list(d.shape(x)), (0,) * x.ndim
            pieces = d.reshape(x, (*sizes[:axis], sections, -1, *sizes[axis + 1 :]))
            none, ones = (None,) * (x.ndim - axis), (1,) * (x.ndim + 1)
            before = (None,) * axis
            return [
                d.squeeze(d.slice(pieces, (*zeros[:axis], i, *zeros[axis:]), (*before, i + 1, *none), ones), (axis,))
                for i in range(sections)
            ]
        if size % sections:
            raise ValueError(f"split: axis {axis} of size {size} cannot be divided into {sections} equal pieces.")
        width = size // sections
        bounds = [(start, start + width) for start in range(0, size, width)] if width else [(0, 0)] * sections
    before, after = (0,) * axis, (0,) * (x.ndim - axis - 1)
    steps = (1,) * x.ndim
    whole_before, whole_after = (None,) * axis, (None,) * len(after)
    return [d.slice(x, (*before, start, *after), (*whole_before, stop, *whole_after), steps) for start, stop in bounds]


@op()
def unstack(x: Any, num: int | None = None, axis: int = 0) -> list[Any]:
    """Return the slices of `x` along an axis.

    Args:
        x: tensor.
        num: their number, where the size of the axis is unknown.
        axis: which axis.

    Returns:
        List of tensors without the axis.

    Example:
        >>> ops.unstack([[1, 2], [3, 4]])
        [array([1, 2], dtype=int32), array([3, 4], dtype=int32)]
    """
    d = active()
    axis = canonical_axis(axis, x.ndim)
    size = d.static_shape(x)[axis] if num is None else num
    if size is None:
        raise ValueError(f"unstack: the size of axis {axis} is unknown; argument 'num' must be given.")
    return [d.squeeze(part, (axis,)) for part in split(x, tuple(range(1, size)), axis)]


@op(primitive="flip", static={"axis": "axes"})
def flip(x: Any, axis: Any = None) -> Any:
    """Return `x` with the order of elements reversed along axes.

    Args:
        x: tensor.
        axis: int or tuple of ints; None for all.

    Example:
        >>> ops.flip([1, 2, 3])
        array([3, 2, 1], dtype=int32)
    """
    ...


@op()
def roll(x: Any, shift: Any, axis: Any = None) -> Any:
    """Return `x` with elements moved along axes; what leaves at the end comes in at the start.

    Args:
        x: tensor.
        shift: int or tuple of ints: by how many places.
        axis: int or tuple of ints; None rolls the flattened tensor.

    Example:
        >>> ops.roll([1, 2, 3], 1)
        array([3, 1, 2], dtype=int32)
    """
    d = active()
    if axis is None:
        return d.reshape(roll(d.reshape(x, (-1,)), shift, 0), d.shape(x))
    axes = axis if isinstance(axis, list | tuple) else (axis,)
    shifts = shift if isinstance(shift, list | tuple) else (shift,) * len(axes)
    for places, position in zip(shifts, axes, strict=True):
        position = canonical_axis(position, x.ndim)
        size = d.static_shape(x)[position]
        cut = -places % size if size else 0
        if size is None:
            cut = -places if places < 0 else 0
        if cut:
            head, tail = split(x, (cut,), position)
            x = d.concat([tail, head], position)
        elif size is None and places > 0:
            head, tail = split(d.flip(x, (position,)), (places,), position)
            x = d.concat([d.flip(head, (position,)), d.flip(tail, (position,))], position)
    return x


@op(static={"repeats": "repeats"})
def tile(x: Any, repeats: Any) -> Any:
    """Return `x` laid side by side.

    Args:
        x: tensor.
        repeats: int or tuple of ints: how often along each axis, the last ones where there are fewer than axes.

    Example:
        >>> ops.tile([1, 2], 2)
        array([1, 2, 1, 2], dtype=int32)
    """
    d = active()
    while x.ndim < len(repeats):
        x = d.expand_dims(x, 0)
    for axis, count in enumerate(repeats):
        if count == 0:
            x = split(x, (0,), axis)[0]
        elif count != 1:
            x = d.concat([x] * count, axis)
    return x


@op(static={"repeats": "tuple_or_int", "axis": "axis_or_none"})
def repeat(x: Any, repeats: Any, axis: int | None = None) -> Any:
    """Return `x` with each element repeated.

    Args:
        x: tensor.
        repeats: int, or one int an element of the axis.
        axis: which axis; None flattens first.

    Example:
        >>> ops.repeat([1, 2], 2)
        array([1, 1, 2, 2], dtype=int32)
    """
    d = active()
    if axis is None:
        x, axis = d.reshape(x, (-1,)), 0
    if isinstance(repeats, tuple):
        if len(repeats) == 1:
            repeats = repeats[0]
        else:
            places = [place for place, count in enumerate(repeats) for _ in range(count)]
            return take(x, places, axis)
    wide = d.expand_dims(x, axis + 1)
    sizes = list(d.shape(wide))
    sizes[axis + 1] = repeats
    before, after = sizes[:axis], sizes[axis + 2 :]
    size = sizes[axis]
    merged = size * repeats if isinstance(size, int) else -1  # -1 is no answer where another axis has size 0
    return d.reshape(d.broadcast_to(wide, tuple(sizes)), (*before, merged, *after))


PAD_MODES = ("constant", "reflect", "symmetric", "edge", "wrap")


def _prepare_pad(args: list[Any]) -> list[Any]:
    """Refuse, before a kernel sees them, modes that there are not."""
    x, pad_width, mode, constant_values = args
    if mode not in PAD_MODES:
        raise ValueError(f"pad: expected mode to be one of {PAD_MODES}, got {mode!r}.{did_you_mean(mode, PAD_MODES)}")
    if constant_values is not None and mode != "constant":
        raise ValueError(f"pad: constant_values goes with mode 'constant', got mode {mode!r}.")
    if mode in ("reflect", "symmetric", "wrap"):
        for axis, (size, pair) in enumerate(zip(active().static_shape(x), pad_width, strict=True)):
            limit = None if size is None else size - 1 if mode == "reflect" else size
            if limit is not None and max(pair) > max(limit, 0):
                raise ValueError(
                    f"pad: mode {mode!r} can add at most {limit} to axis {axis} of size {size}, got {pair}."
                )
    return args


@op(static={"pad_width": "pad_width"}, prepare=_prepare_pad)
def pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> Any:
    """Return `x` with elements added before and after along each axis.

    Args:
        x: tensor.
        pad_width: pair `(before, after)` an axis; one pair, or one int, for all.
        mode: `"constant"`, `"reflect"` (the border not repeated), `"symmetric"` (the border repeated), `"edge"` or
            `"wrap"`.
        constant_values: number for `"constant"`, 0 when None.

    Raises:
        ValueError: for another mode, or a padding wider than the tensor can mirror.

    Example:
        >>> ops.pad([1, 2, 3], (1, 2), mode="reflect")
        array([2, 1, 2, 3, 2, 1], dtype=int32)
    """
    for axis, (low, high) in enumerate(pad_width):
        if low or high:
            x = _pad_axis(x, axis, low, high, mode, constant_values)
    return x


def _pad_axis(x: Any, axis: int, low: int, high: int, mode: str, constant_values: Any) -> Any:
    d = active()
    if mode == "constant":
        sizes = list(d.shape(x))
        parts = [x]
        value = constant_values or 0
        for count, position in ((low, 0), (high, len(parts))):
            if count:
                sizes[axis] = count
                block = d.full(tuple(sizes), value, d.dtype_of(x))
                parts.insert(position if position == 0 else len(parts), block)
        return d.concat(parts, axis)
    size = d.static_shape(x)[axis]
    if size is None:
        raise ValueError(f"pad: mode {mode!r} needs a known size of axis {axis}.")
    places = [_source(place, size, mode) for place in range(-low, size + high)]
    return take(x, places, axis)


def _source(place: int, size: int, mode: str) -> int:
    """Return which element stands at a place outside of an axis."""
    if mode == "edge":
        return min(max(place, 0), size - 1)
    if mode == "wrap":
        return place % size
    shift = 1 if mode == "symmetric" else 0
    if place < 0:
        return -place - shift
    return 2 * (size - 1) - place + shift if place >= size else place


@op(differentiable=())
def size(x: Any) -> Any:
    """Return the number of elements of `x` as a scalar int32 tensor.

    Args:
        x: tensor.

    Example:
        >>> int(ops.size(ops.zeros((2, 3))))
        6
    """
    d = active()
    known = d.static_shape(x)
    if None not in known:
        return d.full((), math.prod(known), "int32")
    return d.sum(d.full(d.shape(x), 1, "int32"), None, False)


def ndim(x: Any) -> int:
    """Return the number of axes of `x`.

    Args:
        x: tensor or tensor-like.

    Example:
        >>> ops.ndim([[1.0]])
        2
    """
    from keras_core.ops.creation import convert_to_tensor

    return convert_to_tensor(x).ndim
