"""Ops that find places in sorted sequences, count, select, and compare tensors as sets."""

from __future__ import annotations

from collections.abc import Callable
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
    number,
)
from keras_conformance.cases.common import MOVES, NO_FLOATS, array, distinct, fails, nonfinite_pairs, zeros

_ORDERED: Final = ("bool", *REAL)


def _case(name: str, oracle: Callable[..., Any], *samples: Sample, **changes: Any) -> Case:
    return Case(name=name, oracle=oracle, samples=samples, **changes)


def _no_complex(name: str) -> Any:
    return fails(lambda: args(np.ones(2, np.complex64), zeros(2)), TypeError, f"{name}: expected real numbers")


# places ------------------------------------------------------------------------------------------------------------


def _placed(size: int, *shape: int, **named: Any) -> Sample:
    """Draw small integers, so that there are ties."""

    def sample(d: Draw) -> Arguments:
        sequence = np.sort(np.floor(d.array((size,), -4, 5, dtype="float64")))
        values = np.floor(d.array(shape, -5, 6, dtype="float64"))
        low = 0 if d.dtype.startswith("u") else -9
        return args(*(np.maximum(x, low).astype(host_dtype(d.dtype)) for x in (sequence, values)), **named)

    return sample


def _searchsorted(sequence: Any, values: Any, side: str = "left") -> Any:
    return np.searchsorted(np.sort(sequence), values, side)


def _swapped(sample: Sample) -> Sample:
    return lambda d: args(*reversed(sample(d).positional))


def _with_nan_last(side: str) -> Sample:
    def sample(d: Draw) -> Arguments:
        sequence = np.array([-np.inf, 1.0, 2.0, np.inf, np.nan, np.nan])
        values = np.array([np.nan, -np.inf, np.inf, 1.0, 1.5, 99.0])
        return args(sequence.astype(host_dtype(d.dtype)), values.astype(host_dtype(d.dtype)), side=side)

    return sample


def _digitized_nan(d: Draw) -> Arguments:
    values = np.array([np.nan, -np.inf, np.inf, 1.0])
    return args(values.astype(host_dtype(d.dtype)), np.array([0.0, 1.0, 2.0]).astype(host_dtype(d.dtype)))


# counts ------------------------------------------------------------------------------------------------------------


def _bincount(x: Any, weights: Any = None, minlength: int = 0) -> Any:
    x = x.astype(np.int64)
    if x.ndim == 1:
        return np.bincount(x, weights, minlength)
    bins = max(minlength, int(x.max()) + 1)
    each = [np.bincount(row, None if weights is None else weights[i], bins) for i, row in enumerate(x)]
    return np.stack(each)


def _counted(*shape: int, **named: Any) -> Sample:
    return lambda d: args(d.array(shape, 0, 5), **named)


def _weighted(dtype: str, *shape: int) -> Sample:
    return lambda d: args(d.array(shape, 0, 5), d.array(shape, 1, 4, dtype=dtype))


def _weight_dtype(arguments: Arguments) -> str:
    weights = arguments.positional[1] if len(arguments.positional) > 1 else None
    return "int32" if weights is None else weights.dtype.name


def _histogram(x: Any, bins: int = 10, range: Any = None) -> Any:
    return np.histogram(x.astype(np.float64), bins, range)


def _off_the_edges(*shape: int, **named: Any) -> Sample:
    """Numbers in the middle between edges of bins, and both ends."""

    def sample(d: Draw) -> Arguments:
        if "float" not in d.dtype:
            return args(d.array(shape, -20, 20), **named)
        x = np.floor(d.array(shape, -4, 4, dtype="float64")) + 0.5
        x.reshape(-1)[:2] = -4, 4
        return args(x.astype(host_dtype(d.dtype)), **named)

    return sample


# selections --------------------------------------------------------------------------------------------------------


def _selected(*shapes: tuple[int, ...], default: Any = 0) -> Sample:
    return lambda d: args([d.bools(s) for s in shapes], [d.array(s) for s in shapes], default)


def _select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    return np.select(
        np.broadcast_arrays(*condlist), np.broadcast_arrays(*choicelist), np.asarray(default, choicelist[0].dtype)
    )


def _members(first: tuple[int, ...], second: tuple[int, ...], **named: Any) -> Sample:
    return lambda d: args(*(np.floor(d.array(s).real).astype(host_dtype(d.dtype)) for s in (first, second)), **named)


