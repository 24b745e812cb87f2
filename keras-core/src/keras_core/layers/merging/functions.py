"""The merging layers as functions."""

from __future__ import annotations

from typing import Any

from keras_core.layers.merging.joining import Concatenate, Dot
from keras_core.layers.merging.merging import Add, Average, Maximum, Minimum, Multiply, Subtract


def add(inputs: Any, **kwargs: Any) -> Any:
    """Return `Add(**kwargs)(inputs)`.

    Example:
        >>> keras.layers.add([np.ones((1, 2)), np.ones((1, 2))]).tolist()
        [[2.0, 2.0]]
    """
    return Add(**kwargs)(inputs)


def subtract(inputs: Any, **kwargs: Any) -> Any:
    """Return `Subtract(**kwargs)(inputs)`.

    Example:
        >>> keras.layers.subtract([np.ones((1, 2)), np.ones((1, 2))]).tolist()
        [[0.0, 0.0]]
    """
    return Subtract(**kwargs)(inputs)


def multiply(inputs: Any, **kwargs: Any) -> Any:
    """Return `Multiply(**kwargs)(inputs)`.

    Example:
        >>> keras.layers.multiply([np.ones((1, 2)), np.ones((1, 2))]).tolist()
        [[1.0, 1.0]]
    """
    return Multiply(**kwargs)(inputs)


def average(inputs: Any, **kwargs: Any) -> Any:
    """Return `Average(**kwargs)(inputs)`.

    Example:
        >>> keras.layers.average([np.ones((1, 2)), np.zeros((1, 2))]).tolist()
        [[0.5, 0.5]]
    """
    return Average(**kwargs)(inputs)


def maximum(inputs: Any, **kwargs: Any) -> Any:
    """Return `Maximum(**kwargs)(inputs)`.

    Example:
        >>> keras.layers.maximum([np.ones((1, 2)), np.zeros((1, 2))]).tolist()
        [[1.0, 1.0]]
    """
    return Maximum(**kwargs)(inputs)


def minimum(inputs: Any, **kwargs: Any) -> Any:
    """Return `Minimum(**kwargs)(inputs)`.

    Example:
        >>> keras.layers.minimum([np.ones((1, 2)), np.zeros((1, 2))]).tolist()
        [[0.0, 0.0]]
    """
    return Minimum(**kwargs)(inputs)


def concatenate(inputs: Any, axis: int = -1, **kwargs: Any) -> Any:
    """Return `Concatenate(axis, **kwargs)(inputs)`.

    Example:
        >>> keras.layers.concatenate([np.ones((1, 2)), np.zeros((1, 1))]).tolist()
        [[1.0, 1.0, 0.0]]
    """
    return Concatenate(axis=axis, **kwargs)(inputs)


def dot(inputs: Any, axes: Any = -1, **kwargs: Any) -> Any:
    """Return `Dot(axes, **kwargs)(inputs)`.

    Example:
        >>> keras.layers.dot([np.ones((1, 2)), np.ones((1, 2))]).tolist()
        [[2.0]]
    """
    return Dot(axes=axes, **kwargs)(inputs)
