"""`Functional`: a model described by symbolic inputs and outputs."""

from __future__ import annotations

from collections import Counter
from typing import Any

from keras_core.layers.build import is_shape
from keras_core.layers.input_spec import InputSpec
from keras_core.layers.layer import Layer
from keras_core.models.graph import Graph, begin_at_inputs
from keras_core.models.matching import match_inputs
from keras_core.models.model import Model
from keras_core.runtime import tree
from keras_core.runtime.call_context import set_mask
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.operation import symbolic_leaves
from keras_core.runtime.table import active


class Functional(Model):
    """A model described by symbolic inputs and outputs; `Model(inputs, outputs)` makes one.

    Args:
        inputs: symbolic tensor, or nested lists, tuples and dicts of them.
        outputs: the same, computed from the inputs.
        name: name of the model; made up when None.
        **kwargs: `trainable`.

    Raises:
        ValueError: where inputs or outputs are no symbolic tensors, an output depends on a further input, or two layers
            have one name.

    Example:
        >>> x = keras.Input((3,))
        >>> model = keras.Model(x, {"double": x * 2})
        >>> model(np.ones((1, 3)))["double"].tolist()
        [[2.0, 2.0, 2.0]]
    """

    _passes_masks = True
    _checks_input_spec = False

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None, **kwargs: Any) -> None:
        if _is_plain(type(self)):
            self.__dict__.pop("_init_arguments", None)  # the graph has it all
        trainable = kwargs.pop("trainable", None)
        Layer.__init__(self, name=name, autocast=False, **kwargs)
        for what, values in (("inputs", inputs), ("outputs", outputs)):
            _check_symbolic(self.label, what, values)
        leaves = symbolic_leaves(inputs)
        if len({id(leaf) for leaf in leaves}) != len(leaves):
            raise ValueError(f"{self.label}: an input is given twice: {leaves}.")
        self._set_graph(Graph(*begin_at_inputs(inputs, outputs, self.label), self.label))
        if trainable is not None:
            self.trainable = trainable

    def _set_graph(self, graph: Graph) -> None:
        names = Counter(operation.name for operation in graph.operations)
        twice = [name for name, count in names.items() if count > 1]
        if twice:
            raise ValueError(
                f"{self.label}: names must be unique in a model, got several layers named {twice}. Give them other "
                "names; a layer that is called twice is one layer."
            )
        own = self.__dict__
        own["_graph"] = graph
        self._tracker.locked = False
        for operation in graph.operations:
            if isinstance(operation, Layer):
                self._tracker.add("layer", operation)
        own["built"] = True
        # The constructor of a subclass may go on, and make layers that its own `call` uses and builds.
        own["_settled"] = _is_plain(type(self))
        self._note_path()

    # what it consists of

    @property
    def operations(self) -> list[Any]:
        """Layers and calls of ops, those farthest from the outputs first."""
        return list(self._graph.operations)

    @property
    def layers(self) -> list[Any]:
        """The layers, those farthest from the outputs first."""
        return [operation for operation in self._graph.operations if isinstance(operation, Layer)]

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic inputs as a flat list."""
        return self._graph.inputs

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic outputs as a flat list."""
        return self._graph.outputs

    @property
    def input(self) -> Any:
        """The symbolic inputs in their structure."""
        return self._graph.inputs_structure

    @property
    def output(self) -> Any:
        """The symbolic outputs in their structure."""
        return self._graph.outputs_structure

    @property
    def input_shape(self) -> Any:
        """Shapes of the inputs, in their structure."""
        return tree.map_structure(lambda tensor: tensor.shape, self.input)

    @property
    def output_shape(self) -> Any:
        """Shapes of the outputs, in their structure."""
        return tree.map_structure(lambda tensor: tensor.shape, self.output)

    @property
    def input_names(self) -> list[str]:
        """Names of the inputs."""
        return [tensor._keras_history.operation.name for tensor in self.inputs]

    @property
    def output_names(self) -> list[str]:
        """Names of the operations that make the outputs."""
        return [tensor._keras_history.operation.name for tensor in self.outputs]

    @property
    def input_spec(self) -> Any:
        """What is expected of the inputs, the batch size left open."""
        return [
            InputSpec(shape=(None, *tensor.shape[1:]) if tensor.ndim else (), name=name, allow_last_axis_squeeze=True)
            for tensor, name in zip(self.inputs, self.input_names, strict=True)
        ]

    @input_spec.setter
    def input_spec(self, value: Any) -> None:
        if value is not None:
            raise AttributeError(f"{self.label}: input_spec follows from the inputs and cannot be set.")

    # running

    def build(self, input_shape: Any) -> None:
        """Do nothing: the layers were built when they were called on symbolic tensors."""

    def _has_own_build(self) -> bool:
        return False

    def get_build_config(self) -> None:
        """Return None: the inputs say everything."""

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Return the outputs, in their structure.

        Args:
            inputs: values in the structure of the inputs, or a dict by the names of the inputs.
            training: whether layers behave as in training.
            mask: masks of the inputs, in the same structure.
        """
        table = active()
        values = match_inputs(self._graph, self.label, table, inputs)
        if mask is not None:
            masks = tree.flatten(mask)
            for value, one in zip(values, masks, strict=True):
                if one is not None:
                    set_mask(value, one)
        return self._graph.run(values)

    def compute_output_shape(self, input_shape: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the shapes of the outputs for shapes of the inputs."""
        shapes = [input_shape] if is_shape(input_shape) else _flat_shapes(input_shape)
        if len(shapes) != len(self.inputs):
            raise ValueError(f"{self.label}: expected {len(self.inputs)} shapes, got {input_shape}.")
        tensors = [KerasTensor(shape, tensor.dtype) for shape, tensor in zip(shapes, self.inputs, strict=True)]
        positions = {id(tensor): new for tensor, new in zip(self.inputs, tensors, strict=True)}
        values = tree.map_structure(lambda tensor: positions[id(tensor)], self.input)
        return tree.map_structure(lambda tensor: tensor.shape, self.compute_output_spec(values))

    # configuration

    def get_config(self) -> dict[str, Any]:
        """Return the layers and how they are connected, as plain data in the layout of Keras 3.

        Raises:
            ValueError: where a call of a plain function is part of the graph.
        """
        if not _is_plain(type(self)):
            return self._automatic_config(self._base_config())
        from keras_core.models.functional_config import functional_config

        return functional_config(self)

    get_config._automatic = True  # pyright: ignore[reportFunctionMemberAccess]


def _is_plain(cls: type) -> bool:
    return cls.__init__ in (Functional.__init__, Model.__init__)


def _check_symbolic(label: str, what: str, values: Any) -> None:
    leaves = tree.flatten(values)
    wrong = [leaf for leaf in leaves if not isinstance(leaf, KerasTensor)]
    if wrong or not leaves:
        got = f"{wrong[0]!r} of type {type(wrong[0]).__name__}" if wrong else repr(values)
        raise ValueError(f"{label}: expected symbolic tensors, such as Input() gives, for the {what}; got {got}.")


def _flat_shapes(shapes: Any) -> list[Any]:
    if shapes is None or is_shape(shapes):
        return [shapes]
    items = [shapes[key] for key in sorted(shapes)] if isinstance(shapes, dict) else shapes
    return [shape for item in items for shape in _flat_shapes(item)]
