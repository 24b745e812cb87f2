"""Elementwise ops that are one primitive each: functions of one tensor."""

from typing import Any

from keras_core.runtime import dtypes
from keras_core.runtime.definition import op
from keras_core.runtime.table import active


@op()
def absolute(x: Any) -> Any:
    """Return the magnitude of `x`, elementwise.

    Args:
        x: tensor of numbers or bools; these stay as they are.

    Returns:
        Tensor of the shape of `x`; of complex numbers a real one.

    Example:
        >>> ops.absolute([-1.5, 2.0])
        array([1.5, 2. ], dtype=float32)
    """
    d = active()
    return x if d.dtype_of(x) == "bool" else d.abs(x)


@op(primitive="negative", dtype="number")
def negative(x: Any) -> Any:
    """Return `-x`, elementwise.

    Args:
        x: tensor of numbers.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.negative([1.0, -2.0])
        array([-1.,  2.], dtype=float32)
    """
    ...


@op(primitive="sign", dtype="number")
def sign(x: Any) -> Any:
    """Return -1, 0 or 1 by the sign of `x`, elementwise.

    Args:
        x: tensor of numbers.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.sign([-3.0, 0.0, 2.0])
        array([-1.,  0.,  1.], dtype=float32)
    """
    ...


@op(primitive="exp", dtype="float")
def exp(x: Any) -> Any:
    """Return `e ** x`, elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.exp([0.0, 1.0])
        array([1.      , 2.718282], dtype=float32)
    """
    ...


@op(primitive="expm1", dtype="float")
def expm1(x: Any) -> Any:
    """Return `exp(x) - 1`, accurate near 0, elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.expm1([0.0, 1e-6])
        array([0.0000000e+00, 1.0000005e-06], dtype=float32)
    """
    ...


@op(primitive="log", dtype="float")
def log(x: Any) -> Any:
    """Return the natural logarithm of `x`: -inf at 0, nan below, elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.log([1.0, 10.0])
        array([0.       , 2.3025851], dtype=float32)
    """
    ...


@op(primitive="log1p", dtype="float")
def log1p(x: Any) -> Any:
    """Return `log(1 + x)`, accurate near 0, elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.log1p([0.0, 1e-6])
        array([0.000000e+00, 9.999995e-07], dtype=float32)
    """
    ...


@op(primitive="sqrt", dtype="float")
def sqrt(x: Any) -> Any:
    """Return the square root of `x`, nan below 0, elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.sqrt([4.0, 9.0])
        array([2., 3.], dtype=float32)
    """
    ...


@op(primitive="sin", dtype="float")
def sin(x: Any) -> Any:
    """Return the sine of `x` in radians, elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.sin([0.0, 1.0])
        array([0.      , 0.841471], dtype=float32)
    """
    ...


@op(primitive="cos", dtype="float")
def cos(x: Any) -> Any:
    """Return the cosine of `x` in radians, elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.cos([0.0, 1.0])
        array([1.       , 0.5403023], dtype=float32)
    """
    ...


@op(primitive="tan", dtype="float")
def tan(x: Any) -> Any:
    """Return the tangent of `x` in radians, elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.tan([0.0, 1.0])
        array([0.       , 1.5574077], dtype=float32)
    """
    ...


@op(primitive="asin", dtype="float")
def arcsin(x: Any) -> Any:
    """Return the inverse sine of `x`, in radians, nan outside [-1, 1], elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.arcsin([0.0, 1.0])
        array([0.       , 1.5707964], dtype=float32)
    """
    ...


@op(primitive="acos", dtype="float")
def arccos(x: Any) -> Any:
    """Return the inverse cosine of `x`, in radians, nan outside [-1, 1], elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.arccos([0.0, 1.0])
        array([1.5707964, 0.       ], dtype=float32)
    """
    ...


@op(primitive="atan", dtype="float")
def arctan(x: Any) -> Any:
    """Return the inverse tangent of `x`, in radians, elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.arctan([0.0, 1.0])
        array([0.       , 0.7853982], dtype=float32)
    """
    ...


