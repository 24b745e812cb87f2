"""Errors of numbers."""

from typing import Any

from keras_core import ops
from keras_core.losses import errors
from keras_core.losses.operands import pair
from keras_core.losses.reduction import apply_mask
from keras_core.metrics.reduction import Mean, MeanMetricWrapper
from keras_core.runtime.call_context import get_mask


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
        super().__init__(errors.mean_squared_error, name, dtype)


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
        super().__init__(errors.mean_absolute_error, name, dtype)


class MeanAbsolutePercentageError(MeanMetricWrapper):
    """Mean of absolute errors in percent of the targets.

    Args:
        name: as of `Metric`.
        dtype: as of `Metric`.

    Example:
        >>> round(float(keras.metrics.MeanAbsolutePercentageError()([[2.0, 4.0]], [[1.0, 4.0]])), 4)
        25.0
    """

    def __init__(self, name: str | None = "mean_absolute_percentage_error", dtype: Any = None) -> None:
        super().__init__(errors.mean_absolute_percentage_error, name, dtype)


class MeanSquaredLogarithmicError(MeanMetricWrapper):
    """Mean of squared differences of `log(1 + x)`.

    Args:
        name: as of `Metric`.
        dtype: as of `Metric`.

    Example:
        >>> round(float(keras.metrics.MeanSquaredLogarithmicError()([[0.0, 1.0]], [[0.0, 3.0]])), 4)
        0.2402
    """

    def __init__(self, name: str | None = "mean_squared_logarithmic_error", dtype: Any = None) -> None:
        super().__init__(errors.mean_squared_logarithmic_error, name, dtype)


class LogCoshError(MeanMetricWrapper):
    """Mean of the logarithm of the hyperbolic cosine of errors.

    Args:
        name: as of `Metric`.
        dtype: as of `Metric`.

    Example:
        >>> round(float(keras.metrics.LogCoshError()([[0.0, 0.0]], [[1.0, 0.0]])), 4)
        0.2169
    """

    def __init__(self, name: str | None = "logcosh", dtype: Any = None) -> None:
        super().__init__(errors.log_cosh, name, dtype)


def _cosine(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """Return the cosine of the angle between vectors, of which the loss is the negative."""
    return -errors.cosine_similarity(y_true, y_pred, axis)


class CosineSimilarity(MeanMetricWrapper):
    """Mean of the cosine of the angle between targets and predictions, from -1 to 1.

    Args:
        name: as of `Metric`.
        dtype: as of `Metric`.
        axis: the axis of the vectors.

    Example:
        >>> round(float(keras.metrics.CosineSimilarity()([[0.0, 1.0]], [[3.0, 4.0]])), 4)
        0.8
    """

    def __init__(self, name: str | None = "cosine_similarity", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(_cosine, name, dtype, axis=axis)


class RootMeanSquaredError(Mean):
    """Square root of the mean of squared errors.

    Args:
        name: as of `Metric`.
        dtype: as of `Metric`.

    Example:
        >>> float(keras.metrics.RootMeanSquaredError()([[0.0, 2.0]], [[2.0, 0.0]]))
        2.0
    """

    def __init__(self, name: str | None = "root_mean_squared_error", dtype: Any = None) -> None:
        super().__init__(name, dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Add a batch.

        Args:
            y_true: targets.
            y_pred: predictions. A mask that a layer attached to them counts.
            sample_weight: weights of the errors, or one a sample.
        """
        weights = apply_mask(sample_weight, get_mask(y_pred), self.dtype, "sum")
        y_true, y_pred = pair(y_true, y_pred)
        super().update_state(ops.square(ops.subtract(y_true, y_pred)), weights)

    def result(self) -> Any:
        """Return the root, 0 of nothing."""
        return ops.sqrt(super().result())
