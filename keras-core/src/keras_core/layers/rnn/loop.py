"""The loop over the steps of sequences, which all recurrent layers share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras_core import ops
from keras_core.runtime import tree
from keras_core.runtime.table import active

Step = Callable[[Any, Any], tuple[Any, Any]]


def recur(
    step: Step,
    inputs: Any,
    states: Any,
    first_output: Any,
    *,
    mask: Any = None,
    return_sequences: bool = False,
    go_backwards: bool = False,
    unroll: bool = False,
    zero_output_for_mask: bool = False,
) -> tuple[Any, Any, Any]:
    """Carry states through the steps of sequences.

    A masked step changes no state and repeats the output before it.

    Args:
        step: function `(inputs of a step, states) -> (output, new states)`.
        inputs: tree of tensors of shape `(time, batch, ...)`.
        states: tree of tensors of shape `(batch, ...)`.
        first_output: tensor of the shape of an output: what is repeated by masked steps at the start.
        mask: bool tensor of shape `(time, batch)`, or None.
        return_sequences: whether the outputs of all steps are kept.
        go_backwards: whether the last step comes first; the outputs are in the order in which they were computed.
        unroll: whether the loop is one of Python, so that each step is compiled by itself, where the time is known.
        zero_output_for_mask: whether masked steps have outputs of 0 where all outputs are kept.

    Returns:
        The last output, the outputs of shape `(time, batch, ...)` or None, and the last states.
    """

    def advance(carry: Any, slices: Any) -> tuple[Any, Any]:
        states, output = carry
        x, *seen = slices
        new_output, new_states = step(x, states)
        kept = new_output
        if seen:
            pairs = zip(tree.flatten(new_states), tree.flatten(states), strict=True)
            new_states = [_choose(seen[0], new, old) for new, old in pairs]
            kept = _choose(seen[0], new_output, ops.zeros_like(output) if zero_output_for_mask else output)
            new_output = _choose(seen[0], new_output, output)
        # As one structure, since cells may return lists where they get tuples.
        return (tree.unflatten(definition, tree.flatten(new_states)), new_output), kept if return_sequences else None

    definition = tree.flatten_with_structure(states)[1]
    slices = (inputs,) if mask is None else (inputs, mask)
    known = active().static_shape(tree.flatten(inputs)[0])[0] is not None
    # Shapes alone do not depend on it, and a length that a model file says is no reason to go through so many steps.
    run = _unrolled if unroll and known and not active().is_symbolic else ops.scan
    (states, output), outputs = run(advance, (states, first_output), slices, reverse=go_backwards)
    if return_sequences and go_backwards:
        outputs = ops.flip(outputs, 0)
    return output, outputs, states


def _choose(seen: Any, new: Any, old: Any) -> Any:
    """Return the new values of samples whose step is seen, the old ones of the others."""
    more = tuple(range(1, new.ndim))
    return ops.where(ops.expand_dims(seen, more) if more else seen, new, old)


def _unrolled(advance: Any, carry: Any, slices: Any, reverse: bool) -> tuple[Any, Any]:
    """Do what `ops.scan` does in a Python loop."""
    length = ops.shape(tree.flatten(slices)[0])[0]
    kept: list[Any] = []
    for position in reversed(range(length)) if reverse else range(length):
        carry, output = advance(carry, tree.map_structure(lambda x, at=position: x[at], slices))
        kept.append(output)
    if reverse:
        kept.reverse()
    return carry, None if kept[0] is None else ops.stack(kept, 0)
