"""Special functions of probability: the error function's relatives and those around the gamma function."""

import math
from typing import Any

from keras_core.ops.control import scan
from keras_core.ops.elementwise import erf, where
from keras_core.ops.elementwise_binary import (
    add,
    divide,
    equal,
    greater,
    less,
    less_equal,
    logical_and,
    logical_or,
    maximum,
    minimum,
    multiply,
    subtract,
)
from keras_core.ops.elementwise_unary import absolute, exp, floor, isfinite, isnan, log, negative, sin, sqrt, tan
from keras_core.ops.precision import as_dtype, widened
from keras_core.runtime.definition import op
from keras_core.runtime.table import active


@op(dtype="float")
def erfc(x: Any) -> Any:
    """Return the complementary error function `1 - erf(x)`, elementwise, accurate where it is small.

    Args:
        x: tensor of real numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Source:
        Above 1.5 in magnitude the continued fraction of DLMF 7.9.2.

    Example:
        >>> ops.erfc([0.0, 1.0]).round(4)
        array([1.    , 0.1573], dtype=float32)
    """
    dtype = active().dtype_of(x)
    return as_dtype(_erfc(widened(x)), dtype)


def _erfc(x: Any) -> Any:
    size = absolute(x)
    small = less(size, 1.5)
    # The branch that is not taken is evaluated at a harmless point, so that no gradient is nan.
    inner = where(small, x, 0.0)
    outer = where(small, 3.0, minimum(size, 30.0))
    fraction = outer
    for n in range(60, 0, -1):
        fraction = add(outer, divide(n / 2.0, fraction))
    tail = divide(exp(negative(multiply(outer, outer))), multiply(math.sqrt(math.pi), fraction))
    tail = where(less(x, 0.0), subtract(2.0, tail), tail)
    return where(isnan(x), x, where(small, subtract(1.0, erf(inner)), tail))


_CENTRAL = (
    *(2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087),
    *(-0.00125372503, -0.00417768164, 0.246640727, 1.50140941),
)
_TAIL = (
    *(-0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773),
    *(-0.0076224613, 0.00943887047, 1.00167406, 2.83297682),
)


def _polynomial(x: Any, coefficients: tuple[float, ...]) -> Any:
    result = coefficients[0]
    for coefficient in coefficients[1:]:
        result = add(multiply(result, x), coefficient)
    return result


@op(dtype="float")
def erfinv(x: Any) -> Any:
    """Return the inverse of the error function, elementwise.

    Args:
        x: tensor of real numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`: infinite at -1 and 1, nan beyond.

    Source:
        Giles, "Approximating the erfinv function", 2012, and Newton's method from there.

    Example:
        >>> ops.erfinv([0.0, 0.5]).round(4)
        array([0.    , 0.4769], dtype=float32)
    """
    dtype = active().dtype_of(x)
    x = widened(x)
    size = absolute(x)
    inside = less(size, 1.0)
    inner = where(inside, x, 0.0)
    rest = subtract(1.0, absolute(inner))  # exact where it matters, near 1
    w = negative(log(multiply(rest, subtract(2.0, rest))))
    central = less(w, 5.0)
    near = _polynomial(subtract(where(central, w, 2.5), 2.5), _CENTRAL)
    far = _polynomial(subtract(sqrt(where(central, 9.0, w)), 3.0), _TAIL)
    y = multiply(where(central, near, far), inner)
    for _ in range(2):
        slope = multiply(2 / math.sqrt(math.pi), exp(negative(multiply(y, y))))
        by_erf = subtract(erf(y), inner)
        by_erfc = multiply(active().sign(inner), subtract(rest, _erfc(absolute(y))))
        y = subtract(y, divide(where(less(rest, 0.5), by_erfc, by_erf), slope))
    beyond = where(equal(size, 1.0), where(greater(x, 0.0), math.inf, -math.inf), math.nan)
    return as_dtype(where(inside, y, beyond), dtype)


_STIRLING = (-1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)
_DIGAMMA = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12)
_SHIFT = 8


def _reflected(x: Any) -> tuple[Any, Any]:
    """Return where `x` is below 1/2, and `1 - x` there and `x` elsewhere."""
    low = less(x, 0.5)
    return low, where(low, subtract(1.0, x), x)


@op(dtype="float")
def lgamma(x: Any) -> Any:
    """Return the logarithm of the absolute value of the gamma function, elementwise.

    Args:
        x: tensor of real numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`, infinite at 0 and the negative integers.

    Source:
        Stirling's series, DLMF 5.11.1, after a shift by 8; the reflection formula, DLMF 5.5.3, below 1/2.

    Example:
        >>> from keras_core.ops.special import lgamma
        >>> lgamma([1.0, 5.0]).round(5)
        array([0.     , 3.17805], dtype=float32)
    """
    dtype = active().dtype_of(x)
    x = widened(x)
    low, y = _reflected(x)
    product = y
    for n in range(1, _SHIFT):
        product = multiply(product, add(minimum(y, 1e3), float(n)))
    large = greater(y, 1e3)
    shifted = where(large, y, add(y, float(_SHIFT)))
    inverse = divide(1.0, shifted)
    square = multiply(inverse, inverse)
    series = add(1 / 12, multiply(square, _polynomial(square, _STIRLING[::-1])))
    value = add(multiply(subtract(shifted, 0.5), log(shifted)), 0.5 * math.log(2 * math.pi))
    value = add(subtract(value, shifted), multiply(inverse, series))
    value = subtract(value, log(where(large, 1.0, product)))
    sine = absolute(sin(multiply(math.pi, subtract(x, floor(x)))))
    pole = logical_and(low, equal(x, floor(x)))
    mirrored = subtract(math.log(math.pi), add(log(where(logical_or(pole, equal(sine, 0.0)), 1.0, sine)), value))
    result = where(low, where(pole, math.inf, mirrored), value)
    finite = logical_or(isfinite(x), isnan(x))
    return as_dtype(where(finite, result, math.inf), dtype)


