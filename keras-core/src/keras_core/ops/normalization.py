"""Normalization, attention and the losses that are ops."""

import math
from typing import Any

from keras_core.ops.activation import log_softmax, softmax
from keras_core.ops.decomposition import norm
from keras_core.ops.elementwise import clip, rsqrt, where
from keras_core.ops.elementwise_binary import add, divide, maximum, multiply, subtract
from keras_core.ops.elementwise_unary import exp, log, log1p, negative
from keras_core.ops.indexing import take_along_axis
from keras_core.ops.products import einsum
from keras_core.ops.reduction import mean, sum, var
from keras_core.runtime import config, dtypes
from keras_core.runtime.axes import canonical_axes, canonical_axis
from keras_core.runtime.definition import op
from keras_core.runtime.inference import same
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.table import active


@op(dtype="float")
def moments(x: Any, axes: Any, keepdims: bool = False, synchronized: bool = False) -> tuple[Any, Any]:
    """Return mean and population variance over axes.

    Args:
        x: tensor; integers become `floatx`.
        axes: int or tuple of ints.
        keepdims: whether the axes stay, of size 1.
        synchronized: whether replicas are averaged; with one replica it changes nothing.

    Example:
        >>> [float(part) for part in ops.moments([1.0, 3.0], 0)]
        [2.0, 1.0]
    """
    axes = canonical_axes(axes, x.ndim)
    return mean(x, axes, keepdims), var(x, axes, keepdims)


def _along(parameter: Any, axis: int, ndim: int) -> Any:
    d = active()
    if parameter.ndim != 1:
        return parameter
    return d.reshape(parameter, tuple(-1 if position == axis else 1 for position in range(ndim)))


def _infer_normalized(x: KerasTensor, axes: tuple[int, ...], *parameters: KerasTensor | None) -> Any:
    """Return the shape of `x` where each parameter has the sizes of the axes; others are for the body to look at."""
    sizes = tuple(x.shape[axis] for axis in axes)
    fits = all(parameter is None or parameter.shape == sizes for parameter in parameters)
    return same(x) if fits else NotImplemented


def _infer_batch_normalization(
    x: Any, mean: Any, variance: Any, axis: int, offset: Any = None, scale: Any = None, epsilon: float = 0.0
) -> Any:
    return _infer_normalized(x, (axis,), mean, variance, offset, scale)


@op(
    tensors=("x", "mean", "variance", "offset", "scale"),
    dtype="float",
    static={"axis": "axis"},
    infer=_infer_batch_normalization,
)
def batch_normalization(
    x: Any, mean: Any, variance: Any, axis: int, offset: Any = None, scale: Any = None, epsilon: float = 1e-3
) -> Any:
    """Return `(x - mean) / sqrt(variance + epsilon) * scale + offset` along an axis.

    Args:
        x: tensor.
        mean: tensor of shape `(size of the axis,)`.
        variance: tensor of shape `(size of the axis,)`.
        axis: the axis that mean and variance are of.
        offset: tensor of shape `(size of the axis,)`, or None for 0.
        scale: tensor of shape `(size of the axis,)`, or None for 1.
        epsilon: small float added to the variance.

    Returns:
        Tensor of the shape of `x`.

    Source:
        Ioffe and Szegedy, 2015, https://arxiv.org/abs/1502.03167.

    Example:
        >>> ops.batch_normalization([[1.0], [3.0]], [2.0], [1.0], -1, epsilon=0.0)
        array([[-1.],
               [ 1.]], dtype=float32)
    """
    inverse = rsqrt(add(variance, epsilon))
    if scale is not None:
        inverse = multiply(inverse, scale)
    shift = multiply(mean, inverse)
    shift = negative(shift) if offset is None else subtract(offset, shift)
    return add(multiply(x, _along(inverse, axis, x.ndim)), _along(shift, axis, x.ndim))


def _prepare_epsilon(args: list[Any]) -> list[Any]:
    """Put the number in the place of a None."""
    return args if args[-1] is not None else [*args[:-1], config.epsilon()]


def _infer_layer_normalization(
    x: Any, gamma: Any = None, beta: Any = None, axis: Any = None, epsilon: float | None = None
) -> Any:
    return _infer_normalized(x, axis, gamma, beta)


