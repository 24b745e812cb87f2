"""Convolution of any rank: one base, and a class for each rank."""

from __future__ import annotations

from typing import Any, ClassVar

from keras_core import ops, regularizers
from keras_core.layers.arguments import Shape, choice, data_format_of, integer, integers, known_size, with_defaults
from keras_core.layers.core.kernel_layer import KernelLayer
from keras_core.layers.input_spec import InputSpec
from keras_core.ops.convolution import explicit_padding, output_size


class Convolution(KernelLayer):
    """A convolution over `rank` spatial axes; users take `Conv1D`, `Conv2D`, `Conv3D`."""

    rank: ClassVar[int]

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
        rank = self.rank
        self.filters = integer(self, "filters", filters)
        self.groups = integer(self, "groups", groups)
        self.kernel_size = integers(self, "kernel_size", kernel_size, rank)
        self.strides = integers(self, "strides", strides, rank)
        self.dilation_rate = integers(self, "dilation_rate", dilation_rate, rank)
        self.padding = choice(self, "padding", padding, ("valid", "same", "causal") if rank == 1 else ("valid", "same"))
        self.data_format = data_format_of(self, data_format)
        if self.filters % self.groups:
            raise ValueError(
                f"{self.label}: expected 'filters' to be a multiple of 'groups', got {filters} and {groups}."
            )
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                f"{self.label}: expected 1 for 'strides' or for 'dilation_rate', got {strides} and {dilation_rate}."
            )
        self.input_spec = InputSpec(min_ndim=rank + 2)

    @property
    def _channel_axis(self) -> int:
        return -1 if self.data_format == "channels_last" else 1

    def build(self, input_shape: Any) -> None:
        """Make the kernel and the bias."""
        channels = known_size(self, input_shape, self._channel_axis)
        if channels % self.groups:
            raise ValueError(
                f"{self.label}: expected the number of input channels to be a multiple of groups={self.groups}, got "
                f"{channels} (axis {self._channel_axis} of the shape {tuple(input_shape)})."
            )
        self.input_spec = InputSpec(min_ndim=self.rank + 2, axes={self._channel_axis: channels})
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
        outputs = self.convolution_op(inputs, self.kernel)
        if self.bias is not None:
            bias = self.bias
            if self.data_format == "channels_first":
                bias = ops.reshape(bias, (self.filters, *(1,) * self.rank))
            outputs = ops.add(outputs, bias)
        return self._activated(outputs)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the outputs.

        Raises:
            ValueError: where the window is larger than the padded input.
        """
        last = self.data_format == "channels_last"
        sizes = tuple(input_shape[1:-1] if last else input_shape[2:])
        if len(sizes) != self.rank:
            raise ValueError(f"{self.label}: expected a shape of rank {self.rank + 2}, got {tuple(input_shape)}.")
        pairs = explicit_padding(self.padding, sizes, self.kernel_size, self.strides, self.dilation_rate)
        if pairs == "same":
            pairs = (None,) * self.rank
        spatial = [
            output_size(*facts)
            for facts in zip(sizes, self.kernel_size, self.strides, pairs, self.dilation_rate, strict=True)
        ]
        if any(size is not None and size < 1 for size in spatial):
            raise ValueError(
                f"{self.label}: the window of kernel_size={self.kernel_size} and dilation_rate={self.dilation_rate} is "
                f"larger than the input of shape {tuple(input_shape)}."
            )
        batch = input_shape[0]
        return (batch, *spatial, self.filters) if last else (batch, self.filters, *spatial)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "data_format": self.data_format,
            "dilation_rate": self.dilation_rate,
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
