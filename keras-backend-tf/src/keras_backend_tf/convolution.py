"""Convolution and pooling. The CPU kernels know channels last only; channels first is transposed."""

import functools
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from keras_backend_tf.arrays import all_axes, permute_dims, reshape
from keras_backend_tf.host import integers, raw, scalar, static_shape
from keras_core.ops.convolution import explicit_padding

Pairs = tuple[tuple[int, int], ...]
Sizes = tuple[int, ...]

_FLOATS = frozenset({tf.float16, tf.bfloat16, tf.float32, tf.float64})
_FLOATS_3D = frozenset({tf.bfloat16, tf.float32})  # of the pools


def _channels_last(x: tf.Tensor, data_format: str) -> tf.Tensor:
    return permute_dims(x, (0, *range(2, len(x.shape)), 1)) if data_format == "channels_first" else x


def _back(x: tf.Tensor, data_format: str) -> tf.Tensor:
    return permute_dims(x, (0, len(x.shape) - 1, *range(1, len(x.shape) - 1))) if data_format == "channels_first" else x


def _padding(padding: str | Pairs, spatial: tuple[int | None, ...], window: Sizes, strides: Sizes) -> str | None:
    """Return TensorFlow's name of the padding, None for one without a name."""
    if padding == "same":
        return "SAME"
    if all(tuple(pair) == (0, 0) for pair in padding):
        return "VALID"
    same = explicit_padding("same", spatial, window, strides, (1,) * len(window))
    return "SAME" if same == tuple(map(tuple, padding)) else None


def _pad(x: tf.Tensor, padding: Pairs, value: float) -> tf.Tensor:
    widths = ((0, 0), *padding, (0, 0))
    return raw.PadV2(input=x, paddings=integers(widths), constant_values=scalar(value, x.dtype.name))


