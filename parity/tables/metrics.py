"""Metrics: their configurations, and the pairs by which each is updated."""

from __future__ import annotations

from typing import Final

from parity.built import Built, built, each
from parity.tables.pairs import (
    BINARY,
    BINARY_LOGITS,
    CLASSES,
    DENSE_CLASSES,
    HOT_CLASSES,
    LABELS,
    NUMBERS,
    ONE_HOT,
    ONE_HOT_LOGITS,
    PROBABILITIES,
    SIGNS,
    TABLES,
    TWO_CLASSES,
    Pairs,
    chosen,
    without,
)

CONFUSION: Final = (
    *("TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives", "Precision", "Recall", "PrecisionAtRecall"),
    *("RecallAtPrecision", "SensitivityAtSpecificity", "SpecificityAtSensitivity", "AUC"),
)
"""Metrics that count predictions above thresholds."""

_RANK_2: Final = without(TWO_CLASSES, "vector", "column")
_SUMS: Final = tuple({"summation_method": how} for how in ("interpolation", "majoring", "minoring"))
_THRESHOLDS: Final = ({}, {"thresholds": 0.3}, {"thresholds": [0.7, 0.2, 0.5]}, {"thresholds": [0.0, 1.0]})
_BOUNDS: Final = (
    ("PrecisionAtRecall", "recall"),
    ("RecallAtPrecision", "precision"),
    ("SensitivityAtSpecificity", "specificity"),
    ("SpecificityAtSensitivity", "sensitivity"),
)
_AVERAGES: Final = tuple(
    {"average": average, "threshold": threshold}
    for average in (None, "micro", "macro", "weighted")
    for threshold in (None, 0.4)
)


def _curves(*more: dict) -> tuple[Built, ...]:
    return each(
        "metrics.AUC",
        *({"curve": curve, **how, **extra} for curve in ("ROC", "PR", "PRGAIN") for how in _SUMS for extra in more),
    )


def _bounded(*more: dict) -> tuple[Built, ...]:
    return tuple(
        built(f"metrics.{name}", **{argument: bound, **extra})
        for name, argument in _BOUNDS
        for bound in (0, 0.3, 0.7, 1)
        for extra in more
    )


def _plain(*names: str) -> tuple[Built, ...]:
    return tuple(built(f"metrics.{name}") for name in names)