def _isin(x1: Any, x2: Any, assume_unique: bool = False, invert: bool = False) -> Any:
    return np.isin(x1, x2, invert=invert)


def _allclose(x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Any:
    return np.allclose(x1, x2, rtol, atol, equal_nan)


def _compared(x: tuple[float, ...], y: tuple[float, ...], **named: Any) -> Sample:
    return lambda d: args(np.array(x, d.dtype), np.array(y, d.dtype), **named)


def _argpartition(x: Any, kth: int, axis: int | None = -1) -> Any:
    return np.argsort(x, axis, kind="stable")


# unique ------------------------------------------------------------------------------------------------------------

_ALL: Final = {"return_index": True, "return_inverse": True, "return_counts": True}


def _unique(
    x: Any,
    sorted: bool = True,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    size: int | None = None,
    fill_value: Any = None,
) -> Any:
    values, index, inverse, counts = np.unique(x, True, True, True, axis)
    inverse = inverse.reshape(x.shape if axis is None else -1)
    if size is not None:
        missing = max(size - len(index), 0)
        values = np.moveaxis(values, axis or 0, 0)
        rest = np.full((missing, *values.shape[1:]), fill_value or 0)
        values = np.moveaxis(np.concatenate([values, rest])[:size], 0, axis or 0)
        first = index[:1] if len(index) else np.zeros(1, np.int64)
        index = np.concatenate([index, np.repeat(first, missing)])[:size]
        counts = np.concatenate([counts, np.zeros(missing, np.int64)])[:size]
    asked = ((return_index, index), (return_inverse, inverse), (return_counts, counts))
    results = (values, *(result for wanted, result in asked if wanted))
    return results if len(results) > 1 else values


def _repeated(*shape: int, **named: Any) -> Sample:
    return lambda d: args(np.floor(d.array(shape, -2, 2).real).astype(host_dtype(d.dtype)), **named)


OPS: Final = (
    _case(
        "searchsorted",
        _searchsorted,
        _placed(7, 3, 4),
        _placed(8, 5, side="right"),
        _placed(1, 5),
        _placed(0, 5),
        _placed(40, 30),
        _with_nan_last("right"),
        dtypes=FLOATS,
        out="int32",
        gradient=False,
        nonfinite=_with_nan_last("left"),
        empty=_placed(5, 0),
        zero_d=_placed(5),
        errors=(
            _no_complex("searchsorted"),
            fails(lambda: args(zeros(2, 2), zeros(2)), ValueError, "searchsorted: expected a sequence of rank 1"),
            fails(lambda: args(zeros(2), zeros(2), "middle"), ValueError, "searchsorted: expected side to be 'left'"),
        ),
    ),
    _case(
        "digitize",
        np.digitize,
        _swapped(_placed(7, 3, 4)),
        _swapped(_placed(1, 5)),
        dtypes=(*REAL,),
        out="int32",
        gradient=False,
        nonfinite=_digitized_nan,
        empty=_swapped(_placed(5, 0)),
        zero_d=_swapped(_placed(5)),
        errors=(
            _no_complex("digitize"),
            fails(lambda: args(zeros(2), zeros(2, 2)), ValueError, "digitize: expected bins of rank 1"),
        ),
    ),
    _case(
        "bincount",
        _bincount,
        _counted(9),
        _counted(9, minlength=8),
        _counted(3, 6),
        _weighted("float32", 9),
        _weighted("int32", 2, 6),
        _weighted("float64", 3, 4),
        dtypes=INTEGERS,
        out_of=_weight_dtype,
        gradient=False,
        why_no_gradient="the first sample has no weights",
        empty=_counted(0, minlength=3),
        without={"zero_d": "it takes lists of integers", **NO_FLOATS},
        compilable=False,
        errors=(
            fails(lambda: args(zeros(3)), TypeError, "bincount: argument 'x' must be integers"),
            fails(lambda: args(np.array([1, -1], np.int32)), ValueError, "bincount: expected no negative numbers"),
            fails(lambda: args(np.zeros((1, 1, 1), np.int32)), ValueError, "bincount: expected a tensor of rank 1"),
            fails(lambda: args(np.zeros(1, np.int32), sparse=True), ValueError, "bincount: sparse tensors"),
        ),
    ),
    _case(
        "histogram",
        _histogram,
        _off_the_edges(30, bins=4),
        _off_the_edges(3, 7, bins=8),
        _off_the_edges(20, bins=4, range=(-2, 2)),
        lambda d: args(np.full(5, 2).astype(host_dtype(d.dtype)), 4),
        dtypes=(*FLOATS, "int32", "bool"),
        out=floating,
        gradient=False,
        empty=array(0, bins=2),
        zero_d=array(bins=1),
        without={"nonfinite": "there are no edges then"},
        errors=(
            fails(lambda: args(zeros(3), 0), ValueError, "histogram: expected one bin or more, got 0"),
            fails(lambda: args(zeros(3), 2.5), TypeError, "histogram: expected bins to be an int"),
            fails(lambda: args(zeros(3), 2, (3, 1)), ValueError, "histogram: expected an ascending range"),
            fails(lambda: args(np.ones(2, np.complex64)), TypeError, "histogram: expected real numbers"),
        ),
    ),
    _case(
        "select",
        _select,
        _selected((2, 3), (2, 3)),
        _selected((3,), (2, 3), (2, 1), default=1),
        _selected((4,)),
        dtypes=ANY,
        out=number,
        empty=_selected((0, 3)),
        zero_d=_selected((), ()),
        without=MOVES,
        errors=(
            fails(
                lambda: args([np.ones(2, bool)], [zeros(2), zeros(2)]), ValueError, "select: expected as many choices"
            ),
            fails(lambda: args([], []), TypeError, "select: argument 'condlist' must be a non-empty list"),
        ),
    ),
    _case(
        "isin",
        _isin,
        _members((3, 4), (2, 2)),
        _members((3, 4), (9,)),
        _members((3, 4), (9,), invert=True),
        _members((3,), (0,)),
        dtypes=ANY,
        out="bool",
        gradient=False,
        nonfinite=nonfinite_pairs,
        empty=_members((0, 3), (2,)),
        zero_d=_members((), ()),
    ),
    _case(
        "allclose",
        _allclose,
        _compared((1.0, 2.0), (1.0, 2.00001), rtol=1e-4),
        _compared((1.0, 2.0), (1.0, 2.1)),
        _compared((1.0, 2.0), (1.25, 1.5), atol=0.5),
        _compared((1.0, np.nan), (1.0, np.nan), equal_nan=True),
        dtypes=("float32", "float64"),
        out="bool",
        gradient=False,
        nonfinite=_compared((np.inf, -np.inf), (np.inf, -np.inf)),
        empty=lambda d: args(d.array((0, 3)), d.array((3,))),
        zero_d=lambda d: args(d.array(()), d.array(())),
    ),
    _case(
        "argpartition",
        _argpartition,
        distinct(3, 5, rest=(2,)),
        distinct(4, 2, rest=(-1,), axis=0),
        distinct(2, 3, rest=(4,), axis=None),
        dtypes=_ORDERED,
        out="int32",
        gradient=False,
        empty=distinct(0, 3, rest=(1,)),
        without={"nonfinite": "the order of nan is that of argsort", "zero_d": "it works along an axis"},
        errors=(fails(lambda: args(zeros(3), 3), ValueError, "argpartition: argument 'kth' must be in [-3, 3)"),),
    ),
    _case(
        "unique",
        _unique,
        _repeated(9, size=3),
        _repeated(9),
        _repeated(3, 4, **_ALL),
        _repeated(9, **_ALL, size=6),
        _repeated(9, **_ALL, size=6, fill_value=1),
        _repeated(9, **_ALL, size=2),
        _repeated(6, 2, **_ALL, axis=0),
        _repeated(2, 6, **_ALL, axis=-1),
        _repeated(6, 2, **_ALL, axis=0, size=3),
        _repeated(2, 3, 2, axis=1),
        dtypes=("bool", "uint8", "int32", "int64", "bfloat16", "float32", "float64", "complex64"),
        out=("same", "int32"),
        gradient=False,
        nonfinite=lambda d: args(np.array([np.nan, 1.0, np.inf, np.nan, -np.inf, -0.0, 0.0]).astype(d.dtype), **_ALL),
        empty=_repeated(0, **_ALL),
        zero_d=_repeated(**_ALL),
        errors=(fails(lambda: args(zeros(3), axis=1), ValueError, "unique: argument 'axis' must be in [-1, 1)"),),
    ),
)
PRIMITIVES: Final[tuple[Case, ...]] = ()
