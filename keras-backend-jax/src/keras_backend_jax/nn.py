"""Kernels for neural networks: activations, convolution, pooling, normalization, attention."""

from collections.abc import Callable
from functools import reduce
from math import prod
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from keras_backend_jax.kernels import KERNELS as GENERAL_KERNELS
from keras_backend_jax.kernels import compiled
from keras_backend_jax.primitives import in_float32

Array = Any
Pads = tuple[tuple[int, int], ...]

_plain = compiled()  # also round functions of `jax.nn`: their own derivative rules are slow to call eagerly


@compiled(2, 3, 4, 5)
def _conv(
    inputs: Array,
    kernel: Array,
    strides: tuple[int, ...],
    padding: Pads | str,
    data_format: str,
    dilation_rate: tuple[int, ...],
) -> Array:
    rank = len(strides)
    spatial = "DHW"[3 - rank :]
    form = f"N{spatial}C" if data_format == "channels_last" else f"NC{spatial}"
    channels = inputs.shape[-1 if data_format == "channels_last" else 1]
    return lax.conv_general_dilated(
        inputs,
        kernel,
        strides,
        padding if not isinstance(padding, str) else padding.upper(),
        rhs_dilation=dilation_rate,
        dimension_numbers=(form, f"{spatial}IO", form),
        feature_group_count=channels // kernel.shape[-2],
    )


def _window(values: tuple[Any, ...], data_format: str, outside: Any) -> tuple[Any, ...]:
    if data_format == "channels_last":
        return (outside, *values, outside)
    return (outside, outside, *values)


def _reduce_windows(
    inputs: Array, start: Any, combine: Any, pool_size: Any, strides: Any, padding: Any, data_format: str
) -> Array:
    sizes, steps = _window(pool_size, data_format, 1), _window(strides, data_format, 1)
    pads = padding.upper() if isinstance(padding, str) else _window(tuple(padding), data_format, (0, 0))
    if pool_size != strides or max(pool_size) > _LARGEST_SPLIT or isinstance(pads, str):
        return lax.reduce_window(inputs, start, combine, sizes, steps, pads)
    # Windows that do not overlap, without `reduce_window`, whose gradient is slow on a processor. The last axis is the
    # first, so that the first of equal elements is the first of the window.
    for axis in reversed([axis for axis, size in enumerate(sizes) if size > 1]):
        length, size, (low, high) = inputs.shape[axis], sizes[axis], pads[axis]
        count = (length + low + high) // size
        widths = [(low, count * size - length - low, 0) if i == axis else (0, 0, 0) for i in range(inputs.ndim)]
        shape = (*inputs.shape[:axis], count, size, *inputs.shape[axis + 1 :])
        parts = lax.pad(inputs, start, widths).reshape(shape)
        inputs = reduce(
            _larger if combine is lax.max else combine,
            [lax.index_in_dim(parts, place, axis + 1, keepdims=False) for place in range(size)],
        )
    return inputs


_LARGEST_SPLIT = 8
"""Up to which size of a window its elements are operands of their own."""


def _larger(x1: Array, x2: Array) -> Array:
    """Return the maximum, NaN where there is one; the first of equal elements gets the gradient."""
    return jnp.where((x1 >= x2) | (x1 != x1), x1, x2)


@compiled(1, 2, 3, 4)
def _max_pool(
    inputs: Array, pool_size: tuple[int, ...], strides: tuple[int, ...], padding: Pads | str, data_format: str
) -> Array:
    dtype = inputs.dtype
    lowest = -np.inf if jnp.issubdtype(dtype, jnp.floating) else np.iinfo(dtype).min
    start = np.array(lowest, dtype)
    return _reduce_windows(inputs, start, lax.max, pool_size, strides, padding, data_format)


@compiled(1, 2, 3, 4)
def _average_pool(
    inputs: Array, pool_size: tuple[int, ...], strides: tuple[int, ...], padding: Pads | str, data_format: str
) -> Array:
    wide = _as_wide(inputs)
    zero = np.zeros((), wide.dtype)
    total = _reduce_windows(wide, zero, lax.add, pool_size, strides, padding, data_format)
    if not isinstance(padding, str) and not any(low or high for low, high in padding):
        return (total / prod(pool_size)).astype(inputs.dtype)
    spatial = inputs.shape[1:-1] if data_format == "channels_last" else inputs.shape[2:]
    ones = jnp.ones(_window(spatial, data_format, 1), wide.dtype)
    counts = _reduce_windows(ones, zero, lax.add, pool_size, strides, padding, data_format)
    return (total / counts).astype(inputs.dtype)


def _as_wide(x: Array) -> Array:
    return x.astype(np.float32) if x.dtype.itemsize < 4 else x


