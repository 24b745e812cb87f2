"""Normalization by a norm, without a mean: `RMSNormalization` and `UnitNormalization`."""

from __future__ import annotations

from typing import Any

from keras_core import ops
from keras_core.layers.arguments import Shape, integer, number, of_kind, wrong
from keras_core.layers.layer import Layer
from keras_core.layers.same_shape import SameShape
from keras_core.runtime.variable import Variable

_SMALLEST_SQUARE = 1e-12


class RMSNormalization(Layer):
    """Divides by the root mean square over axes of each sample, then scales.

    Args:
        axis: int, or list or tuple of ints: the axes over which the mean is taken; `scale` has their sizes.
        epsilon: small number added to the mean of the squares.
        **kwargs: as of `Layer`.

    Raises:
        TypeError: where `axis` is neither an int nor a list or tuple of ints.
        ValueError: where the inputs have no such axis.

    Source:
        Zhang and Sennrich, "Root Mean Square Layer Normalization", 2019, https://arxiv.org/abs/1910.07467.

    Example:
        >>> keras.layers.RMSNormalization(epsilon=0.0)(np.array([[3.0, -3.0]], "float32")).tolist()
        [[1.0, -1.0]]
    """

    scale: Variable

    def __init__(self, axis: Any = -1, epsilon: float = 1e-6, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._several = isinstance(axis, list | tuple)
        axes = axis if self._several else [axis]
        self.axis: Any = [of_kind(integer, self, "axis", item) for item in axes]
        self.epsilon = number(self, "epsilon", epsilon)

    def build(self, input_shape: Any) -> None:
        """Make `scale`."""
        shape = tuple(input_shape)
        if not all(-len(shape) <= axis < len(shape) for axis in self.axis):
            raise wrong(self, "axis", f"axes of inputs of shape {shape}", self.axis)
        # The sizes of the weight are in the order of the axes of the inputs.
        self.axis = sorted(self.axis, key=lambda axis: axis % len(shape))
        sizes = tuple(shape[axis] for axis in self.axis)
        if None in sizes:
            raise ValueError(
                f"{self.label}: expected inputs with known sizes of the axes {self.axis}, since the weight depends on "
                f"them; got the shape {shape}."
            )
        self.scale = self.add_weight(sizes, "ones", name="scale")

    def call(self, x: Any) -> Any:
        """Return the normalized inputs, of the same shape.

        Args:
            x: tensor.
        """
        return ops.rms_normalization(x, self.scale, tuple(self.axis), self.epsilon)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the inputs."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        axis = self.axis if self._several else self.axis[0]
        return {**super().get_config(), "axis": axis, "epsilon": self.epsilon}


class UnitNormalization(SameShape):
    """Divides by the Euclidean norm over axes, so that it becomes 1.

    Args:
        axis: int, or list or tuple of ints.
        **kwargs: as of `Layer`.

    Raises:
        TypeError: where `axis` is neither an int nor a list or tuple of ints.

    Example:
        >>> keras.layers.UnitNormalization()(np.array([[3.0, 4.0]], "float32")).tolist()
        [[0.6000000238418579, 0.800000011920929]]
    """

    def __init__(self, axis: Any = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        several = isinstance(axis, list | tuple)
        axes = [of_kind(integer, self, "axis", item) for item in (axis if several else [axis])]
        self.axis: Any = axes if several else axes[0]

    def call(self, inputs: Any) -> Any:
        """Return the normalized inputs, of the same shape."""
        axes = tuple(self.axis) if isinstance(self.axis, list) else self.axis
        square = ops.sum(ops.square(inputs), axes, keepdims=True)
        return ops.multiply(inputs, ops.rsqrt(ops.maximum(square, ops.cast(_SMALLEST_SQUARE, square.dtype))))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "axis": self.axis}
