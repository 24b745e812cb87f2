"""`Flatten`: all axes but that of the batch become one."""

from __future__ import annotations

import math
from typing import Any

from keras_core import ops
from keras_core.layers.arguments import Shape, data_format_of
from keras_core.layers.input_spec import InputSpec
from keras_core.layers.layer import Layer


class Flatten(Layer):
    """Makes one axis of all axes but that of the batch.

    Args:
        data_format: with `"channels_first"` the channels are moved to the last axis first; None for the default.
        **kwargs: as of `Layer`.

    Example:
        >>> keras.layers.Flatten()(np.ones((2, 3, 4))).shape
        (2, 12)
    """

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = data_format_of(self, data_format)
        self.input_spec = InputSpec(min_ndim=1)

    def call(self, inputs: Any) -> Any:
        """Return the inputs in the shape `(batch, size)`."""
        rank = inputs.ndim
        if self.data_format == "channels_first" and rank > 2:
            inputs = ops.transpose(inputs, (0, *range(2, rank), 1))
        sizes = ops.shape(inputs)
        known = all(isinstance(size, int) for size in sizes[1:])
        # One size may be left to the backend: that of the batch where it is not known yet, else that of the rest.
        batch = sizes[0] if isinstance(sizes[0], int) or not known else -1
        return ops.reshape(inputs, (batch, math.prod(sizes[1:]) if known else -1))

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the outputs."""
        sizes = input_shape[1:]
        return input_shape[0], None if None in sizes else math.prod(sizes)

    def compute_output_spec(self, inputs: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return symbolic tensors of the shapes and dtypes of the outputs.

        Args:
            inputs: as of `call`, symbolic tensors.
        """
        return super().compute_output_spec(inputs)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "data_format": self.data_format}
