"""What the recurrent cells with kernels have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from keras_core import activations, constraints, initializers, ops, regularizers
from keras_core.layers.arguments import integer, known_size
from keras_core.layers.rnn.dropout import DropoutCell
from keras_core.runtime.variable import Variable

Arguments = dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]]

ACTIVATION: Final = (activations.get, activations.serialize)
FLAG: Final = (bool, bool)
_OF_ALL: Final[Arguments] = {
    "activation": ACTIVATION,
    "use_bias": FLAG,
    **{
        f"{part}_{kind}": (room.get, room.serialize)
        for kind, room in (("initializer", initializers), ("regularizer", regularizers), ("constraint", constraints))
        for part in ("kernel", "recurrent", "bias")
    },
}
"""Arguments of all cells but units and dropout, in the order of their configuration."""


def takes_a_step(call: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a method `call` that does no more than `projected` and `step` do, so that layers may call these instead."""
    call._takes_a_step = True  # pyright: ignore[reportFunctionMemberAccess]
    return call


class KernelCell(DropoutCell):
    """A recurrent cell that multiplies its inputs by one kernel and its state by another; users take the subclasses.

    A subclass sets `gates`, the number of blocks of `units` columns in the kernels, and writes `step`.
    """

    own_arguments: ClassVar[Arguments] = {}
    """Arguments of a subclass beside those of all cells: name -> what takes it, what gives it back as plain data."""

    activation: Any
    recurrent_activation: Any
    use_bias: bool
    kernel_initializer: Any
    recurrent_initializer: Any
    bias_initializer: Any
    kernel_regularizer: Any
    recurrent_regularizer: Any
    bias_regularizer: Any
    kernel_constraint: Any
    recurrent_constraint: Any
    bias_constraint: Any

    _size_argument = "units"
    _gate_axis = -1

    def __init__(self, arguments: Mapping[str, Any], **kwargs: Any) -> None:
        """Take the arguments of a subclass.

        Args:
            arguments: name -> value, as `locals()` of the subclass's constructor has them.
            **kwargs: as of `Layer`.
        """
        kwargs.pop("implementation", None)  # of older files; there is only one way
        super().__init__(**kwargs)
        self.units = integer(self, self._size_argument, arguments["units"])
        for name, (take, _) in {**_OF_ALL, **self.own_arguments}.items():
            setattr(self, name, take(arguments[name]))
        self._set_dropout(arguments["dropout"], arguments["recurrent_dropout"], arguments["seed"])
        self.bias: Variable | None = None
        self.state_size: Any = self.units
        self.output_size = self.units

    def build(self, input_shape: Any) -> None:
        """Make the kernels and the bias."""
        kernel_shape, recurrent_shape = self._kernel_shapes(input_shape)
        self.kernel = self.add_weight(
            kernel_shape,
            self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        self.recurrent_kernel = self.add_weight(
            recurrent_shape,
            self.recurrent_initializer,
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
            name="recurrent_kernel",
        )
        if self.use_bias:
            self.bias = self.add_weight(
                self._bias_shape(),
                self._first_bias(),
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )

    def _kernel_shapes(self, input_shape: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
        columns = self.gates * self.units
        return (known_size(self, input_shape, -1), columns), (self.units, columns)

    def _bias_shape(self) -> tuple[int, ...]:
        return (self.gates * self.units,)

    def _first_bias(self) -> Any:
        """Return the initializer of the bias."""
        return self.bias_initializer

    def _input_product(self, inputs: Any, kernel: Any) -> Any:
        return ops.matmul(inputs, kernel)

    def _state_product(self, state: Any, kernel: Any) -> Any:
        return ops.matmul(state, kernel)

    def _masked_product(self, product: Callable[[Any, Any], Any], x: Any, kernel: Any, mask: Any) -> Any:
        """Return the product of a tensor, multiplied by a mask or by one for each gate, and a kernel."""
        if mask is None:
            return product(x, kernel)
        if not isinstance(mask, list | tuple):
            return product(ops.multiply(x, mask), kernel)
        parts = zip(mask, ops.split(kernel, len(mask), -1), strict=True)
        return ops.concatenate([product(ops.multiply(x, one), part) for one, part in parts], self._gate_axis)

    def projected(self, inputs: Any, mask: Any = None) -> Any:
        """Return what the inputs add to the gates; for all steps at once it is one product of matrices.

        Args:
            inputs: tensor of shape `(..., features)`.
            mask: what `get_dropout_mask` returns, or None.
        """
        return self._biased(self._masked_product(self._input_product, inputs, self.kernel, mask))

    def _biased(self, outputs: Any) -> Any:
        return outputs if self.bias is None else ops.add(outputs, self.bias)

    def recurred(self, state: Any, mask: Any = None) -> Any:
        """Return what the state adds to the gates.

        Args:
            state: tensor of shape `(batch, units)`.
            mask: what `get_recurrent_dropout_mask` returns, or None.
        """
        return self._masked_product(self._state_product, state, self.recurrent_kernel, mask)

    def step(self, projected: Any, states: list[Any], recurrent_mask: Any = None) -> tuple[Any, list[Any]]:
        """Return the output and the new states of one step.

        Args:
            projected: what `projected` returned for the inputs of the step.
            states: list of tensors of shape `(batch, units)`.
            recurrent_mask: what the state is multiplied by before its kernel, a list of one for each gate, or None.
        """
        raise NotImplementedError(f"{self.label} has no method step().")

    def whole(self, sequences: Any, states: list[Any], return_sequences: bool) -> tuple[Any, ...] | None:
        """Carry the states through sequences by one op, for which backends may have a kernel; without any dropout.

        Args:
            sequences: tensor of shape `(batch, time, features)`.
            states: list of the first states.
            return_sequences: whether the outputs of all steps are returned.

        Returns:
            The last states, the output first, then perhaps the outputs of shape `(batch, time, units)`; None where
            there is no op that computes what the cell does.
        """
        return None

    @property
    def _has_standard_activations(self) -> bool:
        return self.activation is activations.tanh and self.recurrent_activation is activations.sigmoid

    def _all_weights(self) -> tuple[Any, Any, Any]:
        return self.kernel, self.recurrent_kernel, self.bias

    @takes_a_step
    def call(self, inputs: Any, states: Any, training: bool = False) -> tuple[Any, Any]:
        """Return the output of one step and the new states, a list where they came as one.

        Args:
            inputs: tensor of shape `(batch, features)`.
            states: list of tensors of shape `(batch, units)`; a cell with one state takes it alone, too.
            training: whether dropout is applied.
        """
        listed = list(states) if isinstance(states, list | tuple) else [states]
        mask = self.get_dropout_mask(inputs) if training else None
        recurrent_mask = self.get_recurrent_dropout_mask(listed[0]) if training else None
        output, new = self.step(self.projected(inputs, mask), listed, recurrent_mask)
        return output, new if isinstance(states, list | tuple) else new[0]

    def get_initial_state(self, batch_size: Any = None) -> list[Any]:
        """Return states of zeros.

        Args:
            batch_size: number of samples.
        """
        sizes = self.state_size if isinstance(self.state_size, list | tuple) else [self.state_size]
        return [ops.zeros((batch_size, size), self.compute_dtype) for size in sizes]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {
            **super().get_config(),
            "units": self.units,
            **self._as_data(_OF_ALL),
            "dropout": self.dropout,
            "recurrent_dropout": self.recurrent_dropout,
            "seed": self.seed,
            **self._as_data(self.own_arguments),
        }

    def _as_data(self, arguments: Arguments) -> dict[str, Any]:
        return {name: give(getattr(self, name)) for name, (_, give) in arguments.items()}
