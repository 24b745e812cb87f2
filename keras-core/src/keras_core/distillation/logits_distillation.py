"""`LogitsDistillation`: a student that gives what its teacher gives."""

from __future__ import annotations

from typing import Any

from keras_core import ops, tree
from keras_core.distillation.distillation_loss import ComparingLoss


class LogitsDistillation(ComparingLoss):
    """Compares the outputs of teacher and student, divided by a temperature.

    As in Keras the loss sees the quotients as they are, so one that is meant for probabilities, such as the default,
    clips what is negative: for logits `"mse"` is the better choice.

    Args:
        temperature: positive number; the larger, the less large outputs count.
        loss: name, function, configuration or `Loss`; or a tree of them and None, as the outputs of the models.

    Raises:
        ValueError: for another temperature, or a loss that is not known.

    Example:
        >>> loss = keras.distillation.LogitsDistillation(temperature=2.0, loss="mse")
        >>> float(loss.compute_loss(np.full((2, 3), 4.0), np.zeros((2, 3))))
        4.0

    Source:
        Hinton, Vinyals, Dean, "Distilling the Knowledge in a Neural Network", 2015, arXiv:1503.02531.
    """

    def __init__(self, temperature: float = 3.0, loss: Any = "kl_divergence") -> None:
        is_number = isinstance(temperature, int | float) and not isinstance(temperature, bool)
        if not is_number or temperature <= 0:
            raise ValueError(f"LogitsDistillation: expected temperature to be a positive number, got {temperature!r}.")
        super().__init__(loss)
        self.temperature = temperature

    def compute_loss(self, teacher_outputs: Any, student_outputs: Any, **kwargs: Any) -> Any:
        """Return the loss.

        Args:
            teacher_outputs: outputs of the teacher.
            student_outputs: outputs of the student, of the same structure and shapes.
            **kwargs: not used.

        Returns:
            Scalar tensor.

        Raises:
            ValueError: where structures or shapes differ.
        """

        def cool(x: Any) -> Any:
            return ops.divide(x, self.temperature)

        return self._compare(tree.map_structure(cool, teacher_outputs), tree.map_structure(cool, student_outputs))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {"temperature": self.temperature, **super().get_config()}
