"""Ops that make tensors, and conversion of what is one already."""

import math
from typing import Any

import numpy as np

from keras_core.runtime import dtypes
from keras_core.runtime.conversion import to_tensor
from keras_core.runtime.definition import op
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.table import active, loaded_tables
from keras_core.runtime.variable import Variable


def convert_to_tensor(x: Any, dtype: Any = None, sparse: Any = None, ragged: Any = None) -> Any:
    """Return `x` as a tensor of the active backend.

    Args:
        x: tensor, Variable, NumPy array, number or nested list of numbers.
        dtype: dtype name; None for that of `x`: Python ints become int32, floats `floatx`.
        sparse: must be None or False; sparse tensors are not supported.
        ragged: must be None or False; ragged tensors are not supported.

    Returns:
        Tensor of the shape of `x`.

    Raises:
        TypeError: where `x` is nothing of the kind.

    Example:
        >>> ops.convert_to_tensor([1, 2])
        array([1, 2], dtype=int32)
    """
    if sparse or ragged:
        raise ValueError("convert_to_tensor: sparse and ragged tensors are not supported.")
    table = active()
    name = None if dtype is None else dtypes.standardize_dtype(dtype)
    if isinstance(x, KerasTensor) and not table.is_symbolic:
        return cast(x, name) if name is not None and name != x.dtype else x
    return to_tensor(table, x, name)


def array(x: Any, dtype: Any = None) -> Any:
    """Return `x` as a tensor of the active backend.

    Args:
        x: tensor, Variable, NumPy array, number or nested list of numbers.
        dtype: dtype name; None for that of `x`: Python ints become int32, floats `floatx`.

    Returns:
        Tensor of the shape of `x`.

    Raises:
        TypeError: where `x` is nothing of the kind.

    Example:
        >>> ops.array([1, 2])
        array([1, 2], dtype=int32)
    """
    return convert_to_tensor(x, dtype)


def convert_to_numpy(x: Any) -> np.ndarray:
    """Return a tensor as a NumPy array.

    Args:
        x: tensor of any loaded backend, Variable, number or nested list of numbers.

    Example:
        >>> ops.convert_to_numpy([1.0, 2.0])
        array([1., 2.], dtype=float32)
    """
    if isinstance(x, Variable):
        return x.numpy()
    table = active()
    if isinstance(x, table.tensor_types):
        return table.to_host(x)
    for other in loaded_tables().values():
        if isinstance(x, other.tensor_types):
            return other.to_host(x)
    return table.to_host(to_tensor(table, x)) if isinstance(x, list | tuple) else np.asarray(x)


def is_tensor(x: Any) -> bool:
    """Return whether `x` is a tensor of the active backend, or a `KerasTensor`."""
    return isinstance(x, (*active().tensor_types, KerasTensor))


@op(tensors=("x",), static={"dtype": "dtype"})
def cast(x: Any, dtype: Any) -> Any:
    """Return `x` in another dtype.

    Floats lose their fraction on the way to integers, and integers wrap. What nan, and a float beyond the range, become
    in an integer dtype is left to the hardware: `saturate_cast` says it.

    Args:
        x: tensor or tensor-like.
        dtype: dtype name.

    Returns:
        Tensor of the shape of `x`; `x` itself where it has the dtype.

    Example:
        >>> ops.cast([1.7, -1.7], "int32")
        array([ 1, -1], dtype=int32)
    """
    d = active()
    return x if d.dtype_of(x) == dtype else d.astype(x, dtype)


def shape(x: Any) -> tuple[Any, ...]:
    """Return the sizes of `x`.

    Args:
        x: tensor or tensor-like.

    Returns:
        Tuple of ints; a scalar tensor for a size that is only known when a compiled graph runs; None for one that is
        unknown of a `KerasTensor`.

    Example:
        >>> ops.shape(ops.zeros((2, 3)))
        (2, 3)
    """
    d = active()
    if isinstance(x, d.tensor_types):
        return d.shape(x)
    if isinstance(x, KerasTensor | Variable):
        return tuple(x.shape)
    return d.shape(to_tensor(d, x))


