"""Medians, quantiles and percentiles, of all numbers or of those that are not nan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from keras_conformance.case import FLOATS, Case, Sample, args, floating, host_dtype
from keras_conformance.cases.common import distinct, fails, with_nan, zeros

_DTYPES: Final = (*FLOATS, "bool", "int32", "uint8")
_METHODS: Final = ("lower", "higher", "midpoint", "nearest")


def _no_complex(name: str, *rest: Any) -> Any:
    return fails(lambda: args(np.ones(2, np.complex64), *rest), TypeError, f"{name}: expected real numbers")


def _axis_error(name: str, *rest: Any) -> Any:
    message = f"{name}: argument 'axis' must be in [-2, 2)"
    return fails(lambda: args(zeros(2, 3), *rest, axis=2), ValueError, message)


def _floats(x: Any) -> Any:
    return x.astype(np.float64) if x.dtype.kind in "biu" else x


def _axes(axis: Any) -> Any:
    return tuple(axis) if isinstance(axis, list) else axis


def _medians(name: str, oracle: Callable[..., Any], skips: bool) -> Case:
    more = (with_nan(3, 5, axis=1), with_nan(2, 6, nans=3)) if skips else ()
    return Case(
        name=name,
        oracle=lambda x, axis=None, keepdims=False: oracle(_floats(x), _axes(axis), keepdims=keepdims),
        samples=(
            distinct(3, 5, axis=1),
            distinct(2, 6, axis=-1),
            distinct(3, 4),
            distinct(2, 3, 4, axis=(2, 0)),
            distinct(2, 3, 4, axis=[0, -1], keepdims=True),
            distinct(2, 3, 5, axis=1, keepdims=True),
            *more,
        ),
        dtypes=_DTYPES,
        out=floating,
        nonfinite=with_nan(3, 4, axis=1),
        empty=distinct(2, 0, axis=1),
        zero_d=distinct(),
        errors=(_axis_error(name), _no_complex(name)),
    )


def _quantiles(name: str, oracle: Callable[..., Any], scale: float, skips: bool) -> Case:
    def sample(*shape: int, q: Any, **named: Any) -> Sample:
        levels = [each * scale for each in q] if isinstance(q, list) else q * scale
        return lambda d: args(d.distinct(shape), levels, **named)

    def tensor(*shape: int, **named: Any) -> Sample:
        levels = np.array([[0.25, 0.5], [0.75, 1.0]]) * scale
        return lambda d: args(d.distinct(shape), levels.astype(host_dtype(floating(d.dtype))), **named)

    def reference(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> Any:
        return oracle(_floats(x), np.asarray(q, np.float64), _axes(axis), method=method, keepdims=keepdims)

    nans = (with_nan(3, 5, rest=(0.3 * scale,), axis=1), with_nan(2, 6, nans=3, rest=([0.0, 0.7 * scale],)))
    return Case(
        name=name,
        oracle=reference,
        samples=(
            sample(3, 5, q=0.3, axis=1),
            sample(3, 5, q=[0.0, 0.35, 1.0]),
            sample(2, 3, 4, q=[0.1, 0.9], axis=(0, -1), keepdims=True),
            sample(2, 3, 4, q=0.6, axis=[0, 1]),
            tensor(3, 5, axis=0),
            *(sample(3, 6, q=[0.1, 0.5, 0.75], axis=1, method=method) for method in _METHODS),
            *(nans if skips else ()),
        ),
        dtypes=_DTYPES,
        out=floating,
        tolerance=4,
        nonfinite=with_nan(3, 4, rest=(0.5 * scale,), axis=1),
        empty=sample(0, 3, q=0.5, axis=1),
        zero_d=sample(q=0.5),
        errors=(
            _axis_error(name, 0.5),
            _no_complex(name, 0.5),
            fails(lambda: args(zeros(3), 1.5 * scale), ValueError, f"{name}: argument 'q' must be in [0, {scale:g}]"),
            fails(lambda: args(zeros(3), 0.5, method="best"), ValueError, f"{name}: expected method to be one of"),
        ),
    )


OPS: Final = (
    _medians("median", np.median, skips=False),
    _medians("nanmedian", np.nanmedian, skips=True),
    _quantiles("quantile", np.quantile, 1, skips=False),
    _quantiles("nanquantile", np.nanquantile, 1, skips=True),
    _quantiles("percentile", np.percentile, 100, skips=False),
    _quantiles("nanpercentile", np.nanpercentile, 100, skips=True),
)
PRIMITIVES: Final[tuple[Case, ...]] = ()
