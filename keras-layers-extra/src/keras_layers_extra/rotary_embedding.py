"""`RotaryEmbedding`: positions as rotations."""

from typing import Any

import numpy as np

from keras_core import KerasTensor, layers, ops
from keras_layers_extra.arguments import integer, known_size, number, shown


class RotaryEmbedding(layers.Layer):
    """Rotates pairs of features by angles that grow with the position, so that scalar products depend on distances.

    Feature `i` of the first half and feature `i` of the second half are a pair; at position `p` it turns by
    `p / scaling_factor / max_wavelength ** (2 * i / features)`. Queries and keys of an attention go through it, values
    do not.

    Args:
        max_wavelength: the slowest pair turns once in about `2 * pi * max_wavelength` positions.
        scaling_factor: positions are divided by it, which stretches a model to longer sequences (Chen et al., 2023).
        sequence_axis: axis of the positions.
        feature_axis: axis of the features, of even size.
        **kwargs: as of `Layer`.

    Call arguments:
        inputs: float tensor, such as `(batch, sequence, features)` or `(batch, sequence, heads, features)`.
        start_index: int or int scalar tensor, position of the first element; with a cache of keys, their number.
        positions: ints of shape `(sequence,)` or `(batch, sequence)` instead of `start_index + 0, 1, 2, ...`.

    Raises:
        ValueError: for an argument out of range, an odd or unknown number of features, or one axis for both.

    Source:
        Su et al., "RoFormer: Enhanced Transformer with Rotary Position Embedding", 2021, arXiv:2104.09864.

    Example:
        >>> keras.layers.RotaryEmbedding()(np.ones((1, 8, 2, 4))).shape
        (1, 8, 2, 4)
    """

    def __init__(
        self,
        max_wavelength: float = 10000,
        scaling_factor: float = 1.0,
        sequence_axis: int = 1,
        feature_axis: int = -1,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.max_wavelength = number(self, "max_wavelength", max_wavelength, above=True)
        self.scaling_factor = number(self, "scaling_factor", scaling_factor, above=True)
        self.sequence_axis = integer(self, "sequence_axis", sequence_axis, minimum=None)
        self.feature_axis = integer(self, "feature_axis", feature_axis, minimum=None)
        self.supports_masking = True

    def build(self, inputs_shape: Any) -> None:
        """Check the shape; there are no weights."""
        features = known_size(self, inputs_shape, self.feature_axis)
        if features % 2:
            raise ValueError(
                f"{shown(self)}: expected an even number of features on axis {self.feature_axis}, got {features} in "
                f"the shape {tuple(inputs_shape)}."
            )
        rank = len(inputs_shape)
        if not -rank <= self.sequence_axis < rank or (self.sequence_axis - self.feature_axis) % rank == 0:
            raise ValueError(
                f"{shown(self)}: expected sequence_axis and feature_axis to be two axes of the inputs, got "
                f"{self.sequence_axis} and {self.feature_axis} for the shape {tuple(inputs_shape)}."
            )

    def call(self, inputs: Any, start_index: Any = 0, positions: Any = None) -> Any:
        """Return the rotated inputs, of the same shape."""
        inputs = ops.cast(inputs, self.compute_dtype)
        angles = self._angles(inputs, start_index, positions)
        cosine, sine = ops.cast(ops.cos(angles), self.compute_dtype), ops.cast(ops.sin(angles), self.compute_dtype)
        first, second = ops.split(inputs, 2, axis=self.feature_axis)
        turned = [first * cosine - second * sine, second * cosine + first * sine]
        return ops.concatenate(turned, axis=self.feature_axis)

    def _angles(self, inputs: Any, start_index: Any, positions: Any) -> Any:
        """Return the angles, with the rank of the inputs, size 1 where they do not depend on an axis."""
        # Half floats cannot tell apart positions above some thousands.
        dtype = "float64" if self.compute_dtype == "float64" else "float32"
        rank = inputs.ndim
        sequence_axis, feature_axis = self.sequence_axis % rank, self.feature_axis % rank
        axes = (sequence_axis,)
        if positions is None:
            length = ops.shape(inputs)[sequence_axis]
            positions = ops.cast(start_index, dtype) + ops.cast(ops.arange(length, dtype="int32"), dtype)
        else:
            positions = ops.cast(positions, dtype)
            axes = (0, sequence_axis)[-positions.ndim :]
            if positions.ndim not in (1, 2) or len(set(axes)) != positions.ndim or axes[0] > axes[-1]:
                raise ValueError(
                    f"{shown(self)}: expected positions of shape (sequence,), or (batch, sequence) where axis 0 is the "
                    f"batch; got {tuple(positions.shape)} with sequence_axis={self.sequence_axis}."
                )
        positions = ops.expand_dims(positions, tuple(axis for axis in range(rank) if axis not in axes))
        half = inputs.shape[feature_axis] // 2
        frequencies = self.max_wavelength ** (-np.arange(half) / half) / self.scaling_factor
        shape = tuple(half if axis == feature_axis else 1 for axis in range(rank))
        return positions * ops.convert_to_tensor(frequencies.reshape(shape), dtype)

    def compute_output_spec(self, inputs: Any, start_index: Any = 0, positions: Any = None) -> KerasTensor:
        """Return a symbolic tensor of the shape of the inputs."""
        return KerasTensor(inputs.shape, self.compute_dtype)

    def compute_output_shape(self, inputs_shape: Any) -> tuple[int | None, ...]:
        """Return the shape of the inputs."""
        return tuple(inputs_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {
            **super().get_config(),
            "max_wavelength": self.max_wavelength,
            "scaling_factor": self.scaling_factor,
            "sequence_axis": self.sequence_axis,
            "feature_axis": self.feature_axis,
        }
