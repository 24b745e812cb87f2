"""How far predictions go with the targets."""

from typing import Any

from keras_core import ops
from keras_core.losses.operands import pair
from keras_core.metrics.reduction import MeanMetricWrapper
from keras_core.runtime import config


def _centered(x: Any, axis: Any) -> tuple[Any, Any]:
    mean = ops.mean(x, axis=axis, keepdims=True)
    return mean, x - mean


def pearson_correlation(y_true: Any, y_pred: Any, axis: Any = -1) -> Any:
    """Return the correlation coefficient along an axis, from -1 to 1; nan where targets or predictions are constant.

    Args:
        y_true: targets.
        y_pred: predictions of the same shape.
        axis: the axis of the observations.

    Returns:
        Tensor without the axis.

    Example:
        >>> keras.metrics.pearson_correlation([[1.0, 2.0, 4.0]], [[2.0, 4.0, 8.0]]).round(4)
        array([1.], dtype=float32)
    """
    y_true, y_pred = (_centered(x, axis)[1] for x in pair(y_true, y_pred))
    scale = ops.sqrt(ops.mean(ops.square(y_true), axis=axis) * ops.mean(ops.square(y_pred), axis=axis))
    nothing = ops.full_like(scale, float("nan"))
    correlation = ops.divide_no_nan(ops.mean(y_true * y_pred, axis=axis), scale)
    return ops.where(scale == 0, nothing, correlation)


def concordance_correlation(y_true: Any, y_pred: Any, axis: Any = -1) -> Any:
    """Return the concordance correlation coefficient along an axis: 1 only where predictions equal the targets.

    Args:
        y_true: targets.
        y_pred: predictions of the same shape.
        axis: the axis of the observations.

    Returns:
        Tensor without the axis.

    Source:
        Lin, 1989, https://doi.org/10.2307/2532051.

    Example:
        >>> keras.metrics.concordance_correlation([[1.0, 2.0, 3.0]], [[2.0, 3.0, 4.0]]).round(4)
        array([0.5714], dtype=float32)
    """
    (mean_true, y_true), (mean_pred, y_pred) = (_centered(x, axis) for x in pair(y_true, y_pred))
    spread = ops.mean(ops.square(y_true) + ops.square(y_pred), axis=axis, keepdims=True)
    covariance = ops.mean(y_true * y_pred, axis=axis, keepdims=True)
    values = ops.divide(2.0 * covariance, spread + ops.square(mean_true - mean_pred) + config.epsilon())
    return ops.squeeze(values, axis)


class PearsonCorrelation(MeanMetricWrapper):
    """Mean of the correlation coefficients of the samples, from -1 to 1.

    Args:
        name: as of `Metric`.
        dtype: as of `Metric`.
        axis: the axis of the observations.

    Example:
        >>> round(float(keras.metrics.PearsonCorrelation()([[1.0, 2.0, 4.0]], [[2.0, 4.0, 8.0]])), 4)
        1.0
    """

    def __init__(self, name: str | None = "pearson_correlation", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(pearson_correlation, name, dtype, axis=axis)


class ConcordanceCorrelation(MeanMetricWrapper):
    """Mean of the concordance correlation coefficients of the samples.

    Args:
        name: as of `Metric`.
        dtype: as of `Metric`.
        axis: the axis of the observations.

    Example:
        >>> round(float(keras.metrics.ConcordanceCorrelation()([[1.0, 2.0, 3.0]], [[2.0, 3.0, 4.0]])), 4)
        0.5714
    """

    def __init__(self, name: str | None = "concordance_correlation", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(concordance_correlation, name, dtype, axis=axis)
