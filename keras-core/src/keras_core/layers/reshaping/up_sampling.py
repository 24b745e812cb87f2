"""Upsampling: one base, and a class for each rank."""

from __future__ import annotations

from typing import Any, ClassVar

from keras_core import ops
from keras_core.layers.arguments import Shape, choice, data_format_of, integer, integers, of_kind, with_defaults
from keras_core.layers.input_spec import InputSpec
from keras_core.layers.layer import Layer
from keras_core.runtime.table import active

_INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")


class UpSampling(Layer):
    """Repeats the elements of `rank` spatial axes; users take `UpSampling1D`, `UpSampling2D`, `UpSampling3D`."""

    rank: ClassVar[int]

    def __init__(self, size: Any = 2, data_format: str | None = None, **kwargs: Any) -> None:
        """Check the arguments.

        Args:
            size: int or tuple of ints: how often each element of a spatial axis is repeated.
            data_format: `"channels_last"`, `"channels_first"`, or None for the default.
            **kwargs: as of `Layer`.

        Raises:
            ValueError: for a size that is no positive int or tuple of them, and for an unknown data format.
        """
        super().__init__(**kwargs)
        self.data_format = data_format_of(self, data_format)
        self.size: Any = integers(self, "size", size, self.rank)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def _factors(self) -> dict[int, int]:
        """Return axis -> how often its elements are repeated."""
        return dict(enumerate(self.size, 1 if self.data_format == "channels_last" else 2))

    def call(self, inputs: Any) -> Any:
        """Return the inputs with repeated elements.

        Args:
            inputs: tensor of shape `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        """
        for axis, factor in self._factors().items():
            inputs = ops.repeat(inputs, factor, axis=axis) if factor > 1 else inputs
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the outputs."""
        factors = self._factors()
        return tuple(None if size is None else size * factors.get(axis, 1) for axis, size in enumerate(input_shape))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "size": self.size, "data_format": self.data_format}


class UpSampling1D(UpSampling):
    """Repeats each step.

    Args:
        size: how often.
        **kwargs: as of `Layer`.

    Raises:
        TypeError: where `size` is no int.
        ValueError: where it is below 1.

    Example:
        >>> keras.layers.UpSampling1D(2)(np.array([[[1.0], [2.0]]], "float32")).ravel().tolist()
        [1.0, 1.0, 2.0, 2.0]
    """

    rank = 1

    def __init__(self, size: int = 2, **kwargs: Any) -> None:
        super().__init__(1, "channels_last", **kwargs)
        of_kind(integer, self, "size", size)
        self.size = integer(self, "size", size)

    def _factors(self) -> dict[int, int]:
        return {1: self.size}

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        config = super().get_config()
        del config["data_format"]
        return config


class UpSampling2D(UpSampling):
    """Makes images larger.

    Args:
        size: int or pair of ints: by how much height and width are multiplied.
        data_format: `"channels_last"`, `"channels_first"`, or None for the default.
        interpolation: `"nearest"` repeats pixels; `"bilinear"`, `"bicubic"`, `"lanczos3"` and `"lanczos5"` compute what
            lies between, for inputs of known height and width.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: for any other size, data format or interpolation.

    Example:
        >>> keras.layers.UpSampling2D((2, 3), interpolation="bilinear")(np.ones((2, 4, 4, 3))).shape
        (2, 8, 12, 3)
    """

    rank = 2

    def __init__(
        self, size: Any = (2, 2), data_format: str | None = None, interpolation: str = "nearest", **kwargs: Any
    ) -> None:
        super().__init__(size, data_format, **kwargs)
        self.interpolation = choice(self, "interpolation", interpolation, _INTERPOLATIONS)

    def call(self, inputs: Any) -> Any:
        """Return the larger images.

        Args:
            inputs: tensor of shape `(batch, height, width, channels)`, or `(batch, channels, height, width)`.

        Raises:
            ValueError: for unknown height or width, unless the interpolation is `"nearest"`.
        """
        if self.interpolation == "nearest":
            return super().call(inputs)
        shape = self.compute_output_shape(active().static_shape(inputs))
        sizes = [shape[axis] for axis in self._factors()]
        if None in sizes:
            raise ValueError(
                f"{self.label}: expected inputs of known height and width with interpolation={self.interpolation!r}, "
                f"got the shape {tuple(inputs.shape)}; 'nearest' takes unknown ones."
            )
        return ops.image.resize(inputs, sizes, self.interpolation, data_format=self.data_format)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "interpolation": self.interpolation}


class UpSampling3D(UpSampling):
    """Repeats the elements of volumes. See `UpSampling.__init__` for the arguments.

    Example:
        >>> keras.layers.UpSampling3D()(np.ones((2, 4, 4, 4, 3))).shape
        (2, 8, 8, 8, 3)
    """

    rank = 3
    __init__ = with_defaults(UpSampling.__init__, size=(2, 2, 2))
