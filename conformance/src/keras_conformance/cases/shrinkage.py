"""Activation functions of pieces, and those over an axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from scipy import special

from keras_conformance.case import FLOATS, Arguments, Case, Draw, Sample, args, floating, number
from keras_conformance.cases.common import array, fails, nonfinite, with_nan, zeros

_DTYPES: Final = (*FLOATS, "int32")


def _pieces(d: Draw) -> Arguments:
    # No element where a piece ends: 0.5, 1, 2 of either sign.
    return args(d.array((3, 5), -4, 8) if "int" in d.dtype else d.distinct((3, 5), -4.05, 7.95))


def _with(**named: Any) -> Sample:
    return lambda d: args(*_pieces(d).positional, **named)


def _case(name: str, oracle: Callable[..., Any], *samples: Sample, **changes: Any) -> Case:
    return Case(
        name=name,
        oracle=lambda x, *rest, **named: oracle(x.astype(np.float64), *rest, **named),
        samples=samples or (_pieces,),
        **{
            "dtypes": _DTYPES,
            "out": floating,
            "nonfinite": nonfinite,
            "empty": array(0, 3),
            "zero_d": array(),
            **changes,
        },
    )


def _threshold(x: Any, threshold: float, default_value: float) -> Any:
    return np.where(x <= threshold, default_value, x)


def _soft_shrink(x: Any, threshold: float = 0.5) -> Any:
    return np.where(np.isnan(x), x, np.sign(x) * np.maximum(np.abs(x) - threshold, 0))


def _sparse_plus(x: Any) -> Any:
    return np.where(x < 1, np.where(x <= -1, 0, (x + 1) ** 2 / 4), x)


def _squareplus(x: Any, b: float = 4) -> Any:
    root = np.sqrt(x * x + b)
    return np.where(x < 0, b / 2 / (root - np.minimum(x, 0)), (x + root) / 2)


def _glu(x: Any, axis: int = -1) -> Any:
    first, second = np.split(x, 2, axis)
    return first * special.expit(second)


def _sparsemax(x: Any, axis: int = -1) -> Any:
    x = np.moveaxis(x, axis, -1)
    low, high = x.min(-1, keepdims=True) - 1, x.max(-1, keepdims=True)
    for _ in range(200):  # bisection: another way than that of the op
        middle = (low + high) / 2
        above = np.maximum(x - middle, 0).sum(-1, keepdims=True) > 1
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.moveaxis(np.where(np.isnan(x).any(-1, keepdims=True), np.nan, np.maximum(x - low, 0)), -1, axis)


_ALONG: Final = {"without": {"zero_d": "it works along an axis"}, "zero_d": None}

OPS: Final = (
    _case(
        "threshold",
        _threshold,
        _with(threshold=1.0, default_value=-2.0),
        lambda d: args(*_pieces(d).positional, 0.5, 20.0),
        nonfinite=lambda d: args(*nonfinite(d).positional, 0.5, 7.0),
        empty=array(0, 3, rest=(0.5, 7.0)),
        zero_d=array(rest=(0.5, 7.0)),
    ),
    _case(
        "hard_shrink",
        lambda x, threshold=0.5: np.where(np.abs(x) <= threshold, 0, x),
        _pieces,
        _with(threshold=2.0),
    ),
    _case("soft_shrink", _soft_shrink, _pieces, _with(threshold=2.0)),
    _case(
        "tanh_shrink",
        lambda x: x - np.tanh(x),
        # Infinity minus 1 at the ends; the narrow floats have few digits left of the difference of small numbers.
    ),
    _case("hard_tanh", lambda x: np.clip(x, -1, 1), dtypes=("bool", "uint8", "int8", *_DTYPES), out=number),
    _case("sparse_plus", _sparse_plus),
    _case("sparse_sigmoid", lambda x: np.clip((x + 1) / 2, 0, 1)),
    _case(
        "squareplus",
        _squareplus,
        _pieces,
        _with(b=0.5),
        lambda d: args(np.array([-1e4, -1e2, 1e2, 1e4], "float32").astype(d.dtype)),
        dtypes=("bfloat16", "float32", "float64", "int32"),
    ),
    _case(
        "glu",
        _glu,
        array(3, 4),
        array(4, 3, axis=0),
        array(2, 6, 2, axis=-2),
        nonfinite=with_nan(3, 4),
        empty=array(0, 4),
        errors=(
            fails(lambda: args(zeros(2, 3)), ValueError, "glu: expected an even size of axis 1"),
            fails(lambda: args(zeros(2, 4), axis=2), ValueError, "glu: argument 'axis' must be in [-2, 2)"),
        ),
        **_ALONG,
    ),
    _case(
        "sparsemax",
        _sparsemax,
        array(3, 5),
        array(3, 5, axis=0),
        array(2, 4, 3, axis=1, low=-0.2, high=0.2),
        array(2, 3, low=90, high=110),
        nonfinite=with_nan(3, 4, nans=1),
        empty=array(0, 4),
        errors=(fails(lambda: args(zeros(2, 3), axis=2), ValueError, "sparsemax: argument 'axis' must be in"),),
        **_ALONG,
    ),
)
PRIMITIVES: Final = ()
