"""Reductions of the elements that are not nan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from keras_conformance.case import (
    FLOATS,
    INEXACT,
    NUMBERS,
    REAL,
    Arguments,
    Case,
    Draw,
    Sample,
    accumulated,
    args,
    floating,
    host_dtype,
    number,
    real_part,
)
from keras_conformance.cases.common import array, distinct, fails, zeros

_REAL_OR_BOOL: Final = ("bool", *REAL)


def _axes(axis: Any) -> Any:
    return tuple(axis) if isinstance(axis, list) else axis


def _holed(draw: Callable[..., Sample], *shape: int, **named: Any) -> Sample:
    """Put nan into every third element, where the dtype has it."""

    def sample(d: Draw) -> Arguments:
        (x,) = draw(*shape)(d).positional
        if d.dtype in INEXACT:
            x = np.array(x)
            x.reshape(-1)[::3] = np.nan
        return args(x, **named)

    return sample


def _rows(d: Draw) -> Arguments:
    """Rows of nan and infinities: nan alone, -inf and nan, inf and nan, numbers."""
    x = np.array([[np.nan] * 3, [np.nan, -np.inf, np.nan], [np.inf, np.nan, np.inf], [2.0, -1.0, np.nan]])
    return args(x.astype(host_dtype(d.dtype)), axis=1)


def _axis_error(name: str) -> Any:
    return fails(lambda: args(zeros(2, 3), axis=2), ValueError, f"{name}: argument 'axis' must be in [-2, 2)")


def _no_complex(name: str) -> Any:
    return fails(lambda: args(np.ones(2, np.complex64)), TypeError, f"{name}: expected real numbers")


def _reduced(
    name: str,
    oracle: Callable[..., Any],
    draw: Callable[..., Sample],
    dtypes: tuple[str, ...],
    out: Any,
    **changes: Any,
) -> Case:
    settings: dict[str, Any] = {"empty": draw(2, 0, axis=1), "zero_d": draw(), "errors": (_axis_error(name),)}
    settings["samples"] = (
        _holed(draw, 3, 4, axis=1),
        _holed(draw, 2, 3),
        _holed(draw, 2, 5, axis=-1, keepdims=True),
        _holed(draw, 2, 3, 4, axis=[2, 0], keepdims=True),
        _holed(draw, 2, 3, 4, axis=(0, 1)),
        draw(3, 4, axis=0),
    )
    return Case(
        name=name,
        oracle=lambda x, axis=None, keepdims=False: oracle(x, _axes(axis), keepdims),
        dtypes=dtypes,
        out=out,
        nonfinite=_rows,
        **{**settings, **changes},
    )


def _summed(function: Callable[..., Any]) -> Callable[..., Any]:
    def oracle(x: Any, axis: Any, keepdims: bool) -> Any:
        return function(x if x.dtype.kind in "fc" else x.astype(accumulated(x.dtype.name)), axis, keepdims=keepdims)

    return oracle


def _floats(function: Callable[..., Any]) -> Callable[..., Any]:
    def oracle(x: Any, axis: Any, keepdims: bool) -> Any:
        return function(x.astype(np.float64) if x.dtype.kind in "biu" else x, axis, keepdims=keepdims)

    return oracle


def _extremum(ufunc: np.ufunc) -> Callable[..., Any]:
    return lambda x, axis, keepdims: ufunc.reduce(x, axis, keepdims=keepdims)


def _factors(*shape: int, **named: Any) -> Sample:
    return array(*shape, low=1, high=2.5, **named)


def _place(function: Callable[..., Any]) -> Callable[..., Any]:
    def oracle(x: Any, axis: Any, keepdims: bool) -> Any:
        if x.dtype.kind != "f":
            x = x.astype(np.float64)
        nothing = np.all(np.isnan(x), axis, keepdims=keepdims)
        filled = np.where(np.all(np.isnan(x), axis, keepdims=True), 0.0, x)
        # Of elements no better than what NumPy puts in place of nan it may name the nan.
        ranked = np.where(np.isneginf(filled), -1e300, np.where(np.isposinf(filled), 1e300, filled))
        return np.where(nothing, -1, function(ranked, axis, keepdims=keepdims))

    return oracle


def _places(name: str, function: Callable[..., Any]) -> Case:
    return _reduced(
        name,
        _place(function),
        distinct,
        _REAL_OR_BOOL,
        "int32",
        samples=(
            _holed(distinct, 3, 4, axis=1),
            _holed(distinct, 2, 3),
            _holed(distinct, 2, 5, axis=-1, keepdims=True),
            _holed(distinct, 2, 3, keepdims=True),
        ),
        gradient=False,
        empty=distinct(0, 3, axis=1),
        errors=(_axis_error(name), _no_complex(name)),
    )


def _running(name: str, function: Callable[..., Any], low: float, high: float) -> Case:
    def draw(*shape: int, **named: Any) -> Sample:
        return array(*shape, low=low, high=high, **named)

    def oracle(x: Any, axis: Any = None, dtype: Any = None) -> Any:
        return function(x, axis, dtype or (x.dtype if x.dtype != bool else np.int32))

    return Case(
        name=name,
        oracle=oracle,
        samples=(_holed(draw, 3, 4, axis=1), _holed(draw, 3, 4), _holed(draw, 2, 3, 2, axis=-2)),
        dtypes=("bool", *NUMBERS),
        out=number,
        tolerance=2,
        nonfinite=_holed(draw, 4, 3, axis=0),
        empty=draw(0, 3, axis=1),
        without={"zero_d": "it works along an axis"},
        errors=(_axis_error(name),),
    )


_MEANS: Final = (*INEXACT, "bool", "int32", "uint8")
_NOTHING: Final = {"empty": "there is no extremum of nothing"}

OPS: Final = (
    _reduced("nansum", _summed(np.nansum), array, ("bool", *NUMBERS), accumulated),
    _reduced("nanprod", _summed(np.nanprod), _factors, ("bool", *NUMBERS), accumulated),
    *(
        _reduced(
            name,
            _extremum(ufunc),
            distinct,
            _REAL_OR_BOOL,
            "same",
            empty=None,
            without=_NOTHING,
            errors=(_axis_error(name), _no_complex(name)),
        )
        for name, ufunc in (("nanmax", np.fmax), ("nanmin", np.fmin))
    ),
    _reduced("nanmean", _floats(np.nanmean), array, _MEANS, floating),
    _reduced("nanvar", _floats(np.nanvar), array, _MEANS, lambda t: real_part(floating(t))),
    _reduced(
        "nanstd",
        _floats(np.nanstd),
        array,
        (*FLOATS, "int32", "complex64"),
        lambda t: real_part(floating(t)),
        zero_d=None,
        without={"zero_d": "the root of a rounded zero"},
    ),
    _places("nanargmax", np.nanargmax),
    _places("nanargmin", np.nanargmin),
    _running("nancumsum", np.nancumsum, -2, 2),
    _running("nancumprod", np.nancumprod, 1, 2.5),
)
PRIMITIVES: Final[tuple[Case, ...]] = ()
