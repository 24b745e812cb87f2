"""Losses as functions that ask for a distance between what is right and what is wrong."""

from typing import Any, Final

from keras_core import ops
from keras_core.losses.operands import pair
from keras_core.losses.reduction import dtype_of, rank

_NEVER: Final = -1e9


def _signs(y_true: Any) -> Any:
    """Return labels -1 and 1, of which 0 and 1 may stand for."""
    is_binary = ops.all(ops.logical_or(y_true == 0, y_true == 1))
    return ops.where(is_binary, 2.0 * y_true - 1.0, y_true)


def _shortfall(y_true: Any, y_pred: Any) -> Any:
    y_true, y_pred = pair(y_true, y_pred)
    return ops.maximum(1.0 - ops.multiply(_signs(y_true), y_pred), 0.0)


def hinge(y_true: Any, y_pred: Any) -> Any:
    """Return `mean(max(1 - y_true * y_pred, 0))` over the last axis.

    Args:
        y_true: labels -1 or 1, shape `(..., n)`; where all are 0 or 1, a label 0 is read as -1.
        y_pred: predictions of the same shape.

    Returns:
        Tensor of shape `(...)`.

    Example:
        >>> keras.losses.hinge([[0.0, 1.0]], [[-0.5, 2.0]])
        array([0.25], dtype=float32)
    """
    return ops.mean(_shortfall(y_true, y_pred), axis=-1)


def squared_hinge(y_true: Any, y_pred: Any) -> Any:
    """Return `mean(max(1 - y_true * y_pred, 0) ** 2)` over the last axis.

    Args:
        y_true: labels -1 or 1, shape `(..., n)`; where all are 0 or 1, a label 0 is read as -1.
        y_pred: predictions of the same shape.

    Returns:
        Tensor of shape `(...)`.

    Example:
        >>> keras.losses.squared_hinge([[0.0, 1.0]], [[-0.5, 2.0]])
        array([0.125], dtype=float32)
    """
    return ops.mean(ops.square(_shortfall(y_true, y_pred)), axis=-1)


def categorical_hinge(y_true: Any, y_pred: Any) -> Any:
    """Return by how much the prediction of the right class fails to be 1 above the largest of the others.

    Args:
        y_true: one-hot labels, shape `(..., classes)`.
        y_pred: predictions of the same shape.

    Returns:
        Tensor of shape `(...)`.

    Example:
        >>> keras.losses.categorical_hinge([[0.0, 1.0]], [[0.5, 0.75]])
        array([0.75], dtype=float32)
    """
    y_true, y_pred = pair(y_true, y_pred)
    right = ops.sum(ops.multiply(y_true, y_pred), axis=-1)
    wrong = ops.max(ops.multiply(1.0 - y_true, y_pred), axis=-1)
    return ops.maximum(wrong - right + 1.0, 0.0)


def circle(
    y_true: Any,
    y_pred: Any,
    ref_labels: Any = None,
    ref_embeddings: Any = None,
    remove_diagonal: bool = True,
    gamma: float = 80,
    margin: float = 0.4,
) -> Any:
    """Return how far embeddings of one label are from being more alike than embeddings of different labels.

    Args:
        y_true: integer labels, shape `(batch,)` or `(batch, 1)`.
        y_pred: embeddings of length 1, shape `(batch, depth)`.
        ref_labels: labels of the embeddings to compare with; None for `y_true`.
        ref_embeddings: these embeddings, shape `(references, depth)`; None for `y_pred`.
        remove_diagonal: whether no embedding is compared with itself; for references of its own, pass False.
        gamma: float by which similarities are scaled.
        margin: float: how much similarities may be short of 1, or above 0.

    Returns:
        Tensor of shape `(batch,)`.

    Source:
        Sun et al., 2020, https://arxiv.org/abs/2002.10857.

    Example:
        >>> keras.losses.circle([0, 0, 1], [[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]], gamma=2.0).round(3)
        array([0.546, 1.284, 0.   ], dtype=float32)
    """
    y_pred = ops.convert_to_tensor(y_pred)
    dtype = dtype_of(y_pred)
    labels = flat_labels(y_true)
    references = labels if ref_labels is None else flat_labels(ref_labels)
    embeddings = y_pred if ref_embeddings is None else ops.convert_to_tensor(ref_embeddings, dtype)
    similarity = ops.matmul(y_pred, ops.transpose(embeddings))
    is_same = ops.expand_dims(labels, 1) == ops.expand_dims(references, 0)
    is_other = ops.logical_not(is_same)
    if remove_diagonal:
        rows, columns = ops.shape(similarity)
        is_same = ops.logical_and(is_same, ops.expand_dims(ops.arange(rows), 1) != ops.arange(columns))
    # The weights are constants: they say how much a similarity counts, and are not to be made small themselves.
    of_alike = ops.stop_gradient(ops.maximum(1.0 + margin - similarity, 0.0))
    of_unlike = ops.stop_gradient(ops.maximum(similarity + margin, 0.0))
    alike = ops.multiply(of_alike, 1.0 - margin - similarity)
    unlike = ops.multiply(of_unlike, similarity - margin)
    exponents = [
        ops.logsumexp(ops.where(counts, gamma * values, ops.cast(_NEVER, dtype)), axis=1)
        for counts, values in ((is_same, alike), (is_other, unlike))
    ]
    return ops.softplus(exponents[0] + exponents[1])


def flat_labels(labels: Any) -> Any:
    """Return labels of shape `(batch,)`, of shapes `(batch,)` and `(batch, 1)`."""
    labels = ops.convert_to_tensor(labels)
    return ops.squeeze(labels, -1) if rank(labels) == 2 and labels.shape[-1] == 1 else labels
