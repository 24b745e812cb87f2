"""`Identity`: returns what it gets."""

from __future__ import annotations

from typing import Any

from keras_core.layers.layer import Layer


class Identity(Layer):
    """Returns its inputs, a tensor or a tree of tensors.

    Args:
        **kwargs: as of `Layer`.

    Example:
        >>> keras.layers.Identity()(np.array([1.0, 2.0], "float32")).tolist()
        [1.0, 2.0]
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        """Return the inputs."""
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the inputs."""
        return input_shape

    def compute_output_spec(self, inputs: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return symbolic tensors of the shapes and dtypes of the outputs.

        Args:
            inputs: as of `call`, symbolic tensors.
        """
        return super().compute_output_spec(inputs)
