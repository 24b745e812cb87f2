"""Ops that join tensors, cut them and turn them, composed of those of `shaping.py`."""

import operator
from typing import Any

from keras_core.ops.checks import require_integers, require_rank
from keras_core.ops.elementwise_binary import floor_divide, mod
from keras_core.ops.shaping import concatenate, expand_dims, flip, ravel, split, swapaxes
from keras_core.ops.sizes import plus, quotient, rest, size_of, smaller, times
from keras_core.runtime.axes import canonical_axis, canonical_shape
from keras_core.runtime.definition import op
from keras_core.runtime.table import active


@op(tensors=("x1", "x2"), dtype="common")
def append(x1: Any, x2: Any, axis: int | None = None) -> Any:
    """Return `x2` behind `x1` along an axis.

    Args:
        x1: tensor.
        x2: tensor of the rank of `x1`, with equal sizes but for the axis.
        axis: which axis; None flattens both first.

    Returns:
        Tensor of the promoted dtype.

    Example:
        >>> ops.append([1, 2], [3])
        array([1, 2, 3], dtype=int32)
    """
    if axis is None:
        return concatenate([ravel(x1), ravel(x2)])
    return concatenate([x1, x2], axis)


@op(tensors=("*xs",), dtype="common")
def hstack(xs: Any) -> Any:
    """Return tensors joined along the second axis, those of rank 1 along the first.

    Args:
        xs: list of tensors; scalars count as tensors of one element.

    Example:
        >>> ops.hstack([[1, 2], [3]])
        array([1, 2, 3], dtype=int32)
    """
    xs = [expand_dims(x, 0) if x.ndim == 0 else x for x in xs]
    return concatenate(xs, 0 if xs[0].ndim == 1 else 1)


@op(tensors=("*xs",), dtype="common")
def vstack(xs: Any) -> Any:
    """Return tensors joined along the first axis; those of rank 1 become rows.

    Args:
        xs: list of tensors.

    Example:
        >>> ops.vstack([[1, 2], [3, 4]])
        array([[1, 2],
               [3, 4]], dtype=int32)
    """
    return concatenate([active().reshape(x, (1, -1)) if x.ndim < 2 else x for x in xs], 0)


@op(tensors=("*xs",), dtype="common")
def dstack(xs: Any) -> Any:
    """Return tensors joined along the third axis; those of rank 1 become of shape `(1, n, 1)`.

    Args:
        xs: list of tensors.

    Example:
        >>> ops.dstack([[1, 2], [3, 4]])
        array([[[1, 3],
                [2, 4]]], dtype=int32)
    """
    d = active()
    deep = [d.reshape(x, (1, -1, 1)) if x.ndim < 2 else expand_dims(x, -1) if x.ndim == 2 else x for x in xs]
    return concatenate(deep, 2)


@op(tensors=("*xs",), dtype="common")
def column_stack(xs: Any) -> Any:
    """Return tensors joined along the second axis; those of rank 1 become columns.

    Args:
        xs: list of tensors.

    Example:
        >>> ops.column_stack([[1, 2], [3, 4]])
        array([[1, 3],
               [2, 4]], dtype=int32)
    """
    return concatenate([active().reshape(x, (-1, 1)) if x.ndim < 2 else x for x in xs], 1)


@op(static={"axis": "axis"})
def array_split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """Return `x` cut into pieces along an axis, of which the first may be longer by one than the others.

    Args:
        x: tensor.
        indices_or_sections: int: into so many pieces; tuple of ints: where to cut.
        axis: which axis.

    Returns:
        List of tensors.

    Raises:
        ValueError: for less than one piece.

    Example:
        >>> ops.array_split([1, 2, 3], 2)
        [array([1, 2], dtype=int32), array([3], dtype=int32)]
    """
    if isinstance(indices_or_sections, list | tuple) or getattr(indices_or_sections, "ndim", 0):
        return split(x, indices_or_sections, axis)
    sections = operator.index(indices_or_sections)
    if sections < 1:
        raise ValueError(f"array_split: expected one section or more, got {sections}.")
    size = size_of(x, axis)
    width, longer = quotient(size, sections), rest(size, sections)
    cuts = [plus(times(piece, width), smaller(piece, longer)) for piece in range(1, sections)]
    if isinstance(size, int):
        return split(x, tuple(cuts), axis)
    d = active()
    bounds = zip([0, *cuts], [*cuts, size], strict=True)
    return [d.take(x, d.arange(start, stop, 1, "int32"), axis) for start, stop in bounds]


