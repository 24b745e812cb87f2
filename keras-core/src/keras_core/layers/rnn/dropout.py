"""Dropout of recurrent cells: one mask for all steps of a sequence."""

from __future__ import annotations

from typing import Any, ClassVar

from keras_core import ops
from keras_core.layers.arguments import number
from keras_core.layers.layer import Layer
from keras_core.ops.random_numbers import SeedGenerator, dropout


class DropoutCell(Layer):
    """A recurrent cell with dropout of its inputs and of its states.

    The masks are drawn at the first step that asks for them and are kept until they are reset, since another mask at
    each step would erase what the state remembers.

    Source:
        Gal and Ghahramani, "A Theoretically Grounded Application of Dropout in Recurrent Neural Networks", 2016.
    """

    gates: ClassVar[int] = 1
    """Number of masks of the inputs, and of the state."""

    seed_generator: SeedGenerator

    def _set_dropout(self, rate: Any, recurrent_rate: Any, seed: int | None) -> None:
        """Take the arguments of the constructor."""
        self.dropout = number(self, "dropout", rate, maximum=1)
        self.recurrent_dropout = number(self, "recurrent_dropout", recurrent_rate, maximum=1)
        self.seed = seed
        self.seed_generator = SeedGenerator(seed)
        self.reset_masks()

    def _drawn(self, attribute: str, like: Any, rate: float) -> Any:
        if rate == 0:
            return None
        mask = self.__dict__.get(attribute)
        if mask is None:
            ones = ops.ones_like(like)
            masks = [
                ops.zeros_like(ones) if rate == 1 else dropout(ones, rate, seed=self.seed_generator)
                for _ in range(self.gates)
            ]
            mask = self.__dict__[attribute] = masks[0] if len(masks) == 1 else masks
        return mask

    def get_dropout_mask(self, step_input: Any) -> Any:
        """Return what the inputs of each step are multiplied by, a list of one for each gate; None for no dropout.

        Args:
            step_input: tensor of the shape of the inputs of a step.
        """
        return self._drawn("_dropout_mask", step_input, self.dropout)

    def get_recurrent_dropout_mask(self, step_input: Any) -> Any:
        """Return what the state of each step is multiplied by, a list of one for each gate; None for no dropout.

        Args:
            step_input: tensor of the shape of the state.
        """
        return self._drawn("_recurrent_dropout_mask", step_input, self.recurrent_dropout)

    def draw_masks(self, step_input: Any, states: Any) -> None:
        """Draw the masks before a loop, inside which no random state may change.

        Args:
            step_input: tensor of the shape of the inputs of a step.
            states: list of the states.
        """
        self.get_dropout_mask(step_input)
        self.get_recurrent_dropout_mask(states[0])

    def reset_masks(self) -> None:
        """Let the next step draw new masks."""
        self.reset_dropout_mask()
        self.reset_recurrent_dropout_mask()

    def reset_dropout_mask(self) -> None:
        """Let the next step draw a new mask for the inputs."""
        self.__dict__["_dropout_mask"] = None

    def reset_recurrent_dropout_mask(self) -> None:
        """Let the next step draw a new mask for the state."""
        self.__dict__["_recurrent_dropout_mask"] = None

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_dropout_mask": None, "_recurrent_dropout_mask": None}