@op(tensors=(), static={"shape": "shape"})
def full(shape: Any, fill_value: Any, dtype: Any = None) -> Any:
    """Return a tensor of one value.

    Args:
        shape: int or tuple of ints.
        fill_value: number, or a tensor that broadcasts to the shape.
        dtype: dtype name; None for that of the value.

    Example:
        >>> ops.full((2,), 3.0)
        array([3., 3.], dtype=float32)
    """
    d = active()
    if dtypes.weak_type(fill_value) is not None:
        return d.full(shape, fill_value, dtypes.standardize_dtype(dtype or type(fill_value)))
    value = to_tensor(d, fill_value, None if dtype is None else dtypes.standardize_dtype(dtype))
    return d.broadcast_to(value, shape)


@op(tensors=(), static={"shape": "shape", "dtype": "dtype"})
def zeros(shape: Any, dtype: Any = None) -> Any:
    """Return zeros.

    Args:
        shape: int or tuple of ints.
        dtype: dtype name; None for `floatx`.

    Example:
        >>> ops.zeros((2,))
        array([0., 0.], dtype=float32)
    """
    return active().full(shape, 0, dtype)


@op(tensors=(), static={"shape": "shape", "dtype": "dtype"})
def empty(shape: Any, dtype: Any = None) -> Any:
    """Return a tensor whose values nobody has asked for: zeros.

    Args:
        shape: int or tuple of ints.
        dtype: dtype name; None for `floatx`.

    Example:
        >>> ops.shape(ops.empty((2, 3)))
        (2, 3)
    """
    return active().full(shape, 0, dtype)


@op(tensors=(), static={"shape": "shape", "dtype": "dtype"})
def ones(shape: Any, dtype: Any = None) -> Any:
    """Return ones.

    Args:
        shape: int or tuple of ints.
        dtype: dtype name; None for `floatx`.

    Example:
        >>> ops.ones((2,))
        array([1., 1.], dtype=float32)
    """
    return active().full(shape, 1, dtype)


@op(differentiable=(), static={"dtype": "dtype_or_none"})
def zeros_like(x: Any, dtype: Any = None) -> Any:
    """Return zeros of the shape of `x`.

    Args:
        x: tensor or tensor-like.
        dtype: dtype name; None for that of `x`.

    Example:
        >>> ops.zeros_like([1, 2])
        array([0, 0], dtype=int32)
    """
    d = active()
    return d.full(d.shape(x), 0, dtype or d.dtype_of(x))


@op(differentiable=(), static={"dtype": "dtype_or_none"})
def empty_like(x: Any, dtype: Any = None) -> Any:
    """Return a tensor of the shape of `x` whose values nobody has asked for: zeros.

    Args:
        x: tensor or tensor-like.
        dtype: dtype name; None for that of `x`.

    Example:
        >>> ops.shape(ops.empty_like([1, 2]))
        (2,)
    """
    d = active()
    return d.full(d.shape(x), 0, dtype or d.dtype_of(x))


@op(differentiable=(), static={"dtype": "dtype_or_none"})
def ones_like(x: Any, dtype: Any = None) -> Any:
    """Return ones of the shape of `x`.

    Args:
        x: tensor or tensor-like.
        dtype: dtype name; None for that of `x`.

    Example:
        >>> ops.ones_like([1, 2])
        array([1, 1], dtype=int32)
    """
    d = active()
    return d.full(d.shape(x), 1, dtype or d.dtype_of(x))


@op(differentiable=(), static={"dtype": "dtype_or_none"})
def full_like(x: Any, fill_value: Any, dtype: Any = None) -> Any:
    """Return a tensor of one value, of the shape of `x`.

    Args:
        x: tensor or tensor-like.
        fill_value: number, or a tensor that broadcasts to the shape.
        dtype: dtype name; None for that of `x`.

    Example:
        >>> ops.full_like([1, 2], 7)
        array([7, 7], dtype=int32)
    """
    d = active()
    return full(d.shape(x), fill_value, dtype or d.dtype_of(x))


