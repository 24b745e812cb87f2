"""`GRUCell` and `GRU`: gated recurrent units."""

from __future__ import annotations

from typing import Any, ClassVar

from keras_core import ops
from keras_core.layers.rnn.cell_layer import CellLayer, argument_of_cell
from keras_core.layers.rnn.kernel_cell import ACTIVATION, FLAG, Arguments, KernelCell
from keras_core.ops.recurrence import gru_step, mixed


class GRUCell(KernelCell):
    """One step of an `GRU`.

    Args:
        units: size of the outputs and of the state.
        activation: name or function for what a step proposes as the new state; None for none.
        recurrent_activation: name or function for the gates; None for none.
        use_bias: whether a bias is added.
        kernel_initializer: first value of the kernel of the inputs, of shape `(features, 3 * units)`: gates of
            update and reset, what is proposed.
        recurrent_initializer: first value of the kernel of the state, of shape `(units, 3 * units)`.
        bias_initializer: first value of the bias, of shape `(3 * units,)`, or `(2, 3 * units)` with `reset_after`.
        kernel_regularizer: penalty on the kernel of the inputs, or None.
        recurrent_regularizer: penalty on the kernel of the state, or None.
        bias_regularizer: penalty on the bias, or None.
        kernel_constraint: what the optimizer applies to the kernel of the inputs after an update, or None.
        recurrent_constraint: the same for the kernel of the state.
        bias_constraint: the same for the bias.
        dropout: probability with which an input is set to 0 while training.
        recurrent_dropout: the same for the state.
        reset_after: whether the reset gate is applied to what the kernel of the state returned, with a bias of its
            own, and not to the state before it.
        seed: int from which the dropout comes, or None.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: for an argument out of range.

    Source:
        Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine Translation",
        2014, https://arxiv.org/abs/1406.1078.

    Example:
        >>> cell = keras.layers.GRUCell(4)
        >>> output, states = cell(np.ones((2, 3)), cell.get_initial_state(2))
        >>> output.shape, [state.shape for state in states]
        ((2, 4), [(2, 4)])
    """

    gates = 3
    own_arguments: ClassVar[Arguments] = {"recurrent_activation": ACTIVATION, "reset_after": FLAG}
    reset_after: bool

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
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
        reset_after: bool = True,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(locals(), **kwargs)

    def _bias_shape(self) -> tuple[int, ...]:
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def _biased(self, outputs: Any) -> Any:
        if self.bias is None or not self.reset_after:
            return super()._biased(outputs)
        return ops.add(outputs, self.bias[0])

    def step(self, projected: Any, states: list[Any], recurrent_mask: Any = None) -> tuple[Any, list[Any]]:
        """Return the output and the new state of one step.

        Args:
            projected: tensor of shape `(batch, 3 * units)`: what `projected` returned for the inputs of the step.
            states: list of the output of the step before, of shape `(batch, units)`.
            recurrent_mask: what that output is multiplied by before the kernel, a list of one for each gate, or None.
        """
        step = self._step_of_reset_after if self.reset_after else self._step_of_reset_before
        output = step(projected, states[0], recurrent_mask)
        return output, [output]

    def _step_of_reset_after(self, projected: Any, before: Any, recurrent_mask: Any) -> Any:
        recurred = self.recurred(before, recurrent_mask)
        if self.bias is not None:
            recurred = ops.add(recurred, self.bias[1])
        return gru_step(projected, recurred, before, self.units, self.activation, self.recurrent_activation)

    def _step_of_reset_before(self, projected: Any, before: Any, recurrent_mask: Any) -> Any:
        gates = (2 * self.units,)
        gate_masks, state_mask = (None, None) if recurrent_mask is None else (recurrent_mask[:2], recurrent_mask[2])
        into_gates, proposed = ops.split(projected, gates, -1)
        of_gates, of_state = ops.split(self.recurrent_kernel, gates, -1)
        from_gates = self._masked_product(self._state_product, before, of_gates, gate_masks)
        update, reset = ops.split(self.recurrent_activation(ops.add(into_gates, from_gates)), 2, -1)
        added = self._masked_product(self._state_product, ops.multiply(reset, before), of_state, state_mask)
        return mixed(before, self.activation(ops.add(proposed, added)), update)

    def whole(self, sequences: Any, states: list[Any], return_sequences: bool) -> tuple[Any, ...] | None:
        """Return the last state and perhaps all outputs, see `KernelCell.whole`."""
        if type(self) is not GRUCell or not self._has_standard_activations or not self.reset_after:
            return None
        return ops.recurrence.gru(sequences, *states, *self._all_weights(), return_sequences=return_sequences)


class GRU(CellLayer):
    """Gated recurrent units: a recurrent layer whose gates decide what of its state is replaced.

    Args:
        units: size of the outputs.
        activation: name or function for what a step proposes as the new state; None for none.
        recurrent_activation: name or function for the gates; None for none.
        use_bias: whether a bias is added.
        kernel_initializer: first value of the kernel of the inputs, of shape `(features, 3 * units)`.
        recurrent_initializer: first value of the kernel of the state, of shape `(units, 3 * units)`.
        bias_initializer: first value of the bias, of shape `(3 * units,)`, or `(2, 3 * units)` with `reset_after`.
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
        return_state: whether the last state is returned too.
        go_backwards: whether the last step comes first; outputs come in that order.
        stateful: whether the last state is the first one of the next batch. The batch size must be known then.
        unroll: whether the loop is one of Python: faster for short sequences when compiled, slower to compile.
        reset_after: whether the reset gate is applied to what the kernel of the state returned, with a bias of its
            own, and not to the state before it.
        use_cudnn: kept for compatibility: True, False or `"auto"`.
        **kwargs: as of `RNN`.

    Raises:
        ValueError: for an argument out of range.

    Source:
        Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine Translation",
        2014, https://arxiv.org/abs/1406.1078.

    Example:
        >>> keras.layers.GRU(4)(np.ones((2, 5, 3))).shape
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
        reset_after: bool = True,
        use_cudnn: Any = "auto",
        **kwargs: Any,
    ) -> None:
        self._begin(GRUCell, "gru_cell", locals())
        self._set_use_cudnn(use_cudnn)

    units = argument_of_cell("units")
    recurrent_activation = argument_of_cell("recurrent_activation")
    reset_after = argument_of_cell("reset_after")
