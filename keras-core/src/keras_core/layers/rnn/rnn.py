"""`RNN`: runs a cell over the steps of sequences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keras_core import ops
from keras_core.layers.arguments import wrong
from keras_core.layers.input_spec import InputSpec
from keras_core.layers.layer import Layer
from keras_core.layers.rnn.kernel_cell import KernelCell
from keras_core.layers.rnn.loop import Step, recur
from keras_core.layers.rnn.stacked_cells import StackedRNNCells, build_cell, map_sizes, output_size_of
from keras_core.runtime import tree
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object
from keras_core.runtime.symbolic import symbolic_scope
from keras_core.runtime.table import active
from keras_core.runtime.variable import Variable


class RNN(Layer):
    """Runs a recurrent cell over the steps of sequences.

    Args:
        cell: layer that is called as `cell(inputs, states) -> (output, new states)`, with a list of states, and has
            `state_size` (int, or list of ints, one a state); or a list of such layers, which are stacked. It may have
            `output_size` and `get_initial_state(batch_size)`; without them outputs have the size of the first state,
            and states begin at 0.
        return_sequences: whether the outputs of all steps are returned and not the last alone.
        return_state: whether the last states are returned too.
        go_backwards: whether the last step comes first; outputs come in that order.
        stateful: whether the last states are the first ones of the next batch. The batch size must be known then.
        unroll: whether the loop is one of Python: faster for short sequences when compiled, slower to compile.
        zero_output_for_mask: whether masked steps have outputs of 0 where all outputs are returned.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: where the cell is none.

    Example:
        >>> cell = keras.layers.LSTMCell(4)
        >>> keras.layers.RNN(cell, return_sequences=True)(np.ones((2, 5, 3))).shape
        (2, 5, 4)
    """

    cell: Any

    _form_of_inputs = "(batch, steps, features); a recurrent layer gives that with return_sequences=True"

    def __init__(
        self,
        cell: Any,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if isinstance(cell, list | tuple):
            cell = StackedRNNCells(cell)
        if not callable(cell) or not hasattr(cell, "state_size"):
            raise wrong(self, "cell", "a layer with the attribute 'state_size'", cell)
        self.cell = cell
        self.return_sequences = bool(return_sequences)
        self.return_state = bool(return_state)
        self.go_backwards = bool(go_backwards)
        self.stateful = bool(stateful)
        self.unroll = bool(unroll)
        self.zero_output_for_mask = bool(zero_output_for_mask)
        size: Any = self.cell.state_size
        self.state_size = list(size) if isinstance(size, list | tuple) else [size]
        self.supports_masking = True
        self.input_spec = InputSpec(min_ndim=3)
        # No weights: files do not hold the states of a stateful layer.
        self.__dict__["states"] = None

    # building

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        """Build the cell, and make the variables of the states of a stateful layer.

        Args:
            sequences_shape: shape of the sequences.
            initial_state_shape: shapes of the first states, of no use here.

        Raises:
            ValueError: where the layer is stateful and the batch size is not known.
        """
        batch_size = sequences_shape[0]
        build_cell(self.cell, (batch_size, *sequences_shape[2:]))
        if self.stateful and self.states is None:
            if batch_size is None:
                raise ValueError(
                    f"{self.label}: expected a known batch size with stateful=True, got sequences of shape "
                    f"{tuple(sequences_shape)}. Begin the model with Input(batch_shape=(batch size, ...))."
                )
            self.__dict__["states"] = self._state_variables(batch_size)

    # states

    def get_initial_state(self, batch_size: Any) -> list[Any]:
        """Return the first states of sequences that are given none.

        Args:
            batch_size: number of samples.
        """
        if callable(getattr(self.cell, "get_initial_state", None)):
            found = self.cell.get_initial_state(batch_size)
            return list(found) if isinstance(found, list | tuple) else [found]
        return map_sizes(lambda size: ops.zeros((batch_size, size), self._cell_dtype), self.state_size)

    def _state_variables(self, batch_size: int) -> Any:
        """Return variables for the states, of which the shapes are known before a value takes memory."""
        with symbolic_scope(self._table):
            forms, structure = tree.flatten_with_structure(self.get_initial_state(batch_size))

        def variable(position: int, form: Any) -> Variable:
            def first(shape: Any, dtype: Any) -> Any:
                return tree.flatten(self.get_initial_state(batch_size))[position]

            return Variable(first, form.shape, form.dtype, trainable=False, autocast=False, name="rnn_state")

        return tree.unflatten(structure, [variable(position, form) for position, form in enumerate(forms)])

    @property
    def _cell_dtype(self) -> str:
        return getattr(self.cell, "compute_dtype", self.compute_dtype)

    def reset_state(self) -> None:
        """Set the states of a stateful layer to their first values."""
        if self.states is not None:
            first = self.get_initial_state(tree.flatten(self.states)[0].shape[0])
            for variable, value in zip(tree.flatten(self.states), tree.flatten(first), strict=True):
                variable.assign(value)

    def reset_states(self) -> None:
        """Set the states of a stateful layer to their first values."""
        self.reset_state()

    def _first_states(self, sequences: Any, given: Any) -> Any:
        batch_size = ops.shape(sequences)[0]
        if given is not None:
            states = list(given) if isinstance(given, list | tuple) else [given]
            if len(states) != len(self.state_size):
                raise ValueError(
                    f"{self.label}: expected 'initial_state' to be {len(self.state_size)} states of sizes "
                    f"{self.state_size}, got {len(states)}."
                )
            for state, size in zip(tree.flatten(states), tree.flatten(self.state_size), strict=False):
                if isinstance(size, int) and state.shape[-1] not in (size, None):
                    raise ValueError(
                        f"{self.label}: expected 'initial_state' to have states of sizes {self.state_size}, got one of "
                        f"shape {tuple(state.shape)}."
                    )
            return tree.map_structure(lambda state: ops.cast(state, self._cell_dtype), states)
        if self.states is None:
            return self._zero_states(sequences)
        own = tree.flatten(self.states)[0].shape[0]
        if isinstance(batch_size, int) and batch_size != own:
            raise ValueError(
                f"{self.label}: expected sequences of the batch size of the states, {own}, with stateful=True, got "
                f"{batch_size}."
            )
        return tree.map_structure(lambda variable: ops.cast(variable, self._cell_dtype), self.states)

    def _zero_states(self, sequences: Any) -> Any:
        """Return the first states of sequences that are given none."""
        return self.get_initial_state(ops.shape(sequences)[0])

    def _zero_output(self, sequences: Any, states: Any) -> Any:
        """Return what masked steps at the start have as outputs."""
        return ops.zeros((ops.shape(sequences)[0], self._output_size), self._cell_dtype)

    # calls

    def call(self, sequences: Any, initial_state: Any = None, mask: Any = None, training: bool = False) -> Any:
        """Return the last output, or those of all steps.

        Args:
            sequences: tensor of shape `(batch, time, ...)`.
            initial_state: list of the first states; None for those that the layer has.
            mask: bool tensor of shape `(batch, time)`, False for steps to leave out; None for none.
            training: told to the cell.

        Returns:
            Tensor of shape `(batch, output size)`, with `return_sequences` `(batch, time, output size)`; with
            `return_state` a tuple of it and the last states.

        Raises:
            ValueError: for states or a mask that do not fit, and for sequences without a step.
        """
        states = self._first_states(sequences, initial_state)
        output, outputs, states = self.inner_loop(sequences, states, self._checked(mask), training)
        if self.states is not None:
            for variable, value in zip(tree.flatten(self.states), tree.flatten(states), strict=True):
                variable.assign(ops.cast(value, variable.dtype))
        result = outputs if self.return_sequences else output
        return (result, *states) if self.return_state else result

    def _checked(self, mask: Any) -> Any:
        if mask is None:
            return None
        if mask.ndim == 3 and mask.shape[-1] == 1:
            mask = ops.squeeze(mask, -1)
        if mask.ndim != 2:
            raise ValueError(f"{self.label}: expected a mask of shape (batch, time), got {tuple(ops.shape(mask))}.")
        return ops.cast(mask, "bool")

    def inner_loop(self, sequences: Any, initial_state: Any, mask: Any, training: bool = False) -> tuple[Any, Any, Any]:
        """Return the last output, all outputs (None unless they are returned) and the last states.

        Args:
            sequences: as of `call`.
            initial_state: list of states.
            mask: bool tensor of shape `(batch, time)`, or None.
            training: told to the cell.
        """
        self._check_steps(sequences)
        whole = self._whole(sequences, initial_state, training) if mask is None else None
        if whole is not None:
            return whole
        xs = _time_first(sequences)
        draws = training and hasattr(self.cell, "draw_masks")
        try:
            if draws:
                self.cell.draw_masks(ops.get_item(xs, 0), initial_state)
            step, xs = self._projected_step(xs, training) if self._projects else (self._cell_step(training), xs)
            output, outputs, states = recur(
                step,
                xs,
                initial_state,
                self._zero_output(sequences, initial_state),
                mask=None if mask is None else ops.transpose(mask),
                return_sequences=self.return_sequences,
                go_backwards=self.go_backwards,
                unroll=self.unroll,
                zero_output_for_mask=self.zero_output_for_mask,
            )
        finally:
            if draws:
                self.cell.reset_masks()
        return output, None if outputs is None else _time_first(outputs), states

    def _whole(self, sequences: Any, states: Any, training: bool) -> tuple[Any, Any, Any] | None:
        """Do what `inner_loop` does by one op; None where there is none that does."""
        cell = self.cell
        if self.unroll or not self._projects or (training and (cell.dropout or cell.recurrent_dropout)):
            return None
        in_order = ops.flip(sequences, 1) if self.go_backwards else sequences
        found = cell.whole(in_order, list(states), self.return_sequences)
        if found is None:
            return None
        last = list(found[: len(states)])
        return last[0], found[-1] if self.return_sequences else None, last

    def _check_steps(self, sequences: Any) -> None:
        table = active()
        length = table.static_shape(sequences)[1]
        if length == 0:
            raise ValueError(f"{self.label}: expected sequences of one step or more, got none.")
        if self.unroll and length is None and not table.is_symbolic:
            raise ValueError(
                f"{self.label}: expected sequences of a known number of steps with unroll=True, got an unknown one."
            )

    @property
    def _projects(self) -> bool:
        """Whether the inputs of all steps can go through the cell's kernel at once."""
        cell = self.cell
        return (
            isinstance(cell, KernelCell)
            and getattr(type(cell).call, "_takes_a_step", False)
            and cell.activity_regularizer is None
            and (cell.compute_dtype, cell._autocast_target) == (self.compute_dtype, self._autocast_target)
        )

    def _projected_step(self, xs: Any, training: bool) -> tuple[Step, Any]:
        cell = self.cell
        mask = cell.get_dropout_mask(ops.get_item(xs, 0)) if training else None
        recurrent_mask = cell.get_recurrent_dropout_mask(None) if training else None
        return lambda inputs, states: cell.step(inputs, states, recurrent_mask), cell.projected(xs, mask)

    def _cell_step(self, training: bool) -> Step:
        cell = self.cell
        more = {"training": training} if isinstance(cell, Layer) else {}

        def step(inputs: Any, states: Any) -> tuple[Any, Any]:
            output, new_states = cell(inputs, states, **more)
            return output, new_states

        return step

    # shapes and configuration

    @property
    def _output_size(self) -> int:
        return output_size_of(self.cell)

    def compute_output_shape(self, sequences_shape: Any, initial_state_shape: Any = None) -> Any:
        """Return the shape of the outputs, with `return_state` a tuple of it and those of the states."""
        output, states = self._step_shapes((sequences_shape[0], *sequences_shape[2:]))
        if self.return_sequences:
            output = (output[0], sequences_shape[1], *output[1:])
        return (output, *states) if self.return_state else output

    def _step_shapes(self, step_shape: Any) -> tuple[Any, Any]:
        """Return the shapes of the output of a step and of the states."""
        batch_size = step_shape[0]
        return (batch_size, self._output_size), map_sizes(lambda size: (batch_size, size), self.state_size)

    def compute_mask(self, _: Any, mask: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the mask of the outputs, if those of all steps are returned; states have none."""
        mask = tree.flatten(mask)[0] if isinstance(mask, list | tuple) else mask
        own = mask if self.return_sequences else None
        return [own, *(None for _ in self.state_size)] if self.return_state else own

    def _own_arguments(self) -> dict[str, Any]:
        return {
            "return_sequences": self.return_sequences,
            "return_state": self.return_state,
            "go_backwards": self.go_backwards,
            "stateful": self.stateful,
            "unroll": self.unroll,
            "zero_output_for_mask": self.zero_output_for_mask,
        }

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {**super().get_config(), **self._own_arguments(), "cell": serialize_keras_object(self.cell)}

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None, safe_mode: bool | None = True
    ) -> Any:
        """Return a layer from the result of `get_config`.

        Args:
            config: result of `get_config`.
            custom_objects: names and classes that the configuration may name too.
            safe_mode: as of `deserialize_keras_object`, for what is inside.

        Raises:
            TypeError: where the class of the cell is not known.
        """
        return cls(
            **{**config, "cell": deserialize_keras_object(config["cell"], custom_objects, safe_mode, expected=Layer)}
        )


def _time_first(x: Any) -> Any:
    """Return the tensor with the first two axes exchanged."""
    return ops.transpose(x, (1, 0, *range(2, x.ndim)))
