"""What a layer is called on: named arrays, and the rows of the tables of layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from parity.built import Built, text_of

_rng: Final = np.random.default_rng(3)


def _normal(*shape: int) -> np.ndarray:
    return _rng.normal(size=shape).astype("float32")


ARRAYS: Final[dict[str, np.ndarray]] = {
    "vectors": _normal(3, 4),
    "more vectors": _normal(3, 4),
    "wide vectors": _normal(3, 6),
    "single vector": _normal(1, 4),
    "series": _normal(2, 5, 4),
    "more series": _normal(2, 5, 4),
    "short series": _normal(2, 3, 4),
    "one step": _normal(2, 1, 4),
    "long series": _normal(2, 9, 4),
    "image": _normal(2, 7, 8, 4),
    "image of channels": _normal(2, 3, 5, 6),
    "volume": _normal(2, 5, 6, 4, 3),
    "lines": _normal(2, 3, 8, 4),
    "film": _normal(2, 3, 6, 7, 2),
    "volumes": _normal(2, 3, 4, 5, 4, 2),
    "labels": _rng.integers(0, 7, (2, 5)).astype("int32"),
    "sentences": np.array([[1, 2, 3, 0, 0], [4, 0, 0, 0, 0]], "int32"),
    "padded series": _normal(2, 5, 4) * np.array([[1, 1, 0, 1, 0], [1, 0, 0, 0, 0]], "float32")[..., None],
    "mask": np.array([[False, True, True, False, True], [True, False, False, False, False]]),
    "mask of vectors": np.array([[True, False, True, True], [False] * 4, [True] * 4]),
    "mask of query": np.array([[True, True, False], [True, True, True]]),
    "mask of pairs": _rng.random((2, 3, 5)) > 0.4,
    "state": _normal(3, 3),
    "more state": _normal(3, 3),
    "state of series": _normal(2, 3),
    "more state of series": _normal(2, 3),
    "third state of series": _normal(2, 3),
    "fourth state of series": _normal(2, 3),
    "state of lines": _normal(2, 7, 3),
    "more state of lines": _normal(2, 7, 3),
}
"""Inputs, masks and states by their names."""

Names = str | list["Names"] | tuple["Names", ...]
"""Names of arrays: one, or lists of them as a layer takes them; a tuple holds positional arguments."""


@dataclass(frozen=True)
class Row:
    """A layer in one configuration, and on what it is called.

    Attributes:
        layer: what is built.
        inputs: names of its inputs.
        options: of its call: plain values, and names of arrays.
        training: what is compared of a call in training: `values`, or `random` for dtype and shape alone; "" for none.
        derives: whether gradients are compared.
    """

    layer: Built
    inputs: Names
    options: Mapping[str, Any] = field(default_factory=dict)
    training: str = ""
    derives: bool = True

    def __str__(self) -> str:
        options = f" with {text_of(self.options)}" if self.options else ""
        return f"{self.layer} on {text_of(self.inputs)}{options}"


def rows(
    layers: tuple[Built, ...] | Built,
    inputs: Names,
    *options: Mapping[str, Any],
    training: str = "",
    derives: bool = True,
) -> tuple[Row, ...]:
    """Return a row of each layer with each of the options."""
    layers = (layers,) if isinstance(layers, Built) else layers
    return tuple(Row(layer, inputs, option, training, derives) for layer in layers for option in options or ({},))
