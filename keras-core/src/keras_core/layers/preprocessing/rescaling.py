"""`Rescaling`: brings values into a range."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keras_core import ops
from keras_core.layers.arguments import Shape
from keras_core.layers.layer import Layer
from keras_core.runtime.dtypes import is_float
from keras_core.runtime.known_objects import DATA
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object


class Rescaling(Layer):
    """Computes `inputs * scale + offset`, integers as floats: `Rescaling(1 / 255)` brings bytes into [0, 1].

    Args:
        scale: number, or one for each element of the last axis.
        offset: number, or one for each element of the last axis.
        **kwargs: as of `Layer`.

    Example:
        >>> keras.layers.Rescaling(1 / 255)(np.array([0, 255], "uint8")).tolist()
        [0.0, 1.0]
    """

    def __init__(self, scale: Any, offset: Any = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale = scale
        self.offset = offset
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        """Return the rescaled inputs, of the compute dtype where it is a float."""
        dtype = self.compute_dtype
        inputs = ops.cast(inputs, dtype if is_float(dtype) else "float32")
        scale, offset = self._operand(self.scale, inputs), self._operand(self.offset, inputs)
        return ops.add(ops.multiply(inputs, scale), offset)

    @staticmethod
    def _operand(value: Any, inputs: Any) -> Any:
        return value if isinstance(value, int | float) else ops.cast(ops.convert_to_tensor(value), inputs.dtype)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the inputs."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {
            **super().get_config(),
            "scale": serialize_keras_object(self.scale),
            "offset": serialize_keras_object(self.offset),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Rescaling:
        """Return a layer from the result of `get_config`.

        Args:
            config: result of `get_config`.
            custom_objects: kept for compatibility: the arguments are numbers.
        """
        values = {name: deserialize_keras_object(config[name], expected=DATA) for name in ("scale", "offset")}
        return cls(**{**config, **values})
