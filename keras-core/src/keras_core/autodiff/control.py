"""Loops over an axis that cost one record an input where they are differentiated; strict forms of the contract."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from keras_core.autodiff.custom import custom_gradient
from keras_core.autodiff.rules_shape import slice_along
from keras_core.contract.transforms import Pure, Tensor, Tensors
from keras_core.runtime.table import DispatchTable, active


def vmap(function: Pure, in_axes: Sequence[int | None]) -> Pure:
    """Call a function once for each position of the mapped axes and stack the outputs along axis 0.

    Args:
        function: `inputs -> outputs`.
        in_axes: for each input the axis that is mapped, None for an input that each call gets whole.
    """
    if all(axis is None for axis in in_axes):
        raise ValueError("vmap: expected at least one input with a mapped axis, got in_axes of None only.")

    def mapped(inputs: Tensors) -> Tensors:
        table = active()
        sizes = {table.static_shape(x)[axis] for x, axis in zip(inputs, in_axes, strict=True) if axis is not None}
        if len(sizes) != 1:
            raise ValueError(f"vmap: expected mapped axes of one size, got sizes {sorted(map(str, sizes))}.")
        size = _known(sizes.pop(), "vmap")
        columns = [
            [x] * max(size, 1) if axis is None else _unstack(table, x, axis, size)
            for x, axis in zip(inputs, in_axes, strict=True)
        ]
        results = [list(function(list(row))) for row in zip(*columns, strict=True)]
        return _stack_columns(table, results, size)

    return mapped


def scan(
    function: Callable[[Tensors, Tensors], tuple[Tensors, Tensors]],
    carry: Tensors,
    inputs: Tensors,
    length: int,
    reverse: bool,
) -> tuple[Tensors, Tensors]:
    """Carry a state along axis 0 of the inputs.

    Args:
        function: `(carry, slices) -> (carry, outputs)`.
        carry: the first state.
        inputs: tensors whose axis 0 has `length` positions.
        length: the number of steps.
        reverse: whether to go from the last position to the first; outputs keep the order of the inputs.

    Returns:
        The last state, and the outputs stacked along axis 0.
    """
    table = active()
    for x in inputs:
        size = table.static_shape(x)[0]
        if size is not None and size != length:
            raise ValueError(f"scan: expected {length} positions along axis 0 of every input, got {size}.")
    columns = [_unstack(table, x, 0, length) for x in inputs]
    if length == 0:
        _carry, outputs = function(list(carry), [column[0] for column in columns])
        return list(carry), _stack_columns(table, [list(outputs)], 0)
    steps = range(length)
    results: list[Tensors] = []
    for step in reversed(steps) if reverse else steps:
        carry, outputs = function(list(carry), [column[step] for column in columns])
        results.append(list(outputs))
    if reverse:
        results.reverse()
    return list(carry), _stack_columns(table, results, length)


def _known(size: int | None, name: str) -> int:
    if size is None:
        raise ValueError(f"{name}: the size of the mapped axis must be known.")
    return size


def _unstack(table: DispatchTable, x: Tensor, axis: int, size: int) -> Tensors:
    """Return the slices along an axis; of an empty one a single slice of zeros, to learn the outputs' shapes from."""
    if not size:
        shape = list(table.shape(x))
        del shape[axis]
        return [table.full(tuple(shape), 0, table.dtype_of(x))]

    def unstack(inputs: Tensors) -> tuple[Tensors, Callable[[Tensors], Tensors]]:
        # One record for all: the gradients of separate slices would each be filled up with zeros and added.
        whole = active()
        slices = [
            whole.squeeze(slice_along(whole, inputs[0], axis, position, position + 1), (axis,))
            for position in range(size)
        ]
        return slices, lambda gradients: [_stack(active(), gradients, axis)]

    return custom_gradient(unstack)([x])


def _stack(table: DispatchTable, xs: Tensors, axis: int) -> Tensor:
    return table.concat([table.expand_dims(x, axis) for x in xs], axis)


def _stack_columns(table: DispatchTable, results: Sequence[Tensors], size: int) -> Tensors:
    """Return each output stacked over the calls, cut to `size` calls."""
    stacked = [_stack(table, list(column), 0) for column in zip(*results, strict=True)]
    return stacked if size else [slice_along(table, x, 0, 0, 0) for x in stacked]
