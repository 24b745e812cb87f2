"""How often predictions above thresholds are right and wrong: the state that metrics of two classes share."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from keras_core import ops
from keras_core.losses.reduction import apply_mask, rank, same_rank
from keras_core.metrics.metric import Metric
from keras_core.runtime.call_context import get_mask

COUNTS = ("true_positives", "false_positives", "true_negatives", "false_negatives")
_BELOW_ALL = -1e10


def spread_weights(owner: str, sample_weight: Any, mask: Any, like: Any, dtype: str) -> Any:
    """Return one weight an element: weights of one number a sample, or of axes of size 1, are repeated.

    Raises:
        ValueError: where weights do not fit the elements.
    """
    weights = apply_mask(None if sample_weight is None else ops.cast(sample_weight, dtype), mask, dtype, "sum")
    if weights is None:
        return ops.ones(ops.shape(like), dtype)
    given = tuple(weights.shape)
    if rank(weights) == rank(like) + 1 and weights.shape[-1] == 1:
        weights = ops.squeeze(weights, -1)
    while 0 < rank(weights) < rank(like):
        weights = ops.expand_dims(weights, -1)
    sizes = zip(weights.shape, like.shape, strict=False)
    if rank(weights) > rank(like) or any(None not in (a, b) and a not in (1, b) for a, b in sizes):
        raise ValueError(
            f"{owner}: expected sample_weight to be one number, one a sample or one an element of y_true of shape "
            f"{tuple(like.shape)}, got shape {given}."
        )
    return ops.broadcast_to(weights, ops.shape(like))


def count_above(y_true: Any, y_pred: Any, weights: Any, thresholds: np.ndarray, by_label: bool) -> dict[str, Any]:
    """Return the weight of right and wrong predictions for each threshold.

    Each prediction falls between two thresholds; sums over what lies above and below give all counts at once, so that
    memory and time do not grow with predictions times thresholds.

    Args:
        y_true: bool tensor.
        y_pred: tensor of the same shape, of the dtype of the weights.
        weights: tensor of the same shape.
        thresholds: array of ascending numbers.
        by_label: whether each place of the last axis is counted for itself.

    Returns:
        The name of a count, as in `COUNTS` -> tensor of shape `(thresholds,)`, or `(thresholds, labels)`.
    """
    size = len(thresholds) + 1
    labels = y_pred.shape[-1] if by_label else 1
    edges = ops.convert_to_tensor(thresholds, y_pred.dtype)
    flat = ops.reshape(y_pred, (-1,))
    place = ops.cast(ops.searchsorted(edges, flat), "int32")
    place = ops.where(ops.isnan(flat), ops.zeros_like(place), place)  # nan is above no threshold
    if labels > 1:
        offsets = ops.broadcast_to(ops.arange(labels, dtype="int32") * size, ops.shape(y_pred))
        place = place + ops.reshape(offsets, (-1,))
    right = ops.cast(y_true, weights.dtype) * weights
    sums = {}
    for name, part in (("positives", right), ("negatives", weights - right)):
        between = ops.segment_sum(ops.reshape(part, (-1,)), place, num_segments=labels * size)
        between = ops.transpose(ops.reshape(between, (labels, size)))
        above = ops.get_item(ops.flip(ops.cumsum(ops.flip(between, 0), axis=0), 0), slice(1, None))
        below = ops.get_item(ops.cumsum(between, axis=0), slice(-1))
        sums[name] = (above, below) if by_label else (ops.squeeze(above, 1), ops.squeeze(below, 1))
    (hits, missed), (false_alarms, passed) = sums["positives"], sums["negatives"]
    return dict(zip(COUNTS, (hits, false_alarms, passed, missed), strict=True))


def ratio(numerator: Any, denominator: Any) -> Any:
    """Return a quotient, 0 where the denominator is 0."""
    return ops.divide_no_nan(numerator, denominator)


def _only_top(y_pred: Any, k: int) -> Any:
    """Return predictions of which all but the `k` largest of the last axis are below every threshold."""
    classes = y_pred.shape[-1]
    if classes is not None and k > classes:
        raise ValueError(f"top_k: expected at most the number of classes, {classes}, got {k}.")
    _, places = ops.top_k(y_pred, k)
    chosen = ops.any(ops.one_hot(places, classes, dtype="bool"), axis=-2)
    return ops.where(chosen, y_pred, ops.full_like(y_pred, _BELOW_ALL))


class ConfusionMetric(Metric):
    """A metric whose state are counts of right and wrong predictions for thresholds.

    Subclasses say in `_kept` which counts they keep, and in variables of which names, and define `result`.

    Args:
        thresholds: the thresholds, in any order.
        class_id: the only place of the last axis that counts; None for all.
        top_k: how many predictions of a sample, the largest, can be positive; None for all.
        name: as of `Metric`.
        dtype: as of `Metric`.
    """

    _kept: ClassVar[Mapping[str, str]] = {name: name for name in COUNTS}

    def __init__(
        self,
        thresholds: Any,
        class_id: int | None = None,
        top_k: int | None = None,
        name: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(dtype, name)
        self.class_id = class_id
        self.top_k = top_k
        values = np.asarray(thresholds, "float64")
        self._order = np.argsort(values, kind="stable")
        self._edges = values[self._order]
        self._build_state(())

    def _build_state(self, labels: tuple[int, ...]) -> None:
        for name in self._kept.values():
            shape = (len(self._edges), *labels)
            setattr(self, name, self.add_variable(shape, "zeros", name=name))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch.

        Args:
            y_true: labels: what is not 0 counts as 1.
            y_pred: predictions of the same shape. A mask that a layer attached to them counts.
            sample_weight: weights of the elements, or one a sample.

        Raises:
            ValueError: where the shapes do not fit.
        """
        self._count(*self._prepared(y_true, y_pred, sample_weight), by_label=False)

    def _prepared(self, y_true: Any, y_pred: Any, sample_weight: Any) -> tuple[Any, Any, Any]:
        """Return labels, predictions and weights of one shape."""
        mask = get_mask(y_pred)
        y_pred = ops.convert_to_tensor(y_pred, self.dtype)
        y_true, y_pred = same_rank(ops.cast(y_true, "bool"), y_pred)
        shapes = tuple(y_true.shape), tuple(y_pred.shape)
        if len(shapes[0]) != len(shapes[1]) or any(
            None not in pair and pair[0] != pair[1] for pair in zip(*shapes, strict=True)
        ):
            raise ValueError(
                f"{self.name}: expected y_true and y_pred of one shape, got shapes {shapes[0]} and {shapes[1]}."
            )
        weights = spread_weights(self.name, sample_weight, mask, y_pred, self.dtype)
        if self.top_k is not None:
            y_pred = _only_top(y_pred, self.top_k)
        if self.class_id is not None:
            self._check_class(y_pred)
            y_true, y_pred, weights = (x[..., self.class_id] for x in (y_true, y_pred, weights))
        return y_true, y_pred, weights

    def _check_class(self, y_pred: Any) -> None:
        classes = y_pred.shape[-1] if rank(y_pred) > 1 else 1
        if rank(y_pred) < 2 or (classes is not None and not -classes <= self.class_id < classes):
            raise IndexError(
                f"{self.name}: class_id is {self.class_id}, but the predictions have the shape {tuple(y_pred.shape)}: "
                f"expected the last of at least two axes to have a place of this number."
            )

    def _count(self, y_true: Any, y_pred: Any, weights: Any, by_label: bool) -> None:
        counts = count_above(y_true, y_pred, weights, self._edges, by_label)
        for count, name in self._kept.items():
            values = counts[count]
            if np.any(self._order[:-1] > self._order[1:]):
                values = ops.take(values, np.argsort(self._order).astype("int32"), axis=0)
            getattr(self, name).assign_add(values)
