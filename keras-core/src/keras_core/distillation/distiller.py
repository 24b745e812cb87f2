"""`Distiller`: a student trained by a teacher and by targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from keras_core import metrics as metric_classes
from keras_core import ops, tree
from keras_core.distillation.distillation_loss import DistillationLoss, shapes_fit
from keras_core.models import Model
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object
from keras_core.training.compilation import batch_size


class Distiller(Model):
    """Trains a student to give the targets and what a teacher gives, which stays as it is.

    The loss is `student_loss_weight` times the loss of `compile`, and for the rest the weighted sum of the distillation
    losses. The logs have `student_loss`, `distillation_loss` and `total_loss` too, each the mean over the samples.

    Args:
        teacher: trained model; it is frozen.
        student: model that learns; what the distiller computes is what the student computes.
        distillation_losses: a `DistillationLoss` or a list of them.
        distillation_loss_weights: list of numbers, one a loss; None for ones.
        student_loss_weight: number from 0 to 1.
        name: name.
        **kwargs: as of `Model`.

    Raises:
        ValueError: for arguments of another kind, and for models whose inputs or outputs have different shapes.

    Example:
        >>> teacher, student = (keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]) for _ in range(2))
        >>> loss = keras.distillation.LogitsDistillation(loss="mse")
        >>> distiller = keras.distillation.Distiller(teacher, student, loss)
        >>> distiller.compile("sgd", loss="mse")
        >>> sorted(distiller.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0).history)
        ['distillation_loss', 'loss', 'student_loss', 'total_loss']
    """

    def __init__(
        self,
        teacher: Any,
        student: Any,
        distillation_losses: Any,
        distillation_loss_weights: Sequence[float] | None = None,
        student_loss_weight: float = 0.5,
        name: str = "distiller",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        for role, model in (("teacher", teacher), ("student", student)):
            if not isinstance(model, Model):
                raise ValueError(f"{self.label}: expected {role} to be a Model, got {model!r}.")
        found = list(distillation_losses) if isinstance(distillation_losses, list | tuple) else [distillation_losses]
        for loss in found:
            if not isinstance(loss, DistillationLoss):
                raise ValueError(
                    f"{self.label}: expected distillation_losses to be a DistillationLoss, such as LogitsDistillation, "
                    f"or a list of them, got {loss!r}."
                )
        weights = [1.0] * len(found) if distillation_loss_weights is None else distillation_loss_weights
        if not isinstance(weights, list | tuple) or len(weights) != len(found):
            raise ValueError(
                f"{self.label}: expected distillation_loss_weights to be a list of {len(found)} numbers, one a loss, "
                f"got {weights!r}."
            )
        if not 0.0 <= student_loss_weight <= 1.0:
            raise ValueError(
                f"{self.label}: expected student_loss_weight to be from 0 to 1, got {student_loss_weight}."
            )
        _check_shapes(self.label, teacher, student)
        for loss in found:
            loss.validate_model_compatibility(teacher, student)
        self.teacher = teacher
        self.student = student
        self.teacher.trainable = False
        self.distillation_losses = found
        self.distillation_loss_weights = list(weights)
        self.student_loss_weight = student_loss_weight
        self.student_loss_tracker = metric_classes.Mean(name="student_loss")
        self.distillation_loss_tracker = metric_classes.Mean(name="distillation_loss")
        self.total_loss_tracker = metric_classes.Mean(name="total_loss")
        # Not by `self.x = ...`, which would make them a part of the model.
        self.__dict__["_of_teacher"] = _Watched(teacher, [loss.teacher_layer_name for loss in found])
        self.__dict__["_of_student"] = _Watched(student, [loss.student_layer_name for loss in found])
        self.__dict__["_watched"] = None

    def compile(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, optimizer: Any = "adam", loss: Any = None, metrics: Any = None, **kwargs: Any
    ) -> None:
        """Say how the student is trained.

        Args:
            optimizer: as of `Model.compile`.
            loss: loss of the student against the targets, as of `Model.compile`.
            metrics: as of `Model.compile`.
            **kwargs: as of `Model.compile`.

        Raises:
            ValueError: without a loss, and as `Model.compile` does.
        """
        if loss is None:
            raise ValueError(f"{self.label}: expected compile() to get a loss for the student, got None.")
        super().compile(optimizer=optimizer, loss=loss, metrics=metrics, **kwargs)

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile with the result of `get_compile_config`.

        Args:
            config: result of `get_compile_config`.
        """
        self._compile_from_config(config)

    def call(self, inputs: Any, training: bool | None = None, **kwargs: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the outputs of the student.

        Args:
            inputs: inputs of the student.
            training: whether it is for training.
            **kwargs: further arguments of the student.
        """
        if not self._of_student.names:
            return self.student(inputs, training=training, **kwargs)
        outputs, *_ = self.__dict__["_watched"] = self._of_student(inputs, training)
        return outputs

    def predict_step(self, data: Any) -> Any:
        """Return the outputs of the student for one batch.

        Args:
            data: batch, of which the inputs count.
        """
        outputs = super().predict_step(data)
        self.__dict__["_watched"] = None
        return outputs

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """Return the loss of a batch, and note its parts in the metrics; a part whose weight is 0 is not computed.

        Args:
            x: inputs, of teacher and student.
            y: targets.
            y_pred: outputs of the student.
            sample_weight: weights of the samples, or None; for the loss of the student.
            training: whether it is for training.

        Returns:
            Scalar tensor.
        """
        share = self.student_loss_weight
        student_loss = super().compute_loss(x, y, y_pred, sample_weight, training) if share > 0 else 0.0
        distillation_loss = self._distillation_loss(x, y_pred, training) if share < 1 else 0.0
        total = share * student_loss + (1.0 - share) * distillation_loss
        parts = ((self.student_loss_tracker, student_loss), (self.distillation_loss_tracker, distillation_loss))
        for tracker, value in (*parts, (self.total_loss_tracker, total)):
            tracker.update_state(value, sample_weight=batch_size(x))
        return total

    def _distillation_loss(self, x: Any, y_pred: Any, training: bool) -> Any:
        of_student = self._of_student.for_each(self._features_of_student(x, y_pred, training))
        of_teacher = self._of_teacher.for_each(tree.map_structure(ops.stop_gradient, self._of_teacher(x, False)))
        compared = zip(self.distillation_losses, of_teacher, of_student, strict=True)
        losses = [loss.compute_loss(teacher, student) for loss, teacher, student in compared]
        return sum(weight * loss for weight, loss in zip(self.distillation_loss_weights, losses, strict=True))

    def _features_of_student(self, x: Any, y_pred: Any, training: bool) -> list[Any]:
        """Return the outputs of the student and of its watched layers, those of the call that gave `y_pred`."""
        watched, self.__dict__["_watched"] = self._watched, None
        if not self._of_student.names:
            return [y_pred]
        return watched if watched is not None and watched[0] is y_pred else self._of_student(x, training)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {
            **super().get_config(),
            "teacher": serialize_keras_object(self.teacher),
            "student": serialize_keras_object(self.student),
            "distillation_losses": [serialize_keras_object(loss) for loss in self.distillation_losses],
            "distillation_loss_weights": list(self.distillation_loss_weights),
            "student_loss_weight": self.student_loss_weight,
        }

    @classmethod
    def from_config(  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, config: Mapping[str, Any], safe_mode: bool | None = True
    ) -> Any:
        """Return a distiller from the result of `get_config`.

        Args:
            config: result of `get_config`.
            safe_mode: as of `deserialize_keras_object`, for the models.
        """
        models = {
            role: deserialize_keras_object(config[role], None, safe_mode, expected=Model)
            for role in ("teacher", "student")
        }
        losses = [deserialize_keras_object(loss, expected=DistillationLoss) for loss in config["distillation_losses"]]
        return cls(**{**config, **models, "distillation_losses": losses})


class _Watched:
    """A model that gives the outputs of some layers beside its own.

    Args:
        model: the model.
        names: for each loss the name of the layer that it compares, None for the outputs of the model.
    """

    def __init__(self, model: Any, names: list[str | None]) -> None:
        self._model = model
        self._asked = names
        self.names = [name for name in dict.fromkeys(names) if name is not None]
        self._several: Any = None

    def __call__(self, inputs: Any, training: bool | None) -> list[Any]:
        """Return the outputs of the model, and of the watched layers in the order of `names`."""
        if not self.names:
            return [self._model(inputs, training=training)]
        if self._several is None:
            model = self._model
            self._several = Model(model.input, [model.output, *(model.get_layer(name).output for name in self.names)])
        return self._several(inputs, training=training)

    def for_each(self, found: list[Any]) -> list[Any]:
        """Return what each loss compares, of what a call gave."""
        return [found[0 if name is None else 1 + self.names.index(name)] for name in self._asked]


def _check_shapes(label: str, teacher: Any, student: Any) -> None:
    """Refuse models whose inputs or outputs differ, as far as they are known before the first call."""
    for side in ("input", "output"):
        if not all(getattr(model, "outputs", None) for model in (teacher, student)):
            return
        shapes = [[tuple(x.shape) for x in tree.flatten(getattr(model, side))] for model in (teacher, student)]
        if len(shapes[0]) != len(shapes[1]) or not all(map(shapes_fit, *shapes)):
            raise ValueError(
                f"{label}: expected teacher and student to have the same {side} shapes, got {shapes[0]} and "
                f"{shapes[1]}."
            )
