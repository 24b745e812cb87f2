"""Products of vectors: inner, outer, cross and Kronecker's."""

from collections.abc import Callable
from typing import Any

from keras_core.ops.elementwise import conjugate
from keras_core.ops.elementwise_binary import multiply, subtract
from keras_core.ops.products import merged_size, tensordot
from keras_core.ops.shaping import moveaxis
from keras_core.runtime.axes import canonical_axis
from keras_core.runtime.definition import op
from keras_core.runtime.table import active

_PAIR = ("x1", "x2")


def _of_bools(product: Callable[[Any, Any], Any], x1: Any, x2: Any) -> Any:
    """Return whether there is any pair of which both are true, by way of counting them."""
    d = active()
    return d.astype(product(d.astype(x1, "int32"), d.astype(x2, "int32")), "bool")


@op(tensors=_PAIR, dtype="common")
def inner(x1: Any, x2: Any) -> Any:
    """Return the sum of products over the last axes of both tensors.

    Args:
        x1: tensor.
        x2: tensor with as long a last axis; with a scalar the product is elementwise.

    Returns:
        Tensor with the other axes of `x1` and then those of `x2`.

    Example:
        >>> float(ops.inner([1.0, 2.0], [3.0, 4.0]))
        11.0
    """
    if x1.ndim == 0 or x2.ndim == 0:
        return multiply(x1, x2)
    if active().dtype_of(x1) == "bool":
        return _of_bools(inner, x1, x2)
    return tensordot(x1, x2, ((x1.ndim - 1,), (x2.ndim - 1,)))


@op(tensors=_PAIR, dtype="common")
def vdot(x1: Any, x2: Any) -> Any:
    """Return the sum of products of the conjugates of one tensor's elements and those of another.

    Args:
        x1: tensor.
        x2: tensor of as many elements.

    Returns:
        Scalar tensor.

    Example:
        >>> complex(ops.vdot([1j], [2j]))
        (2+0j)
    """
    d = active()
    if d.dtype_of(x1) == "bool":
        return _of_bools(vdot, x1, x2)
    return d.matmul(d.reshape(conjugate(x1), (-1,)), d.reshape(x2, (-1,)))


@op(tensors=_PAIR, dtype="common")
def outer(x1: Any, x2: Any) -> Any:
    """Return the product of each element of one tensor and each of another.

    Args:
        x1: tensor, of `m` elements.
        x2: tensor, of `n` elements.

    Returns:
        Tensor of shape `(m, n)`.

    Example:
        >>> ops.outer([1, 2], [3, 4])
        array([[3, 4],
               [6, 8]], dtype=int32)
    """
    d = active()
    return multiply(d.reshape(x1, (-1, 1)), d.reshape(x2, (1, -1)))


@op(tensors=_PAIR, dtype="common")
def kron(x1: Any, x2: Any) -> Any:
    """Return the Kronecker product: each element of one tensor times the whole of another, side by side.

    Args:
        x1: tensor.
        x2: tensor; the one of lower rank gets leading axes of size 1.

    Returns:
        Tensor whose sizes are the products of those of both.

    Example:
        >>> ops.kron([1, 10], [1, 2, 3])
        array([ 1,  2,  3, 10, 20, 30], dtype=int32)
    """
    d = active()
    rank = max(x1.ndim, x2.ndim)
    first = (1,) * (rank - x1.ndim) + tuple(d.shape(x1))
    second = (1,) * (rank - x2.ndim) + tuple(d.shape(x2))
    spread = d.reshape(x1, tuple(size for one in first for size in (one, 1)))
    repeated = d.reshape(x2, tuple(size for one in second for size in (1, one)))
    sizes = tuple(merged_size([one, other]) for one, other in zip(first, second, strict=True))
    return d.reshape(multiply(spread, repeated), sizes)


def _components(name: str, x: Any, axis: int) -> list[Any]:
    """Return the components of vectors that lie along an axis."""
    d = active()
    axis = canonical_axis(axis, x.ndim)
    size = d.static_shape(x)[axis]
    if size not in (2, 3):
        raise ValueError(f"cross: expected vectors of size 2 or 3 along axis {axis} of {name}, got {tuple(x.shape)}.")
    last = moveaxis(x, axis, -1)
    before = (0,) * (x.ndim - 1)
    return [
        d.squeeze(d.slice(last, (*before, i), (None,) * len(before) + (i + 1,), (1,) * x.ndim), (x.ndim - 1,))
        for i in range(size)
    ]


@op(tensors=_PAIR, dtype="common")
def cross(x1: Any, x2: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    """Return the cross product of vectors.

    Args:
        x1: tensor of numbers, of size 2 or 3 along `axisa`; a third component that is missing is 0.
        x2: tensor of numbers, of size 2 or 3 along `axisb`; the other axes broadcast with those of `x1`.
        axisa: axis of the vectors in `x1`.
        axisb: axis of the vectors in `x2`.
        axisc: axis of the vectors in the result.
        axis: all three in one; None for what the other arguments say.

    Returns:
        Tensor of vectors of size 3; where both have size 2, their third components alone, without an axis for them.

    Raises:
        ValueError: for other sizes.
        TypeError: for bools.

    Example:
        >>> ops.cross([1, 0, 0], [0, 1, 0])
        array([0, 0, 1], dtype=int32)
    """
    d = active()
    if d.dtype_of(x1) == "bool":
        raise TypeError("cross: expected numbers, got dtype bool.")
    axisa, axisb, axisc = (axisa, axisb, axisc) if axis is None else (axis, axis, axis)
    a = _components("x1", x1, axisa)
    b = _components("x2", x2, axisb)
    third = subtract(multiply(a[0], b[1]), multiply(a[1], b[0]))
    if len(a) == len(b) == 2:
        return third
    if len(a) == 2:
        first, second = multiply(a[1], b[2]), d.negative(multiply(a[0], b[2]))
    elif len(b) == 2:
        first, second = d.negative(multiply(a[2], b[1])), multiply(a[2], b[0])
    else:
        first = subtract(multiply(a[1], b[2]), multiply(a[2], b[1]))
        second = subtract(multiply(a[2], b[0]), multiply(a[0], b[2]))
    place = canonical_axis(axisc, third.ndim + 1)
    return d.concat([d.expand_dims(part, place) for part in (first, second, third)], place)
