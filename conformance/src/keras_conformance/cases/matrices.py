"""Ops that make matrices, and take their diagonals and triangles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from keras_conformance.case import ANY, FEW, NUMBERS, Case, Sample, accumulated, args
from keras_conformance.cases.common import MOVES, array, fails, zeros

_MATRIX: Final = {"zero_d": "it needs two axes", **MOVES}


def _dtyped(*positional: Any, **named: Any) -> Sample:
    return lambda d: args(*positional, **named, dtype=d.dtype)


def _moves(name: str, oracle: Callable[..., Any], *samples: Sample, **changes: Any) -> Case:
    settings: dict[str, Any] = {"dtypes": (*FEW, "float64"), "without": _MATRIX}
    return Case(name=name, oracle=oracle, samples=samples, **{**settings, **changes})


def _too_few(name: str, rank: int) -> Any:
    return fails(
        lambda: args(zeros(3)), ValueError, f"{name}: expected a tensor of rank {rank} or more, got shape (3,)"
    )


def _triangle(name: str, oracle: Callable[..., Any]) -> Case:
    return _moves(
        name,
        oracle,
        array(3, 4),
        array(2, 4, 3, k=1),
        array(3, 4, k=-1),
        array(3, 3, k=5),
        array(3, 2, k=-7),
        empty=array(0, 3),
        errors=(_too_few(name, 2),),
    )


_DIAGONALS: Final = (
    array(3, 4),
    array(4, 3, offset=-1),
    array(3, 5, offset=2),
    array(2, 3, 4, offset=1, axis1=-1, axis2=0),
    array(2, 3, 4, axis1=1, axis2=2),
    array(3, 4, offset=9),
    array(3, 4, offset=-3),
)


def _trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return np.trace(x if x.dtype.kind in "fc" else x.astype(accumulated(x.dtype.name)), offset, axis1, axis2)


def _vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    count = x.shape[0] if N is None else N
    powers = [x[:, None] ** 0 if power == 0 else np.stack([x] * power, 1).prod(1)[:, None] for power in range(count)]
    powers = [power.astype(x.dtype) for power in powers]
    joined = np.concatenate(powers, 1) if powers else np.zeros((x.shape[0], 0), x.dtype)
    return joined if increasing else joined[:, ::-1]


OPS: Final = (
    Case(
        name="tri",
        oracle=lambda N, M=None, k=0, dtype=None: np.tri(N, M, k),
        samples=(_dtyped(3), _dtyped(3, 4, k=1), _dtyped(4, 2, k=-1), _dtyped(0, 2)),
        dtypes=ANY,
        gradient=False,
        without={"nonfinite": "it makes constants", "empty": "a sample has size zero", "zero_d": "it makes matrices"},
        errors=(fails(lambda: args(3, dtype="float31"), ValueError, "dtype: expected one of"),),
    ),
    _triangle("tril", np.tril),
    _triangle("triu", np.triu),
    _moves(
        "diagonal",
        np.diagonal,
        *_DIAGONALS,
        empty=array(0, 3),
        errors=(
            _too_few("diagonal", 2),
            fails(lambda: args(zeros(2, 3), axis1=0, axis2=-2), ValueError, "diagonal: expected two different axes"),
        ),
    ),
    _moves(
        "trace",
        _trace,
        *_DIAGONALS,
        dtypes=("bool", *NUMBERS),
        out=accumulated,
        empty=array(0, 3),
        errors=(_too_few("trace", 2),),
    ),
    _moves(
        "diag",
        np.diag,
        array(3),
        array(3, k=2),
        array(3, k=-1),
        array(3, 4),
        array(4, 3, k=-1),
        empty=array(0),
        errors=(fails(lambda: args(zeros(2, 2, 2)), ValueError, "diag: expected a tensor of rank 1 or 2"),),
    ),
    _moves(
        "diagflat",
        np.diagflat,
        array(2, 2),
        array(3, k=1),
        array(1, 2, 1, k=-2),
        empty=array(0),
        zero_d=array(),
        without=MOVES,
    ),
    _moves(
        "vander",
        _vander,
        array(3),
        array(3, rest=(5,), increasing=True),
        array(3, rest=(2,)),
        array(2, rest=(1,)),
        array(2, rest=(0,)),
        dtypes=("bool", "uint8", "int32", "int64", "bfloat16", "float16", "float32", "float64", "complex64"),
        empty=array(0),
        without={"zero_d": "it needs an axis", "nonfinite": "powers of infinities by way of products differ in nan"},
        errors=(fails(lambda: args(zeros(2, 2)), ValueError, "vander: expected a tensor of rank 1"),),
    ),
)
PRIMITIVES: Final[tuple[Case, ...]] = ()
