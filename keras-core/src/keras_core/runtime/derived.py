"""Control flow for backends that bring none: Python loops over primitives.

Each function has the signature that `contract/transforms.py` gives it. Derivatives are in the autodiff room.
"""

from collections.abc import Callable, Sequence
from typing import Any

from keras_core.runtime.table import active

Tensors = list[Any]


def cond(predicate: Any, true_function: Any, false_function: Any, operands: Tensors) -> Tensors:
    """One of two functions by a scalar bool tensor."""
    return true_function(operands) if bool(predicate) else false_function(operands)


def while_loop(condition: Any, body: Any, loop_variables: Tensors, maximum_iterations: int | None) -> Tensors:
    """The body again and again while the condition is true."""
    count = 0
    while (maximum_iterations is None or count < maximum_iterations) and bool(condition(loop_variables)):
        loop_variables = body(loop_variables)
        count += 1
    return loop_variables


def _element(x: Any, position: int, axis: int) -> Any:
    d = active()
    start = tuple(position if i == axis else 0 for i in range(x.ndim))
    stop = tuple(position + 1 if i == axis else None for i in range(x.ndim))
    return d.squeeze(d.slice(x, start, stop, (1,) * x.ndim), (axis,))


def _stack(rows: Sequence[Tensors]) -> Tensors:
    d = active()
    columns = zip(*rows, strict=True)
    return [d.concat([d.expand_dims(item, 0) for item in column], 0) for column in columns]


def scan(function: Any, carry: Tensors, inputs: Tensors, length: int, reverse: bool) -> tuple[Tensors, Tensors]:
    """The function over axis 0 of the inputs, outputs stacked."""
    rows: list[Tensors] = []
    for position in reversed(range(length)) if reverse else range(length):
        carry, output = function(carry, [_element(x, position, 0) for x in inputs])
        rows.append(output)
    if reverse:
        rows.reverse()
    return carry, _stack(rows) if rows else []


def vmap(function: Any, in_axes: Sequence[int | None]) -> Callable[[Tensors], Tensors]:
    """Map over the given axes, one element after the other."""

    def mapped(inputs: Tensors) -> Tensors:
        sizes = {active().shape(x)[axis] for x, axis in zip(inputs, in_axes, strict=True) if axis is not None}
        if len(sizes) != 1:
            raise ValueError(f"vmap: expected one size of the mapped axes, got {sorted(sizes)}.")
        size = sizes.pop()
        if size == 0:
            raise ValueError("vmap: the mapped axes are empty; without an element there is no result to stack.")
        rows = [
            function([x if axis is None else _element(x, i, axis) for x, axis in zip(inputs, in_axes, strict=True)])
            for i in range(size)
        ]
        return _stack(rows)

    return mapped


def checkpoint(function: Any) -> Any:
    """The function itself: a table that records for differentiation brings its own."""
    return function


def custom_gradient(function: Any) -> Callable[[Tensors], Tensors]:
    """The function without its derivative: a table that records for differentiation brings its own."""
    return lambda inputs: function(inputs)[0]
