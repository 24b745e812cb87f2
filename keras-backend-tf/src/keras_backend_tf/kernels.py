"""Composite ops that TensorFlow computes itself, in fewer steps or better than the composite would.

A kernel that cannot do a combination of arguments returns `NotImplemented`; core then runs the composite.
"""

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import tensorflow as tf

from keras_backend_tf.arrays import cast, index, on_last_axis, reshape, shape
from keras_backend_tf.convolution import conv, pool
from keras_backend_tf.host import COMPLEX, FLOAT8, eager_scalar, integers, raw, scalar, static_shape
from keras_backend_tf.primitives import HALF_IN_FLOAT32, reduction, widened
from keras_backend_tf.updates import adam_update, random_normal, random_uniform
from keras_core.contract import by_dtype

_EINSUM_DTYPES = frozenset({*COMPLEX, tf.float32, tf.float64, tf.int32, tf.int64})
_ACTIVATIONS = ("relu", "relu6", "selu", "softplus")  # softsign has no second derivative


# activations


def _erf_of_float64(x: tf.Tensor) -> tf.Tensor:
    """Keep infinities away from the kernel, which takes them for nan; at 10 the result is 1 to the last bit."""
    return raw.Erf(x=raw.Maximum(x=raw.Minimum(x=x, y=scalar(10.0, "float64")), y=scalar(-10.0, "float64")))


_erf = by_dtype(raw.Erf, {tf.float64: _erf_of_float64})


def _shares(logits: tf.Tensor) -> tf.Tensor:
    """Softmax. That of oneDNN, the default, is the fastest by far, but a nan does not reach the other elements."""
    if logits.dtype is not tf.float32:  # half floats would lose digits below
        return raw.Exp(x=raw.LogSoftmax(logits=logits))
    shares = raw.Softmax(logits=logits)
    return raw.Mul(x=shares, y=raw.Sum(input=shares, axis=integers((-1,)), keep_dims=True))  # times 1, or nan


_any_softmax = widened(on_last_axis(_shares), HALF_IN_FLOAT32)


def _softmax(x: tf.Tensor, axis: int) -> tf.Tensor:
    if axis == 1 and x.dtype is tf.float32 and tf.executing_eagerly():
        sizes = x.shape.as_list()
        if len(sizes) == 2 and sizes[0] * sizes[1] < 8192:  # below, the number of calls is what takes time
            # Softmax minus labels is a result of cross-entropy: one call for all of it, where the labels are 0.
            return raw.SoftmaxCrossEntropyWithLogits(features=x, labels=eager_scalar(0.0, "float32"))[1]
    return _any_softmax(x, axis)


# losses


def _sparse_categorical_crossentropy(target: tf.Tensor, output: tf.Tensor, from_logits: bool, axis: int) -> tf.Tensor:
    *rows, classes = static_shape(output)
    is_usual = from_logits and axis in (-1, len(rows)) and classes and target.shape.rank == len(rows)
    fits = is_usual and target.dtype.is_integer and output.dtype in (tf.float32, tf.float64)
    if not fits or not target.shape.is_compatible_with(rows):
        return NotImplemented
    labels = target if target.dtype is tf.int32 else cast(target, tf.int64)
    from_end = raw.AddV2(x=labels, y=scalar(classes, labels.dtype.name))
    labels = raw.SelectV2(condition=raw.Less(x=labels, y=scalar(0, labels.dtype.name)), t=from_end, e=labels)
    if len(rows) != 1:
        output, labels = reshape(output, (-1, classes)), reshape(labels, (-1,))
    losses = raw.SparseSoftmaxCrossEntropyWithLogits(features=output, labels=labels)[0]
    return losses if len(rows) == 1 else reshape(losses, shape(target))


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


def _pad(x: tf.Tensor, pad_width: tuple[tuple[int, int], ...], mode: str, constant_values: Any) -> tf.Tensor:
    if mode != "constant" or x.dtype in FLOAT8 or not pad_width or any(side < 0 for pair in pad_width for side in pair):
        return NotImplemented
    value = 0 if constant_values is None else constant_values
    value = value if isinstance(value, tf.Tensor) else scalar(value, x.dtype.name)
    return raw.PadV2(input=x, paddings=integers(tuple(map(tuple, pad_width))), constant_values=value)


def _top_k(x: tf.Tensor, k: int, sorted: bool, is_stable: bool = False) -> tuple[tf.Tensor, tf.Tensor]:
    return tuple(raw.TopKV2(input=x, k=integers(k), sorted=sorted))


def _scatter_add(x: tf.Tensor, indices: tf.Tensor, updates: tf.Tensor) -> tf.Tensor:
    if x.dtype is tf.bool:
        return NotImplemented
    indices = cast(indices, tf.int32) if indices.dtype is tf.int16 else index(indices)
    rows = raw.ExpandDims(input=indices, axis=integers(1))
    return raw.TensorScatterAdd(tensor=x, indices=rows, updates=updates)


# products


def _einsum(subscripts: str, *operands: tf.Tensor) -> tf.Tensor:
    """One operation, outside graphs: there, products and transposes are faster, which two gradients can share."""
    dtype = operands[0].dtype
    if not tf.executing_eagerly() or (dtype is not tf.float32 and dtype not in _EINSUM_DTYPES):  # their hash is slow
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
    "softmax": _softmax,
    "log_softmax": widened(on_last_axis(raw.LogSoftmax), HALF_IN_FLOAT32),
    "sparse_categorical_crossentropy": _sparse_categorical_crossentropy,
    # The kernel takes the mean of no complex numbers for 0.
    "mean": by_dtype(widened(reduction(raw.Mean), HALF_IN_FLOAT32), dict.fromkeys(COMPLEX, lambda *_: NotImplemented)),
    "stack": lambda xs, axis: raw.Pack(values=list(xs), axis=axis),
    "split": _split,
    "pad": _pad,
    "top_k": by_dtype(_top_k, {tf.bool: lambda *_: NotImplemented}),
    "scatter_add": _scatter_add,
    "einsum": _einsum,
    "conv": conv,
    "max_pool": partial(pool, is_maximum=True),
    "average_pool": partial(pool, is_maximum=False),
    "random_normal": random_normal,
    "random_uniform": random_uniform,
    "adam_update": adam_update,
}
