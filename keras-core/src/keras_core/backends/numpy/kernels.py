"""Composites for which NumPy or SciPy has one compiled loop, or that take fewer passes over memory in place."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from math import pi, prod
from typing import Any

import numpy as np

from keras_core.backends.numpy.host import DTYPES, WIDE
from keras_core.backends.numpy.primitives import along_axis
from keras_core.backends.numpy.quiet import quiet1, quiet2, quiet3

Array = Any
Axes = tuple[int, ...] | None

_MANTISSA_BITS = {"bfloat16": 8, "float16": 11}


# special functions


@cache
def _scipy(name: str) -> Callable[..., Any]:
    from scipy import special  # takes longer to import than all of core, and few programs need it

    return getattr(special, name)


def _special(name: str) -> Callable[[Array], Array]:
    def computed(x: Array) -> Array:
        dtype = x.dtype
        return _scipy(name)(x.astype(np.float32) if dtype in WIDE else x).astype(dtype, copy=False)

    return computed


# activations


# NumPy takes a Python number more slowly than an array.
_ZERO = {dtype: np.zeros((), dtype) for dtype in DTYPES.values()}


def _relu(x: Array) -> Array:
    return np.maximum(x, _ZERO[x.dtype])


# reductions


def _count(x: Array, axis: Axes) -> int:
    return x.size if axis is None else prod(x.shape[i] for i in axis)


def _mean(x: Array, axis: Axes, keepdims: bool) -> Array:
    dtype = x.dtype
    total = np.add.reduce(x, axis, WIDE.get(dtype, dtype), None, keepdims)
    return (total / _count(x, axis)).astype(dtype, copy=False)


def _var(x: Array, axis: Axes, keepdims: bool) -> Array:
    dtype = x.dtype
    if dtype.kind == "c":
        return NotImplemented
    wide, count = WIDE.get(dtype, dtype), _count(x, axis)
    mean = np.add.reduce(x, axis, wide, None, True) / count
    deviation = np.subtract(x, mean, out=np.empty(x.shape, wide))
    np.multiply(deviation, deviation, out=deviation)
    return (np.add.reduce(deviation, axis, wide, None, keepdims) / count).astype(dtype, copy=False)


def _shifted(x: Array, axis: Any) -> tuple[Array, Array]:
    wide = WIDE.get(x.dtype)
    if wide is not None:
        x = x.astype(wide)
    largest = np.maximum.reduce(x, axis, None, None, True)
    return np.subtract(x, largest, out=np.empty_like(x)), largest


def _softmax(x: Array, axis: int) -> Array:
    if not x.size:
        return x
    result, _ = _shifted(x, axis)
    np.exp(result, out=result)
    np.divide(result, np.add.reduce(result, axis, None, None, True), out=result)
    return result.astype(x.dtype, copy=False)


def _log_softmax(x: Array, axis: int) -> Array:
    if not x.size:
        return x
    result, _ = _shifted(x, axis)
    np.subtract(result, np.log(np.add.reduce(np.exp(result), axis, None, None, True)), out=result)
    return result.astype(x.dtype, copy=False)


# products

_SMALL_PRODUCT = 2**16
_quiet_matmul = quiet2(np.matmul)


@lru_cache(maxsize=512)
def _as_matmul(subscripts: str, x_rank: int, y_rank: int) -> tuple[bool, bool] | None:
    """Return whether to swap the last two axes of each operand where einsum is one product of matrices, else None."""
    terms, _, output = subscripts.partition("->")
    x, _, y = terms.partition(",")
    if not subscripts.replace(",", "").replace("->", "").isalpha() or len(x) != x_rank or len(y) != y_rank:
        return None
    if not len(set(x)) == len(set(y)) == len(set(output)) == x_rank == y_rank == len(output) >= 2:
        return None
    batch, row, column = output[:-2], output[-2], output[-1]
    inner = set(x[-2:]) & set(y[-2:])
    if len(inner) != 1 or not x[:-2] == y[:-2] == batch:
        return None
    if {row, *inner} != set(x[-2:]) or {column, *inner} != set(y[-2:]):
        return None
    return x[-1] == row, y[-2] == column


def _einsum(subscripts: str, x: Array, y: Array | None = None, *others: Array) -> Array:
    """One product of matrices; else NumPy's plain loop where it starts sooner than the composite, which calls BLAS."""
    if others or x.dtype in WIDE:
        return NotImplemented
    try:
        if y is None:
            return np.einsum(subscripts, x)
        swaps = _as_matmul(subscripts, x.ndim, y.ndim)
        if swaps is not None:
            return _quiet_matmul(x.swapaxes(-2, -1) if swaps[0] else x, y.swapaxes(-2, -1) if swaps[1] else y)
        return np.einsum(subscripts, x, y) if x.size * y.size <= _SMALL_PRODUCT else NotImplemented
    except ValueError:
        return NotImplemented  # the composite says which label is wrong


