"""Layers of attention and of normalization, and those that wrap another layer."""

from __future__ import annotations

from typing import Final

from parity.built import built, each
from parity.tables.rows import Row, rows

_PAIR: Final = ["short series", "series"]
_MASKS: Final = {"mask": ["mask of query", "mask"]}
_CAUSAL: Final = {"use_causal_mask": True, "return_attention_scores": True}
_SCORED: Final = (
    *each("layers.Attention", {}, {"use_scale": True}, {"use_scale": True, "score_mode": "concat"}),
    *each("layers.AdditiveAttention", {}, {"use_scale": False}),
)
_HEADS: Final = (
    {},
    {"value_dim": 2, "output_shape": 6, "use_bias": False},
    {"kernel_regularizer": "l2", "bias_initializer": "ones", "flash_attention": False},
)
_OF_HEADS: Final = (
    {},
    _CAUSAL,
    {"attention_mask": "mask of pairs"},
    {"query_mask": "mask of query", "value_mask": "mask"},
    {"key_mask": "mask"},
)

ATTENTION: Final[tuple[Row, ...]] = (
    *rows(_SCORED, _PAIR, {}, _CAUSAL, _MASKS),
    *rows(built("layers.Attention"), ["short series", "series", "more series"]),
    *rows(
        each("layers.MultiHeadAttention", *_HEADS, num_heads=2, key_dim=3), ("short series", "series"), *_OF_HEADS[:3]
    ),
    *rows(built("layers.MultiHeadAttention", num_heads=2, key_dim=3), ("short series", "series"), *_OF_HEADS[3:]),
    *rows(
        each("layers.MultiHeadAttention", {"dtype": "mixed_bfloat16"}, num_heads=2, key_dim=3),
        ("short series", "series", "more series"),
    ),
    *rows(built("layers.MultiHeadAttention", num_heads=2, key_dim=3, attention_axes=(1, 2)), ("image", "image")),
    *rows(
        each(
            "layers.GroupQueryAttention", {}, {"use_gate": True}, head_dim=4, num_query_heads=4, num_key_value_heads=2
        ),
        ("short series", "series"),
        *_OF_HEADS,
    ),
)

_TRAINED: Final = ({}, {"mask": "mask"})

NORMALIZATION: Final[tuple[Row, ...]] = (
    *rows(
        each("layers.BatchNormalization", {}, {"momentum": 0.5, "center": False, "scale": False}),
        "series",
        *_TRAINED,
        training="values",
    ),
    *rows(each("layers.BatchNormalization", {"axis": 1, "epsilon": 0.1}), "image", training="values"),
    *rows(built("layers.BatchNormalization", dtype="mixed_bfloat16"), "vectors", training="values"),
    *rows(
        each(
            "layers.LayerNormalization",
            *({}, {"axis": (1, 2)}, {"center": False, "scale": False, "epsilon": 0.1}, {"gamma_regularizer": "l2"}),
            *({"dtype": "mixed_bfloat16"},),
        ),
        "series",
    ),
    *rows(each("layers.GroupNormalization", *({"groups": groups} for groups in (1, 2, 4, -1))), "image"),
    *rows(each("layers.GroupNormalization", {"groups": 7, "axis": 1}, {"groups": 2, "center": False}), "image"),
    *rows(each("layers.RMSNormalization", {}, {"axis": (2, 3)}, {"axis": [-1], "epsilon": 0.1}), "image"),
    *rows(each("layers.UnitNormalization", {}, {"axis": (2, 3)}, {"axis": 1}), "image"),
    *rows(
        each(
            "layers.SpectralNormalization",
            *({"power_iterations": count} for count in (1, 3)),
            layer=built("layers.Dense", units=3, name="inside"),
        ),
        "vectors",
        training="values",
    ),
    *rows(
        built("layers.SpectralNormalization", layer=built("layers.Conv2D", filters=3, kernel_size=2, name="inside")),
        "image",
        training="values",
    ),
)

_INSIDE: Final = {
    "dense": built("layers.Dense", units=3, name="inside"),
    "convolution": built("layers.Conv2D", filters=3, kernel_size=2, name="inside"),
    "recurrent": built("layers.LSTM", units=3, name="inside"),
}

WRAPPERS: Final[tuple[Row, ...]] = (
    *rows(built("layers.TimeDistributed", layer=_INSIDE["dense"]), "series", {}, {"mask": "mask"}),
    *rows(
        built("layers.TimeDistributed", layer=built("layers.Dense", units=3, activity_regularizer="l2", name="inside")),
        "series",
        derives=False,
    ),
    *rows(built("layers.TimeDistributed", layer=_INSIDE["convolution"]), "volume"),
    *rows(built("layers.TimeDistributed", layer=_INSIDE["recurrent"]), "lines", derives=False),
    *rows(
        built("layers.TimeDistributed", layer=built("layers.BatchNormalization", name="inside")),
        "series",
        training="values",
    ),
)

REFUSED: Final[tuple[Row, ...]] = (
    *rows(built("layers.Attention", score_mode="sum"), _PAIR),
    *rows(built("layers.Attention"), "series"),
    *rows(each("layers.GroupNormalization", {"groups": 3}, {"groups": 8}, {"groups": 0}), "image"),
    *rows(built("layers.UnitNormalization", axis="a"), "image"),
    *rows(each("layers.BatchNormalization", {"axis": 7}, {"synchronized": True}), "series"),
    *rows(built("layers.SpectralNormalization", layer=built("layers.Dense", units=3), power_iterations=0), "vectors"),
    *rows(built("layers.SpectralNormalization", layer=built("layers.ReLU")), "vectors"),
    *rows(each("layers.SpectralNormalization", {"layer": 3}), "vectors"),
    *rows(each("layers.TimeDistributed", {"layer": 3}), "series"),
    *rows(built("layers.TimeDistributed", layer=_INSIDE["dense"]), "vectors"),
    *rows(
        built("layers.GroupQueryAttention", head_dim=4, num_query_heads=3, num_key_value_heads=2),
        ("short series", "series"),
    ),
)
"""What both refuse."""
