"""Elementwise ops of one tensor that are composed of others: angles, roots, powers, Bessel's function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from scipy import special

from keras_conformance.case import FLOATS, INEXACT, Case, args, floating, host_dtype, real_part
from keras_conformance.cases.common import array, fails, nonfinite

_REAL: Final = (*FLOATS, "bool", "int8", "int32", "int64", "uint8")


def _no_complex(name: str) -> Any:
    return fails(lambda: args(np.ones(2, np.complex64)), TypeError, f"{name}: expected real numbers")


def _case(name: str, oracle: Callable[..., Any], low: float = -3, high: float = 3, **changes: Any) -> Case:
    settings: dict[str, Any] = {
        "samples": (array(2, 5, low=low, high=high),),
        "dtypes": _REAL,
        "out": floating,
        "nonfinite": nonfinite,
        "empty": array(0, 3),
        "zero_d": array(low=low, high=high),
        "errors": (_no_complex(name),),
    }
    return Case(
        name=name,
        oracle=lambda x: oracle(x.astype(np.float64) if x.dtype.kind in "biu" else x),
        **{**settings, **changes},
    )


def _numbers(*values: float) -> Any:
    return lambda d: args(np.array(values).astype(host_dtype(d.dtype)))


OPS: Final = (
    _case("angle", np.angle, dtypes=(*INEXACT, "bool", "int32"), out=lambda t: real_part(floating(t)), errors=()),
    _case("deg2rad", np.deg2rad, -400, 400),
    _case("rad2deg", np.rad2deg),
    _case("cbrt", np.cbrt, samples=(array(2, 5), _numbers(1e-7, 6e4, -1e-3, -8.0, 0.0))),
    _case("exp2", np.exp2, dtypes=(*INEXACT, "bool", "int32"), errors=()),
    _case("fabs", np.fabs),
    # Where the sine is small its quotient is by far not exact to the last place of narrow floats, but near 0.
    _case(
        "sinc",
        np.sinc,
        samples=(array(2, 5), _numbers(0.0, 0.01, -0.14, 0.15, 1.0, -2.0, 40.5, 1001.25)),
        dtypes=(*_REAL, "complex64", "complex128"),
        errors=(),
    ),
    _case(
        "i0",
        lambda x: np.where(np.isinf(x), np.inf, special.i0(x)),
        samples=(array(2, 5), _numbers(0.0, 10.0, -11.0)),
        tolerance=2,
    ),
)
PRIMITIVES: Final[tuple[Case, ...]] = ()
