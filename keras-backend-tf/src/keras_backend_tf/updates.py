"""Random numbers and optimizer updates."""

from typing import Any

import tensorflow as tf

from keras_backend_tf.arrays import cast
from keras_backend_tf.host import HALF, integers, native_dtype, raw, scalar, sizes

Tensors = list[tf.Tensor]

_PHILOX = 1  # the algorithm whose bits are the same with XLA and without
_UNIFORM = {  # bits drawn, and how many of them a number of the dtype can hold
    tf.float16: (tf.uint32, 11),
    tf.bfloat16: (tf.uint32, 8),
    tf.float32: (tf.uint32, 24),
    tf.float64: (tf.uint64, 53),
}


def _random_bits(shape: tuple[Any, ...], seed: tf.Tensor, dtype: tf.DType) -> tf.Tensor:
    key = raw.Reshape(tensor=raw.Bitcast(input=seed, type=tf.uint64), shape=integers((1,)))
    counter = raw.Fill(dims=integers((2,)), value=scalar(0, "uint64"))
    return raw.StatelessRandomUniformFullIntV2(shape=sizes(shape), key=key, counter=counter, alg=_PHILOX, dtype=dtype)


def random_uniform(shape: tuple[Any, ...], dtype: str, seed: tf.Tensor) -> tf.Tensor:
    """Uniform numbers in `[0, 1)` from Philox bits: TensorFlow's own floats differ between XLA and its kernels."""
    native = native_dtype(dtype)
    if native not in _UNIFORM:
        return NotImplemented
    drawn, kept = _UNIFORM[native]
    bits = _random_bits(shape, seed, drawn)
    high = raw.RightShift(x=bits, y=scalar(drawn.size * 8 - kept, drawn.name))
    return raw.Mul(x=cast(high, native), y=scalar(2.0**-kept, dtype))


def random_normal(shape: tuple[Any, ...], dtype: str, seed: tf.Tensor) -> tf.Tensor:
    """Standard normal numbers: the inverse error function of uniform ones that never are -1 or 1."""
    native = native_dtype(dtype)
    if native not in _UNIFORM:
        return NotImplemented
    wide, drawn, kept = (tf.float64, tf.int64, 53) if native is tf.float64 else (tf.float32, tf.int32, 24)
    high = raw.RightShift(x=_random_bits(shape, seed, drawn), y=scalar(drawn.size * 8 - kept, drawn.name))
    centred = raw.AddV2(x=cast(high, wide), y=scalar(0.5, wide.name))
    uniform = raw.Mul(x=centred, y=scalar(2.0 ** (1 - kept), wide.name))
    return cast(raw.Mul(x=raw.Erfinv(x=uniform), y=scalar(2.0**0.5, wide.name)), native)


def _like(value: Any, x: tf.Tensor) -> tf.Tensor:
    return cast(value, x.dtype) if isinstance(value, tf.Tensor) else scalar(value, x.dtype.name)


def adam_update(
    variables: Tensors,
    gradients: Tensors,
    momentums: Tensors,
    velocities: Tensors,
    learning_rate: Any,
    beta_1: Any,
    beta_2: Any,
    epsilon: Any,
    step: Any,
) -> tuple[Tensors, Tensors, Tensors]:
    """Adam (Kingma and Ba 2015), in the form whose step size holds both bias corrections."""
    if any(variable.dtype in HALF for variable in variables):
        return NotImplemented  # beta_2 would be rounded to 1
    step_sizes: dict[tf.DType, tf.Tensor] = {}
    new_variables, new_momentums, new_velocities = [], [], []
    for variable, gradient, momentum, velocity in zip(variables, gradients, momentums, velocities, strict=True):
        if variable.dtype not in step_sizes:
            one, count = scalar(1.0, variable.dtype.name), _like(step, variable)
            correction_1 = raw.Sub(x=one, y=raw.Pow(x=_like(beta_1, variable), y=count))
            correction_2 = raw.Sqrt(x=raw.Sub(x=one, y=raw.Pow(x=_like(beta_2, variable), y=count)))
            rate = raw.RealDiv(x=raw.Mul(x=_like(learning_rate, variable), y=correction_2), y=correction_1)
            step_sizes[variable.dtype] = rate
        change = raw.Mul(x=raw.Sub(x=gradient, y=momentum), y=_like(1 - beta_1, variable))
        momentum = raw.AddV2(x=momentum, y=change)
        change = raw.Mul(x=raw.Sub(x=raw.Square(x=gradient), y=velocity), y=_like(1 - beta_2, variable))
        velocity = raw.AddV2(x=velocity, y=change)
        scale = raw.AddV2(x=raw.Sqrt(x=velocity), y=_like(epsilon, variable))
        move = raw.RealDiv(x=raw.Mul(x=momentum, y=step_sizes[variable.dtype]), y=scale)
        new_variables.append(raw.Sub(x=variable, y=move))
        new_momentums.append(momentum)
        new_velocities.append(velocity)
    return new_variables, new_momentums, new_velocities
