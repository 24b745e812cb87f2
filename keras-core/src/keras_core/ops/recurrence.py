"""Recurrent layers over whole sequences, for which backends may have one kernel, and one step of each.

The kernels are those of the standard activations; a step takes others, too.
"""

from collections.abc import Callable
from typing import Any

from keras_core.ops.activation import sigmoid
from keras_core.ops.control import scan
from keras_core.ops.elementwise_binary import add, multiply, subtract
from keras_core.ops.elementwise_unary import tanh
from keras_core.ops.products import matmul
from keras_core.ops.shaping import split, transpose
from keras_core.runtime.definition import op
from keras_core.runtime.table import active

Activation = Callable[[Any], Any]


def lstm_step(
    gates: Any, memory: Any, units: int, activation: Activation, recurrent_activation: Activation, axis: int = -1
) -> tuple[Any, Any]:
    """Return the output and the memory after one step of an LSTM.

    Args:
        gates: what inputs and state add to the gates of input, forgetting, what is remembered, output: blocks of
            `units` along an axis.
        memory: what was remembered.
        units: size of a block.
        activation: of what is remembered and of the outputs.
        recurrent_activation: of the gates.
        axis: of the blocks.
    """
    # The first two gates have one activation, so they are computed as one tensor.
    first, new, output = split(gates, (2 * units, 3 * units), axis)
    into, forget = split(recurrent_activation(first), 2, axis)
    memory = add(multiply(forget, memory), multiply(into, activation(new)))
    return multiply(recurrent_activation(output), activation(memory)), memory


def gru_step(
    projected: Any, recurred: Any, before: Any, units: int, activation: Activation, recurrent_activation: Activation
) -> Any:
    """Return the output after one step of gated recurrent units whose reset gate comes after the product.

    Args:
        projected: what the inputs add to the gates of update and reset and to what is proposed.
        recurred: what the state adds.
        before: the output of the step before.
        units: size of a gate.
        activation: of what is proposed.
        recurrent_activation: of the gates.
    """
    into_gates, proposed = split(projected, (2 * units,), -1)
    from_gates, from_state = split(recurred, (2 * units,), -1)
    update, reset = split(recurrent_activation(add(into_gates, from_gates)), 2, -1)
    return mixed(before, activation(add(proposed, multiply(reset, from_state))), update)


def mixed(before: Any, new: Any, update: Any) -> Any:
    """Return the state before where the update gate is 1, the new one where it is 0."""
    return add(new, multiply(update, subtract(before, new)))


def _checked(states: int, gates: int, biases: tuple[int, ...] = ()) -> Callable[[list[Any]], list[Any]]:
    """Return the check of the arguments of an op with so many states and gates; a bias has more axes at the front."""

    def prepare(arguments: list[Any]) -> list[Any]:
        static_shape = active().static_shape
        sequences, kernel, recurrent_kernel = (static_shape(arguments[i]) for i in (0, states + 1, states + 2))
        if len(sequences) != 3:
            raise ValueError(f"expected sequences of shape (batch, time, features), got {tuple(sequences)}.")
        units = static_shape(arguments[1])[-1]
        features = kernel[0] if sequences[-1] is None else sequences[-1]
        expected = (features, gates * units), (units, gates * units)
        if (tuple(kernel), tuple(recurrent_kernel)) != expected:
            raise ValueError(
                f"expected kernels of shapes {expected[0]} and {expected[1]}, got {kernel} and {recurrent_kernel}."
            )
        bias = arguments[states + 3]
        if bias is not None and tuple(static_shape(bias)) != (*biases, gates * units):
            raise ValueError(f"expected a bias of shape {(*biases, gates * units)}, got {tuple(static_shape(bias))}.")
        return arguments

    return prepare


def _steps(sequences: Any, kernel: Any, bias: Any) -> Any:
    """Return what the inputs add to the gates, of shape `(time, batch, columns)`: one product for all steps."""
    projected = matmul(transpose(sequences, (1, 0, 2)), kernel)
    return projected if bias is None else add(projected, bias)


