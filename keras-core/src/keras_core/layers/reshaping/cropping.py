"""Cropping: one base, and a class for each rank."""

from __future__ import annotations

from typing import Any, ClassVar

from keras_core import ops
from keras_core.layers.arguments import Shape, data_format_of, integers, side_pairs, with_defaults
from keras_core.layers.input_spec import InputSpec
from keras_core.layers.layer import Layer
from keras_core.ops.convolution_variants import cropped
from keras_core.runtime.table import active


class Cropping(Layer):
    """Cuts elements off both ends of `rank` spatial axes; users take `Cropping1D`, `Cropping2D`, `Cropping3D`."""

    rank: ClassVar[int]

    def __init__(self, cropping: Any = 1, data_format: str | None = None, **kwargs: Any) -> None:
        """Check the arguments.

        Args:
            cropping: int for all sides, or a tuple with, for each spatial axis, an int for both sides or
                `(before, after)`.
            data_format: `"channels_last"`, `"channels_first"`, or None for the default.
            **kwargs: as of `Layer`.

        Raises:
            ValueError: for any other cropping, or a negative one.
        """
        super().__init__(**kwargs)
        self.data_format = data_format_of(self, data_format)
        self.cropping: Any = side_pairs(self, "cropping", cropping, self.rank)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def _pairs(self) -> tuple[tuple[int, int], ...]:
        """Return how much is cut, for each axis of the inputs."""
        none = (0, 0)
        return (none, *self.cropping, none) if self.data_format == "channels_last" else (none, none, *self.cropping)

    def call(self, inputs: Any) -> Any:
        """Return the inputs without their borders.

        Args:
            inputs: tensor of shape `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.

        Raises:
            ValueError: where nothing would be left.
        """
        sizes, pairs = active().static_shape(inputs), self._pairs()
        self.compute_output_shape(sizes)
        known = [
            slice(before, None if size is None else size - after)
            for size, (before, after) in zip(sizes, pairs, strict=True)
        ]
        outputs = ops.get_item(inputs, tuple(known))
        for axis, (_, after) in enumerate(pairs):
            if after and sizes[axis] is None:
                outputs = cropped(outputs, axis, 0, after)
        return outputs

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the outputs.

        Raises:
            ValueError: where nothing would be left.
        """
        pairs = self._pairs()
        if len(input_shape) != len(pairs):
            raise ValueError(f"{self.label}: expected a shape of rank {len(pairs)}, got {tuple(input_shape)}.")
        sizes = [None if size is None else size - sum(pair) for size, pair in zip(input_shape, pairs, strict=True)]
        if any(size is not None and size < 1 and sum(pair) for size, pair in zip(sizes, pairs, strict=True)):
            raise ValueError(
                f"{self.label}: cropping={self.cropping} leaves nothing of an input of shape {tuple(input_shape)}; it "
                "has to be smaller than the input."
            )
        return tuple(sizes)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "cropping": self.cropping, "data_format": self.data_format}


class Cropping1D(Cropping):
    """Cuts off the first and the last steps.

    Args:
        cropping: int for both ends, or `(before, after)`.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: for any other cropping, or a negative one.

    Example:
        >>> keras.layers.Cropping1D((2, 0))(np.ones((2, 6, 3))).shape
        (2, 4, 3)
    """

    rank = 1

    def __init__(self, cropping: Any = (1, 1), **kwargs: Any) -> None:
        super().__init__(0, "channels_last", **kwargs)
        self.cropping = integers(self, "cropping", cropping, 2, minimum=0)

    def _pairs(self) -> tuple[tuple[int, int], ...]:
        return ((0, 0), self.cropping, (0, 0))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        config = super().get_config()
        del config["data_format"]
        return config


class Cropping2D(Cropping):
    """Cuts off the borders of images. See `Cropping.__init__` for the arguments.

    Example:
        >>> keras.layers.Cropping2D(((1, 0), (2, 2)))(np.ones((2, 6, 6, 3))).shape
        (2, 5, 2, 3)
    """

    rank = 2
    __init__ = with_defaults(Cropping.__init__, cropping=((0, 0), (0, 0)))


class Cropping3D(Cropping):
    """Cuts off the borders of volumes. See `Cropping.__init__` for the arguments.

    Example:
        >>> keras.layers.Cropping3D()(np.ones((2, 6, 6, 6, 3))).shape
        (2, 4, 4, 4, 3)
    """

    rank = 3
    __init__ = with_defaults(Cropping.__init__, cropping=((1, 1), (1, 1), (1, 1)))
