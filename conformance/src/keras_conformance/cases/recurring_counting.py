"""Results whose size depends on values, and counts: eager, and compiled with a size or with a clear refusal."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from keras_conformance.cases.recurring import computed, f32, i32, numbers, value

_REPEATED: Final = i32(3, 1, 3, 2, 1)
_EDGES: Final = f32(0.0, 0.5, 1.0, 1.5, 2.0)


def _ops() -> Any:
    from keras_core import ops

    return ops


CASES: Final = (
    value("unique_of_a_fixed_size", "unique", i32(1, 2, 3, 0, 0), _REPEATED, size=5),
    value("unique_of_a_fixed_size_with_a_fill", "unique", i32(1, 2, 3, -1), _REPEATED, size=4, fill_value=-1),
    value("unique_of_too_small_a_size", "unique", i32(1, 2), _REPEATED, size=2),
    value("unique_without_a_size", "unique", i32(1, 2, 3), _REPEATED, refusal="compiled function"),
    value(
        "unique_with_everything",
        "unique",
        [i32(1, 2, 3), i32(1, 3, 0), i32(2, 0, 2, 1, 0), i32(2, 1, 2)],
        _REPEATED,
        return_index=True,
        return_inverse=True,
        return_counts=True,
        size=3,
    ),
    value("unique_of_rows", "unique", i32([[0, 1], [2, 0]]), i32([[2, 0], [0, 1], [2, 0]]), axis=0, size=2),
    value("unique_of_large_int64", "unique", np.array([2**53, 2**53 + 1]), np.array([2**53 + 1, 2**53]), size=2),
    value(
        "nonzero_without_a_size", "nonzero", [i32(0, 1), i32(1, 0)], i32([[0, 5], [6, 0]]), refusal="compiled function"
    ),
    value("nonzero_of_nan", "nonzero", [i32([1])], f32(0.0, np.nan), refusal="compiled function"),
    value("where_without_branches", "where", [i32(1, 2)], np.array([False, True, True]), refusal="compiled function"),
    value(
        "get_item_by_a_mask",
        lambda x, m: _ops().get_item(x, m),
        f32(1.0, 3.0),
        f32(1.0, 2.0, 3.0),
        np.array([True, False, True]),
        refusal="compiled function",
    ),
    value("count_nonzero_of_nan", "count_nonzero", i32(2), f32(np.nan, 0.0, -0.0, 1.0)),
    value(
        "bincount_with_minlength",
        "bincount",
        i32(0, 2, 0, 1, 0),
        i32(1, 3, 1),
        minlength=5,
        refusal="compiled function",
    ),
    value("bincount_beyond_minlength", "bincount", i32(0, 0, 0, 1), i32([3]), minlength=2, refusal="compiled function"),
    value(
        "bincount_with_weights",
        "bincount",
        f32(0.0, 0.75, 0.0, 2.0),
        i32(1, 3, 1),
        f32(0.25, 2.0, 0.5),
        minlength=4,
        refusal="compiled function",
    ),
    value(
        "bincount_of_rows",
        "bincount",
        i32([[1, 1], [0, 2]]),
        i32([[0, 1], [1, 1]]),
        minlength=2,
        refusal="compiled function",
    ),
    value(
        "bincount_of_nothing", "bincount", i32(0, 0), np.zeros(0, np.int32), minlength=2, refusal="compiled function"
    ),
    value(
        "histogram_has_its_last_edge", "histogram", [f32(1.0, 1.0, 1.0, 2.0), _EDGES], f32(0.0, 0.5, 1.0, 1.5, 2.0), 4
    ),
    value(
        "histogram_of_a_range",
        "histogram",
        [f32(1.0, 1.0), f32(0.0, 1.0, 2.0)],
        f32(-1.0, 0.5, 2.0, 9.0),
        2,
        (0.0, 2.0),
    ),
    computed(
        "histogram_of_equal_numbers",
        "histogram",
        lambda x, bins: np.histogram(x, bins),
        "float32",
        f32(2.0, 2.0),
        4,
    ),
    value("trapezoid_of_places", "trapezoid", f32(7.0), f32(1.0, 2.0, 3.0), f32(0.0, 2.0, 3.6), tolerance=2),
    value("trapezoid_of_a_step", "trapezoid", f32(2.0, 6.0), f32([[1.0, 3.0], [3.0, 9.0]]), dx=1.0, axis=1),
    value("trapezoid_of_integers", "trapezoid", f32(4.0), i32(1, 2, 3)),
    computed(
        "trapezoid_of_places_by_axis",
        "trapezoid",
        lambda y, x, axis: np.trapezoid(y, x, axis=axis),
        "float32",
        numbers(3, 4),
        f32(0.0, 1.0, 3.0),
        axis=0,
        tolerance=2,
    ),
    computed(
        "diff_of_second_order",
        "diff",
        lambda a, n, axis: np.diff(a, n, axis),
        "float32",
        numbers(4, 3),
        2,
        0,
        tolerance=2,
    ),
    value("diff_of_bools", "diff", np.array([True, False, True]), np.array([True, False, False, True])),
    value(
        "average_of_weights_along_an_axis", "average", f32(1.75, 3.75), f32([[1.0, 2.0], [3.0, 4.0]]), 1, f32(1.0, 3.0)
    ),
    value("digitize_below_and_above", "digitize", i32(0, 2), f32(-9.0, 9.0), f32(0.5, 1.5)),
    value("corrcoef_of_one_row", "corrcoef", f32(1.0), f32(1.0, 2.0, 4.0)),
    computed(
        "correlate_of_every_mode",
        lambda a, v: [_ops().correlate(a, v, m) for m in ("valid", "same", "full")],
        lambda a, v: [np.correlate(a, v, m) for m in ("valid", "same", "full")],
        "float32",
        numbers(5),
        numbers(3, key=1),
        tolerance=2,
    ),
)
