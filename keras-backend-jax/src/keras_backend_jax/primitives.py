"""The primitives in JAX.

Each is compiled by `jax.jit`, whose dispatch in C++ is faster than the Python of `jax.numpy`; with `inline` nothing of
that is left inside a trace.
"""

from collections.abc import Callable
from math import ceil
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from keras_backend_jax.host import DTYPES, native, scalar
from keras_core.contract import bind_array_api

Array = Any
Axes = tuple[int, ...] | None

_STATIC: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("astype", "bitcast", "reshape", "permute_dims", "broadcast_to", "concat"), (1,)),
    **dict.fromkeys(("expand_dims", "squeeze"), (1,)),
    **dict.fromkeys(("flip", "sort", "argsort", "cumulative_sum", "cumulative_prod", "svd"), (1,)),
    **dict.fromkeys(("sum", "prod", "max", "min", "all", "any", "argmax", "argmin"), (1, 2)),
    **dict.fromkeys(("take", "take_along_axis"), (2,)),
}
"""Positions of the arguments that are no tensors."""

_NARROW = (*(DTYPES[name] for name in ("float16", "bfloat16", "float8_e4m3fn", "float8_e5m2")),)
_INDEX = np.int32


def primitives() -> dict[str, Callable[..., Any]]:
    """Return the answer to `keras_primitives`."""
    bound = bind_array_api(jnp, DTYPES, "jax") | _OVERRIDES
    compiled = {
        name: jax.jit(function, static_argnums=_STATIC.get(name, ()), inline=True) for name, function in bound.items()
    }
    return compiled | _NOT_COMPILED


# overrides that are compiled


def _astype(x: Array, dtype: str) -> Array:
    target = native(dtype)
    if jnp.iscomplexobj(x) and target.kind != "c":
        x = x != 0 if target.kind == "b" else lax.real(x)
    return lax.convert_element_type(x, target)


@jax.custom_jvp
def _magnitude(x: Array) -> Array:
    return lax.abs(x)


