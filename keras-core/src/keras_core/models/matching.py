"""How the values with which a model is called are matched with its inputs."""

from __future__ import annotations

from typing import Any

from keras_core.layers.calling import cast_with_mask
from keras_core.models.graph import Graph
from keras_core.runtime.conversion import to_tensor
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.naming import did_you_mean
from keras_core.runtime.operation import symbolic_leaves
from keras_core.runtime.table import DispatchTable


def match_inputs(graph: Graph, owner: str, table: DispatchTable, values: Any) -> list[Any]:
    """Return one tensor for each input, in order, of the input's dtype and number of axes.

    Raises:
        ValueError: where the values do not fit; the message names model, input, what was expected and what came.
    """
    structure = graph.inputs_structure
    if isinstance(structure, KerasTensor) and isinstance(values, table.tensor_types):
        flat = [values]
    else:
        flat = _match(structure, values, owner, _names(graph))
        if isinstance(flat, str):
            raise ValueError(f"{owner}: {flat}")
    return [_fit(owner, table, expected, value) for expected, value in zip(graph.inputs, flat, strict=True)]


def _names(graph: Graph) -> list[str]:
    return [x._keras_history.operation.name if x._keras_history is not None else x.name for x in graph.inputs]


def _match(structure: Any, values: Any, owner: str, names: list[str]) -> Any:
    """Return the values in the order of the inputs, or what is wrong."""
    expected = f"expected {_describe(structure, names)}"
    if isinstance(values, dict) and not isinstance(structure, dict):
        missing = [name for name in names if name not in values]
        if missing:
            given = sorted(map(str, values))
            return f"{expected}, got a dict with the keys {given}; missing: {missing}.{_near(values, names)}"
        return [values[name] for name in names]
    if isinstance(structure, KerasTensor):
        if isinstance(values, list | tuple):
            if len(values) != 1:
                return f"{expected}, got a {type(values).__name__} of {len(values)}."
            values = values[0]
        return [values]
    if isinstance(structure, dict):
        if not isinstance(values, dict):
            if len(structure) == 1 and not isinstance(values, list | tuple):
                return [values]
            return f"{expected}, got {_kind(values)}."
        missing = [key for key in structure if key not in values and not _optional(structure[key])]
        if missing:
            return f"{expected}, got the keys {sorted(map(str, values))}; missing: {missing}.{_near(values, structure)}"
        pairs = [(structure[key], values.get(key)) for key in sorted(structure, key=str)]
    else:
        if not isinstance(values, list | tuple):
            if len(structure) == 1:
                values = [values]
            else:
                return f"{expected}, got {_kind(values)}."
        if len(values) != len(structure):
            return f"{expected}, got {len(values)} values."
        pairs = list(zip(structure, values, strict=True))
    found: list[Any] = []
    for part, value in pairs:
        count = len(symbolic_leaves(part))
        inner = _match(part, value, owner, names[len(found) : len(found) + count])
        if isinstance(inner, str):
            return inner
        found += inner
    return found


def _near(given: dict[Any, Any], known: Any) -> str:
    """Return which names may be meant by those that are not known."""
    return "".join(dict.fromkeys(did_you_mean(name, known) for name in given if name not in known))


def _describe(structure: Any, names: list[str]) -> str:
    if isinstance(structure, KerasTensor):
        return f"one tensor for the input '{names[0]}' of shape {structure.shape}"
    if isinstance(structure, dict):
        return f"a dict with the keys {sorted(map(str, structure))}"
    return f"{len(structure)} values for the inputs {names}"


def _kind(values: Any) -> str:
    if hasattr(values, "shape"):
        return f"one of shape {tuple(values.shape)}"
    return f"a {type(values).__name__}" + (f" of {len(values)}" if isinstance(values, list | tuple) else "")


def _optional(tensor: Any) -> bool:
    history = tensor._keras_history if isinstance(tensor, KerasTensor) else None
    return history is not None and getattr(history.operation, "optional", False)


def _fit(owner: str, table: DispatchTable, expected: KerasTensor, value: Any) -> Any:
    if value is None and _optional(expected):
        return None
    if not isinstance(value, table.tensor_types):
        try:
            value = to_tensor(table, value)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{owner}: input '{_name(expected)}': {error}") from error
    if table.dtype_names[value.dtype] != expected.dtype:
        value = cast_with_mask(table, value, expected.dtype)
    shape, wanted = table.static_shape(value), expected.shape
    if shape[1:] == wanted[1:] and wanted[:1] == (None,) and shape:
        return value
    if len(shape) != expected.ndim:
        if len(shape) == expected.ndim + 1 and shape[-1] == 1:
            value = table.squeeze(value, (len(shape) - 1,))
        elif len(shape) == expected.ndim - 1 and expected.shape[-1] == 1:
            value = table.expand_dims(value, len(shape))
        shape = table.static_shape(value)
    if len(shape) != expected.ndim or any(
        one is not None and size is not None and one != size for one, size in zip(wanted, shape, strict=True)
    ):
        raise ValueError(
            f"{owner}: input '{_name(expected)}': expected shape {wanted}, got {tuple(shape)}."
            f"{_hint(wanted, tuple(shape))}"
        )
    return value


def _hint(expected: tuple[int | None, ...], got: tuple[int | None, ...]) -> str:
    """Return what the difference of two shapes looks like, a sentence with a space before it, or nothing."""
    if got == expected[1:]:
        return " The axis of the batch is missing: of one sample x a batch is x[None]; Input(shape) is without it."
    if len(got) == len(expected) > 2 and sorted(map(str, got[1:])) == sorted(map(str, expected[1:])):
        return " The axes come in another order: see ops.transpose, and data_format for the place of the channels."
    return ""


def _name(tensor: KerasTensor) -> str:
    return tensor.name if tensor._keras_history is None else tensor._keras_history.operation.name
