"""`ConvLSTM1D`, `ConvLSTM2D`, `ConvLSTM3D`: long short-term memory whose products are convolutions."""

from __future__ import annotations

from typing import Any, ClassVar

from keras_core import ops
from keras_core.layers.arguments import Shape
from keras_core.layers.convolution.window import WindowLayer
from keras_core.layers.input_spec import InputSpec
from keras_core.layers.rnn.cell_layer import CellLayer, argument_of_cell
from keras_core.layers.rnn.lstm import LSTMCell


class ConvLSTMCell(WindowLayer, LSTMCell):
    """One step of a `ConvLSTM`: an `LSTMCell` with convolutions of inputs and of states.

    Args:
        rank: number of spatial axes.
        filters: number of channels of the outputs and of both states.
        kernel_size: as of `Conv2D`, as those that follow.
        strides: the same.
        padding: the same.
        data_format: the same.
        dilation_rate: the same.
        **kwargs: as of `LSTMCell`.
    """

    _size_argument = "filters"

    def __init__(
        self,
        rank: int,
        filters: int,
        kernel_size: Any,
        strides: Any,
        padding: str,
        data_format: str | None,
        dilation_rate: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(filters, **kwargs)
        self.rank = rank  # pyright: ignore[reportAttributeAccessIssue]
        self.filters = self.units
        self._set_window(kernel_size, strides, padding, data_format, dilation_rate)
        self._gate_axis = self._channel_axis

    def _kernel_shapes(self, input_shape: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
        columns = self.gates * self.filters
        shape = (*self.kernel_size, self._take_channels(input_shape), columns)
        self.state_shape = self.compute_output_shape(input_shape)[1:]
        return shape, (*self.kernel_size, self.filters, columns)

    def _input_product(self, inputs: Any, kernel: Any) -> Any:
        # All steps are samples of one convolution.
        sizes = ops.shape(inputs)
        folded = ops.reshape(inputs, (-1, *sizes[2:])) if len(sizes) > self.rank + 2 else inputs
        found = ops.conv(folded, kernel, self.strides, self.padding, self.data_format, self.dilation_rate)
        return found if folded is inputs else ops.reshape(found, (*sizes[:2], *ops.shape(found)[1:]))

    def _state_product(self, state: Any, kernel: Any) -> Any:
        return ops.conv(state, kernel, 1, "same", self.data_format)

    def _biased(self, outputs: Any) -> Any:
        if self.bias is None or self.data_format == "channels_last":
            return super()._biased(outputs)
        return ops.add(outputs, ops.reshape(self.bias, (self.bias.shape[0], *(1,) * self.rank)))

    def _output_channels(self, input_shape: Any) -> int:
        return self.filters

    def get_initial_state(self, batch_size: Any = None) -> list[Any]:
        """Return states of zeros; the cell has to be built, for inputs of a known size.

        Args:
            batch_size: number of samples.

        Raises:
            ValueError: where the shape of the states is not known.
        """
        shape: Shape | None = self.__dict__.get("state_shape")
        if shape is None or None in shape:
            raise ValueError(
                f"{self.label}: the states of a layer that was built for inputs of unknown sizes have no known shape "
                f"(got {shape}); begin the model with an Input whose spatial sizes are known, or pass 'initial_state'."
            )
        return [ops.zeros((batch_size, *shape), self.compute_dtype) for _ in range(2)]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        config = {**super().get_config(), "filters": self.filters}
        del config["units"]
        return config


class ConvLSTM(CellLayer):
    """Long short-term memory over sequences of images; users take `ConvLSTM2D` and the others.

    Source:
        Shi et al., "Convolutional LSTM Network: A Machine Learning Approach for Precipitation Nowcasting", 2015,
        https://arxiv.org/abs/1506.04214.
    """

    rank: ClassVar[int]
    cell: ConvLSTMCell

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        **kwargs: Any,
    ) -> None:
        """Make the cell.

        Args:
            filters: number of channels of the outputs.
            kernel_size: int or tuple of ints: size of the window, of the inputs and of the states.
            strides: int or tuple of ints: steps of the window over the inputs.
            padding: of the inputs, `"valid"` (none) or `"same"` (output size = input size / stride, rounded up).
            data_format: `"channels_last"`, `"channels_first"`, or None for the default.
            dilation_rate: int or tuple of ints: distance of the elements of the inputs that the window sees.
            activation: name or function for what is remembered and for the outputs; None for none.
            recurrent_activation: name or function for the gates; None for none.
            use_bias: whether a bias is added.
            kernel_initializer: first value of the kernel of the inputs, of shape
                `(*kernel_size, channels, 4 * filters)`.
            recurrent_initializer: first value of the kernel of the states, of shape
                `(*kernel_size, filters, 4 * filters)`.
            bias_initializer: first value of the bias, of shape `(4 * filters,)`.
            unit_forget_bias: whether the bias of the forget gate begins at 1.
            kernel_regularizer: penalty on the kernel of the inputs, or None.
            recurrent_regularizer: penalty on the kernel of the states, or None.
            bias_regularizer: penalty on the bias, or None.
            activity_regularizer: penalty on the outputs, or None.
            kernel_constraint: what the optimizer applies to the kernel of the inputs after an update, or None.
            recurrent_constraint: the same for the kernel of the states.
            bias_constraint: the same for the bias.
            dropout: probability with which an input is set to 0 while training, at all steps of a sequence alike.
            recurrent_dropout: the same for the state.
            seed: int from which the dropout comes, or None.
            return_sequences: whether the outputs of all steps are returned and not the last alone.
            return_state: whether the last states are returned too: the output and what is remembered.
            go_backwards: whether the last step comes first; outputs come in that order.
            stateful: whether the last states are the first ones of the next batch. All sizes must be known then.
            **kwargs: as of `RNN`.

        Raises:
            ValueError: for an argument out of range, and for strides and dilation above 1 at once.
        """
        self._begin(ConvLSTMCell, "conv_lstm_cell", {**locals(), "rank": self.rank})
        self.input_spec = InputSpec(ndim=self.rank + 3)

    filters = argument_of_cell("filters")
    kernel_size = argument_of_cell("kernel_size")
    strides = argument_of_cell("strides")
    padding = argument_of_cell("padding")
    data_format = argument_of_cell("data_format")
    dilation_rate = argument_of_cell("dilation_rate")
    recurrent_activation = argument_of_cell("recurrent_activation")
    unit_forget_bias = argument_of_cell("unit_forget_bias")

    def _zero_states(self, sequences: Any) -> list[Any]:
        sizes = ops.shape(sequences)
        if None not in self.cell.state_shape:
            return self.cell.get_initial_state(sizes[0])
        # The sizes are those of the convolution.
        first = self.cell.projected(ops.zeros_like(sequences[:, 0]))
        zeros = ops.zeros_like(ops.split(first, self.cell.gates, self.cell._gate_axis)[0])
        return [zeros, zeros]

    def _zero_output(self, sequences: Any, states: Any) -> Any:
        return ops.zeros_like(states[0])

    def _step_shapes(self, step_shape: Any) -> tuple[Any, list[Any]]:
        shape = self.cell.compute_output_shape(step_shape)
        return shape, [shape, shape]


class ConvLSTM1D(ConvLSTM):
    """Long short-term memory over sequences of lines, with convolutions over one spatial axis.

    Sequences have the shape `(batch, time, steps, channels)`. See `ConvLSTM.__init__` for the arguments.

    Example:
        >>> keras.layers.ConvLSTM1D(4, 3)(np.ones((2, 5, 8, 3))).shape
        (2, 6, 4)
    """

    rank = 1


class ConvLSTM2D(ConvLSTM):
    """Long short-term memory over sequences of images, with convolutions over two spatial axes.

    Sequences have the shape `(batch, time, height, width, channels)`. See `ConvLSTM.__init__` for the arguments.

    Example:
        >>> keras.layers.ConvLSTM2D(4, 3, padding="same", return_sequences=True)(np.ones((2, 5, 8, 8, 3))).shape
        (2, 5, 8, 8, 4)
    """

    rank = 2


class ConvLSTM3D(ConvLSTM):
    """Long short-term memory over sequences of volumes, with convolutions over three spatial axes.

    Sequences have the shape `(batch, time, depth, height, width, channels)`. See `ConvLSTM.__init__` for the arguments.

    Example:
        >>> keras.layers.ConvLSTM3D(4, 2)(np.ones((2, 3, 4, 4, 4, 3))).shape
        (2, 3, 3, 3, 4)
    """

    rank = 3
