"""`Bidirectional`: sequences from the first step to the last, and from the last to the first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keras_core import ops
from keras_core.layers.arguments import wrong
from keras_core.layers.input_spec import InputSpec
from keras_core.layers.layer import Layer
from keras_core.layers.serialization import deserialize, serialize
from keras_core.runtime import tree
from keras_core.runtime.serialization import custom_object_scope

_NEEDED = ("go_backwards", "return_sequences", "return_state", "stateful")
_MERGERS = {
    "sum": ops.add,
    "mul": ops.multiply,
    "ave": lambda one, other: ops.multiply(ops.add(one, other), 0.5),
    "concat": lambda one, other: ops.concatenate([one, other], -1),
}


class Bidirectional(Layer):
    """Runs one recurrent layer from the first step of sequences to the last, another from the last to the first.

    Both are made anew from the configuration of `layer`; its weights are not taken over.

    Args:
        layer: recurrent layer, such as `LSTM(4)`, that goes forwards; or a layer with its attributes `go_backwards`,
            `return_sequences`, `return_state` and `stateful`, arguments of its constructor.
        merge_mode: what becomes of the outputs of both: `"concat"` (one behind the other), `"sum"`, `"mul"`, `"ave"`
            (their mean), or None: they are returned as two.
        weights: list of arrays, the first values of the weights, those of the forward layer first; or None.
        backward_layer: the layer that goes backwards; None for one like `layer`.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: where the layers are none, do not fit each other, or the mode is not known.

    Source:
        Schuster and Paliwal, "Bidirectional Recurrent Neural Networks", 1997.

    Example:
        >>> keras.layers.Bidirectional(keras.layers.LSTM(4, return_sequences=True))(np.ones((2, 5, 3))).shape
        (2, 5, 8)
    """

    def __init__(
        self,
        layer: Any,
        merge_mode: str | None = "concat",
        weights: Any = None,
        backward_layer: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if merge_mode is not None and merge_mode not in _MERGERS:
            raise wrong(self, "merge_mode", "'concat', 'sum', 'mul', 'ave' or None", merge_mode)
        self._check("layer", layer)
        if backward_layer is not None:
            self._check("backward_layer", backward_layer)
        elif layer.go_backwards:
            raise wrong(self, "layer", "a layer with go_backwards=False where there is no 'backward_layer'", layer)
        self.merge_mode = merge_mode
        name = layer.name.removeprefix("forward_")
        self.forward_layer = _again(layer, name=f"forward_{name}")
        self.backward_layer = (
            _again(layer, name=f"backward_{name}", go_backwards=True) if backward_layer is None else backward_layer
        )
        self._check_pair()
        self.return_sequences = layer.return_sequences
        self.return_state = layer.return_state
        self.stateful = layer.stateful
        if self.return_sequences:  # so that what is masked adds nothing to the other direction
            self.forward_layer.zero_output_for_mask = self.backward_layer.zero_output_for_mask = True
        self.supports_masking = True
        self.input_spec = layer.input_spec if isinstance(layer.input_spec, InputSpec) else InputSpec(min_ndim=3)
        self.__dict__["_first_weights"] = weights

    def _check(self, argument: str, layer: Any) -> None:
        if not isinstance(layer, Layer):
            raise wrong(self, argument, "a recurrent layer (an instance, not a class)", layer)
        missing = [name for name in _NEEDED if not hasattr(layer, name)]
        if missing:
            raise ValueError(
                f"{self.label}: expected a recurrent layer for '{argument}', got {layer.label} without the attributes "
                f"{', '.join(missing)}."
            )

    def _check_pair(self) -> None:
        one, other = self.forward_layer, self.backward_layer
        if one.go_backwards == other.go_backwards:
            raise ValueError(
                f"{self.label}: expected layers of different directions, got go_backwards={one.go_backwards} for both "
                "'layer' and 'backward_layer'."
            )
        for name in ("stateful", "return_sequences", "return_state"):
            if getattr(one, name) != getattr(other, name):
                raise ValueError(
                    f"{self.label}: expected the same '{name}' of 'layer' and 'backward_layer', got "
                    f"{getattr(one, name)} and {getattr(other, name)}."
                )

    # building and states

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        """Build both layers.

        Args:
            sequences_shape: shape of the sequences.
            initial_state_shape: shapes of the first states, of no use here.
        """
        for layer in (self.forward_layer, self.backward_layer):
            if not layer.built:
                layer.build(sequences_shape)
        given = self.__dict__.pop("_first_weights", None)
        if given is not None:
            self.set_weights(given)

    @property
    def states(self) -> list[Any] | None:
        """The states of both layers, those of the forward layer first; None unless they are stateful and built."""
        first, second = (getattr(layer, "states", None) for layer in (self.forward_layer, self.backward_layer))
        return None if not first or not second else [*first, *second]

    def reset_state(self) -> None:
        """Set the states of stateful layers to their first values."""
        self.forward_layer.reset_state()
        self.backward_layer.reset_state()

    def reset_states(self) -> None:
        """Set the states of stateful layers to their first values."""
        self.reset_state()

    # calls

    def call(self, sequences: Any, initial_state: Any = None, mask: Any = None, training: bool | None = None) -> Any:
        """Return the outputs of both directions.

        Args:
            sequences: tensor of shape `(batch, time, ...)`.
            initial_state: list of the first states, those of the forward layer first; None for those that they have.
            mask: bool tensor of shape `(batch, time)`, False for steps to leave out; None for none.
            training: told to the layers.

        Returns:
            What the layers return, merged, with the steps in the order of time; without a mode a tuple of both. With
            `return_state` a tuple of it (or both) and the last states of the forward and of the backward layer.

        Raises:
            ValueError: for a number of states that is odd.
        """
        first, second = self._halves(initial_state)
        options = {"mask": mask, "training": training}
        forward = _listed(self.forward_layer(sequences, initial_state=first, **options))
        backward = _listed(self.backward_layer(sequences, initial_state=second, **options))
        one, other = forward[0], backward[0]
        if self.return_sequences:
            if self.forward_layer.go_backwards:
                one = ops.flip(one, 1)
            else:
                other = ops.flip(other, 1)
        outputs = (one, other) if self.merge_mode is None else (_MERGERS[self.merge_mode](one, other),)
        if self.return_state:
            return (*outputs, *forward[1:], *backward[1:])
        return outputs[0] if len(outputs) == 1 else outputs

    def _halves(self, states: Any) -> tuple[Any, Any]:
        if states is None:
            return None, None
        states = list(states) if isinstance(states, list | tuple) else [states]
        if len(states) % 2:
            raise ValueError(
                f"{self.label}: expected 'initial_state' to be the states of the forward layer and as many of the "
                f"backward layer, got {len(states)}."
            )
        half = len(states) // 2
        return states[:half], states[half:]

    # masks, shapes and configuration

    def compute_mask(self, _: Any, mask: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the mask of the outputs, if those of all steps are returned, a list where they are several."""
        mask = tree.flatten(mask)[0] if isinstance(mask, list | tuple) else mask
        own = mask if self.return_sequences else None
        outputs = [own] if self.merge_mode else [own, own]
        if self.return_state:
            sizes = [*self.forward_layer.state_size, *self.backward_layer.state_size]
            return [*outputs, *(None for _ in sizes)]
        return own if self.merge_mode else outputs

    def compute_output_shape(self, sequences_shape: Any, initial_state_shape: Any = None) -> Any:
        """Return the shape of the outputs, a tuple of shapes where they are several."""
        forward, backward = (
            layer.compute_output_shape(sequences_shape) for layer in (self.forward_layer, self.backward_layer)
        )
        one, *first_states = forward if self.return_state else (forward,)
        other, *second_states = backward if self.return_state else (backward,)
        if self.merge_mode == "concat":
            size = None if one[-1] is None or other[-1] is None else one[-1] + other[-1]
            outputs: tuple[Any, ...] = ((*one[:-1], size),)
        else:
            outputs = (one, other) if self.merge_mode is None else (one,)
        if self.return_state:
            return (*outputs, *first_states, *second_states)
        return outputs[0] if len(outputs) == 1 else outputs

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {
            **super().get_config(),
            "merge_mode": self.merge_mode,
            "layer": serialize(self.forward_layer),
            "backward_layer": serialize(self.backward_layer),
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None, safe_mode: bool | None = True
    ) -> Any:
        """Return a layer from the result of `get_config`.

        Args:
            config: the result of `get_config`.
            custom_objects: names and classes that the configuration may name too.
            safe_mode: as of `deserialize_keras_object`, for what is inside.
        """
        layers = {
            name: deserialize(config[name], custom_objects, safe_mode)
            for name in ("layer", "backward_layer")
            if config.get(name) is not None
        }
        return cls(**{**config, **layers})


def _listed(outputs: Any) -> list[Any]:
    return list(outputs) if isinstance(outputs, list | tuple) else [outputs]


def _again(layer: Any, **changes: Any) -> Any:
    """Return a layer like another, with other arguments; classes inside need not be registered."""
    known = {type(one).__name__: type(one) for one in layer._flatten_layers()}
    with custom_object_scope(known):
        return type(layer).from_config({**layer.get_config(), **changes})
