"""Ops and primitives that read and write elements by position."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from keras_conformance.case import ANY, FEW, Arguments, Case, Draw, Sample, args
from keras_conformance.cases.common import MOVES, array, fails, zeros

_WITHOUT = {"zero_d": "a scalar has no axis", **MOVES}
_ADDED = ("int32", "bfloat16", "float32", "float64", "complex64")


def _taken(
    shape: tuple[int, ...], index_shape: tuple[int, ...], low: int, high: int, dtype: str = "int32", **named: Any
) -> Sample:
    return lambda d: args(d.array(shape), d.integers(index_shape, low, high, dtype), **named)


def _taken_at(shape: tuple[int, ...], index_shape: tuple[int, ...], axis: int, dtype: str = "int32") -> Sample:
    return lambda d: args(d.array(shape), d.integers(index_shape, 0, max(shape[axis], 1), dtype), axis)


def _take(x: Any, indices: Any, axis: Any = None) -> Any:
    return np.take(x, indices, axis)


def _take_along_axis(x: Any, indices: Any, axis: Any = None) -> Any:
    return np.take_along_axis(x, indices, axis)


def _keyed(shape: tuple[int, ...], key: Any) -> Sample:
    return lambda d: args(d.array(shape), key(d) if callable(key) else key)


def _get_item(x: Any, key: Any) -> Any:
    return x[key]


def _slice_op(inputs: Any, start_indices: Any, shape: Any) -> Any:
    return inputs[tuple(slice(int(start), int(start) + size) for start, size in zip(start_indices, shape, strict=True))]


def _slice_update(inputs: Any, start_indices: Any, updates: Any) -> Any:
    result = np.array(inputs)
    result[tuple(slice(int(s), int(s) + n) for s, n in zip(start_indices, updates.shape, strict=True))] = updates
    return result


def _scatter_add(x: Any, indices: Any, updates: Any) -> Any:
    result = np.array(x)
    np.add.at(result, indices, updates)
    return result


def _scatter_add_along_axis(x: Any, indices: Any, updates: Any, axis: int) -> Any:
    result = np.array(x)
    places = list(np.indices(indices.shape))
    places[axis] = indices
    np.add.at(result, tuple(places), updates)
    return result


def _one_hot(x: Any, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False) -> Any:
    return np.moveaxis((np.arange(num_classes) == x[..., None]).astype(np.float64), -1, axis)


def _rows_added(shape: tuple[int, ...], count: int) -> Sample:
    return lambda d: args(d.array(shape), d.integers((count,), 0, max(shape[0], 1)), d.array((count, *shape[1:])))


def _along_added(shape: tuple[int, ...], index_shape: tuple[int, ...], axis: int) -> Sample:
    return lambda d: args(d.array(shape), d.integers(index_shape, 0, max(shape[axis], 1)), d.array(index_shape), axis)


def _updated(shape: tuple[int, ...], start: Any, update: tuple[int, ...]) -> Sample:
    return lambda d: args(d.array(shape), start, d.array(update))


def _masked(d: Draw) -> Any:
    return d.bools((4,))


def _indexed(d: Draw) -> Any:
    return (d.integers((2, 3), -4, 4), slice(None, None, 2))


def _both_indexed(d: Draw) -> Arguments:
    return args(d.array((4, 5, 2)), (d.integers((3,), 0, 4), d.integers((2, 1), -5, 5)))


def _case(name: str, oracle: Callable[..., Any], *samples: Sample, **changes: Any) -> Case:
    return Case(name=name, oracle=oracle, samples=samples, **{"dtypes": FEW, "without": _WITHOUT, **changes})


_COLON = slice(None)

OPS: Final = (
    _case(
        "take",
        _take,
        _taken((4, 3), (5,), -4, 4, axis=0),
        _taken((2, 5), (2, 3), 0, 5, axis=1),
        _taken((2, 5), (4,), 0, 10),
        _taken((2, 5), (), 0, 5, axis=-1),
        _taken((4, 3), (5,), 0, 4, "int64", axis=0),
        _taken((4, 3), (5,), 0, 4, "uint8", axis=0),
        empty=_taken((4, 3), (0,), 0, 4, axis=0),
        dtypes=ANY,
        errors=(
            fails(lambda: args(zeros(3), np.zeros(2, np.float32)), TypeError, "argument 'indices' must be integers"),
            fails(lambda: args(zeros(3), np.zeros(2, np.int32), 1), ValueError, "argument 'axis' must be in [-1, 1)"),
        ),
    ),
    _case(
        "take_along_axis",
        _take_along_axis,
        _taken((3, 4), (3, 2), -4, 4, axis=1),
        _taken((3, 4), (2, 4), 0, 3, axis=0),
        _taken((3, 4), (1, 2), 0, 4, axis=-1),
        _taken((3, 4), (5,), 0, 12),
        _taken((3, 4), (3, 2), 0, 4, "int64", axis=1),
        empty=_taken((3, 4), (3, 0), 0, 4, axis=1),
        dtypes=ANY,
        errors=(
            fails(
                lambda: args(zeros(3, 2), np.zeros(2, np.int32), 1),
                ValueError,
                "take_along_axis: expected indices of rank 2, got rank 1",
            ),
        ),
    ),
    _case(
        "get_item",
        _get_item,
        _keyed((4, 5), (slice(1, 3), slice(None, None, 2))),
        _keyed((4, 5), 1),
        _keyed((4, 5), -1),
        _keyed((4, 5, 2), (Ellipsis, 0)),
        _keyed((4, 5), (None, slice(None, None, -1), 2)),
        _keyed((6,), slice(-2, None, -2)),
        _keyed((4, 5), _indexed),
        _both_indexed,
        empty=_keyed((4, 5), slice(3, 1)),
        errors=(
            fails(lambda: args(zeros(3), 3), IndexError, "get_item: index 3 is out of range for axis 0 of size 3"),
            fails(lambda: args(zeros(3), (0, 0)), ValueError, "get_item: too many indices"),
        ),
    ),
    _case(
        "slice",
        _slice_op,
        array(4, 5, rest=((1, 0), (2, 3))),
        array(6, rest=([2], [3])),
        lambda d: args(d.array((4, 5)), np.array([1, 2], np.int32), (2, 2)),
        empty=array(4, 0, rest=((1, 0), (2, 0))),
        dtypes=ANY,
    ),
    _case(
        "slice_update",
        _slice_update,
        _updated((4, 5), (1, 2), (2, 3)),
        _updated((6,), [3], (3,)),
        lambda d: args(d.array((4, 5)), np.array([1, 2], np.int32), d.array((2, 2))),
        empty=_updated((0, 5), (0, 1), (0, 2)),
    ),
    _case(
        "scatter_add",
        _scatter_add,
        _rows_added((4, 3), 6),
        _rows_added((5,), 4),
        _rows_added((3, 2, 2), 2),
        dtypes=_ADDED,
        empty=_rows_added((4, 3), 0),
        tolerance=2,
    ),
    _case(
        "scatter_add_along_axis",
        _scatter_add_along_axis,
        _along_added((3, 4), (3, 6), 1),
        _along_added((4, 3), (5, 3), 0),
        dtypes=_ADDED,
        empty=_along_added((3, 4), (3, 0), 1),
        tolerance=2,
    ),
    _case(
        "one_hot",
        _one_hot,
        lambda d: args(d.array((2, 3), -1, 5), 4),
        lambda d: args(d.array((2, 3), 0, 3), 3, axis=0),
        lambda d: args(d.array((2, 3), 0, 3), 3, axis=1),
        dtypes=("uint8", "int32", "int64"),
        out="float32",
        gradient=False,
        empty=array(0, rest=(3,)),
        zero_d=array(low=0, rest=(3,)),
        without=MOVES,
        errors=(
            fails(lambda: args(zeros(2), 3), TypeError, "argument 'indices' must be integers"),
            fails(lambda: args(np.zeros(2, np.int32), 3, sparse=True), ValueError, "one_hot: sparse tensors"),
        ),
    ),
)
MASKS: Final = (_keyed((4, 3), _masked), _keyed((4,), _masked))
"""Samples of `get_item` whose result has a size that is not known beforehand."""

PRIMITIVES: Final = (
    _case(
        "take",
        _take,
        _taken_at((4, 3), (5,), 0),
        _taken_at((2, 5), (3,), 1),
        _taken_at((2, 5), (3,), 1, "int64"),
        _taken_at((2, 5), (3,), 1, "uint8"),
        empty=_taken_at((4, 3), (0,), 0),
        dtypes=ANY,
    ),
    _case(
        "take_along_axis",
        _take_along_axis,
        _taken_at((3, 4), (3, 6), 1),
        _taken_at((3, 4), (2, 4), 0),
        _taken_at((3, 4), (3, 2), 1, "int64"),
        empty=_taken_at((3, 4), (3, 0), 1),
        dtypes=ANY,
    ),
)
