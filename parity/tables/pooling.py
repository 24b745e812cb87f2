"""Layers of pooling, and those that crop, pad and enlarge."""

from __future__ import annotations

from typing import Final

from parity.built import built, each
from parity.tables.rows import Row, rows

_RANKS: Final = ((1, "long series"), (2, "image"), (3, "volume"))
_KINDS: Final = ("Average", "Max")
_FIRST: Final = {"data_format": "channels_first"}
_FIXED: Final = (
    {"pool_size": 2},
    {"pool_size": 3, "strides": 2},
    {"pool_size": 2, "strides": 1, "padding": "same"},
    {"pool_size": 2, **_FIRST},
)
_GLOBAL: Final = ({}, {"keepdims": True}, _FIRST)
_WAYS: Final = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")

POOLING: Final[tuple[Row, ...]] = tuple(
    row
    for kind in _KINDS
    for rank, name in _RANKS
    for row in (
        *rows(each(f"layers.{kind}Pooling{rank}D", *_FIXED), name),
        *rows(each(f"layers.Global{kind}Pooling{rank}D", *_GLOBAL), name),
        *rows(
            each(
                f"layers.Adaptive{kind}Pooling{rank}D",
                *({"output_size": size} for size in (1, 3, tuple(range(2, 2 + rank)))),
            ),
            name,
        ),
    )
) + (
    *rows(built("layers.GlobalAveragePooling1D"), "series", {"mask": "mask"}),
    *(row for rank, name in _RANKS for row in rows(built(f"layers.MaxPooling{rank}D"), name)),
    *rows(built("layers.AdaptiveAveragePooling2D", output_size=(2, 3), **_FIRST), "image of channels"),
)

SIZES: Final[tuple[Row, ...]] = (
    *rows(each("layers.Cropping1D", *({"cropping": size} for size in (1, (0, 2), 0))), "long series"),
    *rows(each("layers.Cropping2D", *({"cropping": size} for size in (1, (0, 2), ((2, 1), (0, 3))))), "image"),
    *rows(built("layers.Cropping2D", cropping=((1, 0), (1, 2)), **_FIRST), "image of channels"),
    *rows(each("layers.Cropping3D", *({"cropping": size} for size in (1, ((2, 1), (0, 3), (0, 0))))), "volume"),
    *rows(each("layers.ZeroPadding1D", *({"padding": size} for size in (1, (0, 2)))), "long series"),
    *rows(each("layers.ZeroPadding2D", *({"padding": size} for size in (1, (0, 2), ((2, 1), (0, 3))))), "image"),
    *rows(built("layers.ZeroPadding2D", padding=((1, 0), (1, 2)), **_FIRST), "image of channels"),
    *rows(each("layers.ZeroPadding3D", *({"padding": size} for size in (1, ((2, 1), (0, 3), (0, 0))))), "volume"),
    *rows(each("layers.UpSampling1D", *({"size": size} for size in (1, 2, 3))), "long series"),
    *rows(
        each("layers.UpSampling2D", *({"size": size, "interpolation": way} for size in (2, (1, 3)) for way in _WAYS)),
        "image",
    ),
    *rows(built("layers.UpSampling2D", size=2, interpolation="bilinear", **_FIRST), "image of channels"),
    *rows(each("layers.UpSampling3D", {"size": 2}, {"size": (1, 2, 3)}, _FIRST), "volume"),
)

REFUSED: Final[tuple[Row, ...]] = (
    *rows(built("layers.AdaptiveMaxPooling1D", output_size="a"), "series"),
    *rows(built("layers.AdaptiveMaxPooling2D", output_size=(1, 2, 3)), "image"),
    *rows(each("layers.MaxPooling2D", {"pool_size": 0}, {"padding": "causal"}, {"strides": (1, 2, 3)}), "image"),
    *rows(built("layers.MaxPooling2D"), "series"),
    *rows(built("layers.AveragePooling2D"), "image"),
    *rows(built("layers.GlobalMaxPooling2D"), "series"),
    *rows(each("layers.Cropping1D", *({"cropping": size} for size in (-1, (1, 2, 3), 5))), "series"),
    *rows(each("layers.Cropping2D", *({"cropping": size} for size in ((1, 2, 3), "a", 4))), "image"),
    *rows(each("layers.ZeroPadding2D", *({"padding": size} for size in ((1, 2, 3), "a"))), "image"),
    *rows(each("layers.UpSampling2D", {"interpolation": "linear"}, {"size": (1, 2, 3)}), "image"),
)
"""What both refuse."""
