"""Convolution, pooling, padding: the odd element, strides, dilation, groups, the place of the channels."""

from __future__ import annotations

import itertools
from typing import Any, Final

import numpy as np

from keras_conformance.cases.recurring import Named, computed, f32, numbers, value


def _conv(name: str, inputs: tuple[int, ...], kernel: tuple[int, ...], op: str = "conv", **named: Any) -> Named:
    return computed(name, op, None, "float32", numbers(*inputs), numbers(*kernel, key=1), tolerance=8, **named)


def _pool(name: str, op: str, inputs: tuple[int, ...], *rest: Any, **named: Any) -> Named:
    return computed(name, op, None, "float32", numbers(*inputs), *rest, tolerance=2, **named)


def _turned(x: Any) -> list[Any]:
    from keras_core import ops

    return [ops.rot90(x, k, axes) for k, axes in itertools.product((-1, 0, 1, 2, 3, 5), ((0, 1), (1, 0), (2, 0)))]


def _turned_by_numpy(x: Any) -> list[Any]:
    return [np.rot90(x, k, axes) for k, axes in itertools.product((-1, 0, 1, 2, 3, 5), ((0, 1), (1, 0), (2, 0)))]


_ROW: Final = f32(1.0, 2.0, 3.0)
_BLOCK: Final = f32([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
_FIRST: Final = {"data_format": "channels_first"}

CASES: Final = (
    # convolution
    _conv("conv_same_of_an_even_kernel_pads_behind", (1, 5, 1), (2, 1, 1), padding="same"),
    _conv("conv_same_with_strides_and_an_even_kernel", (1, 7, 6, 2), (4, 2, 2, 3), strides=(3, 2), padding="same"),
    _conv("conv_same_with_strides_and_an_odd_kernel", (1, 6, 7, 2), (3, 5, 2, 3), strides=2, padding="same"),
    _conv("conv_same_with_strides_wider_than_the_kernel", (1, 7, 1), (2, 1, 2), strides=3, padding="same"),
    _conv("conv_same_of_a_kernel_wider_than_the_input", (1, 3, 1), (6, 1, 2), padding="same"),
    _conv("conv_same_dilated_and_even", (1, 9, 1), (2, 1, 2), dilation_rate=3, padding="same"),
    _conv("conv_dilated_by_axis", (1, 7, 8, 1), (2, 3, 1, 2), dilation_rate=(3, 2)),
    _conv("conv_strided_leaves_a_rest", (1, 8, 1), (3, 1, 2), strides=3),
    _conv("conv_with_asymmetric_pads", (1, 5, 6, 1), (3, 2, 1, 2), padding=((0, 2), (3, 1)), strides=(2, 1)),
    _conv("conv_channels_first_with_strides", (1, 2, 7, 6), (3, 2, 2, 3), strides=(2, 3), padding="same", **_FIRST),
    _conv("conv_channels_first_dilated", (1, 2, 9), (3, 2, 3), dilation_rate=2, **_FIRST),
    _conv("conv_in_groups_keeps_their_order", (1, 5, 4), (2, 2, 6)),
    _conv("conv_in_groups_channels_first", (1, 4, 5, 5), (2, 2, 2, 6), padding="same", **_FIRST),
    _conv("conv_in_groups_with_strides", (1, 7, 6), (3, 2, 6), strides=2, padding="same"),
    _conv("conv_of_three_axes_same", (1, 4, 3, 5, 2), (2, 3, 2, 2, 3), strides=(2, 1, 2), padding="same"),
    _conv("conv_of_three_axes_channels_first", (1, 2, 4, 3, 5), (2, 2, 2, 2, 3), **_FIRST),
    value(
        "conv_does_not_turn_the_kernel",
        "conv",
        f32([[[1.0], [0.0]]]),
        f32([[[0.0], [1.0], [0.0]]]),
        f32([[[0.0]], [[1.0]]]),
    ),
    computed(
        "conv_in_float16",
        "conv",
        None,
        "float16",
        numbers(1, 9, 8, dtype="float16"),
        numbers(3, 8, 4, dtype="float16"),
        tolerance=8,
    ),
    computed(
        "conv_in_float64",
        "conv",
        None,
        "float64",
        numbers(1, 9, 2, dtype="float64"),
        numbers(3, 2, 4, dtype="float64"),
        tolerance=8,
    ),
    # transposed convolution
    _conv("conv_transpose_same_of_an_even_kernel", (1, 4, 2), (4, 3, 2), "conv_transpose", strides=2, padding="same"),
    _conv("conv_transpose_same_of_an_odd_kernel", (1, 4, 2), (3, 3, 2), "conv_transpose", strides=2, padding="same"),
    _conv("conv_transpose_same_without_strides", (1, 4, 2), (4, 3, 2), "conv_transpose", padding="same"),
    _conv("conv_transpose_valid_with_wide_strides", (1, 3, 2), (2, 3, 2), "conv_transpose", strides=3),
    _conv("conv_transpose_same_with_wide_strides", (1, 3, 2), (2, 3, 2), "conv_transpose", strides=3, padding="same"),
    _conv(
        "conv_transpose_with_output_padding",
        (1, 4, 2),
        (3, 3, 2),
        "conv_transpose",
        strides=2,
        padding="same",
        output_padding=1,
    ),
    _conv("conv_transpose_dilated", (1, 5, 2), (3, 3, 2), "conv_transpose", dilation_rate=2, padding="same"),
    _conv("conv_transpose_by_axis", (1, 3, 4, 2), (3, 2, 3, 2), "conv_transpose", strides=(2, 3), padding="same"),
    _conv(
        "conv_transpose_channels_first",
        (1, 2, 3, 4),
        (3, 2, 3, 2),
        "conv_transpose",
        strides=(2, 1),
        padding="same",
        **_FIRST,
    ),
    _conv("depthwise_conv_orders_multiplied_channels", (1, 6, 3), (3, 3, 2), "depthwise_conv", padding="same"),
    _conv(
        "depthwise_conv_channels_first_with_strides",
        (1, 2, 7, 6),
        (3, 3, 2, 2),
        "depthwise_conv",
        strides=2,
        padding="same",
        **_FIRST,
    ),
    # pooling
    _pool("average_pool_same_leaves_padding_out", "average_pool", (1, 5, 4, 2), 3, 2, "same"),
    _pool("average_pool_same_of_an_even_window", "average_pool", (1, 5, 2), 2, 1, "same"),
    _pool("average_pool_same_by_axis", "average_pool", (1, 7, 5, 1), (4, 2), (3, 1), "same"),
    _pool("average_pool_channels_first_same", "average_pool", (1, 2, 5, 4), 3, 2, "same", "channels_first"),
    _pool("average_pool_of_three_axes_same", "average_pool", (1, 3, 4, 5, 1), 2, 2, "same"),
    _pool("max_pool_same_of_negatives", "max_pool", (1, 5, 4, 2), 3, 2, "same"),
    _pool("max_pool_same_of_an_even_window", "max_pool", (1, 5, 2), 2, 1, "same"),
    _pool("max_pool_leaves_a_rest", "max_pool", (1, 8, 2), 3),
    _pool("max_pool_of_a_window_wider_than_the_input", "max_pool", (1, 3, 1), 5, 1, "same"),
    _pool("max_pool_channels_first_same", "max_pool", (1, 2, 5, 4), (3, 2), (2, 1), "same", "channels_first"),
    value(
        "max_pool_pads_below_all_numbers",
        "max_pool",
        f32([[[-5.0], [-4.0], [-4.0]]]),
        f32([[[-5.0], [-6.0], [-4.0]]]),
        3,
        1,
        "same",
    ),
    value(
        "average_pool_of_ones_is_one",
        "average_pool",
        np.ones((1, 3, 3, 1), np.float32),
        np.ones((1, 5, 6, 1), np.float32),
        3,
        2,
        "same",
    ),
    computed(
        "adaptive_average_pool_of_a_size_that_does_not_divide",
        "adaptive_average_pool",
        None,
        "float32",
        numbers(1, 7, 5, 2),
        (3, 4),
        tolerance=2,
    ),
    computed(
        "adaptive_max_pool_of_a_size_that_does_not_divide",
        "adaptive_max_pool",
        None,
        "float32",
        numbers(1, 7, 5, 2),
        (3, 4),
    ),
    # padding
    value(
        "pad_symmetric_repeats_the_border", "pad", f32(2.0, 1.0, 1.0, 2.0, 3.0, 3.0), _ROW, ((2, 1),), mode="symmetric"
    ),
    value(
        "pad_reflect_leaves_the_border_out", "pad", f32(3.0, 2.0, 1.0, 2.0, 3.0, 2.0), _ROW, ((2, 1),), mode="reflect"
    ),
    value("pad_constant_of_a_value", "pad", f32(9.0, 1.0, 2.0, 3.0, 9.0, 9.0), _ROW, ((1, 2),), constant_values=9.0),
    value("pad_constant_is_zero", "pad", f32(0.0, 1.0, 2.0, 3.0), _ROW, ((1, 0),)),
    value("pad_of_one_number_for_all", "pad", np.pad(_BLOCK, 1), _BLOCK, 1),
    value(
        "pad_symmetric_of_two_axes",
        "pad",
        np.pad(_BLOCK, ((2, 1), (0, 3)), "symmetric"),
        _BLOCK,
        ((2, 1), (0, 3)),
        mode="symmetric",
    ),
    value(
        "pad_reflect_of_two_axes",
        "pad",
        np.pad(_BLOCK, ((1, 1), (2, 0)), "reflect"),
        _BLOCK,
        ((1, 1), (2, 0)),
        mode="reflect",
    ),
    value("pad_of_integers_stays_integer", "pad", np.array([7, 1, 7]), np.array([1]), ((1, 1),), constant_values=7),
    value("pad_of_bools", "pad", np.array([False, True]), np.array([True]), ((1, 0),)),
    # turns
    computed("rot90_of_non_square_arrays", _turned, _turned_by_numpy, "float32", numbers(2, 3, 4)),
    value("rot90_of_a_row", "rot90", f32([[3.0], [2.0], [1.0]]), f32([[1.0, 2.0, 3.0]])),
    value("roll_by_more_than_the_size", "roll", f32(3.0, 1.0, 2.0), _ROW, 4),
    value("roll_by_a_negative_shift", "roll", f32(2.0, 3.0, 1.0), _ROW, -1),
    value("roll_of_the_flattened", "roll", np.roll(_BLOCK, 2), _BLOCK, 2),
    value("roll_of_two_axes", "roll", np.roll(_BLOCK, (1, -1), (0, 1)), _BLOCK, (1, -1), axis=(0, 1)),
    value("roll_twice_along_one_axis", "roll", np.roll(_BLOCK, (1, 1), (1, 1)), _BLOCK, (1, 1), axis=(1, 1)),
    value("flip_of_all_axes", "flip", np.flip(_BLOCK), _BLOCK),
    value(
        "space_to_depth_orders_channels",
        "space_to_depth",
        f32([[[[1.0, 2.0, 3.0, 4.0]]]]),
        f32([[[[1.0], [2.0]], [[3.0], [4.0]]]]),
        2,
    ),
)