@_magnitude.defjvp
def _slope_of_magnitude(primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
    # 0 at 0, where that of `lax.abs` is 1.
    return _magnitude(*primals), lax.sign(primals[0]) * tangents[0]


def _abs(x: Array) -> Array:
    if jnp.issubdtype(x.dtype, jnp.floating):
        return _magnitude(x)
    # Of an infinite complex number the magnitude is infinite also where the other part is nan.
    return jnp.where(jnp.isinf(x), np.inf, jnp.abs(x)) if jnp.issubdtype(x.dtype, jnp.complexfloating) else jnp.abs(x)


def _pow(x1: Array, x2: Array) -> Array:
    if jnp.issubdtype(x1.dtype, jnp.inexact):
        x1 = jnp.where((x1 == 0) & (x2 == 0), 1, x1)  # 0 ** 0 has 0 / 0 for a derivative
    return jnp.pow(x1, x2)


def _flip(x: Array, axis: Axes) -> Array:
    return lax.rev(x, tuple(range(x.ndim)) if axis is None else axis)


def _argsort(x: Array, axis: int) -> Array:
    positions = lax.broadcasted_iota(_INDEX, x.shape, axis)
    return lax.sort((x, positions), dimension=axis, is_stable=True, num_keys=1)[1]


def _index_of(function: Callable[..., Array]) -> Callable[[Array, int, bool], Array]:
    def index(x: Array, axis: int, keepdims: bool) -> Array:
        found = function(x, axis, _INDEX)
        return lax.expand_dims(found, (axis,)) if keepdims else found

    return index


def in_float32(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compute narrow floats as float32: sums keep their digits, and LAPACK knows nothing narrower."""

    def widened(x: Array, *arguments: Any) -> Any:
        if x.dtype not in _NARROW:
            result = function(x, *arguments)
        else:
            given = [each.astype(np.float32) if isinstance(each, jax.Array) else each for each in arguments]
            result = jax.tree.map(lambda part: part.astype(x.dtype), function(x.astype(np.float32), *given))
        return tuple(result) if isinstance(result, tuple) else result

    return widened


_OVERRIDES: dict[str, Callable[..., Any]] = {
    "astype": _astype,
    "abs": _abs,
    "pow": _pow,
    "bitcast": lambda x, dtype: lax.bitcast_convert_type(x, native(dtype)),
    "flip": _flip,
    "squeeze": lax.squeeze,
    "take": lambda x, indices, axis: jnp.take(x, indices.astype(_INDEX), axis, mode="clip"),
    "take_along_axis": lambda x, indices, axis: jnp.take_along_axis(x, indices.astype(_INDEX), axis, mode="clip"),
    "argsort": _argsort,
    "prod": in_float32(lambda x, axis, keepdims: jnp.prod(x, axis, x.dtype, keepdims=keepdims)),
    "argmax": _index_of(lax.argmax),
    "argmin": _index_of(lax.argmin),
    "sum": in_float32(lambda x, axis, keepdims: jnp.sum(x, axis, x.dtype, keepdims=keepdims)),
    "cumulative_sum": in_float32(lambda x, axis: jnp.cumsum(x, axis, x.dtype)),
    "cumulative_prod": in_float32(lambda x, axis: jnp.cumprod(x, axis, x.dtype)),
    "cholesky": in_float32(jnp.linalg.cholesky),
    "qr": in_float32(jnp.linalg.qr),
    "svd": in_float32(lambda x, full_matrices: jnp.linalg.svd(x, full_matrices)),
    "eigh": in_float32(jnp.linalg.eigh),
    "solve": in_float32(jnp.linalg.solve),
    "slogdet": in_float32(jnp.linalg.slogdet),
}


# what cannot be compiled as it stands: Python scalars become arguments, so that a new value is no new program


_filled = jax.jit(jnp.broadcast_to, static_argnums=1, inline=True)


def _full(shape: tuple[int, ...], fill_value: bool | int | float | complex, dtype: str) -> Array:
    native(dtype)
    return _filled(scalar(fill_value, dtype), shape)


def _count_up(start: Array, step: Array, size: int, dtype: np.dtype) -> Array:
    return (lax.iota(start.dtype, size) * step + start).astype(dtype)


_counted_up = jax.jit(_count_up, static_argnums=(2, 3), inline=True)


def _arange(start: Any, stop: Any, step: Any, dtype: str) -> Array:
    target = native(dtype)
    start, stop, step = (value.item() if hasattr(value, "item") else value for value in (start, stop, step))
    size = max(0, ceil((stop - start) / step))
    wide = target if target.kind in "iu" else DTYPES["float64"]
    # Wrapping: a step of an unsigned dtype may be negative.
    first, by = (np.array(value).astype(wide) for value in (start, step))
    return _counted_up(first, by, size, target)


_sliced = jax.jit(lax.slice, static_argnums=(1, 2, 3), inline=True)
_sliced_anywhere = jax.jit(lax.dynamic_slice, static_argnums=2)


def _slice(x: Array, start: tuple[int, ...], stop: tuple[int | None, ...], step: tuple[int, ...]) -> Array:
    shape = x.shape
    low = tuple(map(min, start, shape))
    high = tuple(size if end is None else min(end, size) for end, size in zip(stop, shape, strict=True))
    high = tuple(map(max, low, high))
    if isinstance(x, jax.core.Tracer) or any(by != 1 for by in step):
        return _sliced(x, low, high, step)
    # Eagerly one program serves every position: batches are cut out of a data set without compiling each.
    return _sliced_anywhere(x, low, tuple(end - begin for begin, end in zip(low, high, strict=True)))


def _nonzero(x: Array) -> tuple[Array, ...]:
    if isinstance(x, jax.core.Tracer):
        raise ValueError(
            "nonzero: how many elements there are depends on the values, which a compiled function does not have; call "
            "it eagerly, or use `where` with three arguments."
        )
    # On the host: the shape follows from the values, and each would be compiled for.
    return tuple(jax.device_put(part.astype(_INDEX)) for part in np.asarray(x).nonzero())


def _stop_gradient(x: Array) -> Array:
    return lax.stop_gradient(x) if isinstance(x, jax.core.Tracer) else x


_NOT_COMPILED: dict[str, Callable[..., Any]] = {
    "full": _full,
    "arange": _arange,
    "slice": _slice,
    "nonzero": _nonzero,
    "shape": lambda x: x.shape,
    "stop_gradient": _stop_gradient,
}
