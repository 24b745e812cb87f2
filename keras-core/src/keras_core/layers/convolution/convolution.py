"""Convolution of any rank: one base, and a class for each rank."""

from __future__ import annotations

from typing import Any

from keras_core import ops, regularizers
from keras_core.layers.arguments import integer, with_defaults
from keras_core.layers.convolution.window import WindowLayer
from keras_core.layers.core.kernel_layer import KernelLayer


class Convolution(WindowLayer, KernelLayer):
    """A convolution over `rank` spatial axes; users take `Conv1D`, `Conv2D`, `Conv3D`."""

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        **kwargs: Any,
    ) -> None:
        """Check the arguments.

        Args:
            filters: number of channels of the outputs.
            kernel_size: int or tuple of ints: size of the window.
            strides: int or tuple of ints: steps of the window.
            padding: `"valid"` (none) or `"same"` (output size = input size / stride, rounded up); in one dimension
                also `"causal"` (outputs see no later inputs).
            data_format: `"channels_last"`, `"channels_first"`, or None for the default.
            dilation_rate: int or tuple of ints: distance of the elements that the window sees.
            groups: number of groups of channels that are convolved apart.
            activation: name or function; None for none.
            use_bias: whether a bias is added.
            kernel_initializer: first value of the kernel, of shape `(*kernel_size, channels // groups, filters)`.
            bias_initializer: first value of the bias, of shape `(filters,)`.
            kernel_regularizer: penalty on the kernel, or None.
            bias_regularizer: penalty on the bias, or None.
            activity_regularizer: penalty on the outputs, or None.
            kernel_constraint: what the optimizer applies to the kernel after an update, or None.
            bias_constraint: the same for the bias.
            lora_rank: rank of a low-rank adaptation, see `enable_lora`; None for none.
            lora_alpha: the adaptation is scaled by `lora_alpha / lora_rank`; None for `lora_rank`.
            **kwargs: as of `Layer`.

        Raises:
            ValueError: for an argument out of range, and for strides and dilation above 1 at once.
        """
        super().__init__(
            activation,
            use_bias,
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            activity_regularizer,
            kernel_constraint,
            bias_constraint,
            **kwargs,
        )
        self._set_low_rank(lora_rank, lora_alpha)
        self.filters = integer(self, "filters", filters)
        self.groups = integer(self, "groups", groups)
        if self.filters % self.groups:
            raise ValueError(
                f"{self.label}: expected 'filters' to be a multiple of 'groups', got {filters} and {groups}."
            )
        self._set_window(kernel_size, strides, padding, data_format, dilation_rate)

    def build(self, input_shape: Any) -> None:
        """Make the kernel and the bias."""
        channels = self._take_channels(input_shape)
        if channels % self.groups:
            raise ValueError(
                f"{self.label}: expected the number of input channels to be a multiple of groups={self.groups}, got "
                f"{channels} (axis {self._channel_axis} of the shape {tuple(input_shape)})."
            )
        self._add_weights((*self.kernel_size, channels // self.groups, self.filters), (self.filters,))

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """Return the convolution alone; subclasses may replace it.

        Args:
            inputs: as of `call`.
            kernel: tensor of the shape of `kernel`.
        """
        return ops.conv(inputs, kernel, self.strides, self.padding, self.data_format, self.dilation_rate)

    def call(self, inputs: Any) -> Any:
        """Return the outputs, of shape `(batch, *spatial, filters)`, with the filters at axis 1 if channels are there.

        Args:
            inputs: tensor of shape `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        """
        return self._finished(self.convolution_op(inputs, self.kernel))

    def _output_channels(self, input_shape: Any) -> int:
        return self.filters

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {
            **super().get_config(),
            "filters": self.filters,
            "groups": self.groups,
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
        }


class Conv1D(Convolution):
    """Convolution over one spatial axis, such as time.

    `inputs` have the shape `(batch, steps, channels)`. See `Convolution.__init__` for the arguments.

    Example:
        >>> keras.layers.Conv1D(4, 3, padding="causal")(np.ones((2, 8, 3))).shape
        (2, 8, 4)
    """

    rank = 1
    paddings = ("valid", "same", "causal")


class Conv2D(Convolution):
    """Convolution over two spatial axes, as of images.

    `inputs` have the shape `(batch, height, width, channels)`. See `Convolution.__init__` for the arguments.

    Example:
        >>> keras.layers.Conv2D(4, 3, activation="relu")(np.ones((2, 8, 8, 3))).shape
        (2, 6, 6, 4)
    """

    rank = 2
    __init__ = with_defaults(Convolution.__init__, strides=(1, 1), dilation_rate=(1, 1))


class Conv3D(Convolution):
    """Convolution over three spatial axes, as of volumes.

    `inputs` have the shape `(batch, depth, height, width, channels)`. See `Convolution.__init__` for the arguments.

    Example:
        >>> keras.layers.Conv3D(4, 2, strides=2)(np.ones((2, 8, 8, 8, 3))).shape
        (2, 4, 4, 4, 4)
    """

    rank = 3
    __init__ = with_defaults(Convolution.__init__, strides=(1, 1, 1), dilation_rate=(1, 1, 1))


Convolution1D, Convolution2D, Convolution3D = Conv1D, Conv2D, Conv3D
