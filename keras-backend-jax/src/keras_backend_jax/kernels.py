"""Kernels for elementwise functions, reductions, shapes, scatters, random numbers and optimizer updates."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from keras_backend_jax.host import native
from keras_backend_jax.primitives import in_float32

Array = Any
Arrays = list[Array]
Axes = tuple[int, ...] | None


def compiled(*static: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Compile a kernel; `static` are the positions of the arguments that are no tensors or floats."""
    return lambda function: jax.jit(function, static_argnums=static)


_plain = compiled()


# shape


@compiled(1, 2)
def _repeat(x: Array, repeats: int | tuple[int, ...], axis: int | None) -> Array:
    return jnp.repeat(x, np.asarray(repeats), axis)


@compiled(1, 2, 3)
def _constant_pad(x: Array, pad_width: tuple[tuple[int, int], ...], mode: str, constant_values: Any) -> Array:
    if mode == "constant":
        return jnp.pad(x, pad_width, mode, constant_values=constant_values or 0)
    return jnp.pad(x, pad_width, mode)


@compiled(1, 2, 3)
def _one_hot(x: Array, num_classes: int, axis: int, dtype: str) -> Array:
    return jax.nn.one_hot(x, num_classes, dtype=native(dtype), axis=axis)


def _dense_one_hot(x: Array, num_classes: int, axis: int, dtype: str, sparse: bool) -> Array:
    return NotImplemented if sparse else _one_hot(x, num_classes, axis, dtype)


# reductions


@compiled(1, 2)
def _std(x: Array, axis: Axes, keepdims: bool) -> Array:
    variance = jnp.var(_wide(x), axis, keepdims=keepdims)
    constant = variance == 0  # where the slope of the root is infinite
    return jnp.where(constant, 0, jnp.sqrt(jnp.where(constant, 1, variance))).astype(jnp.real(x).dtype)


@compiled(1, 2)
@in_float32
def _logsumexp(x: Array, axis: Axes, keepdims: bool) -> Array:
    nothing = jnp.all(x == -jnp.inf, axis, keepdims=True)  # where the logarithm has no derivative
    result = jax.nn.logsumexp(jnp.where(nothing, 0, x), axis=axis, keepdims=keepdims)
    return jnp.where(nothing.reshape(result.shape), -jnp.inf, result)


# products


_compiled_einsum = compiled(0)(jnp.einsum)


def _einsum(subscripts: str, *operands: Array) -> Array:
    try:
        return _compiled_einsum(subscripts, *operands)
    except (TypeError, ValueError):
        return NotImplemented  # the composite says which label is wrong


# scatter


@_plain
def _scatter_add(x: Array, indices: Array, updates: Array) -> Array:
    return x.at[indices].add(updates)


@compiled(3)
def _scatter_add_along_axis(x: Array, indices: Array, updates: Array, axis: int) -> Array:
    places = [lax.broadcasted_iota(np.int32, indices.shape, i) for i in range(x.ndim)]
    places[axis] = indices
    return x.at[tuple(places)].add(updates)


# random numbers


@compiled(0, 1)
def _random_uniform(shape: tuple[int, ...], dtype: str, seed: Array) -> Array:
    return jax.random.uniform(jax.random.wrap_key_data(seed, impl="threefry2x32"), shape, native(dtype))


@compiled(0, 1)
def _random_normal(shape: tuple[int, ...], dtype: str, seed: Array) -> Array:
    return jax.random.normal(jax.random.wrap_key_data(seed, impl="threefry2x32"), shape, native(dtype))


# optimizer updates: one program for all variables


def _wide(x: Array) -> Array:
    """Return `x` in a dtype in which `1 - beta` and small steps have digits."""
    return x.astype(np.float32) if x.dtype.itemsize < 4 else x


@_plain
def _sgd_update(variables: Arrays, gradients: Arrays, learning_rate: Array) -> Arrays:
    updated = []
    for variable, gradient in zip(variables, gradients, strict=True):
        value = _wide(variable)
        change = learning_rate.astype(value.dtype) * gradient.astype(value.dtype)
        updated.append((value - change).astype(variable.dtype))
    return updated


