"""`Function`: an operation that runs a graph."""

from __future__ import annotations

from typing import Any

from keras_core.layers.build import map_shapes
from keras_core.models.graph import Graph
from keras_core.models.matching import match_inputs
from keras_core.runtime import tree
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.operation import Operation
from keras_core.runtime.table import active


class Function(Operation):
    """An operation that runs the graph between symbolic tensors.

    Args:
        inputs: tree of the symbolic tensors at which the graph begins; they need not come from `Input`.
        outputs: tree of the symbolic tensors at which it ends.
        name: name; made up when None.

    Raises:
        ValueError: where an output depends on an input that is not given.

    Example:
        >>> x = keras.KerasTensor((None, 2))
        >>> keras.Function(x, x * 3)(np.ones((1, 2))).tolist()
        [[3.0, 3.0]]
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None) -> None:
        super().__init__(name)
        self._graph = Graph(inputs, outputs, self.name)

    @property
    def operations(self) -> list[Any]:
        """What is called, those farthest from the outputs first."""
        return list(self._graph.operations)

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic inputs as a flat list."""
        return self._graph.inputs

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic outputs as a flat list."""
        return self._graph.outputs

    def call(self, inputs: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the outputs, in their structure.

        Args:
            inputs: values in the structure of the inputs.
        """
        return self._graph.run(match_inputs(self._graph, self.name, active(), inputs))

    def compute_output_spec(self, inputs: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return symbolic tensors of the shapes and dtypes of the outputs."""
        return super().compute_output_spec(inputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shapes of the outputs for shapes of the inputs, in their structure."""
        dtypes = iter([tensor.dtype for tensor in self.inputs])
        values = map_shapes(lambda shape: KerasTensor(shape, next(dtypes)), input_shape)
        return tree.map_structure(lambda tensor: tensor.shape, self.compute_output_spec(values))
