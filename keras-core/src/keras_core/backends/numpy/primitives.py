"""The primitives in NumPy: its ufuncs as they are, and methods of arrays in place of the slower module functions."""

from collections.abc import Callable
from functools import lru_cache
from math import copysign
from typing import Any

import numpy as np

from keras_core.backends.numpy.host import DTYPES, WIDE, native
from keras_core.backends.numpy.quiet import quiet1, quiet2, quiet3
from keras_core.contract import bind_array_api, computed_in

Array = Any
Axes = tuple[int, ...] | None

_INDEX = DTYPES["int32"]
_FLOAT32 = DTYPES["float32"]
_BOOL = DTYPES["bool"]

# Functions that meet nan or infinity in ordinary use. `add`, `subtract` and `multiply` stay the bare ufuncs: they warn
# only where finite numbers overflow or infinities cancel, and they are the ones that small models feel.
_QUIET_UNARY = (
    *("sign", "exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "asin", "acos", "acosh", "atanh", "sinh"),
    *("cosh", "abs"),
)
# The loops of bfloat16 report every nan that they compare.
_QUIET_BINARY = (
    *("divide", "floor_divide", "remainder", "pow", "atan2", "maximum", "minimum"),
    *("less", "less_equal", "greater", "greater_equal"),
)


def primitives() -> dict[str, Callable[..., Any]]:
    """Return the answer to `keras_primitives`."""
    bound = bind_array_api(np, DTYPES, "numpy")
    bound |= {name: quiet1(bound[name]) for name in _QUIET_UNARY}
    bound |= {name: quiet2(bound[name]) for name in _QUIET_BINARY}
    return bound | _OVERRIDES


def _full(shape: tuple[int, ...], fill_value: bool | int | float | complex, dtype: str) -> Array:
    if fill_value == 0 and not isinstance(fill_value, complex) and copysign(1.0, fill_value) > 0:
        return np.zeros(shape, native(dtype))  # memory that the system hands out as zeros
    return np.full(shape, fill_value, native(dtype))


def _arange(start: Any, stop: Any, step: Any, dtype: str) -> Array:
    target = native(dtype)
    if target.kind in "iu":
        return np.arange(start, stop, step, target)
    return np.arange(start, stop, step).astype(target)  # steps of a narrow dtype would add up its rounding


def _astype(x: Array, dtype: str) -> Array:
    target = native(dtype)
    if x.dtype.kind == "c" and target.kind not in "cb":
        x = x.real
    return x.astype(target, copy=False)


def _expand_dims(x: Array, axis: int) -> Array:
    shape = x.shape
    return x.reshape(shape[:axis] + (1,) + shape[axis:])


def _flip(x: Array, axis: Axes) -> Array:
    backwards, whole = slice(None, None, -1), slice(None)
    return x[tuple(backwards if axis is None or i in axis else whole for i in range(x.ndim))]


def _slice(x: Array, start: tuple[int, ...], stop: tuple[int | None, ...], step: tuple[int, ...]) -> Array:
    return x[tuple(map(slice, start, stop, step))]


_UNSIGNED = {np.dtype(f"int{width}"): np.dtype(f"uint{width}") for width in (8, 16, 32)}


def _in_range(function: Callable[..., Array]) -> Callable[[Array, Array, int], Array]:
    """Let a function that counts negative indices from the end refuse them: here they are out of range."""

    def checked(x: Array, indices: Array, axis: int) -> Array:
        unsigned = _UNSIGNED.get(indices.dtype)
        if unsigned is None and indices.size and indices.min() < 0:
            raise IndexError(f"an index is out of range for axis {axis} of size {x.shape[axis]}.")
        try:
            return function(x, indices if unsigned is None else indices.view(unsigned), axis)
        except IndexError:
            raise IndexError(f"an index is out of range for axis {axis} of size {x.shape[axis]}.") from None

    return checked


@lru_cache(maxsize=256)
def _open_grid(shape: tuple[int, ...]) -> tuple[Array, ...]:
    """Return the positions along each axis, in arrays that broadcast to the shape; `np.ogrid` would make them anew."""
    grid = tuple(
        np.arange(size).reshape([-1 if i == axis else 1 for i in range(len(shape))]) for axis, size in enumerate(shape)
    )
    for positions in grid:
        positions.flags.writeable = False
    return grid


def along_axis(indices: Array, axis: int) -> tuple[Array, ...]:
    """Return the index of the elements that indices along an axis name."""
    places = list(_open_grid(indices.shape))
    places[axis] = indices
    return tuple(places)


def _take_along_axis(x: Array, indices: Array, axis: int) -> Array:
    sizes = (*x.shape[:axis], indices.shape[axis], *x.shape[axis + 1 :])
    return x[along_axis(indices, axis)] if indices.shape == sizes else np.take_along_axis(x, indices, axis)


def _sort(x: Array, axis: int) -> Array:
    wide = WIDE.get(x.dtype)  # comparisons of the extension dtypes do not put nan last
    return np.sort(x, axis) if wide is None else np.sort(x.astype(wide), axis).astype(x.dtype)


def _argsort(x: Array, axis: int) -> Array:
    wide = WIDE.get(x.dtype)
    return (x if wide is None else x.astype(wide)).argsort(axis, "stable").astype(_INDEX)


def _accumulating(ufunc: np.ufunc) -> Callable[[Array, Axes, bool], Array]:
    reduce = ufunc.reduce

    def reduction(x: Array, axis: Axes, keepdims: bool) -> Array:
        dtype = x.dtype
        if dtype not in WIDE:
            return reduce(x, axis, dtype, None, keepdims)
        return reduce(x, axis, _FLOAT32, None, keepdims).astype(dtype)

    return quiet3(reduction)


def _running(ufunc: np.ufunc) -> Callable[[Array, int], Array]:
    accumulate = ufunc.accumulate

    def running(x: Array, axis: int) -> Array:
        dtype = x.dtype
        if dtype not in WIDE:
            return accumulate(x, axis, dtype)
        return accumulate(x, axis, _FLOAT32).astype(dtype)

    return quiet2(running)


def _comparing(ufunc: np.ufunc) -> Callable[[Array, Axes, bool], Array]:
    reduce = ufunc.reduce
    return lambda x, axis, keepdims: reduce(x, axis, None, None, keepdims)


def _narrow_matmul(x1: Array, x2: Array) -> Array:
    return np.matmul(x1.astype(_FLOAT32), x2.astype(_FLOAT32)).astype(x1.dtype)


_wide_matmul, _quiet_narrow_matmul = quiet2(np.matmul), quiet2(_narrow_matmul)


def matmul(x1: Array, x2: Array) -> Array:
    """Matrix product; narrow floats are multiplied as float32, for which there is a BLAS."""
    # The size first: small models feel a look into a dict of dtypes.
    return (_quiet_narrow_matmul if x1.itemsize < 4 and x1.dtype in WIDE else _wide_matmul)(x1, x2)


def _widened(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function of `numpy.linalg`, which knows no narrow floats, compute them as float32."""
    return computed_in(function, WIDE, np.ndarray, lambda x, dtype: x.astype(dtype))


_svd = _widened(np.linalg.svd)


_OVERRIDES: dict[str, Callable[..., Any]] = {
    "full": _full,
    "arange": _arange,
    "astype": quiet2(_astype),
    "round": np.rint,
    "shape": lambda x: x.shape,
    "reshape": lambda x, shape: x.reshape(shape),
    "permute_dims": lambda x, axes: x.transpose(axes),
    "concat": np.concatenate,
    "expand_dims": _expand_dims,
    "squeeze": lambda x, axis: x.squeeze(axis),
    "flip": _flip,
    "slice": _slice,
    "take": _in_range(lambda x, indices, axis: x.take(indices, axis)),
    "take_along_axis": _in_range(_take_along_axis),
    "nonzero": lambda x: tuple(part.astype(_INDEX) for part in x.nonzero()),
    "sort": _sort,
    "argsort": _argsort,
    "argmax": lambda x, axis, keepdims: x.argmax(axis, None, keepdims=keepdims).astype(_INDEX),
    "argmin": lambda x, axis, keepdims: x.argmin(axis, None, keepdims=keepdims).astype(_INDEX),
    "sum": _accumulating(np.add),
    "prod": _accumulating(np.multiply),
    "max": quiet3(_comparing(np.maximum)),
    "min": quiet3(_comparing(np.minimum)),
    "all": _comparing(np.logical_and),
    "any": _comparing(np.logical_or),
    "cumulative_sum": _running(np.add),
    "cumulative_prod": _running(np.multiply),
    "matmul": matmul,
    "cholesky": _widened(np.linalg.cholesky),
    "qr": _widened(np.linalg.qr),
    "svd": lambda x, full_matrices: _svd(x, full_matrices),
    "eigh": _widened(np.linalg.eigh),
    "solve": _widened(np.linalg.solve),
    "slogdet": _widened(np.linalg.slogdet),
}
