"""Layers of vectors: dense ones, embeddings, activations, reshaping, merging, regularization."""

from __future__ import annotations

from typing import Final

from parity.built import built, each
from parity.tables.rows import Row, rows

_DENSE: Final = (
    {},
    {"activation": "tanh", "use_bias": False},
    {
        "kernel_regularizer": "l2",
        "bias_regularizer": "l1",
        "activity_regularizer": "l2",
        "kernel_constraint": "non_neg",
    },
    {"kernel_initializer": "he_normal", "bias_initializer": "ones", "lora_rank": 2},
)
_POLICIES: Final = tuple(
    {"dtype": dtype} for dtype in ("mixed_bfloat16", "mixed_float16", "bfloat16", "float16", "float64")
)
_EMBEDDING: Final = (
    {},
    {"mask_zero": True},
    {"embeddings_initializer": "ones", "embeddings_regularizer": "l2", "embeddings_constraint": "unit_norm"},
    {"lora_rank": 2},
    *_POLICIES[:2],
)

CORE: Final[tuple[Row, ...]] = (
    *rows(each("layers.Dense", *_DENSE, *_POLICIES, units=3), "vectors"),
    *rows(each("layers.Dense", {}, units=3), "series"),
    *rows(
        each(
            "layers.EinsumDense",
            {"equation": "ab,bc->ac", "output_shape": 3},
            {"equation": "ab,bc->ac", "output_shape": 3, "bias_axes": "c", "activation": "relu", "lora_rank": 2},
        ),
        "vectors",
    ),
    *rows(
        each(
            "layers.EinsumDense",
            {"equation": "abc,cd->abd", "output_shape": (None, 3), "bias_axes": "d", "kernel_regularizer": "l2"},
            {"equation": "...x,xy->...y", "output_shape": 3, "bias_axes": "y", "dtype": "mixed_bfloat16"},
        ),
        "series",
    ),
    *rows(each("layers.Embedding", *_EMBEDDING, input_dim=7, output_dim=3), "labels"),
    *rows(
        each(
            "layers.ReversibleEmbedding",
            *({}, {"tie_weights": False}, {"mask_zero": True}, {"dtype": "mixed_bfloat16"}),
            input_dim=7,
            output_dim=4,
        ),
        "labels",
    ),
    *rows(
        each(
            "layers.ReversibleEmbedding",
            *({}, {"tie_weights": False}, {"logit_soft_cap": 2.0}, {"reverse_dtype": "bfloat16"}),
            input_dim=7,
            output_dim=4,
        ),
        "series",
        {"reverse": True},
    ),
    *rows(each("layers.Activation", *({"activation": name} for name in ("relu", "softmax", "gelu"))), "vectors"),
    *rows(each("layers.Identity", {}, {"dtype": "mixed_bfloat16"}), "series"),
    *rows(each("layers.Masking", {}, {"mask_value": 1.0}), "padded series"),
    *rows(each("layers.Flatten", {}, {"data_format": "channels_first"}), "image"),
    *rows(built("layers.Flatten"), "vectors"),
    *rows(each("layers.Reshape", *({"target_shape": shape} for shape in ((2, 2), (-1,), (1, -1, 2)))), "vectors"),
    *rows(built("layers.Reshape", target_shape=(4, -1)), "series"),
    *rows(each("layers.Permute", {"dims": (2, 1)}, {"dims": (1, 2)}), "series"),
    *rows(each("layers.RepeatVector", {"n": 1}, {"n": 3}), "vectors"),
    *rows(each("layers.ActivityRegularization", {}, {"l1": 0.1}, {"l2": 0.2, "l1": 1.0}), "image"),
    *rows(each("layers.ReLU", {}, {"max_value": 1.0}, {"negative_slope": 0.1, "threshold": 0.5}), "image"),
    *rows(each("layers.LeakyReLU", {}, {"negative_slope": 0.0}, {"negative_slope": 0.1}), "image"),
    *rows(each("layers.ELU", {}, {"alpha": 0.5}), "image"),
    *rows(
        each("layers.PReLU", {}, {"shared_axes": [1, 2]}, {"shared_axes": 3, "alpha_constraint": "non_neg"}), "image"
    ),
    *rows(each("layers.Softmax", {}, {"axis": 1}, {"axis": (1, 2)}), "image"),
    *rows(built("layers.Softmax"), "vectors", {"mask": "mask of vectors"}),
)

