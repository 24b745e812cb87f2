"""Elementwise ops that are one primitive each: functions of two tensors."""

from typing import Any

from keras_core.runtime.definition import op


@op(primitive="add", tensors=("x1", "x2"), dtype="common")
def add(x1: Any, x2: Any) -> Any:
    """Return `x1 + x2`, elementwise.

    Args:
        x1: tensor or number.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.

    Returns:
        Tensor of the broadcast shape and the promoted dtype.

    Example:
        >>> ops.add([1, 2], 0.5)
        array([1.5, 2.5], dtype=float32)
    """
    ...


@op(primitive="subtract", tensors=("x1", "x2"), dtype="number")
def subtract(x1: Any, x2: Any) -> Any:
    """Return `x1 - x2`, elementwise.

    Args:
        x1: tensor or number.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.

    Returns:
        Tensor of the broadcast shape and the promoted dtype.

    Example:
        >>> ops.subtract([1.0, 2.0], [0.5, 3.0])
        array([ 0.5, -1. ], dtype=float32)
    """
    ...


@op(primitive="multiply", tensors=("x1", "x2"), dtype="common")
def multiply(x1: Any, x2: Any) -> Any:
    """Return `x1 * x2`, elementwise.

    Args:
        x1: tensor or number.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.

    Returns:
        Tensor of the broadcast shape and the promoted dtype.

    Example:
        >>> ops.multiply([1.0, 2.0], 3)
        array([3., 6.], dtype=float32)
    """
    ...


@op(primitive="divide", tensors=("x1", "x2"), dtype="float")
def divide(x1: Any, x2: Any) -> Any:
    """Return `x1 / x2`; integers become `floatx`, elementwise.

    Args:
        x1: tensor or number.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.

    Returns:
        Tensor of the broadcast shape and the promoted dtype.

    Example:
        >>> ops.divide([1, 2], 4)
        array([0.25, 0.5 ], dtype=float32)
    """
    ...


@op(primitive="floor_divide", tensors=("x1", "x2"), dtype="number")
def floor_divide(x1: Any, x2: Any) -> Any:
    """Return `floor(x1 / x2)`, elementwise.

    Args:
        x1: tensor or number.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.

    Returns:
        Tensor of the broadcast shape and the promoted dtype.

    Example:
        >>> ops.floor_divide([7, -7], 2)
        array([ 3, -4], dtype=int32)
    """
    ...


@op(primitive="remainder", tensors=("x1", "x2"), dtype="number")
def mod(x1: Any, x2: Any) -> Any:
    """Return the remainder of `x1 / x2`, with the sign of `x2`, elementwise.

    Args:
        x1: tensor or number.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.

    Returns:
        Tensor of the broadcast shape and the promoted dtype.

    Example:
        >>> ops.mod([7, -7], 3)
        array([1, 2], dtype=int32)
    """
    ...


@op(primitive="pow", tensors=("x1", "x2"), dtype="number")
def power(x1: Any, x2: Any) -> Any:
    """Return `x1 ** x2`, elementwise.

    Args:
        x1: tensor or number.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.

    Returns:
        Tensor of the broadcast shape and the promoted dtype.

    Example:
        >>> ops.power([2.0, 3.0], 2)
        array([4., 9.], dtype=float32)
    """
    ...


@op(primitive="atan2", tensors=("x1", "x2"), dtype="float")
def arctan2(x1: Any, x2: Any) -> Any:
    """Return the angle of the point with ordinate `x1` and abscissa `x2`, in (-pi, pi], elementwise.

    Args:
        x1: tensor or number.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.

    Returns:
        Tensor of the broadcast shape and the promoted dtype.

    Example:
        >>> ops.arctan2([1.0, -1.0], [1.0, 0.0])
        array([ 0.7853981, -1.5707964], dtype=float32)
    """
    ...


@op(primitive="maximum", tensors=("x1", "x2"), dtype="common")
def maximum(x1: Any, x2: Any) -> Any:
    """Return the larger of `x1` and `x2`, nan if either is, elementwise.

    Args:
        x1: tensor or number.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.

    Returns:
        Tensor of the broadcast shape and the promoted dtype.

    Example:
        >>> ops.maximum([1.0, 4.0], 2.0)
        array([2., 4.], dtype=float32)
    """
    ...


@op(primitive="minimum", tensors=("x1", "x2"), dtype="common")
def minimum(x1: Any, x2: Any) -> Any:
    """Return the smaller of `x1` and `x2`, nan if either is, elementwise.

    Args:
        x1: tensor or number.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.

    Returns:
        Tensor of the broadcast shape and the promoted dtype.

    Example:
        >>> ops.minimum([1.0, 4.0], 2.0)
        array([1., 2.], dtype=float32)
    """
    ...


@op(primitive="equal", tensors=("x1", "x2"), dtype="comparison", differentiable=())
def equal(x1: Any, x2: Any) -> Any:
    """Return whether `x1 == x2`, elementwise.

    Args:
        x1: tensor or number.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.

    Returns:
        Bool tensor of the broadcast shape.

    Example:
        >>> ops.equal([1, 2], [1, 3])
        array([ True, False])
    """
    ...


@op(primitive="not_equal", tensors=("x1", "x2"), dtype="comparison", differentiable=())
def not_equal(x1: Any, x2: Any) -> Any:
    """Return whether `x1 != x2`, elementwise.

    Args:
        x1: tensor or number.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.

    Returns:
        Bool tensor of the broadcast shape.

    Example:
        >>> ops.not_equal([1, 2], [1, 3])
        array([False,  True])
    """
    ...


