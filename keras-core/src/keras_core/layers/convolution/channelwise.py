"""Convolutions that treat each channel alone: depthwise, and separable, which mixes the channels afterwards."""

from __future__ import annotations

from typing import Any, ClassVar

from keras_core import activations, constraints, initializers, ops, regularizers
from keras_core.layers.arguments import integer, with_defaults
from keras_core.layers.convolution.window import WindowLayer

_PARTS = {"initializer": initializers, "regularizer": regularizers, "constraint": constraints}


class ChannelwiseConvolution(WindowLayer):
    """A convolution of each channel alone; users take `DepthwiseConv2D`, `SeparableConv2D` and the others.

    Each weight in `kinds` has an initializer, a regularizer and a constraint, the attributes `<kind>_initializer` and
    so on.
    """

    kinds: ClassVar[tuple[str, ...]]

    def _set_channelwise(self, depth_multiplier: Any, activation: Any, use_bias: bool, **parts: Any) -> None:
        """Take the arguments of the constructor about the weights.

        Args:
            depth_multiplier: number of outputs of each channel.
            activation: name or function; None for none.
            use_bias: whether a bias is added.
            **parts: `<kind>_initializer`, `<kind>_regularizer` and `<kind>_constraint` of each kind.
        """
        self.depth_multiplier = integer(self, "depth_multiplier", depth_multiplier)
        self.activation = activations.get(activation)
        self.use_bias = bool(use_bias)
        self.bias = None
        for name, value in parts.items():
            setattr(self, name, _PARTS[name.rpartition("_")[2]].get(value))

    def _add(self, kind: str, shape: tuple[int, ...], name: str) -> Any:
        """Make a weight of a kind."""
        initializer, regularizer, constraint = (getattr(self, f"{kind}_{part}") for part in _PARTS)
        return self.add_weight(shape, initializer, regularizer=regularizer, constraint=constraint, name=name)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {
            **super().get_config(),
            "depth_multiplier": self.depth_multiplier,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            **{
                f"{kind}_{part}": home.serialize(getattr(self, f"{kind}_{part}"))
                for part, home in _PARTS.items()
                for kind in self.kinds
            },
        }


