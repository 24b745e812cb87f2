"""Where functions of trees meet transforms, which know flat lists of tensors."""

from collections.abc import Callable
from typing import Any

from keras_core.runtime import derived, tree
from keras_core.runtime.conversion import to_tensor
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.table import DispatchTable, active
from keras_core.runtime.variable import Variable

HOLE = object()
"""Stands for a tensor among the leaves that stay outside."""


def transform(table: DispatchTable, name: str) -> Callable[..., Any]:
    """Return a transform of a table: its native one, else the derived one."""
    return table.transforms.get(name) or getattr(derived, name)


class Boundary:
    """Takes a function of trees to one of flat lists of tensors, as transforms want it, and results back.

    Leaves that are no tensors (numbers, None, strings) stay outside and are the same at each call.
    """

    def __init__(self, table: DispatchTable, function: Callable[..., Any]) -> None:
        self.table = table
        self.function = function
        self.outputs: Any = None

    def flat(self, arguments: Any) -> list[Any]:
        """Return the tensors of an argument tree and remember the rest."""
        leaves, self.inputs = tree.flatten_with_structure(arguments)
        self.constants = [leaf if not self.is_value(leaf) else HOLE for leaf in leaves]
        return [to_tensor(self.table, leaf) for leaf in leaves if self.is_value(leaf)]

    def is_value(self, leaf: Any) -> bool:
        """Tell whether a leaf of the arguments crosses as a tensor."""
        if isinstance(leaf, (*self.table.tensor_types, Variable, KerasTensor, bool, int, float, complex)):
            return True
        return hasattr(leaf, "__array__") and hasattr(leaf, "dtype")

    def call(self, tensors: list[Any]) -> Any:
        """Return what the function returns."""
        remaining = iter(tensors)
        leaves = [next(remaining) if leaf is HOLE else leaf for leaf in self.constants]
        return self.function(*tree.unflatten(self.inputs, leaves))

    def __call__(self, tensors: list[Any]) -> list[Any]:
        out, self.outputs = tree.flatten_with_structure(self.call(tensors))
        return [to_tensor(active(), leaf) for leaf in out]

    def restore(self, tensors: list[Any]) -> Any:
        """Return flat outputs in the structure that the function returned."""
        return tree.unflatten(self.outputs, tensors)
