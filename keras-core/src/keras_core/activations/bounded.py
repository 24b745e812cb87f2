"""Activations with bounded values, and those over an axis."""

import warnings
from typing import Any

from keras_core import ops


def sigmoid(x: Any) -> Any:
    """Return `1 / (1 + exp(-x))`, elementwise.

    Args:
        x: tensor; integers become `floatx`.

    Example:
        >>> keras.activations.sigmoid([0.0, 2.0])
        array([0.5      , 0.8807971], dtype=float32)
    """
    return ops.sigmoid(x)


def log_sigmoid(x: Any) -> Any:
    """Return `log(sigmoid(x))`, without overflow, elementwise.

    Args:
        x: tensor; integers become `floatx`.

    Example:
        >>> keras.activations.log_sigmoid([0.0, 2.0])
        array([-0.6931472, -0.126928 ], dtype=float32)
    """
    return ops.log_sigmoid(x)


def hard_sigmoid(x: Any) -> Any:
    """Return `relu6(x + 3) / 6`, elementwise.

    Args:
        x: tensor; integers become `floatx`.

    Example:
        >>> keras.activations.hard_sigmoid([-4.0, 0.0, 4.0])
        array([0. , 0.5, 1. ], dtype=float32)
    """
    return ops.hard_sigmoid(x)


def sparse_sigmoid(x: Any) -> Any:
    """Return 0 below -1, `(x + 1) / 2` up to 1, 1 above, elementwise.

    Args:
        x: tensor; integers become `floatx`.

    Example:
        >>> keras.activations.sparse_sigmoid([-2.0, 0.0, 2.0])
        array([0. , 0.5, 1. ], dtype=float32)
    """
    return ops.sparse_sigmoid(x)


def tanh(x: Any) -> Any:
    """Return the hyperbolic tangent, elementwise.

    Args:
        x: tensor; integers become `floatx`.

    Example:
        >>> keras.activations.tanh([0.0, 1.0])
        array([0.       , 0.7615942], dtype=float32)
    """
    return ops.tanh(x)


def hard_tanh(x: Any) -> Any:
    """Return `x` cut off at -1 and 1, elementwise.

    Args:
        x: tensor; integers become `floatx`.

    Example:
        >>> keras.activations.hard_tanh([-2.0, 0.5, 2.0])
        array([-1. ,  0.5,  1. ], dtype=float32)
    """
    return ops.hard_tanh(x)


def tanh_shrink(x: Any) -> Any:
    """Return `x - tanh(x)`, elementwise.

    Args:
        x: tensor; integers become `floatx`.

    Example:
        >>> keras.activations.tanh_shrink([0.0, 1.0])
        array([0.        , 0.23840582], dtype=float32)
    """
    return ops.tanh_shrink(x)


def softsign(x: Any) -> Any:
    """Return `x / (1 + |x|)`, elementwise.

    Args:
        x: tensor; integers become `floatx`.

    Example:
        >>> keras.activations.softsign([-1.0, 3.0])
        array([-0.5 ,  0.75], dtype=float32)
    """
    return ops.softsign(x)


def softmax(x: Any, axis: Any = -1) -> Any:
    """Return `exp(x)` divided by its sum over axes.

    Args:
        x: tensor; integers become `floatx`.
        axis: int or tuple of ints.

    Example:
        >>> keras.activations.softmax([0.0, 0.0])
        array([0.5, 0.5], dtype=float32)
    """
    shape = tuple(getattr(x, "shape", ()))
    if isinstance(axis, int) and -len(shape) <= axis < len(shape) and shape[axis] == 1:
        warnings.warn(
            f"softmax: axis {axis} of the shape {shape} has size 1, so the result is always 1. Of one unit take "
            "'sigmoid'.",
            stacklevel=2,
        )
    return ops.softmax(x, axis)


def log_softmax(x: Any, axis: Any = -1) -> Any:
    """Return `log(softmax(x))`, without overflow.

    Args:
        x: tensor; integers become `floatx`.
        axis: int or tuple of ints.

    Example:
        >>> keras.activations.log_softmax([0.0, 0.0])
        array([-0.6931472, -0.6931472], dtype=float32)
    """
    return ops.log_softmax(x, axis)


def sparsemax(x: Any, axis: int = -1) -> Any:
    """Return the nearest point of the probability simplex along an axis.

    Args:
        x: tensor; integers become `floatx`.
        axis: int.

    Source:
        Martins and Astudillo, 2016, https://arxiv.org/abs/1602.02068.

    Example:
        >>> keras.activations.sparsemax([[0.0, 0.5, 1.0]])
        array([[0.  , 0.25, 0.75]], dtype=float32)
    """
    return ops.sparsemax(x, axis)


def glu(x: Any, axis: int = -1) -> Any:
    """Return the first half along an axis times the sigmoid of the second.

    Args:
        x: tensor; integers become `floatx`.
        axis: int, of even size.

    Source:
        Dauphin et al., 2016, https://arxiv.org/abs/1612.08083.

    Example:
        >>> keras.activations.glu([1.0, 0.0])
        array([0.5], dtype=float32)
    """
    return ops.glu(x, axis)
