"""VJP rules of the elementwise primitives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from keras_core.autodiff.rule import (
    NO_GRADIENT,
    Rule,
    binary,
    constant,
    general,
    is_complex,
    unary,
    unbroadcast,
)
from keras_core.runtime.table import DispatchTable

Tensor = Any


def _one_minus(table: DispatchTable, x: Tensor) -> Tensor:
    return table.subtract(constant(table, 1, x), x)


def _one_plus(table: DispatchTable, x: Tensor) -> Tensor:
    return table.add(x, constant(table, 1, x))


def _square(table: DispatchTable, x: Tensor) -> Tensor:
    return table.multiply(x, x)


def _is_zero(table: DispatchTable, x: Tensor) -> Tensor:
    return table.equal(x, constant(table, 0, x))


def _nonzero(table: DispatchTable, x: Tensor) -> Tensor:
    """Return `x` with 1 in place of 0, safe as a divisor."""
    return table.where(_is_zero(table, x), constant(table, 1, x), x)


def _is_idle(table: DispatchTable, gradient: Tensor, slope: Tensor) -> Tensor:
    """Tell where a gradient of 0 meets a slope that is not finite.

    Elsewhere a slope must stay as it is: forward mode and second derivatives differentiate by the gradient, also at 0.
    """
    return table.logical_and(_is_zero(table, gradient), table.logical_not(table.isfinite(slope)))


def _times(derivative: Callable[[DispatchTable, Tensor, Tensor], Tensor]) -> Rule:
    """Return the rule of a function whose derivative is `derivative(table, result, x)`."""
    return unary(lambda table, gradient, result, x: table.multiply(gradient, derivative(table, result, x)))


def _over(denominator: Callable[[DispatchTable, Tensor], Tensor]) -> Rule:
    """Return the rule of a function whose derivative is `1 / denominator(table, x)`."""
    return unary(lambda table, gradient, _result, x: table.divide(gradient, denominator(table, x)))


def _abs(table: DispatchTable, gradient: Tensor, result: Tensor, x: Tensor) -> Tensor:
    if not is_complex(table, x):
        return table.multiply(gradient, table.sign(x))
    ratio = table.divide(gradient, _nonzero(table, result))
    return table.multiply(table.astype(ratio, table.dtype_of(x)), table.conj(x))


def _sqrt(table: DispatchTable, gradient: Tensor, result: Tensor, x: Tensor) -> Tensor:
    # Infinite at 0, but a gradient of 0 (a branch that was not taken) stays 0.
    one = constant(table, 1, result)
    root = table.where(_is_idle(table, gradient, table.divide(one, result)), one, result)
    return table.divide(table.multiply(gradient, constant(table, 0.5, gradient)), root)


def _acosh(table: DispatchTable, x: Tensor) -> Tensor:
    one = constant(table, 1, x)
    return table.multiply(table.sqrt(table.subtract(x, one)), table.sqrt(table.add(x, one)))


def _imag(table: DispatchTable, gradient: Tensor, _result: Tensor, x: Tensor) -> Tensor:
    return table.multiply(table.astype(gradient, table.dtype_of(x)), constant(table, -1j, x))


def _astype(table: DispatchTable, gradient: Tensor, _result: Tensor, x: Tensor, _dtype: str) -> Tensor:
    return table.astype(gradient, table.dtype_of(x))


def _add_first(table: DispatchTable, gradient: Tensor, _result: Tensor, x1: Tensor, _x2: Tensor) -> Tensor:
    return unbroadcast(table, gradient, x1)


def _add_second(table: DispatchTable, gradient: Tensor, _result: Tensor, _x1: Tensor, x2: Tensor) -> Tensor:
    return unbroadcast(table, gradient, x2)


def _subtract_second(table: DispatchTable, gradient: Tensor, _result: Tensor, _x1: Tensor, x2: Tensor) -> Tensor:
    return table.negative(unbroadcast(table, gradient, x2))


def _multiply_first(table: DispatchTable, gradient: Tensor, _result: Tensor, x1: Tensor, x2: Tensor) -> Tensor:
    return unbroadcast(table, table.multiply(gradient, x2), x1)


def _multiply_second(table: DispatchTable, gradient: Tensor, _result: Tensor, x1: Tensor, x2: Tensor) -> Tensor:
    return unbroadcast(table, table.multiply(gradient, x1), x2)


def _divide_first(table: DispatchTable, gradient: Tensor, _result: Tensor, x1: Tensor, x2: Tensor) -> Tensor:
    return unbroadcast(table, table.divide(gradient, x2), x1)


def _divide_second(table: DispatchTable, gradient: Tensor, result: Tensor, _x1: Tensor, x2: Tensor) -> Tensor:
    return table.negative(unbroadcast(table, table.multiply(gradient, table.divide(result, x2)), x2))


def _remainder_second(table: DispatchTable, gradient: Tensor, _result: Tensor, x1: Tensor, x2: Tensor) -> Tensor:
    quotient = table.floor_divide(x1, x2)
    return table.negative(unbroadcast(table, table.multiply(gradient, quotient), x2))


def _pow_first(table: DispatchTable, gradient: Tensor, _result: Tensor, x1: Tensor, x2: Tensor) -> Tensor:
    one = constant(table, 1, x1)
    # `x ** 0` is constant at 0 too, and where the gradient is 0 an infinite slope must not make it nan.
    exponent = table.where(_is_zero(table, x2), one, table.subtract(x2, one))
    base = table.where(_is_idle(table, gradient, table.pow(x1, exponent)), one, x1)
    slope = table.multiply(x2, table.pow(base, exponent))
    return unbroadcast(table, table.multiply(gradient, slope), x1)


def _pow_second(table: DispatchTable, gradient: Tensor, result: Tensor, x1: Tensor, x2: Tensor) -> Tensor:
    if is_complex(table, x1):
        base = _nonzero(table, x1)
    else:
        # Below 0 the power is a real number at integer exponents only, where there is no slope: 0, not nan.
        positive = table.greater(x1, constant(table, 0, x1))
        base = table.where(positive, x1, constant(table, 1, x1))
    slope = table.multiply(result, table.log(base))
    return unbroadcast(table, table.multiply(gradient, slope), x2)


def _atan2_first(table: DispatchTable, gradient: Tensor, _result: Tensor, x1: Tensor, x2: Tensor) -> Tensor:
    radius = table.add(_square(table, x1), _square(table, x2))
    return unbroadcast(table, table.multiply(gradient, table.divide(x2, radius)), x1)


def _atan2_second(table: DispatchTable, gradient: Tensor, _result: Tensor, x1: Tensor, x2: Tensor) -> Tensor:
    radius = table.add(_square(table, x1), _square(table, x2))
    return table.negative(unbroadcast(table, table.multiply(gradient, table.divide(x1, radius)), x2))


def _extremum(compare: str) -> Rule:
    """Return the rule of `maximum` or `minimum`; equal arguments get one half each."""

    def share(table: DispatchTable, gradient: Tensor, chosen: Tensor, other: Tensor) -> Tensor:
        zero, half, one = (constant(table, value, gradient) for value in (0, 0.5, 1))
        wins = table.where(getattr(table, compare)(chosen, other), one, zero)
        weight = table.where(table.equal(chosen, other), half, wins)
        return unbroadcast(table, table.multiply(gradient, weight), chosen)

    return binary(
        lambda table, gradient, _result, x1, x2: share(table, gradient, x1, x2),
        lambda table, gradient, _result, x1, x2: share(table, gradient, x2, x1),
    )


def _where_first(table: DispatchTable, gradient: Tensor, _result: Tensor, condition: Tensor, x1: Tensor, _x2: Any):
    return unbroadcast(table, table.where(condition, gradient, constant(table, 0, gradient)), x1)


def _where_second(table: DispatchTable, gradient: Tensor, _result: Tensor, condition: Tensor, _x1: Any, x2: Tensor):
    return unbroadcast(table, table.where(condition, constant(table, 0, gradient), gradient), x2)


RULES: Final[dict[str, Rule]] = {
    "astype": Rule("cast", unary(_astype).backward),
    "abs": unary(_abs),
    "negative": unary(lambda table, gradient, _result, _x: table.negative(gradient)),
    "exp": _times(lambda table, result, x: result),
    "expm1": _times(lambda table, result, x: _one_plus(table, result)),
    "log": _over(lambda table, x: x),
    "log1p": _over(_one_plus),
    "sqrt": unary(_sqrt),
    "sin": _times(lambda table, result, x: table.cos(x)),
    "cos": _times(lambda table, result, x: table.negative(table.sin(x))),
    "tan": _times(lambda table, result, x: _one_plus(table, _square(table, result))),
    "asin": _over(lambda table, x: table.sqrt(_one_minus(table, _square(table, x)))),
    "acos": _over(lambda table, x: table.negative(table.sqrt(_one_minus(table, _square(table, x))))),
    "atan": _over(lambda table, x: _one_plus(table, _square(table, x))),
    "sinh": _times(lambda table, result, x: table.cosh(x)),
    "cosh": _times(lambda table, result, x: table.sinh(x)),
    "tanh": _times(lambda table, result, x: _one_minus(table, _square(table, result))),
    "asinh": _over(lambda table, x: table.sqrt(_one_plus(table, _square(table, x)))),
    "acosh": _over(_acosh),
    "atanh": _over(lambda table, x: _one_minus(table, _square(table, x))),
    "real": unary(lambda table, gradient, _result, x: table.astype(gradient, table.dtype_of(x))),
    "imag": unary(_imag),
    "conj": unary(lambda table, gradient, _result, x: table.conj(gradient)),
    "add": binary(_add_first, _add_second),
    "subtract": binary(_add_first, _subtract_second),
    "multiply": binary(_multiply_first, _multiply_second),
    "divide": binary(_divide_first, _divide_second),
    "remainder": binary(_add_first, _remainder_second),
    "pow": binary(_pow_first, _pow_second),
    "atan2": binary(_atan2_first, _atan2_second),
    "maximum": _extremum("greater"),
    "minimum": _extremum("less"),
    "where": general(None, _where_first, _where_second),
}
RULES.update(
    dict.fromkeys(
        (
            *("sign", "floor", "ceil", "round", "trunc", "isfinite", "isnan", "isinf", "logical_not", "bitwise_invert"),
            *("stop_gradient", "floor_divide", "equal", "not_equal", "less", "less_equal", "greater", "greater_equal"),
            *("logical_and", "logical_or", "logical_xor", "bitwise_and", "bitwise_or", "bitwise_xor"),
            *("bitwise_left_shift", "bitwise_right_shift", "bitcast"),
        ),
        NO_GRADIENT,
    )
)
