"""Crossentropies as functions: how far predicted probabilities of classes are from the labels."""

from typing import Any

from keras_core import ops
from keras_core.losses.operands import class_labels, pair
from keras_core.losses.reduction import dtype_of
from keras_core.runtime import config


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
    y_true = class_labels(y_true, y_pred)
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
    y_true, y_pred = pair(y_true, y_pred)
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing
    return ops.mean(ops.binary_crossentropy(y_true, y_pred, from_logits=from_logits), axis=axis)


def binary_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Any:
    """Return the mean of binary crossentropies times `(1 - p) ** gamma`, with the probability `p` of the right label.

    Args:
        y_true: labels, 0 or 1.
        y_pred: predicted probabilities, or logits, of the same shape.
        apply_class_balancing: whether labels 1 have the weight `alpha` and labels 0 the weight `1 - alpha`.
        alpha: float in [0, 1].
        gamma: float: how much less the elements count that are predicted well.
        from_logits: whether `y_pred` are logits.
        label_smoothing: float in [0, 1]: how far labels are moved towards 0.5.
        axis: the axis of the mean.

    Returns:
        Tensor without the axis.

    Source:
        Lin et al., 2017, https://arxiv.org/abs/1708.02002.

    Example:
        >>> keras.losses.binary_focal_crossentropy([[1.0]], [[0.5]])
        array([0.1732868], dtype=float32)
    """
    y_true, y_pred = pair(y_true, y_pred)
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing
    values = ops.binary_crossentropy(y_true, y_pred, from_logits=from_logits)
    if from_logits:
        y_pred = ops.sigmoid(y_pred)
    right = ops.add(ops.multiply(y_true, y_pred), ops.multiply(1.0 - y_true, 1.0 - y_pred))
    values = ops.multiply(ops.power(1.0 - right, gamma), values)
    if apply_class_balancing:
        values = ops.multiply(y_true * alpha + (1.0 - y_true) * (1.0 - alpha), values)
    return ops.mean(values, axis=axis)


def categorical_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    alpha: Any = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Any:
    """Return `-sum(alpha * (1 - y_pred) ** gamma * y_true * log(y_pred))` along the axis of classes.

    Args:
        y_true: probabilities of the classes, one-hot for labels.
        y_pred: predicted probabilities, or logits, of the same shape.
        alpha: weight of the classes: float, or a list of one a class.
        gamma: float: how much less the elements count that are predicted well.
        from_logits: whether `y_pred` are logits.
        label_smoothing: float in [0, 1]: that much of the probability is spread evenly over the classes.
        axis: the axis of classes.

    Returns:
        Tensor without the axis.

    Source:
        Lin et al., 2017, https://arxiv.org/abs/1708.02002.

    Example:
        >>> keras.losses.categorical_focal_crossentropy([[0.0, 1.0]], [[0.5, 0.5]])
        array([0.0433217], dtype=float32)
    """
    y_true, y_pred = pair(y_true, y_pred)
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + label_smoothing / y_true.shape[axis]
    if from_logits:
        logarithms, y_pred = ops.log_softmax(y_pred, axis=axis), ops.softmax(y_pred, axis=axis)
    else:
        y_pred = ops.divide(y_pred, ops.sum(y_pred, axis=axis, keepdims=True))
        y_pred = ops.clip(y_pred, config.epsilon(), 1.0 - config.epsilon())
        logarithms = ops.log(y_pred)
    weights = ops.multiply(ops.convert_to_tensor(alpha, dtype_of(y_pred)), ops.power(1.0 - y_pred, gamma))
    return -ops.sum(weights * y_true * logarithms, axis=axis)


def categorical_generalized_cross_entropy(y_true: Any, y_pred: Any, q: float) -> Any:
    """Return `(1 - p ** q) / q` with the probability `p` of the right class: less than a crossentropy of wrong labels.

    Args:
        y_true: integer labels, shape `(...)` or `(..., 1)`.
        y_pred: predicted probabilities, shape `(..., classes)`.
        q: float in (0, 1): near 0 it is the crossentropy, at 1 the absolute error.

    Returns:
        Tensor of shape `(...)`.

    Source:
        Zhang and Sabuncu, 2018, https://arxiv.org/abs/1805.07836.

    Example:
        >>> keras.losses.categorical_generalized_cross_entropy([1], [[0.75, 0.25]], q=0.5)
        array([1.], dtype=float32)
    """
    y_pred = ops.convert_to_tensor(y_pred)
    labels = ops.expand_dims(ops.cast(class_labels(y_true, y_pred), "int32"), -1)
    return (1.0 - ops.power(ops.squeeze(ops.take_along_axis(y_pred, labels, axis=-1), -1), q)) / q
