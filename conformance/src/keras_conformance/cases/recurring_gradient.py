"""Derivatives where the call itself is right: at zeros, ties, masks and infinities."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from keras_conformance.cases.recurring import f32, gradient, gradients, i32, value

_INF: Final = math.inf
_NAN: Final = math.nan


class _Later:
    """The ops, imported when the first of them is asked for."""

    def __getattr__(self, name: str) -> Any:
        from keras_core import ops

        return getattr(ops, name)


ops: Final = _Later()


def _safe(x: Any, function: Any, otherwise: float) -> Any:
    """Return `function(x)` where `x` is positive, by the double where that keeps the other branch finite."""
    inside = ops.greater(x, 0.0)
    return ops.where(inside, function(ops.where(inside, x, 1.0)), otherwise)


def _attended(x: Any) -> Any:
    mask = np.zeros((1, 1, 2, 2), bool)
    return ops.dot_product_attention(x, x, x, mask=mask)


def _sum_of_gradients(name: str) -> Any:
    def call(x: Any, y: Any) -> Any:
        first, second = gradients(lambda x, y: getattr(ops, name)(x, y))(x, y)
        return ops.add(first, second)

    return call


CASES: Final = (
    gradient("gradient_of_log_behind_where", lambda x: _safe(x, ops.log, 0.0), f32(0.0, 0.5), f32(0.0, 2.0)),
    gradient("gradient_of_sqrt_behind_where", lambda x: _safe(x, ops.sqrt, 0.0), f32(0.0, 0.25), f32(0.0, 4.0)),
    gradient(
        "gradient_of_divide_behind_where",
        lambda x: _safe(x, lambda y: ops.divide(1.0, y), 0.0),
        f32(0.0, -0.25),
        f32(0.0, 2.0),
    ),
    gradient(
        "gradient_of_divide_no_nan_at_zero",
        lambda x: ops.divide_no_nan(f32(1.0, 1.0), x),
        f32(0.0, -0.25),
        f32(0.0, 2.0),
    ),
    gradient("gradient_of_norm_at_zero", lambda x: ops.norm(x), f32(0.0, 0.0), f32(0.0, 0.0)),
    gradient(
        "gradient_of_norm_of_a_zero_row",
        lambda x: ops.norm(x, axis=-1),
        f32([[0.0, 0.0], [0.6, 0.8]]),
        f32([[0.0, 0.0], [3.0, 4.0]]),
    ),
    gradient("gradient_of_norm_1_at_zero", lambda x: ops.norm(x, ord=1), f32(0.0, -1.0), f32(0.0, -2.0)),
    gradient("gradient_of_unused_argument", lambda x: ops.multiply(x, 0.0), f32(0.0, 0.0), f32(1.0, 2.0)),
    gradient("gradient_of_sqrt_at_zero_is_infinite", lambda x: ops.sqrt(x), f32(_INF, 0.25), f32(0.0, 4.0)),
    gradient("gradient_of_absolute_at_zero", lambda x: ops.absolute(x), f32(0.0, -1.0, 1.0), f32(0.0, -2.0, 2.0)),
    gradient(
        "gradient_of_complex_absolute_at_zero",
        lambda x: ops.absolute(ops.cast(x, "complex64")),
        f32(0.0, -1.0),
        f32(0.0, -2.0),
    ),
    gradient("gradient_of_sign", lambda x: ops.sign(x), f32(0.0, 0.0), f32(0.0, 2.0)),
    gradient(
        "gradient_of_arctan2_at_zero", lambda y, x: ops.arctan2(y, x), [f32([0.5]), f32([0.0])], f32([0.0]), f32([2.0])
    ),
    gradient("gradient_of_power_at_zero", lambda x: ops.power(x, 2.0), f32(0.0, 4.0), f32(0.0, 2.0)),
    gradient(
        "gradient_of_power_with_a_zero_exponent", lambda x: ops.power(x, f32(0.0, 1.0)), f32(0.0, 1.0), f32(0.0, 0.0)
    ),
    gradient(
        "gradient_of_the_exponent_at_zero", lambda y: ops.power(f32(0.0, 2.0), y), f32(0.0, 2.7725887), f32(2.0, 2.0)
    ),
    gradient("gradient_of_power_of_negatives", lambda x: ops.power(x, 3.0), f32([12.0]), f32([-2.0])),
    gradient("gradient_of_square_at_zero", lambda x: ops.square(x), f32([0.0]), f32([0.0])),
    gradient("gradient_of_prod_with_one_zero", lambda x: ops.prod(x), f32(0.0, 6.0, 0.0), f32(2.0, 0.0, 3.0)),
    gradient("gradient_of_prod_with_two_zeros", lambda x: ops.prod(x), f32(0.0, 0.0, 0.0), f32(0.0, 0.0, 3.0)),
    gradient("gradient_of_cumprod_with_a_zero", lambda x: ops.cumprod(x), f32(1.0, 8.0, 0.0), f32(2.0, 0.0, 3.0)),
    gradient("gradient_of_std_of_equal_numbers", lambda x: ops.std(x), f32(0.0, 0.0, 0.0), f32(2.0, 2.0, 2.0)),
    gradient("gradient_of_var_of_equal_numbers", lambda x: ops.var(x), f32(0.0, 0.0, 0.0), f32(2.0, 2.0, 2.0)),
    gradient("gradient_of_std_of_one_number", lambda x: ops.std(x), f32([0.0]), f32([2.0])),
    gradient("gradient_of_max_is_shared_by_ties", lambda x: ops.max(x), f32(0.0, 0.5, 0.5), f32(1.0, 2.0, 2.0)),
    gradient("gradient_of_min_is_shared_by_ties", lambda x: ops.min(x), f32(0.5, 0.0, 0.5), f32(1.0, 2.0, 1.0)),
    # Which of two equal arguments has the derivative, or whether both have one half, is left to the backend.
    value(
        "gradients_of_maximum_of_equals_add_up",
        _sum_of_gradients("maximum"),
        f32(1.0, 1.0),
        f32(2.0, 3.0),
        f32(2.0, 1.0),
    ),
    # Which of two equal arguments has the derivative, or whether both have one half, is left to the backend.
    value(
        "gradients_of_minimum_of_equals_add_up",
        _sum_of_gradients("minimum"),
        f32(1.0, 1.0),
        f32(2.0, 3.0),
        f32(2.0, 1.0),
    ),
    gradient(
        "gradient_of_max_over_two_axes",
        lambda x: ops.max(x, axis=(0, 1)),
        f32([[0.0, 0.5], [0.5, 0.0]]),
        f32([[1.0, 2.0], [2.0, 1.0]]),
    ),
    gradient("gradient_of_relu_at_zero", lambda x: ops.relu(x), f32(0.0, 1.0, 0.0), f32(0.0, 1.0, -1.0)),
    gradient("gradient_of_relu6_at_its_ends", lambda x: ops.relu6(x), f32(0.0, 1.0, 0.0), f32(0.0, 3.0, 7.0)),
    gradient("gradient_of_elu_far_out", lambda x: ops.elu(x), f32(1.0, 0.0), f32(1000.0, -1000.0)),
    gradient("gradient_of_selu_far_out", lambda x: ops.selu(x), f32(1.050701, 0.0), f32(1000.0, -1000.0)),
    gradient("gradient_of_softplus_far_out", lambda x: ops.softplus(x), f32(1.0, 0.0), f32(1000.0, -1000.0)),
    gradient("gradient_of_silu_far_out", lambda x: ops.silu(x), f32(1.0, 0.0), f32(1000.0, -1000.0)),
    gradient("gradient_of_gelu_far_out", lambda x: ops.gelu(x), f32(1.0, 0.0), f32(1000.0, -1000.0)),
    gradient("gradient_of_sigmoid_far_out", lambda x: ops.sigmoid(x), f32(0.0, 0.0), f32(1000.0, -1000.0)),
    gradient("gradient_of_log_sigmoid_far_out", lambda x: ops.log_sigmoid(x), f32(0.0, 1.0), f32(1000.0, -1000.0)),
    gradient("gradient_of_tanh_far_out", lambda x: ops.tanh(x), f32(0.0, 0.0), f32(1000.0, -1000.0)),
    gradient("gradient_of_log1p_at_zero", lambda x: ops.log1p(x), f32([1.0]), f32([0.0])),
    gradient(
        "gradient_of_log_softmax_far_out",
        lambda x: ops.multiply(ops.log_softmax(x), f32(1.0, 0.0)),
        f32(0.0, 0.0),
        f32(1000.0, -1000.0),
    ),
    gradient(
        "gradient_of_softmax_with_a_mask",
        lambda x: ops.multiply(ops.softmax(x), f32(1.0, 0.0, 0.0)),
        f32(0.25, -0.25, 0.0),
        f32(1.0, 1.0, -_INF),
    ),
    gradient(
        "gradient_of_attention_fully_masked",
        _attended,
        np.full((1, 2, 1, 1), 1.0, np.float32),
        np.full((1, 2, 1, 1), 1.0, np.float32),
    ),
    gradient(
        "gradient_of_logsumexp_of_large_numbers",
        lambda x: ops.logsumexp(x),
        f32(0.5, 0.5),
        f32(1000.0, 1000.0),
        tolerance=20,
    ),
    gradient("gradient_of_logsumexp_with_minus_infinity", lambda x: ops.logsumexp(x), f32(1.0, 0.0), f32(1.0, -_INF)),
    gradient("gradient_of_logsumexp_of_minus_infinity", lambda x: ops.logsumexp(x), f32(0.0, 0.0), f32(-_INF, -_INF)),
    gradient(
        "gradient_of_logaddexp_of_equals",
        lambda x, y: ops.logaddexp(x, y),
        [f32([0.5]), f32([0.5])],
        f32([3.0]),
        f32([3.0]),
    ),
    gradient(
        "gradient_of_logaddexp_with_minus_infinity",
        lambda x, y: ops.logaddexp(x, y),
        [f32([0.0]), f32([1.0])],
        f32([-_INF]),
        f32([3.0]),
    ),
    gradient("gradient_of_clip_outside", lambda x: ops.clip(x, -1.0, 1.0), f32(0.0, 1.0, 0.0), f32(-2.0, 0.5, 2.0)),
    gradient("gradient_of_floor", lambda x: ops.floor(x), f32([0.0]), f32([1.5])),
    gradient("gradient_of_round", lambda x: ops.round(x), f32([0.0]), f32([1.5])),
    gradient("gradient_of_mod", lambda x: ops.mod(x, 2.0), f32(1.0, 1.0), f32(3.5, -0.5)),
    gradient(
        "gradient_of_hypot_at_zero", lambda x, y: ops.hypot(x, y), [f32([0.0]), f32([0.0])], f32([0.0]), f32([0.0])
    ),
    gradient("gradient_of_sinc_at_zero", lambda x: ops.sinc(x), f32([0.0]), f32([0.0])),
    gradient(
        "gradient_of_where_with_nan_unchosen",
        lambda x: ops.where(np.array([True, False]), x, f32(_NAN, _NAN)),
        f32(1.0, 0.0),
        f32(1.0, 2.0),
    ),
    gradient("gradient_of_nan_to_num", lambda x: ops.nan_to_num(x), f32(0.0, 1.0), f32(_NAN, 2.0)),
    gradient("gradient_of_nanmean", lambda x: ops.nanmean(x), f32(0.0, 0.5, 0.5), f32(_NAN, 2.0, 3.0)),
    gradient(
        "gradient_of_median_of_an_even_length",
        lambda x: ops.median(x),
        f32(0.5, 0.0, 0.5, 0.0),
        f32(2.0, 1.0, 3.0, 9.0),
    ),
    gradient(
        "gradient_of_sort",
        lambda x: ops.multiply(ops.sort(x), f32(1.0, 2.0, 3.0)),
        f32(3.0, 1.0, 2.0),
        f32(9.0, 1.0, 5.0),
    ),
    gradient(
        "gradient_of_det_of_a_singular_matrix",
        lambda x: ops.det(x),
        f32([[4, -2], [-2, 1]]),
        f32([[1, 2], [2, 4]]),
        tolerance=4,
    ),
    gradient(
        "gradient_of_det_of_matrices_of_ranks_0_to_3",
        lambda x: ops.det(x),
        f32(
            [
                [[0, 0, 0], [0, 0, 0], [0, 0, 0]],
                [[0, 0, 0], [0, 0, 0], [0, 0, 0]],
                [[-3, 6, -3], [6, -12, 6], [-3, 6, -3]],
                [[8, 0, 0], [0, 4, 0], [0, 0, 2]],
            ]
        ),
        f32(
            [
                [[0, 0, 0], [0, 0, 0], [0, 0, 0]],
                [[1, 2, 3], [2, 4, 6], [3, 6, 9]],
                [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
                [[1, 0, 0], [0, 2, 0], [0, 0, 4]],
            ]
        ),
        tolerance=8,
    ),
    gradient("gradient_of_top_k", lambda x: ops.top_k(x, 2)[0], f32(1.0, 0.0, 1.0), f32(9.0, 1.0, 5.0)),
    gradient("gradient_of_take_adds_up", lambda x: ops.take(x, i32(1, 1, 0)), f32(1.0, 2.0, 0.0), f32(1.0, 2.0, 3.0)),
    gradient(
        "gradient_of_take_along_axis_adds_up",
        lambda x: ops.take_along_axis(x, i32(1, 1, 0), axis=0),
        f32(1.0, 2.0, 0.0),
        f32(1.0, 2.0, 3.0),
    ),
    gradient(
        "gradient_of_broadcast_adds_up",
        lambda x, y: ops.multiply(x, y),
        [f32([[3.0]]), f32([2.0, 2.0])],
        f32([[2.0]]),
        f32([1.0, 2.0]),
    ),
    gradient(
        "gradient_of_segment_max_of_ties",
        lambda x: ops.segment_sum(x, i32(0, 0, 2), 3),
        f32(1.0, 1.0, 1.0),
        f32(1.0, 1.0, 4.0),
    ),
    gradient(
        "gradient_of_max_pool",
        lambda x: ops.max_pool(x, 2),
        f32([[[0.0], [1.0], [1.0], [0.0]]]),
        f32([[[1.0], [2.0], [4.0], [3.0]]]),
    ),
    gradient(
        "gradient_of_average_pool_same",
        lambda x: ops.average_pool(x, 2, 2, "same"),
        f32([[[0.5], [0.5], [1.0]]]),
        f32([[[1.0], [2.0], [4.0]]]),
    ),
    gradient(
        "gradient_of_binary_crossentropy_from_logits",
        lambda x: ops.binary_crossentropy(f32(1.0, 0.0), x, from_logits=True),
        f32(0.0, 0.0),
        f32(1000.0, -1000.0),
    ),
    gradient(
        "gradient_of_categorical_crossentropy_from_logits",
        lambda x: ops.categorical_crossentropy(f32([[1.0, 0.0]]), x, from_logits=True),
        f32([[-1.0, 1.0]]),
        f32([[-1000.0, 1000.0]]),
    ),
    gradient("gradient_of_expm1_of_log", lambda x: ops.expm1(x), f32([1.0]), f32([0.0])),
    gradient(
        "gradient_of_cast_to_int_stops",
        lambda x: ops.add(x, ops.cast(ops.cast(x, "int32"), "float32")),
        f32([1.0]),
        f32([1.5]),
    ),
    gradient("gradient_of_stop_gradient", lambda x: ops.multiply(x, ops.stop_gradient(x)), f32([3.0]), f32([3.0])),
    gradient("gradient_in_float64_stays_float64", lambda x: ops.exp(x), np.exp(np.array([0.1])), np.array([0.1])),
    gradient("gradient_in_float16", lambda x: ops.square(x), np.array([3.0], np.float16), np.array([1.5], np.float16)),
)
