"""Losses."""

from typing import Final

import numpy as np

from keras_conformance.cases.component_case import ComponentCase, numbers, variants

CHECKS: Final = ("value", "gradient", "compiled", "config")
SHAPE: Final = (4, 3)
HOT: Final = np.eye(3, dtype="float32")[[0, 2, 1, 1]]
LABELS: Final = np.array([0, 2, 1, 1], "int32")
BITS: Final = (numbers(*SHAPE) > 0.5).astype("float32")
SIGNS: Final = 2 * BITS - 1
SHARES: Final = numbers(*SHAPE, seed=1) / numbers(*SHAPE, seed=1).sum(1, keepdims=True)
UNITS: Final = SHARES / np.linalg.norm(SHARES, axis=1, keepdims=True)
LOGITS: Final = numbers(*SHAPE, low=-3, high=3, seed=2)
SEQUENCES: Final = (np.array([[1, 2, 0], [1, 1, 2]], "int32"), numbers(2, 6, 4, low=-3, high=3, seed=3))
POINTS: Final = (numbers(*SHAPE, low=-2, high=2), LOGITS)

CASES: Final = tuple(
    case
    for name, data, settings in (
        *(
            (name, POINTS, {"plain": {}, "sum": {"reduction": "sum"}})
            for name in ("MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "LogCosh")
        ),
        ("Huber", POINTS, {"plain": {}, "delta": {"delta": 0.25, "reduction": "none"}}),
        ("CosineSimilarity", POINTS, {"plain": {}}),
        *((name, (SHARES, numbers(*SHAPE)), {"plain": {}}) for name in ("Poisson", "KLDivergence")),
        ("MeanSquaredLogarithmicError", (SHARES, numbers(*SHAPE)), {"plain": {}}),
        *((name, (SIGNS, LOGITS), {"plain": {}}) for name in ("Hinge", "SquaredHinge")),
        ("CategoricalHinge", (HOT, LOGITS), {"plain": {}}),
        *(
            (name, (BITS, LOGITS if logits else numbers(*SHAPE)), {text: {"from_logits": logits, **more}})
            for name in ("BinaryCrossentropy", "BinaryFocalCrossentropy")
            for text, logits, more in (("plain", False, {}), ("logits", True, {"label_smoothing": 0.2}))
        ),
        (
            "BinaryFocalCrossentropy",
            (BITS, numbers(*SHAPE)),
            {"balanced": {"apply_class_balancing": True, "gamma": 1.5}},
        ),
        *(
            (name, (HOT, LOGITS if logits else SHARES), {text: {"from_logits": logits, **more}})
            for name in ("CategoricalCrossentropy", "CategoricalFocalCrossentropy")
            for text, logits, more in (("plain", False, {}), ("logits", True, {"label_smoothing": 0.2}))
        ),
        *(
            (
                "SparseCategoricalCrossentropy",
                (LABELS, LOGITS if logits else SHARES),
                {text: {"from_logits": logits, **more}},
            )
            for text, logits, more in (
                ("plain", False, {}),
                ("logits", True, {}),
                ("ignored", True, {"ignore_class": 1}),
            )
        ),
        ("CategoricalGeneralizedCrossEntropy", (LABELS, SHARES), {"plain": {"q": 0.6}}),
        *((name, (BITS, numbers(*SHAPE)), {"plain": {}, "axis": {"axis": 1}}) for name in ("Dice", "Tversky")),
        ("CTC", SEQUENCES, {"plain": {}}),
    )
    for case in variants("losses", name, settings, data=data, checks=CHECKS, tolerance=4)
) + (
    ComponentCase(
        *("losses", "Circle", "plain", {"gamma": 8.0, "margin": 0.3}, CHECKS),
        (np.array([0, 1, 0, 1], "int32"), UNITS),
        tolerance=4,
        why_not_smooth="its weights count as constants",
    ),
)