@op(tensors=())
def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Any:
    """Return evenly spaced numbers: `start`, `start + step`, ... up to and without `stop`.

    Args:
        start: first number; the end where `stop` is None, and then the first is 0.
        stop: end, not included.
        step: distance, 1 when None.
        dtype: dtype name; None for that of the arguments.

    Returns:
        1-D tensor.

    Raises:
        ValueError: where `step` is 0.

    Example:
        >>> ops.arange(1, 7, 2)
        array([1, 3, 5], dtype=int32)
    """
    if dtype is None:
        kinds = [getattr(value, "dtype", type(value)) for value in (start, stop, step) if value is not None]
        dtype = dtypes.result_type(*kinds)
    if isinstance(step, int | float) and step == 0:
        raise ValueError("arange: expected argument 'step' to be a number other than 0.")
    first, last = (0, start) if stop is None else (start, stop)
    return active().arange(first, last, 1 if step is None else step, dtypes.standardize_dtype(dtype))


@op(tensors=(), static={"dtype": "dtype"})
def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Any:
    """Return a matrix with ones on one diagonal and zeros elsewhere.

    Args:
        N: number of rows.
        M: number of columns, `N` when None.
        k: which diagonal: 0 the main one, above it positive.
        dtype: dtype name; None for `floatx`.

    Returns:
        Tensor of shape `(N, M)`.

    Example:
        >>> ops.eye(2, 3)
        array([[1., 0., 0.],
               [0., 1., 0.]], dtype=float32)
    """
    d = active()
    rows = d.expand_dims(d.arange(k, N + k, 1, "int32"), 1)
    columns = d.expand_dims(d.arange(0, N if M is None else M, 1, "int32"), 0)
    return d.astype(d.equal(rows, columns), dtype)


def identity(n: int, dtype: Any = None) -> Any:
    """Return the identity matrix of shape `(n, n)`.

    Args:
        n: number of rows and columns.
        dtype: dtype name; None for `floatx`.

    Example:
        >>> ops.identity(2)
        array([[1., 0.],
               [0., 1.]], dtype=float32)
    """
    return eye(n, dtype=dtype)


@op(tensors=("start", "stop"), dtype="float")
def linspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None, axis: int = 0
) -> Any:
    """Return evenly spaced numbers from `start` to `stop`.

    Args:
        start: first number; a tensor gives one row an element.
        stop: last number.
        num: how many.
        endpoint: whether `stop` is among them.
        retstep: whether the distance is returned too.
        dtype: dtype name; None for the promoted float dtype. Integers are those next below the numbers.
        axis: where the new axis goes.

    Returns:
        Tensor with one more axis than `start`, of size `num`; with `retstep` a pair of it and the distance.

    Example:
        >>> ops.linspace(0.0, 1.0, 3)
        array([0. , 0.5, 1. ], dtype=float32)
    """
    if num < 0:
        raise ValueError(f"linspace: expected num >= 0, got {num}.")
    d = active()
    work = d.dtype_of(start)
    intervals = num - 1 if endpoint else num
    difference = d.subtract(stop, start)
    step = d.divide(difference, d.full((), intervals if intervals > 0 else math.nan, work))
    ramp = d.reshape(d.arange(0, num, 1, work), (num,) + (1,) * difference.ndim)
    if dtype is not None:
        dtype = dtypes.standardize_dtype(dtype)
    whole = dtype is not None and dtypes.is_integer(dtype)
    if intervals > 0:
        number = d.full((), intervals, work)
        # Dividing first cannot overflow; dividing last does not miss a whole number by its rounding.
        part = (
            d.divide(d.multiply(ramp, difference), number) if whole else d.multiply(d.divide(ramp, number), difference)
        )
        values = d.add(d.expand_dims(d.broadcast_to(start, d.shape(difference)), 0), part)
    else:
        values = d.add(d.expand_dims(start, 0), d.multiply(ramp, d.expand_dims(difference, 0)))
    if axis != 0:
        order = list(range(1, values.ndim))
        order.insert(axis if axis >= 0 else axis + values.ndim, 0)
        values = d.permute_dims(values, tuple(order))
    if dtype is not None:
        values = d.astype(d.floor(values) if whole else values, dtype)
    return (values, step) if retstep else values


@op(tensors=("x",))
def copy(x: Any) -> Any:
    """Return a copy of `x`.

    Args:
        x: tensor or tensor-like.

    Example:
        >>> ops.copy([1.0])
        array([1.], dtype=float32)
    """
    d = active()
    return d.where(d.full((), True, "bool"), x, x)
