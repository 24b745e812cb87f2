"""Elementwise ops and primitives of one tensor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, NamedTuple

import numpy as np
from scipy import special

from keras_conformance.case import (
    ANY,
    COMPLEX,
    FLOATS,
    INEXACT,
    INTEGERS,
    NUMBERS,
    REAL,
    Case,
    args,
    floating,
    host_dtype,
    number,
    real_part,
)
from keras_conformance.cases.common import NO_FLOATS, array, nonfinite, nonfinite_array


class Row(NamedTuple):
    """One function: name of the op, of the primitive, oracle, domain, and what differs from the usual."""

    op: str
    primitive: str
    oracle: Callable[..., Any]
    low: float = -3
    high: float = 3
    op_dtypes: tuple[str, ...] = (*INEXACT, "bool", "int8", "int32", "int64", "uint8")
    dtypes: tuple[str, ...] = INEXACT
    op_out: Any = floating
    out: Any = "same"
    gradient: bool = True
    special: bool = True


_ROUNDED = (*FLOATS, "int32", "bool")


def _sign(x: Any) -> Any:
    if np.iscomplexobj(x):
        return np.where(x == 0, 0, x / np.where(x == 0, 1, np.abs(x)))
    return np.sign(x)


UNARY: Final = (
    Row("exp", "exp", np.exp),
    Row("expm1", "expm1", np.expm1),
    Row("log", "log", np.log, 0.2),
    Row("log1p", "log1p", np.log1p, -0.8),
    Row("sqrt", "sqrt", np.sqrt, 0.2),
    Row("sin", "sin", np.sin),
    Row("cos", "cos", np.cos),
    Row("tan", "tan", np.tan, -1.2, 1.2),
    Row("arcsin", "asin", np.arcsin, -0.9, 0.9),
    Row("arccos", "acos", np.arccos, -0.9, 0.9),
    Row("arctan", "atan", np.arctan),
    Row("sinh", "sinh", np.sinh),
    Row("cosh", "cosh", np.cosh),
    Row("tanh", "tanh", np.tanh),
    Row("arcsinh", "asinh", np.arcsinh),
    Row("arccosh", "acosh", np.arccosh, 1.2, 4),
    Row("arctanh", "atanh", np.arctanh, -0.9, 0.9),
    Row("floor", "floor", np.floor, op_dtypes=_ROUNDED, dtypes=FLOATS),
    Row("ceil", "ceil", np.ceil, op_dtypes=_ROUNDED, dtypes=FLOATS),
    Row("trunc", "trunc", np.trunc, op_dtypes=(*_ROUNDED, "uint8", "int64"), dtypes=FLOATS, op_out="same"),
    Row("isfinite", "isfinite", np.isfinite, op_out="bool", out="bool", gradient=False),
    Row("isnan", "isnan", np.isnan, op_out="bool", out="bool", gradient=False),
    Row("isinf", "isinf", np.isinf, op_out="bool", out="bool", gradient=False),
    Row("absolute", "abs", np.abs, op_dtypes=ANY, dtypes=NUMBERS, op_out=real_part, out=real_part),
    Row("negative", "negative", np.negative, op_dtypes=NUMBERS, dtypes=NUMBERS, op_out=number),
    Row("sign", "sign", _sign, op_dtypes=ANY, dtypes=NUMBERS, op_out=number),
)


def _case(row: Row, primitive: bool) -> Case:
    oracle = row.oracle

    def widened(x: Any) -> Any:
        if not primitive and x.dtype == bool and row.op_out is not floating:
            return oracle(x.astype(np.int32) if row.op == "sign" else x)
        return oracle(x.astype(np.float64) if not primitive and x.dtype.kind in "biu" and row.op_out is floating else x)

    return Case(
        name=row.primitive if primitive else row.op,
        oracle=widened,
        samples=(array(2, 5, low=row.low, high=row.high),),
        dtypes=row.dtypes if primitive else row.op_dtypes,
        out=row.out if primitive else row.op_out,
        gradient=row.gradient,
        nonfinite=nonfinite,
        empty=array(0, 3),
        zero_d=array(low=row.low, high=row.high),
    )


def _bits(name: str) -> Case:
    return Case(
        name=name,
        oracle=np.invert,
        samples=(array(2, 5, low=-100, high=100),),
        dtypes=("bool", *INTEGERS),
        gradient=False,
        empty=array(0, 3),
        zero_d=array(),
        without=NO_FLOATS,
    )


def _logical_not(dtypes: tuple[str, ...]) -> Case:
    return Case(
        name="logical_not",
        oracle=np.logical_not,
        samples=(array(2, 5, low=-2, high=2),),
        dtypes=dtypes,
        out="bool",
        gradient=False,
        nonfinite=nonfinite if "float32" in dtypes else None,
        empty=array(0, 3),
        zero_d=array(),
        without={} if "float32" in dtypes else NO_FLOATS,
    )


def _complex_part(name: str, oracle: Callable[..., Any], dtypes: tuple[str, ...], out: Any) -> Case:
    return Case(
        name=name,
        oracle=oracle,
        samples=(array(2, 5),),
        dtypes=dtypes,
        out=out,
        gradient="float32" in dtypes,
        nonfinite=nonfinite if "float32" in dtypes else _nonfinite_complex,
        empty=array(0, 3),
        zero_d=array(),
    )


def _nonfinite_complex(d: Any) -> Any:
    special_numbers = np.array([complex(np.nan, 1), complex(np.inf, -2), complex(1, -np.inf), complex(0, 2)])
    return args(special_numbers.astype(d.dtype))


def _round(x: Any, decimals: int = 0) -> Any:
    if x.dtype.kind in "iu" and decimals >= 0:
        return x
    return np.round(x.astype(np.float64), decimals) if x.dtype.kind in "iu" else np.round(x, decimals)


def _composite(name: str, oracle: Callable[..., Any], low: float = -3, high: float = 3, **changes: Any) -> Case:
    plain = Case(
        name=name,
        oracle=lambda x: oracle(x.astype(np.float64) if x.dtype.kind in "biu" else x),
        samples=(array(2, 5, low=low, high=high),),
        dtypes=(*FLOATS, "int32", "bool"),
        out=floating,
        nonfinite=nonfinite,
        empty=array(0, 3),
        zero_d=array(low=low, high=high),
    )
    return replace(plain, **changes)


OPS: Final = (
    *(_case(row, primitive=False) for row in UNARY),
    _bits("bitwise_not"),
    _logical_not(("bool", "int32", "uint8", "float32", "bfloat16")),
    _complex_part("real", np.real, (*REAL, *COMPLEX), real_part),
    _complex_part("imag", np.imag, (*REAL, *COMPLEX), real_part),
    _complex_part("conjugate", np.conj, (*REAL, *COMPLEX), "same"),
    _composite("square", np.square, dtypes=NUMBERS, out=number),
    _composite("rsqrt", lambda x: 1 / np.sqrt(x), 0.2, dtypes=(*INEXACT, "int32")),
    _composite("reciprocal", lambda x: 1 / x, 0.2, dtypes=(*INEXACT, "int32")),
    _composite("log2", np.log2, 0.2),
    _composite("log10", np.log10, 0.2),
    _composite("erf", special.erf),
    Case(
        name="round",
        oracle=_round,
        samples=(
            array(2, 5),
            lambda d: args(np.array([0.5, 1.5, 2.5, -0.5, -1.5]).astype(host_dtype(d.dtype))),
            lambda d: args(np.array([0.24, 1.26, -7.14, 30.0]).astype(host_dtype(d.dtype)), decimals=1),
            array(2, 5, low=-80, high=80, decimals=-1),
        ),
        dtypes=(*FLOATS, "int32", "uint8"),
        nonfinite=nonfinite,
        empty=array(0, 3),
        zero_d=array(),
    ),
    Case(
        name="nan_to_num",
        oracle=lambda x, nan=0.0, posinf=None, neginf=None: np.nan_to_num(
            x,
            nan=nan,
            posinf=np.finfo(np.float32).max if posinf is None else posinf,
            neginf=np.finfo(np.float32).min if neginf is None else neginf,
        ),
        samples=(array(2, 5), lambda d: args(nonfinite_array(d), nan=7.0, posinf=8.0, neginf=-9.0)),
        dtypes=FLOATS,
        nonfinite=nonfinite,
        empty=array(0, 3),
        zero_d=array(),
    ),
)
PRIMITIVES: Final = (
    *(_case(row, primitive=True) for row in UNARY),
    _bits("bitwise_invert"),
    _logical_not(("bool",)),
    _complex_part("real", np.real, COMPLEX, real_part),
    _complex_part("imag", np.imag, COMPLEX, real_part),
    _complex_part("conj", np.conj, COMPLEX, "same"),
    replace(_composite("round", np.rint), dtypes=FLOATS, out="same"),
    Case(
        name="stop_gradient",
        oracle=lambda x: x,
        samples=(array(2, 5),),
        dtypes=INEXACT,
        gradient=False,
        nonfinite=nonfinite,
        empty=array(0, 3),
        zero_d=array(),
    ),
)
