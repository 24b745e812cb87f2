"""Precision, recall, and the counts that they are made of."""

from typing import Any, ClassVar

from keras_core import ops
from keras_core.metrics.confusion import ConfusionMetric, ratio

_BELOW_ALL = -1e10


def _listed(owner: str, thresholds: Any, default: float) -> list[float]:
    """Return thresholds as a list.

    Raises:
        ValueError: for one that is not in [0, 1].
    """
    values = (
        [default] if thresholds is None else list(thresholds) if isinstance(thresholds, list | tuple) else [thresholds]
    )
    wrong = [value for value in values if value is None or not (value == default or 0 <= value <= 1)]
    if wrong:
        raise ValueError(f"{owner}: expected thresholds in [0, 1], got {wrong}.")
    return values


class _ThresholdMetric(ConfusionMetric):
    """A metric for one threshold, whose result is a scalar, or several."""

    def __init__(
        self,
        thresholds: Any = None,
        class_id: int | None = None,
        top_k: int | None = None,
        name: Any = None,
        dtype: Any = None,
    ) -> None:
        self.init_thresholds = thresholds
        self.thresholds = _listed(type(self).__name__, thresholds, 0.5 if top_k is None else _BELOW_ALL)
        super().__init__(self.thresholds, class_id, top_k, name, dtype)

    def _one_or_all(self, values: Any) -> Any:
        return values[0] if len(self.thresholds) == 1 else ops.convert_to_tensor(values)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {**super().get_config(), "thresholds": self.init_thresholds}


class _CountMetric(_ThresholdMetric):
    """One of the counts."""

    accumulator: Any

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(thresholds, name=name, dtype=dtype)

    def result(self) -> Any:
        """Return the count, a tensor of one a threshold where there are several."""
        return self._one_or_all(self.accumulator)


class TruePositives(_CountMetric):
    """Number of labels 1 that are predicted as 1, or the sum of their weights.

    Args:
        thresholds: float or list of floats in [0, 1]: predictions above it count as 1; None for 0.5.
        name: as of `Metric`.
        dtype: as of `Metric`.

    Example:
        >>> float(keras.metrics.TruePositives()([1, 1, 0], [0.9, 0.2, 0.7]))
        1.0
    """

    _kept: ClassVar = {"true_positives": "accumulator"}


class FalsePositives(_CountMetric):
    """Number of labels 0 that are predicted as 1, or the sum of their weights.

    Args:
        thresholds: float or list of floats in [0, 1]: predictions above it count as 1; None for 0.5.
        name: as of `Metric`.
        dtype: as of `Metric`.

    Example:
        >>> float(keras.metrics.FalsePositives()([1, 1, 0], [0.9, 0.2, 0.7]))
        1.0
    """

    _kept: ClassVar = {"false_positives": "accumulator"}


class TrueNegatives(_CountMetric):
    """Number of labels 0 that are predicted as 0, or the sum of their weights.

    Args:
        thresholds: float or list of floats in [0, 1]: predictions above it count as 1; None for 0.5.
        name: as of `Metric`.
        dtype: as of `Metric`.

    Example:
        >>> float(keras.metrics.TrueNegatives()([1, 0, 0], [0.9, 0.2, 0.7]))
        1.0
    """

    _kept: ClassVar = {"true_negatives": "accumulator"}


class FalseNegatives(_CountMetric):
    """Number of labels 1 that are predicted as 0, or the sum of their weights.

    Args:
        thresholds: float or list of floats in [0, 1]: predictions above it count as 1; None for 0.5.
        name: as of `Metric`.
        dtype: as of `Metric`.

    Example:
        >>> float(keras.metrics.FalseNegatives()([1, 1, 0], [0.9, 0.2, 0.7]))
        1.0
    """

    _kept: ClassVar = {"false_negatives": "accumulator"}


class _ShareMetric(_ThresholdMetric):
    """Share of the true positives in another number of elements."""

    true_positives: Any
    _others: ClassVar[str]

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(thresholds, class_id, top_k, name, dtype)

    def result(self) -> Any:
        """Return the share, 0 of nothing; a tensor of one a threshold where there are several."""
        hits = ops.convert_to_tensor(self.true_positives)
        return self._one_or_all(ratio(hits, ops.add(hits, getattr(self, self._others))))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {**super().get_config(), "top_k": self.top_k, "class_id": self.class_id}


class Precision(_ShareMetric):
    """Share of what is predicted as 1 that has the label 1.

    Args:
        thresholds: float or list of floats in [0, 1]: predictions above it count as 1; None for 0.5, and with `top_k`
            for no threshold.
        top_k: how many predictions of a sample, the largest, can count as 1; None for all.
        class_id: the only class that counts, a place of the last axis; None for all.
        name: as of `Metric`.
        dtype: as of `Metric`.

    Example:
        >>> float(keras.metrics.Precision()([1, 1, 0, 0], [0.9, 0.2, 0.7, 0.1]))
        0.5
    """

    _others: ClassVar = "false_positives"
    _kept: ClassVar = {name: name for name in ("true_positives", "false_positives")}


class Recall(_ShareMetric):
    """Share of what has the label 1 that is predicted as 1.

    Args:
        thresholds: float or list of floats in [0, 1]: predictions above it count as 1; None for 0.5, and with `top_k`
            for no threshold.
        top_k: how many predictions of a sample, the largest, can count as 1; None for all.
        class_id: the only class that counts, a place of the last axis; None for all.
        name: as of `Metric`.
        dtype: as of `Metric`.

    Example:
        >>> float(keras.metrics.Recall()([1, 1, 0, 0], [0.9, 0.2, 0.7, 0.1]))
        0.5
    """

    _others: ClassVar = "false_negatives"
    _kept: ClassVar = {name: name for name in ("true_positives", "false_negatives")}
