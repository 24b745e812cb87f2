"""Pooling over windows: one base, and a class for each rank and reduction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from keras_core import ops
from keras_core.layers.arguments import Shape, choice, data_format_of, integers, with_defaults
from keras_core.layers.input_spec import InputSpec
from keras_core.layers.layer import Layer
from keras_core.ops.convolution import explicit_padding, output_size


class Pooling(Layer):
    """Reduces each window over `rank` spatial axes; users take `MaxPooling2D` and the others."""

    rank: ClassVar[int]
    reduce: ClassVar[Callable[..., Any]]

    def __init__(
        self,
        pool_size: Any,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Check the arguments.

        Args:
            pool_size: int or tuple of ints: size of the window.
            strides: int or tuple of ints: steps of the window; None for `pool_size`.
            padding: `"valid"` (none) or `"same"` (output size = input size / stride, rounded up).
            data_format: `"channels_last"`, `"channels_first"`, or None for the default.
            name: name of the layer; made up when None.
            **kwargs: as of `Layer`.

        Raises:
            ValueError: for an argument out of range.
        """
        super().__init__(name=name, **kwargs)
        self.pool_size = integers(self, "pool_size", pool_size, self.rank)
        self.strides = self.pool_size if strides is None else integers(self, "strides", strides, self.rank)
        self.padding = choice(self, "padding", padding, ("valid", "same"))
        self.data_format = data_format_of(self, data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def call(self, inputs: Any) -> Any:
        """Return the reduced windows, of the rank of the inputs.

        Args:
            inputs: tensor of shape `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        """
        return type(self).reduce(inputs, self.pool_size, self.strides, self.padding, self.data_format)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the outputs.

        Raises:
            ValueError: where the window is larger than the input.
        """
        last = self.data_format == "channels_last"
        sizes = tuple(input_shape[1:-1] if last else input_shape[2:])
        if len(sizes) != self.rank:
            raise ValueError(f"{self.label}: expected a shape of rank {self.rank + 2}, got {tuple(input_shape)}.")
        ones = (1,) * self.rank
        pairs = explicit_padding(self.padding, sizes, self.pool_size, self.strides, ones)
        if pairs == "same":
            pairs = (None,) * self.rank
        spatial = [output_size(*facts) for facts in zip(sizes, self.pool_size, self.strides, pairs, ones, strict=True)]
        if any(size is not None and size < 1 for size in spatial):
            raise ValueError(
                f"{self.label}: pool_size={self.pool_size} is larger than the input of shape {tuple(input_shape)}."
            )
        return (input_shape[0], *spatial, input_shape[-1]) if last else (*input_shape[:2], *spatial)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {
            **super().get_config(),
            "pool_size": self.pool_size,
            "padding": self.padding,
            "strides": self.strides,
            "data_format": self.data_format,
        }


class MaxPooling1D(Pooling):
    """Takes the largest element of each window over one axis. See `Pooling.__init__` for the arguments.

    Example:
        >>> keras.layers.MaxPooling1D()(np.ones((2, 8, 3))).shape
        (2, 4, 3)
    """

    rank = 1
    reduce = ops.max_pool
    __init__ = with_defaults(Pooling.__init__, pool_size=2)


class MaxPooling2D(Pooling):
    """Takes the largest element of each window over two axes. See `Pooling.__init__` for the arguments.

    Example:
        >>> keras.layers.MaxPooling2D()(np.ones((2, 8, 8, 3))).shape
        (2, 4, 4, 3)
    """

    rank = 2
    reduce = ops.max_pool
    __init__ = with_defaults(Pooling.__init__, pool_size=(2, 2))


class MaxPooling3D(Pooling):
    """Takes the largest element of each window over three axes. See `Pooling.__init__` for the arguments.

    Example:
        >>> keras.layers.MaxPooling3D()(np.ones((2, 8, 8, 8, 3))).shape
        (2, 4, 4, 4, 3)
    """

    rank = 3
    reduce = ops.max_pool
    __init__ = with_defaults(Pooling.__init__, pool_size=(2, 2, 2))


class AveragePooling1D(Pooling):
    """Takes the mean of each window over one axis. See `Pooling.__init__` for the arguments.

    Example:
        >>> keras.layers.AveragePooling1D(2)(np.ones((2, 8, 3))).shape
        (2, 4, 3)
    """

    rank = 1
    reduce = ops.average_pool


class AveragePooling2D(Pooling):
    """Takes the mean of each window over two axes. See `Pooling.__init__` for the arguments.

    Example:
        >>> keras.layers.AveragePooling2D(2)(np.ones((2, 8, 8, 3))).shape
        (2, 4, 4, 3)
    """

    rank = 2
    reduce = ops.average_pool


class AveragePooling3D(Pooling):
    """Takes the mean of each window over three axes. See `Pooling.__init__` for the arguments.

    Example:
        >>> keras.layers.AveragePooling3D(2)(np.ones((2, 8, 8, 8, 3))).shape
        (2, 4, 4, 4, 3)
    """

    rank = 3
    reduce = ops.average_pool


MaxPool1D, MaxPool2D, MaxPool3D = MaxPooling1D, MaxPooling2D, MaxPooling3D
AvgPool1D, AvgPool2D, AvgPool3D = AveragePooling1D, AveragePooling2D, AveragePooling3D
