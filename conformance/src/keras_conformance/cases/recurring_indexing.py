"""Elements by position: indices out of range, of any dtype, that repeat; writes; segments."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from keras_conformance.cases.recurring import Named, f32, i32, numbers, raises, value

_ROW: Final = f32(10.0, 20.0, 30.0)
_BLOCK: Final = f32([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
_INDEX_DTYPES: Final = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32")


def _ops() -> Any:
    from keras_core import ops

    return ops


def _host(name: str, call: Any) -> Named:
    """Return the case of indices out of range that come from the host, and of which nothing else is a tensor."""
    return raises(name, call, IndexError, "", _ROW)


def _by_any_index(x: Any, *indices: Any) -> list[Any]:
    return [_ops().take(x, index) for index in indices]


CASES: Final = (
    # out of range
    _host("take_of_a_list_out_of_range", lambda x: _ops().take(x, [1, 3])),
    _host("take_of_an_array_out_of_range", lambda x: _ops().take(x, np.array([[1], [-4]]))),
    _host("take_of_an_int_out_of_range", lambda x: _ops().take(x, 3, axis=0)),
    _host("take_along_axis_of_a_list_out_of_range", lambda x: _ops().take_along_axis(x, [3], axis=0)),
    _host("take_along_axis_below_range", lambda x: _ops().take_along_axis(x, np.array([-4]), axis=0)),
    _host("get_item_of_a_list_out_of_range", lambda x: _ops().get_item(x, np.array([0, 3]))),
    _host("get_item_of_an_int_out_of_range", lambda x: _ops().get_item(x, -4)),
    value("take_of_the_first_and_last_in_range", lambda x: _ops().take(x, [-3, 2]), f32(10.0, 30.0), _ROW),
    value("one_hot_out_of_range_is_zero", "one_hot", f32([[0, 0, 0], [0, 0, 0], [0, 1, 0]]), i32(-1, 3, 1), 3),
    value("multi_hot_out_of_range_is_zero", "multi_hot", f32(0.0, 1.0, 0.0), i32(1, 5), 3),
    # any integers
    value(
        "take_by_every_integer_dtype",
        _by_any_index,
        [f32(30.0, 10.0)] * len(_INDEX_DTYPES),
        _ROW,
        *(np.array([2, 0], t) for t in _INDEX_DTYPES),
    ),
    value("take_by_negative_int64", "take", f32(30.0, 10.0), _ROW, np.array([-1, -3])),
    value("take_by_negative_int8_of_a_long_axis", "take", f32([199.0]), f32(np.arange(200.0)), np.array([-1], np.int8)),
    value("take_by_uint8_above_127", "take", f32([200.0]), f32(np.arange(256.0)), np.array([200], np.uint8)),
    value("take_by_bools", "take", f32(20.0, 10.0), _ROW, np.array([True, False])),
    value("take_of_the_flattened", "take", f32(6.0, 1.0), _BLOCK, i32(-1, 0)),
    value("take_by_a_scalar_drops_the_axis", "take", f32(3.0, 6.0), _BLOCK, i32(2), axis=1),
    value("take_by_a_matrix", "take", np.take(_BLOCK, [[0, 2], [1, 1]], 1), _BLOCK, i32([[0, 2], [1, 1]]), axis=1),
    value("take_of_nothing", "take", np.zeros((0, 3), np.float32), _BLOCK, np.zeros(0, np.int32), axis=0),
    value("take_of_int64_is_exact", "take", np.array([2**53 + 1]), np.array([1, 2**53 + 1]), i32([1])),
    value("take_along_axis_broadcasts", "take_along_axis", f32([[3.0], [6.0]]), _BLOCK, i32([[2]]), axis=1),
    value(
        "take_along_axis_of_negatives", "take_along_axis", f32([[3.0], [4.0]]), _BLOCK, np.array([[-1], [-3]]), axis=1
    ),
    value("take_along_axis_of_the_flattened", "take_along_axis", f32(6.0, 1.0), _BLOCK, i32(5, 0)),
    value(
        "get_item_by_neighbouring_tensors",
        lambda x, i, j: _ops().get_item(x, (i, j)),
        f32(2.0, 6.0),
        _BLOCK,
        i32(0, 1),
        i32(1, -1),
    ),
    value("get_item_backwards", lambda x: _ops().get_item(x, slice(None, None, -2)), f32(30.0, 10.0), _ROW),
    value("get_item_past_the_end_is_empty", lambda x: _ops().get_item(x, slice(5, 9)), np.zeros(0, np.float32), _ROW),
    value("get_item_with_ellipsis_and_none", lambda x: _ops().get_item(x, (..., 1, None)), f32([[2.0], [5.0]]), _BLOCK),
    value("unravel_index_of_negatives", "unravel_index", [i32(1, 0), i32(2, 1)], i32(5, 1), (2, 3)),
    # writes
    value("slice_update_at_the_end", "slice_update", f32(10.0, 8.0, 9.0), _ROW, (1,), f32(8.0, 9.0)),
    value(
        "slice_update_at_a_tensor",
        lambda x, s, u: _ops().slice_update(x, [s], u),
        f32(10.0, 20.0, 9.0),
        _ROW,
        i32(2),
        f32([9.0]),
    ),
    value("slice_update_keeps_its_dtype", "slice_update", i32(1, 9), i32(1, 2), (1,), i32([9])),
    value("slice_at_a_tensor", lambda x, s: _ops().slice(x, [s], (2,)), f32(20.0, 30.0), _ROW, i32(1)),
    value("scatter_adds_duplicates", "scatter", f32(0.0, 5.0, 0.0), i32([[1], [1]]), f32(2.0, 3.0), (3,)),
    value(
        "scatter_update_takes_the_last_of_duplicates",
        "scatter_update",
        f32(10.0, 3.0, 30.0),
        _ROW,
        i32([[1], [1]]),
        f32(2.0, 3.0),
    ),
    value(
        "scatter_update_adds_duplicates",
        "scatter_update",
        f32(10.0, 25.0, 30.0),
        _ROW,
        i32([[1], [1]]),
        f32(2.0, 3.0),
        reduction="add",
    ),
    value(
        "scatter_update_max_of_duplicates",
        "scatter_update",
        f32(10.0, 99.0, 30.0),
        _ROW,
        i32([[1], [1]]),
        f32(99.0, 3.0),
        reduction="max",
    ),
    value(
        "scatter_update_min_of_negatives",
        "scatter_update",
        f32(10.0, -3.0, 30.0),
        _ROW,
        i32([[1], [1]]),
        f32(2.0, -3.0),
        reduction="min",
    ),
    value(
        "scatter_update_mul_of_duplicates",
        "scatter_update",
        f32(10.0, 120.0, 30.0),
        _ROW,
        i32([[1], [1]]),
        f32(2.0, 3.0),
        reduction="mul",
    ),
    value(
        "scatter_update_of_rows", "scatter_update", f32([[1, 2, 3], [7, 8, 9]]), _BLOCK, i32([[1]]), f32([[7, 8, 9]])
    ),
    value(
        "scatter_update_takes_nan_nowhere_else",
        "scatter_update",
        f32(math.nan, 20.0, 30.0),
        _ROW,
        i32([[0]]),
        f32([math.nan]),
        reduction="add",
    ),
    # segments
    value("segment_sum_with_an_empty_segment", "segment_sum", f32(3.0, 0.0, 3.0), f32(1.0, 2.0, 3.0), i32(0, 0, 2), 3),
    value(
        "segment_max_with_an_empty_segment",
        "segment_max",
        f32(2.0, -math.inf, 3.0),
        f32(1.0, 2.0, 3.0),
        i32(0, 0, 2),
        3,
    ),
    value(
        "segment_min_with_an_empty_segment", "segment_min", f32(1.0, math.inf, 3.0), f32(1.0, 2.0, 3.0), i32(0, 0, 2), 3
    ),
    value("segment_max_of_integers_with_an_empty_segment", "segment_max", i32(2, -(2**31)), i32(1, 2), i32(0, 0), 2),
    value("segment_sum_of_unsorted_ids", "segment_sum", f32(5.0, 1.0), f32(2.0, 1.0, 3.0), i32(0, 1, 0), 2),
    value("segment_max_of_unsorted_ids", "segment_max", f32(3.0, 1.0), f32(2.0, 1.0, 3.0), i32(0, 1, 0), 2),
    value("segment_sum_drops_ids_out_of_range", "segment_sum", f32(2.0, 0.0), f32(2.0, 1.0, 3.0), i32(0, -1, 9), 2),
    value(
        "segment_max_drops_ids_out_of_range", "segment_max", f32(2.0, -math.inf), f32(2.0, 1.0, 3.0), i32(0, -1, 9), 2
    ),
    value("segment_sum_of_int64_ids", "segment_sum", f32(5.0, 1.0), f32(2.0, 1.0, 3.0), np.array([0, 1, 0]), 2),
    value(
        "segment_sum_of_nothing",
        "segment_sum",
        np.zeros((2, 3), np.float32),
        np.zeros((0, 3), np.float32),
        np.zeros(0, np.int32),
        2,
    ),
    value("segment_sum_of_large_int32", "segment_sum", i32([16777217]), i32(16777216, 1), i32(0, 0), 1),
    value("segment_max_takes_nan", "segment_max", f32(math.nan, 1.0), f32(math.nan, 1.0, 3.0), i32(0, 1, 0), 2),
    value(
        "segment_sum_of_infinities_stays_in_its_segment",
        "segment_sum",
        f32(math.inf, 1.0),
        f32(math.inf, 1.0),
        i32(0, 1),
        2,
    ),
    # sizes 0 and 1
    value(
        "broadcast_of_size_1_and_0",
        "add",
        np.zeros((0, 3), np.float32),
        np.zeros((0, 1), np.float32),
        np.ones((1, 3), np.float32),
    ),
    value(
        "broadcast_of_ranks",
        "add",
        np.full((2, 3), 3.0, np.float32),
        np.ones((2, 1), np.float32),
        np.full(3, 2.0, np.float32),
    ),
    value("broadcast_of_a_scalar_and_nothing", "multiply", np.zeros(0, np.float32), np.zeros(0, np.float32), f32(3.0)),
    raises(
        "broadcast_of_2_and_0_is_refused",
        lambda x, y: _ops().add(x, y),
        Exception,
        "",
        np.zeros(0, np.float32),
        np.ones(2, np.float32),
    ),
    value("concatenate_with_nothing", "concatenate", f32(1.0, 2.0), [np.zeros(0, np.float32), f32(1.0, 2.0)]),
    value(
        "matmul_over_nothing_is_zero",
        "matmul",
        np.zeros((2, 2), np.float32),
        np.zeros((2, 0), np.float32),
        np.zeros((0, 2), np.float32),
    ),
    value("reshape_of_nothing", "reshape", np.zeros((3, 0), np.float32), np.zeros((0, 2), np.float32), (3, 0)),
    value("squeeze_leaves_other_axes", "squeeze", np.ones((2, 1), np.float32), np.ones((1, 2, 1), np.float32), axis=0),
    value("repeat_by_element", "repeat", f32(10.0, 30.0, 30.0), _ROW, [1, 0, 2]),
    value("tile_of_fewer_repeats_than_axes", "tile", np.tile(_BLOCK, 2), _BLOCK, 2),
    value("split_at_uneven_places", "split", [f32([10.0]), f32(20.0, 30.0), np.zeros(0, np.float32)], _ROW, [1, 3]),
    value("array_split_of_an_uneven_size", "array_split", [f32(10.0, 20.0), f32([30.0])], _ROW, 2),
    value(
        "moveaxis_of_several",
        "moveaxis",
        np.moveaxis(numbers(2, 3, 4), (0, 1), (-1, 0)),
        numbers(2, 3, 4),
        (0, 1),
        (-1, 0),
    ),
    value("diagonal_of_outer_axes", "diagonal", np.diagonal(numbers(3, 2, 4), 1, 0, 2), numbers(3, 2, 4), 1, 0, 2),
    value("trace_of_int8_does_not_wrap", "trace", i32(254), np.full((2, 2), 127, np.int8)),
    value("tril_of_non_square_arrays", "tril", np.tril(numbers(2, 4), 1), numbers(2, 4), 1),
    value("triu_with_nan_above", "triu", f32([[1.0, math.nan], [0.0, 1.0]]), f32([[1.0, math.nan], [math.nan, 1.0]])),
)