@compiled(5)
def _momentum_update(
    variables: Arrays, gradients: Arrays, velocities: Arrays, learning_rate: Array, momentum: Any, nesterov: bool
) -> tuple[Arrays, Arrays]:
    updated, kept = [], []
    for variable, gradient, velocity in zip(variables, gradients, velocities, strict=True):
        value = _wide(variable)
        rate, inertia = learning_rate.astype(value.dtype), jnp.asarray(momentum, value.dtype)
        step = rate * gradient.astype(value.dtype)
        faster = inertia * velocity.astype(value.dtype) - step
        value = value + (inertia * faster - step if nesterov else faster)
        updated.append(value.astype(variable.dtype))
        kept.append(faster.astype(velocity.dtype))
    return updated, kept


@_plain
def _adam_update(
    variables: Arrays,
    gradients: Arrays,
    momentums: Arrays,
    velocities: Arrays,
    learning_rate: Array,
    beta_1: Any,
    beta_2: Any,
    epsilon: Any,
    step: Array,
) -> tuple[Arrays, Arrays, Arrays]:
    updated, first, second = [], [], []
    for variable, gradient, momentum, velocity in zip(variables, gradients, momentums, velocities, strict=True):
        value = _wide(variable)
        wide = value.dtype
        time, b1, b2 = step.astype(wide), jnp.asarray(beta_1, wide), jnp.asarray(beta_2, wide)
        rate = learning_rate.astype(wide) * jnp.sqrt(1 - b2**time) / (1 - b1**time)
        slope, mean, square = (x.astype(wide) for x in (gradient, momentum, velocity))
        mean = mean + (slope - mean) * (1 - b1)
        square = square + (slope * slope - square) * (1 - b2)
        value = value - rate * mean / (jnp.sqrt(square) + jnp.asarray(epsilon, wide))
        updated.append(value.astype(variable.dtype))
        first.append(mean.astype(momentum.dtype))
        second.append(square.astype(velocity.dtype))
    return updated, first, second


KERNELS: dict[str, Callable[..., Any]] = {
    **{name: _plain(getattr(jnp, name)) for name in ("square", "reciprocal", "log2", "log10", "logaddexp")},
    **{name: _plain(getattr(lax, name)) for name in ("rsqrt", "erf", "lgamma", "digamma")},
    "erfinv": _plain(lax.erf_inv),
    # XLA has it for processors alone.
    "eigen_decomposition": lambda x: tuple(jnp.linalg.eig(x)) if jax.default_backend() == "cpu" else NotImplemented,
    "clip": _plain(lambda x, x_min, x_max: jnp.minimum(jnp.maximum(x, x_min), x_max)),
    "logsumexp": _logsumexp,
    "mean": compiled(1, 2)(lambda x, axis, keepdims: jnp.mean(x, axis, keepdims=keepdims)),
    "var": compiled(1, 2)(lambda x, axis, keepdims: jnp.var(x, axis, keepdims=keepdims)),
    "std": _std,
    "stack": compiled(1)(lambda xs, axis: jnp.stack(xs, axis)),
    "split": compiled(1, 2)(jnp.split),
    "tile": compiled(1)(jnp.tile),
    "repeat": _repeat,
    "roll": compiled(1, 2)(jnp.roll),
    "pad": _constant_pad,
    "one_hot": _dense_one_hot,
    "top_k": compiled(1, 2, 3)(lambda x, k, sorted, is_stable=False: tuple(lax.top_k(x, k))),
    "einsum": _einsum,
    "tensordot": compiled(2)(jnp.tensordot),
    "scatter_add": _scatter_add,
    "scatter_add_along_axis": _scatter_add_along_axis,
    "random_uniform": _random_uniform,
    "random_normal": _random_normal,
    "sgd_update": _sgd_update,
    "momentum_update": _momentum_update,
    "adam_update": _adam_update,
}
"""Native kernels by op name."""
