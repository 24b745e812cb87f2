"""Areas under the curves that thresholds draw."""

from typing import Any, Final

import numpy as np

from keras_core import ops
from keras_core.losses.reduction import rank
from keras_core.metrics.confusion import ConfusionMetric, ratio
from keras_core.runtime.known_objects import DATA
from keras_core.runtime.naming import did_you_mean
from keras_core.runtime.scopes import count_floats
from keras_core.runtime.serialization import deserialize_keras_object

_CURVES: Final = ("ROC", "PR", "PRGAIN")
_SUMS: Final = ("interpolation", "majoring", "minoring")
# The first threshold is below, the last above every probability.
_BEYOND: Final = 1e-7


def _one_of(argument: str, value: Any, known: tuple[str, ...]) -> str:
    for name in known:
        if isinstance(value, str) and value.lower() == name.lower():
            return name
    raise ValueError(f"AUC: expected {argument} to be one of {known}, got {value!r}.{did_you_mean(value, known)}")


def _inner_thresholds(num_thresholds: int, thresholds: Any) -> list[float]:
    """Return the thresholds between the first and the last."""
    if thresholds is None:
        if num_thresholds <= 1:
            raise ValueError(f"AUC: expected num_thresholds to be an integer above 1, got {num_thresholds}.")
        count_floats(num_thresholds)
        return [place / (num_thresholds - 1) for place in range(1, num_thresholds - 1)]
    values = sorted(float(value) for value in thresholds)
    if values and not 0 <= values[0] <= values[-1] <= 1:
        raise ValueError(f"AUC: expected thresholds in [0, 1], got {list(thresholds)}.")
    return values


