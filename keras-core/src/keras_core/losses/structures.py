"""Losses of masks and sequences as functions: what is compared has a structure, of overlaps or of an order."""

from typing import Any

from keras_core import ops
from keras_core.losses.operands import pair
from keras_core.losses.reduction import rank
from keras_core.runtime import config


def dice(y_true: Any, y_pred: Any, axis: Any = None) -> Any:
    """Return 1 less the Dice coefficient `2 * sum(y_true * y_pred) / (sum(y_true) + sum(y_pred))`.

    Args:
        y_true: masks, 0 or 1.
        y_pred: predicted probabilities of the same shape.
        axis: axes of one mask, an int or tuple; None for all.

    Returns:
        Tensor without the axes.

    Example:
        >>> round(float(keras.losses.dice([[1.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]])), 4)
        0.3333
    """
    y_true, y_pred = pair(y_true, y_pred)
    overlap = 2.0 * ops.sum(ops.multiply(y_true, y_pred), axis=axis)
    total = ops.add(ops.sum(y_true, axis=axis), ops.sum(y_pred, axis=axis))
    return 1.0 - ops.divide(overlap, total + config.epsilon())


def tversky(y_true: Any, y_pred: Any, alpha: float = 0.5, beta: float = 0.5, axis: Any = None) -> Any:
    """Return 1 less the Tversky index, in which what is wrongly predicted and what is missed have weights.

    Args:
        y_true: masks, 0 or 1.
        y_pred: predicted probabilities of the same shape.
        alpha: weight of what is true and not predicted.
        beta: weight of what is predicted and not true.
        axis: axes of one mask, an int or tuple; None for all.

    Returns:
        Tensor without the axes.

    Source:
        Salehi et al., 2017, https://arxiv.org/abs/1706.05721.

    Example:
        >>> round(float(keras.losses.tversky([[1.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]], alpha=0.25)), 4)
        0.2
    """
    y_true, y_pred = pair(y_true, y_pred)
    overlap = ops.sum(ops.multiply(y_true, y_pred), axis=axis)
    wrong = ops.sum(ops.multiply(1.0 - y_true, y_pred), axis=axis)
    missed = ops.sum(ops.multiply(y_true, 1.0 - y_pred), axis=axis)
    return 1.0 - ops.divide(overlap, overlap + alpha * missed + beta * wrong + config.epsilon())


def ctc(y_true: Any, y_pred: Any) -> Any:
    """Return the loss of connectionist temporal classification: labels whose places in a sequence are not known.

    Args:
        y_true: integer labels, shape `(batch, max_length)`; 0 is the blank, and what pads shorter sequences.
        y_pred: logits, shape `(batch, max_length, classes)`.

    Returns:
        Tensor of shape `(batch,)`.

    Raises:
        ValueError: where a rank does not fit.

    Source:
        Graves et al., 2006, https://doi.org/10.1145/1143844.1143891.

    Example:
        >>> keras.losses.ctc([[1, 2]], np.zeros((1, 3, 4))).round(4)
        array([2.5494])
    """
    y_true, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
    if rank(y_true) != 2 or rank(y_pred) != 3:
        raise ValueError(
            "ctc: expected labels y_true of shape (batch, max_length) and logits y_pred of shape (batch, max_length, "
            f"classes), got shapes {tuple(y_true.shape)} and {tuple(y_pred.shape)}."
        )
    y_true = ops.cast(y_true, "int32")
    lengths = ops.sum(ops.cast(y_true != 0, "int32"), axis=-1)
    steps = ops.broadcast_to(ops.cast(ops.shape(y_pred)[1], "int32"), ops.shape(lengths))
    return ops.ctc_loss(y_true, y_pred, lengths, steps, mask_index=0)
