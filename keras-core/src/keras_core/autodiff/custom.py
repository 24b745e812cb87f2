"""Functions with a gradient of their own, and functions that are computed twice to save memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from keras_core.autodiff.reverse import value_of, vjp
from keras_core.autodiff.rule import zeros_like
from keras_core.autodiff.table import DifferentiatingTable
from keras_core.contract.transforms import Pure, Tensor, Tensors
from keras_core.runtime.table import DispatchTable, active, use_table

WithGradient = Callable[[Tensors], tuple[Tensors, Callable[[Tensors], Tensors]]]


def custom_gradient(function: WithGradient) -> Pure:
    """Give a function its own gradient; the strict form of `contract.transforms.Transforms.custom_gradient`.

    Derivatives of second order differentiate `function` and its `vjp` as they are written, as in JAX.

    Args:
        function: `inputs -> (outputs, vjp)`, where `vjp(output gradients) -> input gradients`; None for an input
            without a gradient. It must not use other tensors that are being differentiated.
    """

    def with_gradient(inputs: Tensors) -> Tensors:
        table = _level_of(inputs)
        if table is None:
            return list(function(list(inputs))[0])
        outputs, pullback = function([value_of(table, x) for x in inputs])

        def backward(
            base: DispatchTable, gradients: Any, results: Any, _arguments: Any, needed: Sequence[int]
        ) -> list[Tensor | None]:
            filled = [
                zeros_like(base, result) if gradient is None else gradient
                for gradient, result in zip(gradients, results, strict=True)
            ]
            pulled = pullback(filled)
            if len(pulled) != len(inputs):
                raise ValueError(
                    f"custom_gradient: expected one gradient for each of {len(inputs)} inputs, got {len(pulled)}."
                )
            return [pulled[position] for position in needed]

        return _record(table, "custom_gradient", backward, inputs, outputs)

    return with_gradient


def checkpoint(function: Pure) -> Pure:
    """Compute a function again in reverse mode; the strict form of `contract.transforms.Transforms.checkpoint`.

    Args:
        function: `inputs -> outputs`, pure; it must not use other tensors that are being differentiated.
    """

    def checkpointed(inputs: Tensors) -> Tensors:
        table = _level_of(inputs)
        if table is None:
            return list(function(list(inputs)))
        values = [value_of(table, x) for x in inputs]
        outputs = checkpointed(values)

        def backward(
            base: DispatchTable, gradients: Any, _results: Any, _arguments: Any, needed: Sequence[int]
        ) -> list[Tensor]:
            with use_table(base):
                _outputs, pullback = vjp(function, values)
                pulled = pullback(gradients)
            return [pulled[position] for position in needed]

        return _record(table, "checkpoint", backward, inputs, outputs)

    return checkpointed


def _level_of(inputs: Tensors) -> DifferentiatingTable | None:
    """Return the innermost level that differentiates any of the inputs."""
    table = active()
    while isinstance(table, DifferentiatingTable):
        box = table.box
        if any(type(x) is box for x in inputs):
            return table
        table = table.base
    return None


def _record(
    table: DifferentiatingTable, name: str, backward: Callable[..., Any], inputs: Tensors, outputs: Tensors
) -> Tensors:
    """Put one record for all outputs on the tape of the inputs, and return the outputs boxed."""
    box = table.box
    if any(type(x) is box for x in outputs):
        raise ValueError(
            f"{name}: the function uses tensors that are being differentiated and are none of its inputs; their "
            "gradient "
            "would be lost. Pass them as inputs."
        )
    tape = next(x.tape for x in inputs if type(x) is box)
    boxed = tuple([box(x, tape) if x.dtype in table.inexact else x for x in outputs])
    tape.append((backward, tuple(inputs), boxed))
    return list(boxed)