@op(dtype="float")
def digamma(x: Any) -> Any:
    """Return the logarithmic derivative of the gamma function, elementwise.

    Args:
        x: tensor of real numbers; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`, nan at the negative integers.

    Source:
        DLMF 5.11.2 after a shift by 8; the reflection formula, DLMF 5.5.4, below 1/2.

    Example:
        >>> from keras_core.ops.special import digamma
        >>> digamma([1.0]).round(5)
        array([-0.57722], dtype=float32)
    """
    dtype = active().dtype_of(x)
    x = widened(x)
    low, y = _reflected(x)
    shifted = add(y, float(_SHIFT))
    inverse = divide(1.0, shifted)
    square = multiply(inverse, inverse)
    value = subtract(log(shifted), multiply(0.5, inverse))
    value = subtract(value, multiply(square, _polynomial(square, _DIGAMMA[::-1])))
    for n in range(_SHIFT):
        value = subtract(value, divide(1.0, add(y, float(n))))
    pole = logical_and(low, equal(x, floor(x)))
    angle = multiply(math.pi, where(pole, 0.25, subtract(x, floor(x))))
    mirrored = subtract(value, divide(math.pi, tan(angle)))
    return as_dtype(where(pole, math.nan, where(low, mirrored, value)), dtype)


_TERMS = 256


@op(tensors=("a", "x"), dtype="float", differentiable=("x",))
def gammainc(a: Any, x: Any) -> Any:
    """Return the regularized lower incomplete gamma function, elementwise.

    It is the distribution function at `x` of the gamma distribution of shape `a` and scale 1.

    Args:
        a: tensor of real numbers above 0; integers become `floatx`. Its derivative is not defined.
        x: tensor of real numbers that are not negative, of a shape that broadcasts with that of `a`.

    Returns:
        Tensor of the broadcast shape, of numbers from 0 to 1; nan for arguments that are not allowed.

    Source:
        The series of DLMF 8.11.4 below `a + 1`, the continued fraction of DLMF 8.9.2 above it, 256 terms of each.

    Example:
        >>> ops.gammainc([1.0, 2.0], 1.0).round(4)
        array([0.6321, 0.2642], dtype=float32)
    """
    d = active()
    dtype = d.dtype_of(x)
    a, x = widened(d.stop_gradient(a)), widened(x)
    inside = logical_and(logical_and(greater(a, 0.0), greater(x, 0.0)), logical_and(isfinite(a), isfinite(x)))
    safe_a, safe_x = where(inside, a, 1.0), where(inside, x, 1.0)
    by_series = less(safe_x, add(safe_a, 1.0))
    series_x = where(by_series, safe_x, 1.0)
    fraction_x = where(by_series, add(safe_a, 2.0), safe_x)

    def step(carry: Any, n: Any) -> Any:
        series, fraction = carry
        series = add(1.0, multiply(divide(series_x, add(safe_a, n)), series))
        middle = subtract(add(fraction_x, subtract(multiply(2.0, n), 1.0)), safe_a)
        fraction = subtract(middle, divide(multiply(n, subtract(n, safe_a)), fraction))
        return (series, fraction), ()

    work = d.dtype_of(safe_x)
    ones = add(multiply(0.0, series_x), 1.0)
    last = add(subtract(fraction_x, safe_a), 2.0 * _TERMS + 1.0)
    terms = d.arange(1, _TERMS + 1, 1, work)
    (series, fraction), _ = scan(step, (ones, last), terms, length=_TERMS, reverse=True)
    logarithm = subtract(multiply(safe_a, log(safe_x)), safe_x)
    lower = multiply(exp(subtract(logarithm, lgamma(add(safe_a, 1.0)))), series)
    upper = divide(exp(subtract(logarithm, lgamma(safe_a))), fraction)
    value = where(by_series, lower, subtract(1.0, upper))
    at_ends = where(less_equal(x, 0.0), where(equal(a, 0.0), 1.0, 0.0), where(equal(a, 0.0), 1.0, subtract(1.0, a)))
    at_ends = where(equal(x, math.inf), 1.0, where(equal(a, math.inf), 0.0, at_ends))
    wrong = logical_or(logical_or(less(a, 0.0), less(x, 0.0)), logical_or(isnan(a), isnan(x)))
    wrong = logical_or(wrong, logical_and(equal(a, 0.0), equal(x, 0.0)))
    wrong = logical_or(wrong, logical_and(equal(a, math.inf), equal(x, math.inf)))
    result = where(inside, maximum(minimum(value, 1.0), 0.0), where(wrong, math.nan, at_ends))
    return as_dtype(result, dtype)
