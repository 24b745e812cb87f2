"""The derived table on which ops infer shapes and dtypes instead of computing.

While it is active, primitives are the rules of `runtime/inference.py` and tensors are `KerasTensor`s, so every
composite
body is its own shape rule. Operations are recorded by whoever activated the table, not inside.
"""

from typing import Any

import numpy as np

from keras_core.contract.devices import Devices
from keras_core.contract.host import HostConversion
from keras_core.runtime import dtypes, inference
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.table import DispatchTable, active, use_table


def _from_host(array: np.ndarray, dtype: str) -> KerasTensor:
    return KerasTensor(array.shape, dtype)


def _to_host(x: KerasTensor) -> np.ndarray:
    return x.__array__()


def _scalar(value: Any, dtype: str) -> KerasTensor:
    return KerasTensor((), dtype)


_HOST = HostConversion(
    tensor_type=KerasTensor,
    tensor_types=(KerasTensor,),
    dtypes={name: name for name in dtypes.DTYPES},
    from_host=_from_host,
    to_host=_to_host,
    scalar=_scalar,
)


def _cond(predicate: Any, true_function: Any, false_function: Any, operands: list[Any]) -> list[Any]:
    outputs = true_function(operands)
    others = false_function(operands)
    for one, other in zip(outputs, others, strict=True):
        if one.dtype != other.dtype or one.ndim != other.ndim:
            raise ValueError(f"cond: both branches must return equal shapes and dtypes, got {one} and {other}.")
    return outputs


def _while_loop(condition: Any, body: Any, loop_variables: list[Any], maximum_iterations: Any) -> list[Any]:
    return loop_variables


def _scan(function: Any, carry: list[Any], inputs: list[Any], length: Any, reverse: bool) -> Any:
    slices = [KerasTensor(x.shape[1:], x.dtype) for x in inputs]
    carry, outputs = function(carry, slices)
    return carry, [KerasTensor((inference.known_size(length), *y.shape), y.dtype) for y in outputs]


def _vmap(function: Any, in_axes: Any) -> Any:
    def mapped(inputs: list[Any]) -> list[Any]:
        size: int | None = None
        slices: list[Any] = []
        for x, axis in zip(inputs, in_axes, strict=True):
            if axis is None:
                slices.append(x)
            else:
                size = x.shape[axis]
                slices.append(KerasTensor((*x.shape[:axis], *x.shape[axis + 1 :]), x.dtype))
        return [KerasTensor((size, *y.shape), y.dtype) for y in function(slices)]

    return mapped


def _value_and_grad(function: Any) -> Any:
    def differentiated(inputs: list[Any]) -> Any:
        value, auxiliary = function(inputs)
        return value, auxiliary, [KerasTensor(x.shape, x.dtype) for x in inputs]

    return differentiated


_TRANSFORMS = {
    "cond": _cond,
    "while_loop": _while_loop,
    "scan": _scan,
    "vmap": _vmap,
    "value_and_grad": _value_and_grad,
    "checkpoint": lambda function: function,
    "custom_gradient": lambda function: lambda inputs: function(inputs)[0],
}


class SymbolicTable(DispatchTable):
    """A table whose composites with a shape rule of their own are that rule."""

    __slots__ = ()


def symbolic_table(table: DispatchTable) -> DispatchTable:
    """Return the inferring table that stands on a backend's table."""
    root = table.root
    if root.symbolic is None:
        derived = SymbolicTable(root.name, inference.RULES, {}, _TRANSFORMS, Devices(), _HOST, root=root)
        derived.is_symbolic = True
        root.symbolic = derived
    return root.symbolic


def symbolic_scope(table: DispatchTable) -> use_table:
    """Return the context manager in which ops infer shapes instead of computing."""
    return use_table(symbolic_table(table))


class SymbolicScope:
    """Ops called inside the `with` block infer shapes and dtypes of `KerasTensor`s instead of computing.

    Example:
        >>> with keras.SymbolicScope():
        ...     ops.matmul(keras.KerasTensor((2, 3)), keras.KerasTensor((3, 4))).shape
        (2, 4)
    """

    def __init__(self) -> None:
        self._scopes: list[use_table] = []

    def __enter__(self) -> "SymbolicScope":
        self._scopes.append(symbolic_scope(active()))
        self._scopes[-1].__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        self._scopes.pop().__exit__(*exception)
