"""Order: ties, nan, stability, the first and the largest."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from keras_conformance.cases.recurring import computed, f32, i32, numbers, value

_NAN: Final = math.nan
_TIES: Final = f32(2.0, 5.0, 5.0, 1.0)
_LARGE: Final = np.array([2**53 + 1, 2**53, 2**53 + 2])
_MANY: Final = i32((numbers(300, low=0, high=4, dtype="float64")).astype(int))

CASES: Final = (
    value("argmax_takes_the_first_of_equals", "argmax", i32(1), _TIES),
    value("argmin_takes_the_first_of_equals", "argmin", i32(0), f32(1.0, 1.0, 2.0)),
    value("argmax_takes_the_first_nan", "argmax", i32(1), f32(9.0, _NAN, _NAN)),
    value("argmin_takes_the_first_nan", "argmin", i32(1), f32(9.0, _NAN, -9.0)),
    value("argmax_of_all_equal", "argmax", i32([0, 0]), np.ones((2, 3), np.float32), axis=1),
    value("argmax_of_the_flattened", "argmax", i32(4), f32([[1.0, 2.0, 3.0], [0.0, 9.0, 9.0]])),
    value("argmax_of_bools", "argmax", i32(1), np.array([False, True, True])),
    value("argmin_of_bools", "argmin", i32(1), np.array([True, False, False])),
    value("argmax_of_minus_infinity", "argmax", i32(0), f32(-math.inf, -math.inf)),
    value("argmax_of_large_int64", "argmax", i32(2), _LARGE),
    value("argmax_of_uint8", "argmax", i32(1), np.array([127, 255, 128], np.uint8)),
    value("argmax_of_uint64", "argmax", i32(1), np.array([1, 2**64 - 1, 2**63], np.uint64)),
    value("nanargmax_skips_nan", "nanargmax", i32(2), f32(_NAN, 1.0, 3.0)),
    value("argsort_is_stable", "argsort", i32(1, 3, 0, 2), f32(2.0, 1.0, 2.0, 1.0)),
    computed("argsort_of_many_is_stable", "argsort", lambda x: np.argsort(x, kind="stable"), "int32", _MANY),
    value("argsort_of_bools_is_stable", "argsort", i32(1, 3, 0, 2), np.array([True, False, True, False])),
    value("sort_puts_nan_last", "sort", f32(-math.inf, 1.0, math.inf, _NAN), f32(_NAN, math.inf, 1.0, -math.inf)),
    value("argsort_puts_nan_last", "argsort", i32(3, 2, 1, 0), f32(_NAN, math.inf, 1.0, -math.inf)),
    value(
        "sort_of_negative_nan", "sort", f32(1.0, _NAN), np.array([0xFFC00000, 0x3F800000], np.uint32).view(np.float32)
    ),
    value("argsort_of_zeros_of_both_signs", "argsort", i32(0, 1, 2), f32(0.0, -0.0, 0.0)),
    value("sort_along_the_first_axis", "sort", f32([[1.0, 2.0], [3.0, 4.0]]), f32([[3.0, 2.0], [1.0, 4.0]]), axis=0),
    value("sort_of_the_flattened", "sort", f32(1.0, 2.0, 3.0, 4.0), f32([[3.0, 2.0], [1.0, 4.0]]), axis=None),
    value("sort_of_large_int64", "sort", np.sort(_LARGE), _LARGE),
    value("sort_of_uint8", "sort", np.array([1, 127, 128, 255], np.uint8), np.array([255, 127, 1, 128], np.uint8)),
    value("top_k_takes_the_first_of_equals", "top_k", [f32(5.0, 5.0), i32(1, 2)], _TIES, 2),
    value("top_k_of_all_equal", "top_k", [f32(1.0, 1.0), i32(0, 1)], np.ones(4, np.float32), 2),
    value("top_k_of_everything", "top_k", [f32(5.0, 5.0, 2.0, 1.0), i32(1, 2, 0, 3)], _TIES, 4),
    value("top_k_of_uint8", "top_k", [np.array([255, 200], np.uint8), i32(1, 2)], np.array([3, 255, 200], np.uint8), 2),
    value(
        "top_k_of_the_smallest_int32",
        "top_k",
        [i32(2**31 - 1, -(2**31)), i32(1, 0)],
        i32(-(2**31), 2**31 - 1),
        2,
    ),
    value("in_top_k_counts_ties", "in_top_k", np.array([True, True]), i32(1, 2), f32([[1, 5, 5, 0], [1, 5, 5, 0]]), 1),
    value("searchsorted_left", "searchsorted", i32(1, 0, 3), f32(1.0, 2.0, 2.0), f32(2.0, 0.0, 3.0)),
    value("searchsorted_right", "searchsorted", i32(3, 0, 3), f32(1.0, 2.0, 2.0), f32(2.0, 0.0, 3.0), side="right"),
    value("searchsorted_of_nan", "searchsorted", i32(2), f32(1.0, 2.0), f32(_NAN)),
    value("searchsorted_in_nothing", "searchsorted", i32(0, 0), np.zeros(0, np.float32), f32(1.0, 2.0)),
    value("searchsorted_of_large_int64", "searchsorted", i32(1), np.sort(_LARGE), np.int64(2**53 + 1)),
    value("digitize_on_an_edge", "digitize", i32(0, 1, 1, 2), f32(0.5, 1.0, 1.5, 2.0), f32(1.0, 2.0)),
    value("maximum_takes_nan", "maximum", f32(_NAN, _NAN), f32(_NAN, 1.0), f32(1.0, _NAN)),
    value("minimum_takes_nan", "minimum", f32(_NAN, _NAN), f32(_NAN, 1.0), f32(1.0, _NAN)),
    value("fmax_skips_nan", "fmax", f32(1.0, 1.0, _NAN), f32(_NAN, 1.0, _NAN), f32(1.0, _NAN, _NAN)),
    value("less_of_large_int64", "less", np.array([True, False]), np.array([2**53, 2**53 + 1]), np.int64(2**53 + 1)),
    value("equal_of_large_int64", "equal", np.array([False, True]), np.array([2**53, 2**53 + 1]), np.int64(2**53 + 1)),
    value("greater_of_uint64", "greater", np.array([True]), np.array([2**63], np.uint64), np.array([1], np.uint64)),
    value("equal_of_nan_is_false", "equal", np.array([False]), f32([_NAN]), f32([_NAN])),
    value("isclose_of_nan", "isclose", np.array([False, False]), f32(_NAN, 1.0), f32(_NAN, _NAN)),
    value(
        "isclose_with_equal_nan", "isclose", np.array([True, False]), f32(_NAN, 1.0), f32(_NAN, _NAN), equal_nan=True
    ),
    value(
        "isclose_of_infinities",
        "isclose",
        np.array([True, False, False]),
        f32(math.inf, math.inf, math.inf),
        f32(math.inf, -math.inf, 1.0),
    ),
    value("isin_of_large_int64", "isin", np.array([True, False, False]), _LARGE, np.array([2**53 + 1])),
)
