"""Normalization; of batches with their means while training."""

from typing import Final

from keras_conformance.cases.layers.layer_case import IMAGES, SERIES, VECTORS, LayerCase, family, variants

CASES: Final = family(
    *variants(
        "BatchNormalization",
        IMAGES,
        {"plain": {"momentum": 0.8}, "axis": {"axis": 1, "momentum": 0.8, "center": False, "epsilon": 0.1}},
    ),
    LayerCase("BatchNormalization", "mask", {"momentum": 0.5}, SERIES, masked=True, output_mask=True),
    *variants(
        "LayerNormalization",
        IMAGES,
        {"plain": {}, "axes": {"axis": (2, 3), "epsilon": 0.1}, "neither": {"center": False, "scale": False}},
    ),
    *variants("GroupNormalization", IMAGES, {"plain": {"groups": 2}, "instance": {"groups": -1, "scale": False}}),
    *variants("RMSNormalization", SERIES, {"plain": {}, "axes": {"axis": (1, 2), "epsilon": 0.1}}),
    *variants("UnitNormalization", SERIES, {"plain": {}, "axis": {"axis": 1}}),
    LayerCase(
        "SpectralNormalization",
        "dense",
        lambda layers: layers.SpectralNormalization(layers.Dense(3), power_iterations=2),
        VECTORS,
        why_not_smooth="what the power iteration gives is a constant",
        why_weights_change="the kernel is divided by its norm while training",
    ),
    LayerCase(
        "SpectralNormalization",
        "convolution",
        lambda layers: layers.SpectralNormalization(layers.Conv2D(3, 2)),
        IMAGES,
        why_not_smooth="what the power iteration gives is a constant",
        why_weights_change="the kernel is divided by its norm while training",
    ),
)
