"""What a VJP rule is, and the small functions that rules share.

Rules compute with the primitives of the table below their level, given as `table`, and so can themselves be
differentiated. Gradients of complex tensors follow JAX: the vector-Jacobian product is the plain transpose, without
conjugation, so that the gradient of a real loss by `x + iy` is `dL/dx - i dL/dy`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from keras_core.runtime import dtypes
from keras_core.runtime.table import DispatchTable

Tensor = Any
Backward = Callable[[DispatchTable, Any, Any, Sequence[Any], Sequence[int]], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Rule:
    """The vector-Jacobian product of one primitive or kernel.

    Attributes:
        form: how the arguments lie: `unary` (a tensor, then static ones), `cast` (a tensor and the dtype of the
            result, which may be an integer one), `binary` (two tensors and nothing else), `sequence` (a list of
            tensors, then static ones; recorded flat), `general` (tensors at any position),
            `constant` (no gradient passes).
        backward: `(table, gradient, result, arguments, needed)` -> one gradient (or None for zero) for each position
            in `needed`. `gradient` and `result` are tuples where the primitive has several results; there a gradient
            may be None.
        accepts: tells for the arguments of a kernel whether the rule covers them; else the composite is recorded.
    """

    form: Literal["unary", "cast", "binary", "sequence", "general", "constant"]
    backward: Backward | None = None
    accepts: Callable[..., bool] | None = None


NO_GRADIENT: Final = Rule("constant")
"""Declares a primitive through which no gradient passes: its result is piecewise constant, or no number."""


def unary(function: Callable[..., Tensor]) -> Rule:
    """Return the rule of a primitive whose first argument alone is differentiable.

    Args:
        function: `(table, gradient, result, *arguments) -> gradient` of the first argument.
    """

    def backward(table: DispatchTable, gradient: Any, result: Any, arguments: Any, needed: Any) -> tuple[Tensor]:
        return (function(table, gradient, result, *arguments),)

    return Rule("unary", backward)


def binary(first: Callable[..., Tensor], second: Callable[..., Tensor]) -> Rule:
    """Return the rule of a primitive of two tensors, one function for the gradient by each."""
    return Rule("binary", _by_position((first, second)))


def general(*functions: Callable[..., Tensor] | None) -> Rule:
    """Return the rule of a function of tensors at any position: one function (or None) a position."""
    return Rule("general", _by_position(functions))


def _by_position(functions: Sequence[Callable[..., Tensor] | None]) -> Backward:
    def backward(table: DispatchTable, gradient: Any, result: Any, arguments: Any, needed: Any) -> list[Tensor]:
        chosen = (functions[position] if position < len(functions) else None for position in needed)
        return [None if function is None else function(table, gradient, result, *arguments) for function in chosen]

    return backward


def constant(table: DispatchTable, value: float | complex, like: Tensor) -> Tensor:
    """Return a scalar constant with the dtype of a tensor."""
    return table.scalar(value, table.dtype_names[like.dtype])


def zeros(table: DispatchTable, shape: Sequence[Any], like: Tensor) -> Tensor:
    """Return zeros of a shape with the dtype of a tensor."""
    return table.full(tuple(shape), 0, table.dtype_names[like.dtype])


def zeros_like(table: DispatchTable, x: Tensor) -> Tensor:
    """Return zeros with the shape and dtype of a tensor."""
    return table.full(table.shape(x), 0, table.dtype_names[x.dtype])


def is_complex(table: DispatchTable, x: Tensor) -> bool:
    """Tell whether a tensor is complex."""
    return table.dtype_names[x.dtype] in dtypes.COMPLEX


def conjugate(table: DispatchTable, x: Tensor) -> Tensor:
    """Return the complex conjugate, of a real tensor itself."""
    return table.conj(x) if is_complex(table, x) else x


def swap(table: DispatchTable, x: Tensor) -> Tensor:
    """Return a stack of matrices transposed."""
    return table.permute_dims(x, (*range(x.ndim - 2), x.ndim - 1, x.ndim - 2))


def unbroadcast(table: DispatchTable, gradient: Tensor, x: Tensor) -> Tensor:
    """Sum a gradient over the axes along which `x` was repeated."""
    target, source = table.static_shape(x), table.static_shape(gradient)
    if source == target:
        return gradient
    extra = len(source) - len(target)
    repeated = [extra + i for i, size in enumerate(target) if size == 1 and source[extra + i] != 1]
    leading = tuple(range(extra))
    axes = (*leading, *repeated)
    if axes:
        gradient = table.sum(gradient, axes, True)
    return table.squeeze(gradient, leading) if extra else gradient


def kernel_or_composite(table: DispatchTable, op: str, *arguments: Any) -> Any:
    """Call an op of a table with canonical arguments: its kernel, or the composite where that gives up."""
    result = getattr(table, "op_" + op)(*arguments)
    if result is NotImplemented:
        from keras_core.runtime.definition import DATABASE

        result = DATABASE[op].body(*arguments)
    return result
