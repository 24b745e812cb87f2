"""Activation functions."""

import math
from typing import Any

from keras_core.ops.elementwise import clip, erf, logaddexp, where
from keras_core.ops.elementwise_binary import add, divide, greater, minimum, multiply, subtract
from keras_core.ops.elementwise_unary import absolute, exp, expm1, tanh
from keras_core.ops.precision import HALVES, as_dtype, widened
from keras_core.ops.reduction import logsumexp
from keras_core.runtime import dtypes
from keras_core.runtime.definition import op
from keras_core.runtime.inference import same
from keras_core.runtime.table import active

_SELU_ALPHA = 1.6732632423543772
_SELU_SCALE = 1.0507009873554805


@op(dtype="number", infer=same)
def relu(x: Any) -> Any:
    """Return `max(x, 0)`, elementwise.

    Args:
        x: tensor of real numbers; integers stay integers.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.relu([-1.0, 2.0])
        array([0., 2.], dtype=float32)
    """
    d = active()
    dtype = d.dtype_of(x)
    zero = d.full((), 0, dtype)
    # `where` rather than `maximum`: the derivative at 0 is 0.
    return d.where(d.greater(x, zero), x, d.where(d.isnan(x), x, zero) if dtypes.is_inexact(dtype) else zero)


@op(dtype="float")
def relu6(x: Any) -> Any:
    """Return `min(max(x, 0), 6)`, elementwise.

    Args:
        x: tensor; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.relu6([-1.0, 2.0, 8.0])
        array([0., 2., 6.], dtype=float32)
    """
    return minimum(relu(x), 6.0)


@op(dtype="float")
def leaky_relu(x: Any, negative_slope: float = 0.2) -> Any:
    """Return `x`, and `negative_slope * x` where it is negative, elementwise.

    Args:
        x: tensor; integers become `floatx`.
        negative_slope: float.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.leaky_relu([-1.0, 2.0])
        array([-0.2,  2. ], dtype=float32)
    """
    return where(greater(x, 0.0), x, multiply(negative_slope, x))


def _exp_of_negative(x: Any, alpha: float) -> Any:
    # The other branch must not overflow: its derivative would be inf * 0.
    return multiply(alpha, expm1(minimum(x, 0.0)))


@op(dtype="float")
def elu(x: Any, alpha: float = 1.0) -> Any:
    """Return `x`, and `alpha * (exp(x) - 1)` where it is negative, elementwise.

    Args:
        x: tensor; integers become `floatx`.
        alpha: float.

    Returns:
        Tensor of the shape of `x`.

    Source:
        Clevert et al., 2015, https://arxiv.org/abs/1511.07289.

    Example:
        >>> ops.elu([-1.0, 2.0])
        array([-0.63212055,  2.        ], dtype=float32)
    """
    return where(greater(x, 0.0), x, _exp_of_negative(x, alpha))


@op(dtype="float")
def celu(x: Any, alpha: float = 1.0) -> Any:
    """Return `max(x, 0) + min(alpha * (exp(x / alpha) - 1), 0)`, elementwise.

    Args:
        x: tensor; integers become `floatx`.
        alpha: float.

    Returns:
        Tensor of the shape of `x`.

    Source:
        Barron, 2017, https://arxiv.org/abs/1704.07483.

    Example:
        >>> ops.celu([-1.0, 2.0])
        array([-0.63212055,  2.        ], dtype=float32)
    """
    return where(greater(x, 0.0), x, _exp_of_negative(divide(x, alpha), alpha))


@op(dtype="float")
def selu(x: Any) -> Any:
    """Return the scaled `elu` that keeps mean 0 and variance 1, elementwise.

    Args:
        x: tensor; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Source:
        Klambauer et al., 2017, https://arxiv.org/abs/1706.02515.

    Example:
        >>> ops.selu([-1.0, 2.0])
        array([-1.1113307,  2.101402 ], dtype=float32)
    """
    return multiply(_SELU_SCALE, elu(x, _SELU_ALPHA))


