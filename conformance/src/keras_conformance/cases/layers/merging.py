"""Layers that make one tensor of several."""

from typing import Final

from keras_conformance.cases.layers.layer_case import LayerCase, family

PAIR: Final = [(2, 3, 4), (2, 3, 4)]

CASES: Final = family(
    *(
        LayerCase(name, "plain", {}, PAIR if name == "Subtract" else [*PAIR, (2, 3, 4)])
        for name in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")
    ),
    LayerCase("Add", "broadcast", {}, [(2, 3, 4), (2, 1, 4)]),
    LayerCase("Add", "mask", {}, PAIR, masked=True, output_mask=True),
    LayerCase("Concatenate", "plain", {}, [(2, 3, 4), (2, 3, 2)]),
    LayerCase("Concatenate", "axis", {"axis": 1}, [(2, 3, 4), (2, 2, 4)], masked=True, output_mask=True),
    LayerCase("Dot", "plain", {"axes": (2, 1)}, [(2, 3, 4), (2, 4, 5)]),
    LayerCase("Dot", "normalized", {"axes": -1, "normalize": True}, [(3, 4), (3, 4)]),
)
