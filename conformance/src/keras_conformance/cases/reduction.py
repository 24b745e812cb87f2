"""Reductions, running sums, sorting and searching."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from scipy import special

from keras_conformance.case import (
    ANY,
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
from keras_conformance.cases.common import array, distinct, fails, nonfinite_array, with_infinities, with_nan, zeros

_NO_AXIS_OF_SCALAR = {"zero_d": "it works along an axis"}


def _axes(axis: Any) -> Any:
    return tuple(axis) if isinstance(axis, list) else axis


def _own(function: Callable[..., Any]) -> Callable[..., Any]:
    """Reduce integers in their own dtype."""
    return lambda x, axis, *rest: function(x, axis, x.dtype, None, *rest)


def _wide(x: Any) -> Any:
    return x.astype(accumulated(x.dtype.name)) if x.dtype.kind in "biu" else x


def _axis_error(name: str) -> Any:
    return fails(lambda: args(zeros(2, 3), axis=2), ValueError, f"{name}: argument 'axis' must be in [-2, 2)")


def _twice(name: str) -> Any:
    return fails(
        lambda: args(zeros(2, 3), axis=(0, -2)), ValueError, f"{name}: argument 'axis' must not name an axis twice"
    )


def _reduced(
    name: str,
    oracle: Callable[..., Any],
    draw: Callable[..., Sample] = array,
    dtypes: tuple[str, ...] = REAL,
    out: Any = "same",
    empty: bool = True,
    **changes: Any,
) -> Case:
    settings: dict[str, Any] = {
        "nonfinite": with_infinities(4, 3, axis=1),
        "without": {} if empty else {"empty": "there is no extremum of nothing"},
        "empty": draw(2, 0, axis=1) if empty else None,
        "zero_d": draw(),
        "errors": (_axis_error(name), _twice(name)),
    }
    return Case(
        name=name,
        oracle=lambda x, axis=None, keepdims=False, **named: oracle(x, _axes(axis), keepdims, **named),
        samples=(
            draw(2, 3, 4, axis=1),
            draw(2, 3),
            draw(2, 3, axis=-1, keepdims=True),
            draw(2, 3, 4, axis=[2, 0], keepdims=True),
            draw(2, 3, 4, axis=(0, 1)),
        ),
        dtypes=dtypes,
        out=out,
        **{**settings, **changes},
    )


def _primitive(
    name: str, oracle: Callable[..., Any], draw: Callable[..., Sample], dtypes: tuple[str, ...], empty: bool = True
) -> Case:
    is_bool = dtypes == ("bool",)
    return Case(
        name=name,
        oracle=oracle,
        samples=(
            draw(2, 3, 4, rest=((1,), False)),
            draw(2, 3, rest=(None, False)),
            draw(2, 3, rest=(None, True)),
            draw(2, 3, 4, rest=((0, 2), True)),
            draw(2, 3, rest=((), False)) if is_bool else draw(3, 2, rest=((0,), True)),
        ),
        dtypes=dtypes,
        gradient=not is_bool,
        nonfinite=None if is_bool else with_infinities(4, 3, rest=((1,), False)),
        empty=draw(2, 0, rest=((1,), False)) if empty else draw(0, 2, rest=((1,), False)),
        zero_d=draw(rest=(None, False)),
        without={"nonfinite": "it takes bools"} if is_bool else {},
    )


def _extremum(ufunc: np.ufunc) -> Callable[..., Any]:
    def oracle(x: Any, axis: Any, keepdims: bool, initial: Any = None) -> Any:
        result = ufunc.reduce(x, axis, keepdims=keepdims)
        return result if initial is None else ufunc(result, initial)

    return oracle


def _prod(x: Any, axis: Any, keepdims: bool, dtype: Any = None) -> Any:
    return np.prod(x if x.dtype.kind in "fc" else x.astype(dtype or accumulated(x.dtype.name)), axis, keepdims=keepdims)


def _prod_sample(*shape: int, **named: Any) -> Sample:
    return array(*shape, low=1, high=3, **named)


def _std(x: Any, axis: Any, keepdims: bool) -> Any:
    return np.std(x, axis, keepdims=keepdims)


def _floats(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, *rest: function(x.astype(np.float64) if x.dtype.kind in "biu" else x, *rest)


def _logsumexp(x: Any, axis: Any, keepdims: bool) -> Any:
    if not x.ndim or axis == ():  # to which SciPy gives an axis
        return x
    return special.logsumexp(x, axis, keepdims=keepdims)


def _cumulative(name: str, function: Callable[..., Any], low: float, high: float) -> Case:
    def oracle(x: Any, axis: Any = None, dtype: Any = None) -> Any:
        return function(x, axis, dtype or (x.dtype if x.dtype != bool else np.int32))

    return Case(
        name=name,
        oracle=oracle,
        samples=(
            array(3, 4, low=low, high=high, axis=1),
            array(3, 4, low=low, high=high),
            array(2, 3, 2, low=low, high=high, axis=-2),
        ),
        dtypes=("bool", *NUMBERS),
        out=number,
        tolerance=2,
        nonfinite=with_nan(4, 3, axis=0),
        empty=array(0, 3, axis=1),
        without=_NO_AXIS_OF_SCALAR,
        errors=(_axis_error(name),),
    )


def _cumulative_primitive(name: str, ufunc: np.ufunc, low: float, high: float) -> Case:
    return Case(
        name=name,
        oracle=lambda x, axis: ufunc.accumulate(x, axis, x.dtype),
        samples=(array(3, 4, low=low, high=high, rest=(1,)), array(3, 4, low=low, high=high, rest=(0,))),
        dtypes=NUMBERS,
        tolerance=2,
        nonfinite=with_nan(4, 3, rest=(0,)),
        empty=array(0, 3, rest=(1,)),
        without=_NO_AXIS_OF_SCALAR,
    )


# sorting and searching ---------------------------------------------------------------------------------------------

_SORTED = ("bool", "uint8", "int32", "int64", *FLOATS)


def _ties(*shape: int, rest: tuple[Any, ...] = (), **named: Any) -> Sample:
    def sample(d: Draw) -> Arguments:
        return args(np.floor(d.array(shape, dtype="float64")).astype(host_dtype(d.dtype)), *rest, **named)

    return sample


def _unordered(d: Draw) -> Arguments:
    x = np.array([[1.0, np.nan, -np.inf, np.inf, 0.5], [2.0, 1.0, np.nan, np.nan, -1.0]])
    return args(x.astype(host_dtype(d.dtype)))


def _sorts(name: str, oracle: Callable[..., Any], primitive: bool, gradient: bool, out: Any) -> Case:
    draw = distinct if gradient else _ties
    samples = (draw(3, 5, rest=(1,)), draw(4, 2, rest=(0,)), draw(2, 6, 2, rest=(1,)))
    if not primitive:
        samples = (*samples, draw(3, 5), draw(2, 3, axis=None))
    return Case(
        name=name,
        oracle=oracle,
        samples=samples,
        dtypes=_SORTED,
        out=out,
        gradient=gradient,
        nonfinite=(lambda d: args(*_unordered(d).positional, 1)) if primitive else _unordered,
        empty=array(0, 3, rest=(1,)),
        without=_NO_AXIS_OF_SCALAR,
        errors=() if primitive else (_axis_error(name),),
    )


def _argsort(x: Any, axis: Any = -1) -> Any:
    return np.argsort(x, axis, kind="stable")


def _searches(name: str, oracle: Callable[..., Any], primitive: bool) -> Case:
    if primitive:
        samples = (_ties(3, 5, rest=(1, False)), _ties(4, 2, rest=(0, True)))
        nonfinite: Sample = lambda d: args(*_unordered(d).positional, 1, False)  # noqa: E731
    else:
        samples = (_ties(3, 5, axis=1), _ties(4, 2, axis=-2, keepdims=True), _ties(3, 2), _ties(3, 2, keepdims=True))
        nonfinite = lambda d: args(*_unordered(d).positional, axis=1)  # noqa: E731
    return Case(
        name=name,
        oracle=oracle,
        samples=samples,
        dtypes=_SORTED[1:],
        out="int32",
        gradient=False,
        nonfinite=nonfinite,
        empty=_ties(0, 3, rest=(1, False)),
        without=_NO_AXIS_OF_SCALAR,
        errors=() if primitive else (_axis_error(name),),
    )


def _argmax(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return np.argmax(x, axis, keepdims=keepdims)


def _argmin(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return np.argmin(x, axis, keepdims=keepdims)


def _top_k(x: Any, k: int, sorted: bool = True) -> Any:
    # Equal elements by ascending index; numpy sorts stably only ascending. nan is above all numbers.
    wide = x.astype(np.float64)
    order = np.lexsort((-wide, ~np.isnan(wide)), -1)[..., :k]
    return np.take_along_axis(x, order, -1), order


def _nonzero_sample(*shape: int) -> Sample:
    def sample(d: Draw) -> Arguments:
        return args((d.bools(shape) * np.ones(shape)).astype(host_dtype(d.dtype)))

    return sample


def _nonzero(name: str) -> Case:
    return Case(
        name=name,
        oracle=np.nonzero,
        samples=(_nonzero_sample(3, 4), _nonzero_sample(5), _nonzero_sample(2, 2, 3)),
        dtypes=("bool", "int32", "uint8", "float32", "bfloat16", "complex64"),
        out="int32",
        gradient=False,
        nonfinite=lambda d: args(nonfinite_array(d)),
        empty=_nonzero_sample(0, 3),
        without={"zero_d": "it needs an axis"},
        compilable=False,
    )


_NUMBERS_AND_BOOL = ("bool", *NUMBERS)

OPS: Final = (
    _reduced(
        "sum",
        lambda x, axis, keepdims: np.sum(_wide(x), axis, keepdims=keepdims),
        array,
        _NUMBERS_AND_BOOL,
        accumulated,
    ),
    _reduced("prod", _prod, _prod_sample, _NUMBERS_AND_BOOL, accumulated),
    _reduced("max", _extremum(np.maximum), distinct, ("bool", *REAL), empty=False),
    _reduced("min", _extremum(np.minimum), distinct, ("bool", *REAL), empty=False),
    _reduced("all", lambda x, axis, keepdims: np.all(x, axis, keepdims=keepdims), _ties, ANY, "bool", gradient=False),
    _reduced("any", lambda x, axis, keepdims: np.any(x, axis, keepdims=keepdims), _ties, ANY, "bool", gradient=False),
    _reduced(
        "mean",
        _floats(lambda x, a, k: np.mean(x, a, keepdims=k)),
        array,
        (*INEXACT, "bool", "int32", "uint8"),
        floating,
    ),
    _reduced(
        "var",
        _floats(lambda x, a, k: np.var(x, a, keepdims=k)),
        array,
        (*INEXACT, "int32"),
        lambda t: real_part(floating(t)),
    ),
    _reduced(
        "std",
        _floats(_std),
        array,
        (*INEXACT, "int32"),
        lambda t: real_part(floating(t)),
        zero_d=None,
        without={"zero_d": "the root of a rounded zero"},
    ),
    _reduced("logsumexp", _floats(_logsumexp), array, (*FLOATS, "int32"), floating, empty=False),
    Case(
        name="count_nonzero",
        oracle=lambda x, axis=None: np.count_nonzero(x, axis),
        samples=(_ties(3, 4, axis=1), _ties(3, 4), _ties(2, 3, 2, axis=(0, -1))),
        dtypes=("bool", "uint8", "int32", "float32", "bfloat16", "complex64"),
        out="int32",
        gradient=False,
        nonfinite=lambda d: args(nonfinite_array(d)),
        empty=_ties(0, 3, axis=0),
        zero_d=_ties(),
        errors=(_axis_error("count_nonzero"),),
    ),
    _cumulative("cumsum", np.cumsum, -2, 2),
    _cumulative("cumprod", np.cumprod, 1, 2.5),
    _sorts("sort", lambda x, axis=-1: np.sort(x, axis), primitive=False, gradient=True, out="same"),
    _sorts("argsort", _argsort, primitive=False, gradient=False, out="int32"),
    _searches("argmax", _argmax, primitive=False),
    _searches("argmin", _argmin, primitive=False),
    Case(
        name="top_k",
        oracle=_top_k,
        samples=(distinct(3, 6, rest=(2,)), _ties(2, 7, rest=(4,)), distinct(4, k=4)),
        dtypes=("uint8", "int32", *FLOATS),
        out=("same", "int32"),
        differentiate=lambda results: results[:1],
        empty=distinct(0, 3, rest=(2,)),
        without={"nonfinite": "the order of nan is left open", **_NO_AXIS_OF_SCALAR},
        errors=(fails(lambda: args(zeros(2, 3), 4), ValueError, "top_k: expected k <= 3"),),
    ),
    _nonzero("nonzero"),
)
PRIMITIVES: Final = (
    _primitive("sum", _own(np.add.reduce), array, NUMBERS),
    _primitive("prod", _own(np.multiply.reduce), lambda *s, **k: array(*s, low=1, high=3, **k), NUMBERS),
    _primitive("max", lambda x, a, k: np.max(x, a, keepdims=k), distinct, REAL, empty=False),
    _primitive("min", lambda x, a, k: np.min(x, a, keepdims=k), distinct, REAL, empty=False),
    _primitive("all", lambda x, a, k: np.all(x, a, keepdims=k), array, ("bool",)),
    _primitive("any", lambda x, a, k: np.any(x, a, keepdims=k), array, ("bool",)),
    _cumulative_primitive("cumulative_sum", np.add, -2, 2),
    _cumulative_primitive("cumulative_prod", np.multiply, 1, 2.5),
    _sorts("sort", lambda x, axis: np.sort(x, axis), primitive=True, gradient=True, out="same"),
    _sorts("argsort", _argsort, primitive=True, gradient=False, out="int32"),
    _searches("argmax", _argmax, primitive=True),
    _searches("argmin", _argmin, primitive=True),
    _nonzero("nonzero"),
)
