"""Dense, embedding and other basic layers."""

from typing import Any, Final

import numpy as np

from keras_conformance.cases.layers.layer_case import IMAGES, SERIES, VECTORS, LayerCase, family, variants


def _square(layers: Any) -> Any:
    from keras_core import ops

    return layers.Lambda(ops.square)


PADDED: Final = np.where(np.arange(6) < np.array([[4], [6]]), np.ones(SERIES[:2]), 0)[..., None] * np.linspace(1, 2, 4)
TOKENS: Final = {"inputs": (2, 5), "dtype": "int32"}

CASES: Final = family(
    *variants(
        "Dense",
        VECTORS,
        {
            "plain": {"units": 3},
            "activation": {"units": 3, "activation": "gelu"},
            "regularized": {"units": 2, "use_bias": False, "kernel_regularizer": "l2", "activity_regularizer": "l1"},
            "low_rank": {"units": 3, "lora_rank": 2, "lora_alpha": 3},
        },
    ),
    LayerCase("Dense", "ints", {"units": 3}, **TOKENS),
    LayerCase("Dense", "series", {"units": 3, "activation": "tanh"}, SERIES, masked=True, output_mask=True),
    *variants(
        "EinsumDense",
        SERIES,
        {
            "plain": {"equation": "abc,cd->abd", "output_shape": (None, 3)},
            "bias": {"equation": "abc,cde->abde", "output_shape": (None, 3, 2), "bias_axes": "de"},
            "ellipsis": {"equation": "...x,xy->...y", "output_shape": 3, "activation": "relu", "bias_axes": "y"},
            "low_rank": {"equation": "abc,cd->abd", "output_shape": (None, 3), "lora_rank": 2},
        },
    ),
    LayerCase("Embedding", "plain", {"input_dim": 7, "output_dim": 3}, **TOKENS),
    LayerCase("Embedding", "mask", {"input_dim": 5, "output_dim": 3, "mask_zero": True}, output_mask=True, **TOKENS),
    LayerCase("Embedding", "low_rank", {"input_dim": 7, "output_dim": 3, "lora_rank": 2}, **TOKENS),
    LayerCase("ReversibleEmbedding", "plain", {"input_dim": 7, "output_dim": 3}, **TOKENS),
    LayerCase("ReversibleEmbedding", "reverse", {"input_dim": 7, "output_dim": 3}, (2, 5, 3), call={"reverse": True}),
    LayerCase(
        "ReversibleEmbedding",
        "untied",
        {"input_dim": 7, "output_dim": 3, "tie_weights": False, "logit_soft_cap": 2.0},
        (2, 5, 3),
        call={"reverse": True},
    ),
    LayerCase("Activation", "tanh", {"activation": "tanh"}),
    LayerCase("Activation", "softmax", {"activation": "softmax"}, SERIES, masked=True, output_mask=True),
    LayerCase("Identity", "plain", {}, SERIES, masked=True, output_mask=True),
    LayerCase("Lambda", "square", _square, IMAGES),
    LayerCase("Masking", "zeros", {}, PADDED.astype("float32"), output_mask=True, why_not_smooth="zeros are masked"),
    LayerCase("Masking", "value", {"mask_value": 2.0}, SERIES, output_mask=True),
    LayerCase("Rescaling", "plain", {"scale": 0.5, "offset": -1.0}, IMAGES),
    LayerCase("Rescaling", "ints", {"scale": 1 / 255}, IMAGES, dtype="uint8"),
)
