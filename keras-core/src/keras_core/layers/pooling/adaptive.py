"""Pooling to a given size: one base, and a class for each rank and reduction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from keras_core import ops
from keras_core.layers.arguments import Shape, data_format_of, integers, of_kind
from keras_core.layers.input_spec import InputSpec
from keras_core.layers.layer import Layer


class AdaptivePooling(Layer):
    """Reduces windows that cover `rank` spatial axes evenly; users take `AdaptiveAveragePooling2D` and the others."""

    rank: ClassVar[int]
    reduce: ClassVar[Callable[..., Any]]

    def __init__(self, output_size: Any, data_format: str | None = None, **kwargs: Any) -> None:
        """Check the arguments.

        Args:
            output_size: int or tuple of ints: the spatial sizes of the outputs. Window `i` of `m` over `n` places goes
                from `floor(i * n / m)` to `ceil((i + 1) * n / m)`.
            data_format: `"channels_last"`, `"channels_first"`, or None for the default.
            **kwargs: as of `Layer`.

        Raises:
            TypeError: where the output size is neither an int nor a tuple of as many ints as there are spatial axes.
            ValueError: for a size below 1, or an unknown data format.
        """
        super().__init__(**kwargs)
        of_kind(integers, self, "output_size", output_size, self.rank)
        self.output_size = integers(self, "output_size", output_size, self.rank)
        self.data_format = data_format_of(self, data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def call(self, inputs: Any) -> Any:
        """Return the reduced windows, of the rank of the inputs.

        Args:
            inputs: tensor of shape `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`, whose spatial sizes
                are known.
        """
        return type(self).reduce(inputs, self.output_size, self.data_format)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the outputs."""
        if self.data_format == "channels_last":
            return (input_shape[0], *self.output_size, input_shape[-1])
        return (*input_shape[:2], *self.output_size)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "output_size": self.output_size, "data_format": self.data_format}


class AdaptiveAveragePooling1D(AdaptivePooling):
    """Takes the mean of windows over one axis, as many as asked for.

    See `AdaptivePooling.__init__` for the arguments.

    Example:
        >>> keras.layers.AdaptiveAveragePooling1D(3)(np.ones((2, 8, 3))).shape
        (2, 3, 3)
    """

    rank = 1
    reduce = ops.adaptive_average_pool


class AdaptiveAveragePooling2D(AdaptivePooling):
    """Takes the mean of windows over two axes, as many as asked for.

    See `AdaptivePooling.__init__` for the arguments.

    Example:
        >>> keras.layers.AdaptiveAveragePooling2D(3)(np.ones((2, 8, 8, 3))).shape
        (2, 3, 3, 3)
    """

    rank = 2
    reduce = ops.adaptive_average_pool


class AdaptiveAveragePooling3D(AdaptivePooling):
    """Takes the mean of windows over three axes, as many as asked for.

    See `AdaptivePooling.__init__` for the arguments.

    Example:
        >>> keras.layers.AdaptiveAveragePooling3D(3)(np.ones((2, 8, 8, 8, 3))).shape
        (2, 3, 3, 3, 3)
    """

    rank = 3
    reduce = ops.adaptive_average_pool


class AdaptiveMaxPooling1D(AdaptivePooling):
    """Takes the largest element of windows over one axis, as many as asked for.

    See `AdaptivePooling.__init__` for the arguments.

    Example:
        >>> keras.layers.AdaptiveMaxPooling1D(3)(np.ones((2, 8, 3))).shape
        (2, 3, 3)
    """

    rank = 1
    reduce = ops.adaptive_max_pool


class AdaptiveMaxPooling2D(AdaptivePooling):
    """Takes the largest element of windows over two axes, as many as asked for.

    See `AdaptivePooling.__init__` for the arguments.

    Example:
        >>> keras.layers.AdaptiveMaxPooling2D(3)(np.ones((2, 8, 8, 3))).shape
        (2, 3, 3, 3)
    """

    rank = 2
    reduce = ops.adaptive_max_pool


class AdaptiveMaxPooling3D(AdaptivePooling):
    """Takes the largest element of windows over three axes, as many as asked for.

    See `AdaptivePooling.__init__` for the arguments.

    Example:
        >>> keras.layers.AdaptiveMaxPooling3D(3)(np.ones((2, 8, 8, 8, 3))).shape
        (2, 3, 3, 3, 3)
    """

    rank = 3
    reduce = ops.adaptive_max_pool
