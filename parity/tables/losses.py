"""Losses: their configurations, and the pairs on which each is called."""

from __future__ import annotations

from typing import Final

from parity.built import Built, built, each
from parity.tables.pairs import (
    BINARY,
    BINARY_LOGITS,
    EMBEDDINGS,
    LABELS,
    NUMBERS,
    ONE_HOT,
    ONE_HOT_LOGITS,
    PROBABILITIES,
    SEQUENCES,
    SIGNS,
    Pairs,
    chosen,
)

_OF_NUMBERS: Final = (
    *("MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredLogarithmicError", "LogCosh"),
)
_FOCAL: Final = ({"apply_class_balancing": True, "alpha": 0.4}, {"gamma": 1.5, "label_smoothing": 0.2}, {"axis": 0})
_SMOOTHED: Final = ({}, {"label_smoothing": 0.2})

LOSSES: Final[tuple[tuple[Built, Pairs], ...]] = tuple(
    (loss, pairs)
    for losses, pairs in (
        (tuple(built(f"losses.{name}") for name in _OF_NUMBERS), NUMBERS),
        (each("losses.Huber", {}, {"delta": 0.25}), NUMBERS),
        (each("losses.CosineSimilarity", {}, {"axis": 0}), chosen(NUMBERS, "matrix", "sequences", "wide range")),
        ((built("losses.Poisson"), built("losses.KLDivergence")), PROBABILITIES),
        ((built("losses.Hinge"), built("losses.SquaredHinge")), SIGNS),
        ((built("losses.CategoricalHinge"),), ONE_HOT),
        (each("losses.BinaryCrossentropy", *_SMOOTHED, {"axis": 0}), BINARY),
        (each("losses.BinaryCrossentropy", *_SMOOTHED, {"axis": 0}, from_logits=True), BINARY_LOGITS),
        (each("losses.BinaryFocalCrossentropy", {}, *_FOCAL), BINARY),
        (each("losses.BinaryFocalCrossentropy", {}, *_FOCAL, from_logits=True), BINARY_LOGITS),
        (each("losses.CategoricalCrossentropy", *_SMOOTHED), ONE_HOT),
        (each("losses.CategoricalCrossentropy", *_SMOOTHED, from_logits=True), ONE_HOT_LOGITS),
        (each("losses.CategoricalFocalCrossentropy", *_SMOOTHED), ONE_HOT),
        (each("losses.CategoricalFocalCrossentropy", *_SMOOTHED, from_logits=True), ONE_HOT_LOGITS),
        (
            each("losses.CategoricalFocalCrossentropy", {"alpha": [0.1, 0.2, 0.3], "gamma": 3.0}),
            chosen(ONE_HOT, "matrix", "sequences"),
        ),
        (
            each(
                "losses.SparseCategoricalCrossentropy",
                *({"from_logits": logits, **more} for logits in (False, True) for more in ({}, {"ignore_class": 1})),
            ),
            LABELS,
        ),
        (each("losses.CategoricalGeneralizedCrossEntropy", {"q": 0.5}, {"q": 0.9}, {"q": 0.01}), LABELS),
        (
            each("losses.Circle", {}, {"gamma": 2.0, "margin": 0.1}, {"gamma": 5.0, "remove_diagonal": False}),
            EMBEDDINGS,
        ),
        (each("losses.Dice", {}, {"axis": -1}, {"axis": (0, 1)}), PROBABILITIES),
        (each("losses.Tversky", {}, {"alpha": 0.2, "beta": 0.9}, {"axis": -1}), PROBABILITIES),
        ((built("losses.CTC"),), SEQUENCES),
    )
    for loss in losses
)

FUNCTIONS: Final = {
    "BinaryCrossentropy": "binary_crossentropy",
    "BinaryFocalCrossentropy": "binary_focal_crossentropy",
    "CTC": "ctc",
    "CategoricalCrossentropy": "categorical_crossentropy",
    "CategoricalFocalCrossentropy": "categorical_focal_crossentropy",
    "CategoricalGeneralizedCrossEntropy": "categorical_generalized_cross_entropy",
    "CategoricalHinge": "categorical_hinge",
    "Circle": "circle",
    "CosineSimilarity": "cosine_similarity",
    "Dice": "dice",
    "Hinge": "hinge",
    "Huber": "huber",
    "KLDivergence": "kl_divergence",
    "LogCosh": "log_cosh",
    "MeanAbsoluteError": "mean_absolute_error",
    "MeanAbsolutePercentageError": "mean_absolute_percentage_error",
    "MeanSquaredError": "mean_squared_error",
    "MeanSquaredLogarithmicError": "mean_squared_logarithmic_error",
    "Poisson": "poisson",
    "SparseCategoricalCrossentropy": "sparse_categorical_crossentropy",
    "SquaredHinge": "squared_hinge",
    "Tversky": "tversky",
}
"""The function of each class."""

REFUSED: Final = (
    *(built(f"losses.{name}", reduction="avg") for name in ("Hinge", "CTC", "Dice")),
    *each("losses.CategoricalGeneralizedCrossEntropy", {"q": 0}, {"q": 1}, {"q": -1.0}, {"q": 2}),
)
"""What both refuse to build."""

NAMES: Final = (
    *("bce", "BCE", "kld", "KLD", "mae", "MAE", "mape", "MAPE", "mse", "MSE", "msle", "MSLE", "huber", "log_cosh"),
    *("logcosh", "hinge", "Hinge", "circle", "Circle", "dice", "Dice", "tversky", "ctc", "CTC", "poisson", "nothing"),
    *("KLDivergence", "kl_divergence", "squared_hinge", "categorical_hinge", "binary_focal_crossentropy"),
    *("cosine_similarity", "cosine_proximity"),
)
"""What `losses.get` is asked for."""
