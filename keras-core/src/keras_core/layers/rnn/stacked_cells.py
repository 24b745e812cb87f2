"""`StackedRNNCells`: several recurrent cells as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from keras_core import ops
from keras_core.layers.arguments import Shape, wrong
from keras_core.layers.call_facts import facts_of_function
from keras_core.layers.layer import Layer
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object


class StackedRNNCells(Layer):
    """Several recurrent cells as one: each gets the output of the cell before it.

    Args:
        cells: list of cells.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: where a cell is none.

    Example:
        >>> cells = [keras.layers.LSTMCell(4), keras.layers.LSTMCell(2)]
        >>> keras.layers.RNN(keras.layers.StackedRNNCells(cells))(np.ones((2, 5, 3))).shape
        (2, 2)
    """

    def __init__(self, cells: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for cell in cells:
            if not callable(cell) or not hasattr(cell, "state_size"):
                raise wrong(self, "cells", "a list of layers with the attribute 'state_size'", cell)
        if not cells:
            raise wrong(self, "cells", "a list of one cell or more", cells)
        self.cells = list(cells)

    @property
    def state_size(self) -> list[Any]:
        """The sizes of the states of each cell."""
        return [list(size) if isinstance(size, list | tuple) else size for size in self._sizes]

    @property
    def _sizes(self) -> list[Any]:
        return [cell.state_size for cell in self.cells]

    @property
    def output_size(self) -> int:
        """The size of the output of the last cell."""
        return output_size_of(self.cells[-1])

    def build(self, input_shape: Any) -> None:
        """Build the cells."""
        for cell in self.cells:
            build_cell(cell, tuple(input_shape))
            input_shape = (input_shape[0], output_size_of(cell))

    def get_initial_state(self, batch_size: Any = None) -> list[Any]:
        """Return the first states of each cell.

        Args:
            batch_size: number of samples.
        """
        states: list[Any] = []
        for cell, size in zip(self.cells, self._sizes, strict=True):
            if callable(getattr(cell, "get_initial_state", None)):
                states.append(cell.get_initial_state(batch_size))
            else:
                states.append(map_sizes(lambda one: ops.zeros((batch_size, one), self.compute_dtype), size))
        return states

    def draw_masks(self, step_input: Any, states: Any) -> None:
        """Draw the dropout masks of the cells before a loop.

        Args:
            step_input: tensor of the shape of the inputs of a step.
            states: states of each cell.
        """
        for cell, own in zip(self.cells, states, strict=True):
            if hasattr(cell, "draw_masks"):
                cell.draw_masks(step_input, _listed(own))
            step_input = ops.zeros((ops.shape(step_input)[0], output_size_of(cell)), self.compute_dtype)

    def reset_masks(self) -> None:
        """Let the next step draw new dropout masks."""
        for cell in self.cells:
            if hasattr(cell, "reset_masks"):
                cell.reset_masks()

    def call(self, inputs: Any, states: Any, training: bool = False, **kwargs: Any) -> tuple[Any, list[Any]]:
        """Return the output of the last cell, and the new states of each.

        Args:
            inputs: tensor of shape `(batch, features)`.
            states: states of each cell.
            training: told to the cells.
            **kwargs: told to those cells that have such an argument.
        """
        new: list[Any] = []
        for cell, own in zip(self.cells, states, strict=True):
            more: dict[str, Any] = {"training": training} if isinstance(cell, Layer) else {}
            if kwargs:
                taken = facts_of_function(type(cell).call if isinstance(cell, Layer) else type(cell).__call__)
                more |= {name: value for name, value in kwargs.items() if name in taken.parameters}
            inputs, changed = cell(inputs, _listed(own), **more)
            single = not isinstance(own, list | tuple)
            new.append(changed[0] if single and isinstance(changed, list | tuple) else changed)
        return inputs, new

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "cells": [serialize_keras_object(cell) for cell in self.cells]}

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None, safe_mode: bool | None = True
    ) -> StackedRNNCells:
        """Return cells from the result of `get_config`.

        Args:
            config: result of `get_config`.
            custom_objects: names and classes that the configuration may name too.
            safe_mode: as of `deserialize_keras_object`, for what is inside.

        Raises:
            TypeError: where the class of a cell is not known.
        """
        cells = deserialize_keras_object(list(config["cells"]), custom_objects, safe_mode, expected=Layer)
        return cls(**{**config, "cells": cells})


def _listed(states: Any) -> list[Any]:
    return list(states) if isinstance(states, list | tuple) else [states]


def output_size_of(cell: Any) -> int:
    """Return the size of the outputs of a cell: that of its first state where it names none."""
    size = getattr(cell, "output_size", None)
    return first_size(cell.state_size) if size is None else size


def first_size(sizes: Any) -> int:
    """Return the first of a nested list of sizes."""
    return first_size(sizes[0]) if isinstance(sizes, list | tuple) else sizes


def map_sizes(function: Any, sizes: Any) -> Any:
    """Return a nested list of sizes with the function applied to each."""
    return [map_sizes(function, size) for size in sizes] if isinstance(sizes, list | tuple) else function(sizes)


def build_cell(cell: Any, step_shape: Shape) -> None:
    """Build a cell that is a layer, unless it is built.

    Args:
        cell: the cell.
        step_shape: shape of the inputs of a step.
    """
    if not isinstance(cell, Layer) or cell.built:
        return
    if cell._has_own_build():
        cell.build(step_shape)
        return
    # The layers inside are built by a call on symbolic tensors.
    sizes = cell.state_size if isinstance(cell.state_size, list | tuple) else [cell.state_size]
    states = map_sizes(lambda size: KerasTensor((step_shape[0], size), cell.compute_dtype), list(sizes))
    cell.compute_output_spec(KerasTensor(step_shape, cell.compute_dtype), states)
