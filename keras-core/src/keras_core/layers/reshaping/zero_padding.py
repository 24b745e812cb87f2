"""Padding by zeros: one base, and a class for each rank."""

from __future__ import annotations

from typing import Any, ClassVar

from keras_core import ops
from keras_core.layers.arguments import Shape, data_format_of, integers, side_pairs, with_defaults
from keras_core.layers.input_spec import InputSpec
from keras_core.layers.layer import Layer


class ZeroPadding(Layer):
    """Adds zeros around `rank` spatial axes; users take `ZeroPadding1D`, `ZeroPadding2D`, `ZeroPadding3D`."""

    rank: ClassVar[int]

    def __init__(self, padding: Any = 1, data_format: str | None = None, **kwargs: Any) -> None:
        """Check the arguments.

        Args:
            padding: int for all sides; or, in one dimension, `(before, after)`, else a tuple with, for each spatial
                axis, an int for both sides or `(before, after)`.
            data_format: `"channels_last"`, `"channels_first"`, or None for the default.
            **kwargs: as of `Layer`.

        Raises:
            ValueError: for any other padding, or a negative one.
        """
        super().__init__(**kwargs)
        self.data_format = data_format_of(self, data_format)
        self.padding: Any = self._checked(padding)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def _checked(self, padding: Any) -> Any:
        if self.rank == 1:
            return integers(self, "padding", padding, 2, minimum=0)
        return side_pairs(self, "padding", padding, self.rank)

    def _widths(self) -> tuple[tuple[int, int], ...]:
        spatial = (self.padding,) if self.rank == 1 else self.padding
        none = (0, 0)
        return (none, *spatial, none) if self.data_format == "channels_last" else (none, none, *spatial)

    def call(self, inputs: Any) -> Any:
        """Return the padded inputs.

        Args:
            inputs: tensor of shape `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        """
        return ops.pad(inputs, self._widths())

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the outputs."""
        pairs = zip(input_shape, self._widths(), strict=True)
        return tuple(None if size is None else size + low + high for size, (low, high) in pairs)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "padding": self.padding, "data_format": self.data_format}


class ZeroPadding1D(ZeroPadding):
    """Adds zeros before and after the steps. See `ZeroPadding.__init__` for the arguments.

    Example:
        >>> keras.layers.ZeroPadding1D((2, 0))(np.ones((2, 4, 3))).shape
        (2, 6, 3)
    """

    rank = 1


class ZeroPadding2D(ZeroPadding):
    """Adds zeros around images. See `ZeroPadding.__init__` for the arguments.

    Example:
        >>> keras.layers.ZeroPadding2D(((1, 0), (2, 2)))(np.ones((2, 4, 4, 3))).shape
        (2, 5, 8, 3)
    """

    rank = 2
    __init__ = with_defaults(ZeroPadding.__init__, padding=(1, 1))


class ZeroPadding3D(ZeroPadding):
    """Adds zeros around volumes. See `ZeroPadding.__init__` for the arguments.

    Example:
        >>> keras.layers.ZeroPadding3D(1)(np.ones((2, 4, 4, 4, 3))).shape
        (2, 6, 6, 6, 3)
    """

    rank = 3
    __init__ = with_defaults(ZeroPadding.__init__, padding=((1, 1), (1, 1), (1, 1)))
