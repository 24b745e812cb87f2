"""Elementwise merging: one base, and a class for each operation."""

from __future__ import annotations

import functools
from typing import Any

from keras_core import ops
from keras_core.layers.arguments import Shape
from keras_core.layers.build import is_shape
from keras_core.layers.layer import Layer
from keras_core.runtime.inference import broadcast_shapes


class Merging(Layer):
    """Makes one tensor of a list of tensors; users take `Add`, `Concatenate` and the others.

    Inputs that broadcast may differ in shape; those of lower rank get axes of size 1 after that of the batch.

    Args:
        **kwargs: as of `Layer`.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        """Check the shapes."""
        self.compute_output_shape(input_shape)

    def call(self, inputs: Any) -> Any:
        """Return the merged inputs.

        Args:
            inputs: list or tuple of tensors.
        """
        ranks = [x.ndim for x in inputs]
        rank = max(ranks)
        if min(ranks) < rank:
            inputs = [ops.expand_dims(x, list(range(1, 1 + rank - x.ndim))) if x.ndim < rank else x for x in inputs]
        return self.merged(inputs)

    def merged(self, inputs: Any) -> Any:
        """Return the merged inputs, which have one rank."""
        raise NotImplementedError(f"{self.label} has no method merged().")

    def _shapes(self, input_shape: Any) -> list[Shape]:
        if is_shape(input_shape) or not isinstance(input_shape, list | tuple) or not input_shape:
            raise ValueError(f"{self.label}: expected a list of tensors, got the shape {input_shape}.")
        return [tuple(shape) for shape in input_shape]

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the outputs.

        Args:
            input_shape: list of the shapes of the inputs.

        Raises:
            ValueError: where the shapes do not broadcast, or batch sizes differ.
        """
        shapes = self._shapes(input_shape)
        if len({shape[0] for shape in shapes if shape} - {None}) > 1:
            raise ValueError(f"{self.label}: expected inputs of one batch size, got the shapes {shapes}.")
        rank = max(len(shape) for shape in shapes)
        aligned = [(*shape[:1], *(1,) * (rank - len(shape)), *shape[1:]) for shape in shapes]
        try:
            return broadcast_shapes(*aligned)
        except ValueError as error:
            raise ValueError(f"{self.label}: expected inputs that broadcast, got the shapes {shapes}.") from error

    def compute_output_spec(self, inputs: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return symbolic tensors of the shapes and dtypes of the outputs.

        Args:
            inputs: as of `call`, symbolic tensors.
        """
        return super().compute_output_spec(inputs)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return which elements some mask keeps, None unless every input has a mask."""
        if mask is None or any(item is None for item in mask):
            return None
        return functools.reduce(ops.logical_or, mask)


class Add(Merging):
    """Adds the inputs.

    Args:
        **kwargs: as of `Layer`.

    Example:
        >>> keras.layers.Add()([np.ones((2, 3)), np.ones((2, 3))])[0]
        array([2., 2., 2.], dtype=float32)
    """

    def merged(self, inputs: Any) -> Any:
        """Return the sum."""
        return functools.reduce(ops.add, inputs)


class Subtract(Merging):
    """Subtracts the second of two inputs from the first.

    Args:
        **kwargs: as of `Layer`.

    Example:
        >>> keras.layers.Subtract()([np.ones((2, 3)), np.ones((2, 3))])[0]
        array([0., 0., 0.], dtype=float32)
    """

    def _shapes(self, input_shape: Any) -> list[Shape]:
        shapes = super()._shapes(input_shape)
        if len(shapes) != 2:
            raise ValueError(f"{self.label}: expected two inputs, got the shapes {shapes}.")
        return shapes

    def merged(self, inputs: Any) -> Any:
        """Return the difference."""
        return ops.subtract(*inputs)


class Multiply(Merging):
    """Multiplies the inputs elementwise.

    Args:
        **kwargs: as of `Layer`.

    Example:
        >>> keras.layers.Multiply()([np.full((2, 3), 2.0), np.full((2, 3), 3.0)])[0]
        array([6., 6., 6.], dtype=float32)
    """

    def merged(self, inputs: Any) -> Any:
        """Return the product."""
        return functools.reduce(ops.multiply, inputs)


class Average(Merging):
    """Takes the mean of the inputs elementwise.

    Args:
        **kwargs: as of `Layer`.

    Example:
        >>> keras.layers.Average()([np.full((2, 3), 2.0), np.full((2, 3), 4.0)])[0]
        array([3., 3., 3.], dtype=float32)
    """

    def merged(self, inputs: Any) -> Any:
        """Return the mean."""
        return ops.divide(functools.reduce(ops.add, inputs), len(inputs))


class Maximum(Merging):
    """Takes the largest of the inputs elementwise.

    Args:
        **kwargs: as of `Layer`.

    Example:
        >>> keras.layers.Maximum()([np.full((2, 3), 2.0), np.full((2, 3), 4.0)])[0]
        array([4., 4., 4.], dtype=float32)
    """

    def merged(self, inputs: Any) -> Any:
        """Return the maximum."""
        return functools.reduce(ops.maximum, inputs)


class Minimum(Merging):
    """Takes the smallest of the inputs elementwise.

    Args:
        **kwargs: as of `Layer`.

    Example:
        >>> keras.layers.Minimum()([np.full((2, 3), 2.0), np.full((2, 3), 4.0)])[0]
        array([2., 2., 2.], dtype=float32)
    """

    def merged(self, inputs: Any) -> Any:
        """Return the minimum."""
        return functools.reduce(ops.minimum, inputs)
