"""`Sequential`: a model that is a stack of layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keras_core.dtype_policies import DTypePolicy
from keras_core.layers.build import is_shape, map_shapes, shapes_of
from keras_core.layers.call_facts import facts_of_function
from keras_core.layers.failures import note_call
from keras_core.layers.input_layer import Input, InputLayer
from keras_core.layers.layer import Layer
from keras_core.layers.state import layer_scope
from keras_core.models.graph import Graph
from keras_core.models.matching import match_inputs
from keras_core.models.model import Model
from keras_core.runtime import tree
from keras_core.runtime.call_context import set_mask
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.serialization import custom_object_scope, deserialize_keras_object, serialize_keras_object
from keras_core.runtime.table import DispatchTable, active


class Sequential(Model):
    """A model in which each layer gets what the one before gives.

    It is built when its first element is an `Input`, or else at the first call.

    Args:
        layers: the layers, the first one perhaps an `Input`.
        trainable: whether training changes it.
        name: name; made up when None.

    Example:
        >>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
        >>> model.output_shape
        (None, 2)
    """

    _passes_masks = True
    _config_has_layers = True

    def __init__(self, layers: Any = None, trainable: bool = True, name: str | None = None) -> None:
        Layer.__init__(self, trainable=trainable, name=name, autocast=False)
        own = self.__dict__
        own["_stack"] = []  # layers without the input
        own["_taken"] = set()  # their names
        own["_given_input"] = None  # the InputLayer, where the model begins with one tensor
        own["_outputs"] = []  # symbolic input, then the output of each layer
        own["_graph"] = None
        for layer in [layers] if isinstance(layers, Layer) else layers or ():
            self.add(layer)

    # the stack

    def add(self, layer: Any, rebuild: bool = True) -> None:
        """Put a layer on top.

        Args:
            layer: the layer; an `Input` at the bottom.
            rebuild: whether a model that is built is built further at once.

        Raises:
            ValueError: for something that is no layer, an input that is not the first, or a name that is taken.
        """
        if isinstance(layer, KerasTensor) and layer._keras_history is not None:
            layer = layer._keras_history.operation
        if not isinstance(layer, Layer):
            hint = ""
            if isinstance(layer, type):
                hint = f" A layer is an instance of its class: {layer.__name__}(...)."
            elif callable(layer):
                hint = " A function is put into a layer: Lambda(function)."
            raise ValueError(
                f"{self.label}: expected a layer to add, got {layer!r} of type {type(layer).__name__}.{hint}"
            )
        if isinstance(layer, InputLayer):
            if self._stack or self._given_input is not None:
                raise ValueError(f"{self.label}: an Input must be the first element; it has {len(self._stack)} layers.")
            self._begin(layer._inbound_nodes[0].outputs, layer)
            return
        if layer.name in self._taken:
            raise ValueError(
                f"{self.label}: names must be unique in a model, and there is a layer named '{layer.name}'. "
                "Give one of them another name."
            )
        if not self._stack and not self._outputs and getattr(layer, "_input_shape_argument", None) is not None:
            symbolic = Input(batch_shape=layer._input_shape_argument, dtype=layer.input_dtype)
            self._begin(symbolic, symbolic._keras_history.operation)
        self._stack.append(layer)
        self._taken.add(layer.name)
        self._tracker.locked = False
        self._tracker.add("layer", layer)
        self._tracker.locked = self.built
        if rebuild:
            self._extend()

    def pop(self, rebuild: bool = True) -> Any:
        """Take the last layer off and return it.

        Args:
            rebuild: whether a model that is built stays built.

        Raises:
            ValueError: where there is no layer.
        """
        if not self._stack:
            raise ValueError(f"{self.label}: there is no layer to take off.")
        layer = self._stack.pop()
        self._taken.discard(layer.name)
        self._tracker.locked = False
        self._tracker.untrack(layer)
        self._tracker.locked = self.built
        del self._outputs[len(self._stack) + 1 :]
        self.__dict__["_graph"] = None
        if rebuild:
            self._extend()
        return layer

    def _begin(self, inputs: Any, layer: InputLayer | None) -> None:
        own = self.__dict__
        own["_given_input"] = layer
        own["_outputs"] = [inputs]
        own["_build_shapes"] = {"input_shape": tree.map_structure(lambda tensor: tensor.shape, inputs)}
        self._extend()

    def _extend(self) -> None:
        """Call those layers on symbolic tensors that have not been."""
        own = self.__dict__
        outputs = own["_outputs"]
        if not outputs:
            return
        with layer_scope(self):
            self._note_path()
            for layer in self._stack[len(outputs) - 1 :]:
                try:
                    outputs.append(layer(outputs[-1]))
                except Exception as error:
                    note_call(self, error, (outputs[-1],), {})
                    raise
                own["_graph"] = None
        own["built"] = bool(self._stack)
        own["_settled"] = own["built"]
        self._tracker.locked = self.built

    # building

    def build(self, input_shape: Any = None) -> None:
        """Make the variables.

        Args:
            input_shape: shape of the input with the batch size; None where the model begins with an `Input`.

        Raises:
            ValueError: where no shape is known, or there is no layer.
        """
        if self._outputs:
            self._extend()
            return
        if input_shape is None or not self._stack:
            lack = "an input_shape" if self._stack else "a layer"
            raise ValueError(f"{self.label}: expected {lack} to build it; or begin the model with an Input(shape).")
        dtype = self._stack[0].input_dtype
        inputs = map_shapes(lambda shape: Input(batch_shape=shape, dtype=dtype), input_shape)
        self._begin(inputs, inputs._keras_history.operation if is_shape(input_shape) else None)

    def _build_for(self, table: DispatchTable, arguments: dict[str, Any]) -> None:
        shapes = shapes_of(table, {"inputs": arguments.get("inputs")})
        # The batch size of the first call says nothing about the next.
        self.build(map_shapes(lambda shape: (None, *shape[1:]) if shape else shape, shapes.get("inputs_shape")))

    # running

    @property
    def _functional(self) -> Graph:
        if self._graph is None:
            if not self._outputs:
                raise AttributeError(
                    f"{self.label}: its inputs are not known yet; begin it with an Input(shape), build or call it."
                )
            self.__dict__["_graph"] = Graph(self._outputs[0], self._outputs[-1], self.label)
        return self._graph

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None, **kwargs: Any) -> Any:
        """Return what the last layer gives.

        Args:
            inputs: tensor, or what the first layer takes.
            training: whether layers behave as in training.
            mask: mask of the inputs.
            **kwargs: further arguments, for those layers whose `call` has them.
        """
        values = match_inputs(self._functional, self.label, active(), inputs)
        if mask is not None:
            for value, one in zip(values, tree.flatten(mask), strict=True):
                set_mask(value, one)
        if not kwargs:
            return self._functional.run(values)
        outputs = tree.unflatten(tree.flatten_with_structure(self._outputs[0])[1], values)
        for layer in self._stack:
            parameters = facts_of_function(type(layer).call).parameters
            outputs = layer(outputs, **{name: value for name, value in kwargs.items() if name in parameters})
        return outputs

    def compute_output_shape(self, input_shape: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the shape of the outputs for a shape of the inputs."""
        for layer in self._stack:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    def compute_output_spec(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, inputs: Any, training: bool | None = None, mask: Any = None, **kwargs: Any
    ) -> Any:
        """Return symbolic tensors of the shapes and dtypes of the outputs; see `call`."""
        return super().compute_output_spec(inputs, training=training, mask=mask, **kwargs)

    # what it consists of

    @property
    def layers(self) -> list[Any]:
        """The layers from the bottom, without the `Input`."""
        return list(self._stack)

    @layers.setter
    def layers(self, _: Any) -> None:
        raise AttributeError(f"{self.label}: 'layers' is what the model consists of; use add() and pop().")

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic inputs as a flat list."""
        return self._functional.inputs

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic outputs as a flat list."""
        return self._functional.outputs

    @property
    def input(self) -> Any:
        """The symbolic input."""
        return self._functional.inputs_structure

    @property
    def output(self) -> Any:
        """The symbolic output."""
        return self._functional.outputs_structure

    @property
    def input_shape(self) -> Any:
        """Shape of the input."""
        return tree.map_structure(lambda tensor: tensor.shape, self.input)

    @property
    def output_shape(self) -> Any:
        """Shape of the output."""
        return tree.map_structure(lambda tensor: tensor.shape, self.output)

    @property
    def input_dtype(self) -> str:
        """dtype of the input; that of the first layer before the model is built."""
        if self._outputs:
            return self.inputs[0].dtype
        return self._stack[0].input_dtype if self._stack else super().input_dtype

    @property
    def input_names(self) -> list[str]:
        """Names of the inputs."""
        return [tensor._keras_history.operation.name for tensor in self.inputs]

    @property
    def output_names(self) -> list[str]:
        """Names of the operations that make the outputs."""
        return [tensor._keras_history.operation.name for tensor in self.outputs]

    # configuration

    def get_config(self) -> dict[str, Any]:
        """Return the layers as plain data in the layout of Keras 3."""
        if type(self).__init__ is not Sequential.__init__:
            return self._automatic_config(self._base_config())
        layers = [self._given_input, *self._stack] if self._given_input is not None else self._stack
        config = {**self._base_config(), "layers": [serialize_keras_object(layer) for layer in layers]}
        if self._outputs:
            config["build_input_shape"] = tree.map_structure(lambda x: x.shape, self._outputs[0])
        return config

    get_config._automatic = True  # pyright: ignore[reportFunctionMemberAccess]

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None, safe_mode: bool | None = True
    ) -> Any:
        """Return a model from the result of `get_config`.

        Args:
            config: result of `get_config`.
            custom_objects: names and classes that the configuration may name too.
            safe_mode: as of `deserialize_keras_object`, for what is inside.
        """
        if cls.__init__ is not Sequential.__init__ or "layers" not in config:
            return super().from_config(config, custom_objects, safe_mode)
        model = cls(name=config.get("name"))
        if config.get("dtype") is not None:
            model.dtype_policy = deserialize_keras_object(config["dtype"], expected=DTypePolicy)
        with custom_object_scope(custom_objects):
            for data in config["layers"]:
                model.add(deserialize_keras_object(data, None, safe_mode, expected=Layer))
        shape = config.get("build_input_shape")
        if shape is not None and not model._outputs and model._stack:
            model.build(map_shapes(tuple, shape))
        if not config.get("trainable", True):
            model.trainable = False
        return model

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        if self._outputs:
            state["_graph"] = self._functional
        state["_outputs"] = None
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        own = self.__dict__
        own["_outputs"] = []
        if self._graph is not None:
            own["_outputs"] = [self._graph.inputs_structure]
            own["_outputs"] += [layer._inbound_nodes[-1].outputs for layer in self._stack]
