"""The best that one of two aims can be where the other is met, over all thresholds."""

from typing import Any, ClassVar

import numpy as np

from keras_core import ops
from keras_core.metrics.confusion import ConfusionMetric, ratio
from keras_core.runtime.scopes import count_floats


class _ConstrainedMetric(ConfusionMetric):
    """The largest value of one quotient over the thresholds at which another one is at least a bound."""

    true_positives: Any
    false_positives: Any
    true_negatives: Any
    false_negatives: Any
    _bound_name: ClassVar[str]
    _bounded: ClassVar[str]
    _wanted: ClassVar[str]

    def __init__(self, bound: float, num_thresholds: int, class_id: int | None, name: str | None, dtype: Any) -> None:
        owner = type(self).__name__
        if not 0 <= bound <= 1:
            raise ValueError(f"{owner}: expected {self._bound_name} to be in [0, 1], got {bound}.")
        if num_thresholds <= 0:
            raise ValueError(f"{owner}: expected num_thresholds to be an integer above 0, got {num_thresholds}.")
        self.num_thresholds = num_thresholds
        count_floats(num_thresholds)
        self.thresholds = [0.5] if num_thresholds == 1 else np.linspace(0.0, 1.0, num_thresholds).tolist()
        setattr(self, self._bound_name, bound)
        super().__init__(self.thresholds, class_id, None, name, dtype)

    def _count(self, y_true: Any, y_pred: Any, weights: Any, by_label: bool) -> None:
        super()._count(y_true, ops.clip(y_pred, 0.0, 1.0), weights, by_label)

    def _quotient(self, name: str) -> Any:
        hits, passed = (ops.convert_to_tensor(variable) for variable in (self.true_positives, self.true_negatives))
        if name == "precision":
            return ratio(hits, ops.add(hits, self.false_positives))
        if name == "specificity":
            return ratio(passed, ops.add(passed, self.false_positives))
        return ratio(hits, ops.add(hits, self.false_negatives))

    def result(self) -> Any:
        """Return the best value, 0 where no threshold meets the bound."""
        meets = self._quotient(self._bounded) >= getattr(self, self._bound_name)
        wanted = self._quotient(self._wanted)
        return ops.max(ops.where(meets, wanted, ops.zeros_like(wanted)))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        own = {"num_thresholds": self.num_thresholds, self._bound_name: getattr(self, self._bound_name)}
        return {**super().get_config(), "class_id": self.class_id, **own}


class SensitivityAtSpecificity(_ConstrainedMetric):
    """The best sensitivity at a threshold at which the specificity is at least a given one.

    Args:
        specificity: float in [0, 1].
        num_thresholds: how many thresholds are tried, evenly from 0 to 1.
        class_id: the only class that counts, a place of the last axis; None for all.
        name: as of `Metric`.
        dtype: as of `Metric`.

    Raises:
        ValueError: where an argument is out of range.

    Example:
        >>> float(keras.metrics.SensitivityAtSpecificity(0.5)([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8]))
        0.5
    """

    _bound_name, _bounded, _wanted = "specificity", "specificity", "recall"

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(specificity, num_thresholds, class_id, name, dtype)


class SpecificityAtSensitivity(_ConstrainedMetric):
    """The best specificity at a threshold at which the sensitivity is at least a given one.

    Args:
        sensitivity: float in [0, 1].
        num_thresholds: how many thresholds are tried, evenly from 0 to 1.
        class_id: the only class that counts, a place of the last axis; None for all.
        name: as of `Metric`.
        dtype: as of `Metric`.

    Raises:
        ValueError: where an argument is out of range.

    Example:
        >>> float(keras.metrics.SpecificityAtSensitivity(0.5)([0, 0, 1, 1], [0.0, 0.9, 0.3, 0.8]))
        0.5
    """

    _bound_name, _bounded, _wanted = "sensitivity", "recall", "specificity"

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)


class PrecisionAtRecall(_ConstrainedMetric):
    """The best precision at a threshold at which the recall is at least a given one.

    Args:
        recall: float in [0, 1].
        num_thresholds: how many thresholds are tried, evenly from 0 to 1.
        class_id: the only class that counts, a place of the last axis; None for all.
        name: as of `Metric`.
        dtype: as of `Metric`.

    Raises:
        ValueError: where an argument is out of range.

    Example:
        >>> float(keras.metrics.PrecisionAtRecall(0.5)([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8]))
        0.5
    """

    _bound_name, _bounded, _wanted = "recall", "recall", "precision"

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(recall, num_thresholds, class_id, name, dtype)


class RecallAtPrecision(_ConstrainedMetric):
    """The best recall at a threshold at which the precision is at least a given one.

    Args:
        precision: float in [0, 1].
        num_thresholds: how many thresholds are tried, evenly from 0 to 1.
        class_id: the only class that counts, a place of the last axis; None for all.
        name: as of `Metric`.
        dtype: as of `Metric`.

    Raises:
        ValueError: where an argument is out of range.

    Example:
        >>> float(keras.metrics.RecallAtPrecision(0.8)([0, 0, 0, 1, 1], [0.0, 0.3, 0.5, 0.3, 0.8]))
        0.5
    """

    _bound_name, _bounded, _wanted = "precision", "precision", "recall"

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(precision, num_thresholds, class_id, name, dtype)