@functools.cache
def _gradient_works(rank: int, dtype: tf.DType, groups: int, dilation: int) -> bool:
    """Tell whether the kernels of this device can differentiate such a convolution: builds of TensorFlow differ."""
    backward = raw.Conv2DBackpropInput if rank == 2 else raw.Conv3DBackpropInputV2
    with tf.init_scope():
        try:
            backward(
                input_sizes=integers((1, *(5,) * rank, 2)),
                filter=tf.ones((*(2,) * rank, 2 // groups, 2), dtype),
                out_backprop=tf.ones((1, *(5 - dilation,) * rank, 2), dtype),
                strides=[1] * (rank + 2),
                padding="VALID",
                dilations=[1, *(dilation,) * rank, 1],
            )
        except tf.errors.OpError:
            return False
    return True


def conv(
    inputs: tf.Tensor, kernel: tf.Tensor, strides: Sizes, padding: Any, data_format: str, dilation_rate: Sizes
) -> tf.Tensor:
    """Convolution of 1, 2 or 3 spatial axes, with groups."""
    rank = len(strides)
    channels = inputs.shape[-1 if data_format == "channels_last" else 1]
    per_group, filters = kernel.shape[-2:]
    if inputs.dtype not in _FLOATS or rank > 3 or not channels or not per_group or filters is None:
        return NotImplemented
    if padding != "same" and any(side < 0 for pair in padding for side in pair):
        return NotImplemented
    if 0 in static_shape(inputs):  # oneDNN returns the shape of the inputs
        return NotImplemented
    groups = channels // per_group
    x = _channels_last(inputs, data_format)
    if rank == 1:  # a row of an image: equal strides, because depthwise kernels want them
        x, kernel = raw.ExpandDims(input=x, axis=integers(1)), raw.ExpandDims(input=kernel, axis=integers(0))
        strides, dilation_rate = (*strides, *strides), (1, *dilation_rate)
        padding = padding if padding == "same" else ((0, 0), *padding)
    result = _convolve(x, kernel, strides, padding, dilation_rate, groups)
    if result is NotImplemented:
        return NotImplemented
    if rank == 1:
        result = raw.Squeeze(input=result, axis=[1])
    return _back(result, data_format)


def _convolve(x: tf.Tensor, kernel: tf.Tensor, strides: Sizes, padding: Any, dilation: Sizes, groups: int) -> Any:
    rank = len(strides)
    window = tuple((size - 1) * rate + 1 for size, rate in zip(kernel.shape[:rank], dilation, strict=True))
    name = _padding(padding, static_shape(x)[1:-1], window, strides)
    if name is None:  # `padding="EXPLICIT"` would keep the fast kernels of oneDNN away
        name, x = "VALID", _pad(x, padding, 0.0)
    options = {"strides": [1, *strides, 1], "padding": name, "dilations": [1, *dilation, 1]}
    operation = raw.Conv2D if rank == 2 else raw.Conv3D
    dilated = 2 if max(dilation) > 1 else 1
    if groups == 1 and (dilated == 1 or _gradient_works(rank, x.dtype, 1, dilated)):
        return operation(input=x, filter=kernel, **options)
    if rank == 2 and groups == x.shape[-1] and dilated == 1 and strides[0] == strides[1]:
        height, width, _, filters = static_shape(kernel)
        depthwise = reshape(kernel, (height, width, groups, filters // groups))
        return raw.DepthwiseConv2dNative(input=x, filter=depthwise, **options)
    if groups > 1 and _gradient_works(rank, x.dtype, 2, dilated):
        return operation(input=x, filter=kernel, **options)
    if dilated > 1 and not _gradient_works(rank, x.dtype, 1, dilated):
        return NotImplemented
    last = integers(rank + 1)
    parts = zip(
        raw.Split(axis=last, value=x, num_split=groups),
        raw.Split(axis=last, value=kernel, num_split=groups),
        strict=True,
    )
    return raw.ConcatV2(values=[operation(input=part, filter=weight, **options) for part, weight in parts], axis=last)


def _largest(operation: Callable[..., tf.Tensor], x: tf.Tensor) -> tf.Tensor:
    """Pool by an operation that passes over a nan which is not the first element of its window."""
    largest = operation(input=x)

    def with_nan() -> tf.Tensor:
        has_nan = raw.Cast(x=operation(input=raw.Cast(x=raw.IsNan(x=x), DstT=x.dtype)), DstT=tf.bool)
        more = raw.SelectV2(condition=has_nan, t=scalar(float("nan"), x.dtype.name), e=scalar(-0.0, x.dtype.name))
        return raw.AddV2(x=largest, y=more)

    # To look for it in each window takes longer than to pool: only where the sum of all elements is nan.
    total = raw.Sum(input=x, axis=all_axes(x, None), keep_dims=False)
    return tf.cond(raw.IsNan(x=total), with_nan, lambda: largest)


def pool(
    inputs: tf.Tensor, pool_size: Sizes, strides: Sizes, padding: Any, data_format: str, is_maximum: bool
) -> tf.Tensor:
    """Largest element of each window, or the mean of its elements; padding does not count."""
    rank = len(pool_size)
    if inputs.dtype not in (_FLOATS if rank < 3 else _FLOATS_3D) or rank > 3:
        return NotImplemented
    x = _channels_last(inputs, data_format)
    if rank == 1:
        x = raw.ExpandDims(input=x, axis=integers(1))
        pool_size, strides = (1, *pool_size), (1, *strides)
        padding = padding if padding == "same" else ((0, 0), *padding)
    name = _padding(padding, static_shape(x)[1:-1], pool_size, strides)
    options = {"ksize": [1, *pool_size, 1], "strides": [1, *strides, 1], "padding": name or "VALID"}
    if is_maximum:
        operation = functools.partial(raw.MaxPool3D if rank == 3 else raw.MaxPool, **options)
        result = _largest(operation, x if name else _pad(x, padding, float("-inf")))
    elif name:
        result = raw.AvgPool3D(input=x, **options) if rank == 3 else raw.AvgPool(value=x, **options)
    else:  # the padding would count
        return NotImplemented
    if rank == 1:
        result = raw.Squeeze(input=result, axis=[1])
    return _back(result, data_format)
