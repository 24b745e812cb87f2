"""Special functions, and dtypes of real and complex numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from scipy import special

from keras_conformance.case import (
    FLOATS,
    INTEGERS,
    WIDE_FLOATS,
    Arguments,
    Case,
    Draw,
    Sample,
    args,
    floating,
    host_dtype,
)
from keras_conformance.cases.common import MOVES, array, fails, nonfinite, zeros

_DTYPES: Final = (*FLOATS, "int32")
_NO_SCALAR: Final = {"zero_d": "it takes pairs along an axis"}


def _numbers(*values: float) -> Sample:
    return lambda d: args(np.array(values).astype(host_dtype(d.dtype)))


def _one(name: str, oracle: Callable[..., Any], *samples: Sample, **changes: Any) -> Case:
    return Case(
        name=name,
        oracle=lambda x: oracle(x.astype(np.float64)),
        samples=samples,
        **{
            "dtypes": _DTYPES,
            "out": floating,
            "nonfinite": nonfinite,
            "empty": array(0, 3),
            "zero_d": array(),
            **changes,
        },
    )


# Infinite at the poles of which the sign is left open, and slow to agree next to them.
_POSITIVE: Final = array(3, 5, low=0.5, high=9)


def _shapes(*shape: int, low: float = 0.3, high: float = 8) -> Sample:
    return lambda d: args(d.array(shape, low, high), d.array(shape, low, high))


def _limits(d: Draw) -> Arguments:
    a = [1, 1, 1, 0, 2, np.nan, 1, -1, 0, np.inf, 0, np.inf]
    x = [0, np.inf, -1, 1, np.nan, 1, np.inf, 1, 0, 1, np.inf, np.inf]
    return args(*(np.array(values).astype(d.dtype) for values in (a, x)))


# casts -------------------------------------------------------------------------------------------------------------


def _saturated(x: Any, dtype: str) -> Any:
    import ml_dtypes

    kind = host_dtype(dtype)
    if dtype == "bool":
        return x != 0
    if kind.kind in "iu":
        bounds = np.iinfo(kind)
        whole = [
            0 if v != v else bounds.max if v >= bounds.max else bounds.min if v <= bounds.min else int(v)
            for v in x.ravel().tolist()
        ]
        return np.array(whole, dtype=kind).reshape(x.shape)
    limit = float(ml_dtypes.finfo(kind).max)
    return np.clip(x.astype(np.float64), -limit, limit) if dtype == "float16" else x.astype(np.float64)


def _cast(dtype: str, scale: float = 1.0) -> Sample:
    def sample(d: Draw) -> Arguments:
        if "int" in d.dtype:
            return args(
                (d.array((3, 4)).astype(np.float64) * 100).clip(-100 if d.dtype[0] == "i" else 0, 120).astype(d.dtype),
                dtype,
            )
        return args((d.array((3, 4), -3, 3, "float64") * scale).astype(host_dtype(d.dtype)), dtype)

    return sample


def _parts(x: Any, y: Any) -> Any:
    return x + 1j * y


def _complex(dtype: str) -> str:
    return "complex128" if dtype == "float64" else "complex64"


def _as_real(x: Any) -> Any:
    return np.stack([np.real(x), np.imag(x)], -1)


def _part(dtype: str) -> str:
    return {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)


OPS: Final = (
    _one("erfc", special.erfc, array(3, 5), _numbers(-8, -1.5, 1.5, 2, 4, 9)),
    _one(
        "erfinv",
        special.erfinv,
        array(3, 5, low=-0.9, high=0.9),
        _numbers(-0.9921875, -1e-3, 0.0, 1e-3, 0.984375),
        nonfinite=_numbers(-2, -1, 0, 1, 1.5, np.nan, np.inf),
        tolerance=8,
    ),
    _one(
        "lgamma",
        special.gammaln,
        _POSITIVE,
        _numbers(-1.5, -0.25, 0.125, 1, 2, 30, 500),
        tolerance=8,
        nonfinite=_numbers(np.nan, np.inf, 0, -1, 1),
    ),
    _one(
        "digamma",
        special.digamma,
        _POSITIVE,
        _numbers(-1.5, -0.25, 0.125, 1, 2, 30, 500),
        tolerance=8,
        nonfinite=_numbers(np.nan, np.inf, 1),
        without={},
    ),
    Case(
        name="gammainc",
        oracle=lambda a, x: special.gammainc(a.astype(np.float64), x.astype(np.float64)),
        samples=(
            _shapes(3, 4),
            _shapes(5, low=20, high=40),
            lambda d: args(d.array((3, 1), 1, 4), d.array((2,), 1, 5)),
        ),
        dtypes=_DTYPES,
        out=floating,
        nonfinite=_limits,
        empty=_shapes(0, 3),
        zero_d=_shapes(),
        tolerance=20,
    ),
    Case(
        name="saturate_cast",
        oracle=_saturated,
        samples=(
            _cast("float32"),
            _cast("uint8", 200),
            _cast("int8", 200),
            _cast("int32", 1e10),
            _cast("bfloat16"),
            _cast("float16", 1e6),
            _cast("uint32", 1e10),
        ),
        dtypes=(*INTEGERS, *FLOATS),
        out_of=lambda arguments: arguments.positional[1],
        nonfinite=lambda d: args(np.array([np.nan, np.inf, -np.inf, -0.0, 2.5], d.dtype), "int16"),
        empty=array(0, 3, rest=("int32",)),
        zero_d=array(rest=("int16",)),
        errors=(fails(lambda: args(zeros(2), "complex64"), ValueError, "saturate_cast: expected real dtypes"),),
    ),
    Case(
        name="polar",
        oracle=lambda abs_, angle: abs_ * np.exp(1j * angle),
        samples=(lambda d: args(d.array((3, 4)), d.array((3, 4))), lambda d: args(d.array((3, 1)), d.array((2,)))),
        dtypes=("float16", *WIDE_FLOATS, "int32"),
        out=_complex,
        gradient=False,
        why_no_gradient="the check takes real results; the parts have gradients of their own",
        empty=lambda d: args(d.array((0, 3)), d.array((0, 3))),
        zero_d=lambda d: args(d.array(()), d.array(())),
        without={"nonfinite": "an infinite modulus has parts of any kind"},
    ),
    Case(
        name="view_as_complex",
        oracle=lambda x: _parts(x[..., 0], x[..., 1]),
        samples=(array(3, 2), array(2, 3, 2), array(2)),
        dtypes=("float16", *WIDE_FLOATS, "int32"),
        out=_complex,
        gradient=False,
        why_no_gradient="the check takes real results; the parts have gradients of their own",
        empty=array(0, 2),
        without={"nonfinite": MOVES["nonfinite"], **_NO_SCALAR},
        errors=(fails(lambda: args(zeros(2, 3)), ValueError, "view_as_complex: expected a last axis of size 2"),),
    ),
    Case(
        name="view_as_real",
        oracle=_as_real,
        samples=(array(3, 4), array(2, 1, 3)),
        dtypes=("complex64", "complex128", "float32", "int32"),
        out=_part,
        empty=array(0, 2),
        zero_d=array(),
        without=MOVES,
    ),
)
PRIMITIVES: Final = ()
