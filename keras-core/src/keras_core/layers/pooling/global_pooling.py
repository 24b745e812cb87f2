"""Pooling over all spatial axes: one base, and a class for each rank and reduction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from keras_core import ops
from keras_core.layers.arguments import Shape, data_format_of
from keras_core.layers.input_spec import InputSpec
from keras_core.layers.layer import Layer
from keras_core.runtime.dtypes import is_float
from keras_core.runtime.table import active


class GlobalPooling(Layer):
    """Reduces all `rank` spatial axes; users take `GlobalAveragePooling2D` and the others."""

    rank: ClassVar[int]
    reduce: ClassVar[Callable[..., Any]]

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any) -> None:
        """Check the arguments.

        Args:
            data_format: `"channels_last"`, `"channels_first"`, or None for the default.
            keepdims: whether the spatial axes stay, with size 1.
            **kwargs: as of `Layer`.

        Raises:
            ValueError: for an unknown data format.
        """
        super().__init__(**kwargs)
        self.data_format = data_format_of(self, data_format)
        self.keepdims = bool(keepdims)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    @property
    def _spatial_axes(self) -> tuple[int, ...]:
        first = 1 if self.data_format == "channels_last" else 2
        return tuple(range(first, first + self.rank))

    def call(self, inputs: Any) -> Any:
        """Return the reduced inputs, of shape `(batch, channels)` without `keepdims`.

        Args:
            inputs: tensor of shape `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        """
        return type(self).reduce(inputs, self._spatial_axes, self.keepdims)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the outputs."""
        axes = self._spatial_axes
        if self.keepdims:
            return tuple(1 if axis in axes else size for axis, size in enumerate(input_shape))
        return tuple(size for axis, size in enumerate(input_shape) if axis not in axes)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "data_format": self.data_format, "keepdims": self.keepdims}


class GlobalAveragePooling1D(GlobalPooling):
    """Takes the mean over the steps; those that are masked do not count.

    See `GlobalPooling.__init__` for the arguments.

    Example:
        >>> keras.layers.GlobalAveragePooling1D()(np.ones((2, 8, 3))).shape
        (2, 3)
    """

    rank = 1
    reduce = ops.mean

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Return the mean over the steps, of shape `(batch, channels)` without `keepdims`.

        Args:
            inputs: tensor of shape `(batch, steps, channels)`, or `(batch, channels, steps)`.
            mask: bool tensor of shape `(batch, steps)`: which steps count; None for all.
        """
        if mask is None:
            return super().call(inputs)
        (axis,) = self._spatial_axes
        dtype = active().dtype_of(inputs)
        counts = ops.expand_dims(ops.cast(mask, dtype if is_float(dtype) else self.compute_dtype), 3 - axis)
        total = ops.sum(ops.multiply(inputs, counts), axis, self.keepdims)
        return ops.divide(total, ops.sum(counts, axis, self.keepdims))

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return None: the outputs have no steps."""
        return None


class GlobalAveragePooling2D(GlobalPooling):
    """Takes the mean over two spatial axes. See `GlobalPooling.__init__` for the arguments.

    Example:
        >>> keras.layers.GlobalAveragePooling2D()(np.ones((2, 8, 8, 3))).shape
        (2, 3)
    """

    rank = 2
    reduce = ops.mean


class GlobalAveragePooling3D(GlobalPooling):
    """Takes the mean over three spatial axes. See `GlobalPooling.__init__` for the arguments.

    Example:
        >>> keras.layers.GlobalAveragePooling3D()(np.ones((2, 8, 8, 8, 3))).shape
        (2, 3)
    """

    rank = 3
    reduce = ops.mean


class GlobalMaxPooling1D(GlobalPooling):
    """Takes the largest element over the steps. See `GlobalPooling.__init__` for the arguments.

    Example:
        >>> keras.layers.GlobalMaxPooling1D()(np.ones((2, 8, 3))).shape
        (2, 3)
    """

    rank = 1
    reduce = ops.max


class GlobalMaxPooling2D(GlobalPooling):
    """Takes the largest element over two spatial axes. See `GlobalPooling.__init__` for the arguments.

    Example:
        >>> keras.layers.GlobalMaxPooling2D()(np.ones((2, 8, 8, 3))).shape
        (2, 3)
    """

    rank = 2
    reduce = ops.max


class GlobalMaxPooling3D(GlobalPooling):
    """Takes the largest element over three spatial axes. See `GlobalPooling.__init__` for the arguments.

    Example:
        >>> keras.layers.GlobalMaxPooling3D()(np.ones((2, 8, 8, 8, 3))).shape
        (2, 3)
    """

    rank = 3
    reduce = ops.max


GlobalAvgPool1D = GlobalAveragePooling1D
GlobalAvgPool2D = GlobalAveragePooling2D
GlobalAvgPool3D = GlobalAveragePooling3D
GlobalMaxPool1D = GlobalMaxPooling1D
GlobalMaxPool2D = GlobalMaxPooling2D
GlobalMaxPool3D = GlobalMaxPooling3D
