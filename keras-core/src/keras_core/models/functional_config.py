"""Functional models as plain data in the layout of Keras 3, and back."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from keras_core.layers.layer import Layer
from keras_core.models.operations import call_arguments, op_of_class, operation_config, record_call
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.known_objects import DATA
from keras_core.runtime.operation import Node, OpCall, symbolic_leaves
from keras_core.runtime.refusal import shown
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object

Places = dict[int, list[Any]]

_NEVER_TRAINS = "never_trains"
Call = tuple[str, int]


def functional_config(model: Any) -> dict[str, Any]:
    """Return the configuration of a functional model."""
    graph = model._graph
    places: Places = {}
    for operation in graph.operations:
        for index, node in enumerate(graph.nodes_of(operation)):
            places |= {id(x): [operation.name, index, position] for position, x in enumerate(node.output_tensors)}
    return {
        "name": model.name,
        "trainable": model.trainable,
        "layers": [_operation(operation, graph.nodes_of(operation), places) for operation in graph.operations],
        "input_layers": _ends(graph.inputs_structure, places),
        "output_layers": _ends(graph.outputs_structure, places),
    }


def _operation(operation: Any, nodes: list[Node], places: Places) -> dict[str, Any]:
    if isinstance(operation, OpCall):
        first = nodes[0]
        data = operation_config(operation, first.args, first.kwargs)
        data["config"] = {key: serialize_keras_object(value) for key, value in data["config"].items()}
        calls = [(call_arguments(operation, node.args, node.kwargs), {}) for node in nodes]
    else:
        data = serialize_keras_object(operation)
        calls = [(node.args, node.kwargs) for node in nodes if not node.is_input]
    inbound = [_call(args, kwargs, places) for args, kwargs in calls]
    return {**data, "name": operation.name, "inbound_nodes": inbound}


def _call(args: Any, kwargs: dict[str, Any], places: Places) -> dict[str, Any]:
    """Return a call as data. Keras writes `training=False` where nobody said so: here it is told apart."""
    data = {"args": _plain(list(args), places), "kwargs": _plain(kwargs, places)}
    return {**data, _NEVER_TRAINS: True} if kwargs.get("training") is False else data


def _plain(values: Any, places: Places) -> Any:
    if isinstance(values, KerasTensor):
        config = {"shape": list(values.shape), "dtype": values.dtype, "keras_history": places[id(values)]}
        return {"class_name": "__keras_tensor__", "config": config}
    if isinstance(values, dict):
        return {key: _plain(item, places) for key, item in values.items()}
    if isinstance(values, list | tuple):
        return [_plain(item, places) for item in values]
    return serialize_keras_object(values)


def _ends(values: Any, places: Places) -> Any:
    if isinstance(values, KerasTensor):
        return list(places[id(values)])
    if isinstance(values, dict):
        return {key: _ends(item, places) for key, item in values.items()}
    return [_ends(item, places) for item in values]


# reading -----------------------------------------------------------------------------------------------------------


def is_functional_config(config: Any) -> bool:
    """Tell whether a configuration describes a graph of layers."""
    return isinstance(config, dict) and all(key in config for key in ("layers", "input_layers", "output_layers"))


def ends_from_config(config: dict[str, Any], safe_mode: bool | None = True) -> tuple[Any, Any]:
    """Make the layers of a configuration, call them on symbolic tensors, and return the inputs and outputs.

    Args:
        config: the configuration; its layers may stand in any order.
        safe_mode: as of `deserialize_keras_object`.

    Raises:
        ValueError: for a configuration that is not whole.
    """
    operations: dict[str, tuple[Any, dict[str, Any]]] = {}
    calls: dict[Call, dict[str, Any]] = {}
    for data in config["layers"]:
        name = data.get("name") or data["config"]["name"]
        if name in operations:
            raise ValueError(f"layer {shown(name)}: two layers have this name.")
        operations[name] = _operation_from(name, data, safe_mode), data["config"]
        listed = data.get("inbound_nodes", [])
        if not all(isinstance(call, dict) and "args" in call for call in listed):
            raise ValueError(f"layer {shown(name)}: its calls are in the layout of Keras 2, which is not read.")
        calls |= {(name, index): call for index, call in enumerate(listed)}
    made: dict[Call, list[KerasTensor]] = {}
    for name, (operation, _) in operations.items():
        if operation._inbound_nodes and not isinstance(operation, OpCall) and _is_input(operation):
            made[name, 0] = operation._inbound_nodes[0].output_tensors
    for place in _in_order(calls, made):
        operation, parameters = operations[place[0]]
        made[place] = _record(operation, parameters, calls[place], made)
    return _tensors(config["input_layers"], made), _tensors(config["output_layers"], made)


def _in_order(calls: dict[Call, dict[str, Any]], made: Mapping[Call, Any]) -> Iterator[Call]:
    """Yield each call after those whose outputs it needs, and after the earlier ones of its own layer."""
    lacking: dict[Call, int] = {}
    waiting: dict[Call, list[Call]] = {}
    for place, call in calls.items():
        name, index = place
        needs = {*_needs(call), *([(name, index - 1)] if index else [])}
        absent = [need for need in needs if need not in made]
        lacking[place] = len(absent)
        for need in absent:
            waiting.setdefault(need, []).append(place)
    ready = deque(place for place, count in lacking.items() if not count)
    left = set(calls)
    while ready:
        place = ready.popleft()
        yield place
        left.remove(place)
        for other in waiting.get(place, ()):
            lacking[other] -= 1
            if not lacking[other]:
                ready.append(other)
    if left:
        names = sorted({str(name) for name, _ in left})
        raise ValueError(f"the calls of {shown(names)} need outputs that nothing makes.")


def _is_input(operation: Any) -> bool:
    return operation._inbound_nodes[0].is_input


def _operation_from(name: str, data: dict[str, Any], safe_mode: bool | None) -> Any:
    op = op_of_class(str(data.get("class_name")), data.get("module"))
    if op is not None:
        return OpCall(op, name)
    described = {key: value for key, value in data.items() if key not in ("name", "inbound_nodes")}
    layer = deserialize_keras_object(described, None, safe_mode, expected=Layer)
    if not isinstance(layer, Layer):
        raise ValueError(f"layer {shown(name)}: expected the configuration of a layer, got {shown(described)}.")
    if layer.name != name:
        raise ValueError(f"layer {shown(name)}: its configuration gives the name {shown(layer.name)}.")
    return layer


def _history(value: Any) -> tuple[str, int, int] | None:
    if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
        name, node_index, tensor_index = value["config"]["keras_history"]
        return name, node_index, tensor_index
    return None


def _needs(value: Any) -> list[Call]:
    found: list[Call] = []
    pending = [value]
    while pending:
        item = pending.pop()
        place = _history(item)
        if place is not None:
            found.append(place[:2])
        elif isinstance(item, dict | list | tuple):
            pending += item.values() if isinstance(item, dict) else item
    return found


def _values(value: Any, made: dict[Call, list[KerasTensor]]) -> Any:
    place = _history(value)
    if place is not None:
        return made[place[:2]][place[2]]
    if isinstance(value, dict) and "class_name" not in value:
        return {key: _values(item, made) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_values(item, made) for item in value]
    return deserialize_keras_object(value, expected=DATA)


def _record(operation: Any, parameters: dict[str, Any], call: dict[str, Any], made: Any) -> list[KerasTensor]:
    args, kwargs = _values(call["args"], made), _values(call.get("kwargs") or {}, made)
    if isinstance(operation, OpCall):
        config = {key: deserialize_keras_object(value, expected=DATA) for key, value in parameters.items()}
        return symbolic_leaves(record_call(operation, config, args, kwargs))
    if kwargs.get("mask", ...) is None:
        del kwargs["mask"]  # what Keras writes for a nested Sequential that got none
    if kwargs.get("training") is False and call.get(_NEVER_TRAINS) is not True:
        del kwargs["training"]  # what Keras writes for each layer that behaves otherwise in training, such as Dropout
    return symbolic_leaves(operation(*args, **kwargs))


def _tensors(places: Any, made: dict[Call, list[KerasTensor]]) -> Any:
    if isinstance(places, dict):
        return {key: _tensors(item, made) for key, item in places.items()}
    if len(places) == 3 and isinstance(places[0], str):
        return made[places[0], places[1]][places[2]]
    return [_tensors(item, made) for item in places]