class AUC(ConfusionMetric):
    """Area under a curve of true positives against other counts, as thresholds go from 0 to 1, batch by batch.

    Args:
        num_thresholds: how many thresholds: the more, the nearer is the area to that of the whole curve.
        curve: `"ROC"` (recall against the share of false positives), `"PR"` (precision against recall) or `"PRGAIN"`
            (the gains of both over what is always positive).
        summation_method: `"interpolation"` (trapezoids; for `"PR"` between counts), `"majoring"` or `"minoring"`
            (rectangles of the larger or the smaller height).
        name: as of `Metric`.
        dtype: as of `Metric`.
        thresholds: list of floats in [0, 1] instead of evenly spaced ones.
        multi_label: whether each place of the last axis is a label with its own area; the result is their mean.
        num_labels: how many labels; None for as many as the first batch has.
        label_weights: one weight a label, of its area with `multi_label`, of its elements without.
        from_logits: whether predictions are logits.

    Raises:
        ValueError: where an argument has no meaning.

    Source:
        Davis and Goadrich, 2006, https://doi.org/10.1145/1143844.1143874; Flach and Kull, 2015,
        https://papers.nips.cc/paper/5867-precision-recall-gain-curves-pr-analysis-done-right.

    Example:
        >>> float(keras.metrics.AUC()([0, 0, 1, 1], [0.0, 0.5, 0.3, 0.9]))
        0.75
    """

    true_positives: Any
    false_positives: Any
    true_negatives: Any
    false_negatives: Any

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Any = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Any = None,
        from_logits: bool = False,
    ) -> None:
        self.curve = _one_of("curve", curve, _CURVES)
        self.summation_method = _one_of("summation_method", summation_method, _SUMS)
        if num_labels is not None and not multi_label:
            raise ValueError(f"AUC: num_labels={num_labels} has a meaning only with multi_label=True.")
        inner = _inner_thresholds(num_thresholds, thresholds)
        self._thresholds = [-_BEYOND, *inner, 1.0 + _BEYOND]
        self._given_thresholds = None if thresholds is None else inner
        self.num_thresholds = len(self._thresholds)
        self.multi_label = multi_label
        self.num_labels = num_labels
        self.label_weights = None if label_weights is None else np.asarray(label_weights, "float32").tolist()
        self._from_logits = from_logits
        self._built = False
        super().__init__(self._thresholds, name=name, dtype=dtype)

    @property
    def thresholds(self) -> list[float]:
        """The thresholds, in ascending order."""
        return list(self._thresholds)

    def _build_state(self, labels: tuple[int, ...]) -> None:
        if self.multi_label and not labels:
            if not self.num_labels:
                return  # the first batch will tell
            labels = (self.num_labels,)
        super()._build_state(labels)
        self._built = True

    def _build_for(self, y_true: Any, y_pred: Any) -> None:
        if not self._built and len(y_pred.shape) == 2 and y_pred.shape[-1] is not None:
            super()._build_state((y_pred.shape[-1],))
            self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch.

        Args:
            y_true: labels: what is not 0 counts as 1.
            y_pred: predictions of the same shape. A mask that a layer attached to them counts.
            sample_weight: weights of the elements, or one a sample.

        Raises:
            ValueError: where the shapes do not fit.
        """
        y_true, y_pred, weights = self._prepared(y_true, y_pred, sample_weight)
        self._check_labels(y_pred)
        self._build_for(y_true, y_pred)
        y_pred = ops.sigmoid(y_pred) if self._from_logits else ops.clip(y_pred, 0.0, 1.0)
        if self.label_weights is not None and not self.multi_label:
            weights = weights * ops.convert_to_tensor(self.label_weights, self.dtype)
        self._count(y_true, y_pred, weights, by_label=self.multi_label)

    def _check_labels(self, y_pred: Any) -> None:
        shape = tuple(y_pred.shape)
        if self.multi_label and (len(shape) != 2 or shape[-1] is None):
            raise ValueError(
                f"{self.name}: multi_label=True expects y_pred of shape (batch, labels), got shape {shape}."
            )
        known = tuple(self.true_positives.shape)[-1] if self.multi_label and self._built else None
        given = None if self.label_weights is None else len(self.label_weights)
        for what, number in (("labels", known), ("label_weights", given)):
            if number is not None and (not shape or shape[-1] not in (None, number)):
                raise ValueError(
                    f"{self.name}: expected y_pred of {number} {what} in the last axis, got shape {shape}."
                )

    def result(self) -> Any:
        """Return the area, 0 where the curve is not defined."""
        if not self._built:
            return ops.zeros((), self.dtype)
        if self.curve == "PR" and self.summation_method == "interpolation":
            return self.interpolate_pr_auc()
        x, y = self._curve()
        heights = {
            "interpolation": lambda one, other: (one + other) / 2.0,
            "majoring": ops.maximum,
            "minoring": ops.minimum,
        }
        widths = ops.subtract(*_neighbours(x))
        return self._mean_of_labels(ops.sum(widths * heights[self.summation_method](*_neighbours(y)), axis=0))

    def _curve(self) -> tuple[Any, Any]:
        """Return both coordinates of the curve at each threshold."""
        hits, false_alarms, passed, missed = (ops.convert_to_tensor(variable) for variable in self.variables)
        recall = ratio(hits, hits + missed)
        if self.curve == "ROC":
            return ratio(false_alarms, false_alarms + passed), recall
        if self.curve == "PR":
            return recall, ratio(hits, hits + false_alarms)
        odds = ratio(hits + missed, false_alarms + passed)  # of a label to be 1
        # Without a hit the gain of recall is minus infinity: the curve ends at 0, the gain of what is always positive.
        gain = ops.where(hits == 0, ops.zeros_like(hits), 1.0 - odds * ratio(missed, hits))
        return ops.clip(gain, 0.0, 1.0), 1.0 - odds * ratio(false_alarms, hits)

    def interpolate_pr_auc(self) -> Any:
        """Return the area under the precision-recall curve, with precision between thresholds from interpolated counts.

        Between two thresholds the true positives are a line of the predicted positives, `slope * p + intercept`, so
        that the area is that of `(slope * p + intercept) / p`, which has a closed form.
        """
        hits, false_alarms, _, missed = (ops.convert_to_tensor(variable) for variable in self.variables)
        positives, next_positives = _neighbours(hits + false_alarms)
        hits, next_hits = _neighbours(hits)
        more_hits = hits - next_hits
        slope = ratio(more_hits, ops.maximum(positives - next_positives, 0.0))
        intercept = next_hits - slope * next_positives
        is_inside = ops.logical_and(positives > 0, next_positives > 0)
        growth = ops.where(is_inside, ratio(positives, next_positives), ops.ones_like(slope))
        area = ratio(slope * (more_hits + intercept * ops.log(growth)), next_hits + _neighbours(missed)[1])
        return self._mean_of_labels(ops.sum(area, axis=0))

    def _mean_of_labels(self, areas: Any) -> Any:
        if rank(areas) == 0:
            return areas
        if self.label_weights is None:
            return ops.mean(areas)
        weights = ops.convert_to_tensor(self.label_weights, self.dtype)
        return ratio(ops.sum(areas * weights), ops.sum(weights))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        config = {
            **super().get_config(),
            **{"num_thresholds": self.num_thresholds, "curve": self.curve, "summation_method": self.summation_method},
            **{"multi_label": self.multi_label, "num_labels": self.num_labels, "label_weights": self.label_weights},
            "from_logits": self._from_logits,
        }
        return config if self._given_thresholds is None else {**config, "thresholds": self._given_thresholds}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "AUC":
        """Return a metric from the result of `get_config`; weights of labels may be a tensor, as Keras writes them."""
        weights = deserialize_keras_object(config.get("label_weights"), expected=DATA)
        return cls(**{**config, "label_weights": None if weights is None else ops.convert_to_numpy(weights)})


def _neighbours(x: Any) -> tuple[Any, Any]:
    """Return the values at all thresholds but the last one, and those at the next thresholds."""
    return ops.get_item(x, slice(-1)), ops.get_item(x, slice(1, None))
