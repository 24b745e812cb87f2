"""`FeatureDistillation`: a student that computes inside what its teacher does."""

from __future__ import annotations

from typing import Any

from keras_core import ops, tree
from keras_core.distillation.distillation_loss import ComparingLoss


class FeatureDistillation(ComparingLoss):
    """Compares outputs of layers inside of teacher and student.

    Args:
        loss: name, function, configuration or `Loss`; or a tree of them and None, as the outputs of the layers.
        teacher_layer_name: name of a layer of the teacher; None for the outputs of the model.
        student_layer_name: name of a layer of the student; None for the outputs of the model.

    Raises:
        ValueError: for a loss that is not known.

    Example:
        >>> loss = keras.distillation.FeatureDistillation("mse", "hidden", "hidden")
        >>> float(loss.compute_loss(np.ones((2, 3)), np.zeros((2, 3))))
        1.0

    Source:
        Romero et al., "FitNets: Hints for Thin Deep Nets", 2014, arXiv:1412.6550.
    """

    def __init__(
        self, loss: Any = "mse", teacher_layer_name: str | None = None, student_layer_name: str | None = None
    ) -> None:
        super().__init__(loss)
        self.teacher_layer_name = teacher_layer_name
        self.student_layer_name = student_layer_name

    def validate_model_compatibility(self, teacher: Any, student: Any) -> None:
        """Refuse models that do not have the layers.

        Args:
            teacher: the model to learn from.
            student: the model that learns.

        Raises:
            ValueError: where a model has no such layer, or no graph in which the layer has an output.
        """
        asked = (("teacher", teacher, self.teacher_layer_name), ("student", student, self.student_layer_name))
        for role, model, name in asked:
            if name is None:
                continue
            names = [layer.name for layer in model.layers]
            if name not in names:
                raise ValueError(f"FeatureDistillation: expected {role}_layer_name to be among {names}, got {name!r}.")
            if not getattr(model, "outputs", None):
                raise ValueError(
                    f"FeatureDistillation: {model.label}: a layer inside is reached only in a functional or sequential "
                    f"{role} whose inputs are known; begin the model with an Input(shape)."
                )

    def compute_loss(self, teacher_outputs: Any, student_outputs: Any, **kwargs: Any) -> Any:
        """Return the loss.

        Args:
            teacher_outputs: outputs of the teacher's layer.
            student_outputs: outputs of the student's layer, of the same structure and shapes.
            **kwargs: not used.

        Returns:
            Scalar tensor.

        Raises:
            ValueError: where structures or shapes differ.
        """
        return self._compare(
            *(tree.map_structure(ops.convert_to_tensor, x) for x in (teacher_outputs, student_outputs))
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {
            **super().get_config(),
            "teacher_layer_name": self.teacher_layer_name,
            "student_layer_name": self.student_layer_name,
        }