@op(
    tensors=("x", "gamma", "beta"),
    dtype="float",
    static={"axis": "axes"},
    prepare=_prepare_epsilon,
    infer=_infer_layer_normalization,
)
def layer_normalization(
    x: Any, gamma: Any = None, beta: Any = None, axis: Any = -1, epsilon: float | None = None, **kwargs: Any
) -> Any:
    """Return `x` with mean 0 and variance 1 over axes, scaled and shifted.

    Args:
        x: tensor.
        gamma: tensor of the sizes of the axes, or None for 1.
        beta: tensor of the sizes of the axes, or None for 0.
        axis: int or tuple of ints.
        epsilon: small float added to the variance; None for `keras_core.config.epsilon()`.
        **kwargs: none; what Keras once took here (`rms_scaling`) is `rms_normalization`.

    Returns:
        Tensor of the shape of `x`.

    Source:
        Ba et al., 2016, https://arxiv.org/abs/1607.06450.

    Example:
        >>> ops.layer_normalization([1.0, 3.0], epsilon=0.0)
        array([-1.,  1.], dtype=float32)
    """
    d = active()
    dtype = d.dtype_of(x)
    work = _accumulated(x)
    centered = subtract(work, mean(work, axis, keepdims=True))
    variance = mean(multiply(centered, centered), axis, keepdims=True)
    result = multiply(centered, rsqrt(add(variance, epsilon)))
    if gamma is not None:
        result = multiply(result, _over_axes(gamma, axis, x))
    if beta is not None:
        result = add(result, _over_axes(beta, axis, x))
    return result if d.dtype_of(result) == dtype else d.astype(result, dtype)


@op(tensors=("x", "scale"), dtype="float", static={"axis": "axes"}, prepare=_prepare_epsilon)
def rms_normalization(x: Any, scale: Any = None, axis: Any = -1, epsilon: float | None = None) -> Any:
    """Return `x` divided by its root mean square over axes, scaled.

    Args:
        x: tensor.
        scale: tensor of the sizes of the axes, or None for 1.
        axis: int or tuple of ints.
        epsilon: small float added to the mean square; None for `keras_core.config.epsilon()`.

    Returns:
        Tensor of the shape of `x`.

    Source:
        Zhang and Sennrich, 2019, https://arxiv.org/abs/1910.07467.

    Example:
        >>> ops.rms_normalization([3.0, 3.0], epsilon=0.0)
        array([1., 1.], dtype=float32)
    """
    d = active()
    dtype = d.dtype_of(x)
    work = _accumulated(x)
    square = mean(multiply(work, work), axis, keepdims=True)
    result = multiply(work, rsqrt(add(square, epsilon)))
    if scale is not None:
        result = multiply(result, _over_axes(scale, axis, x))
    return result if d.dtype_of(result) == dtype else d.astype(result, dtype)


def _accumulated(x: Any) -> Any:
    d = active()
    return d.astype(x, "float32") if d.dtype_of(x) in ("float16", "bfloat16") else x


def _over_axes(parameter: Any, axis: tuple[int, ...] | None, x: Any) -> Any:
    """Return a parameter of the sizes of the axes in a shape that broadcasts with `x`."""
    d = active()
    axes = tuple(range(x.ndim)) if axis is None else axis
    if parameter.ndim == x.ndim or axes == tuple(range(x.ndim - parameter.ndim, x.ndim)):
        return parameter
    sizes = d.static_shape(x)
    return d.reshape(parameter, tuple(sizes[position] if position in axes else 1 for position in range(x.ndim)))


@op(dtype="float", static={"axis": "axes"})
def normalize(x: Any, axis: Any = -1, order: Any = 2, epsilon: float | None = None) -> Any:
    """Return `x` divided by its norm over axes.

    Args:
        x: tensor.
        axis: int or tuple of ints; None for all.
        order: order of the norm; 2 is that of all elements, over two axes too.
        epsilon: lower bound of the norm; None for `keras_core.config.epsilon()`.

    Returns:
        Tensor of the shape of `x`.

    Example:
        >>> ops.normalize([3.0, 4.0])
        array([0.6, 0.8], dtype=float32)
    """
    bound = config.epsilon() if epsilon is None else epsilon
    order = None if order == 2 else order  # which over two axes would be that of a matrix
    return divide(x, maximum(norm(x, ord=order, axis=axis, keepdims=True), bound))


