"""Errors of numbers."""

from typing import Any

from keras_core.losses import functions
from keras_core.metrics.reduction import MeanMetricWrapper


class MeanSquaredError(MeanMetricWrapper):
    """Mean of squared errors.

    Args:
        name: as of `Metric`.
        dtype: as of `Metric`.

    Example:
        >>> float(keras.metrics.MeanSquaredError()([[0.0, 1.0]], [[1.0, 1.0]]))
        0.5
    """

    def __init__(self, name: str | None = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(functions.mean_squared_error, name, dtype)


class MeanAbsoluteError(MeanMetricWrapper):
    """Mean of absolute errors.

    Args:
        name: as of `Metric`.
        dtype: as of `Metric`.

    Example:
        >>> float(keras.metrics.MeanAbsoluteError()([[0.0, 1.0]], [[1.0, 1.0]]))
        0.5
    """

    def __init__(self, name: str | None = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(functions.mean_absolute_error, name, dtype)
