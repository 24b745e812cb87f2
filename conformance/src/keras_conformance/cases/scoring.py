"""Ops that compare predictions with what is true, and encode labels."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from scipy.spatial import distance

from keras_conformance.case import FLOATS, Arguments, Case, Draw, Sample, args, floating
from keras_conformance.cases.common import NO_FLOATS, array, fails, zeros


def _in_top_k(targets: Any, predictions: Any, k: int) -> Any:
    result = []
    for target, row in zip(targets, predictions, strict=True):
        inside = 0 <= target < len(row) and np.isfinite(row[target])
        result.append(bool(inside and np.sum(row > row[target]) < k))
    return np.array(result, bool)


def _predicted(rows: int, classes: int, k: int, dtype: str = "int32") -> Sample:
    return lambda d: args(d.integers((rows,), 0, classes, dtype), d.array((rows, classes)), k)


def _with_odd_rows(d: Draw) -> Arguments:
    x = np.array([[1, np.nan, 2], [np.inf, 1, 0], [1, 1, 1], [0, 1, 2], [0, 1, -np.inf]], d.dtype)
    return args(np.array([1, 0, 2, -1, 7], np.int32), x, 2)


def _psnr(x1: Any, x2: Any, max_val: float) -> Any:
    difference = x1.astype(np.float64) - x2
    return 20 * np.log10(max_val) - 10 * np.log10(np.mean(difference**2))


def _cdist(x: Any, y: Any) -> Any:
    if x.ndim == 2:
        return distance.cdist(x.astype(np.float64), y.astype(np.float64))
    return np.stack([_cdist(one, other) for one, other in zip(x, y, strict=True)])


def _multi_hot(inputs: Any, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False) -> Any:
    hot = (inputs[..., None] == np.arange(num_classes)).any(min(1, inputs.ndim - 1))
    return np.moveaxis(hot, -1, axis).astype(np.float64)


def _two(*shape: int, **named: Any) -> Sample:
    return lambda d: args(d.array(shape), d.array(shape), 3.0, **named)


OPS: Final = (
    Case(
        name="in_top_k",
        oracle=_in_top_k,
        samples=(_predicted(6, 5, 2), _predicted(4, 3, 1, "int64"), _predicted(3, 4, 9)),
        dtypes=(*FLOATS, "int32"),
        out="bool",
        gradient=False,
        nonfinite=_with_odd_rows,
        empty=_predicted(0, 3, 1),
        without={"zero_d": "it works along axes"},
        errors=(
            fails(lambda: args(np.zeros(2, np.int32), zeros(2), 1), ValueError, "in_top_k: expected integer targets"),
            fails(lambda: args(zeros(2), zeros(2, 3), 1), ValueError, "in_top_k: expected integer targets"),
        ),
    ),
    Case(
        name="psnr",
        oracle=_psnr,
        samples=(_two(3, 4), _two(2, 3, 3, 1)),
        dtypes=(*FLOATS, "int32"),
        out=floating,
        nonfinite=lambda d: args(np.ones((2, 3), d.dtype), np.ones((2, 3), d.dtype), 1.0),
        zero_d=_two(),
        tolerance=4,
        without={"empty": "there is no mean of nothing"},
        errors=(fails(lambda: args(zeros(2), zeros(3), 1.0), ValueError, "psnr: expected tensors of one shape"),),
    ),
    Case(
        name="cdist",
        oracle=_cdist,
        samples=(
            lambda d: args(d.array((4, 3)), d.array((5, 3), 4, 8)),
            lambda d: args(d.array((2, 4, 3)), d.array((2, 2, 3))),
            lambda d: args(np.full((1, 2), 1000.5, d.dtype), np.full((1, 2), 1000.0, d.dtype)),
        ),
        dtypes=(*FLOATS, "int32"),
        out=floating,
        nonfinite=lambda d: args(np.array([[np.nan, 0], [np.inf, 0]], d.dtype), np.array([[1, 2]], d.dtype)),
        empty=lambda d: args(d.array((0, 3)), d.array((2, 3))),
        tolerance=4,
        without={"zero_d": "it takes rows"},
        errors=(fails(lambda: args(zeros(2, 3), zeros(2, 4)), ValueError, "cdist: expected tensors of shapes"),),
    ),
    Case(
        name="multi_hot",
        oracle=_multi_hot,
        samples=(
            array(3, 2, low=-1, high=6, rest=(5,)),
            array(4, low=0, high=5, rest=(5,)),
            array(3, 2, low=0, high=4, rest=(4,), axis=0),
            array(2, 3, 2, low=0, high=4, rest=(4,), axis=1),
        ),
        dtypes=("uint8", "int32", "int64"),
        out="float32",
        gradient=False,
        empty=array(0, 2, rest=(3,)),
        without={"zero_d": "a sample has an axis of labels", **NO_FLOATS},
        errors=(
            fails(lambda: args(np.zeros((), np.int32), 3), ValueError, "multi_hot: expected inputs with at least one"),
            fails(lambda: args(np.zeros(2, np.int32), 3, sparse=True), ValueError, "multi_hot: sparse tensors"),
            fails(lambda: args(np.zeros(2, np.int32)), ValueError, "multi_hot: argument 'num_classes' must be given"),
            fails(
                lambda: args(np.zeros(2, np.int32), 3, tokens=3), TypeError, "multi_hot: there are no arguments tokens"
            ),
        ),
    ),
)
PRIMITIVES: Final = ()
