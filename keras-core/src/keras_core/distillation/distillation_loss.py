"""`DistillationLoss`: how far the outputs of a student are from those of its teacher."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keras_core import losses, ops, tree
from keras_core.losses.loss import Loss
from keras_core.runtime.known_objects import Functions
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object


class DistillationLoss:
    """What a `Distiller` makes small; subclasses write `compute_loss`, and `get_config` where they take arguments.

    Example:
        >>> class Distance(keras.distillation.DistillationLoss):
        ...     def compute_loss(self, teacher_outputs, student_outputs, **kwargs):
        ...         return ops.mean(ops.abs(teacher_outputs - student_outputs))
        >>> float(Distance().compute_loss(np.ones((2, 3)), np.zeros((2, 3))))
        1.0
    """

    teacher_layer_name: str | None = None
    student_layer_name: str | None = None

    def compute_loss(self, teacher_outputs: Any, student_outputs: Any, **kwargs: Any) -> Any:
        """Return the loss.

        Args:
            teacher_outputs: outputs of the teacher, or of its layer `teacher_layer_name` where that is set.
            student_outputs: the same of the student.
            **kwargs: nothing so far.

        Returns:
            Scalar tensor.
        """
        raise NotImplementedError(
            f"{type(self).__name__} has no method compute_loss(teacher_outputs, student_outputs, **kwargs)."
        )

    def validate_outputs(self, teacher_outputs: Any, student_outputs: Any) -> None:
        """Refuse outputs that cannot be compared.

        Args:
            teacher_outputs: outputs of the teacher.
            student_outputs: outputs of the student.

        Raises:
            ValueError: where they have different structures.
        """
        tree.assert_same_structure(teacher_outputs, student_outputs)

    def validate_model_compatibility(self, teacher: Any, student: Any) -> None:
        """Refuse models for which the loss cannot be computed; subclasses may override it.

        Args:
            teacher: the model to learn from.
            student: the model that learns.
        """

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Any:
        """Return a loss from the result of `get_config`.

        Args:
            config: result of `get_config`.
        """
        return cls(**config)


class ComparingLoss(DistillationLoss):
    """Compares outputs by the losses of `keras.losses`.

    Args:
        loss: name, function, configuration or `Loss`; or a tree of them and None, as the outputs.
    """

    def __init__(self, loss: Any) -> None:
        self.loss = tree.map_structure_up_to(_shallow(loss), losses.get, loss)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {"loss": tree.map_structure(serialize_keras_object, self.loss)}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Any:
        """Return a loss from the result of `get_config`.

        Args:
            config: result of `get_config`.
        """
        return cls(**{**config, "loss": deserialize_keras_object(config["loss"], expected=(Loss, Functions("losses")))})

    def _compare(self, teacher_outputs: Any, student_outputs: Any) -> Any:
        """Return the sum of the losses, each the mean of its values.

        Raises:
            ValueError: where losses, outputs of the teacher and of the student do not fit.
        """
        name = type(self).__name__
        self.validate_outputs(teacher_outputs, student_outputs)
        compared = tree.flatten(self.loss)
        pairs = list(zip(tree.flatten(teacher_outputs), tree.flatten(student_outputs), strict=True))
        if len(compared) != len(pairs):
            raise ValueError(f"{name}: expected as many losses as outputs, got {len(compared)} and {len(pairs)}.")
        total: Any = 0.0
        for loss, (teacher, student) in zip(compared, pairs, strict=True):
            if loss is None:
                continue
            if not shapes_fit(tuple(teacher.shape), tuple(student.shape)):
                raise ValueError(
                    f"{name}: expected teacher and student to give one shape, got {tuple(teacher.shape)} and "
                    f"{tuple(student.shape)}."
                )
            total = total + ops.mean(loss(teacher, student))
        return total


def _shallow(loss: Any) -> Any:
    """Return the structure of a tree of losses, in which the configuration of a loss is a leaf."""
    if isinstance(loss, Mapping) and "class_name" not in loss:
        return {name: _shallow(value) for name, value in loss.items()}
    if isinstance(loss, list | tuple):
        return type(loss)(_shallow(value) for value in loss)
    return 0


def shapes_fit(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Tell whether two shapes are the same, as far as their sizes are known."""
    return len(one) == len(other) and all(a == b or None in (a, b) for a, b in zip(one, other, strict=True))
