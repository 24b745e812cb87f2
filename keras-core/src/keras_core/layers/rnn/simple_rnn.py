"""`SimpleRNNCell` and `SimpleRNN`: the output of a step is the state of the next."""

from __future__ import annotations

from typing import Any

from keras_core import ops
from keras_core.layers.rnn.cell_layer import CellLayer, argument_of_cell
from keras_core.layers.rnn.kernel_cell import KernelCell, takes_a_step


class SimpleRNNCell(KernelCell):
    """One step of a `SimpleRNN`.

    Args:
        units: size of the outputs and of the state.
        activation: name or function for the outputs; None for none.
        use_bias: whether a bias is added.
        kernel_initializer: first value of the kernel of the inputs, of shape `(features, units)`.
        recurrent_initializer: first value of the kernel of the state, of shape `(units, units)`.
        bias_initializer: first value of the bias, of shape `(units,)`.
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
        Elman, "Finding Structure in Time", 1990.

    Example:
        >>> cell = keras.layers.SimpleRNNCell(4)
        >>> output, states = cell(np.ones((2, 3)), cell.get_initial_state(2))
        >>> output.shape, [state.shape for state in states]
        ((2, 4), [(2, 4)])
    """

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
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

    def step(self, projected: Any, states: list[Any], recurrent_mask: Any = None) -> tuple[Any, list[Any]]:
        """Return the output and the new state of one step.

        Args:
            projected: tensor of shape `(batch, units)`: what `projected` returned for the inputs of the step.
            states: list of the output of the step before, of shape `(batch, units)`.
            recurrent_mask: what that output is multiplied by, or None.
        """
        output = self.activation(ops.add(projected, self.recurred(states[0], recurrent_mask)))
        return output, [output]

    @takes_a_step
    def call(self, sequence: Any, states: Any, training: bool = False) -> tuple[Any, Any]:
        """Return the output of one step and the new state, in a list where it came in one.

        Args:
            sequence: tensor of shape `(batch, features)`, one step.
            states: list of a tensor of shape `(batch, units)`, or the tensor.
            training: whether dropout is applied.
        """
        return super().call(sequence, states, training)


class SimpleRNN(CellLayer):
    """A recurrent layer whose output is its state: a layer of the inputs and of the output of the step before.

    Args:
        units: size of the outputs.
        activation: name or function for the outputs; None for none.
        use_bias: whether a bias is added.
        kernel_initializer: first value of the kernel of the inputs, of shape `(features, units)`.
        recurrent_initializer: first value of the kernel of the state, of shape `(units, units)`.
        bias_initializer: first value of the bias, of shape `(units,)`.
        kernel_regularizer: penalty on the kernel of the inputs, or None.
        recurrent_regularizer: penalty on the kernel of the state, or None.
        bias_regularizer: penalty on the bias, or None.
        activity_regularizer: penalty on the outputs, or None.
        kernel_constraint: what the optimizer applies to the kernel of the inputs after an update, or None.
        recurrent_constraint: the same for the kernel of the state.
        bias_constraint: the same for the bias.
        dropout: probability with which an input is set to 0 while training, at all steps of a sequence alike.
        recurrent_dropout: the same for the state.
        return_sequences: whether the outputs of all steps are returned and not the last alone.
        return_state: whether the last state is returned too.
        go_backwards: whether the last step comes first; outputs come in that order.
        stateful: whether the last state is the first one of the next batch. The batch size must be known then.
        unroll: whether the loop is one of Python: faster for short sequences when compiled, slower to compile.
        seed: int from which the dropout comes, or None.
        **kwargs: as of `RNN`.

    Raises:
        ValueError: for an argument out of range.

    Source:
        Elman, "Finding Structure in Time", 1990.

    Example:
        >>> keras.layers.SimpleRNN(4)(np.ones((2, 5, 3))).shape
        (2, 4)
    """

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        self._begin(SimpleRNNCell, "simple_rnn_cell", locals())

    units = argument_of_cell("units")
