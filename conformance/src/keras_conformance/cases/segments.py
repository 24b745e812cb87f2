"""Segment reductions, writes at index tuples, and patterns of axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from keras_conformance.case import FEW, Arguments, Case, Draw, Sample, args
from keras_conformance.cases.common import MOVES, array, fails, zeros

_NUMBERS: Final = ("int32", "bfloat16", "float32", "float64")
_NO_SCALAR: Final = {"zero_d": "it works along an axis"}
_IDS: Final = np.array([3, 0, 0, 5, 3, 0, 1], np.int32)


def _of_nothing(dtype: np.dtype, low: bool) -> Any:
    if dtype.kind in "iu":
        return np.iinfo(dtype).min if low else np.iinfo(dtype).max
    return -np.inf if low else np.inf


def _segments(ufunc: np.ufunc, neutral: Callable[[np.dtype], Any]) -> Callable[..., Any]:
    def oracle(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Any:
        number = int(segment_ids.max(initial=-1)) + 1 if num_segments is None else num_segments
        result = np.full((number, *data.shape[1:]), neutral(data.dtype), data.dtype)
        for row, place in zip(data, segment_ids, strict=True):
            if 0 <= place < number:
                result[place] = ufunc(result[place], row)
        return result

    return oracle


def _ids(ids: Any, *rest: int, draw: str = "array", dtype: str = "int32", **named: Any) -> Sample:
    def sample(d: Draw) -> Arguments:
        shape = (len(ids), *rest)
        data = (
            d.distinct(shape) if draw == "distinct" else d.array(shape, 1, 2.5) if draw == "factors" else d.array(shape)
        )
        return args(data, np.array(ids, dtype), **named)

    return sample


def _segment_case(name: str, ufunc: np.ufunc, neutral: Callable[[np.dtype], Any], draw: str, **changes: Any) -> Case:
    def with_nan(d: Draw) -> Arguments:
        data = d.distinct((7, 2))
        data[0, 0], data[2, 1], data[6, 0] = np.nan, np.inf, -np.inf
        return args(data, _IDS, num_segments=6)

    return Case(
        name=name,
        oracle=_segments(ufunc, neutral),
        samples=(
            _ids([2, 0, 0, 1, 2, 0, 1], 2, draw=draw, num_segments=3),
            _ids(_IDS, 2, draw=draw, num_segments=7),
            _ids([0, 0, 1, 4, 4, 4], draw=draw, num_segments=5, sorted=True),
            _ids([2, -1, 9, 2, 0], 2, 2, draw=draw, num_segments=3),
            _ids(_IDS, 3, draw=draw, dtype="int64", num_segments=2),
            _ids([0], 3, draw=draw, num_segments=2),
        ),
        dtypes=_NUMBERS,
        nonfinite=with_nan,
        empty=_ids([], 2, num_segments=3),
        without=_NO_SCALAR,
        tolerance=2,
        errors=(
            fails(
                lambda: args(zeros(3, 2), np.zeros(2, np.int32), 2), ValueError, f"{name}: expected one segment id a"
            ),
            fails(
                lambda: args(zeros(3), zeros(3), 2), ValueError, f"{name}: expected argument 'segment_ids' to be 1-D"
            ),
        ),
        **changes,
    )


# Index tuples ------------------------------------------------------------------------------------------------------


def _scatter(indices: Any, values: Any, shape: Any) -> Any:
    result = np.zeros(shape, values.dtype)
    np.add.at(result, tuple(np.moveaxis(indices, -1, 0)), values)
    return result


def _scatter_update(inputs: Any, indices: Any, updates: Any, reduction: str | None = None) -> Any:
    result = np.array(inputs)
    places = indices.reshape(-1, indices.shape[-1])
    ufunc = {"add": np.add, "max": np.maximum, "min": np.minimum, "mul": np.multiply}.get(reduction or "")
    for place, value in zip(places, updates.reshape(-1, *inputs.shape[indices.shape[-1] :]), strict=True):
        at = tuple(place)
        result[at] = value if ufunc is None else ufunc(result[at], value)
    return result


def _at(shape: tuple[int, ...], indices: Any, **named: Any) -> Sample:
    places = np.array(indices, np.int32)

    def sample(d: Draw) -> Arguments:
        updates = (*places.shape[:-1], *shape[places.shape[-1] :])
        numbers = d.distinct((int(np.prod(shape) + np.prod(updates)),))
        first = int(np.prod(shape))
        return args(numbers[:first].reshape(shape), places, numbers[first:].reshape(updates), **named)

    return sample


def _placed(indices: Any, shape: tuple[int, ...]) -> Sample:
    places = np.array(indices, np.int32)
    return lambda d: args(places, d.array((*places.shape[:-1], *shape[places.shape[-1] :])), shape)


# Patterns ----------------------------------------------------------------------------------------------------------


def _rearranged(x: Any, pattern: str, lengths: Any = ()) -> Any:
    def first(sizes: Any) -> Any:
        return x.reshape(sizes)

    return {
        "a b -> b a": lambda: x.T,
        "b (h w) -> b w h": lambda: first((2, 3, 2)).transpose(0, 2, 1),
        "b h w c -> b (h w c)": lambda: first((2, -1)),
        "... c -> c ...": lambda: np.moveaxis(x, -1, 0),
        "b (c r s) h -> b c (h r) s 1": lambda: first((1, 2, 2, 3, 5)).transpose(0, 1, 4, 2, 3).reshape(1, 2, 10, 3, 1),
        "1 ... a -> (a ...)": lambda: x[0].transpose(2, 0, 1).ravel(),
    }[pattern]()


OPS: Final = (
    _segment_case("segment_sum", np.add, lambda dtype: 0, "array"),
    _segment_case("segment_prod", np.multiply, lambda dtype: 1, "factors"),
    _segment_case("segment_max", np.maximum, lambda dtype: _of_nothing(dtype, True), "distinct"),
    _segment_case("segment_min", np.minimum, lambda dtype: _of_nothing(dtype, False), "distinct"),
    Case(
        name="scatter",
        oracle=_scatter,
        samples=(
            _placed([[0, 1], [3, 0], [0, 1]], (4, 2)),
            _placed([[2], [0], [2], [-1]], (4,)),
            _placed([[1], [0]], (3, 2, 2)),
            _placed([[[0, 1], [1, 1]], [[2, 0], [0, 0]]], (3, 2, 2)),
        ),
        dtypes=_NUMBERS,
        empty=_placed(np.zeros((0, 1), np.int32), (3, 2)),
        without={**MOVES, "zero_d": "an index has an axis"},
        errors=(
            fails(
                lambda: args(np.zeros((1, 3), np.int32), zeros(1), (4, 2)), ValueError, "scatter: expected indices of"
            ),
        ),
    ),
    Case(
        name="scatter_update",
        oracle=_scatter_update,
        samples=(
            _at((4, 3), [[0], [2], [0]]),
            _at((4, 3), [[0, 1], [3, 2], [-1, 0]]),
            _at((6,), [[5], [1], [5]], reduction="add"),
            _at((5, 2), [[0], [3], [0], [0]], reduction="max"),
            _at((5, 2), [[0], [3], [0], [0]], reduction="min"),
            _at((5,), [[0], [3], [0], [0]], reduction="mul"),
            _at((3, 2, 2), [[[0, 1], [1, 1]], [[2, 0], [0, 0]]], reduction="add"),
        ),
        dtypes=("uint8", *_NUMBERS),
        empty=_at((4, 3), np.zeros((0, 1))),
        without={**MOVES, "zero_d": "an index has an axis"},
        tolerance=2,
        errors=(
            fails(
                lambda: args(zeros(3), np.zeros((1, 1), np.int32), zeros(1), "mean"),
                ValueError,
                "scatter_update: expected reduction to be None",
            ),
            fails(
                lambda: args(zeros(3), np.zeros((1, 2), np.int32), zeros(1)),
                ValueError,
                "scatter_update: expected indices of shape (..., k) with 1 <= k <= 1",
            ),
        ),
    ),
    Case(
        name="rearrange_axes",
        oracle=_rearranged,
        samples=(
            array(2, 3, rest=("a b -> b a",)),
            array(2, 6, rest=("b (h w) -> b w h", (("h", 3),))),
            array(2, 3, 2, 2, rest=("b h w c -> b (h w c)",)),
            array(2, 3, 4, 2, rest=("... c -> c ...",)),
            array(1, 12, 5, rest=("b (c r s) h -> b c (h r) s 1", (("r", 2), ("s", 3)))),
            array(1, 2, 3, 4, rest=("1 ... a -> (a ...)",)),
        ),
        dtypes=FEW,
        empty=array(0, 3, rest=("a b -> b a",)),
        without={**MOVES, **_NO_SCALAR},
        errors=(
            fails(lambda: args(zeros(2, 3), "a -> a"), ValueError, "rearrange: the left side of 'a -> a' does not fit"),
            fails(lambda: args(zeros(2, 3), "a b"), ValueError, "rearrange: expected a pattern such as"),
            fails(lambda: args(zeros(2, 3), "a b -> a"), ValueError, "rearrange: both sides of 'a b -> a' must have"),
            fails(lambda: args(zeros(2, 3), "(a b) c -> a b c"), ValueError, "rearrange: the sizes of all but one of"),
            fails(lambda: args(zeros(2, 3), "a (b c -> a"), ValueError, "rearrange: a parenthesis is not closed"),
            fails(
                lambda: args(zeros(2, 3), "a (b c) -> a b c", (("b", 2),)), ValueError, "rearrange: axis 1 of size 3"
            ),
            fails(lambda: args(zeros(2, 3), "a b -> b a", (("h", 2),)), ValueError, "rearrange: lengths are given of"),
        ),
    ),
)
PRIMITIVES: Final = ()
