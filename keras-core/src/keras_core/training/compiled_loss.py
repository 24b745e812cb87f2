"""The loss that `compile` describes: one loss an output, weighted and added up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from keras_core import losses, ops
from keras_core.losses import Loss, LossFunctionWrapper
from keras_core.metrics import Mean
from keras_core.training.outputs import OutputNames, unique


@dataclass(frozen=True)
class OfOutput:
    """What belongs to one output.

    Attributes:
        label: name of the output.
        shape: its sizes, None for those that vary.
        loss: its loss, or None.
        target: its targets, or None.
        weight: the weights of its samples, or None.
    """

    label: str
    shape: tuple[int | None, ...]
    loss: Loss | None
    target: Any
    weight: Any


class CompiledLoss:
    """Computes the loss of all outputs; with several losses it follows each of them by a metric.

    Args:
        loss: name, function, `Loss`; or a list, dict or structure of them and None, as the outputs of the model.
        loss_weights: list or dict of floats by which the losses are multiplied, or None.
    """

    def __init__(self, loss: Any, loss_weights: Any = None) -> None:
        self._loss = _map_leaves(_standardize, loss)
        self._loss_weights = loss_weights
        self._names: OutputNames | None = None
        self._losses: list[Loss | None] = []
        self._weights: list[float | None] = []
        self._trackers: list[Mean | None] = []
        self._shapes: list[tuple[int | None, ...]] = []

    @property
    def built(self) -> bool:
        """Whether it is known which loss belongs to which output."""
        return self._names is not None

    @property
    def losses(self) -> list[Loss | None]:
        """The loss of each output, once it is known which belongs to which."""
        return self._losses

    @property
    def metrics(self) -> list[Mean]:
        """The means of the single losses; none where there is one loss only."""
        return [tracker for tracker in self._trackers if tracker is not None]

    def build(self, y_pred: Any, output_names: Sequence[str] | None = None) -> None:
        """Find out which loss belongs to which output.

        Args:
            y_pred: outputs of the model, symbolic ones too.
            output_names: their names, or None.

        Raises:
            ValueError: where the losses or their weights do not fit the outputs.
        """
        names = OutputNames(y_pred, output_names)
        self._losses = names.distribute("loss", self._loss, _is_loss, shared=True)
        self._weights = names.distribute("loss_weights", self._loss_weights, _is_weight)
        several = sum(loss is not None for loss in self._losses) > 1
        taken: set[str] = {"loss"}
        self._trackers = [
            Mean(name=unique(names.log_name(place, str(loss.name), is_loss=True), taken))
            if several and loss is not None
            else None
            for place, loss in enumerate(self._losses)
        ]
        outputs = names.distribute("y_pred", y_pred, _is_tensor)
        self._shapes = [tuple(getattr(output, "shape", ())) for output in outputs]
        self._names = names

    def of_outputs(self, y_true: Any, sample_weight: Any = None) -> Iterator[OfOutput]:
        """Return what belongs to each output.

        Args:
            y_true: as of a call.
            sample_weight: as of a call.

        Raises:
            ValueError: where targets or weights do not fit the outputs.
        """
        names = self._names
        assert names is not None
        targets = names.distribute("y", y_true, _is_tensor)
        weights = names.distribute("sample_weight", sample_weight, _is_tensor, shared=True)
        for place, loss in enumerate(self._losses):
            yield OfOutput(names.label(place), self._shapes[place], loss, targets[place], weights[place])

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Return the sum of the weighted losses, a scalar tensor, or None where no output has a loss.

        Args:
            y_true: targets, as the outputs of the model.
            y_pred: outputs of the model.
            sample_weight: weights of the samples, one array for all outputs or as the outputs; or None.

        Raises:
            ValueError: where targets or weights do not fit the outputs, or an output has a loss but no targets.
        """
        if self._names is None:
            self.build(y_pred)
        names = self._names
        assert names is not None
        targets = names.distribute("y", y_true, _is_tensor)
        weights = names.distribute("sample_weight", sample_weight, _is_tensor, shared=True)
        outputs = names.distribute("y_pred", y_pred, _is_tensor)
        total: Any = None
        for place, loss in enumerate(self._losses):
            if loss is None:
                continue
            if targets[place] is None:
                raise ValueError(
                    f"y: the output '{names.label(place)}' has the loss '{loss.name}' but no targets came for it. "
                    "Give y, or data that are pairs (inputs, targets)."
                )
            try:
                value = loss(targets[place], outputs[place], weights[place])
            except Exception as error:
                error.add_note(f"in the loss '{loss.name}' of the output '{names.label(place)}'")
                raise
            tracker, factor = self._trackers[place], self._weights[place]
            if tracker is not None:
                tracker.update_state(value, sample_weight=ops.cast(ops.shape(outputs[place])[0], tracker.dtype))
            value = value if factor is None else value * factor
            total = value if total is None else total + value
        return total


def _map_leaves(function: Any, values: Any) -> Any:
    if isinstance(values, dict) and "class_name" not in values:
        return {key: _map_leaves(function, value) for key, value in values.items()}
    if isinstance(values, list | tuple):
        return [_map_leaves(function, value) for value in values]
    return function(values)


def _standardize(identifier: Any) -> Loss | None:
    found = losses.get(identifier)
    if found is None or isinstance(found, Loss):
        return found
    return LossFunctionWrapper(found, name=identifier if isinstance(identifier, str) else None)


def _is_loss(value: Any) -> bool:
    return value is None or isinstance(value, Loss)


def _is_weight(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _is_tensor(value: Any) -> bool:
    return value is None or not isinstance(value, list | tuple | dict)
