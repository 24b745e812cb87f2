"""Elementwise functions of one tensor that are composed of others: angles, roots, powers, Bessel's function."""

import math
from typing import Any

from keras_core.ops.checks import require_real
from keras_core.ops.elementwise import square, where
from keras_core.ops.elementwise_binary import (
    add,
    arctan2,
    divide,
    equal,
    less,
    multiply,
    power,
    subtract,
)
from keras_core.ops.elementwise_unary import absolute, exp, isfinite, sin, sqrt
from keras_core.runtime import dtypes
from keras_core.runtime.definition import op
from keras_core.runtime.table import active


@op(dtype="float")
def angle(x: Any) -> Any:
    """Return the angle of `x` in the complex plane, in (-pi, pi], elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Real tensor of the shape of `x`: of real numbers 0, and pi for negative ones.

    Example:
        >>> ops.angle([1j, -1.0])
        array([1.5707964, 3.1415927], dtype=float32)
    """
    d = active()
    if d.dtype_of(x) in dtypes.COMPLEX:
        return arctan2(d.imag(x), d.real(x))
    # At 0 the derivative of the arctangent is 0 / 0, but that of the angle is 0 as everywhere else.
    return arctan2(0.0, where(equal(x, 0.0), d.stop_gradient(x), x))


@op(dtype="float")
def deg2rad(x: Any) -> Any:
    """Return angles in degrees as radians, elementwise.

    Args:
        x: tensor of real numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Raises:
        TypeError: for complex numbers.

    Example:
        >>> ops.deg2rad([0.0, 180.0])
        array([0.       , 3.1415927], dtype=float32)
    """
    require_real("deg2rad", x)
    return multiply(x, math.pi / 180)


@op(dtype="float")
def rad2deg(x: Any) -> Any:
    """Return angles in radians as degrees, elementwise.

    Args:
        x: tensor of real numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Raises:
        TypeError: for complex numbers.

    Example:
        >>> ops.rad2deg([0.0, 0.5])
        array([ 0.     , 28.64789], dtype=float32)
    """
    require_real("rad2deg", x)
    return multiply(x, 180 / math.pi)


@op(dtype="float")
def cbrt(x: Any) -> Any:
    """Return the real cube root of `x`, elementwise.

    Args:
        x: tensor of real numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`. The derivative at 0, which is infinite, is taken as 0.

    Raises:
        TypeError: for complex numbers.

    Example:
        >>> ops.cbrt([8.0, -27.0])
        array([ 2., -3.], dtype=float32)
    """
    require_real("cbrt", x)
    size = absolute(x)
    d = active()
    ordinary = d.logical_and(isfinite(x), less(0.0, size))
    inner = where(ordinary, size, 1.0)
    root = power(inner, 1 / 3)
    # One step of Newton's method: 1/3 is no number of the machine, and the power is off by log(x) of that error.
    root = subtract(root, divide(subtract(root, divide(inner, square(root))), 3.0))
    return where(ordinary, multiply(d.sign(x), root), d.stop_gradient(x))


@op(dtype="float")
def exp2(x: Any) -> Any:
    """Return `2 ** x`, elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.exp2([0.0, -1.0, 3.0])
        array([1. , 0.5, 8. ], dtype=float32)
    """
    return power(2.0, x)


@op(dtype="float")
def fabs(x: Any) -> Any:
    """Return the magnitude of `x` as a float, elementwise.

    Args:
        x: tensor of real numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Raises:
        TypeError: for complex numbers.

    Example:
        >>> ops.fabs([-1, 2])
        array([1., 2.], dtype=float32)
    """
    require_real("fabs", x)
    return absolute(x)


@op(dtype="float")
def sinc(x: Any) -> Any:
    """Return `sin(pi * x) / (pi * x)`, 1 at 0, elementwise.

    Args:
        x: tensor of numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.sinc([0.0, 0.5, 1.0])
        array([1.        , 0.63661975, 0.        ], dtype=float32)
    """
    d = active()
    small = less(absolute(x), 0.15)
    outer = where(small, 1.0, x)
    # Subtracting whole turns, and folding at a quarter turn, keeps the zeros exact.
    turned = outer if d.dtype_of(x) in dtypes.COMPLEX else subtract(outer, multiply(2.0, d.round(divide(outer, 2.0))))
    if d.dtype_of(x) not in dtypes.COMPLEX:
        turned = where(less(0.5, turned), subtract(1.0, turned), turned)
        turned = where(less(turned, -0.5), subtract(-1.0, turned), turned)
    far = divide(sin(multiply(turned, math.pi)), multiply(outer, math.pi))
    # The quotient is right near 0, but its derivatives cancel; those of the series do not.
    squared = square(multiply(where(small, x, 0.0), math.pi))
    near = 1.0
    for n in range(7, 0, -1):
        near = subtract(1.0, multiply(divide(squared, 2.0 * n * (2 * n + 1)), near))
    return where(small, near, far)


@op(dtype="float")
def i0(x: Any) -> Any:
    """Return the modified Bessel function of the first kind of order 0, elementwise.

    Args:
        x: tensor of real numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Raises:
        TypeError: for complex numbers.

    Source:
        The power series of DLMF 10.25.2 up to 20 in magnitude, the asymptotic expansion of DLMF 10.40.1 above it.

    Example:
        >>> ops.i0([0.0, 1.0])
        array([1.       , 1.2660658], dtype=float32)
    """
    require_real("i0", x)
    d = active()
    dtype = d.dtype_of(x)
    if dtype in ("float16", "bfloat16"):
        return d.astype(i0(d.astype(x, "float32")), dtype)
    size = absolute(x)
    small = less(size, 20.0)
    quarter = square(divide(where(small, x, 0.0), 2.0))
    series = 1.0
    for k in range(45, 0, -1):
        series = add(1.0, multiply(divide(quarter, float(k * k)), series))
    outer = where(small, 20.0, size)
    expansion = 1.0
    for k in range(22, 0, -1):
        expansion = add(1.0, multiply(divide((2 * k - 1.0) ** 2 / (8.0 * k), outer), expansion))
    # Half of the exponent twice: the whole of it overflows earlier than the result.
    half = exp(divide(outer, 2.0))
    tail = multiply(multiply(half, divide(half, sqrt(multiply(outer, 2 * math.pi)))), expansion)
    return where(small, series, where(equal(size, math.inf), size, tail))
