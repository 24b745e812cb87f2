"""Elementwise ops of two tensors that are composed of others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from keras_conformance.case import (
    FLOATS,
    INEXACT,
    INTEGERS,
    REAL,
    Arguments,
    Case,
    Draw,
    Sample,
    args,
    floating,
    host_dtype,
    number,
)
from keras_conformance.cases.common import NO_FLOATS, fails, nonfinite_pairs, zeros

_FLOAT_RULE: Final = (*FLOATS, "bool", "int32", "uint8")
_SHAPES: Final = (((2, 3), (2, 3)), ((2, 1, 3), (4, 1)), ((3,), ()))


def _pair(
    shapes: tuple[tuple[int, ...], tuple[int, ...]], low: float = -3, high: float = 3, divisor: float | None = None
) -> Sample:
    return lambda d: args(d.array(shapes[0], low, high), d.array(shapes[1], low if divisor is None else divisor, high))


def _apart(shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> Sample:
    """Numbers no two of which are near each other."""

    def sample(d: Draw) -> Arguments:
        first, second = (int(np.prod(shape)) for shape in shapes)
        values = d.distinct((first + second,))
        return args(values[:first].reshape(shapes[0]), values[first:].reshape(shapes[1]))

    return sample


def _remainders(shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> Sample:
    """Numbers of both signs whose quotients are exact and, for floats, never integers."""

    def sample(d: Draw) -> Arguments:
        signs = np.where(d.bools(shapes[1]), 1, -1)
        if "float" in d.dtype:
            x = (2 * np.floor(d.array(shapes[0], -12, 12, dtype="float64")) + 1) / 8
            y = signs * 2.0 ** np.floor(d.array(shapes[1], -1, 3, dtype="float64"))
            return args(x.astype(host_dtype(d.dtype)), np.asarray(y).astype(host_dtype(d.dtype)))
        if d.dtype == "bool":
            return args(d.array(shapes[0]), np.ones(shapes[1], bool))
        y = d.array(shapes[1], 1, 6)
        return args(d.array(shapes[0], -50, 50), y if d.dtype.startswith("u") else (y * signs).astype(y.dtype))

    return sample


def _with_zeros(d: Draw) -> Arguments:
    return args(d.array((2, 4)), (d.array((4,), 1, 3) * np.array([1, 0, 1, 0])).astype(host_dtype(d.dtype)))


def _with_equal(d: Draw) -> Arguments:
    x = np.array([[-2.0, 0.0, 1.5], [0.0, 2.0, 0.0]]).astype(host_dtype(d.dtype))
    return args(x, d.array((3,), 1, 3))


def _extremes(d: Draw) -> Arguments:
    x = np.array([-(2**7) if d.dtype.startswith("i") else 0, 7, 100], host_dtype(d.dtype))
    return args(x, np.array([3, 7, 101], host_dtype(d.dtype)))


def _nan_pairs(d: Draw) -> Arguments:
    x = np.array([np.nan, 1.5, np.nan, 1.5, -2.5, np.inf]).astype(host_dtype(d.dtype))
    y = np.array([2.0, np.nan, np.nan, np.inf, -np.inf, 2.0]).astype(host_dtype(d.dtype))
    return args(x, y)


def _big(d: Draw) -> Arguments:
    large = float(np.finfo(np.float16).max) if d.dtype == "float16" else 1e30
    x = np.array([0.0, large / 4, 3e-5, -2.0])
    y = np.array([0.0, large / 3, 4e-5, 0.0])
    return args(x.astype(host_dtype(d.dtype)), y.astype(host_dtype(d.dtype)))


def _no_complex(name: str) -> Any:
    return fails(lambda: args(np.ones(2, np.complex64), zeros(2)), TypeError, f"{name}: expected real numbers")


def _case(name: str, oracle: Callable[..., Any], draw: Callable[..., Sample] = _pair, **changes: Any) -> Case:
    out = changes.get("out", floating)

    def widened(x1: Any, x2: Any) -> Any:
        if out is floating and x1.dtype.kind in "biu":
            x1, x2 = x1.astype(np.float64), x2.astype(np.float64)
        if out is number and x1.dtype == bool:
            x1, x2 = x1.astype(np.int32), x2.astype(np.int32)
        return oracle(x1, x2)

    settings: dict[str, Any] = {
        "samples": tuple(draw(shapes) for shapes in _SHAPES),
        "dtypes": _FLOAT_RULE,
        "out": floating,
        "nonfinite": nonfinite_pairs,
        "empty": draw(((0, 3), (3,))),
        "zero_d": draw(((), ())),
        "errors": (_no_complex(name),),
    }
    return Case(name=name, oracle=widened, **{**settings, **changes})


def _divisors(name: str, oracle: Callable[..., Any]) -> Case:
    draw = lambda shapes: _pair(shapes, -20, 20)  # noqa: E731
    return _case(
        name,
        oracle,
        draw,
        samples=(draw(_SHAPES[0]), draw(_SHAPES[1]), _divisible, draw(_SHAPES[2])),
        dtypes=INTEGERS,
        out="same",
        gradient=False,
        nonfinite=None,
        without=NO_FLOATS,
        errors=(fails(lambda: args(zeros(2), zeros(2)), TypeError, f"{name}: argument 'x1' must be integers"),),
    )


def _divisible(d: Draw) -> Arguments:
    return args(np.array([0, 12, 0, 84, 1], d.dtype), np.array([0, 18, 5, 36, 0], d.dtype))


def _divide_no_nan(x1: Any, x2: Any) -> Any:
    return np.where(x2 == 0, 0, x1 / np.where(x2 == 0, 1, x2))


OPS: Final = (
    _case(
        "divide_no_nan",
        _divide_no_nan,
        samples=(*(_pair(shapes, divisor=0.5) for shapes in _SHAPES), _with_zeros),
        dtypes=(*INEXACT, "bool", "int32", "uint8"),
        errors=(),
    ),
    _case("fmax", np.fmax, _apart, dtypes=("bool", *REAL), out="same"),
    _case("fmin", np.fmin, _apart, dtypes=("bool", *REAL), out="same"),
    _case(
        "fmod",
        np.fmod,
        _remainders,
        samples=(*(_remainders(shapes) for shapes in _SHAPES), _extremes),
        dtypes=("bool", *REAL),
        out=number,
        nonfinite=_nan_pairs,
    ),
    _divisors("gcd", np.gcd),
    _divisors("lcm", np.lcm),
    _case("heaviside", np.heaviside, samples=(_with_equal, _pair(_SHAPES[1]), _pair(_SHAPES[2]))),
    _case("hypot", np.hypot, samples=(*(_pair(shapes) for shapes in _SHAPES), _big)),
    _case("logaddexp2", np.logaddexp2, samples=(*(_pair(shapes) for shapes in _SHAPES), _pair(_SHAPES[0], -200, 200))),
)
PRIMITIVES: Final[tuple[Case, ...]] = ()
