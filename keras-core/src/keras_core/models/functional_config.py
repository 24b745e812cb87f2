"""Functional models as plain data in the layout of Keras 3, and back."""

from __future__ import annotations

from typing import Any

from keras_core.layers.layer import Layer
from keras_core.models.operations import call_arguments, op_of_class, operation_config, record_call
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.operation import Node, OpCall, symbolic_leaves
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object

Places = dict[int, list[Any]]


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
    inbound = [{"args": _plain(list(args), places), "kwargs": _plain(kwargs, places)} for args, kwargs in calls]
    return {**data, "name": operation.name, "inbound_nodes": inbound}


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


def ends_from_config(config: dict[str, Any]) -> tuple[Any, Any]:
    """Make the layers of a configuration, call them on symbolic tensors, and return the inputs and outputs.

    Raises:
        ValueError: for a configuration that is not whole.
    """
    operations: dict[str, tuple[Any, dict[str, Any]]] = {}
    pending: list[tuple[str, int, dict[str, Any]]] = []
    for data in config["layers"]:
        name = data.get("name") or data["config"]["name"]
        operations[name] = _operation_from(name, data), data["config"]
        calls = data.get("inbound_nodes", [])
        if not all(isinstance(call, dict) and "args" in call for call in calls):
            raise ValueError(f"layer '{name}': its calls are in the layout of Keras 2, which is not read.")
        pending += [(name, index, call) for index, call in enumerate(calls)]
    made: dict[tuple[str, int], list[KerasTensor]] = {}
    for name, (operation, _) in operations.items():
        if operation._inbound_nodes and not isinstance(operation, OpCall) and _is_input(operation):
            made[name, 0] = operation._inbound_nodes[0].output_tensors
    while pending:
        waiting: list[tuple[str, int, dict[str, Any]]] = []
        for name, index, call in pending:
            # The calls of one layer are recorded in their order, so that its node indices stay.
            ready = all(place in made for place in _needs(call)) and (index == 0 or (name, index - 1) in made)
            if not ready:
                waiting.append((name, index, call))
                continue
            operation, parameters = operations[name]
            made[name, index] = _record(operation, parameters, call, made)
        if len(waiting) == len(pending):
            raise ValueError(
                f"the calls of {sorted({name for name, _, _ in waiting})} need outputs that nothing makes."
            )
        pending = waiting
    return _tensors(config["input_layers"], made), _tensors(config["output_layers"], made)


def _is_input(operation: Any) -> bool:
    return operation._inbound_nodes[0].is_input


def _operation_from(name: str, data: dict[str, Any]) -> Any:
    op = op_of_class(str(data.get("class_name")), data.get("module"))
    if op is not None:
        return OpCall(op, name)
    layer = deserialize_keras_object(
        {key: value for key, value in data.items() if key not in ("name", "inbound_nodes")}
    )
    if not isinstance(layer, Layer):
        raise ValueError(f"layer '{name}': expected the configuration of a layer, got {data.get('class_name')!r}.")
    if layer.name != name:
        raise ValueError(f"layer '{name}': its configuration gives the name '{layer.name}'.")
    return layer


def _history(value: Any) -> tuple[str, int, int] | None:
    if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
        name, node_index, tensor_index = value["config"]["keras_history"]
        return name, node_index, tensor_index
    return None


def _needs(value: Any) -> list[tuple[str, int]]:
    place = _history(value)
    if place is not None:
        return [place[:2]]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [place for item in items for place in _needs(item)]


def _values(value: Any, made: dict[tuple[str, int], list[KerasTensor]]) -> Any:
    place = _history(value)
    if place is not None:
        return made[place[:2]][place[2]]
    if isinstance(value, dict) and "class_name" not in value:
        return {key: _values(item, made) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_values(item, made) for item in value]
    return deserialize_keras_object(value)


def _record(operation: Any, parameters: dict[str, Any], call: dict[str, Any], made: Any) -> list[KerasTensor]:
    args, kwargs = _values(call["args"], made), _values(call.get("kwargs") or {}, made)
    if isinstance(operation, OpCall):
        config = {key: deserialize_keras_object(value) for key, value in parameters.items()}
        return symbolic_leaves(record_call(operation, config, args, kwargs))
    if kwargs.get("mask", ...) is None:
        del kwargs["mask"]  # what Keras writes for a nested Sequential that got none
    return symbolic_leaves(operation(*args, **kwargs))


def _tensors(places: Any, made: dict[tuple[str, int], list[KerasTensor]]) -> Any:
    if isinstance(places, dict):
        return {key: _tensors(item, made) for key, item in places.items()}
    if len(places) == 3 and isinstance(places[0], str):
        return made[places[0], places[1]][places[2]]
    return [_tensors(item, made) for item in places]
