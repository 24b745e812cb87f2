"""Activations that grow with their argument."""

from typing import Any

from keras_core import ops
from keras_core.activations.arguments import float_tensor


def relu(x: Any, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Any:
    """Return `x` above a threshold, at most `max_value`, else `negative_slope * (x - threshold)`, elementwise.

    Args:
        x: tensor; integers become `floatx`.
        negative_slope: slope below the threshold.
        max_value: the largest value, None for no bound.
        threshold: where the line begins.

    Example:
        >>> keras.activations.relu([-1.0, 0.5, 2.0], max_value=1.0)
        array([0. , 0.5, 1. ], dtype=float32)
    """
    if negative_slope == 0.0 and threshold == 0.0:
        if max_value is None:
            return ops.relu(x)
        return ops.relu6(x) if max_value == 6 else ops.minimum(ops.relu(x), max_value)
    x = float_tensor(x)
    # Not Python's operators: on arrays of NumPy those make float32 of a half float and a number.
    below = ops.multiply(negative_slope, ops.subtract(x, threshold))
    result = ops.where(ops.greater(x, threshold), x, below)
    return result if max_value is None else ops.minimum(result, max_value)


def leaky_relu(x: Any, negative_slope: float = 0.2) -> Any:
    """Return `x`, and `negative_slope * x` where it is negative, elementwise.

    Args:
        x: tensor; integers become `floatx`.
        negative_slope: float.

    Example:
        >>> keras.activations.leaky_relu([-1.0, 2.0])
        array([-0.2,  2. ], dtype=float32)
    """
    return ops.leaky_relu(x, negative_slope)


def relu6(x: Any) -> Any:
    """Return `min(max(x, 0), 6)`, elementwise.

    Args:
        x: tensor; integers become `floatx`.

    Example:
        >>> keras.activations.relu6([-1.0, 2.0, 8.0])
        array([0., 2., 6.], dtype=float32)
    """
    return ops.relu6(x)


def elu(x: Any, alpha: float = 1.0) -> Any:
    """Return `x`, and `alpha * (exp(x) - 1)` where it is negative, elementwise.

    Args:
        x: tensor; integers become `floatx`.
        alpha: float.

    Source:
        Clevert et al., 2015, https://arxiv.org/abs/1511.07289.

    Example:
        >>> keras.activations.elu([-1.0, 2.0])
        array([-0.63212055,  2.        ], dtype=float32)
    """
    return ops.elu(x, alpha)


def celu(x: Any, alpha: float = 1.0) -> Any:
    """Return `max(x, 0) + min(alpha * (exp(x / alpha) - 1), 0)`, elementwise.

    Args:
        x: tensor; integers become `floatx`.
        alpha: float.

    Source:
        Barron, 2017, https://arxiv.org/abs/1704.07483.

    Example:
        >>> keras.activations.celu([-1.0, 2.0])
        array([-0.63212055,  2.        ], dtype=float32)
    """
    return ops.celu(x, alpha)


def selu(x: Any) -> Any:
    """Return the scaled `elu` that keeps mean 0 and variance 1, elementwise.

    Args:
        x: tensor; integers become `floatx`.

    Source:
        Klambauer et al., 2017, https://arxiv.org/abs/1706.02515.

    Example:
        >>> keras.activations.selu([-1.0, 2.0])
        array([-1.1113307,  2.101402 ], dtype=float32)
    """
    return ops.selu(x)


def gelu(x: Any, approximate: bool = False) -> Any:
    """Return `x * P(X <= x)` for a standard normal `X`, elementwise.

    Args:
        x: tensor; integers become `floatx`.
        approximate: whether the formula with tanh is used.

    Source:
        Hendrycks and Gimpel, 2016, https://arxiv.org/abs/1606.08415.

    Example:
        >>> keras.activations.gelu([-1.0, 2.0])
        array([-0.15865526,  1.9544997 ], dtype=float32)
    """
    return ops.gelu(x, approximate)


def silu(x: Any) -> Any:
    """Return `x * sigmoid(x)`, also known as swish, elementwise.

    Args:
        x: tensor; integers become `floatx`.

    Source:
        Ramachandran et al., 2017, https://arxiv.org/abs/1710.05941.

    Example:
        >>> keras.activations.silu([-1.0, 2.0])
        array([-0.2689414,  1.7615942], dtype=float32)
    """
    return ops.silu(x)


def mish(x: Any) -> Any:
    """Return `x * tanh(softplus(x))`, elementwise.

    Args:
        x: tensor; integers become `floatx`.

    Source:
        Misra, 2019, https://arxiv.org/abs/1908.08681.

    Example:
        >>> keras.activations.mish([-1.0, 2.0])
        array([-0.30340147,  1.9439589 ], dtype=float32)
    """
    x = float_tensor(x)
    return x * ops.tanh(ops.softplus(x))


def hard_silu(x: Any) -> Any:
    """Return `x * hard_sigmoid(x)`, also known as hard swish, elementwise.

    Args:
        x: tensor; integers become `floatx`.

    Source:
        Howard et al., 2019, https://arxiv.org/abs/1905.02244.

    Example:
        >>> keras.activations.hard_silu([-4.0, 1.0, 4.0])
        array([-0.       ,  0.6666667,  4.       ], dtype=float32)
    """
    return ops.hard_silu(x)


def softplus(x: Any) -> Any:
    """Return `log(1 + exp(x))`, without overflow, elementwise.

    Args:
        x: tensor; integers become `floatx`.

    Example:
        >>> keras.activations.softplus([0.0, 100.0])
        array([  0.6931472, 100.       ], dtype=float32)
    """
    return ops.softplus(x)


def squareplus(x: Any, b: float = 4) -> Any:
    """Return `(x + sqrt(x ** 2 + b)) / 2`, elementwise.

    Args:
        x: tensor; integers become `floatx`.
        b: how smooth the bend at 0 is.

    Source:
        Barron, 2021, https://arxiv.org/abs/2112.11687.

    Example:
        >>> keras.activations.squareplus([0.0, 1.5])
        array([1., 2.], dtype=float32)
    """
    return ops.squareplus(x, b)


def exponential(x: Any) -> Any:
    """Return `exp(x)`, elementwise.

    Args:
        x: tensor; integers become `floatx`.

    Example:
        >>> keras.activations.exponential([0.0, 1.0])
        array([1.      , 2.718282], dtype=float32)
    """
    return ops.exp(x)


def linear(x: Any) -> Any:
    """Return `x` itself.

    Args:
        x: tensor.
    """
    return x


def threshold(x: Any, threshold: float, default_value: float) -> Any:
    """Return `x` where it is above a threshold, else another value, elementwise.

    Args:
        x: tensor; integers become `floatx`.
        threshold: float.
        default_value: float.

    Example:
        >>> keras.activations.threshold([1.0, 3.0], 2.0, -1.0)
        array([-1.,  3.], dtype=float32)
    """
    return ops.threshold(x, threshold, default_value)


def soft_shrink(x: Any, threshold: float = 0.5) -> Any:
    """Return `x` moved towards 0 by a threshold, 0 where it is smaller, elementwise.

    Args:
        x: tensor; integers become `floatx`.
        threshold: float.

    Example:
        >>> keras.activations.soft_shrink([-1.0, 0.25, 2.0])
        array([-0.5,  0. ,  1.5], dtype=float32)
    """
    return ops.soft_shrink(x, threshold)


def hard_shrink(x: Any, threshold: float = 0.5) -> Any:
    """Return `x`, and 0 where `|x|` is not above a threshold, elementwise.

    Args:
        x: tensor; integers become `floatx`.
        threshold: float.

    Example:
        >>> keras.activations.hard_shrink([-1.0, 0.25, 2.0])
        array([-1.,  0.,  2.], dtype=float32)
    """
    return ops.hard_shrink(x, threshold)


def sparse_plus(x: Any) -> Any:
    """Return 0 below -1, `(x + 1) ** 2 / 4` up to 1, `x` above, elementwise.

    Args:
        x: tensor; integers become `floatx`.

    Example:
        >>> keras.activations.sparse_plus([-2.0, 0.0, 2.0])
        array([0.  , 0.25, 2.  ], dtype=float32)
    """
    return ops.sparse_plus(x)
