"""Arrays made ready for training: labels as indicator vectors, rows of length one."""

from typing import Any

import numpy as np

from keras_core import ops
from keras_core.runtime.table import active


def to_categorical(x: Any, num_classes: int | None = None) -> Any:
    """Return class numbers as vectors that are 1 at the class and 0 elsewhere.

    Args:
        x: integers of shape `(...)`, all in `[0, num_classes)`; a last axis of size 1 is dropped.
        num_classes: length of the vectors; None for the largest number plus one.

    Returns:
        float32 array of shape `(..., num_classes)`; a tensor of the active backend where `x` is one.

    Raises:
        ValueError: for a number outside `[0, num_classes)`, or for what are no whole numbers.

    Example:
        >>> keras.utils.to_categorical([0, 2], num_classes=3).tolist()
        [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    table = active()
    is_tensor = table.is_tensor(x) and not isinstance(x, np.ndarray)
    given = np.asarray(ops.convert_to_numpy(x) if is_tensor else x)
    labels = given.astype("int64")
    if not np.array_equal(labels, given):
        raise ValueError(f"to_categorical: expected whole numbers, got an array of dtype {given.dtype}.")
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    classes = int(labels.max(initial=-1)) + 1 if num_classes is None else num_classes
    if labels.size and not 0 <= labels.min() <= labels.max() < classes:
        raise ValueError(
            f"to_categorical: expected class numbers in [0, {classes}), got numbers from {labels.min()} to "
            f"{labels.max()}."
        )
    result = (labels[..., None] == np.arange(classes)).astype("float32")
    return ops.convert_to_tensor(result) if is_tensor else result


def normalize(x: Any, axis: int = -1, order: int | float = 2) -> Any:
    """Return an array divided by its norm along an axis; what is all zeros stays.

    Args:
        x: array or tensor.
        axis: the axis along which the norm is taken.
        order: order of the norm, 2 for the Euclidean one.

    Example:
        >>> keras.utils.normalize(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
        [[0.6, 0.8], [0.0, 0.0]]
    """
    if active().is_tensor(x) and not isinstance(x, np.ndarray):
        size = ops.norm(x, ord=order, axis=axis, keepdims=True)
        return ops.divide(x, ops.where(ops.equal(size, 0), ops.ones_like(size), size))
    values = np.atleast_1d(np.asarray(x))
    norm = np.linalg.norm(values, order, axis, keepdims=True)
    return values / np.where(norm == 0, 1, norm)
