"""Metrics: three batches each, of which two have weights where there can be some."""

from typing import Any, Final

import numpy as np

from keras_conformance.cases.component_case import ComponentCase, numbers

CHECKS: Final = ("value", "compiled", "reset", "config")
ROWS: Final = 6
WEIGHTS: Final = numbers(ROWS, low=0.5, high=2.0, seed=9)


def _batches(targets: Any, predictions: Any, weighted: bool = True) -> tuple[tuple[np.ndarray, ...], ...]:
    """Return arguments of `update_state` for three batches.

    Args:
        targets: function of a seed that gives the targets of a batch, or None for none.
        predictions: the same of the predictions.
        weighted: whether two of them have weights.
    """
    pairs = [tuple(make(seed) for make in (targets, predictions) if make is not None) for seed in (0, 1, 2)]
    return tuple((*pair, WEIGHTS * seed) if seed and weighted else pair for seed, pair in enumerate(pairs))


def _values(seed: int) -> np.ndarray:
    return numbers(ROWS, 3, low=-2, high=2, seed=seed)


def _other_values(seed: int) -> np.ndarray:
    return _values(seed + 10)


def _chances(seed: int) -> np.ndarray:
    return numbers(ROWS, 3, seed=seed + 20)


def _shares(seed: int) -> np.ndarray:
    return _chances(seed) / _chances(seed).sum(1, keepdims=True)


def _bits(seed: int) -> np.ndarray:
    return (numbers(ROWS, 3, seed=seed + 30) > 0.5).astype("float32")


def _labels(seed: int) -> np.ndarray:
    return np.floor(numbers(ROWS, low=0, high=3, seed=seed + 40)).astype("int32")


def _other_labels(seed: int) -> np.ndarray:
    return _labels(seed + 50)


def _hot(seed: int) -> np.ndarray:
    return np.eye(3, dtype="float32")[_labels(seed)]


VALUES: Final = _batches(_values, _other_values)
CHANCES: Final = _batches(_bits, _chances)
UNWEIGHTED: Final = _batches(_bits, _chances, weighted=False)
PAIRS: Final = _batches(_labels, _other_labels, weighted=False)
SHARES: Final = _batches(_hot, _shares)
CLASSES: Final = _batches(_labels, _shares)

CASES: Final = tuple(
    ComponentCase("metrics", name, variant, arguments, CHECKS, data, tolerance=4)
    for name, variant, arguments, data in (
        *((name, "plain", {}, _batches(None, _values)) for name in ("Mean", "Sum")),
        *(
            (name, "plain", {}, VALUES)
            for name in (
                *("MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "RootMeanSquaredError"),
                *("LogCoshError", "CosineSimilarity", "CategoricalHinge"),
            )
        ),
        *(
            (name, "plain", {}, _batches(_values, _other_values, False))
            for name in ("PearsonCorrelation", "ConcordanceCorrelation")
        ),
        *(
            ("R2Score", how, {"class_aggregation": how}, VALUES)
            for how in ("uniform_average", "variance_weighted_average")
        ),
        *(
            (name, "plain", {}, _batches(_shares, _chances))
            for name in ("MeanSquaredLogarithmicError", "Poisson", "KLDivergence")
        ),
        *((name, "plain", {}, _batches(_bits, _values)) for name in ("Hinge", "SquaredHinge")),
        ("Accuracy", "plain", {}, _batches(_labels, _other_labels)),
        ("BinaryAccuracy", "plain", {}, CHANCES),
        ("BinaryAccuracy", "threshold", {"threshold": 0.3}, CHANCES),
        ("BinaryCrossentropy", "plain", {"label_smoothing": 0.1}, CHANCES),
        ("BinaryCrossentropy", "logits", {"from_logits": True}, _batches(_bits, _values)),
        ("CategoricalAccuracy", "plain", {}, SHARES),
        ("CategoricalCrossentropy", "plain", {}, SHARES),
        ("TopKCategoricalAccuracy", "plain", {"k": 2}, SHARES),
        ("SparseCategoricalAccuracy", "plain", {}, CLASSES),
        ("SparseCategoricalCrossentropy", "plain", {}, CLASSES),
        ("SparseTopKCategoricalAccuracy", "plain", {"k": 2}, CLASSES),
        *(
            (name, variant, {"thresholds": thresholds}, CHANCES)
            for name in (
                *("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives", "Precision", "Recall"),
            )
            for variant, thresholds in (("plain", None), ("thresholds", [0.2, 0.6]))
        ),
        ("Precision", "top_k", {"top_k": 2, "class_id": 1}, CHANCES),
        ("AUC", "plain", {"num_thresholds": 20}, CHANCES),
        ("AUC", "precision_recall", {"num_thresholds": 20, "curve": "PR", "summation_method": "majoring"}, CHANCES),
        ("AUC", "labels", {"num_thresholds": 20, "multi_label": True, "num_labels": 3}, UNWEIGHTED),
        *(
            (name, "plain", {argument: 0.5, "num_thresholds": 20}, CHANCES)
            for name, argument in (
                ("PrecisionAtRecall", "recall"),
                ("RecallAtPrecision", "precision"),
                ("SensitivityAtSpecificity", "specificity"),
                ("SpecificityAtSensitivity", "sensitivity"),
            )
        ),
        *(
            (name, average, {"average": average, **more}, SHARES)
            for name, more in (("F1Score", {}), ("FBetaScore", {"beta": 2.0, "threshold": 0.4}))
            for average in ("micro", "macro", "weighted")
        ),
        ("IoU", "plain", {"num_classes": 3, "target_class_ids": [0, 2]}, PAIRS),
        ("MeanIoU", "plain", {"num_classes": 3, "ignore_class": 1}, PAIRS),
        ("BinaryIoU", "plain", {"threshold": 0.4}, UNWEIGHTED),
        ("OneHotIoU", "plain", {"num_classes": 3, "target_class_ids": [0, 2]}, _batches(_hot, _shares, False)),
        ("OneHotMeanIoU", "plain", {"num_classes": 3}, _batches(_hot, _shares, False)),
    )
)
