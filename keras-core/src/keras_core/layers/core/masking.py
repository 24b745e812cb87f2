"""`Masking`: marks the steps of a sequence that are padding."""

from __future__ import annotations

from typing import Any

from keras_core import ops
from keras_core.layers.arguments import Shape
from keras_core.layers.layer import Layer
from keras_core.runtime.call_context import set_mask
from keras_core.runtime.known_objects import DATA
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object


class Masking(Layer):
    """Masks the steps all of whose features are `mask_value`, and sets them to 0.

    Args:
        mask_value: the value of padding.
        **kwargs: as of `Layer`.

    Example:
        >>> layer = keras.layers.Masking(mask_value=9.0)
        >>> layer(np.array([[[1.0], [9.0]]], "float32")).tolist()
        [[[1.0], [0.0]]]
    """

    def __init__(self, mask_value: Any = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mask_value = (
            deserialize_keras_object(mask_value, expected=DATA) if isinstance(mask_value, dict) else mask_value
        )
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        """Return the inputs, masked steps 0.

        Args:
            inputs: tensor of shape `(batch, steps, features)`, or with more axes between.
        """
        mask = self.compute_mask(inputs)
        outputs = ops.multiply(inputs, ops.cast(ops.expand_dims(mask, -1), inputs.dtype))
        set_mask(outputs, mask)
        return outputs

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return which steps have a feature other than `mask_value`."""
        return ops.any(ops.not_equal(inputs, self.mask_value), axis=-1)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the inputs."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "mask_value": serialize_keras_object(self.mask_value)}
