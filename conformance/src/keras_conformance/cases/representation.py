"""Ops and a primitive that look at how numbers are represented."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from keras_conformance.case import (
    ANY,
    FLOATS,
    INTEGERS,
    REAL,
    Arguments,
    Case,
    Draw,
    Sample,
    args,
    floating,
    host_dtype,
)
from keras_conformance.cases.common import array, fails, nonfinite, nonfinite_array, zeros

_AS_WIDE: Final = {
    **{"int8": "uint8", "uint8": "int8", "int16": "float16", "uint16": "bfloat16", "int32": "float32"},
    **{"uint32": "int32", "int64": "float64", "uint64": "int64"},
    **{"float16": "int16", "bfloat16": "uint16", "float32": "int32", "float64": "int64"},
}
_BY_WIDTH: Final = {"int16": "float16", "uint16": "bfloat16", "int32": "float32", "int64": "float64"}
"""The float dtype that is meant where an oracle gets float64 and shall see the bits of another."""


def _bitcast(x: Any, dtype: str) -> Any:
    return (x.astype(host_dtype(_BY_WIDTH[dtype])) if x.dtype.kind == "f" else x).view(host_dtype(dtype))


def _bits_of(*shape: int) -> Sample:
    def sample(d: Draw) -> Arguments:
        target = _AS_WIDE[d.dtype]
        floats = "float" in target and "float" not in d.dtype
        # Small integers are floats too small to tell apart.
        return args(d.array(shape, dtype=target).view(d.dtype) if floats else d.array(shape), target)

    return sample


def _target(arguments: Arguments) -> str:
    return arguments.positional[1]


def _no_complex(name: str, count: int = 1) -> Any:
    return fails(lambda: args(*[np.ones(2, np.complex64)] * count), TypeError, f"{name}: expected real numbers")


def _test(name: str, oracle: Any, dtypes: tuple[str, ...], refuses: bool = True) -> Case:
    return Case(
        name=name,
        oracle=oracle,
        samples=(nonfinite, array(2, 5)),
        dtypes=dtypes,
        out="bool",
        gradient=False,
        nonfinite=nonfinite,
        empty=array(0, 3),
        zero_d=array(),
        errors=(_no_complex(name),) if refuses else (),
    )


def _isreal(x: Any) -> Any:
    return x.imag == 0 if np.iscomplexobj(x) else np.ones(x.shape, bool)


def _numbers(*values: float) -> Sample:
    return lambda d: args(np.array(values).astype(host_dtype(d.dtype)))


def _mixed(d: Draw) -> Arguments:
    return args(np.array([0.0, -0.0, -1.5, 2.0]).astype(host_dtype(d.dtype)))


# neighbours --------------------------------------------------------------------------------------------------------


def _neighbours(d: Draw) -> Arguments:
    x = np.array([1.0, 1.0, -1.0, 0.0, 0.0, -0.0, 2.0, -2.0, 1.5, 3.0])
    y = np.array([2.0, 0.0, -2.0, 1.0, -1.0, 0.0, np.inf, -np.inf, 1.5, -3.0])
    return args(x.astype(host_dtype(d.dtype)), y.astype(host_dtype(d.dtype)))


def _nextafter(x1: Any, x2: Any) -> Any:
    """Compute in float64 what is one unit in the last place further; the case looks at steps of float32."""
    return np.nextafter(x1.astype(np.float32), x2.astype(np.float32))


def _steps(arguments: Arguments, results: list[np.ndarray]) -> list[Any]:
    """Return the steps, in units of the smallest: neighbours themselves are equal within any tolerance."""
    steps = np.asarray(results[0], np.float64) - np.asarray(arguments.positional[0], np.float64)
    return [np.sign(steps), np.log2(np.where(steps == 0, 1, np.abs(steps)))]


def _scaled(low: int, high: int, *shapes: tuple[int, ...]) -> Sample:
    return lambda d: args(d.array(shapes[0]), d.integers(shapes[1], low, high))


def _ldexp(x1: Any, x2: Any) -> Any:
    return np.ldexp(x1.astype(np.float64), x2)


def _far(d: Draw) -> Arguments:
    values = np.array([0.0, 1.0, 3.0, -0.5, 1.0, 1e-3, 0.0])
    return args(values.astype(host_dtype(d.dtype)), np.array([1000, -1000, 1000, 2, 3, 100, -5000], np.int32))


# views -------------------------------------------------------------------------------------------------------------


def _view(x: Any, dtype: Any = None) -> Any:
    if x.dtype.kind == "f":
        x = x.astype(np.float32)
    if x.dtype.kind == "c":
        x = x.astype(np.complex64)
    if dtype == "bool":
        return x.copy().view(np.uint8) != 0
    return x if dtype is None else x.copy().view(host_dtype(dtype))


def _view_dtype(arguments: Arguments) -> str:
    return arguments.positional[1] if len(arguments.positional) > 1 else arguments.positional[0].dtype.name


def _viewed(shape: tuple[int, ...], *rest: str) -> Sample:
    def sample(d: Draw) -> Arguments:
        if "int" not in d.dtype:
            return args(d.array(shape), *rest)
        limits = np.iinfo(d.dtype)
        return args(d.random.integers(limits.min, limits.max, shape, d.dtype), *rest)

    return sample


OPS: Final = (
    _test("isneginf", np.isneginf, (*FLOATS, "int32", "bool")),
    _test("isposinf", np.isposinf, (*FLOATS, "int32", "bool")),
    _test("isreal", _isreal, ANY, refuses=False),
    Case(
        name="signbit",
        oracle=lambda x: x < 0 if x.dtype.kind in "biu" else np.signbit(x),
        samples=(_mixed, array(2, 5)),
        dtypes=("bool", *REAL),
        out="bool",
        gradient=False,
        nonfinite=_numbers(np.inf, -np.inf, np.nan),
        empty=array(0, 3),
        zero_d=array(),
        errors=(_no_complex("signbit"),),
    ),
    Case(
        name="nextafter",
        oracle=_nextafter,
        samples=(_neighbours, lambda d: args(d.array((2, 1, 3)), d.array((4, 1)))),
        dtypes=("float32", "int32", "bool"),
        out=floating,
        gradient=False,
        observe=_steps,
        nonfinite=lambda d: args(
            np.array([np.nan, 1.0, np.inf, -np.inf], d.dtype), np.array([1.0, np.nan, np.inf, 0.0], d.dtype)
        ),
        empty=lambda d: args(d.array((0, 3)), d.array((3,))),
        zero_d=lambda d: args(d.array(()), d.array(())),
        errors=(_no_complex("nextafter", 2),),
    ),
    Case(
        name="ldexp",
        oracle=_ldexp,
        samples=(_scaled(-4, 5, (2, 3), (2, 3)), _scaled(-4, 5, (2, 1, 3), (4, 1)), _far),
        dtypes=(*FLOATS, "int32", "bool", "uint8"),
        out=floating,
        nonfinite=lambda d: args(nonfinite_array(d), np.array([3], np.int64)),
        empty=_scaled(0, 3, (0, 3), (3,)),
        zero_d=_scaled(0, 3, (), ()),
        errors=(
            fails(lambda: args(zeros(2), zeros(2)), TypeError, "ldexp: argument 'x2' must be integers"),
            fails(lambda: args(np.ones(2, np.complex64), np.ones(2, np.int32)), TypeError, "ldexp: expected real"),
        ),
    ),
    Case(
        name="view",
        oracle=_view,
        samples=(
            _viewed((2, 8), "int32"),
            _viewed((2, 8), "uint8"),
            _viewed((2, 8), "int64"),
            _viewed((2, 8), "float16"),
            _viewed((2, 8), "complex64"),
            _viewed((2, 8)),
            _viewed((2, 8), "bool"),
        ),
        dtypes=("bool", "int8", "uint16", "int32", "int64", "uint64", "float32", "complex64"),
        out_of=_view_dtype,
        gradient=False,
        nonfinite=lambda d: args(nonfinite_array(d)[:4], "uint16"),
        empty=_viewed((0, 2), "uint8"),
        zero_d=_viewed((), "int32"),
        errors=(
            fails(lambda: args(zeros(3), "int64"), ValueError, "view: the last axis of 3 numbers of float32"),
            fails(lambda: args(zeros(), "int64"), ValueError, "view: a tensor without axes"),
            fails(lambda: args(zeros(2), "float31"), ValueError, "dtype: expected one of"),
        ),
    ),
)
PRIMITIVES: Final = (
    Case(
        name="bitcast",
        oracle=_bitcast,
        samples=(_bits_of(2, 3),),
        dtypes=(*INTEGERS, *FLOATS),
        out_of=_target,
        gradient=False,
        nonfinite=lambda d: args(nonfinite_array(d)[1:], _AS_WIDE[d.dtype]),
        empty=_bits_of(0, 3),
        zero_d=_bits_of(),
    ),
)
