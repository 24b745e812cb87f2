"""Numbers that are followed over batches: imported when they are used."""

from importlib import import_module
from typing import Any

from keras_core.runtime.naming import no_attribute

# Module -> the public names that it brings.
_HOMES = {
    "keras_core.losses.crossentropies": (
        *("binary_crossentropy", "binary_focal_crossentropy", "categorical_crossentropy"),
        *("categorical_focal_crossentropy", "sparse_categorical_crossentropy"),
    ),
    "keras_core.losses.errors": (
        *("huber", "kl_divergence", "log_cosh", "mean_absolute_error", "mean_absolute_percentage_error"),
        *("mean_squared_error", "mean_squared_logarithmic_error", "poisson"),
    ),
    "keras_core.losses.margins": ("categorical_hinge", "hinge", "squared_hinge"),
    "keras_core.metrics.accuracy": (
        *("Accuracy", "BinaryAccuracy", "CategoricalAccuracy", "SparseCategoricalAccuracy"),
        *("SparseTopKCategoricalAccuracy", "TopKCategoricalAccuracy"),
    ),
    "keras_core.metrics.accuracy_functions": (
        *("binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy"),
        *("sparse_top_k_categorical_accuracy", "top_k_categorical_accuracy"),
    ),
    "keras_core.metrics.auc": ("AUC",),
    "keras_core.metrics.classification": (
        *("BinaryCrossentropy", "CategoricalCrossentropy", "CategoricalHinge", "Hinge", "KLDivergence", "Poisson"),
        *("SparseCategoricalCrossentropy", "SquaredHinge"),
    ),
    "keras_core.metrics.columns": ("F1Score", "FBetaScore", "R2Score"),
    "keras_core.metrics.correlation": (
        *("ConcordanceCorrelation", "PearsonCorrelation", "concordance_correlation", "pearson_correlation"),
    ),
    "keras_core.metrics.iou": ("BinaryIoU", "IoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU"),
    "keras_core.metrics.lookup": ("deserialize", "get", "serialize"),
    "keras_core.metrics.metric": ("Metric",),
    "keras_core.metrics.operating_points": (
        *("PrecisionAtRecall", "RecallAtPrecision", "SensitivityAtSpecificity", "SpecificityAtSensitivity"),
    ),
    "keras_core.metrics.reduction": ("Mean", "MeanMetricWrapper", "Sum"),
    "keras_core.metrics.regression": (
        *("CosineSimilarity", "LogCoshError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredError"),
        *("MeanSquaredLogarithmicError", "RootMeanSquaredError"),
    ),
    "keras_core.metrics.thresholds": (
        *("FalseNegatives", "FalsePositives", "Precision", "Recall", "TrueNegatives", "TruePositives"),
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise no_attribute(__name__, name, __all__)
    found = globals()[name] = getattr(import_module(_HOME_OF[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
