"""How often predictions are right, as functions: one value an element, 1 for right and 0 for wrong."""

from typing import Any

from keras_core import ops
from keras_core.losses.reduction import dtype_of, rank, same_rank
from keras_core.runtime import config


def _as_float(matches: Any) -> Any:
    return ops.cast(matches, config.floatx())


def accuracy(y_true: Any, y_pred: Any) -> Any:
    """Return where targets and predictions are equal.

    Args:
        y_true: targets.
        y_pred: predictions of the same shape.
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true, y_pred = same_rank(ops.cast(y_true, dtype_of(y_pred)), y_pred)
    return _as_float(y_true == y_pred)


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Any:
    """Return where predictions are on the side of a threshold that the targets say.

    Args:
        y_true: targets, 0 or 1.
        y_pred: predictions of the same shape.
        threshold: predictions above it count as 1.

    Example:
        >>> keras.metrics.binary_accuracy([1.0, 0.0], [0.9, 0.6])
        array([1., 0.], dtype=float32)
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true, y_pred = same_rank(ops.convert_to_tensor(y_true), y_pred)
    y_true = ops.cast(y_true, dtype_of(y_pred))
    return _as_float(y_true == ops.cast(y_pred > threshold, dtype_of(y_pred)))


def _class_of(one_hot: Any) -> Any:
    return ops.argmax(ops.convert_to_tensor(one_hot), axis=-1)


def categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """Return where the largest prediction is that of the right class.

    Args:
        y_true: one-hot labels, shape `(..., classes)`.
        y_pred: predictions of the same shape.

    Returns:
        Tensor of shape `(...)`.

    Example:
        >>> keras.metrics.categorical_accuracy([[0.0, 1.0]], [[0.2, 0.8]])
        array([1.], dtype=float32)
    """
    return _as_float(_class_of(y_true) == _class_of(y_pred))


def _labels(y_true: Any, y_pred: Any) -> Any:
    """Return labels as int32, of one axis less than the predictions."""
    y_true = ops.convert_to_tensor(y_true)
    if rank(y_true) == rank(y_pred) and y_true.shape[-1] == 1:
        y_true = ops.squeeze(y_true, -1)
    if rank(y_true) >= rank(y_pred):
        raise ValueError(
            f"expected integer labels, one axis less than the predictions of shape {tuple(y_pred.shape)}, got the "
            f"shape {tuple(y_true.shape)}. One-hot labels are for the categorical form of the metric."
        )
    return ops.cast(y_true, "int32")


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """Return where the largest prediction is that of the right class.

    Args:
        y_true: integer labels, shape `(...)` or `(..., 1)`.
        y_pred: predictions, shape `(..., classes)`.

    Returns:
        Tensor of shape `(...)`.

    Example:
        >>> keras.metrics.sparse_categorical_accuracy([1], [[0.2, 0.8]])
        array([1.], dtype=float32)
    """
    y_pred = ops.convert_to_tensor(y_pred)
    return _as_float(_labels(y_true, y_pred) == _class_of(y_pred))


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Any:
    """Return where the right class is among the `k` largest predictions.

    Args:
        y_true: one-hot labels, shape `(..., classes)`.
        y_pred: predictions of the same shape.
        k: int.

    Returns:
        Tensor of shape `(...)`.

    Example:
        >>> keras.metrics.top_k_categorical_accuracy([[0.0, 1.0, 0.0]], [[0.3, 0.2, 0.5]], k=2)
        array([0.], dtype=float32)
    """
    return sparse_top_k_categorical_accuracy(_class_of(y_true), y_pred, k)


def sparse_top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5, from_sorted_ids: bool = False) -> Any:
    """Return where the right class is among the `k` largest predictions; of equal ones all count as among them.

    Args:
        y_true: integer labels, shape `(...)` or `(..., 1)`.
        y_pred: predictions, shape `(..., classes)`; or the ids of classes from the best down.
        k: int.
        from_sorted_ids: whether `y_pred` are ids.

    Returns:
        Tensor of shape `(...)`.

    Example:
        >>> keras.metrics.sparse_top_k_categorical_accuracy([1], [[0.3, 0.2, 0.5]], k=2)
        array([0.], dtype=float32)
    """
    y_pred = ops.convert_to_tensor(y_pred)
    labels = ops.expand_dims(_labels(y_true, y_pred), -1)
    if from_sorted_ids:
        hits = ops.cast(y_pred, "int32")[..., :k] == labels
        return _as_float(ops.any(hits, axis=-1))
    own = ops.take_along_axis(y_pred, labels, axis=-1)
    better = ops.sum(ops.cast(y_pred > own, "int32"), axis=-1)
    return _as_float(ops.logical_and(better < k, ops.isfinite(ops.squeeze(own, -1))))
