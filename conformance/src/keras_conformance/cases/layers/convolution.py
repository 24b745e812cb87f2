"""Convolutions."""

from typing import Final

from keras_conformance.cases.layers.layer_case import IMAGES, SERIES, SHAPES, LayerCase, family, variants

FIRST: Final = {2: (2, 4, 5, 6)}
"""Shape of inputs whose second axis is that of the channels."""

CASES: Final = family(
    *(
        case
        for rank in (2, 1, 3)
        for case in variants(
            f"Conv{rank}D",
            SHAPES[rank],
            {
                "plain": {"filters": 3, "kernel_size": 2},
                "strided": {"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same", "activation": "relu"},
                "grouped": {"filters": 4, "kernel_size": 2, "groups": 2, "dilation_rate": 2, "use_bias": False},
            },
        )
    ),
    LayerCase("Conv1D", "causal", {"filters": 3, "kernel_size": 3, "padding": "causal", "dilation_rate": 2}, SERIES),
    LayerCase(
        "Conv2D", "channels_first", {"filters": 3, "kernel_size": (2, 3), "data_format": "channels_first"}, FIRST[2]
    ),
    *(
        case
        for rank in (1, 2, 3)
        for case in variants(
            f"Conv{rank}DTranspose",
            SHAPES[rank],
            {
                "plain": {"filters": 3, "kernel_size": 2},
                "strided": {"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same", "use_bias": False},
            },
        )
    ),
    *variants(
        "Conv2DTranspose",
        IMAGES,
        {
            "output_padding": {"filters": 2, "kernel_size": 4, "strides": 3, "output_padding": 1, "activation": "tanh"},
            "dilated": {"filters": 2, "kernel_size": 2, "dilation_rate": 2},
        },
    ),
    *(
        case
        for rank in (1, 2)
        for case in variants(
            f"DepthwiseConv{rank}D",
            SHAPES[rank],
            {
                "plain": {"kernel_size": 2},
                "strided": {"kernel_size": 3, "strides": 2, "padding": "same", "depth_multiplier": 2},
            },
        )
    ),
    *(
        case
        for rank in (1, 2)
        for case in variants(
            f"SeparableConv{rank}D",
            SHAPES[rank],
            {
                "plain": {"filters": 3, "kernel_size": 2},
                "dilated": {"filters": 2, "kernel_size": 2, "dilation_rate": 2, "padding": "same", "use_bias": False},
            },
        )
    ),
)
