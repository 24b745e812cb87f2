"""How often predictions are right."""

from typing import Any

from keras_core.metrics import accuracy_functions as functions
from keras_core.metrics.reduction import MeanMetricWrapper


class Accuracy(MeanMetricWrapper):
    """Share of predictions that are equal to the targets.

    Args:
        name: as of `Metric`.
        dtype: as of `Metric`.

    Example:
        >>> float(keras.metrics.Accuracy()([1, 2], [1, 3]))
        0.5
    """

    def __init__(self, name: str | None = "accuracy", dtype: Any = None) -> None:
        super().__init__(functions.accuracy, name, dtype)


class BinaryAccuracy(MeanMetricWrapper):
    """Share of predictions on the right side of a threshold.

    Args:
        name: as of `Metric`.
        dtype: as of `Metric`.
        threshold: predictions above it count as 1.

    Example:
        >>> float(keras.metrics.BinaryAccuracy()([1, 0], [0.9, 0.6]))
        0.5
    """

    def __init__(self, name: str | None = "binary_accuracy", dtype: Any = None, threshold: float = 0.5) -> None:
        super().__init__(functions.binary_accuracy, name, dtype, threshold=threshold)


class CategoricalAccuracy(MeanMetricWrapper):
    """Share of samples whose largest prediction is that of the right class; labels are one-hot.

    Args:
        name: as of `Metric`.
        dtype: as of `Metric`.

    Example:
        >>> float(keras.metrics.CategoricalAccuracy()([[0, 1], [1, 0]], [[0.2, 0.8], [0.1, 0.9]]))
        0.5
    """

    def __init__(self, name: str | None = "categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(functions.categorical_accuracy, name, dtype)


class SparseCategoricalAccuracy(MeanMetricWrapper):
    """Share of samples whose largest prediction is that of the right class; labels are integers.

    Args:
        name: as of `Metric`.
        dtype: as of `Metric`.

    Example:
        >>> float(keras.metrics.SparseCategoricalAccuracy()([1, 0], [[0.2, 0.8], [0.1, 0.9]]))
        0.5
    """

    def __init__(self, name: str | None = "sparse_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(functions.sparse_categorical_accuracy, name, dtype)


class TopKCategoricalAccuracy(MeanMetricWrapper):
    """Share of samples with the right class among the `k` largest predictions; labels are one-hot.

    Args:
        k: int.
        name: as of `Metric`.
        dtype: as of `Metric`.

    Example:
        >>> float(keras.metrics.TopKCategoricalAccuracy(k=2)([[0, 1, 0]], [[0.3, 0.2, 0.5]]))
        0.0
    """

    def __init__(self, k: int = 5, name: str | None = "top_k_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(functions.top_k_categorical_accuracy, name, dtype, k=k)


class SparseTopKCategoricalAccuracy(MeanMetricWrapper):
    """Share of samples with the right class among the `k` largest predictions; labels are integers.

    Args:
        k: int.
        name: as of `Metric`.
        dtype: as of `Metric`.
        from_sorted_ids: whether predictions are ids of classes, from the best down.

    Example:
        >>> float(keras.metrics.SparseTopKCategoricalAccuracy(k=2)([0], [[0.3, 0.2, 0.5]]))
        1.0
    """

    def __init__(
        self,
        k: int = 5,
        name: str | None = "sparse_top_k_categorical_accuracy",
        dtype: Any = None,
        from_sorted_ids: bool = False,
    ) -> None:
        super().__init__(functions.sparse_top_k_categorical_accuracy, name, dtype, k=k, from_sorted_ids=from_sorted_ids)