def _spread(x: Array, axes: tuple[int, ...], like: Array) -> Array:
    """Give a tensor over `axes` alone the rank of `like`."""
    shape = [like.shape[i] if i in axes else 1 for i in range(like.ndim)]
    return _as_wide(x).reshape(shape)


@compiled(3)
def _batch_normalization(
    x: Array, mean: Array, variance: Array, axis: int, offset: Array | None, scale: Array | None, epsilon: Any
) -> Array:
    wide = _as_wide(x)
    factor = lax.rsqrt(_as_wide(variance) + jnp.asarray(epsilon, wide.dtype))
    if scale is not None:
        factor = factor * _as_wide(scale)
    result = (wide - _spread(mean, (axis,), x)) * _spread(factor, (axis,), x)
    if offset is not None:
        result = result + _spread(offset, (axis,), x)
    return result.astype(x.dtype)


def _with_epsilon(kernel: Callable[..., Array]) -> Callable[..., Array]:
    """Leave the default epsilon, which is core's setting, to the composite."""
    return lambda *arguments: NotImplemented if arguments[-1] is None else kernel(*arguments)


@_with_epsilon
@compiled(3)
def _layer_normalization(
    x: Array, gamma: Array | None, beta: Array | None, axis: tuple[int, ...], epsilon: Any
) -> Array:
    wide = _as_wide(x)
    centred = wide - jnp.mean(wide, axis, keepdims=True)
    variance = jnp.mean(jnp.square(centred), axis, keepdims=True)
    result = centred * lax.rsqrt(variance + jnp.asarray(epsilon, wide.dtype))
    if gamma is not None:
        result = result * _spread(gamma, axis, x)
    if beta is not None:
        result = result + _spread(beta, axis, x)
    return result.astype(x.dtype)


@_with_epsilon
@compiled(2)
def _rms_normalization(x: Array, scale: Array | None, axis: tuple[int, ...], epsilon: Any) -> Array:
    wide = _as_wide(x)
    square = jnp.mean(jnp.square(wide), axis, keepdims=True)
    result = wide * lax.rsqrt(square + jnp.asarray(epsilon, wide.dtype))
    if scale is not None:
        result = result * _spread(scale, axis, x)
    return result.astype(x.dtype)


@compiled(5, 6, 7)
def _attention(
    query: Array,
    key: Array,
    value: Array,
    bias: Array | None,
    mask: Array | None,
    scale: float | None,
    is_causal: bool,
    implementation: str,
) -> Array:
    return jax.nn.dot_product_attention(
        query, key, value, bias, mask, scale=scale, is_causal=is_causal, implementation=implementation
    )


def _dot_product_attention(
    query: Array,
    key: Array,
    value: Array,
    bias: Array | None,
    mask: Array | None,
    scale: float | None,
    is_causal: bool,
    flash_attention: bool | None,
    attn_logits_soft_cap: float | None = None,
) -> Array:
    ranks = {x.ndim for x in (query, key, value, bias, mask) if x is not None}
    if ranks != {4} or attn_logits_soft_cap is not None or isinstance(scale, jax.Array):
        return NotImplemented
    if len({x.dtype for x in (query, key, value)}) > 1 or key.shape[-1] != value.shape[-1]:
        return NotImplemented
    if flash_attention and jax.default_backend() != "gpu":
        return NotImplemented
    # JAX takes the softmax of float64 in float32, and has no product of float16 into float32 on the CPU.
    if query.dtype == jnp.float64 or (query.dtype == jnp.float16 and jax.default_backend() == "cpu"):
        return NotImplemented
    implementation = "cudnn" if flash_attention else "xla"
    return _attention(query, key, value, bias, mask, scale, bool(is_causal), implementation)


_ACTIVATIONS = (
    *("relu", "relu6", "selu", "silu", "softplus", "sigmoid", "log_sigmoid", "hard_sigmoid", "hard_silu"),
    *("leaky_relu", "elu", "celu"),
)

KERNELS: dict[str, Callable[..., Any]] = {
    **{name: _plain(getattr(jax.nn, name)) for name in _ACTIVATIONS},
    "softsign": _plain(jax.nn.soft_sign),
    "gelu": compiled(1)(jax.nn.gelu),
    "softmax": compiled(1)(in_float32(jax.nn.softmax)),
    "log_softmax": compiled(1)(in_float32(jax.nn.log_softmax)),
    "conv": _conv,
    "max_pool": _max_pool,
    "average_pool": _average_pool,
    "batch_normalization": _batch_normalization,
    "layer_normalization": _layer_normalization,
    "rms_normalization": _rms_normalization,
    "dot_product_attention": _dot_product_attention,
}
"""Native kernels by op name."""


def all_kernels() -> dict[str, Callable[..., Any]]:
    """Return these kernels and those of the other module."""
    return {**GENERAL_KERNELS, **KERNELS}
