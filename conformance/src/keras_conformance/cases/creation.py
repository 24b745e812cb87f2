"""Ops and primitives that make tensors, and casts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from keras_conformance.case import ANY, COMPLEX, FLOATS, REAL, Arguments, Case, Draw, Sample, args, floating, host_dtype
from keras_conformance.cases.common import array, fails, nonfinite_array

_CONSTANT = {
    "nonfinite": "it makes constants",
    "zero_d": "its arguments are numbers",
    "empty": "a sample has size zero",
}
_TARGETS = ("bool", "uint8", "int32", "int64", "bfloat16", "float16", "float32", "float64", "complex64")


def _bad_dtype(*positional: Any) -> Any:
    return fails(lambda: args(*positional, dtype="float31"), ValueError, "dtype: expected one of")


def _made(name: str, oracle: Callable[..., Any], *samples: Sample, **changes: Any) -> Case:
    return Case(
        name=name, oracle=oracle, samples=samples, **{"dtypes": ANY, "gradient": False, "without": _CONSTANT, **changes}
    )


def _like(name: str, oracle: Callable[..., Any], *rest: Any) -> Case:
    return Case(
        name=name,
        oracle=oracle,
        samples=(array(2, 3, rest=rest), array(3, rest=rest)),
        dtypes=ANY,
        gradient=False,
        nonfinite=lambda d: args(nonfinite_array(d), *rest),
        empty=array(0, 3, rest=rest),
        zero_d=array(rest=rest),
        errors=(
            fails(lambda: args(np.zeros(2, np.float32), *rest, dtype="float31"), ValueError, "dtype: expected one of"),
        ),
    )


def _dtyped(*positional: Any, **named: Any) -> Sample:
    return lambda d: args(*positional, **named, dtype=d.dtype)


def _cast(x: Any, dtype: str) -> Any:
    if np.iscomplexobj(x) and "complex" not in dtype and dtype != "bool":
        x = x.real
    return x.astype(bool) if dtype == "bool" else np.trunc(x).astype(host_dtype(dtype)) if "int" in dtype else x


def _to(target: str) -> Sample:
    # Numbers that every dtype holds: beyond its range a cast has no result that all agree on.
    return lambda d: args(d.array((2, 3), 0, 100) if "float" not in d.dtype else d.array((2, 3), 0.25, 100), target)


def _eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Any:
    return np.eye(N, M, k)


def _linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False, axis: int = 0) -> Any:
    return np.linspace(start, stop, num, endpoint, retstep, axis=axis)


def _ends(*shape: int, **named: Any) -> Sample:
    return lambda d: args(d.array(shape, -3, 0), d.array(shape, 1, 4), **named)


def _arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Any:
    first, last = (0, start) if stop is None else (start, stop)
    return np.arange(first, last, 1 if step is None else step, dtype=np.float64)


def _fill(dtype: str) -> Any:
    return True if dtype == "bool" else 2 - 1j if dtype in COMPLEX else 1.5 if "float" in dtype else 3


def _full(shape: Any, fill_value: Any, dtype: Any = None) -> Any:
    return np.full(shape, fill_value)


def _filled(*shape: int) -> Sample:
    return lambda d: args(shape, _fill(d.dtype), d.dtype)


def _filled_like(*shape: int) -> Sample:
    return lambda d: args(d.array(shape), _fill(d.dtype))


def _like_filled(x: Any, fill_value: Any, dtype: Any = None) -> Any:
    return np.full(x.shape, fill_value)


def cast_cases(name: str) -> tuple[Case, ...]:
    """Return the case of `cast` or `astype`: from each dtype to some of each kind."""
    return (
        Case(
            name=name,
            oracle=_cast,
            samples=tuple(_to(target) for target in _TARGETS),
            dtypes=ANY,
            thorough=True,
            out_of=lambda arguments: arguments.positional[1],
            nonfinite=lambda d: args(nonfinite_array(d), "float64"),
            empty=array(0, 3, rest=("float64",)),
            zero_d=array(rest=("float64",)),
            errors=(
                fails(lambda: args(np.zeros(2, np.float32), "float31"), ValueError, "cast: dtype: expected one of"),
            )
            if name == "cast"
            else (),
        ),
    )


def _number(shape: Any) -> Sample:
    return lambda d: Arguments((shape,), {"dtype": d.dtype})


def _ranged(d: Draw) -> Arguments:
    return args(1, 7, 2, dtype=d.dtype)


OPS: Final = (
    *cast_cases("cast"),
    _made("full", _full, _filled(2, 3), _filled(), _filled(0, 2), errors=(_bad_dtype((2,), 1.0),)),
    _made(
        "zeros",
        lambda shape, dtype: np.zeros(shape),
        _number((2, 3)),
        _number(3),
        _number((0, 2)),
        errors=(_bad_dtype(2),),
    ),
    _made(
        "ones",
        lambda shape, dtype: np.ones(shape),
        _number((2, 3)),
        _number([3]),
        _number((0, 2)),
        errors=(_bad_dtype(2),),
    ),
    _like("zeros_like", lambda x: np.zeros(x.shape)),
    _like("ones_like", lambda x: np.ones(x.shape)),
    Case(
        name="full_like",
        oracle=_like_filled,
        samples=(_filled_like(2, 3), lambda d: args(d.array((2, 3)), _fill(d.dtype), dtype=d.dtype)),
        dtypes=ANY,
        gradient=False,
        nonfinite=lambda d: args(nonfinite_array(d), 2.0),
        empty=_filled_like(0, 3),
        zero_d=_filled_like(),
    ),
    _made(
        "arange",
        _arange,
        _ranged,
        _dtyped(5),
        _dtyped(10, 0, -3),
        _dtyped(3, 3),
        dtypes=(*REAL[:6], *FLOATS),
        errors=(_bad_dtype(3),),
    ),
    _made("eye", _eye, _dtyped(3), _dtyped(3, 4), _dtyped(3, 2, k=-1), _dtyped(0), errors=(_bad_dtype(3),)),
    Case(
        name="linspace",
        oracle=_linspace,
        samples=(
            _ends(num=5),
            _ends(3, num=4),
            _ends(2, 3, num=4, axis=-1),
            _ends(num=4, endpoint=False),
            _ends(num=1),
        ),
        dtypes=(*FLOATS, "int32"),
        out=floating,
        empty=_ends(num=0),
        zero_d=_ends(num=3, retstep=True),
        without={"nonfinite": "it needs finite ends"},
        errors=(fails(lambda: args(0.0, 1.0, num=-1), ValueError, "linspace: expected num >= 0"),),
    ),
    Case(
        name="copy",
        oracle=lambda x: x,
        samples=(array(2, 3),),
        dtypes=ANY,
        nonfinite=lambda d: args(nonfinite_array(d)),
        empty=array(0, 3),
        zero_d=array(),
    ),
)
PRIMITIVES: Final = (
    *cast_cases("astype"),
    _made("full", _full, _filled(2, 3), _filled(), _filled(0, 2), lambda d: args((2,), 0, d.dtype)),
    _made(
        "arange",
        lambda start, stop, step, dtype: np.arange(start, stop, step, dtype=np.float64),
        lambda d: args(1, 7, 2, d.dtype),
        lambda d: args(0, 5, 1, d.dtype),
        lambda d: args(3, 3, 1, d.dtype),
        dtypes=REAL,
    ),
)
