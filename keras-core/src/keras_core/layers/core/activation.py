"""`Activation`: an activation function as a layer."""

from __future__ import annotations

from typing import Any

from keras_core import activations
from keras_core.layers.same_shape import SameShape


class Activation(SameShape):
    """Applies an activation function.

    Args:
        activation: name or function.
        **kwargs: as of `Layer`.

    Example:
        >>> keras.layers.Activation("relu")(np.array([-1.0, 2.0], "float32")).tolist()
        [0.0, 2.0]
    """

    _is_activation = True

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.activation = activations.get(activation)

    def call(self, inputs: Any) -> Any:
        """Return the activated inputs."""
        return self.activation(inputs)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "activation": activations.serialize(self.activation)}
