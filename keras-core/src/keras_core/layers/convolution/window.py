"""What layers that move a window over their inputs have in common."""

from __future__ import annotations

from typing import Any, ClassVar

from keras_core import activations, ops
from keras_core.layers.arguments import Shape, choice, data_format_of, form_of_images, integers, known_size
from keras_core.layers.input_spec import InputSpec
from keras_core.layers.layer import Layer
from keras_core.ops.convolution import explicit_padding, output_size


class WindowLayer(Layer):
    """A layer that moves a window over `rank` spatial axes, adds a bias and applies an activation.

    Subclasses set `activation`, make `bias`, and say how many channels come out.
    """

    rank: ClassVar[int]
    paddings: ClassVar[tuple[str, ...]] = ("valid", "same")

    activation: Any
    bias: Any

    def _set_window(self, kernel_size: Any, strides: Any, padding: str, data_format: Any, dilation_rate: Any) -> None:
        """Take the arguments of the constructor that say how the window moves."""
        rank = self.rank
        self.kernel_size = integers(self, "kernel_size", kernel_size, rank)
        self.strides = integers(self, "strides", strides, rank)
        self.dilation_rate = integers(self, "dilation_rate", dilation_rate, rank)
        self.padding = choice(self, "padding", padding, self.paddings)
        self.data_format = data_format_of(self, data_format)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                f"{self.label}: expected 1 for 'strides' or for 'dilation_rate', got {strides} and {dilation_rate}."
            )
        self.input_spec = InputSpec(min_ndim=rank + 2)

    @property
    def _form_of_inputs(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return form_of_images(self.rank, self.data_format)

    @property
    def _channel_axis(self) -> int:
        return -1 if self.data_format == "channels_last" else 1

    def _take_channels(self, input_shape: Any) -> int:
        """Return the number of input channels, which later inputs have to have as well."""
        channels = known_size(self, input_shape, self._channel_axis)
        self.input_spec = InputSpec(min_ndim=self.rank + 2, axes={self._channel_axis: channels})
        return channels

    def _finished(self, outputs: Any) -> Any:
        """Return the outputs of the window with bias and activation."""
        if self.bias is not None:
            bias = self.bias
            if self.data_format == "channels_first":
                bias = ops.reshape(bias, (bias.shape[0], *(1,) * self.rank))
            outputs = ops.add(outputs, bias)
        return outputs if self.activation is activations.linear else self.activation(outputs)

    def _output_channels(self, input_shape: Any) -> int | None:
        """Return the number of output channels."""
        raise NotImplementedError(f"{self.label} has no method _output_channels().")

    def _output_sizes(self, sizes: Shape) -> Shape:
        """Return the spatial sizes of the outputs."""
        pairs = explicit_padding(self.padding, sizes, self.kernel_size, self.strides, self.dilation_rate)
        if pairs == "same":
            pairs = (None,) * self.rank
        facts = zip(sizes, self.kernel_size, self.strides, pairs, self.dilation_rate, strict=True)
        return tuple(output_size(*one) for one in facts)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the outputs.

        Raises:
            ValueError: where the window is larger than the padded input.
        """
        last = self.data_format == "channels_last"
        sizes = tuple(input_shape[1:-1] if last else input_shape[2:])
        if len(sizes) != self.rank:
            raise ValueError(f"{self.label}: expected a shape of rank {self.rank + 2}, got {tuple(input_shape)}.")
        spatial = self._output_sizes(sizes)
        if any(size is not None and size < 1 for size in spatial):
            raise ValueError(
                f"{self.label}: the window of kernel_size={self.kernel_size} and dilation_rate={self.dilation_rate} is "
                f"larger than the input of shape {tuple(input_shape)}."
            )
        batch, channels = input_shape[0], self._output_channels(input_shape)
        return (batch, *spatial, channels) if last else (batch, channels, *spatial)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {
            **super().get_config(),
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "data_format": self.data_format,
            "dilation_rate": self.dilation_rate,
        }
