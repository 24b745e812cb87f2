"""Targets and predictions, by what they are: random ones, in several shapes and dtypes, and those at the edges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

Pair = tuple[np.ndarray, np.ndarray]
Pairs = Mapping[str, Pair]

_rng: Final = np.random.default_rng(0)


def _floats(*shape: int, low: float = 0.0, high: float = 1.0) -> np.ndarray:
    return _rng.uniform(low, high, shape).astype("float32")


def _bits(*shape: int) -> np.ndarray:
    return (_floats(*shape) > 0.5).astype("float32")


def _of_length_one(array: np.ndarray) -> np.ndarray:
    return array / np.linalg.norm(array, axis=-1, keepdims=True)


def _as_logits(pairs: Pairs) -> Pairs:
    return {name: (target, _floats(*target.shape, low=-5, high=5)) for name, (target, _) in pairs.items()}


_EDGE: Final = np.array([[0.0, 1.0], [0.0, 1.0]], "float32")
"""Probabilities of 0 and 1."""

NUMBERS: Final[Pairs] = {
    "matrix": (_floats(4, 3, low=-2, high=2), _floats(4, 3, low=-2, high=2)),
    "sequences": (_floats(2, 5, 3, low=-2, high=2), _floats(2, 5, 3, low=-2, high=2)),
    "wide range": (
        np.array([[0.0, 1.0], [1e3, -1e3]], "float32"),
        np.array([[0.0, -1.0], [-1e3, 1e-3]], "float32"),
    ),
    "column of integers": (np.arange(4)[:, None], _floats(4)),
    "integers": (np.arange(4), _floats(4, 1)),
    "zeros": (np.zeros((2, 3), "float32"), np.zeros((2, 3), "float32")),
}
PROBABILITIES: Final[Pairs] = {
    "matrix": (_floats(4, 3), _floats(4, 3)),
    "sequences": (_floats(2, 5, 3), _floats(2, 5, 3)),
    "certain": (np.array([[0.0, 1.0], [1.0, 0.0]], "float32"), _EDGE),
    "integers": (np.array([[0, 1], [1, 1]]), _floats(2, 2)),
}
BINARY: Final[Pairs] = {
    "matrix": (_bits(4, 3), _floats(4, 3)),
    "integers": (_bits(2, 5, 3).astype("int32"), _floats(2, 5, 3)),
    "certain": (np.array([[0.0, 1.0], [1.0, 0.0]], "float32"), _EDGE),
}
BINARY_LOGITS: Final = _as_logits(BINARY)
SIGNS: Final[Pairs] = {
    **BINARY,
    "signs": (np.sign(_floats(4, 3) - 0.5), _floats(4, 3, low=-2, high=2)),
    "zeros": (np.zeros((2, 3)), _floats(2, 3)),
}
ONE_HOT: Final[Pairs] = {
    "matrix": (np.eye(3, dtype="float32")[[0, 2, 1, 1]], _floats(4, 3)),
    "sequences": (np.eye(3, dtype="float32")[_rng.integers(0, 3, (2, 5))], _floats(2, 5, 3)),
    "certain": (np.eye(2, dtype="float32"), _EDGE),
}
ONE_HOT_LOGITS: Final = _as_logits(ONE_HOT)
LABELS: Final[Pairs] = {
    "matrix": (np.array([0, 2, 1, 1]), _floats(4, 3)),
    "sequences": (_rng.integers(0, 3, (2, 5)), _floats(2, 5, 3)),
    "certain": (np.array([0, 1]), _EDGE),
}
EMBEDDINGS: Final[Pairs] = {
    "two classes": (np.array([0, 1, 0, 1]), _of_length_one(_floats(4, 3, low=-1))),
    "column": (np.array([[0], [1], [0], [1]]), _of_length_one(_floats(4, 3, low=-1))),
    "all different": (np.array([0, 1, 2, 3]), _of_length_one(_floats(4, 3, low=-1))),
    "all of one": (np.array([1, 1, 1]), _of_length_one(_floats(3, 3, low=-1))),
    "of any length": (np.array([0, 1, 0, 1, 2]), _floats(5, 3, low=-1)),
}
SEQUENCES: Final[Pairs] = {
    "padded": (np.array([[1, 2, 0], [1, 1, 2]]), _floats(2, 6, 4, low=-3, high=3)),
    "empty": (np.array([[1, 2, 3], [0, 0, 0]]), _floats(2, 4, 4, low=-3, high=3)),
}
TWO_CLASSES: Final[Pairs] = {
    "matrix": (_bits(40, 3), _floats(40, 3)),
    "vector": (_rng.integers(0, 2, 50), _floats(50)),
    "column": (_rng.integers(0, 2, (20, 1)), _floats(20)),
    "ones": (np.ones((5, 2)), _floats(5, 2)),
    "zeros": (np.zeros((5, 2)), _floats(5, 2)),
    "on thresholds": (_rng.integers(0, 2, (30, 2)), _rng.integers(0, 3, (30, 2)).astype("float32") / 2),
    "beyond 0 and 1": (_rng.integers(0, 2, (30, 2)), _floats(30, 2, low=-1, high=2)),
}
CLASSES: Final[Pairs] = {
    "vector": (_rng.integers(0, 4, 30), _rng.integers(0, 4, 30)),
    "matrix": (_rng.integers(0, 2, (5, 6)), _rng.integers(0, 3, (5, 6))),
}
DENSE_CLASSES: Final[Pairs] = {"scores": (_rng.integers(0, 4, 30), _floats(30, 4))}
HOT_CLASSES: Final[Pairs] = {"scores": (np.eye(4)[_rng.integers(0, 4, 30)], _floats(30, 4))}
TABLES: Final[Pairs] = {
    "matrix": NUMBERS["matrix"],
    "narrow": (_floats(20, 2), _floats(20, 2)),
    "constant": (np.ones((4, 3)), np.ones((4, 3))),
    "constant targets": (np.ones((4, 3)), _floats(4, 3)),
}


def chosen(pairs: Pairs, *names: str) -> Pairs:
    """Return those with some names."""
    return {name: pairs[name] for name in names}


def without(pairs: Pairs, *names: str) -> Pairs:
    """Return all but those with some names."""
    return {name: pair for name, pair in pairs.items() if name not in names}
