"""Losses of numbers as functions: one value a row, from how far predictions are from the targets."""

import math
from typing import Any

from keras_core import ops
from keras_core.losses.operands import pair, probabilities
from keras_core.runtime import config


def mean_squared_error(y_true: Any, y_pred: Any) -> Any:
    """Return `mean((y_true - y_pred) ** 2)` over the last axis.

    Args:
        y_true: targets, shape `(..., n)`.
        y_pred: predictions of the same shape.

    Returns:
        Tensor of shape `(...)`.

    Example:
        >>> keras.losses.mean_squared_error([[0.0, 1.0]], [[1.0, 1.0]])
        array([0.5], dtype=float32)
    """
    y_true, y_pred = pair(y_true, y_pred)
    return ops.mean(ops.square(ops.subtract(y_true, y_pred)), axis=-1)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Any:
    """Return `mean(|y_true - y_pred|)` over the last axis.

    Args:
        y_true: targets, shape `(..., n)`.
        y_pred: predictions of the same shape.

    Returns:
        Tensor of shape `(...)`.

    Example:
        >>> keras.losses.mean_absolute_error([[0.0, 1.0]], [[1.0, 1.0]])
        array([0.5], dtype=float32)
    """
    y_true, y_pred = pair(y_true, y_pred)
    return ops.mean(ops.abs(ops.subtract(y_true, y_pred)), axis=-1)


def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Any:
    """Return the mean over the last axis of half the squared error, linear where the error is above `delta`.

    Args:
        y_true: targets, shape `(..., n)`.
        y_pred: predictions of the same shape.
        delta: positive float.

    Returns:
        Tensor of shape `(...)`.

    Source:
        Huber, 1964, https://doi.org/10.1214/aoms/1177703732.

    Example:
        >>> keras.losses.huber([[0.0, 1.0]], [[3.0, 1.5]])
        array([1.3125], dtype=float32)
    """
    y_true, y_pred = pair(y_true, y_pred)
    error = ops.abs(ops.subtract(y_true, y_pred))
    values = ops.where(error <= delta, 0.5 * ops.square(error), delta * error - 0.5 * delta**2)
    return ops.mean(values, axis=-1)


def log_cosh(y_true: Any, y_pred: Any) -> Any:
    """Return the mean over the last axis of the logarithm of the hyperbolic cosine of the error.

    It is half the squared error where that is small and the absolute error less `log(2)` where it is large.

    Args:
        y_true: targets, shape `(..., n)`.
        y_pred: predictions of the same shape.

    Returns:
        Tensor of shape `(...)`.

    Example:
        >>> keras.losses.log_cosh([[0.0, 0.0]], [[1.0, 0.0]])
        array([0.2168904], dtype=float32)
    """
    y_true, y_pred = pair(y_true, y_pred)
    # The function is even: of |error| no term overflows, and none cancels another that is much larger.
    error = ops.abs(ops.subtract(y_pred, y_true))
    return ops.mean(error + ops.softplus(-2.0 * error) - math.log(2.0), axis=-1)


def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Any:
    """Return `100 * mean(|y_true - y_pred| / |y_true|)` over the last axis.

    Args:
        y_true: targets, shape `(..., n)`; what is nearer to 0 than `epsilon` is divided by `epsilon`.
        y_pred: predictions of the same shape.

    Returns:
        Tensor of shape `(...)`.

    Example:
        >>> keras.losses.mean_absolute_percentage_error([[2.0, 4.0]], [[1.0, 4.0]])
        array([25.], dtype=float32)
    """
    y_true, y_pred = pair(y_true, y_pred)
    size = ops.maximum(ops.abs(y_true), config.epsilon())
    return 100.0 * ops.mean(ops.abs(ops.divide(ops.subtract(y_true, y_pred), size)), axis=-1)


def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Any:
    """Return `mean((log(1 + y_true) - log(1 + y_pred)) ** 2)` over the last axis.

    Args:
        y_true: targets, shape `(..., n)`; what is below `epsilon` counts as `epsilon`.
        y_pred: predictions of the same shape; the same.

    Returns:
        Tensor of shape `(...)`.

    Example:
        >>> keras.losses.mean_squared_logarithmic_error([[0.0, 1.0]], [[0.0, 3.0]])
        array([0.2402265], dtype=float32)
    """
    logarithms = [ops.log1p(ops.maximum(x, config.epsilon())) for x in pair(y_true, y_pred)]
    return ops.mean(ops.square(ops.subtract(*logarithms)), axis=-1)


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """Return the negative cosine of the angle between vectors: -1 for one direction, 0 where one of them is 0.

    Args:
        y_true: vectors.
        y_pred: vectors, of the same shape.
        axis: the axis of the vectors.

    Returns:
        Tensor without the axis.

    Example:
        >>> keras.losses.cosine_similarity([[0.0, 1.0]], [[3.0, 4.0]])
        array([-0.8], dtype=float32)
    """
    y_true, y_pred = pair(y_true, y_pred)
    return -ops.sum(ops.multiply(ops.normalize(y_true, axis=axis), ops.normalize(y_pred, axis=axis)), axis=axis)


def poisson(y_true: Any, y_pred: Any) -> Any:
    """Return `mean(y_pred - y_true * log(y_pred))` over the last axis: how unlikely counts are at predicted rates.

    Args:
        y_true: counts, shape `(..., n)`.
        y_pred: rates of the same shape, not negative.

    Returns:
        Tensor of shape `(...)`.

    Example:
        >>> keras.losses.poisson([[1.0, 2.0]], [[1.0, 1.0]])
        array([0.9999998], dtype=float32)
    """
    y_true, y_pred = pair(y_true, y_pred)
    return ops.mean(ops.subtract(y_pred, ops.multiply(y_true, ops.log(y_pred + config.epsilon()))), axis=-1)


def kl_divergence(y_true: Any, y_pred: Any) -> Any:
    """Return the Kullback-Leibler divergence `sum(y_true * log(y_true / y_pred))` over the last axis.

    Args:
        y_true: probabilities, shape `(..., n)`; both are moved into `[epsilon, 1]`.
        y_pred: probabilities of the same shape.

    Returns:
        Tensor of shape `(...)`.

    Example:
        >>> keras.losses.kl_divergence([[0.5, 0.5]], [[0.25, 0.75]])
        array([0.14384106], dtype=float32)
    """
    y_true, y_pred = (probabilities(x) for x in pair(y_true, y_pred))
    return ops.sum(ops.multiply(y_true, ops.log(ops.divide(y_true, y_pred))), axis=-1)
