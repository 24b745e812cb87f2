"""Activation functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from scipy import special

from keras_conformance.case import FLOATS, Arguments, Case, Draw, args, floating, host_dtype, number
from keras_conformance.cases.common import array, fails, nonfinite, zeros

_DTYPES = (*FLOATS, "int32")


def _relu6(x: Any) -> Any:
    return np.minimum(np.maximum(x, 0), 6)


def _elu(x: Any, alpha: float = 1.0) -> Any:
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def _celu(x: Any, alpha: float = 1.0) -> Any:
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0) / alpha))


def _selu(x: Any) -> Any:
    return 1.0507009873554805 * _elu(x, 1.6732632423543772)


def _gelu(x: Any, approximate: bool = True) -> Any:
    if approximate:
        return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
    return 0.5 * x * (1 + special.erf(x / np.sqrt(2)))


def _leaky_relu(x: Any, negative_slope: float = 0.2) -> Any:
    return np.where(x > 0, x, negative_slope * x)


def _hard_sigmoid(x: Any) -> Any:
    return np.clip(x / 6 + 0.5, 0, 1)


def _logsumexp(x: Any, axis: Any) -> Any:
    return special.logsumexp(x, axis, keepdims=True)


def _softmax(x: Any, axis: Any = -1) -> Any:
    powers = np.exp(x - np.max(x, axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)


def _log_softmax(x: Any, axis: Any = -1) -> Any:
    return x - _logsumexp(x, axis)


def _off_kinks(d: Draw) -> Arguments:
    # No element where a piecewise function has no derivative (0, 3, -3, 6).
    return args(d.array((3, 5), -4, 8) if "int" in d.dtype else (d.distinct((3, 5), -4.05, 7.95)))


def _simple(
    name: str,
    oracle: Callable[..., Any],
    *more: Any,
    special_numbers: bool = True,
    dtypes: tuple[str, ...] = _DTYPES,
    out: Callable[[str], str] = floating,
) -> Case:
    return Case(
        name=name,
        oracle=lambda x, *rest, **named: oracle(x.astype(np.float64), *rest, **named),
        samples=(_off_kinks, *more),
        dtypes=dtypes,
        out=out,
        nonfinite=nonfinite if special_numbers else _infinities_with_limits,
        empty=array(0, 3),
        zero_d=array(),
    )


def _infinities_with_limits(d: Draw) -> Arguments:
    # `-inf * 0` has a limit that formulas miss; nan or the limit are both met in the frameworks.
    return args(np.array([np.nan, np.inf, 0.0, -0.0, 1.0]).astype(host_dtype(d.dtype)))


def _infinities_of_softmax(d: Draw) -> Arguments:
    # What a row with inf gives is left open: nan everywhere, or only there.
    x = d.array((3, 5))
    x[0, 1], x[1, 2], x[1, 4] = np.nan, -np.inf, -np.inf
    return args(x)


def _along(name: str, oracle: Callable[..., Any]) -> Case:
    return Case(
        name=name,
        oracle=lambda x, axis=-1: oracle(x.astype(np.float64), tuple(axis) if isinstance(axis, list) else axis),
        samples=(array(3, 5), array(3, 5, axis=0), array(2, 3, 4, axis=(0, 2)), array(2, 3, low=50, high=300, axis=-2)),
        dtypes=_DTYPES,
        out=floating,
        nonfinite=_infinities_of_softmax,
        empty=array(0, 3),
        without={"zero_d": "it reduces an axis"},
        errors=(fails(lambda: args(zeros(2, 3), axis=2), ValueError, f"{name}: argument 'axis' must be in [-2, 2)"),),
    )


OPS: Final = (
    _simple("relu", lambda x: np.maximum(x, 0), dtypes=("bool", "uint8", "uint64", "int8", *_DTYPES), out=number),
    _simple("relu6", _relu6),
    _simple("leaky_relu", _leaky_relu, array(2, 3, negative_slope=0.3)),
    _simple("elu", _elu, array(2, 3, alpha=0.5)),
    _simple("celu", _celu, array(2, 3, alpha=0.5)),
    _simple("selu", _selu),
    _simple("gelu", _gelu, array(2, 3, approximate=False), special_numbers=False),
    _simple("sigmoid", special.expit),
    _simple("silu", lambda x: x * special.expit(x), special_numbers=False),
    _simple("softplus", lambda x: np.logaddexp(x, 0)),
    _simple("softsign", lambda x: x / (1 + np.abs(x)), special_numbers=False),
    _simple("log_sigmoid", lambda x: -np.logaddexp(-x, 0)),
    _simple("hard_sigmoid", _hard_sigmoid),
    _simple("hard_silu", lambda x: x * _hard_sigmoid(x), special_numbers=False),
    _along("softmax", _softmax),
    _along("log_softmax", _log_softmax),
)
PRIMITIVES: Final = ()