@op(dtype="float")
def gelu(x: Any, approximate: bool = True) -> Any:
    """Return `x * P(X <= x)` for a standard normal `X`, elementwise.

    Args:
        x: tensor; integers become `floatx`.
        approximate: whether the formula with tanh is used.

    Returns:
        Tensor of the shape of `x`.

    Source:
        Hendrycks and Gimpel, 2016, https://arxiv.org/abs/1606.08415.

    Example:
        >>> ops.gelu([-1.0, 2.0], approximate=False)
        array([-0.15865526,  1.9544997 ], dtype=float32)
    """
    if approximate:
        cubic = multiply(0.044715, multiply(x, multiply(x, x)))
        inner = multiply(math.sqrt(2 / math.pi), add(x, cubic))
        return multiply(multiply(0.5, x), add(1.0, tanh(inner)))
    return multiply(multiply(0.5, x), add(1.0, erf(multiply(x, 1 / math.sqrt(2)))))


@op(dtype="float")
def sigmoid(x: Any) -> Any:
    """Return `1 / (1 + exp(-x))`, elementwise.

    Args:
        x: tensor; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.sigmoid([0.0, 2.0])
        array([0.5      , 0.8807971], dtype=float32)
    """
    return multiply(0.5, add(1.0, tanh(multiply(0.5, x))))


@op(dtype="float")
def silu(x: Any) -> Any:
    """Return `x * sigmoid(x)`, elementwise.

    Args:
        x: tensor; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.silu([-1.0, 2.0])
        array([-0.2689414,  1.7615942], dtype=float32)
    """
    return multiply(x, sigmoid(x))


@op(dtype="float")
def softplus(x: Any) -> Any:
    """Return `log(1 + exp(x))`, elementwise, without overflow.

    Args:
        x: tensor; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.softplus([0.0, 100.0])
        array([  0.6931472, 100.       ], dtype=float32)
    """
    return logaddexp(x, 0.0)


@op(dtype="float")
def softsign(x: Any) -> Any:
    """Return `x / (1 + |x|)`, elementwise.

    Args:
        x: tensor; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.softsign([-1.0, 3.0])
        array([-0.5 ,  0.75], dtype=float32)
    """
    return divide(x, add(1.0, absolute(x)))


@op(dtype="float")
def log_sigmoid(x: Any) -> Any:
    """Return `log(sigmoid(x))`, elementwise, without overflow.

    Args:
        x: tensor; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.log_sigmoid([0.0, -100.0])
        array([  -0.6931472, -100.       ], dtype=float32)
    """
    return multiply(-1.0, softplus(multiply(-1.0, x)))


@op(dtype="float")
def hard_sigmoid(x: Any) -> Any:
    """Return `relu6(x + 3) / 6`, elementwise.

    Args:
        x: tensor; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.hard_sigmoid([-4.0, 0.0, 4.0])
        array([0. , 0.5, 1. ], dtype=float32)
    """
    return clip(add(multiply(x, 1 / 6), 0.5), 0.0, 1.0)


@op(dtype="float")
def hard_silu(x: Any) -> Any:
    """Return `x * hard_sigmoid(x)`, elementwise.

    Args:
        x: tensor; integers become `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.hard_silu([-4.0, 1.0, 4.0])
        array([-0.       ,  0.6666667,  4.       ], dtype=float32)
    """
    return multiply(x, hard_sigmoid(x))


@op(dtype="float", static={"axis": "axis_or_axes"})
def softmax(x: Any, axis: Any = -1) -> Any:
    """Return `exp(x)` divided by its sum over axes, without overflow.

    Args:
        x: tensor; integers become `floatx`.
        axis: int or tuple of ints; None for all.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.softmax([0.0, 0.0])
        array([0.5, 0.5], dtype=float32)
    """
    d = active()
    if d.dtype_of(x) in HALVES:  # float16 holds no sum of more than 65,504 ones
        return as_dtype(softmax(widened(x), axis), d.dtype_of(x))
    axes = axis if axis.__class__ is tuple else (axis,)
    largest = d.stop_gradient(d.max(x, axes, True))
    shift = d.where(d.isfinite(largest), largest, d.full((), 0, d.dtype_of(x)))
    powers = exp(subtract(x, shift))
    return divide(powers, d.sum(powers, axes, True))


@op(dtype="float", static={"axis": "axis_or_axes"})
def log_softmax(x: Any, axis: Any = -1) -> Any:
    """Return `log(softmax(x))`, without overflow.

    Args:
        x: tensor; integers become `floatx`.
        axis: int or tuple of ints; None for all.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.log_softmax([0.0, 0.0])
        array([-0.6931472, -0.6931472], dtype=float32)
    """
    return subtract(x, logsumexp(x, axis, keepdims=True))
