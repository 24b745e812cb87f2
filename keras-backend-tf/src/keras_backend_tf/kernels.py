"""Composite ops that TensorFlow computes itself, in fewer steps or better than the composite would.

A kernel that cannot do a combination of arguments returns `NotImplemented`; core then runs the composite.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import tensorflow as tf

from keras_backend_tf.arrays import all_axes, cast, index, reshape, shape, swap_axes
from keras_backend_tf.convolution import average_pool, conv, max_pool
from keras_backend_tf.host import COMPLEX, FLOAT8, HALF, eager_scalar, integers, native_dtype, raw, scalar, static_shape
from keras_backend_tf.primitives import HALF_IN_FLOAT32, by_dtype, reduction, widened
from keras_backend_tf.updates import adam_update, random_normal, random_uniform

Axes = tuple[int, ...] | None
_EINSUM_DTYPES = frozenset({*COMPLEX, tf.float32, tf.float64, tf.int32, tf.int64})
_ACTIVATIONS = ("relu", "relu6", "selu", "softplus")  # softsign has no second derivative
_SMALL = 8192  # elements: below, the number of calls is what takes time
_MIRROR_MODES = {"reflect": 1, "symmetric": 0}  # and how much less than the size the width may be


# activations


def _erf_of_float64(x: tf.Tensor) -> tf.Tensor:
    """Keep infinities away from the kernel, which takes them for nan; at 10 the result is 1 to the last bit."""
    return raw.Erf(x=raw.Maximum(x=raw.Minimum(x=x, y=scalar(10.0, "float64")), y=scalar(-10.0, "float64")))


_erf = by_dtype(raw.Erf, {tf.float64: _erf_of_float64})


def _gelu(x: tf.Tensor, approximate: bool) -> tf.Tensor:
    name = x.dtype.name
    if approximate:
        cubic = raw.Mul(x=raw.Mul(x=raw.Square(x=x), y=x), y=scalar(0.044715, name))
        curve = raw.Tanh(x=raw.Mul(x=raw.AddV2(x=x, y=cubic), y=scalar(0.7978845608028654, name)))
    else:
        curve = _erf(raw.Mul(x=x, y=scalar(0.7071067811865476, name)))
    return raw.Mul(x=raw.Mul(x=x, y=scalar(0.5, name)), y=raw.AddV2(x=curve, y=scalar(1.0, name)))


def _last_axis(operation: Callable[..., Any]) -> Callable[..., Any]:
    def call(x: tf.Tensor, axis: int) -> tf.Tensor:
        last = len(x.shape) - 1
        if axis == last:
            return operation(x)
        return swap_axes(operation(swap_axes(x, axis, last)), axis, last)

    return call


def _shares(logits: tf.Tensor) -> tf.Tensor:
    """Softmax. That of oneDNN, the default, is the fastest by far, but a nan does not reach the other elements."""
    few = tf.executing_eagerly() and logits.shape.num_elements() < _SMALL
    if logits.dtype is not tf.float32 or few:  # half floats would lose digits below
        return raw.Exp(x=raw.LogSoftmax(logits=logits))
    shares = raw.Softmax(logits=logits)
    return raw.Mul(x=shares, y=raw.Sum(input=shares, axis=integers((-1,)), keep_dims=True))  # times 1, or nan


_any_softmax = widened(_last_axis(_shares), HALF_IN_FLOAT32)


def _softmax(x: tf.Tensor, axis: int) -> tf.Tensor:
    if axis == 1 and x.dtype is tf.float32 and tf.executing_eagerly():
        sizes = x.shape.as_list()
        if len(sizes) == 2 and sizes[0] * sizes[1] < _SMALL:
            # Softmax minus labels is a result of cross-entropy: one call for all of it, where the labels are 0.
            return raw.SoftmaxCrossEntropyWithLogits(features=x, labels=eager_scalar(0.0, "float32"))[1]
    return _any_softmax(x, axis)


# reductions


def _var(x: tf.Tensor, axis: Axes, keepdims: bool) -> tf.Tensor:
    if x.dtype in COMPLEX:
        return NotImplemented
    wide = cast(x, tf.float32) if x.dtype in HALF else x  # squares leave the range of float16
    axes = all_axes(x, axis)
    mean = raw.Mean(input=wide, axis=axes, keep_dims=True)
    return cast(raw.Mean(input=raw.SquaredDifference(x=wide, y=mean), axis=axes, keep_dims=keepdims), x.dtype)


# shape and indexing


def _split(x: tf.Tensor, indices_or_sections: int | tuple[int, ...], axis: int) -> list[tf.Tensor]:
    if isinstance(indices_or_sections, int):
        return list(raw.Split(axis=integers(axis), value=x, num_split=indices_or_sections))
    size = static_shape(x)[axis]
    cuts = (0, *indices_or_sections, size)
    if size is None or any(low > high for low, high in pairwise(cuts)) or min(cuts) < 0:
        return NotImplemented
    parts = tuple(high - low for low, high in pairwise(cuts))
    return list(raw.SplitV(value=x, size_splits=integers(parts), axis=integers(axis), num_split=len(parts)))


def _roll(x: tf.Tensor, shift: int | tuple[int, ...], axis: int | tuple[int, ...] | None) -> tf.Tensor:
    axes = (axis,) if isinstance(axis, int) else axis
    if not axes or x.dtype in FLOAT8:
        return NotImplemented
    shifts = (shift,) * len(axes) if isinstance(shift, int) else shift
    return raw.Roll(input=x, shift=integers(tuple(shifts)), axis=integers(tuple(axes)))


def _pad(x: tf.Tensor, pad_width: tuple[tuple[int, int], ...], mode: str, constant_values: Any) -> tf.Tensor:
    if x.dtype in FLOAT8 or not pad_width or any(side < 0 for pair in pad_width for side in pair):
        return NotImplemented
    widths = integers(tuple(map(tuple, pad_width)))
    if mode == "constant":
        value = 0 if constant_values is None else constant_values
        value = value if isinstance(value, tf.Tensor) else scalar(value, x.dtype.name)
        return raw.PadV2(input=x, paddings=widths, constant_values=value)
    if mode not in _MIRROR_MODES or 0 in static_shape(x):
        return NotImplemented
    less = _MIRROR_MODES[mode]
    for size, pair in zip(static_shape(x), pad_width, strict=True):
        if max(pair) and (size is None or max(pair) > size - less):
            return NotImplemented
    return raw.MirrorPad(input=x, paddings=widths, mode=mode.upper())


def _one_hot(x: tf.Tensor, num_classes: int, axis: int, dtype: str, sparse: bool) -> tf.Tensor:
    if sparse or native_dtype(dtype) in FLOAT8:
        return NotImplemented
    return raw.OneHot(
        indices=x if x.dtype in (tf.int32, tf.int64, tf.uint8) else cast(x, tf.int64),
        depth=integers(num_classes),
        on_value=scalar(1, dtype),
        off_value=scalar(0, dtype),
        axis=axis,
    )


def _top_k(x: tf.Tensor, k: int, sorted: bool, is_stable: bool = False) -> tuple[tf.Tensor, tf.Tensor]:
    if x.dtype is tf.bool:
        return NotImplemented
    values, indices = raw.TopKV2(input=x, k=integers(k), sorted=sorted)
    return values, indices


def _scatter_add(x: tf.Tensor, indices: tf.Tensor, updates: tf.Tensor) -> tf.Tensor:
    if x.dtype is tf.bool:
        return NotImplemented
    indices = cast(indices, tf.int32) if indices.dtype is tf.int16 else index(indices)
    rows = raw.ExpandDims(input=indices, axis=integers(1))
    return raw.TensorScatterAdd(tensor=x, indices=rows, updates=updates)


def _scatter_add_along_axis(x: tf.Tensor, indices: tf.Tensor, updates: tf.Tensor, axis: int) -> tf.Tensor:
    """Add to the flat `x`, whose element `[row, column]` is at `row * columns + column`."""
    if x.dtype is tf.bool or 0 in static_shape(x):
        return NotImplemented
    last = len(static_shape(x)) - 1
    x, updates = swap_axes(x, axis, last), swap_axes(updates, axis, last)
    indices = cast(swap_axes(indices, axis, last), tf.int64)
    *rows, columns = shape(x)
    total = raw.Size(input=x, out_type=tf.int64)
    starts = raw.Range(start=scalar(0, "int64"), limit=total, delta=tf.cast(columns, tf.int64))
    positions = raw.AddV2(x=indices, y=reshape(starts, (*rows, 1)))
    flat, flat_updates = reshape(x, (-1,)), reshape(updates, (-1,))
    flat = raw.TensorScatterAdd(tensor=flat, indices=reshape(positions, (-1, 1)), updates=flat_updates)
    return swap_axes(reshape(flat, (*rows, columns)), axis, last)


# products


def _einsum(subscripts: str, *operands: tf.Tensor) -> tf.Tensor:
    dtype = operands[0].dtype
    if dtype is not tf.float32 and dtype not in _EINSUM_DTYPES:  # their hash is slow
        return NotImplemented
    terms, arrow, output = subscripts.partition("->")
    try:
        if len(operands) != 2 or not arrow or " " in subscripts or not set(output) <= set(terms):  # unchecked by raw
            return tf.einsum(subscripts, *operands)
        return raw.Einsum(inputs=operands, equation=subscripts)
    except (ValueError, tf.errors.InvalidArgumentError):
        return NotImplemented  # the composite says which label is wrong


KERNELS: dict[str, Callable[..., Any]] = {
    **{name: getattr(raw, name.capitalize()) for name in ("square", "rsqrt", "reciprocal", "sigmoid")},
    "erf": _erf,
    "erfinv": widened(raw.Erfinv, HALF_IN_FLOAT32),
    "lgamma": widened(raw.Lgamma, HALF_IN_FLOAT32),
    "digamma": widened(raw.Digamma, HALF_IN_FLOAT32),
    **{name: getattr(raw, name.capitalize()) for name in _ACTIVATIONS},
    "log_sigmoid": lambda x: raw.Neg(x=raw.Softplus(features=raw.Neg(x=x))),
    # The slope is an attribute of float32: too coarse for float64.
    "leaky_relu": lambda x, by: NotImplemented if x.dtype is tf.float64 else raw.LeakyRelu(features=x, alpha=by),
    "elu": lambda x, alpha: raw.Elu(features=x) if alpha == 1 else NotImplemented,
    "gelu": _gelu,
    "softmax": _softmax,
    "log_softmax": widened(_last_axis(raw.LogSoftmax), HALF_IN_FLOAT32),
    # The kernel takes the mean of no complex numbers for 0.
    "mean": by_dtype(widened(reduction(raw.Mean), HALF_IN_FLOAT32), dict.fromkeys(COMPLEX, lambda *_: NotImplemented)),
    "var": _var,
    "stack": lambda xs, axis: raw.Pack(values=list(xs), axis=axis),
    "split": _split,
    "roll": _roll,
    "pad": _pad,
    "one_hot": _one_hot,
    "top_k": _top_k,
    "scatter_add": _scatter_add,
    "scatter_add_along_axis": _scatter_add_along_axis,
    "einsum": _einsum,
    "conv": conv,
    "max_pool": max_pool,
    "average_pool": average_pool,
    "random_uniform": random_uniform,
    "random_normal": random_normal,
    "adam_update": adam_update,
}
