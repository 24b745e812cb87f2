"""`Wrapper`: a layer around another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keras_core.layers.arguments import wrong
from keras_core.layers.layer import Layer
from keras_core.layers.serialization import deserialize, serialize


class Wrapper(Layer):
    """A layer around another, which it builds and saves; subclasses write `call`.

    Args:
        layer: the layer inside.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: where `layer` is no layer.

    Example:
        >>> class Twice(keras.layers.Wrapper):
        ...     def call(self, inputs):
        ...         return self.layer(self.layer(inputs))
        >>> Twice(keras.layers.Dense(3))(np.ones((2, 3))).shape
        (2, 3)
    """

    layer: Layer

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(layer, Layer):
            raise wrong(self, "layer", "a layer (an instance, not a class)", layer)
        self.layer = layer

    def build(self, input_shape: Any = None) -> None:
        """Build the layer inside."""
        if not self.layer.built:
            self.layer.build(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "layer": serialize(self.layer)}

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None, safe_mode: bool | None = True
    ) -> Any:
        """Return a layer from the result of `get_config`.

        Args:
            config: the result of `get_config`.
            custom_objects: names and classes that the configuration may name too.
            safe_mode: as of `deserialize_keras_object`, for what is inside.
        """
        return cls(**{**config, "layer": deserialize(config["layer"], custom_objects, safe_mode)})
