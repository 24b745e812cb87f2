"""`LSTMCell` and `LSTM`: long short-term memory."""

from __future__ import annotations

from typing import Any, ClassVar

from keras_core import initializers, ops
from keras_core.layers.rnn.cell_layer import CellLayer, argument_of_cell
from keras_core.layers.rnn.kernel_cell import ACTIVATION, FLAG, Arguments, KernelCell
from keras_core.ops.recurrence import lstm_step


class LSTMCell(KernelCell):
    """One step of an `LSTM`.

    Args:
        units: size of the outputs and of both states.
        activation: name or function for what is remembered and for the outputs; None for none.
        recurrent_activation: name or function for the gates; None for none.
        use_bias: whether a bias is added.
        kernel_initializer: first value of the kernel of the inputs, of shape `(features, 4 * units)`: gates of input,
            forgetting, what is remembered, output.
        recurrent_initializer: first value of the kernel of the state, of shape `(units, 4 * units)`.
        bias_initializer: first value of the bias, of shape `(4 * units,)`.
        unit_forget_bias: whether the bias of the forget gate begins at 1.
        kernel_regularizer: penalty on the kernel of the inputs, or None.
        recurrent_regularizer: penalty on the kernel of the state, or None.
        bias_regularizer: penalty on the bias, or None.
        kernel_constraint: what the optimizer applies to the kernel of the inputs after an update, or None.
        recurrent_constraint: the same for the kernel of the state.
        bias_constraint: the same for the bias.
        dropout: probability with which an input is set to 0 while training.
        recurrent_dropout: the same for the state.
        seed: int from which the dropout comes, or None.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: for an argument out of range.

    Source:
        Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997; the forget gate: Gers et al., 2000; its bias:
        Jozefowicz et al., 2015.

    Example:
        >>> cell = keras.layers.LSTMCell(4)
        >>> output, states = cell(np.ones((2, 3)), cell.get_initial_state(2))
        >>> output.shape, [state.shape for state in states]
        ((2, 4), [(2, 4), (2, 4)])
    """

    gates = 4
    own_arguments: ClassVar[Arguments] = {"recurrent_activation": ACTIVATION, "unit_forget_bias": FLAG}
    unit_forget_bias: bool

    def __init__(
        self,
        units: int,
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
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(locals(), **kwargs)
        self.state_size = [self.units, self.units]

    def _first_bias(self) -> Any:
        return self._bias_of_gates if self.unit_forget_bias else self.bias_initializer

    def _bias_of_gates(self, shape: tuple[int, ...], dtype: Any = None) -> Any:
        """Return the first bias, that of the forget gate 1."""
        units = self.units
        ones = initializers.get("ones")
        blocks = [
            self.bias_initializer((units,), dtype=dtype),
            ones((units,), dtype=dtype),
            self.bias_initializer((2 * units,), dtype=dtype),
        ]
        return ops.concatenate(blocks, 0)

    def step(self, projected: Any, states: list[Any], recurrent_mask: Any = None) -> tuple[Any, list[Any]]:
        """Return the output and the new states of one step.

        Args:
            projected: tensor of shape `(batch, 4 * units)`: what `projected` returned for the inputs of the step.
            states: the output of the step before, and what is remembered, of shape `(batch, units)`.
            recurrent_mask: what the output of the step before is multiplied by, a list of one for each gate, or None.
        """
        gates = ops.add(projected, self.recurred(states[0], recurrent_mask))
        new = lstm_step(gates, states[1], self.units, self.activation, self.recurrent_activation, self._gate_axis)
        return new[0], list(new)

    def whole(self, sequences: Any, states: list[Any], return_sequences: bool) -> tuple[Any, ...] | None:
        """Return the last states and perhaps all outputs, see `KernelCell.whole`."""
        if type(self) is not LSTMCell or not self._has_standard_activations:
            return None
        return ops.recurrence.lstm(sequences, *states, *self._all_weights(), return_sequences=return_sequences)


class LSTM(CellLayer):
    """Long short-term memory: a recurrent layer whose gates decide what is remembered and what is forgotten.

    Args:
        units: size of the outputs.
        activation: name or function for what is remembered and for the outputs; None for none.
        recurrent_activation: name or function for the gates; None for none.
        use_bias: whether a bias is added.
        kernel_initializer: first value of the kernel of the inputs, of shape `(features, 4 * units)`.
        recurrent_initializer: first value of the kernel of the state, of shape `(units, 4 * units)`.
        bias_initializer: first value of the bias, of shape `(4 * units,)`.
        unit_forget_bias: whether the bias of the forget gate begins at 1.
        kernel_regularizer: penalty on the kernel of the inputs, or None.
        recurrent_regularizer: penalty on the kernel of the state, or None.
        bias_regularizer: penalty on the bias, or None.
        activity_regularizer: penalty on the outputs, or None.
        kernel_constraint: what the optimizer applies to the kernel of the inputs after an update, or None.
        recurrent_constraint: the same for the kernel of the state.
        bias_constraint: the same for the bias.
        dropout: probability with which an input is set to 0 while training, at all steps of a sequence alike.
        recurrent_dropout: the same for the state.
        seed: int from which the dropout comes, or None.
        return_sequences: whether the outputs of all steps are returned and not the last alone.
        return_state: whether the last states are returned too: the output and what is remembered.
        go_backwards: whether the last step comes first; outputs come in that order.
        stateful: whether the last states are the first ones of the next batch. The batch size must be known then.
        unroll: whether the loop is one of Python: faster for short sequences when compiled, slower to compile.
        use_cudnn: kept for compatibility: True, False or `"auto"`.
        **kwargs: as of `RNN`.

    Raises:
        ValueError: for an argument out of range.

    Source:
        Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997.

    Example:
        >>> keras.layers.LSTM(4)(np.ones((2, 5, 3))).shape
        (2, 4)
    """

    def __init__(
        self,
        units: int,
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
        unroll: bool = False,
        use_cudnn: Any = "auto",
        **kwargs: Any,
    ) -> None:
        self._begin(LSTMCell, "lstm_cell", locals())
        self._set_use_cudnn(use_cudnn)

    units = argument_of_cell("units")
    recurrent_activation = argument_of_cell("recurrent_activation")
    unit_forget_bias = argument_of_cell("unit_forget_bias")
