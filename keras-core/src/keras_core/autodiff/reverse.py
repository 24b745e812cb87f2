"""Reverse mode: `value_and_grad`, and what else follows from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from keras_core.autodiff.box import CLOSED, Box
from keras_core.autodiff.rule import zeros_like
from keras_core.autodiff.table import DifferentiatingTable, differentiating
from keras_core.contract.transforms import Pure, Tensor, Tensors
from keras_core.runtime import dtypes
from keras_core.runtime.table import DispatchTable, active, use_table

Loss = Callable[[Tensors], tuple[Tensor, Tensors]]
Record = tuple[Callable[..., Any], tuple[Any, ...], Any]


def value_and_grad(function: Loss) -> Callable[[Tensors], tuple[Tensor, Tensors, Tensors]]:
    """Differentiate by recording primitives; the strict form of `contract.transforms.Transforms.value_and_grad`.

    Args:
        function: `inputs -> (loss, auxiliary)`, lists of tensors of the active table; the loss is a scalar float.

    Returns:
        `inputs -> (loss, auxiliary, gradients)`, with one gradient an input, zeros where the loss does not depend on
        it.

    Raises:
        ValueError: where the loss is not a scalar.
        TypeError: where the loss is not a float tensor.
    """

    def differentiated(inputs: Tensors) -> tuple[Tensor, Tensors, Tensors]:
        base = active()
        table = differentiating(base)
        tape: list[Record] = []
        boxes = _box_inputs(table, inputs, tape)
        try:
            with use_table(table):
                loss, auxiliary = function(list(boxes))
            _check_loss(table, loss)
            values = [value_of(table, x) for x in auxiliary]
            if type(loss) is not table.box:  # a constant
                return loss, values, [zeros_like(base, x) for x in inputs]
            one = base.full((), 1, base.dtype_names[loss.dtype])
            with use_table(base):
                gradients = pull_back(table, tape, [(loss, one)], boxes)
            return loss.value, values, gradients
        finally:
            close(tape, boxes)

    return differentiated


def vjp(function: Pure, inputs: Tensors) -> tuple[Tensors, Callable[[Sequence[Tensor | None]], Tensors]]:
    """Run a function and return its outputs, and the function from their gradients to those of the inputs.

    The returned function can be called once: it frees what it used. None stands for a gradient of zeros. It runs in
    the table that is active when it is called, which is that of `vjp` or one that differentiates it.

    Args:
        function: `inputs -> outputs`, lists of tensors of the active table.
        inputs: the point at which to differentiate.
    """
    base = active()
    table = differentiating(base)
    tape: list[Record] = []
    boxes = _box_inputs(table, inputs, tape)
    with use_table(table):
        outputs = function(list(boxes))

    def pullback(gradients: Sequence[Tensor | None]) -> Tensors:
        seeds = [
            (output, gradient)
            for output, gradient in zip(outputs, gradients, strict=True)
            if gradient is not None and type(output) is table.box
        ]
        try:
            with use_table(base):
                return pull_back(table, tape, seeds, boxes)
        finally:
            close(tape, boxes)

    return [value_of(table, x) for x in outputs], pullback


def jvp(function: Pure, primals: Tensors, tangents: Tensors) -> tuple[Tensors, Tensors]:
    """Forward mode; the strict form of `contract.transforms.Transforms.jvp`.

    The vector-Jacobian product is linear in the vector, and its own vector-Jacobian product is the derivative sought:
    two reverse passes.
    """
    base = active()
    table = differentiating(base)
    tape: list[Record] = []
    with use_table(table):
        outputs, pullback = vjp(function, primals)
        # Not zeros, beside which the rules take what is infinite for a branch that was not taken.
        ones = [base.full(base.shape(x), 1, base.dtype_of(x)) for x in outputs]
        seeds = _box_inputs(table, ones, tape)
        pulled = pullback(seeds)
    pairs = [
        (gradient, tangent) for gradient, tangent in zip(pulled, tangents, strict=True) if type(gradient) is table.box
    ]
    try:
        with use_table(base):
            return outputs, pull_back(table, tape, pairs, seeds)
    finally:
        close(tape, seeds)


def value_of(table: DifferentiatingTable, x: Tensor) -> Tensor:
    """Return a tensor without the box of this level."""
    return x.value if type(x) is table.box else x


def pull_back(
    table: DifferentiatingTable, tape: list[Record], seeds: Iterable[tuple[Box, Tensor]], inputs: Sequence[Tensor]
) -> Tensors:
    """Carry gradients from boxes back to the inputs, using up the tape; the table below must be active.

    Args:
        table: the level of the tape.
        tape: the records, oldest first; empty afterwards.
        seeds: boxes with their gradients.
        inputs: what the gradients are wanted for; zeros for those that are no boxes.
    """
    base, box = table.base, table.box
    add = base.add
    gradients: dict[int, Tensor] = {}
    for output, gradient in seeds:
        held = gradients.get(id(output))
        gradients[id(output)] = gradient if held is None else add(held, gradient)
    while tape:
        backward, arguments, outcome = tape.pop()
        if type(outcome) is tuple:
            gradient = tuple([gradients.pop(id(part), None) for part in outcome])
            reached = any(part is not None for part in gradient)
            result: Any = tuple([part.value if type(part) is box else part for part in outcome])
            _close(outcome, box)
        else:
            gradient = gradients.pop(id(outcome), None)
            reached = gradient is not None
            result = outcome.value
            outcome.tape = CLOSED
        if not reached:
            continue
        values, needed = [], []
        for position, argument in enumerate(arguments):
            if type(argument) is box:
                if argument.tape is not tape:
                    argument.tape.append(None)  # raises where that tape is closed
                    raise RuntimeError("Tensors of two separate differentiations of one level were mixed.")
                needed.append(position)
                values.append(argument.value)
            else:
                values.append(argument)
        parts = backward(base, gradient, result, values, needed)
        for position, part in zip(needed, parts, strict=True):
            if part is not None:
                key = id(arguments[position])
                held = gradients.get(key)
                gradients[key] = part if held is None else add(held, part)
    found = [gradients.get(id(x)) if type(x) is box else None for x in inputs]
    return [
        zeros_like(base, value_of(table, x)) if gradient is None else gradient
        for x, gradient in zip(inputs, found, strict=True)
    ]


def close(tape: list[Record], boxes: Sequence[Tensor]) -> None:
    """Free what is left on a tape and mark its boxes as used up."""
    for _backward, _arguments, outcome in tape:
        _close(outcome if type(outcome) is tuple else (outcome,), Box)
    _close(boxes, Box)
    tape.clear()


def _close(boxes: Sequence[Tensor], box: type[Box]) -> None:
    for x in boxes:
        if isinstance(x, box):
            x.tape = CLOSED


def _box_inputs(table: DifferentiatingTable, inputs: Tensors, tape: list[Record]) -> Tensors:
    """Return the inputs with those boxed that have a gradient."""
    base = table.base
    for position, x in enumerate(inputs):
        if not base.is_tensor(x):
            raise TypeError(
                f"differentiation: expected tensors of backend '{base.name}', got {x!r} as input {position}."
            )
    return [table.box(x, tape) if x.dtype in base.inexact else x for x in inputs]


def _check_loss(table: DispatchTable, loss: Tensor) -> None:
    if not table.is_tensor(loss):
        raise TypeError(f"value_and_grad: expected the function to return a scalar tensor as loss, got {loss!r}.")
    shape = table.static_shape(loss)
    if shape != ():
        raise ValueError(
            f"value_and_grad: expected a scalar loss, got one of shape {shape}. Reduce it, for instance by `ops.mean`."
        )
    if not dtypes.is_float(table.dtype_of(loss)):
        raise TypeError(f"value_and_grad: expected a loss of a float dtype, got {table.dtype_of(loss)}.")
