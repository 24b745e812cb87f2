"""Copies of models with new weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras_core.layers.input_layer import Input, InputLayer
from keras_core.layers.layer import Layer
from keras_core.models.functional import Functional
from keras_core.models.model import Model
from keras_core.models.sequential import Sequential
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.operation import OpCall, substitute, symbolic_leaves
from keras_core.runtime.serialization import takes_safe_mode

Clone = Callable[[Any], Any]


def clone_model(
    model: Model,
    input_tensors: Any = None,
    clone_function: Clone | None = None,
    call_function: Callable[..., Any] | None = None,
    recursive: bool = False,
    *,
    safe_mode: bool | None = True,
    **kwargs: Any,
) -> Any:
    """Return a model of the same architecture with new layers, whose weights are drawn anew.

    Args:
        model: functional, sequential, or subclassed with a configuration.
        input_tensors: symbolic tensors to begin at instead of new inputs, in the order of the model's inputs.
        clone_function: `layer -> layer` that makes each layer; None for a copy from its configuration.
        call_function: `(layer, *args, **kwargs) -> outputs` that calls each layer of a functional model; None for the
            layer itself.
        recursive: whether layers of models inside go through `clone_function` too.
        safe_mode: False where the caller trusts the programs that layers of the model have read from other files; the
            copies read them again.
        **kwargs: none are known.

    Raises:
        ValueError: where an argument does not apply to the kind of model.

    Example:
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        >>> keras.models.clone_model(model).output_shape
        (None, 1)
    """
    if kwargs:
        raise TypeError(f"clone_model: unexpected arguments {sorted(kwargs)}.")
    if not isinstance(model, Model):
        raise ValueError(f"clone_model: expected a model, got {model!r} of type {type(model).__name__}.")
    clone = _cloner(clone_function, call_function, recursive, safe_mode)
    if type(model) is Sequential:
        if call_function is not None:
            raise ValueError(f"clone_model: call_function is for functional models only; {model.label} is sequential.")
        return _clone_sequential(model, input_tensors, clone)
    if isinstance(model, Functional):
        return _clone_functional(model, input_tensors, clone, call_function)
    if input_tensors is not None or clone_function is not None or call_function is not None:
        raise ValueError(
            f"clone_model: {model.label} is a subclassed model, whose layers only its own code makes; expected no "
            "input_tensors, clone_function and call_function."
        )
    return _from_configuration(model, safe_mode)


def _from_configuration(layer: Any, safe_mode: bool | None) -> Any:
    from_config = type(layer).from_config
    trust = {"safe_mode": safe_mode} if takes_safe_mode(from_config) else {}
    copy = from_config(layer.get_config(), **trust)
    shapes = layer.get_build_config() if layer.built else None
    if shapes is not None and not copy.built and isinstance(layer, Model):
        copy.build_from_config(shapes)
    return copy


def _cloner(
    clone_function: Clone | None, call_function: Callable[..., Any] | None, recursive: bool, safe_mode: bool | None
) -> Clone:
    clone = clone_function or (lambda layer: _from_configuration(layer, safe_mode))

    def cloned(layer: Any) -> Any:
        if isinstance(layer, InputLayer):
            return type(layer).from_config(layer.get_config())
        if recursive and isinstance(layer, Functional | Sequential):
            call = call_function if isinstance(layer, Functional) else None
            return clone_model(layer, None, clone_function, call, recursive, safe_mode=safe_mode)
        copy = clone(layer)
        if not isinstance(copy, Layer):
            raise ValueError(f"clone_model: expected a layer from clone_function for {layer.label}, got {copy!r}.")
        return copy

    return cloned


def _clone_sequential(model: Sequential, input_tensors: Any, clone: Clone) -> Sequential:
    layers = [clone(layer) for layer in model.layers]
    if input_tensors is not None:
        leaves = symbolic_leaves(input_tensors)
        if len(leaves) != 1:
            raise ValueError(f"clone_model: {model.label} has one input, got {len(leaves)} input_tensors.")
        layers.insert(0, _as_input(leaves[0]))
    elif model._given_input is not None:
        layers.insert(0, clone(model._given_input))
    return Sequential(layers, name=model.name, trainable=model.trainable)


def _as_input(tensor: KerasTensor) -> Any:
    history = tensor._keras_history
    if history is not None and isinstance(history.operation, InputLayer):
        return history.operation
    return Input(batch_shape=tensor.shape, dtype=tensor.dtype)


def _clone_functional(model: Functional, input_tensors: Any, clone: Clone, call_function: Any) -> Model:
    graph = model._graph
    copies = {id(operation): _copy(operation, clone) for operation in graph.operations}
    values: dict[int, Any] = {}
    if input_tensors is None:
        for tensor in graph.inputs:
            values[id(tensor)] = copies[id(tensor._keras_history.operation)]._inbound_nodes[0].outputs
    else:
        leaves = symbolic_leaves(input_tensors)
        if len(leaves) != len(graph.inputs):
            raise ValueError(
                f"clone_model: {model.label} has {len(graph.inputs)} inputs, got {len(leaves)} input_tensors."
            )
        values |= {id(tensor): leaf for tensor, leaf in zip(graph.inputs, leaves, strict=True)}
    for node in graph.nodes:
        if node.is_input:
            continue
        copy = copies[id(node.operation)]
        args, kwargs = substitute(node.args, values), substitute(node.kwargs, values)
        is_layer = isinstance(copy, Layer)
        if is_layer and call_function is not None:
            outputs = call_function(copy, *args, **kwargs)
        else:
            outputs = copy(*args, **kwargs) if is_layer else copy.symbolic_call(*args, **kwargs)
        values |= {id(x): new for x, new in zip(node.output_tensors, symbolic_leaves(outputs), strict=True)}
    inputs = substitute(graph.inputs_structure, values)
    outputs = substitute(graph.outputs_structure, values)
    return Functional(inputs, outputs, name=model.name, trainable=model.trainable)


def _copy(operation: Any, clone: Clone) -> Any:
    if isinstance(operation, Layer):
        return clone(operation)
    if isinstance(operation, OpCall):
        return OpCall(operation.op, operation.name)
    return operation  # a plain function has no state
