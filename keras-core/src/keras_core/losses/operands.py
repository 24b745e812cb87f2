"""What the functions of losses are given: targets and predictions, made fit for each other."""

from typing import Any

from keras_core import ops
from keras_core.losses.reduction import check_broadcast, dtype_of, rank, same_rank
from keras_core.runtime import config, dtypes

# Functions and not operators where the targets come first: a tensor's own operator need not know what it is that
# autodiff puts in the place of the predictions.


def pair(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Return targets and predictions as tensors of one float dtype and one rank."""
    y_pred = ops.convert_to_tensor(y_pred)
    if not dtypes.is_inexact(dtype_of(y_pred)):
        y_pred = ops.cast(y_pred, config.floatx())
    y_true, y_pred = same_rank(ops.convert_to_tensor(y_true, dtype_of(y_pred)), y_pred)
    check_broadcast("targets", y_true, "predictions", y_pred, "The last layer has a unit for each number of a target.")
    return y_true, y_pred


def probabilities(x: Any) -> Any:
    """Return probabilities moved away from 0 by `epsilon`, so that their logarithm is finite."""
    return ops.clip(x, config.epsilon(), 1.0)


def class_labels(y_true: Any, y_pred: Any) -> Any:
    """Return integer labels of one axis less than the predictions: an axis of size 1 is taken off."""
    y_true = ops.convert_to_tensor(y_true)
    return ops.squeeze(y_true, -1) if rank(y_true) == rank(y_pred) and y_true.shape[-1] == 1 else y_true