_RATES: Final = ({"rate": 0.5}, {"rate": 0.0})
_RANKS: Final = ((1, "series"), (2, "image"), (3, "volume"))

REGULARIZATION: Final[tuple[Row, ...]] = (
    *rows(
        each("layers.Dropout", *_RATES, {"rate": 0.5, "noise_shape": (None, 1), "seed": 3}),
        "vectors",
        training="random",
        derives=False,
    ),
    *rows(each("layers.AlphaDropout", *_RATES, {"rate": 0.5, "seed": 3}), "vectors", training="random", derives=False),
    *rows(each("layers.GaussianDropout", *_RATES), "vectors", training="random", derives=False),
    *rows(each("layers.GaussianNoise", {"stddev": 0.5}, {"stddev": 0.0}), "vectors", training="random", derives=False),
    *(
        row
        for rank, name in _RANKS
        for row in rows(each(f"layers.SpatialDropout{rank}D", *_RATES), name, training="random", derives=False)
    ),
    *rows(built("layers.SpatialDropout2D", rate=0.5, data_format="channels_first"), "image", training="random"),
)

MERGING: Final[tuple[Row, ...]] = (
    *(
        row
        for name in ("Add", "Average", "Maximum", "Minimum", "Multiply")
        for row in (
            *rows(built(f"layers.{name}"), ["series", "more series"]),
            *rows(built(f"layers.{name}"), ["series", "one step", "more series"]),
        )
    ),
    *rows(built("layers.Subtract"), ["series", "more series"]),
    *rows(built("layers.Subtract"), ["series", "one step"]),
    *rows(each("layers.Concatenate", {}, {"axis": 1}), ["series", "more series"]),
    *rows(built("layers.Concatenate"), ["vectors", "wide vectors", "more vectors"]),
    *rows(
        each("layers.Dot", {"axes": -1}, {"axes": (2, 2), "normalize": True}, {"axes": (1, 1)}),
        ["series", "more series"],
    ),
    *rows(each("layers.Dot", {"axes": 1}, {"axes": -1, "normalize": True}), ["vectors", "more vectors"]),
)

FUNCTIONS: Final[tuple[Row, ...]] = (
    *(
        row
        for name in ("add", "average", "maximum", "minimum", "multiply", "subtract", "concatenate")
        for row in rows(built(f"layers.{name}"), ["series", "more series"])
    ),
    *rows(built("layers.concatenate", axis=1), ["series", "more series"]),
    *rows(built("layers.dot", axes=-1), ["series", "more series"]),
)
"""Functions that make a layer and call it."""

REFUSED: Final[tuple[Row, ...]] = (
    *rows(each("layers.Dense", {"units": 0}, {"units": -1}, {"units": 3, "activation": "x"}), "vectors"),
    *rows(built("layers.Embedding", input_dim=7, output_dim=3, embeddings_initializer="x"), "labels"),
    *rows(built("layers.EinsumDense", equation="ab->", output_shape=3), "vectors"),
    *rows(each("layers.Reshape", {"target_shape": (3,)}, {"target_shape": (-1, -1)}), "vectors"),
    *rows(each("layers.Permute", {"dims": (1, 3)}, {"dims": (0, 1)}), "series"),
    *rows(each("layers.RepeatVector", {"n": "a"}, {"n": 1.5}), "vectors"),
    *rows(built("layers.RepeatVector", n=2), "series"),
    *rows(each("layers.Dropout", {"rate": -0.1}, {"rate": 1.5}), "vectors"),
    *rows(each("layers.GaussianDropout", {"rate": -0.1}, {"rate": 2}), "vectors"),
    *rows(built("layers.GaussianNoise", stddev=-1.0), "vectors"),
    *rows(built("layers.SpatialDropout1D", rate=0.5), "image"),
    *rows(each("layers.ReLU", {"max_value": -1}, {"negative_slope": -1}, {"threshold": -1}), "image"),
    *rows(built("layers.LeakyReLU", negative_slope=-1), "image"),
    *rows(built("layers.ActivityRegularization", l1=-1), "image"),
    *rows(built("layers.Add"), ["series", "image"]),
    *rows(built("layers.Multiply"), ["vectors", "single vector"]),
    *rows(built("layers.Add"), "series"),
    *rows(built("layers.Subtract"), ["series", "series", "series"]),
    *rows(built("layers.Concatenate"), ["series", "vectors"]),
    *rows(each("layers.Dot", {"axes": 1}, {"axes": "a"}), ["series", "short series"]),
)
"""What both refuse."""
