"""What layers have in common whose outputs have the shape of their inputs."""

from __future__ import annotations

from typing import Any

from keras_core.layers.arguments import Shape
from keras_core.layers.layer import Layer


class SameShape(Layer):
    """A layer whose outputs have the shape and the mask of its inputs.

    Args:
        **kwargs: as of `Layer`.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the inputs."""
        return tuple(input_shape)
