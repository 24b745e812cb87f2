"""What ops take for a tensor: scalars, lists, arrays, variables, symbolic tensors; and how these are promoted."""

from typing import Any

import numpy as np

from keras_core.runtime import config, dtypes
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.table import DispatchTable, host_dtype, loaded_tables
from keras_core.runtime.variable import Variable

_SCALARS = (bool, int, float, complex)


def dtype_name(table: DispatchTable, x: Any) -> str:
    """Return the lattice name of anything that an op takes: a dtype name, or a weak one for a Python scalar."""
    if isinstance(x, table.tensor_types) and (name := table.dtype_names.get(x.dtype)) is not None:
        return name
    weak = dtypes.weak_type(x)
    if weak is not None:
        return weak
    if isinstance(x, Variable):
        return x.computed_dtype
    if isinstance(x, KerasTensor):
        return x.dtype
    root = table.root  # weights meet symbolic tensors as tensors of the backend
    if isinstance(x, root.tensor_types) and (name := root.dtype_names.get(x.dtype)) is not None:
        return name
    if isinstance(x, list | tuple):
        return _name_of_sequence(table, x)
    dtype = getattr(x, "dtype", None)
    if dtype is None or isinstance(x, np.ndarray | np.generic):
        dtype = _to_array(x).dtype
    return dtypes.standardize_dtype(dtype)


def _name_of_sequence(table: DispatchTable, values: Any) -> str:
    if not values:
        return config.floatx()
    return dtypes.promote_names(frozenset(dtype_name(table, value) for value in values))


def to_tensor(table: DispatchTable, x: Any, dtype: str | None = None) -> Any:
    """Return `x` as a tensor of a table.

    Args:
        table: the table whose tensor is wanted.
        x: a tensor of the backend, Variable, Python scalar, nested list, NumPy array, or object with `__array__`.
        dtype: dtype name; None for the one that `x` has or implies.

    Raises:
        TypeError: where `x` is nothing of the kind.
        OverflowError: for a Python int that an integer dtype does not hold.
    """
    if isinstance(x, table.tensor_types):
        name = table.dtype_names.get(x.dtype)
        if name is not None:
            return x if dtype is None or name == dtype else table.astype(x, dtype)
        # An array of the other byte order, where tensors are arrays: it is converted as one from elsewhere.
    if type(x) in _SCALARS:
        if dtype is not None and not dtypes.holds(dtype, x):
            raise OverflowError(f"{x} is not among the numbers of dtype {dtype}. Cast the tensor to one that holds it.")
        return table.scalar(x, dtype or dtypes.result_type(type(x)))
    if isinstance(x, Variable):
        return to_tensor(table, x.value, dtype)
    if table.is_symbolic:
        specification = _specification(table, x)
        if specification is not None:
            return specification if dtype is None else KerasTensor(specification.shape, dtype)
    if isinstance(x, KerasTensor):
        raise TypeError(f"expected a tensor with values, got {x!r}, which only describes a model.")
    if isinstance(x, list | tuple):
        return _sequence_to_tensor(table, x, dtype)
    array = _to_array(x)
    if dtype is None:
        dtype = dtypes.standardize_dtype(array.dtype)
    return table.from_host(array.astype(host_dtype(dtype), copy=False), dtype)


def to_argument(table: DispatchTable, x: Any, is_own: bool) -> Any:
    """Return `x` as an argument of a compiled function, for which a host's array need not become a tensor.

    Args:
        table: the table whose tensor is wanted.
        x: as of `to_tensor`.
        is_own: whether nobody else holds an array, or will write to it.
    """
    if type(x) is not np.ndarray or x.dtype not in _ARRAYS:
        return to_tensor(table, x)
    return table.argument(x if is_own and x.flags.c_contiguous else np.array(x, order="C"), _ARRAYS[x.dtype])


_ARRAYS = {
    np.dtype(name): name
    for name in ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64")
}


def _specification(table: DispatchTable, x: Any) -> KerasTensor | None:
    # Inside shape inference a value met on the way, a constant of a layer say, counts by its shape and dtype only.
    for other in (table.root, *loaded_tables().values()):
        if isinstance(x, other.tensor_types) and not isinstance(x, np.ndarray | np.generic):
            return KerasTensor(other.static_shape(x), other.dtype_names[x.dtype])
    return None


def _sequence_to_tensor(table: DispatchTable, values: Any, dtype: str | None) -> Any:
    if dtype is None:
        dtype = _name_of_sequence(table, values)
    if _holds_tensors(table, values):
        parts = [table.expand_dims(to_tensor(table, value, dtype), 0) for value in values]
        return table.concat(parts, 0)
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ValueError(f"expected a nested list of numbers with equal lengths, got {values!r}.") from error
    if array.dtype.kind in "OUSmM":
        raise TypeError(f"expected numbers or bools, got a list with elements of NumPy dtype {array.dtype}.")
    return table.from_host(array.astype(host_dtype(dtype)), dtype)


def host_integers(table: DispatchTable, x: Any) -> np.ndarray | None:
    """Return integers that are not in a tensor yet as an array; None for anything else."""
    if isinstance(x, list | tuple):
        if _holds_tensors(table, x):
            return None
    elif not isinstance(x, int | np.integer | np.ndarray):
        return None
    array = np.asarray(x)
    return array if array.dtype.kind in "iu" else None


def _holds_tensors(table: DispatchTable, values: Any) -> bool:
    for value in values:
        if isinstance(value, list | tuple):
            if _holds_tensors(table, value):
                return True
        elif isinstance(value, (*table.tensor_types, Variable, KerasTensor)) and not isinstance(value, np.generic):
            return True
    return False


def _to_array(x: Any) -> np.ndarray:
    """Return what is neither a tensor of the table nor a sequence as a NumPy array of numbers or bools."""
    if not isinstance(x, np.ndarray | np.generic):
        for other in loaded_tables().values():
            if isinstance(x, other.tensor_types):
                return other.to_host(x)
        if isinstance(x, str | bytes | dict | set) or x is None or callable(x):
            kind = type(x).__name__
            raise TypeError(f"expected a tensor, array, number or list of numbers, got {x!r} of type {kind}.")
    array = np.asarray(x)
    if array.dtype.kind in "OUSmM":
        raise TypeError(f"expected numbers or bools, got {type(x).__name__} of NumPy dtype {array.dtype}.")
    return array
