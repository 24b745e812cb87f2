"""Floats: tiny and huge arguments, zeros of both signs, nan, infinities, rounding, casts, ranges."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from keras_conformance.case import host_dtype
from keras_conformance.cases.recurring import computed, f32, i32, raises, value

_INF: Final = math.inf
_NAN: Final = math.nan
_TINY: Final = f32(1e-10, -1e-10, 1e-20, 3e-8)
_TINY_64: Final = np.array([1e-18, -1e-18, 1e-30])
_HUGE: Final = f32(1e30, 3e38, -3e38)
_HALVES: Final = f32(0.5, 1.5, 2.5, -0.5, -1.5, -2.5)


def _relative(call: Any) -> Any:
    """Return a function that divides by its argument, so that small results are compared by their digits."""
    return lambda x: _ops().divide(getattr(_ops(), call)(x), x)


CASES: Final = (
    # tiny arguments
    value("log1p_of_tiny_arguments", _relative("log1p"), np.ones(4, np.float32), _TINY),
    value("expm1_of_tiny_arguments", _relative("expm1"), np.ones(4, np.float32), _TINY),
    value("log1p_of_tiny_float64", _relative("log1p"), np.ones(3), _TINY_64),
    value("expm1_of_tiny_float64", _relative("expm1"), np.ones(3), _TINY_64),
    value("sinh_of_tiny_arguments", _relative("sinh"), np.ones(4, np.float32), _TINY),
    value("arcsinh_of_tiny_arguments", _relative("arcsinh"), np.ones(4, np.float32), _TINY),
    value("arctanh_of_tiny_arguments", _relative("arctanh"), np.ones(4, np.float32), _TINY),
    value("tanh_of_tiny_arguments", _relative("tanh"), np.ones(4, np.float32), _TINY),
    value("erf_of_tiny_arguments", _relative("erf"), np.full(4, 1.1283791, np.float32), _TINY),
    value("log_sigmoid_of_large_arguments", "log_sigmoid", f32(0.0, -100.0, -1e30), f32(100.0, -100.0, -1e30)),
    value("softplus_of_large_arguments", "softplus", f32(100.0, 0.0, 1e30), f32(100.0, -200.0, 1e30)),
    value("silu_of_large_arguments", "silu", f32(1e30, 0.0, _INF), f32(1e30, -200.0, _INF)),
    value("sigmoid_of_large_arguments", "sigmoid", f32(1.0, 0.0, 1.0, 0.0), f32(200.0, -200.0, _INF, -_INF)),
    value("tanh_of_large_arguments", "tanh", f32(1.0, -1.0, 1.0), f32(200.0, -200.0, _INF)),
    value("elu_of_large_arguments", "elu", f32(1e30, -1.0), f32(1e30, -1e30)),
    value("gelu_of_large_arguments", "gelu", f32(1e10, 0.0), f32(1e10, -1e10)),
    value("softmax_of_large_arguments", "softmax", f32(0.5, 0.5, 0.0), f32(1000.0, 1000.0, -1000.0)),
    value("log_softmax_of_large_arguments", "log_softmax", f32(0.0, -2000.0), f32(1000.0, -1000.0)),
    value("softmax_with_minus_infinity", "softmax", f32(0.5, 0.5, 0.0), f32(1.0, 1.0, -_INF)),
    value("logaddexp_of_large_arguments", "logaddexp", f32([1000.6931]), f32([1000.0]), f32([1000.0])),
    value("logaddexp_near_overflow", "logaddexp", _HUGE, _HUGE, _HUGE),
    value("logaddexp_of_far_arguments", "logaddexp", f32(200.0, 0.0), f32(200.0, -300.0), f32(-200.0, 0.0)),
    value(
        "logaddexp_of_infinities",
        "logaddexp",
        f32(_INF, -_INF, _INF, 1.0),
        f32(_INF, -_INF, -_INF, 1.0),
        f32(_INF, -_INF, _INF, -_INF),
    ),
    value(
        "logaddexp2_of_infinities", "logaddexp2", f32(_INF, -_INF, 2.0), f32(_INF, -_INF, 1.0), f32(_INF, -_INF, 1.0)
    ),
    value("logaddexp_takes_nan", "logaddexp", f32([_NAN]), f32([_NAN]), f32([_INF])),
    value(
        "complex_absolute_near_overflow",
        "absolute",
        f32(5e30, 3e38, 5e-30),
        np.array([3e30 + 4e30j, 3e38j, 3e-30 + 4e-30j], np.complex64),
        tolerance=2,
    ),
    value(
        "complex_absolute_near_underflow",
        lambda x: _ops().multiply(_ops().absolute(x), 1e30),
        f32(5.0, 2.0),
        np.array([3e-30 + 4e-30j, 2e-30], np.complex64),
    ),
    value(
        "complex_absolute_of_infinity",
        "absolute",
        f32(_INF, _INF, _INF, _INF),
        np.array([complex(_INF, 1), complex(1, -_INF), complex(-_INF, _NAN), complex(_NAN, _INF)], np.complex64),
    ),
    value("hypot_near_overflow", "hypot", f32(5e30, 5e-30), f32(3e30, 3e-30), f32(4e30, 4e-30)),
    value("norm_of_zero", "norm", f32(0.0), np.zeros(3, np.float32)),
    value("square_overflows_to_infinity", "square", f32([_INF]), f32([1e30])),
    value("reciprocal_of_zeros", "reciprocal", f32(_INF, -_INF), f32(0.0, -0.0)),
    value(
        "divide_by_zero", "divide", f32(_INF, -_INF, _NAN, -_INF), f32(1.0, -1.0, 0.0, 1.0), f32(0.0, 0.0, 0.0, -0.0)
    ),
    value("divide_of_integers_by_zero", "divide", f32(_INF, -_INF, _NAN), i32(1, -1, 0), i32(0, 0, 0)),
    value("divide_no_nan_by_zero", "divide_no_nan", f32(0.0, 0.0, 2.0), f32(1.0, _NAN, 4.0), f32(0.0, 0.0, 2.0)),
    value("power_of_zero", "power", f32(1.0, _INF, 0.0), f32(0.0, 0.0, 0.0), f32(0.0, -1.0, 2.0)),
    value("power_of_a_negative_base", "power", f32(4.0, -8.0, _NAN), f32(-2.0, -2.0, -2.0), f32(2.0, 3.0, 0.5)),
    value(
        "power_of_complex_zero",
        "power",
        np.array([1, 0, 1], np.complex64),
        np.array([0, 0, 2j], np.complex64),
        np.array([0, 2, 0], np.complex64),
    ),
    value("power_of_nan_to_zero", "power", f32(1.0, 1.0), f32(_NAN, 1.0), f32(0.0, _NAN)),
    value("log_of_zero_and_negatives", "log", f32(-_INF, -_INF, _NAN), f32(0.0, -0.0, -1.0)),
    value("sqrt_of_minus_zero", "sqrt", f32(-0.0, _NAN), f32(-0.0, -1.0), tolerance=0),
    value("rsqrt_of_zero", "rsqrt", f32(_INF, 0.0), f32(0.0, _INF)),
    value(
        "xlogy_as_cross_entropy_of_sure_answers",
        "categorical_crossentropy",
        f32([0.0]),
        f32([[1.0, 0.0]]),
        f32([[1.0, 0.0]]),
        tolerance=1,
    ),
    value("sinc_of_zero", "sinc", f32(1.0, 0.0), f32(0.0, 1.0), tolerance=2),
    value(
        "arctan2_of_signed_zeros",
        "arctan2",
        f32(0.0, -0.0, math.pi, -math.pi),
        f32(0.0, -0.0, 0.0, -0.0),
        f32(0.0, 0.0, -0.0, -0.0),
    ),
    value("arctan2_of_infinities", "arctan2", f32(math.pi / 4, 3 * math.pi / 4), f32(_INF, _INF), f32(_INF, -_INF)),
    # zeros, nan, rounding
    value("sign_of_zeros_and_nan", "sign", f32(0.0, 0.0, _NAN, -1.0, 1.0), f32(0.0, 0.0, _NAN, -_INF, 1e-30)),
    value("sign_of_complex_zero", "sign", np.array([0, 0.6 + 0.8j], np.complex64), np.array([0, 3 + 4j], np.complex64)),
    value("signbit_of_zeros_and_nan", "signbit", np.array([False, True, True]), f32(0.0, -0.0, -1.0)),
    value("negative_of_zero", "negative", f32(-0.0, 0.0), f32(0.0, -0.0), tolerance=0),
    value("absolute_of_minus_zero", "absolute", f32([0.0]), f32([-0.0]), tolerance=0),
    value("round_half_to_even", "round", f32(0.0, 2.0, 2.0, -0.0, -2.0, -2.0), _HALVES, tolerance=0),
    value(
        "round_half_to_even_float16", "round", np.array([0, 2, 2], np.float16), np.array([0.5, 1.5, 2.5], np.float16)
    ),
    value("round_half_to_even_float64", "round", np.array([0.0, 2.0, 0.0]), np.array([0.5, 2.5, 0.49999999999999994])),
    value("round_of_large_numbers", "round", f32(8388609.0, 1e30, _INF), f32(8388609.0, 1e30, _INF), tolerance=0),
    value("round_to_decimals", "round", f32(1.2, -1.2, 0.0), f32(1.2499, -1.2499, 0.04), decimals=1),
    value("round_of_integers_to_tens", "round", i32(20, -10, 120), i32(21, -14, 115), decimals=-1),
    value("floor_of_negatives", "floor", f32(-2.0, -1.0, 0.0), f32(-1.5, -1.0, 0.9)),
    value("ceil_gives_minus_zero", "ceil", f32(-0.0, 1.0), f32(-0.5, 0.1), tolerance=0),
    value("trunc_of_negatives", "trunc", f32(-1.0, 1.0, -0.0), f32(-1.9, 1.9, -0.9), tolerance=0),
    value("clip_takes_nan", "clip", f32(_NAN, 1.0, -1.0), f32(_NAN, _INF, -_INF), -1.0, 1.0),
    value("clip_with_crossed_limits", "clip", f32(1.0, 1.0), f32(0.0, 5.0), 2.0, 1.0),
    value("clip_with_tensors_as_limits", "clip", f32(0.0, 3.0), f32(-1.0, 9.0), f32(0.0, 0.0), f32(2.0, 3.0)),
    value("clip_of_uint8_below_zero", "clip", np.array([0, 9], np.uint8), np.array([0, 9], np.uint8), 0, 200),
    value("relu_takes_nan", "relu", f32(_NAN, 0.0, 1.0), f32(_NAN, -1.0, 1.0)),
    value("relu6_takes_nan", "relu6", f32(_NAN, 6.0), f32(_NAN, 9.0)),
    value(
        "where_does_not_mix_branches", "where", f32(1.0, 2.0), np.array([True, False]), f32(1.0, _NAN), f32(_NAN, 2.0)
    ),
    value("nan_to_num_of_everything", "nan_to_num", f32(0.0, 3.4028235e38, -3.4028235e38), f32(_NAN, _INF, -_INF)),
    value("nan_to_num_of_float16", "nan_to_num", np.array([65504], np.float16), np.array([_INF], np.float16)),
    value("isnan_of_integers", "isnan", np.array([False, False]), i32(0, 1)),
    value("isfinite_of_complex", "isfinite", np.array([False, True]), np.array([complex(1, _INF), 1j], np.complex64)),
    value("heaviside_at_zero", "heaviside", f32(0.5, 1.0, 0.0, _NAN), f32(0.0, 2.0, -2.0, _NAN), f32(0.5)),
    # casts
    value("cast_of_negative_floats_truncates", "cast", i32(-1, 1, 0), f32(-1.9, 1.9, -0.9), "int32"),
    value("cast_of_nan_to_bool", "cast", np.array([True, True, False, False]), f32(_NAN, 0.1, 0.0, -0.0), "bool"),
    value("cast_of_int32_to_uint8_wraps", "cast", np.array([0, 255, 44], np.uint8), i32(256, -1, 300), "uint8"),
    value("cast_of_int64_to_int32_wraps", "cast", i32(1, -1), np.array([2**32 + 1, -1]), "int32"),
    value(
        "cast_of_int64_to_float32_rounds_to_even",
        "cast",
        f32(16777216.0, 16777220.0),
        np.array([2**24 + 1, 2**24 + 3]),
        "float32",
        tolerance=0,
    ),
    value("cast_of_large_floats_to_int64", "cast", np.array([2**53]), np.array([2.0**53]), "int64"),
    value("cast_to_float16_overflows", "cast", np.array([_INF, 65504], np.float16), f32(70000.0, 65504.0), "float16"),
    value(
        "cast_to_bfloat16_rounds_to_even",
        "cast",
        np.array([1.0, 1.015625]).astype(host_dtype("bfloat16")),
        f32(1.00390625, 1.01171875),
        "bfloat16",
        tolerance=0,
    ),
    value("cast_of_complex_drops_imag", "cast", f32([3.0]), np.array([3 + 4j], np.complex64), "float32"),
    value(
        "saturate_cast_of_nan_free_extremes",
        "saturate_cast",
        np.array([255, 0, 7], np.uint8),
        f32(1e30, -1e30, 7.9),
        "uint8",
    ),
    value("saturate_cast_of_infinities", "saturate_cast", np.array([127, -128], np.int8), f32(_INF, -_INF), "int8"),
    value("saturate_cast_to_int32", "saturate_cast", i32(-(2**31), 5), f32(-1e20, 5.5), "int32"),
    value(
        "bfloat16_to_the_host",
        lambda x: _ops().add(x, x),
        np.array([3.0, 0.0078125]).astype(host_dtype("bfloat16")),
        np.array([1.5, 0.00390625]).astype(host_dtype("bfloat16")),
    ),
    value(
        "float16_to_the_host",
        lambda x: _ops().add(x, x),
        np.array([3.0, 2 * 6e-8], np.float16),
        np.array([1.5, 6e-8], np.float16),
        tolerance=0,
    ),
    # ranges
    value("arange_with_a_negative_step", lambda: _ops().arange(5, 0, -2), i32(5, 3, 1)),
    value("arange_of_floats_has_no_drift", lambda: _ops().arange(0.0, 1.0, 0.1), f32(np.arange(10) * 0.1)),
    value("arange_away_from_the_end", lambda: _ops().arange(0, 5, -1), np.zeros(0, np.int32)),
    value("arange_of_half_steps_to_int", lambda: _ops().arange(0, 3, dtype="float32"), f32(0.0, 1.0, 2.0)),
    value("arange_of_uint8_downwards", lambda: _ops().arange(3, 0, -1, dtype="uint8"), np.array([3, 2, 1], np.uint8)),
    raises("arange_without_a_step", lambda: _ops().arange(0, 3, 0), (ValueError, ZeroDivisionError), ""),
    value("linspace_ends_at_its_end", "linspace", f32(0.0, 0.25, 0.5, 0.75, 1.0), 0.0, 1.0, 5),
    value("linspace_without_its_end", "linspace", f32(0.0, 0.25, 0.5, 0.75), 0.0, 1.0, 4, endpoint=False),
    value("linspace_of_one", "linspace", f32([2.0]), 2.0, 5.0, 1),
    value("linspace_of_none", "linspace", np.zeros(0, np.float32), 2.0, 5.0, 0),
    value("linspace_of_integers", "linspace", f32(0.0, 2.5, 5.0), 0, 5, 3),
    value("linspace_to_integers", "linspace", i32(0, 1, 2, 3), 0, 3.9, 4, dtype="int32"),
    value("linspace_to_negative_integers", "linspace", i32(-3, -2, -1, 0), -3, 0.5, 4, dtype="int32"),
    value("linspace_with_its_step", "linspace", [f32(0.0, 1.0, 2.0), f32(1.0)], 0.0, 2.0, 3, retstep=True),
    value(
        "linspace_of_tensors", "linspace", f32([[0.0, 1.0], [1.0, 2.0], [2.0, 3.0]]), f32(0.0, 1.0), f32(2.0, 3.0), 3
    ),
    computed(
        "logspace_of_a_base",
        "logspace",
        lambda *a, **k: np.logspace(*a, **k),
        "float32",
        0.0,
        3.0,
        4,
        base=2.0,
        tolerance=4,
    ),
    value("geomspace_of_negatives", "geomspace", f32(-1.0, -10.0, -100.0), -1.0, -100.0, 3, tolerance=4),
    value("nextafter_of_zero", "nextafter", f32([1.4e-45]), f32([0.0]), f32([1.0]), tolerance=1),
    value("ldexp_of_large_exponents", "ldexp", f32(_INF, 0.5, 0.0), f32(1.0, 1.0, 1.0), i32(200, -1, -200)),
)


def _ops() -> Any:
    from keras_core import ops

    return ops
