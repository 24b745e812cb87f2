"""Elementwise functions of two tensors that are composed of others."""

import math
from typing import Any

from keras_core.ops.checks import require_integers, require_real
from keras_core.ops.control import while_loop
from keras_core.ops.elementwise import square, where
from keras_core.ops.elementwise_binary import (
    add,
    divide,
    equal,
    floor_divide,
    less,
    maximum,
    minimum,
    mod,
    multiply,
    not_equal,
    subtract,
)
from keras_core.ops.elementwise_unary import absolute, isnan, log1p, negative, sqrt
from keras_core.ops.transcendental import exp2
from keras_core.runtime import dtypes
from keras_core.runtime.definition import op
from keras_core.runtime.table import active

_PAIR = ("x1", "x2")


@op(tensors=_PAIR, dtype="float")
def divide_no_nan(x1: Any, x2: Any) -> Any:
    """Return `x1 / x2`, and 0 where `x2` is 0, elementwise.

    Args:
        x1: tensor or number; integers become `floatx`.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.

    Returns:
        Tensor of the broadcast shape.

    Example:
        >>> ops.divide_no_nan([1.0, 2.0], [0.0, 4.0])
        array([0. , 0.5], dtype=float32)
    """
    zero = equal(x2, 0.0)
    return where(zero, 0.0, divide(x1, where(zero, 1.0, x2)))


@op(tensors=_PAIR, dtype="common")
def fmax(x1: Any, x2: Any) -> Any:
    """Return the larger of `x1` and `x2`, the other one where one is nan, elementwise.

    Args:
        x1: tensor or number.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.

    Returns:
        Tensor of the broadcast shape and the promoted dtype.

    Raises:
        TypeError: for complex numbers.

    Example:
        >>> ops.fmax([1.0, float("nan")], [2.0, 3.0])
        array([2., 3.], dtype=float32)
    """
    require_real("fmax", x1)
    return where(isnan(x1), x2, where(isnan(x2), x1, maximum(x1, x2)))


@op(tensors=_PAIR, dtype="common")
def fmin(x1: Any, x2: Any) -> Any:
    """Return the smaller of `x1` and `x2`, the other one where one is nan, elementwise.

    Args:
        x1: tensor or number.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.

    Returns:
        Tensor of the broadcast shape and the promoted dtype.

    Raises:
        TypeError: for complex numbers.

    Example:
        >>> ops.fmin([1.0, float("nan")], [2.0, 3.0])
        array([1., 3.], dtype=float32)
    """
    require_real("fmin", x1)
    return where(isnan(x1), x2, where(isnan(x2), x1, minimum(x1, x2)))


@op(tensors=_PAIR, dtype="number")
def fmod(x1: Any, x2: Any) -> Any:
    """Return the remainder of `x1 / x2`, with the sign of `x1`, elementwise.

    Args:
        x1: tensor or number.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.

    Returns:
        Tensor of the broadcast shape and the promoted dtype.

    Raises:
        TypeError: for complex numbers.

    Example:
        >>> ops.fmod([7, -7], 3)
        array([ 1, -1], dtype=int32)
    """
    require_real("fmod", x1)
    d = active()
    if not dtypes.is_integer(d.dtype_of(x1)):
        # Of magnitudes the remainder is exact; moved over to the other sign afterwards it would be rounded.
        rest = mod(absolute(x1), absolute(x2))
        return where(less(x1, 0), negative(rest), rest)
    rest = mod(x1, x2)
    opposite = d.logical_xor(less(x1, 0), less(x2, 0))
    return where(d.logical_and(opposite, not_equal(rest, 0)), subtract(rest, x2), rest)


def _euclid(name: str, x1: Any, x2: Any) -> tuple[Any, Any, Any]:
    """Return both magnitudes, broadcast, and their greatest common divisor."""
    require_integers(name, "x1", x1)
    d = active()
    first, second = add(absolute(x1), multiply(x2, 0)), add(absolute(x2), multiply(x1, 0))

    def step(larger: Any, smaller: Any) -> tuple[Any, Any]:
        done = equal(smaller, 0)
        rest = mod(larger, where(done, 1, smaller))
        return where(done, larger, smaller), where(done, smaller, rest)

    divisor, _ = while_loop(
        lambda larger, smaller: d.any(not_equal(smaller, 0), None, False),
        step,
        (first, second),
    )
    return first, second, absolute(divisor)  # the magnitude of the smallest integer wraps


