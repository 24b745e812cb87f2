"""Layers of convolution, and those that change the size of images."""

from __future__ import annotations

from typing import Final

from parity.built import each
from parity.tables.rows import Row, rows

_RANKS: Final = ((1, "long series"), (2, "image"), (3, "volume"))
_FIRST: Final = {"data_format": "channels_first"}

_PLAIN: Final = (
    {"kernel_size": 3},
    {"kernel_size": 2, "strides": 2, "padding": "same"},
    {"kernel_size": 2, "dilation_rate": 2, "use_bias": False, "activation": "relu"},
    {"kernel_size": 2, "kernel_regularizer": "l2", "activity_regularizer": "l1", "bias_initializer": "ones"},
)
_TRANSPOSED: Final = (
    {"kernel_size": 3},
    {"kernel_size": 3, "strides": 2, "padding": "same"},
    {"kernel_size": 4, "strides": 3, "padding": "same", "output_padding": 1},
    {"kernel_size": 3, "strides": 2, "output_padding": 1, "use_bias": False, "activation": "relu"},
    {"kernel_size": 2, "dilation_rate": 2, "padding": "same", "kernel_regularizer": "l2"},
    {"kernel_size": 1, "strides": 3},
)
_CHANNELWISE: Final = (
    {"kernel_size": 3},
    {"kernel_size": 3, "strides": 2, "padding": "same", "depth_multiplier": 2},
    {"kernel_size": 3, "dilation_rate": 2, "padding": "same", "activation": "tanh", "use_bias": False},
    {
        "kernel_size": 3,
        "depthwise_initializer": "he_normal",
        "depthwise_regularizer": "l1",
        "bias_constraint": "non_neg",
    },
)

CONVOLUTION: Final[tuple[Row, ...]] = (
    *(row for rank, name in _RANKS for row in rows(each(f"layers.Conv{rank}D", *_PLAIN, filters=4), name)),
    *rows(each("layers.Conv1D", {"padding": "causal"}, {"groups": 2}, filters=4, kernel_size=3), "long series"),
    *rows(each("layers.Conv2D", {"groups": 4, "kernel_size": (2, 3)}, filters=4), "image"),
    *rows(each("layers.Conv2D", _FIRST, filters=2, kernel_size=(2, 3)), "image of channels"),
    *(
        row
        for rank, name in _RANKS
        for row in rows(each(f"layers.Conv{rank}DTranspose", *_TRANSPOSED, filters=3), name)
    ),
    *rows(each("layers.Conv2DTranspose", _FIRST, filters=2, kernel_size=(2, 3)), "image of channels"),
    *rows(each("layers.DepthwiseConv1D", *_CHANNELWISE), "long series"),
    *rows(each("layers.DepthwiseConv2D", *_CHANNELWISE), "image"),
    *rows(each("layers.DepthwiseConv2D", _FIRST, kernel_size=(2, 3)), "image of channels"),
    *rows(each("layers.SeparableConv1D", *_CHANNELWISE, filters=5), "long series"),
    *rows(each("layers.SeparableConv2D", *_CHANNELWISE, filters=5), "image"),
    *rows(each("layers.SeparableConv2D", _FIRST, filters=2, kernel_size=(2, 3)), "image of channels"),
)

REFUSED: Final[tuple[Row, ...]] = (
    *rows(
        each(
            "layers.Conv2D",
            *({"filters": 0}, {"kernel_size": 0}, {"padding": "causal"}, {"strides": 2, "dilation_rate": 2}),
            *({"groups": 3}, {"kernel_size": (1, 2, 3)}, {"padding": "sam"}, {"activation": "rellu"}),
            filters=4,
            kernel_size=2,
        ),
        "image",
    ),
    *rows(each("layers.Conv2D", {}, filters=3, kernel_size=2), "series"),
    *rows(each("layers.SeparableConv1D", {"depth_multiplier": 0}, filters=3, kernel_size=2), "long series"),
)
"""What both refuse."""
