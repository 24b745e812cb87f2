"""Losses as functions: one value an element."""

from typing import Any

from keras_core import ops
from keras_core.losses.reduction import dtype_of, same_rank
from keras_core.runtime import config, dtypes

# Functions and not operators where the targets come first: a tensor's own operator need not know what it is that
# autodiff puts in the place of the predictions.


def _pair(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Return targets and predictions as tensors of one float dtype and one rank."""
    y_pred = ops.convert_to_tensor(y_pred)
    if not dtypes.is_inexact(dtype_of(y_pred)):
        y_pred = ops.cast(y_pred, config.floatx())
    y_true = ops.convert_to_tensor(y_true, dtype_of(y_pred))
    return same_rank(y_true, y_pred)


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
    y_true, y_pred = _pair(y_true, y_pred)
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
    y_true, y_pred = _pair(y_true, y_pred)
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
    y_true, y_pred = _pair(y_true, y_pred)
    error = ops.abs(ops.subtract(y_true, y_pred))
    values = ops.where(error <= delta, 0.5 * ops.square(error), delta * error - 0.5 * delta**2)
    return ops.mean(values, axis=-1)


def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Any:
    """Return `-sum(y_true * log(y_pred))` along the axis of classes.

    Args:
        y_true: probabilities of the classes, one-hot for labels.
        y_pred: predicted probabilities, or logits, of the same shape.
        from_logits: whether `y_pred` are logits.
        label_smoothing: float in [0, 1]: that much of the probability is spread evenly over the classes.
        axis: the axis of classes.

    Returns:
        Tensor without the axis.

    Example:
        >>> keras.losses.categorical_crossentropy([[0.0, 1.0]], [[0.5, 0.5]])
        array([0.6931472], dtype=float32)
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.cast(y_true, dtype_of(y_pred))
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + label_smoothing / y_true.shape[axis]
    return ops.categorical_crossentropy(y_true, y_pred, from_logits=from_logits, axis=axis)


def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, ignore_class: int | None = None, axis: int = -1
) -> Any:
    """Return `-log(y_pred[y_true])` along the axis of classes.

    Args:
        y_true: integer labels, of the shape of `y_pred` without the axis (or with size 1 there).
        y_pred: predicted probabilities, or logits.
        from_logits: whether `y_pred` are logits.
        ignore_class: label of elements that do not count: their value is 0.
        axis: the axis of classes.

    Returns:
        Tensor without the axis.

    Example:
        >>> keras.losses.sparse_categorical_crossentropy([1], [[0.5, 0.5]])
        array([0.6931472], dtype=float32)
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.convert_to_tensor(y_true)
    if len(y_true.shape) == len(y_pred.shape) and y_true.shape[-1] == 1:
        y_true = ops.squeeze(y_true, -1)
    if ignore_class is None:
        return ops.sparse_categorical_crossentropy(y_true, y_pred, from_logits=from_logits, axis=axis)
    counts = y_true != ignore_class
    labels = ops.where(counts, y_true, ops.zeros_like(y_true))
    values = ops.sparse_categorical_crossentropy(labels, y_pred, from_logits=from_logits, axis=axis)
    return ops.where(counts, values, 0.0)


def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Any:
    """Return the mean of `-y_true * log(y_pred) - (1 - y_true) * log(1 - y_pred)` over an axis.

    Args:
        y_true: probabilities, 0 or 1 for labels.
        y_pred: predicted probabilities, or logits, of the same shape.
        from_logits: whether `y_pred` are logits.
        label_smoothing: float in [0, 1]: how far labels are moved towards 0.5.
        axis: the axis of the mean.

    Returns:
        Tensor without the axis.

    Example:
        >>> keras.losses.binary_crossentropy([[1.0]], [[0.5]])
        array([0.6931472], dtype=float32)
    """
    y_true, y_pred = _pair(y_true, y_pred)
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing
    return ops.mean(ops.binary_crossentropy(y_true, y_pred, from_logits=from_logits), axis=axis)