METRICS: Final[tuple[tuple[Built, Pairs], ...]] = tuple(
    (metric, pairs)
    for metrics, pairs in (
        (
            each(
                "metrics.AUC", {"num_thresholds": 9}, {"multi_label": True, "num_labels": 3}, label_weights=[1, 2, 0.5]
            ),
            chosen(TWO_CLASSES, "matrix"),
        ),
        (_curves({}, {"num_thresholds": 5}), TWO_CLASSES),
        # Keras takes predictions beyond 0 and 1 back for its own thresholds only.
        (_curves({"thresholds": [0.7, 0.2, 0.5]}), without(TWO_CLASSES, "beyond 0 and 1")),
        (_curves({"multi_label": True}, {"multi_label": True, "num_thresholds": 9}), _RANK_2),
        ((built("metrics.AUC", from_logits=True),), chosen(TWO_CLASSES, "beyond 0 and 1")),
        (
            tuple(built(f"metrics.{name}", **options) for name in CONFUSION[:6] for options in _THRESHOLDS),
            TWO_CLASSES,
        ),
        (
            # Of equal predictions the backends of Keras take different ones.
            tuple(
                built(f"metrics.{name}", **options)
                for name in ("Precision", "Recall")
                for options in (
                    *({"top_k": 1}, {"top_k": 2, "class_id": 1}, {"class_id": 0}, {"top_k": 2, "thresholds": 0.6}),
                )
            ),
            chosen(TWO_CLASSES, "matrix"),
        ),
        (_bounded({}, {"num_thresholds": 1}, {"num_thresholds": 2}, {"num_thresholds": 5}), TWO_CLASSES),
        (_bounded({"class_id": 1}), _RANK_2),
        (
            each(
                "metrics.IoU",
                *({"target_class_ids": ids, **more} for ids in ([0], [1, 3]) for more in ({}, {"ignore_class": 1})),
                num_classes=4,
            ),
            CLASSES,
        ),
        (each("metrics.MeanIoU", {}, {"ignore_class": 0}, {"dtype": "float32"}, num_classes=4), CLASSES),
        ((built("metrics.MeanIoU", num_classes=4, sparse_y_pred=False),), DENSE_CLASSES),
        ((built("metrics.OneHotIoU", num_classes=4, target_class_ids=[0, 2]),), HOT_CLASSES),
        ((built("metrics.OneHotMeanIoU", num_classes=4),), HOT_CLASSES),
        (
            each("metrics.BinaryIoU", {}, {"target_class_ids": [1], "threshold": 0.3}),
            chosen(TWO_CLASSES, "matrix", "vector"),
        ),
        (each("metrics.F1Score", *_AVERAGES), HOT_CLASSES),
        (each("metrics.FBetaScore", *_AVERAGES, beta=2.0), HOT_CLASSES),
        (
            each(
                "metrics.R2Score",
                *(
                    {"class_aggregation": how, "num_regressors": number}
                    for how in (None, "uniform_average", "variance_weighted_average")
                    for number in (0, 2)
                ),
            ),
            TABLES,
        ),
        (
            tuple(
                built(f"metrics.{name}", **more)
                for name in ("PearsonCorrelation", "ConcordanceCorrelation")
                for more in ({}, {"axis": 1})
            ),
            chosen(NUMBERS, "matrix", "sequences"),
        ),
        (
            _plain(
                *("MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError"),
                *("MeanSquaredLogarithmicError", "LogCoshError", "RootMeanSquaredError"),
            ),
            NUMBERS,
        ),
        (_plain("CosineSimilarity"), chosen(NUMBERS, "matrix", "sequences", "wide range")),
        (_plain("Poisson", "KLDivergence"), PROBABILITIES),
        (_plain("Hinge", "SquaredHinge"), SIGNS),
        (_plain("CategoricalHinge"), ONE_HOT),
        ((built("metrics.BinaryCrossentropy", label_smoothing=0.1),), BINARY),
        ((built("metrics.BinaryCrossentropy", label_smoothing=0.1, from_logits=True),), BINARY_LOGITS),
        ((built("metrics.CategoricalCrossentropy", label_smoothing=0.1),), ONE_HOT),
        ((built("metrics.CategoricalCrossentropy", label_smoothing=0.1, from_logits=True),), ONE_HOT_LOGITS),
        (
            each(
                "metrics.SparseCategoricalCrossentropy",
                *({"from_logits": logits, "ignore_class": out} for logits in (False, True) for out in (None, 1)),
            ),
            LABELS,
        ),
        (_plain("Accuracy"), CLASSES),
        (each("metrics.BinaryAccuracy", {}, {"threshold": 0.3}), TWO_CLASSES),
        (_plain("CategoricalAccuracy"), {**ONE_HOT, **HOT_CLASSES}),
        (_plain("SparseCategoricalAccuracy"), {**LABELS, **DENSE_CLASSES}),
        (each("metrics.TopKCategoricalAccuracy", {"k": 1}, {"k": 2}), {**ONE_HOT, **HOT_CLASSES}),
        (each("metrics.SparseTopKCategoricalAccuracy", {"k": 1}, {"k": 2}), {**LABELS, **DENSE_CLASSES}),
    )
    for metric in metrics
)

OF_VALUES: Final = (built("metrics.Mean"), built("metrics.Sum"), built("metrics.Mean", dtype="float16"))
"""Metrics of one array."""

FUNCTIONS: Final[dict[str, Pairs]] = {
    "binary_accuracy": TWO_CLASSES,
    "categorical_accuracy": {**ONE_HOT, **HOT_CLASSES},
    "sparse_categorical_accuracy": {**LABELS, **DENSE_CLASSES},
    "top_k_categorical_accuracy": {**ONE_HOT, **HOT_CLASSES},
    "sparse_top_k_categorical_accuracy": {**LABELS, **DENSE_CLASSES},
    "pearson_correlation": NUMBERS,
    "concordance_correlation": NUMBERS,
}
"""Functions of metrics that are no losses."""

REFUSED: Final = (
    *each("metrics.AUC", {"curve": "x"}, {"summation_method": "x"}, {"num_thresholds": 1}, {"num_labels": 2}),
    *(built(f"metrics.{name}", thresholds=[0.2, 1.5]) for name in ("Precision", "TruePositives")),
    *each("metrics.SensitivityAtSpecificity", {"specificity": -1}, {"specificity": 2}),
    built("metrics.PrecisionAtRecall", recall=0.5, num_thresholds=0),
    built("metrics.IoU", num_classes=3, target_class_ids=[3]),
    *each("metrics.FBetaScore", {"average": "x"}, {"beta": 0.0}, {"beta": 1}, {"threshold": 1}),
    *each("metrics.R2Score", {"class_aggregation": "x"}, {"num_regressors": -1}),
)
"""What both refuse to build."""

NAMES: Final = (
    *("accuracy", "acc", "bce", "BCE", "mae", "MAPE", "msle", "rmse", "huber", "logcosh", "log_cosh_error", "auc"),
    *("AUC", "mean_io_u", "MeanIoU", "IoU", "binary_io_u", "precision", "recall", "true_positives", "f1_score"),
    *("F1Score", "f_beta_score", "fbeta_score", "r2_score", "kl_divergence", "kld", "hinge", "pearson_correlation"),
    *("sensitivity_at_specificity", "cosine_similarity", "CosineSimilarity", "nothing"),
)
"""What `metrics.get` is asked for."""