class DepthwiseConvolution(ChannelwiseConvolution):
    """A convolution of each channel with filters of its own; users take `DepthwiseConv1D` and `DepthwiseConv2D`."""

    kinds = ("depthwise", "bias")

    def __init__(
        self,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        """Check the arguments.

        Args:
            kernel_size: int or tuple of ints: size of the window.
            strides: int or tuple of ints: steps of the window.
            padding: `"valid"` (none) or `"same"` (output size = input size / stride, rounded up).
            depth_multiplier: number of outputs of each channel.
            data_format: `"channels_last"`, `"channels_first"`, or None for the default.
            dilation_rate: int or tuple of ints: distance of the elements that the window sees.
            activation: name or function; None for none.
            use_bias: whether a bias is added.
            depthwise_initializer: first value of the kernel, of shape `(*kernel_size, channels, depth_multiplier)`.
            bias_initializer: first value of the bias, of shape `(channels * depth_multiplier,)`.
            depthwise_regularizer: penalty on the kernel, or None.
            bias_regularizer: penalty on the bias, or None.
            activity_regularizer: penalty on the outputs, or None.
            depthwise_constraint: what the optimizer applies to the kernel after an update, or None.
            bias_constraint: the same for the bias.
            **kwargs: as of `Layer`.

        Raises:
            ValueError: for an argument out of range, and for strides and dilation above 1 at once.
        """
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self._set_window(kernel_size, strides, padding, data_format, dilation_rate)
        self._set_channelwise(
            depth_multiplier,
            activation,
            use_bias,
            depthwise_initializer=depthwise_initializer,
            bias_initializer=bias_initializer,
            depthwise_regularizer=depthwise_regularizer,
            bias_regularizer=bias_regularizer,
            depthwise_constraint=depthwise_constraint,
            bias_constraint=bias_constraint,
        )

    def build(self, input_shape: Any) -> None:
        """Make the kernel and the bias."""
        channels = self._take_channels(input_shape)
        self.kernel = self._add("depthwise", (*self.kernel_size, channels, self.depth_multiplier), "kernel")
        if self.use_bias:
            self.bias = self._add("bias", (channels * self.depth_multiplier,), "bias")

    def call(self, inputs: Any) -> Any:
        """Return the outputs, of shape `(batch, *spatial, channels * depth_multiplier)`, or with these at axis 1.

        Args:
            inputs: tensor of shape `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        """
        return self._finished(
            ops.depthwise_conv(inputs, self.kernel, self.strides, self.padding, self.data_format, self.dilation_rate)
        )

    def _output_channels(self, input_shape: Any) -> int | None:
        channels = input_shape[self._channel_axis]
        return None if channels is None else channels * self.depth_multiplier


class SeparableConvolution(ChannelwiseConvolution):
    """A depthwise convolution, then one of window 1; users take `SeparableConv1D` and `SeparableConv2D`.

    Source:
        Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", 2016,
        https://arxiv.org/abs/1610.02357.
    """

    kinds = ("depthwise", "pointwise", "bias")

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        """Check the arguments.

        Args:
            filters: number of channels of the outputs.
            kernel_size: int or tuple of ints: size of the window.
            strides: int or tuple of ints: steps of the window.
            padding: `"valid"` (none) or `"same"` (output size = input size / stride, rounded up).
            data_format: `"channels_last"`, `"channels_first"`, or None for the default.
            dilation_rate: int or tuple of ints: distance of the elements that the window sees.
            depth_multiplier: number of outputs of each channel before the channels are mixed.
            activation: name or function; None for none.
            use_bias: whether a bias is added.
            depthwise_initializer: first value of the depthwise kernel, of shape `(*kernel_size, channels,
                depth_multiplier)`.
            pointwise_initializer: first value of the kernel that mixes the channels, of shape `(1, ...,
                channels * depth_multiplier, filters)`.
            bias_initializer: first value of the bias, of shape `(filters,)`.
            depthwise_regularizer: penalty on the depthwise kernel, or None.
            pointwise_regularizer: penalty on the pointwise kernel, or None.
            bias_regularizer: penalty on the bias, or None.
            activity_regularizer: penalty on the outputs, or None.
            depthwise_constraint: what the optimizer applies to the depthwise kernel after an update, or None.
            pointwise_constraint: the same for the pointwise kernel.
            bias_constraint: the same for the bias.
            **kwargs: as of `Layer`.

        Raises:
            ValueError: for an argument out of range, and for strides and dilation above 1 at once.
        """
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.filters = integer(self, "filters", filters)
        self._set_window(kernel_size, strides, padding, data_format, dilation_rate)
        self._set_channelwise(
            depth_multiplier,
            activation,
            use_bias,
            depthwise_initializer=depthwise_initializer,
            pointwise_initializer=pointwise_initializer,
            bias_initializer=bias_initializer,
            depthwise_regularizer=depthwise_regularizer,
            pointwise_regularizer=pointwise_regularizer,
            bias_regularizer=bias_regularizer,
            depthwise_constraint=depthwise_constraint,
            pointwise_constraint=pointwise_constraint,
            bias_constraint=bias_constraint,
        )

    def build(self, input_shape: Any) -> None:
        """Make the two kernels and the bias."""
        channels = self._take_channels(input_shape)
        wide = channels * self.depth_multiplier
        sizes = (*self.kernel_size, channels, self.depth_multiplier)
        self.depthwise_kernel = self._add("depthwise", sizes, "depthwise_kernel")
        self.pointwise_kernel = self._add("pointwise", (*(1,) * self.rank, wide, self.filters), "pointwise_kernel")
        if self.use_bias:
            self.bias = self._add("bias", (self.filters,), "bias")

    def call(self, inputs: Any) -> Any:
        """Return the outputs, of shape `(batch, *spatial, filters)`, with the filters at axis 1 if channels are there.

        Args:
            inputs: tensor of shape `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        """
        return self._finished(
            ops.separable_conv(
                inputs,
                self.depthwise_kernel,
                self.pointwise_kernel,
                self.strides,
                self.padding,
                self.data_format,
                self.dilation_rate,
            )
        )

    def _output_channels(self, input_shape: Any) -> int:
        return self.filters

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), "filters": self.filters}


class DepthwiseConv1D(DepthwiseConvolution):
    """Convolution over one spatial axis of each channel alone. See `DepthwiseConvolution.__init__` for the arguments.

    Example:
        >>> keras.layers.DepthwiseConv1D(3, depth_multiplier=2)(np.ones((2, 8, 3))).shape
        (2, 6, 6)
    """

    rank = 1


class DepthwiseConv2D(DepthwiseConvolution):
    """Convolution over two spatial axes of each channel alone. See `DepthwiseConvolution.__init__` for the arguments.

    Example:
        >>> keras.layers.DepthwiseConv2D(3)(np.ones((2, 8, 8, 3))).shape
        (2, 6, 6, 3)
    """

    rank = 2
    __init__ = with_defaults(DepthwiseConvolution.__init__, strides=(1, 1), dilation_rate=(1, 1))


class SeparableConv1D(SeparableConvolution):
    """Separable convolution over one spatial axis. See `SeparableConvolution.__init__` for the arguments.

    Example:
        >>> keras.layers.SeparableConv1D(4, 3)(np.ones((2, 8, 3))).shape
        (2, 6, 4)
    """

    rank = 1


class SeparableConv2D(SeparableConvolution):
    """Separable convolution over two spatial axes. See `SeparableConvolution.__init__` for the arguments.

    Example:
        >>> keras.layers.SeparableConv2D(4, 3, strides=2)(np.ones((2, 9, 9, 3))).shape
        (2, 4, 4, 4)
    """

    rank = 2
    __init__ = with_defaults(SeparableConvolution.__init__, strides=(1, 1), dilation_rate=(1, 1))


SeparableConvolution1D, SeparableConvolution2D = SeparableConv1D, SeparableConv2D
