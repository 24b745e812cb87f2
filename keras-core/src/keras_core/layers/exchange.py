"""The part of `Layer` that hands its weights out as arrays and takes them in."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from typing import Any

import numpy as np

from keras_core.layers.state import LayerState
from keras_core.runtime.variable import Variable


class Exchange(LayerState):
    """Weights in and out."""

    def count_params(self) -> int:
        """Return the number of scalars in the weights.

        Raises:
            ValueError: before the layer is built.
        """
        if not self.built:
            raise ValueError(
                f"{self.label}: cannot count parameters before it is built; call build(input_shape) first."
            )
        return sum(int(np.prod(weight.shape)) for weight in self.weights)

    def get_weights(self) -> list[np.ndarray]:
        """Return the weights as NumPy arrays."""
        return [weight.numpy() for weight in self.weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set the weights.

        Args:
            weights: as `get_weights` returns them.

        Raises:
            ValueError: where the number or a shape differs.
        """
        own = self.weights
        if len(own) != len(weights):
            raise ValueError(f"{self.label}: expected {len(own)} arrays for set_weights, got {len(weights)}.")
        for variable, value in zip(own, weights, strict=True):
            if tuple(np.shape(value)) != variable.shape:
                raise ValueError(
                    f"{self.label}: expected shape {variable.shape} for weight '{variable.path}', "
                    f"got {np.shape(value)}."
                )
        for variable, value in zip(own, weights, strict=True):
            variable.assign(value)

    def _saved_variables(self) -> list[Variable]:
        """Return what files hold of this layer alone, in their order."""
        return self._own_weights()

    def save_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """Put the variables of this layer alone into a mapping under `"0"`, `"1"`, ...

        Args:
            store: mapping from keys to arrays.
        """
        for position, variable in enumerate(self._saved_variables()):
            store[str(position)] = variable.numpy()

    def load_own_variables(self, store: Any) -> None:
        """Set the variables of this layer alone from what `save_own_variables` stored.

        Args:
            store: mapping from keys to arrays.

        Raises:
            ValueError: where the number or a shape differs.
        """
        own = self._saved_variables()
        if len(store.keys()) != len(own):
            hint = "" if own or self.built else " The layer is not built; build it before loading its weights."
            raise ValueError(
                f"{self.label}: expected {len(own)} variables to load, the file has {len(store.keys())}.{hint}"
            )
        for position, variable in enumerate(own):
            variable.assign(np.asarray(store[str(position)]))