@op()
def hsplit(x: Any, indices_or_sections: Any) -> list[Any]:
    """Return `x` cut into pieces along the second axis, or the only one.

    Args:
        x: tensor of rank 1 or more.
        indices_or_sections: int: into so many equal pieces; tuple of ints: where to cut.

    Returns:
        List of tensors.

    Raises:
        ValueError: where the axis cannot be divided equally, or there is none.

    Example:
        >>> ops.hsplit([1, 2, 3, 4], 2)
        [array([1, 2], dtype=int32), array([3, 4], dtype=int32)]
    """
    require_rank("hsplit", x, 1)
    return split(x, indices_or_sections, 1 if x.ndim > 1 else 0)


@op()
def vsplit(x: Any, indices_or_sections: Any) -> list[Any]:
    """Return `x` cut into pieces along the first axis.

    Args:
        x: tensor of rank 2 or more.
        indices_or_sections: int: into so many equal pieces; tuple of ints: where to cut.

    Returns:
        List of tensors.

    Raises:
        ValueError: where the axis cannot be divided equally, or for a lower rank.

    Example:
        >>> ops.vsplit([[1, 2], [3, 4]], 2)
        [array([[1, 2]], dtype=int32), array([[3, 4]], dtype=int32)]
    """
    require_rank("vsplit", x, 2)
    return split(x, indices_or_sections, 0)


@op()
def dsplit(x: Any, indices_or_sections: Any) -> list[Any]:
    """Return `x` cut into pieces along the third axis.

    Args:
        x: tensor of rank 3 or more.
        indices_or_sections: int: into so many equal pieces; tuple of ints: where to cut.

    Returns:
        List of tensors.

    Raises:
        ValueError: where the axis cannot be divided equally, or for a lower rank.

    Example:
        >>> ops.dsplit([[[1, 2]]], 2)
        [array([[[1]]], dtype=int32), array([[[2]]], dtype=int32)]
    """
    require_rank("dsplit", x, 3)
    return split(x, indices_or_sections, 2)


@op()
def flipud(x: Any) -> Any:
    """Return `x` with the order of the first axis reversed.

    Args:
        x: tensor of rank 1 or more.

    Raises:
        ValueError: for a scalar.

    Example:
        >>> ops.flipud([[1, 2], [3, 4]])
        array([[3, 4],
               [1, 2]], dtype=int32)
    """
    require_rank("flipud", x, 1)
    return flip(x, 0)


@op()
def fliplr(x: Any) -> Any:
    """Return `x` with the order of the second axis reversed.

    Args:
        x: tensor of rank 2 or more.

    Raises:
        ValueError: for a lower rank.

    Example:
        >>> ops.fliplr([[1, 2], [3, 4]])
        array([[2, 1],
               [4, 3]], dtype=int32)
    """
    require_rank("fliplr", x, 2)
    return flip(x, 1)


@op()
def rot90(array: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    """Return a tensor turned by quarter turns in the plane of two axes.

    Args:
        array: tensor of rank 2 or more.
        k: how many quarter turns, from the first axis towards the second; negative ones turn back.
        axes: pair of different axes.

    Returns:
        Tensor in which the sizes of both axes are exchanged where `k` is odd.

    Raises:
        ValueError: for a lower rank, or axes that are no pair of different ones.

    Example:
        >>> ops.rot90([[1, 2, 3], [4, 5, 6]])
        array([[3, 6],
               [2, 5],
               [1, 4]], dtype=int32)
    """
    require_rank("rot90", array, 2)
    pair = [canonical_axis(axis, array.ndim) for axis in axes]
    if len(pair) != 2 or pair[0] == pair[1]:
        raise ValueError(f"rot90: expected a pair of different axes, got {axes} of a tensor of rank {array.ndim}.")
    first, second = pair
    turns = operator.index(k) % 4
    if turns == 0:
        return array
    if turns == 2:
        return flip(array, (first, second))
    turned = swapaxes(array, first, second)
    return flip(turned, first if turns == 1 else second)


@op(tensors=("indices",), differentiable=())
def unravel_index(indices: Any, shape: Any) -> tuple[Any, ...]:
    """Return the coordinates of elements that are given by their places in row-major order.

    Args:
        indices: integers in `[0, n)`, `n` the number of elements of the shape; negative ones count from the end.
        shape: tuple of ints.

    Returns:
        One tensor an axis, of the shape and dtype of `indices`.

    Raises:
        TypeError: where they are no integers.

    Example:
        >>> ops.unravel_index([3, 5], (2, 3))
        (array([1, 1], dtype=int32), array([0, 2], dtype=int32))
    """
    require_integers("unravel_index", "indices", indices)
    rest = indices
    coordinates: list[Any] = []
    for size in reversed(canonical_shape(shape)):
        # Rounding down and a remainder that is never negative count what is below 0 from the end.
        coordinates.append(mod(rest, size))
        rest = floor_divide(rest, size)
    return tuple(reversed(coordinates))
