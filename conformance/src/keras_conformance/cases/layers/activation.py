"""Layers that are activations."""

from typing import Final

from keras_conformance.cases.layers.layer_case import IMAGES, SERIES, VECTORS, Drawn, LayerCase, family, variants

CASES: Final = family(
    *variants(
        "ReLU",
        IMAGES,
        {
            "plain": {},
            "all": {"max_value": 1.0, "negative_slope": 0.1, "threshold": 0.5},
        },
    ),
    *variants("LeakyReLU", VECTORS, {"plain": {}, "slope": {"negative_slope": 0.1}}),
    *variants("ELU", VECTORS, {"plain": {}, "alpha": {"alpha": 0.5}}),
    *variants("PReLU", IMAGES, {"plain": {}, "shared": {"shared_axes": [1, 2]}}),
    *variants("Softmax", IMAGES, {"plain": {}, "axes": {"axis": (1, 2)}}),
    LayerCase("Softmax", "mask", {}, SERIES, call={"mask": Drawn(SERIES, "bool")}),
)
