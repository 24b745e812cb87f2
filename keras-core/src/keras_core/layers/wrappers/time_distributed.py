"""`TimeDistributed`: one layer for every step of a sequence."""

from __future__ import annotations

from typing import Any

from keras_core import ops
from keras_core.layers.build import map_shapes
from keras_core.layers.call_facts import facts_of_function
from keras_core.layers.wrappers.wrapper import Wrapper
from keras_core.runtime import tree
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.table import active


class TimeDistributed(Wrapper):
    """Applies a layer to every step.

    Batch and steps become one axis for the layer, and two axes again in the outputs. A layer that keeps a state is
    called with one step after the other instead: where a layer inside is stateful, and in training where one has
    variables that are not trained, such as the moving statistics of batch normalization, which normalizes each step
    by its own mean.

    Args:
        layer: the layer, for inputs without the axis of the steps.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: where `layer` is no layer, or (the call) for inputs of less than three axes, or a number of steps
            that is not known while a layer that keeps a state is compiled.

    Example:
        >>> keras.layers.TimeDistributed(keras.layers.Conv2D(4, 3))(np.ones((2, 5, 8, 8, 3))).shape
        (2, 5, 6, 6, 4)
    """

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        super().__init__(layer, **kwargs)
        self.supports_masking = True

    def _shape_of_step(self, input_shape: Any) -> tuple[int | None, ...]:
        if len(input_shape) < 3:
            raise ValueError(
                f"{self.label}: expected inputs of three axes or more, (batch, steps, ...), got the shape "
                f"{tuple(input_shape)}."
            )
        return (input_shape[0], *input_shape[2:])

    def build(self, input_shape: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Build the layer inside, for one step."""
        super().build(self._shape_of_step(input_shape))

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Return the outputs of the layer, with the axis of the steps after that of the batch.

        Args:
            inputs: tensor of shape `(batch, steps, ...)`.
            training: passed to the layer, where it takes it.
            mask: tensor of shape `(batch, steps, ...)`, passed to the layer without the axis of the steps, where it
                takes one.
        """
        taken = facts_of_function(type(self.layer).call).parameters
        options = {"training": training} if "training" in taken else {}
        tensors = {"mask": mask} if mask is not None and "mask" in taken else {}
        if self._keeps_state(bool(training)):
            return self._step_by_step(inputs, tensors, options)
        sizes, known = ops.shape(inputs), active().static_shape(inputs)
        folded = {name: _folded(tensor) for name, tensor in tensors.items()}
        outputs = self.layer(_folded(inputs), **folded, **options)
        return tree.map_structure(lambda output: _unfolded(output, sizes[:2], known[:2]), outputs)

    def _keeps_state(self, training: bool) -> bool:
        """Tell whether what a call gives, or leaves behind, depends on the steps that the layer has seen before."""
        parts = self.layer._flatten_layers()
        return any(getattr(part, "stateful", False) for part in parts) or (
            training and any(part._tracker.non_trainable_variables for part in parts)
        )

    def _step_by_step(self, inputs: Any, tensors: dict[str, Any], options: dict[str, Any]) -> Any:
        """Return the outputs of one call a step; symbolic ones, which are alike for all, of one call."""

        def outputs_of(step: int) -> Any:
            return self.layer(inputs[:, step], **{name: each[:, step] for name, each in tensors.items()}, **options)

        steps = active().static_shape(inputs)[1]
        if active().is_symbolic:
            return tree.map_structure(
                lambda output: KerasTensor((output.shape[0], steps, *output.shape[1:]), output.dtype), outputs_of(0)
            )
        if not steps:
            raise ValueError(
                f"{self.label}: {self.layer.label} keeps a state, so it is called once a step: expected a known number "
                f"of steps, which is not 0, got the shape {active().static_shape(inputs)}. Pad them to one length."
            )
        return tree.map_structure(lambda *each: ops.stack(each, axis=1), *(outputs_of(step) for step in range(steps)))

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the outputs."""
        found = self.layer.compute_output_shape(self._shape_of_step(input_shape))
        return map_shapes(lambda shape: (shape[0], input_shape[1], *shape[1:]), found)


def _folded(x: Any) -> Any:
    """Return a tensor with the first two axes as one."""
    rest = ops.shape(x)[2:]
    first, second = ops.shape(x)[:2]
    if isinstance(first, int) and isinstance(second, int):
        return ops.reshape(x, (first * second, *rest))
    return ops.reshape(x, (-1, *rest))


def _unfolded(x: Any, sizes: tuple[Any, ...], known: tuple[int | None, ...]) -> Any:
    """Return a tensor with the first axis as two; one of their sizes may be left to the backend."""
    batch, steps = sizes
    batch = -1 if known[0] is None and known[1] is not None else batch
    steps = -1 if known[1] is None and known[0] is not None else steps
    return ops.reshape(x, (batch, steps, *ops.shape(x)[1:]))
