"""Window functions of signal processing."""

import math
import operator
from typing import Any

import numpy as np

from keras_core.ops.elementwise_binary import divide, multiply
from keras_core.ops.transcendental import i0
from keras_core.runtime import config
from keras_core.runtime.conversion import to_tensor
from keras_core.runtime.definition import op
from keras_core.runtime.table import active


def _points(name: str, x: Any) -> int:
    """Return a number of points as an int.

    Raises:
        TypeError: where it is no number, or not known when the call is traced.
    """
    try:
        return operator.index(x)
    except TypeError:
        pass
    try:
        return int(x)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name}: expected a number of points that is known, got {x!r}.") from error


def _positions(name: str, x: Any) -> np.ndarray:
    """Return the places of the points in float64: from -1 at the first to 1 at the last, 0 of a single one."""
    count = max(_points(name, x), 0)
    # Counted from the middle, so that both halves are alike to the last digit.
    return np.arange(1 - count, count, 2) / max(count - 1, 1)


def _constant(window: np.ndarray) -> Any:
    return to_tensor(active(), window, config.floatx())


@op(tensors=())
def bartlett(x: Any) -> Any:
    """Return the triangular window that is 0 at both ends.

    Args:
        x: number of points, an int.

    Returns:
        Tensor of shape `(x,)` and dtype `floatx`.

    Raises:
        TypeError: where `x` is no number that is known.

    Example:
        >>> ops.bartlett(5)
        array([0. , 0.5, 1. , 0.5, 0. ], dtype=float32)
    """
    return _constant(1 - np.abs(_positions("bartlett", x)))


@op(tensors=())
def blackman(x: Any) -> Any:
    """Return the Blackman window: three terms of cosines.

    Args:
        x: number of points, an int.

    Returns:
        Tensor of shape `(x,)` and dtype `floatx`.

    Raises:
        TypeError: where `x` is no number that is known.

    Example:
        >>> ops.blackman(3)
        array([0., 1., 0.], dtype=float32)
    """
    # 0.42 + 0.5 cos t + 0.08 cos 2t, written in 1 + cos t: exactly 0 at the ends.
    raised = 1 + np.cos(math.pi * _positions("blackman", x))
    return _constant(raised * (0.18 + 0.16 * raised))


@op(tensors=())
def hamming(x: Any) -> Any:
    """Return the Hamming window: a raised cosine on a pedestal of 0.08.

    Args:
        x: number of points, an int.

    Returns:
        Tensor of shape `(x,)` and dtype `floatx`.

    Raises:
        TypeError: where `x` is no number that is known.

    Example:
        >>> ops.hamming(3)
        array([0.08, 1.  , 0.08], dtype=float32)
    """
    return _constant(0.54 + 0.46 * np.cos(math.pi * _positions("hamming", x)))


@op(tensors=())
def hanning(x: Any) -> Any:
    """Return the Hann window: a raised cosine.

    Args:
        x: number of points, an int.

    Returns:
        Tensor of shape `(x,)` and dtype `floatx`.

    Raises:
        TypeError: where `x` is no number that is known.

    Example:
        >>> ops.hanning(5)
        array([0. , 0.5, 1. , 0.5, 0. ], dtype=float32)
    """
    return _constant(0.5 + 0.5 * np.cos(math.pi * _positions("hanning", x)))


@op(tensors=())
def kaiser(x: Any, beta: Any) -> Any:
    """Return the Kaiser window, which has most of its energy in the main lobe.

    Args:
        x: number of points, an int.
        beta: number that says how narrow the window is: 0 is rectangular, 14 nearly vanishes at the ends.

    Returns:
        Tensor of shape `(x,)` and dtype `floatx`.

    Raises:
        TypeError: where `x` is no number that is known.

    Source:
        Kaiser and Schafer, On the use of the I0-sinh window for spectrum analysis, 1980.

    Example:
        >>> ops.kaiser(3, 2.0)
        array([0.43867627, 1.        , 0.43867627], dtype=float32)
    """
    beta = to_tensor(active(), beta, config.floatx())
    arch = _constant(np.sqrt(1 - _positions("kaiser", x) ** 2))
    return divide(i0(multiply(arch, beta)), i0(beta))
