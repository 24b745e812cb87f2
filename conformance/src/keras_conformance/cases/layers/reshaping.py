"""Layers that move, repeat or leave out elements."""

from typing import Final

from keras_conformance.cases.layers.layer_case import IMAGES, SERIES, SHAPES, VECTORS, LayerCase, family, variants

CASES: Final = family(
    *variants("Reshape", IMAGES, {"plain": {"target_shape": (6, 20)}, "inferred": {"target_shape": (-1, 2, 3)}}),
    *variants("Flatten", IMAGES, {"plain": {}, "channels_first": {"data_format": "channels_first"}}),
    LayerCase("Permute", "plain", {"dims": (3, 1, 2)}, IMAGES),
    LayerCase("RepeatVector", "plain", {"n": 3}, VECTORS),
    LayerCase("Cropping1D", "plain", {"cropping": (1, 2)}, SERIES),
    LayerCase("Cropping2D", "plain", {"cropping": ((1, 0), (2, 1))}, IMAGES),
    LayerCase("Cropping3D", "plain", {"cropping": (1, 2, 1)}, SHAPES[3]),
    LayerCase("ZeroPadding1D", "plain", {"padding": (1, 2)}, SERIES),
    LayerCase("ZeroPadding2D", "plain", {"padding": ((1, 0), (2, 1))}, IMAGES),
    LayerCase("ZeroPadding3D", "plain", {"padding": (1, 2, 0)}, SHAPES[3]),
    LayerCase("UpSampling1D", "plain", {"size": 3}, SERIES),
    *variants(
        "UpSampling2D",
        (2, 3, 4, 2),
        {
            "nearest": {"size": (2, 3)},
            "bilinear": {"size": 2, "interpolation": "bilinear"},
            "bicubic": {"size": 2, "interpolation": "bicubic"},
        },
    ),
    LayerCase("UpSampling3D", "plain", {"size": (1, 2, 3)}, (2, 2, 3, 2, 2)),
)