@op(primitive="less", tensors=("x1", "x2"), dtype="comparison", differentiable=())
def less(x1: Any, x2: Any) -> Any:
    """Return whether `x1 < x2`, elementwise.

    Args:
        x1: tensor or number.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.

    Returns:
        Bool tensor of the broadcast shape.

    Example:
        >>> ops.less([1, 2], 2)
        array([ True, False])
    """
    ...


@op(primitive="less_equal", tensors=("x1", "x2"), dtype="comparison", differentiable=())
def less_equal(x1: Any, x2: Any) -> Any:
    """Return whether `x1 <= x2`, elementwise.

    Args:
        x1: tensor or number.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.

    Returns:
        Bool tensor of the broadcast shape.

    Example:
        >>> ops.less_equal([1, 2], 1)
        array([ True, False])
    """
    ...


@op(primitive="greater", tensors=("x1", "x2"), dtype="comparison", differentiable=())
def greater(x1: Any, x2: Any) -> Any:
    """Return whether `x1 > x2`, elementwise.

    Args:
        x1: tensor or number.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.

    Returns:
        Bool tensor of the broadcast shape.

    Example:
        >>> ops.greater([1, 2], 1)
        array([False,  True])
    """
    ...


@op(primitive="greater_equal", tensors=("x1", "x2"), dtype="comparison", differentiable=())
def greater_equal(x1: Any, x2: Any) -> Any:
    """Return whether `x1 >= x2`, elementwise.

    Args:
        x1: tensor or number.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.

    Returns:
        Bool tensor of the broadcast shape.

    Example:
        >>> ops.greater_equal([1, 2], 2)
        array([False,  True])
    """
    ...


@op(primitive="logical_and", tensors=("x1", "x2"), dtype="bool", differentiable=())
def logical_and(x1: Any, x2: Any) -> Any:
    """Return whether both are true, elementwise.

    Args:
        x1: tensor or number.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.

    Returns:
        Bool tensor of the broadcast shape.

    Example:
        >>> ops.logical_and([True, False], True)
        array([ True, False])
    """
    ...


@op(primitive="logical_or", tensors=("x1", "x2"), dtype="bool", differentiable=())
def logical_or(x1: Any, x2: Any) -> Any:
    """Return whether either is true, elementwise.

    Args:
        x1: tensor or number.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.

    Returns:
        Bool tensor of the broadcast shape.

    Example:
        >>> ops.logical_or([True, False], True)
        array([ True,  True])
    """
    ...


@op(primitive="logical_xor", tensors=("x1", "x2"), dtype="bool", differentiable=())
def logical_xor(x1: Any, x2: Any) -> Any:
    """Return whether exactly one is true, elementwise.

    Args:
        x1: tensor or number.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.

    Returns:
        Bool tensor of the broadcast shape.

    Example:
        >>> ops.logical_xor([True, False], True)
        array([False,  True])
    """
    ...


@op(primitive="bitwise_and", tensors=("x", "y"), dtype="bits", differentiable=())
def bitwise_and(x: Any, y: Any) -> Any:
    """Return the bits that are set in both integers, elementwise.

    Args:
        x: tensor or number.
        y: tensor or number, of a shape that broadcasts with that of `x`.

    Returns:
        Tensor of the broadcast shape and the promoted dtype.

    Example:
        >>> ops.bitwise_and([6, 5], 3)
        array([2, 1], dtype=int32)
    """
    ...


@op(primitive="bitwise_or", tensors=("x", "y"), dtype="bits", differentiable=())
def bitwise_or(x: Any, y: Any) -> Any:
    """Return the bits that are set in either integer, elementwise.

    Args:
        x: tensor or number.
        y: tensor or number, of a shape that broadcasts with that of `x`.

    Returns:
        Tensor of the broadcast shape and the promoted dtype.

    Example:
        >>> ops.bitwise_or([6, 5], 3)
        array([7, 7], dtype=int32)
    """
    ...


@op(primitive="bitwise_xor", tensors=("x", "y"), dtype="bits", differentiable=())
def bitwise_xor(x: Any, y: Any) -> Any:
    """Return the bits that are set in exactly one of the integers, elementwise.

    Args:
        x: tensor or number.
        y: tensor or number, of a shape that broadcasts with that of `x`.

    Returns:
        Tensor of the broadcast shape and the promoted dtype.

    Example:
        >>> ops.bitwise_xor([6, 5], 3)
        array([5, 6], dtype=int32)
    """
    ...


@op(primitive="bitwise_left_shift", tensors=("x", "y"), dtype="bits", differentiable=())
def left_shift(x: Any, y: Any) -> Any:
    """Return the bits of `x` moved up by `y`, elementwise.

    Args:
        x: tensor or number.
        y: tensor or number, of a shape that broadcasts with that of `x`.

    Returns:
        Tensor of the broadcast shape and the promoted dtype.

    Example:
        >>> ops.left_shift([1, 3], 2)
        array([ 4, 12], dtype=int32)
    """
    ...


@op(primitive="bitwise_right_shift", tensors=("x", "y"), dtype="bits", differentiable=())
def right_shift(x: Any, y: Any) -> Any:
    """Return the bits of `x` moved down by `y`, elementwise.

    Args:
        x: tensor or number.
        y: tensor or number, of a shape that broadcasts with that of `x`.

    Returns:
        Tensor of the broadcast shape and the promoted dtype.

    Example:
        >>> ops.right_shift([8, 3], 1)
        array([4, 1], dtype=int32)
    """
    ...