@op(
    tensors=("sequences", "hidden", "memory", "kernel", "recurrent_kernel", "bias"),
    dtype="float",
    prepare=_checked(states=2, gates=4),
)
def lstm(
    sequences: Any,
    hidden: Any,
    memory: Any,
    kernel: Any,
    recurrent_kernel: Any,
    bias: Any = None,
    return_sequences: bool = False,
) -> tuple[Any, ...]:
    """Return the last output and memory of an LSTM, and with `return_sequences` the outputs of all steps.

    Args:
        sequences: tensor of shape `(batch, time, features)`, of one step or more.
        hidden: the output before the first step, of shape `(batch, units)`.
        memory: what is remembered before it, of the same shape.
        kernel: tensor of shape `(features, 4 * units)`: gates of input, forgetting, what is remembered, output.
        recurrent_kernel: tensor of shape `(units, 4 * units)`.
        bias: tensor of shape `(4 * units,)`, or None.
        return_sequences: whether the outputs of all steps come third, of shape `(batch, time, units)`.

    Source:
        Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997; the forget gate: Gers et al., 2000.

    Example:
        >>> zeros = ops.zeros((1, 2))
        >>> states = ops.recurrence.lstm(ops.ones((1, 3, 2)), zeros, zeros, ops.ones((2, 8)), ops.ones((2, 8)))
        >>> [state.shape for state in states]
        [(1, 2), (1, 2)]
    """
    units = active().static_shape(recurrent_kernel)[0]

    def step(states: Any, projected: Any) -> Any:
        gates = add(projected, matmul(states[0], recurrent_kernel))
        states = lstm_step(gates, states[1], units, tanh, sigmoid)
        return states, states[0] if return_sequences else None

    states, outputs = scan(step, (hidden, memory), _steps(sequences, kernel, bias))
    return (*states, transpose(outputs, (1, 0, 2))) if return_sequences else states


@op(
    tensors=("sequences", "hidden", "kernel", "recurrent_kernel", "bias"),
    dtype="float",
    prepare=_checked(states=1, gates=3, biases=(2,)),
)
def gru(
    sequences: Any,
    hidden: Any,
    kernel: Any,
    recurrent_kernel: Any,
    bias: Any = None,
    return_sequences: bool = False,
) -> tuple[Any, ...]:
    """Return the last output of gated recurrent units, and with `return_sequences` the outputs of all steps.

    The reset gate is applied to what the recurrent kernel returned.

    Args:
        sequences: tensor of shape `(batch, time, features)`, of one step or more.
        hidden: the output before the first step, of shape `(batch, units)`.
        kernel: tensor of shape `(features, 3 * units)`: gates of update and reset, what is proposed.
        recurrent_kernel: tensor of shape `(units, 3 * units)`.
        bias: tensor of shape `(2, 3 * units)`: what is added to the products of inputs and state, or None.
        return_sequences: whether the outputs of all steps come second, of shape `(batch, time, units)`.

    Source:
        Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine Translation",
        2014, https://arxiv.org/abs/1406.1078.

    Example:
        >>> states = ops.recurrence.gru(
        ...     ops.ones((1, 3, 2)), ops.zeros((1, 2)), ops.ones((2, 6)), ops.ones((2, 6))
        ... )
        >>> [state.shape for state in states]
        [(1, 2)]
    """
    units = active().static_shape(recurrent_kernel)[0]
    bias, recurrent_bias = (None, None) if bias is None else split(bias, 2, 0)

    def step(before: Any, projected: Any) -> Any:
        recurred = matmul(before, recurrent_kernel)
        if recurrent_bias is not None:
            recurred = add(recurred, recurrent_bias)
        output = gru_step(projected, recurred, before, units, tanh, sigmoid)
        return output, output if return_sequences else None

    state, outputs = scan(step, hidden, _steps(sequences, kernel, bias))
    return (state, transpose(outputs, (1, 0, 2))) if return_sequences else (state,)