def _prepare_attention(args: list[Any]) -> list[Any]:
    """Check ranks, and put the number in the place of a scale that is None."""
    query, key, value, bias, mask, scale, is_causal, flash_attention, soft_cap = args
    ranks = (query.ndim, key.ndim, value.ndim)
    if ranks != (4, 4, 4):
        raise ValueError(f"dot_product_attention: expected query, key and value of rank 4, got ranks {ranks}.")
    if scale is None:
        depth = active().static_shape(query)[3]
        if depth is None:
            raise ValueError("dot_product_attention: the depth of query is unknown; argument 'scale' must be given.")
        scale = 1 / math.sqrt(depth)
    if flash_attention is None:
        flash_attention = config.is_flash_attention_enabled()
    return [query, key, value, bias, mask, scale, is_causal, flash_attention, soft_cap]


@op(
    tensors=("query", "key", "value", "bias", "mask"),
    dtype="keep",
    differentiable=("query", "key", "value", "bias"),
    prepare=_prepare_attention,
)
def dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    bias: Any = None,
    mask: Any = None,
    scale: float | None = None,
    is_causal: bool = False,
    flash_attention: bool | None = None,
    attn_logits_soft_cap: float | None = None,
) -> Any:
    """Return `softmax(query @ key * scale + bias) @ value` for several heads.

    Args:
        query: tensor of shape `(batch, queries, heads, depth)`.
        key: tensor of shape `(batch, keys, key heads, depth)`; the number of heads is a multiple of that of key heads.
        value: tensor of shape `(batch, keys, key heads, depth)`.
        bias: tensor that broadcasts to `(batch, heads, queries, keys)`, added to the logits.
        mask: bool tensor of the same kind: False where a key must not be seen.
        scale: float; None for `1 / sqrt(depth)`.
        is_causal: whether a query sees only keys that do not come after it.
        flash_attention: asks for a fused kernel; backends without one compute the same.
        attn_logits_soft_cap: bound of the logits by tanh, or None.

    Returns:
        Tensor of the shape of `query`. A query that sees no key gets the mean of all values.

    Source:
        Vaswani et al., 2017, https://arxiv.org/abs/1706.03762.

    Example:
        >>> ops.dot_product_attention(*[ops.ones((1, 2, 1, 3))] * 3).shape
        (1, 2, 1, 3)
    """
    d = active()
    dtype = d.dtype_of(query)
    heads, key_heads = d.static_shape(query)[2], d.static_shape(key)[2]
    if heads != key_heads:
        from keras_core.ops.shaping import repeat

        key, value = repeat(key, heads // key_heads, 2), repeat(value, heads // key_heads, 2)
    logits = _accumulated(einsum("bqhd,bkhd->bhqk", multiply(query, scale), key))
    if attn_logits_soft_cap is not None:
        logits = multiply(attn_logits_soft_cap, d.tanh(divide(logits, attn_logits_soft_cap)))
    if bias is not None:
        logits = add(logits, bias)
    lowest = -0.7 * float(_finite_range(d.dtype_of(logits)))
    if mask is not None:
        logits = where(d.astype(mask, "bool"), logits, lowest)
    if is_causal:
        sizes = d.shape(logits)
        rows = d.expand_dims(d.arange(0, sizes[2], 1, "int32"), 1)
        columns = d.expand_dims(d.arange(0, sizes[3], 1, "int32"), 0)
        logits = where(d.greater_equal(rows, columns), logits, lowest)
    weights = softmax(logits, -1)
    weights = weights if d.dtype_of(weights) == dtype else d.astype(weights, dtype)
    return einsum("bhqk,bkhd->bqhd", weights, value)


def _finite_range(dtype: str) -> float:
    from keras_core.ops.elementwise import largest_finite

    return largest_finite(dtype)


# losses ------------------------------------------------------------------------------------------------------------


_FOR_INTEGER_LABELS = " Integer labels are for sparse_categorical_crossentropy; to_categorical makes them one-hot."
_FOR_ONE_LABEL = " The last layer has one unit for each label of a sample: one for two classes that exclude each other."


def _same_shape(name: str, target: Any, output: Any, hint: str) -> None:
    one, other = active().static_shape(target), active().static_shape(output)
    if len(one) != len(other) or any(
        a != b for a, b in zip(one, other, strict=True) if a is not None and b is not None
    ):
        raise ValueError(f"{name}: target and output must have one shape, got {tuple(one)} and {tuple(other)}.{hint}")


@op(tensors=("target", "output"), dtype="float")
def categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    """Return `-sum(target * log(output))` along the axis of classes.

    Args:
        target: probabilities, one-hot for labels.
        output: predicted probabilities (they are normalized), or logits.
        from_logits: whether `output` are logits.
        axis: the axis of classes.

    Returns:
        Tensor without the axis.

    Example:
        >>> ops.categorical_crossentropy([[0.0, 1.0]], [[0.5, 0.5]])
        array([0.6931472], dtype=float32)
    """
    _same_shape("categorical_crossentropy", target, output, _FOR_INTEGER_LABELS)
    if from_logits:
        logarithm = log_softmax(output, axis)
    else:
        output = divide(output, sum(output, axis, keepdims=True))
        logarithm = log(clip(output, config.epsilon(), 1 - config.epsilon()))
    return negative(sum(multiply(target, logarithm), axis))


@op(tensors=("target", "output"), dtype="keep", differentiable=("output",))
def sparse_categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    """Return `-log(output[target])` along the axis of classes.

    Args:
        target: integer labels, of the shape of `output` without the axis (or with size 1 there).
        output: predicted probabilities (they are normalized), or logits.
        from_logits: whether `output` are logits.
        axis: the axis of classes.

    Returns:
        Tensor without the axis.

    Example:
        >>> ops.sparse_categorical_crossentropy([1], [[0.5, 0.5]])
        array([0.6931472], dtype=float32)
    """
    d = active()
    output = d.astype(output, dtypes.float_for(d.dtype_of(output))) if not _is_inexact(output) else output
    axis = canonical_axis(axis, output.ndim)
    if target.ndim == output.ndim and d.static_shape(target)[axis] == 1:
        target = d.squeeze(target, (axis,))
    if target.ndim != output.ndim - 1:
        one, other = tuple(d.static_shape(target)), tuple(d.static_shape(output))
        raise ValueError(
            f"sparse_categorical_crossentropy: target of shape {one} does not fit output of shape {other}: expected "
            "one integer label for each row of classes. One-hot labels are for categorical_crossentropy."
        )
    if _is_inexact(target):
        target = d.astype(target, "int32")
    if from_logits:
        logarithm = log_softmax(output, axis)
    else:
        output = divide(output, sum(output, axis, keepdims=True))
        logarithm = log(clip(output, config.epsilon(), 1 - config.epsilon()))
    chosen = take_along_axis(logarithm, d.expand_dims(target, axis), axis)
    return negative(d.squeeze(chosen, (axis,)))


def _is_inexact(x: Any) -> bool:
    return dtypes.is_inexact(active().dtype_of(x))


@op(tensors=("target", "output"), dtype="float")
def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Any:
    """Return `-target * log(output) - (1 - target) * log(1 - output)`, elementwise.

    Args:
        target: probabilities, 0 or 1 for labels.
        output: predicted probabilities, or logits.
        from_logits: whether `output` are logits.

    Returns:
        Tensor of the shape of `output`.

    Example:
        >>> ops.binary_crossentropy([1.0], [0.5])
        array([0.6931472], dtype=float32)
    """
    _same_shape("binary_crossentropy", target, output, _FOR_ONE_LABEL)
    d = active()
    if from_logits:
        # max(x, 0) - x * target + log(1 + exp(-|x|)): no exponential of a positive number.
        tail = log1p(exp(negative(d.abs(output))))
        return add(subtract(maximum(output, 0.0), multiply(output, target)), tail)
    output = clip(output, config.epsilon(), 1 - config.epsilon())
    hit = multiply(target, log(output))
    miss = multiply(subtract(1.0, target), log(subtract(1.0, output)))
    return negative(add(hit, miss))
