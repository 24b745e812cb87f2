"""Averages, correlations, differences of neighbours and integrals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from keras_conformance.case import ANY, FLOATS, INEXACT, REAL, Arguments, Case, Draw, Sample, args, floating, host_dtype
from keras_conformance.cases.common import array, distinct, fails, with_infinities, with_nan, zeros


def _floats(*arrays: Any) -> list[Any]:
    return [x.astype(np.float64) if x is not None and x.dtype.kind in "biu" else x for x in arrays]


def _axis_error(name: str, message: str = "") -> Any:
    return fails(
        lambda: args(zeros(2, 3), axis=2), ValueError, message or f"{name}: argument 'axis' must be in [-2, 2)"
    )


# averages ----------------------------------------------------------------------------------------------------------


def _average(x: Any, axis: Any = None, weights: Any = None) -> Any:
    x, weights = _floats(x, weights)
    return np.average(x, tuple(axis) if isinstance(axis, list) else axis, weights)


def _weighted(shape: tuple[int, ...], weights: tuple[int, ...], **named: Any) -> Sample:
    return lambda d: args(d.array(shape), weights=d.array(weights, 1, 3), **named)


def _weighted_at(axis: int | None, *shape: int) -> Sample:
    return lambda d: args(d.array(shape), axis, d.array(shape, 1, 3))


def _ptp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return np.ptp(x, tuple(axis) if isinstance(axis, list) else axis, keepdims=keepdims)


# correlations ------------------------------------------------------------------------------------------------------


def _corrcoef(x: Any) -> Any:
    (x,) = _floats(x)
    return np.corrcoef(x)


def _correlate(x1: Any, x2: Any, mode: str = "valid") -> Any:
    return np.correlate(*_floats(x1, x2), mode)


def _sequences(n: int, m: int, **named: Any) -> Sample:
    return lambda d: args(d.array((n,)), d.array((m,)), **named)


_LENGTHS: Final = ((6, 3), (6, 4), (3, 6), (4, 4), (5, 1))


def _sequences_with_nan(d: Draw) -> Arguments:
    x = d.array((7,))
    x[3] = np.nan
    return args(x, d.array((2,)))


# differences and integrals -----------------------------------------------------------------------------------------


def _diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    return np.diff(a, n, axis)


def _trapezoid(y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> Any:
    y, x = _floats(y, x)
    return np.trapezoid(y, x, dx, axis)


def _integrated(shape: tuple[int, ...], points: tuple[int, ...], **named: Any) -> Sample:
    def sample(d: Draw) -> Arguments:
        grid = np.broadcast_to(np.arange(points[-1]) ** 2 / 4.0, points)
        return args(d.array(shape), x=grid.astype(host_dtype(floating(d.dtype))), **named)

    return sample


def _case(name: str, oracle: Callable[..., Any], *samples: Sample, **changes: Any) -> Case:
    return Case(name=name, oracle=oracle, samples=samples, **changes)


OPS: Final = (
    _case(
        "average",
        _average,
        _weighted_at(1, 3, 4),
        _weighted_at(None, 3, 4),
        _weighted((3, 4), (4,), axis=1),
        _weighted((3, 4), (3,), axis=-2),
        _weighted((2, 3, 4), (2, 3, 4), axis=(0, 2)),
        array(2, 3, 4, axis=[1, 2]),
        array(3, 4),
        dtypes=(*INEXACT, "bool", "int32", "uint8"),
        out=floating,
        nonfinite=with_infinities(4, 3, axis=1),
        empty=array(2, 0, axis=1),
        zero_d=array(),
        errors=(
            _axis_error("average"),
            fails(
                lambda: args(zeros(2, 3), weights=zeros(3)),
                ValueError,
                "average: expected weights of the shape (2, 3) of x",
            ),
        ),
    ),
    _case(
        "ptp",
        _ptp,
        distinct(3, 4, axis=1),
        distinct(2, 3),
        distinct(2, 3, axis=-1, keepdims=True),
        distinct(2, 3, 4, axis=[2, 0], keepdims=True),
        dtypes=REAL,
        nonfinite=with_nan(4, 3, axis=1),
        zero_d=distinct(),
        without={"empty": "there is no extremum of nothing"},
        errors=(
            _axis_error("ptp"),
            fails(lambda: args(np.ones(2, bool)), TypeError, "ptp: expected numbers, got dtype bool"),
            fails(lambda: args(np.ones(2, np.complex64)), TypeError, "ptp: expected real numbers"),
            fails(lambda: args(zeros(0)), ValueError, "no largest or smallest of nothing"),
        ),
    ),
    _case(
        "corrcoef",
        _corrcoef,
        array(3, 6),
        array(2, 40),
        array(5),
        dtypes=(*INEXACT, "int32"),
        out=floating,
        tolerance=2,
        nonfinite=with_nan(3, 4, nans=1),
        empty=array(2, 0),
        without={"zero_d": "it needs observations"},
        errors=(fails(lambda: args(zeros(2, 2, 2)), ValueError, "corrcoef: expected a tensor of rank 1 or 2"),),
    ),
    _case(
        "correlate",
        _correlate,
        _sequences(6, 3),
        *(
            _sequences(n, m, mode=mode)
            for mode in ("same", "full")
            for n, m in ((6, 3), (6, 4), (3, 6), (4, 4), (5, 1))
        ),
        _sequences(2, 5),
        dtypes=(*INEXACT, "int32", "bool"),
        out=floating,
        tolerance=4,
        nonfinite=_sequences_with_nan,
        without={"empty": "there is nothing to correlate", "zero_d": "it takes sequences"},
        errors=(
            fails(lambda: args(zeros(3), zeros(2), "half"), ValueError, "correlate: expected mode to be 'valid'"),
            fails(lambda: args(zeros(3), zeros(2, 2)), ValueError, "correlate: expected two sequences"),
            fails(lambda: args(zeros(3), zeros(0)), ValueError, "correlate: expected two sequences"),
        ),
    ),
    _case(
        "diff",
        _diff,
        array(3, 5),
        array(3, 5, axis=0),
        array(6, n=2),
        array(4, n=0),
        array(2, 4, 2, n=3, axis=1),
        array(3, n=5),
        dtypes=ANY,
        nonfinite=with_nan(3, 4),
        empty=array(0),
        without={"zero_d": "it works along an axis"},
        errors=(
            _axis_error("diff"),
            fails(lambda: args(zeros(3), n=-1), ValueError, "diff: expected n >= 0, got -1"),
        ),
    ),
    _case(
        "trapezoid",
        _trapezoid,
        _integrated((3, 5), (5,)),
        array(3, 5),
        array(3, 5, dx=0.5, axis=0),
        _integrated((5, 3), (5,), axis=0),
        _integrated((3, 5), (3, 5)),
        dtypes=(*FLOATS, "bool", "int32", "complex64"),
        out=floating,
        nonfinite=with_nan(3, 4),
        empty=array(2, 0),
        without={"zero_d": "it works along an axis"},
        errors=(_axis_error("trapezoid"),),
    ),
)
PRIMITIVES: Final[tuple[Case, ...]] = ()
