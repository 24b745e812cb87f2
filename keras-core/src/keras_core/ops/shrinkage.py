"""Activation functions that are put together from straight and curved pieces, and those over an axis."""

from typing import Any

from keras_core.ops.activation import sigmoid
from keras_core.ops.elementwise import clip, where
from keras_core.ops.elementwise_binary import (
    add,
    divide,
    greater,
    greater_equal,
    less_equal,
    maximum,
    multiply,
    subtract,
)
from keras_core.ops.elementwise_unary import absolute, sqrt, tanh
from keras_core.ops.reduction import cumsum, sum
from keras_core.ops.shaping import split
from keras_core.runtime.definition import op
from keras_core.runtime.table import active


@op(dtype="float")
def threshold(x: Any, threshold: Any, default_value: Any) -> Any:
    """Return `x` where it is above a threshold, else another value, elementwise.

    Args:
        x: tensor; integers become `floatx`.
        threshold: float.
        default_value: float.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.threshold([1.0, 3.0], 2.0, -1.0)
        array([-1.,  3.], dtype=float32)
    """
    return where(less_equal(x, threshold), default_value, x)


@op(dtype="float")
def hard_shrink(x: Any, threshold: float = 0.5) -> Any:
    """Return `x`, and 0 where `|x|` is not above a threshold, elementwise.

    Args:
        x: tensor; integers become `floatx`.
        threshold: float.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.hard_shrink([-1.0, 0.25, 2.0])
        array([-1.,  0.,  2.], dtype=float32)
    """
    return where(less_equal(absolute(x), threshold), 0.0, x)


@op(dtype="float")
def soft_shrink(x: Any, threshold: float = 0.5) -> Any:
    """Return `x` moved towards 0 by a threshold, 0 where it is smaller, elementwise.

    Args:
        x: tensor; integers become `floatx`.
        threshold: float.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.soft_shrink([-1.0, 0.25, 2.0])
        array([-0.5,  0. ,  1.5], dtype=float32)
    """
    return subtract(x, clip(x, -threshold, threshold))


@op(dtype="float")
def tanh_shrink(x: Any) -> Any:
    """Return `x - tanh(x)`, elementwise.

    Args:
        x: tensor; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.tanh_shrink([0.0, 1.0])
        array([0.        , 0.23840582], dtype=float32)
    """
    return subtract(x, tanh(x))


@op(dtype="number")
def hard_tanh(x: Any) -> Any:
    """Return `x` cut off at -1 and 1, elementwise.

    Args:
        x: tensor of real numbers; integers stay integers.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.hard_tanh([-2.0, 0.5, 2.0])
        array([-1. ,  0.5,  1. ], dtype=float32)
    """
    return clip(x, 0 if active().dtype_of(x).startswith("uint") else -1, 1)


@op(dtype="float")
def sparse_plus(x: Any) -> Any:
    """Return 0 below -1, `(x + 1) ** 2 / 4` up to 1, `x` above, elementwise.

    Args:
        x: tensor; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.sparse_plus([-2.0, 0.0, 2.0])
        array([0.  , 0.25, 2.  ], dtype=float32)
    """
    middle = add(clip(x, -1.0, 1.0), 1.0)
    return where(greater_equal(x, 1.0), x, multiply(0.25, multiply(middle, middle)))


@op(dtype="float")
def sparse_sigmoid(x: Any) -> Any:
    """Return 0 below -1, `(x + 1) / 2` up to 1, 1 above, elementwise.

    Args:
        x: tensor; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.sparse_sigmoid([-2.0, 0.0, 2.0])
        array([0. , 0.5, 1. ], dtype=float32)
    """
    return multiply(0.5, add(clip(x, -1.0, 1.0), 1.0))


@op(dtype="float")
def squareplus(x: Any, b: Any = 4) -> Any:
    """Return `(x + sqrt(x ** 2 + b)) / 2`, elementwise.

    Args:
        x: tensor; integers become `floatx`.
        b: how smooth the bend at 0 is.

    Returns:
        Tensor of the shape of `x`.

    Source:
        Barron, 2021, https://arxiv.org/abs/2112.11687.

    Example:
        >>> ops.squareplus([0.0, 1.5])
        array([1., 2.], dtype=float32)
    """
    size = absolute(x)
    total = add(size, sqrt(add(multiply(size, size), b)))
    # For negative x the same as a quotient, in which nothing cancels out.
    return where(greater_equal(x, 0.0), multiply(0.5, total), divide(0.5 * b, total))


@op(dtype="float", static={"axis": "axis"})
def glu(x: Any, axis: int = -1) -> Any:
    """Return the first half along an axis times the sigmoid of the second.

    Args:
        x: tensor; integers become `floatx`.
        axis: int, of even size.

    Returns:
        Tensor with half the size along the axis.

    Raises:
        ValueError: where the size of the axis is odd.

    Source:
        Dauphin et al., 2016, https://arxiv.org/abs/1612.08083.

    Example:
        >>> ops.glu([1.0, 0.0])
        array([0.5], dtype=float32)
    """
    size = active().static_shape(x)[axis]
    if size is None or size % 2:
        raise ValueError(f"glu: expected an even size of axis {axis}, got shape {tuple(active().static_shape(x))}.")
    first, second = split(x, 2, axis)
    return multiply(first, sigmoid(second))


@op(dtype="float", static={"axis": "axis"})
def sparsemax(x: Any, axis: int = -1) -> Any:
    """Return the nearest point of the probability simplex along an axis.

    Args:
        x: tensor; integers become `floatx`.
        axis: int.

    Returns:
        Tensor of the shape of `x`; along the axis it adds up to 1.

    Source:
        Martins and Astudillo, 2016, https://arxiv.org/abs/1602.02068.

    Example:
        >>> ops.sparsemax([[0.0, 0.5, 1.0]])
        array([[0.  , 0.25, 0.75]], dtype=float32)
    """
    d = active()
    dtype = d.dtype_of(x)
    if dtype in ("float16", "bfloat16"):
        return d.astype(sparsemax(d.astype(x, "float32"), axis), dtype)
    if d.static_shape(x)[axis] == 0:
        return x
    # Next to large numbers 1 would be lost.
    x = subtract(x, d.stop_gradient(d.max(x, (axis,), True)))
    values = d.stop_gradient(x)
    ordered = d.flip(d.sort(values, axis), (axis,))
    counts = cumsum(d.full(d.shape(x), 1, d.dtype_of(x)), axis)
    inside = greater(add(1.0, multiply(counts, ordered)), cumsum(ordered, axis))
    size = sum(d.astype(inside, d.dtype_of(x)), axis, keepdims=True)
    bound = divide(subtract(sum(where(inside, ordered, 0.0), axis, keepdims=True), 1.0), size)
    # The bound again, of the elements above it: a mean whose derivative is that of the projection.
    above = greater(values, bound)
    size = sum(d.astype(above, d.dtype_of(x)), axis, keepdims=True)
    # Not a product with a mask, which a compiler may take for a choice: there infinity times 0 is 0, and not nan.
    kept = where(above, x, multiply(x, 0.0))
    bound = divide(subtract(sum(kept, axis, keepdims=True), 1.0), size)
    return maximum(subtract(x, bound), 0.0)
