"""Transposed convolution of any rank: one base, and a class for each rank."""

from __future__ import annotations

from typing import Any

from keras_core import ops, regularizers
from keras_core.layers.arguments import Shape, integer, integers, with_defaults, wrong
from keras_core.layers.convolution.window import WindowLayer
from keras_core.layers.core.kernel_layer import KernelLayer
from keras_core.ops.convolution_variants import transpose_padding


class TransposedConvolution(WindowLayer, KernelLayer):
    """The step back of a convolution; users take `Conv1DTranspose`, `Conv2DTranspose`, `Conv3DTranspose`.

    Source:
        Zeiler et al., "Deconvolutional Networks", 2010; Dumoulin and Visin, "A guide to convolution arithmetic for deep
        learning", 2016, https://arxiv.org/abs/1603.07285.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        output_padding: Any = None,
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        """Check the arguments.

        Args:
            filters: number of channels of the outputs.
            kernel_size: int or tuple of ints: size of the window.
            strides: int or tuple of ints: distance in the outputs of neighbours in the inputs.
            padding: `"valid"` (all that the windows reach) or `"same"` (output size = input size * stride).
            output_padding: int or tuple of ints below the strides, for the size `(n - 1) * stride + window - 2 * border
                + output_padding`, with `border = window // 2` for `"same"`, else 0; None for the size that `padding`
                says.
            data_format: `"channels_last"`, `"channels_first"`, or None for the default.
            dilation_rate: int or tuple of ints: distance of the elements of the window.
            activation: name or function; None for none.
            use_bias: whether a bias is added.
            kernel_initializer: first value of the kernel, of shape `(*kernel_size, filters, channels)`.
            bias_initializer: first value of the bias, of shape `(filters,)`.
            kernel_regularizer: penalty on the kernel, or None.
            bias_regularizer: penalty on the bias, or None.
            activity_regularizer: penalty on the outputs, or None.
            kernel_constraint: what the optimizer applies to the kernel after an update, or None.
            bias_constraint: the same for the bias.
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
        self._set_low_rank(None, None)
        self.filters = integer(self, "filters", filters)
        self._set_window(kernel_size, strides, padding, data_format, dilation_rate)
        self.output_padding = self._checked_output_padding(output_padding)

    def _checked_output_padding(self, value: Any) -> tuple[int, ...] | None:
        if value is None:
            return None
        values = integers(self, "output_padding", value, self.rank, minimum=0)
        if any(more >= stride for more, stride in zip(values, self.strides, strict=True)):
            raise wrong(self, "output_padding", f"ints below the strides {self.strides}", value)
        return values

    def build(self, input_shape: Any) -> None:
        """Make the kernel and the bias."""
        channels = self._take_channels(input_shape)
        self._add_weights((*self.kernel_size, self.filters, channels), (self.filters,))

    def call(self, inputs: Any) -> Any:
        """Return the outputs, of shape `(batch, *spatial, filters)`, with the filters at axis 1 if channels are there.

        Args:
            inputs: tensor of shape `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        """
        return self._finished(
            ops.conv_transpose(
                inputs,
                self.kernel,
                self.strides,
                self.padding,
                self.output_padding,
                self.data_format,
                self.dilation_rate,
            )
        )

    def _output_channels(self, input_shape: Any) -> int:
        return self.filters

    def _output_sizes(self, sizes: Shape) -> Shape:
        found: list[int | None] = []
        for axis, size in enumerate(sizes):
            span = (self.kernel_size[axis] - 1) * self.dilation_rate[axis] + 1
            stride = self.strides[axis]
            more = None if self.output_padding is None else self.output_padding[axis]
            low, high = transpose_padding(span, stride, self.padding, more)
            found.append(None if size is None else size * stride + low + high - span + 1)
        return tuple(found)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {
            **super().get_config(),
            "filters": self.filters,
            "output_padding": self.output_padding,
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
        }


class Conv1DTranspose(TransposedConvolution):
    """Transposed convolution over one spatial axis, such as time.

    `inputs` have the shape `(batch, steps, channels)`. See `TransposedConvolution.__init__` for the arguments.

    Example:
        >>> keras.layers.Conv1DTranspose(4, 3, strides=2, padding="same")(np.ones((2, 8, 3))).shape
        (2, 16, 4)
    """

    rank = 1


class Conv2DTranspose(TransposedConvolution):
    """Transposed convolution over two spatial axes, as of images.

    `inputs` have the shape `(batch, height, width, channels)`. See `TransposedConvolution.__init__` for the arguments.

    Example:
        >>> keras.layers.Conv2DTranspose(4, 3)(np.ones((2, 8, 8, 3))).shape
        (2, 10, 10, 4)
    """

    rank = 2
    __init__ = with_defaults(TransposedConvolution.__init__, strides=(1, 1), dilation_rate=(1, 1))


class Conv3DTranspose(TransposedConvolution):
    """Transposed convolution over three spatial axes, as of volumes.

    `inputs` have the shape `(batch, depth, height, width, channels)`. See `TransposedConvolution.__init__` for the
    arguments; here `data_format` stands before `output_padding`.

    Example:
        >>> keras.layers.Conv3DTranspose(4, 2, strides=2)(np.ones((2, 4, 4, 4, 3))).shape
        (2, 8, 8, 8, 4)
    """

    rank = 3

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = (1, 1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        output_padding: Any = None,
        dilation_rate: Any = (1, 1, 1),
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            filters,
            kernel_size,
            strides,
            padding,
            output_padding,
            data_format,
            dilation_rate,
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


Convolution1DTranspose, Convolution2DTranspose, Convolution3DTranspose = (
    Conv1DTranspose,
    Conv2DTranspose,
    Conv3DTranspose,
)
