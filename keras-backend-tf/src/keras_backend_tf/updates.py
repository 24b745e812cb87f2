"""Random numbers and optimizer updates."""

from typing import Any

import tensorflow as tf

from keras_backend_tf.arrays import cast
from keras_backend_tf.host import integers, native_dtype, raw, scalar, sizes
from keras_backend_tf.residence import RESIDENCE

Tensors = list[tf.Tensor]

_PHILOX = 1  # the algorithm whose bits are the same with XLA and without
_UNIFORM = {  # bits drawn, and how many of them a number of the dtype can hold
    tf.float16: (tf.uint32, 11),
    tf.bfloat16: (tf.uint32, 8),
    tf.float32: (tf.uint32, 24),
    tf.float64: (tf.uint64, 53),
}


def random_uniform(shape: tuple[Any, ...], dtype: str, seed: tf.Tensor) -> tf.Tensor:
    """Uniform numbers in `[0, 1)` from Philox bits: TensorFlow's own floats differ between XLA and its kernels."""
    native = native_dtype(dtype)
    if native not in _UNIFORM:
        return NotImplemented
    drawn, kept = _UNIFORM[native]
    key = raw.Reshape(tensor=raw.Bitcast(input=seed, type=tf.uint64), shape=integers((1,)))
    counter = raw.Fill(dims=integers((2,)), value=scalar(0, "uint64"))
    bits = raw.StatelessRandomUniformFullIntV2(shape=sizes(shape), key=key, counter=counter, alg=_PHILOX, dtype=drawn)
    high = raw.RightShift(x=bits, y=scalar(drawn.size * 8 - kept, drawn.name))
    return raw.Mul(x=cast(high, native), y=scalar(2.0**-kept, dtype))


def random_normal(shape: tuple[Any, ...], dtype: str, seed: tf.Tensor) -> tf.Tensor:
    """Standard normal numbers: the inverse error function of uniform ones that never are -1 or 1."""
    if native_dtype(dtype) not in _UNIFORM:
        return NotImplemented
    wide = "float64" if dtype == "float64" else "float32"
    doubled = raw.Mul(x=random_uniform(shape, wide, seed), y=scalar(2.0, wide))
    centred = raw.Sub(x=doubled, y=scalar(1 - 2.0 ** -_UNIFORM[native_dtype(wide)][1], wide))
    return cast(raw.Mul(x=raw.Erfinv(x=centred), y=scalar(2.0**0.5, wide)), native_dtype(dtype))


def adam_update(
    variables: Tensors,
    gradients: Tensors,
    momentums: Tensors,
    velocities: Tensors,
    learning_rate: Any,
    beta_1: float,
    beta_2: float,
    epsilon: float,
    step: Any,
) -> tuple[Tensors, Tensors, Tensors]:
    """TensorFlow's own kernel, where variables of a compiled step are updated, which it does in place."""
    residence = RESIDENCE.get()
    columns = [[residence and residence.home(x) for x in column] for column in (variables, momentums, velocities)]
    dtypes = {getattr(home, "dtype", None) for column in columns for home in column}
    if len(dtypes) != 1 or not dtypes <= {tf.float32, tf.float64}:  # of half floats, beta_2 would be rounded to 1
        return NotImplemented
    (dtype,) = dtypes
    one, two, small = (scalar(value, dtype.name) for value in (beta_1, beta_2, epsilon))
    powers = [raw.Pow(x=beta, y=cast(step, dtype)) for beta in (one, two)]
    numbers = *powers, cast(learning_rate, dtype), one, two, small
    for variable, momentum, velocity, gradient in zip(*columns, gradients, strict=True):
        handles = variable.handle, momentum.handle, velocity.handle
        raw.ResourceApplyAdam(*handles, *numbers, gradient, use_locking=True)  # against who reads on another thread
    return tuple([residence.read(home) for home in column] for column in columns)