@op(tensors=_PAIR, dtype="common", differentiable=())
def gcd(x1: Any, x2: Any) -> Any:
    """Return the greatest common divisor of integers, elementwise.

    Args:
        x1: integers.
        x2: integers of a shape that broadcasts with that of `x1`.

    Returns:
        Tensor of the broadcast shape, not negative; `|x1|` where `x2` is 0.

    Raises:
        TypeError: where they are no integers.

    Example:
        >>> ops.gcd([12, -9, 0], 6)
        array([6, 3, 6], dtype=int32)
    """
    return _euclid("gcd", x1, x2)[2]


@op(tensors=_PAIR, dtype="common", differentiable=())
def lcm(x1: Any, x2: Any) -> Any:
    """Return the least common multiple of integers, elementwise.

    Args:
        x1: integers.
        x2: integers of a shape that broadcasts with that of `x1`.

    Returns:
        Tensor of the broadcast shape, not negative; 0 where either is 0.

    Raises:
        TypeError: where they are no integers.

    Example:
        >>> ops.lcm([4, -9, 0], 6)
        array([12, 18,  0], dtype=int32)
    """
    first, second, divisor = _euclid("lcm", x1, x2)
    return multiply(floor_divide(first, where(equal(divisor, 0), 1, divisor)), second)


@op(tensors=_PAIR, dtype="float", differentiable=("x2",))
def heaviside(x1: Any, x2: Any) -> Any:
    """Return 0 where `x1` is negative, 1 where it is positive, `x2` where it is 0, elementwise.

    Args:
        x1: tensor or number; integers become `floatx`.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.

    Returns:
        Tensor of the broadcast shape; nan where `x1` is nan.

    Raises:
        TypeError: for complex numbers.

    Example:
        >>> ops.heaviside([-1.5, 0.0, 2.0], 0.5)
        array([0. , 0.5, 1. ], dtype=float32)
    """
    require_real("heaviside", x1)
    d = active()
    step = where(less(x1, 0), 0.0, where(isnan(x1), d.stop_gradient(x1), 1.0))
    return where(equal(x1, 0), x2, step)


@op(tensors=_PAIR, dtype="float")
def hypot(x1: Any, x2: Any) -> Any:
    """Return `sqrt(x1 ** 2 + x2 ** 2)` without overflow, elementwise.

    Args:
        x1: tensor or number; integers become `floatx`.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.

    Returns:
        Tensor of the broadcast shape; inf where either is infinite, even beside nan. The derivative at the origin is 0.

    Raises:
        TypeError: for complex numbers.

    Example:
        >>> ops.hypot([3.0, 5e20], [4.0, 0.0])
        array([5.e+00, 5.e+20], dtype=float32)
    """
    require_real("hypot", x1)
    d = active()
    largest = d.stop_gradient(maximum(absolute(x1), absolute(x2)))
    origin = equal(largest, 0.0)
    infinite = d.logical_or(d.isinf(x1), d.isinf(x2))
    scale = where(d.logical_or(origin, infinite), 1.0, largest)
    total = add(square(divide(x1, scale)), square(divide(x2, scale)))
    regular = multiply(scale, sqrt(where(origin, 1.0, total)))
    return where(origin, 0.0, where(infinite, math.inf, regular))


@op(tensors=_PAIR, dtype="float")
def logaddexp2(x1: Any, x2: Any) -> Any:
    """Return `log2(2 ** x1 + 2 ** x2)`, elementwise, without overflow.

    Args:
        x1: tensor or number; integers become `floatx`.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.

    Returns:
        Tensor of the broadcast shape.

    Raises:
        TypeError: for complex numbers.

    Example:
        >>> ops.logaddexp2([0.0, 1000.0], 0.0)
        array([   1., 1000.], dtype=float32)
    """
    require_real("logaddexp2", x1)
    difference = subtract(x1, x2)
    # Where the difference is nan both are infinite of one sign, or one is nan: their sum is the answer.
    undefined = isnan(difference)
    rest = exp2(negative(absolute(where(undefined, 0.0, difference))))
    return where(undefined, add(x1, x2), add(maximum(x1, x2), multiply(log1p(rest), 1 / math.log(2))))
