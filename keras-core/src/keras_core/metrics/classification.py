"""Means of losses of classes: crossentropies, divergences and margins."""

from typing import Any

from keras_core.losses import crossentropies, errors, margins
from keras_core.metrics.reduction import MeanMetricWrapper


class BinaryCrossentropy(MeanMetricWrapper):
    """Mean crossentropy of labels of two classes, 0 and 1.

    Args:
        name: as of `Metric`.
        dtype: as of `Metric`.
        from_logits: whether predictions are logits.
        label_smoothing: float in [0, 1]: how far labels are made even.

    Example:
        >>> round(float(keras.metrics.BinaryCrossentropy()([[1.0]], [[0.5]])), 4)
        0.6931
    """

    def __init__(
        self,
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
    ) -> None:
        arguments = {"from_logits": from_logits, "label_smoothing": label_smoothing}
        super().__init__(crossentropies.binary_crossentropy, name, dtype, **arguments)


class CategoricalCrossentropy(MeanMetricWrapper):
    """Mean crossentropy of one-hot labels.

    Args:
        name: as of `Metric`.
        dtype: as of `Metric`.
        from_logits: whether predictions are logits.
        label_smoothing: float in [0, 1]: how far labels are made even.
        axis: the axis of classes.

    Example:
        >>> round(float(keras.metrics.CategoricalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]])), 4)
        0.6931
    """

    def __init__(
        self,
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
        axis: int = -1,
    ) -> None:
        super().__init__(
            crossentropies.categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )


class SparseCategoricalCrossentropy(MeanMetricWrapper):
    """Mean crossentropy of integer labels.

    Args:
        name: as of `Metric`.
        dtype: as of `Metric`.
        from_logits: whether predictions are logits.
        ignore_class: label of elements whose crossentropy is 0.
        axis: the axis of classes.

    Example:
        >>> round(float(keras.metrics.SparseCategoricalCrossentropy()([1], [[0.5, 0.5]])), 4)
        0.6931
    """

    def __init__(
        self,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ) -> None:
        super().__init__(
            crossentropies.sparse_categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )


class KLDivergence(MeanMetricWrapper):
    """Mean Kullback-Leibler divergence of predicted from true probabilities.

    Args:
        name: as of `Metric`.
        dtype: as of `Metric`.

    Example:
        >>> round(float(keras.metrics.KLDivergence()([[0.5, 0.5]], [[0.25, 0.75]])), 4)
        0.1438
    """

    def __init__(self, name: str | None = "kl_divergence", dtype: Any = None) -> None:
        super().__init__(errors.kl_divergence, name, dtype)


class Poisson(MeanMetricWrapper):
    """Mean of `y_pred - y_true * log(y_pred)`.

    Args:
        name: as of `Metric`.
        dtype: as of `Metric`.

    Example:
        >>> round(float(keras.metrics.Poisson()([[1.0, 2.0]], [[1.0, 1.0]])), 4)
        1.0
    """

    def __init__(self, name: str | None = "poisson", dtype: Any = None) -> None:
        super().__init__(errors.poisson, name, dtype)


class Hinge(MeanMetricWrapper):
    """Mean of how much `y_true * y_pred` is short of 1.

    Args:
        name: as of `Metric`.
        dtype: as of `Metric`.

    Example:
        >>> round(float(keras.metrics.Hinge()([[0.0, 1.0]], [[-0.5, 2.0]])), 4)
        0.25
    """

    def __init__(self, name: str | None = "hinge", dtype: Any = None) -> None:
        super().__init__(margins.hinge, name, dtype)


class SquaredHinge(MeanMetricWrapper):
    """Mean of squares of how much `y_true * y_pred` is short of 1.

    Args:
        name: as of `Metric`.
        dtype: as of `Metric`.

    Example:
        >>> round(float(keras.metrics.SquaredHinge()([[0.0, 1.0]], [[-0.5, 2.0]])), 4)
        0.125
    """

    def __init__(self, name: str | None = "squared_hinge", dtype: Any = None) -> None:
        super().__init__(margins.squared_hinge, name, dtype)


class CategoricalHinge(MeanMetricWrapper):
    """Mean of how much the right class fails to be 1 above the others.

    Args:
        name: as of `Metric`.
        dtype: as of `Metric`.

    Example:
        >>> round(float(keras.metrics.CategoricalHinge()([[0.0, 1.0]], [[0.5, 0.75]])), 4)
        0.75
    """

    def __init__(self, name: str | None = "categorical_hinge", dtype: Any = None) -> None:
        super().__init__(margins.categorical_hinge, name, dtype)