# shape


def _repeat(x: Array, repeats: int, axis: int | None) -> Array:
    return x.repeat(repeats, axis)


def _pad(x: Array, pad_width: tuple[tuple[int, int], ...], mode: str, constant_values: Any) -> Array:
    if mode != "constant":
        return np.pad(x, pad_width, mode)
    shape = tuple(low + size + high for size, (low, high) in zip(x.shape, pad_width, strict=True))
    padded = np.zeros(shape, x.dtype) if constant_values is None else np.full(shape, constant_values, x.dtype)
    padded[tuple(slice(low, low + size) for size, (low, _) in zip(x.shape, pad_width, strict=True))] = x
    return padded


# scatter


def _scatter_add(x: Array, indices: Array, updates: Array) -> Array:
    wide = WIDE.get(x.dtype, x.dtype)
    result = x.astype(wide)
    np.add.at(result, indices, updates.astype(wide, copy=False))
    return result.astype(x.dtype, copy=False)


def _scatter_add_along_axis(x: Array, indices: Array, updates: Array, axis: int) -> Array:
    wide = WIDE.get(x.dtype, x.dtype)
    result = x.astype(wide)
    places, updates = along_axis(indices, axis), updates.astype(wide, copy=False)
    if indices.shape[axis] == 1:  # no place is named twice, and `np.add.at` takes several times as long
        result[places] += updates
    else:
        np.add.at(result, places, updates)
    return result.astype(x.dtype, copy=False)


# random numbers


def _generator(seed: Array) -> np.random.Generator:
    high, low = seed.tolist()
    return np.random.Generator(np.random.Philox(key=high << 32 | low))


def _random_uniform(shape: tuple[int, ...], dtype: str, seed: Array) -> Array:
    if dtype in ("float32", "float64"):
        return np.asarray(_generator(seed).random(shape, dtype))
    if dtype not in _MANTISSA_BITS:
        return NotImplemented
    # Rounding a float32 could give 1: only as many bits are drawn as the dtype has.
    steps = 2 ** _MANTISSA_BITS[dtype]
    return (_generator(seed).integers(0, steps, shape) / steps).astype(DTYPES[dtype])


def _random_normal(shape: tuple[int, ...], dtype: str, seed: Array) -> Array:
    """Box and Muller, 1958: NumPy's vector loops for log, sin and cos are twice as fast as its own normal numbers."""
    if dtype not in ("float64", "float32", "float16", "bfloat16"):
        return NotImplemented
    size = prod(shape)
    radius, angle = _generator(seed).random((2, (size + 1) // 2), "float64" if dtype == "float64" else "float32")
    np.log(np.subtract(1, radius, out=radius), out=radius)  # 1 - u lies in (0, 1], where the logarithm is finite
    np.sqrt(np.multiply(radius, -2, out=radius), out=radius)
    np.multiply(angle, 2 * pi, out=angle)
    pair = np.stack((np.cos(angle), np.sin(angle)))
    np.multiply(pair, radius, out=pair)
    return pair.reshape(-1)[:size].reshape(shape).astype(DTYPES[dtype], copy=False)


def _det(x: Array) -> Array:
    if x.dtype in WIDE or x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        return NotImplemented  # the composite says what is wrong
    return np.asarray(np.linalg.det(x))


KERNELS: dict[str, Callable[..., Any]] = {
    "square": np.square,
    "log2": quiet1(np.log2),
    "log10": quiet1(np.log10),
    "logaddexp": quiet2(np.logaddexp),
    "erf": quiet1(_special("erf")),
    "erfinv": quiet1(_special("erfinv")),
    "lgamma": quiet1(_special("gammaln")),
    "digamma": quiet1(_special("digamma")),
    "det": quiet1(_det),
    "eigen_decomposition": lambda x: tuple(np.linalg.eig(x)),
    "relu": quiet1(_relu),
    "mean": quiet3(_mean),
    "var": quiet3(_var),
    "softmax": quiet2(_softmax),
    "log_softmax": quiet2(_log_softmax),
    "einsum": _einsum,
    "repeat": _repeat,
    "pad": _pad,
    "scatter_add": _scatter_add,
    "scatter_add_along_axis": _scatter_add_along_axis,
    "random_uniform": _random_uniform,
    "random_normal": _random_normal,
}
"""Native kernels by op name."""