@op(primitive="sinh", dtype="float")
def sinh(x: Any) -> Any:
    """Return the hyperbolic sine of `x`, elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.sinh([0.0, 1.0])
        array([0.       , 1.1752012], dtype=float32)
    """
    ...


@op(primitive="cosh", dtype="float")
def cosh(x: Any) -> Any:
    """Return the hyperbolic cosine of `x`, elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.cosh([0.0, 1.0])
        array([1.       , 1.5430807], dtype=float32)
    """
    ...


@op(primitive="tanh", dtype="float")
def tanh(x: Any) -> Any:
    """Return the hyperbolic tangent of `x`, elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.tanh([0.0, 1.0])
        array([0.       , 0.7615942], dtype=float32)
    """
    ...


@op(primitive="asinh", dtype="float")
def arcsinh(x: Any) -> Any:
    """Return the inverse hyperbolic sine of `x`, elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.arcsinh([0.0, 1.0])
        array([0.       , 0.8813736], dtype=float32)
    """
    ...


@op(primitive="acosh", dtype="float")
def arccosh(x: Any) -> Any:
    """Return the inverse hyperbolic cosine of `x`, nan below 1, elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.arccosh([1.0, 2.0])
        array([0.      , 1.316958], dtype=float32)
    """
    ...


@op(primitive="atanh", dtype="float")
def arctanh(x: Any) -> Any:
    """Return the inverse hyperbolic tangent of `x`, nan outside [-1, 1], elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.arctanh([0.0, 0.5])
        array([0.        , 0.54930615], dtype=float32)
    """
    ...


@op(primitive="floor", dtype="float")
def floor(x: Any) -> Any:
    """Return the largest integer not above `x`, as a float, elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.floor([-1.5, 1.5])
        array([-2.,  1.], dtype=float32)
    """
    ...


@op(primitive="ceil", dtype="float")
def ceil(x: Any) -> Any:
    """Return the smallest integer not below `x`, as a float, elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.ceil([-1.5, 1.5])
        array([-1.,  2.], dtype=float32)
    """
    ...


@op()
def trunc(x: Any) -> Any:
    """Return the nearest integer towards zero, elementwise.

    Args:
        x: tensor of real numbers or bools; integers and bools stay as they are.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.trunc([-1.5, 1.5])
        array([-1.,  1.], dtype=float32)
    """
    d = active()
    return d.trunc(x) if dtypes.is_inexact(d.dtype_of(x)) else x


@op(primitive="isfinite", dtype="float", differentiable=())
def isfinite(x: Any) -> Any:
    """Return whether `x` is neither nan nor infinite, elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Bool tensor of the shape of `x`.

    Example:
        >>> ops.isfinite([1.0, float("inf")])
        array([ True, False])
    """
    ...


@op(primitive="isnan", dtype="float", differentiable=())
def isnan(x: Any) -> Any:
    """Return whether `x` is nan, elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Bool tensor of the shape of `x`.

    Example:
        >>> ops.isnan([1.0, float("nan")])
        array([False,  True])
    """
    ...


@op(primitive="isinf", dtype="float", differentiable=())
def isinf(x: Any) -> Any:
    """Return whether `x` is infinite, elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Bool tensor of the shape of `x`.

    Example:
        >>> ops.isinf([1.0, float("-inf")])
        array([False,  True])
    """
    ...


@op(primitive="logical_not", dtype="bool", differentiable=())
def logical_not(x: Any) -> Any:
    """Return the negation of `x` taken as bools, elementwise.

    Args:
        x: tensor; nonzero counts as true.

    Returns:
        Bool tensor of the shape of `x`.

    Example:
        >>> ops.logical_not([True, False])
        array([False,  True])
    """
    ...


@op(primitive="bitwise_invert", dtype="bits", differentiable=())
def bitwise_not(x: Any) -> Any:
    """Return every bit of the integers `x` flipped, elementwise.

    Args:
        x: tensor of integers or bools.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.bitwise_not([0, 5])
        array([-1, -6], dtype=int32)
    """
    ...
