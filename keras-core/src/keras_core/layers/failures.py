"""What is noted on an error that leaves a layer: the models and layers it passed, their inputs, whence these came."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_core.layers.build import shapes_of
from keras_core.layers.call_facts import arguments_by_name, facts_of_function
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.operation import symbolic_leaves
from keras_core.runtime.table import active

# Of a longer way only the end is told: what is wrong is seldom far from where it shows.
_MOST_STEPS = 8


class _Calls(str):
    """The note about the calls around an error; it grows at its front while the error passes outwards."""

    labels: tuple[str, ...]
    inputs: str

    def __new__(cls, labels: tuple[str, ...], inputs: str) -> _Calls:
        note = super().__new__(cls, f"in the call of {' > '.join(labels)}, inputs of shape {inputs}")
        note.labels, note.inputs = labels, inputs
        return note


class _Origin(str):
    """The note about the way on which the inputs came."""


def note_call(layer: Any, error: BaseException, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Note on an error that it left the call of a layer.

    Args:
        layer: the layer.
        error: the error.
        args: arguments of the call.
        kwargs: arguments of the call.
    """
    calls = _find(error, _Calls)
    if calls is None:
        arguments = arguments_by_name(facts_of_function(type(layer).call), args, kwargs)
        strings = {f"{name}_shape": x.shape for name, x in arguments.items() if isinstance(x, np.ndarray)}
        shapes = strings | shapes_of(active(), arguments)
        shown = ", ".join(f"{name.removesuffix('_shape')}: {shape}" for name, shape in shapes.items())
        error.add_note(_Calls((layer.label,), shown or "none"))
    elif calls.labels[0] != layer.label:
        notes = error.__notes__
        notes[notes.index(calls)] = _Calls((layer.label, *calls.labels), calls.inputs)
    note_origin(error, symbolic_leaves((args, kwargs)))


def note_origin(error: BaseException, tensors: Sequence[KerasTensor], what: str = "inputs") -> None:
    """Note on an error the way from the inputs of the model to the tensors that it is about; the innermost way stays.

    Args:
        error: the error.
        tensors: symbolic tensors, such as the inputs of the layer that failed.
        what: what they are.
    """
    known = [tensor for tensor in tensors if tensor._keras_history is not None]
    if known and _find(error, _Origin) is None:
        error.add_note(_Origin(f"the {what} came by " + "; ".join(dict.fromkeys(map(_way, known)))))


def failed_layer(error: BaseException) -> str | None:
    """Return the label of the innermost layer that an error left, None where it left none."""
    calls = _find(error, _Calls)
    return None if calls is None else calls.labels[-1]


def _find(error: BaseException, kind: type[Any]) -> Any:
    return next((note for note in getattr(error, "__notes__", ()) if isinstance(note, kind)), None)


def _way(tensor: KerasTensor) -> str:
    """Return the operations that led to a tensor, each with the shape that it gave."""
    steps: list[str] = []
    while True:
        operation, place, _ = tensor._keras_history
        steps.append(f"{_label(operation)} {tensor.shape}")
        before = {id(item): item for item in operation._inbound_nodes[place].input_tensors if item._keras_history}
        if len(before) == 1 and len(steps) < _MOST_STEPS:
            tensor = next(iter(before.values()))
            continue
        if len(before) == 1:
            steps.append("...")
        elif before:  # where ways meet, the names of the last layers say which they are
            steps.append(" and ".join(_label(item._keras_history.operation) for item in before.values()))
        return " > ".join(reversed(steps))


def _label(operation: Any) -> str:
    if operation._inbound_nodes[0].is_input:
        return f"input '{operation.name}'"
    return getattr(operation, "label", None) or f"op '{operation.name}'"
