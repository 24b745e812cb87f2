"""Reductions: several axes at once, accumulation, quantiles, running sums."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from scipy import special

from keras_conformance.case import host_dtype
from keras_conformance.cases.recurring import Named, computed, f32, i32, numbers, raises, value

_X: Final = numbers(2, 3, 4, 5)
_AXES: Final = (((0, 2), False), ((-1, 0), True), ((1, 2, 3), False))
"""Axes, and whether they are kept."""

_OVER_AXES: Final[dict[str, tuple[Callable[..., Any], str]]] = {
    "sum": (np.sum, "float32"),
    "prod": (np.prod, "float32"),
    "max": (np.max, "float32"),
    "min": (np.min, "float32"),
    "mean": (np.mean, "float32"),
    "var": (np.var, "float32"),
    "std": (np.std, "float32"),
    "all": (np.all, "bool"),
    "any": (np.any, "bool"),
    "ptp": (np.ptp, "float32"),
    "median": (np.median, "float32"),
    "nansum": (np.nansum, "float32"),
    "nanprod": (np.nanprod, "float32"),
    "nanmean": (np.nanmean, "float32"),
    "nanvar": (np.nanvar, "float32"),
    "nanstd": (np.nanstd, "float32"),
    "nanmax": (np.nanmax, "float32"),
    "nanmin": (np.nanmin, "float32"),
    "nanmedian": (np.nanmedian, "float32"),
    "logsumexp": (special.logsumexp, "float32"),
    "count_nonzero": (np.count_nonzero, "int32"),
}
_FEW: Final = f32(3.0, -1.0, 10.0, 2.0)


def _over_axes(name: str) -> Named:
    """Return the case of one reduction over each tuple of axes."""
    oracle, dtype = _OVER_AXES[name]
    choices = [
        {"axis": axes, "keepdims": True} if keep and name != "count_nonzero" else {"axis": axes} for axes, keep in _AXES
    ]

    def call(x: Any) -> list[Any]:
        return [getattr(_ops(), name)(x, **choice) for choice in choices]

    def expected(x: Any) -> list[Any]:
        return [oracle(x, **choice) for choice in choices]

    x = _X > 0 if dtype == "bool" else _X
    return computed(f"{name}_over_several_axes", call, expected, dtype, x, tolerance=4)


def _all_methods(name: str, q: float) -> Named:
    methods = ("linear", "lower", "higher", "midpoint", "nearest")

    def call(x: Any) -> list[Any]:
        from keras_core import ops

        return [getattr(ops, name)(x, q, method=method) for method in methods]

    oracle = getattr(np, name)
    return computed(
        f"{name}_of_an_even_length", call, lambda x: [oracle(x, q, method=m) for m in methods], "float32", _FEW
    )


def _half(*values: float) -> np.ndarray:
    return np.array(values).astype(host_dtype("bfloat16"))


def _norms(x: Any) -> list[Any]:
    from keras_core import ops

    orders = (None, "fro", "nuc", 1, -1, 2, -2, math.inf, -math.inf)
    return [ops.norm(x, ord=order, axis=(0, 2)) for order in orders]


def _numpy_norms(x: Any) -> list[Any]:
    orders = (None, "fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)
    return [np.linalg.norm(x, order, (0, 2)) for order in orders]


_EYE: Final = np.eye(2, dtype=np.float32)
_LONG_HALF: Final = np.full(4096, 0.1, np.float16)
_LONG_BRAIN: Final = np.full(4096, 0.1).astype(host_dtype("bfloat16"))
_FAR: Final = f32(numbers(1000, low=-1, high=1, dtype="float64") + 1e4)

CASES: Final = (
    *map(_over_axes, _OVER_AXES),
    computed("norm_of_matrices_in_outer_axes", _norms, _numpy_norms, "float32", numbers(3, 2, 4), tolerance=4),
    value("sum_over_no_axes", lambda x: _ops().sum(x, axis=()), _X, _X),
    computed("softmax_over_two_axes", "softmax", special.softmax, "float32", _X, axis=(1, 3)),
    computed("log_softmax_over_two_axes", "log_softmax", special.log_softmax, "float32", _X, axis=(1, 3)),
    computed(
        "moments_over_outer_axes",
        "moments",
        lambda x, axes: [x.mean(axes), x.var(axes)],
        "float32",
        _X,
        axes=(0, 3),
        tolerance=4,
    ),
    # accumulation
    value("int8_sum_does_not_wrap", "sum", i32(1270), np.full(10, 127, np.int8)),
    value("uint8_sum_does_not_wrap", "sum", np.uint32(2550), np.full(10, 255, np.uint8)),
    value("int16_prod_does_not_wrap", "prod", i32(90000), np.array([300, 300], np.int16)),
    value("bool_sum_counts", "sum", i32(300), np.ones(300, np.bool_)),
    value("int8_mean_is_not_taken_in_int8", "mean", f32(127.0), np.full(1000, 127, np.int8)),
    value("uint8_cumsum_wraps", "cumsum", np.array([200, 144], np.uint8), np.array([200, 200], np.uint8)),
    computed("float16_sum_of_many", "sum", None, "float16", _LONG_HALF),
    computed("float16_mean_of_many", "mean", None, "float16", _LONG_HALF),
    value("float16_mean_does_not_overflow", "mean", np.float16(60000), np.full(4, 60000, np.float16)),
    computed("bfloat16_sum_of_many", "sum", None, "bfloat16", _LONG_BRAIN, tolerance=0.3),
    computed("bfloat16_mean_of_many", "mean", None, "bfloat16", _LONG_BRAIN, tolerance=0.3),
    computed("float16_var_does_not_overflow", "var", None, "float16", np.array([-200, 200, -150, 150], np.float16)),
    computed("float16_cumsum_of_many", "cumsum", None, "float16", _LONG_HALF),
    computed("var_far_from_zero", "var", None, "float32", _FAR, tolerance=200),
    computed("std_far_from_zero", "std", None, "float32", _FAR, tolerance=200),
    computed("nanvar_far_from_zero", "nanvar", None, "float32", _FAR, tolerance=200),
    computed(
        "variance_of_moments_far_from_zero",
        lambda x: _ops().moments(x, axes=(0,))[1],
        np.var,
        "float32",
        _FAR,
        tolerance=200,
    ),
    computed(
        "layer_normalization_far_from_zero",
        "layer_normalization",
        lambda x, epsilon: (x - x.mean()) / np.sqrt(x.var() + epsilon),
        "float32",
        _FAR,
        epsilon=1e-6,
        tolerance=500,
    ),
    value("var_of_equal_numbers_is_zero", "var", f32(0.0), np.full(7, 0.1, np.float32), tolerance=0.001),
    value("mean_of_nothing_is_nan", "mean", f32(math.nan), np.zeros(0, np.float32)),
    value("sum_of_nothing", "sum", f32([0.0, 0.0]), np.zeros((0, 2), np.float32), axis=0),
    value("prod_of_nothing", "prod", f32([1.0, 1.0]), np.zeros((0, 2), np.float32), axis=0),
    value("all_of_nothing", "all", np.True_, np.zeros(0, np.bool_)),
    value("any_of_nothing", "any", np.False_, np.zeros(0, np.bool_)),
    value("max_with_initial", "max", f32(5.0), f32(1.0, 2.0), initial=5.0),
    value("max_of_int64_is_exact", "max", np.int64(2**53 + 1), np.array([2**53, 2**53 + 1])),
    value("sum_of_int64_is_exact", "sum", np.int64(2**53 + 1), np.array([2**53, 1])),
    value("logsumexp_of_minus_infinity", "logsumexp", f32(-math.inf), f32(-math.inf, -math.inf)),
    value("logsumexp_of_infinity", "logsumexp", f32(math.inf), f32(math.inf, 1.0)),
    value("logsumexp_of_large_numbers", "logsumexp", f32(1000.6931), f32(1000.0, 1000.0)),
    value("max_takes_nan", "max", f32(math.nan), f32(1.0, math.nan, 2.0)),
    value("min_takes_nan", "min", f32(math.nan), f32(1.0, math.nan, 2.0)),
    value("nanmax_of_nan_alone", "nanmax", f32(math.nan), f32(math.nan, math.nan)),
    value("nanmean_of_nan_alone", "nanmean", f32(math.nan), f32(math.nan, math.nan)),
    value("nansum_of_nan_alone", "nansum", f32(0.0), f32(math.nan, math.nan)),
    value("sum_takes_complex", "sum", np.complex64(3 - 1j), np.array([1 + 1j, 2 - 2j], np.complex64)),
    value("float16_std_does_not_overflow", "std", np.float16(5000), np.array([0, 10000], np.float16)),
    value("float16_nanstd_does_not_overflow", "nanstd", np.float16(5000), np.array([0, 10000], np.float16)),
    value("normalize_over_two_axes_takes_all_elements", "normalize", f32(_EYE / math.sqrt(2)), _EYE, axis=(0, 1)),
    value("float16_norm_does_not_overflow", "norm", np.float16(5000), np.array([3000, 4000], np.float16)),
    value("normalize_of_a_zero_row", "normalize", np.zeros((1, 2), np.float32), np.zeros((1, 2), np.float32)),
    value(
        "sparsemax_next_to_a_tie_in_bfloat16", "sparsemax", _half(1.0, 0.0), _half(2.84375, 1.8515625), tolerance=0.3
    ),
    value("sparsemax_of_large_numbers", "sparsemax", f32(1.0, 0.0), f32(1e8, 0.0)),
    value("logsumexp_of_nothing", "logsumexp", f32(-math.inf, -math.inf), np.zeros((0, 2), np.float32), axis=0),
    raises("argmax_of_nothing", "argmax", ValueError, "argmax: nothing has", np.zeros((0, 2), np.float32), axis=0),
    value("argmax_along_nothing_else", "argmax", np.zeros(0, np.int32), np.zeros((0, 2), np.float32), axis=1),
    raises("max_of_nothing", "max", ValueError, "max: no largest", np.zeros(0, np.float32)),
    raises("top_k_of_a_scalar", "top_k", ValueError, "top_k: expected a tensor with", f32(1.0), 1),
    raises("nonzero_of_a_scalar", "nonzero", ValueError, "nonzero: expected a tensor with", f32(1.0)),
    raises("where_of_a_scalar", "where", ValueError, "where: expected a condition with", np.True_),
    # quantiles
    value("median_of_an_even_length", "median", f32(2.5), _FEW),
    value("median_of_an_even_axis", "median", f32([2.0, 3.0]), f32([[1.0, 2.0], [3.0, 4.0]]), axis=0),
    value("median_of_integers", "median", f32(2.5), i32(1, 2, 3, 4)),
    value("median_with_nan", "median", f32(math.nan), f32(1.0, math.nan, 3.0)),
    value("nanmedian_of_an_even_rest", "nanmedian", f32(2.0), f32(1.0, math.nan, 3.0)),
    value("median_keeps_axes", "median", f32([[2.5]]), f32([[1.0, 2.0], [3.0, 4.0]]), keepdims=True),
    _all_methods("quantile", 0.3),
    _all_methods("percentile", 50.0),
    _all_methods("nanquantile", 0.5),
    computed("quantile_of_several", "quantile", np.quantile, "float32", _X, f32([0.0, 0.25, 1.0]), axis=1),
    computed("quantile_over_two_axes", "quantile", np.quantile, "float32", _X, 0.4, axis=(0, 2), keepdims=True),
    value("quantile_of_one_element", "quantile", f32(7.0), f32([7.0]), 0.3),
    # running sums
    value("cumsum_of_all", "cumsum", f32(1.0, 3.0, 6.0, 10.0), f32([[1.0, 2.0], [3.0, 4.0]])),
    value("cumsum_backwards", lambda x: _ops().flip(_ops().cumsum(_ops().flip(x))), f32(6.0, 5.0, 3.0), f32(1, 2, 3)),
    value("cumprod_with_zero", "cumprod", f32(2.0, 0.0, 0.0), f32(2.0, 0.0, 3.0)),
    value("cumsum_takes_nan_along", "cumsum", f32(1.0, math.nan, math.nan), f32(1.0, math.nan, 2.0)),
    value("cumsum_to_another_dtype", "cumsum", i32(200, 400), np.array([200, 200], np.uint8), dtype="int32"),
    value("cumsum_of_bools", "cumsum", i32(1, 1, 2), np.array([True, False, True])),
)


def _ops() -> Any:
    from keras_core import ops

    return ops
