"""Arithmetic with sizes, each an int or, where it is only known when a graph runs, a scalar int32 tensor."""

import operator
from collections.abc import Callable
from typing import Any

from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.table import active

Size = Any


def size_of(x: Any, axis: int) -> Size:
    """Return the size of an axis, as a `KerasTensor` where shapes are inferred and it is not known."""
    size = active().shape(x)[axis]
    return KerasTensor((), "int32") if size is None else size


def as_scalar(size: Size) -> Any:
    """Return a size as a scalar int32 tensor."""
    return active().full((), size, "int32") if isinstance(size, int) else size


def _arithmetic(of_ints: Callable[[int, int], int], primitive: str) -> Callable[[Size, Size], Size]:
    def combined(one: Size, other: Size) -> Size:
        if isinstance(one, int) and isinstance(other, int):
            return of_ints(one, other)
        return getattr(active(), primitive)(as_scalar(one), as_scalar(other))

    return combined


plus = _arithmetic(operator.add, "add")
minus = _arithmetic(operator.sub, "subtract")
times = _arithmetic(operator.mul, "multiply")
quotient = _arithmetic(operator.floordiv, "floor_divide")
rest = _arithmetic(operator.mod, "remainder")
smaller = _arithmetic(min, "minimum")
larger = _arithmetic(max, "maximum")
