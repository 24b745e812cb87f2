"""Pooling over windows, over everything, and to a given size."""

from typing import Final

from keras_conformance.cases.layers.layer_case import SERIES, SHAPES, LayerCase, family, variants

CASES: Final = family(
    *(
        case
        for kind in ("Average", "Max")
        for rank in (2, 1, 3)
        for case in variants(
            f"{kind}Pooling{rank}D",
            SHAPES[rank],
            {"plain": {"pool_size": 2}, "strided": {"pool_size": 3, "strides": 2, "padding": "same"}},
        )
    ),
    *(
        LayerCase(
            f"{kind}Pooling2D", "channels_first", {"pool_size": (2, 3), "data_format": "channels_first"}, (2, 3, 5, 6)
        )
        for kind in ("Average", "Max")
    ),
    *(
        case
        for kind in ("Average", "Max")
        for rank in (1, 2, 3)
        for case in variants(f"Global{kind}Pooling{rank}D", SHAPES[rank], {"plain": {}, "keepdims": {"keepdims": True}})
    ),
    LayerCase("GlobalAveragePooling1D", "mask", {}, SERIES, masked=True),
    *(
        case
        for kind in ("Average", "Max")
        for rank in (1, 2, 3)
        for case in variants(
            f"Adaptive{kind}Pooling{rank}D", SHAPES[rank], {"plain": {"output_size": 2}, "uneven": {"output_size": 3}}
        )
    ),
)
