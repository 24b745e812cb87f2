"""Metrics with a state for each column of predictions: F scores and the coefficient of determination."""

from typing import Any, ClassVar, Final

from keras_core import ops
from keras_core.losses.reduction import apply_mask, rank, same_rank
from keras_core.metrics.confusion import ratio
from keras_core.metrics.metric import Metric
from keras_core.runtime import config
from keras_core.runtime.call_context import get_mask
from keras_core.runtime.naming import did_you_mean

_AVERAGES: Final = (None, "micro", "macro", "weighted")
_AGGREGATIONS: Final = (None, "uniform_average", "variance_weighted_average")


class _ColumnMetric(Metric):
    """A metric of predictions of shape `(batch, columns)`; the first batch tells how many columns there are."""

    _state: ClassVar[tuple[str, ...]]

    def __init__(self, name: str | None, dtype: Any) -> None:
        super().__init__(dtype, name)
        self._columns: int | None = None

    def _prepared(self, y_true: Any, y_pred: Any, sample_weight: Any) -> tuple[Any, Any, Any]:
        """Return targets, predictions, and weights of shape `(batch, 1)` or None."""
        mask = get_mask(y_pred)
        y_pred = ops.convert_to_tensor(y_pred, self.dtype)
        y_true, y_pred = same_rank(ops.convert_to_tensor(y_true, self.dtype), y_pred)
        shapes = tuple(y_true.shape), tuple(y_pred.shape)
        columns = shapes[1][-1] if shapes[1] else None
        if any(len(shape) != 2 or shape[-1] is None or shape[-1] != columns for shape in shapes):
            raise ValueError(
                f"{self.name}: expected y_true and y_pred of one shape (batch, columns), got shapes {shapes[0]} and "
                f"{shapes[1]}."
            )
        self._build_for(y_true, y_pred)
        if self._columns != columns:
            raise ValueError(f"{self.name}: expected {self._columns} columns, as before, got {columns}.")
        weights = apply_mask(sample_weight, mask, self.dtype, "sum")
        if weights is None:
            return y_true, y_pred, None
        weights = ops.cast(weights, self.dtype)
        if rank(weights) > 2 or (rank(weights) == 2 and weights.shape[-1] != 1):
            raise ValueError(
                f"{self.name}: expected sample_weight to be one number, or one a sample, got shape "
                f"{tuple(weights.shape)}."
            )
        return y_true, y_pred, ops.expand_dims(weights, -1) if rank(weights) == 1 else weights

    def _build_for(self, y_true: Any, y_pred: Any) -> None:
        if self._columns is None and len(y_pred.shape) == 2 and y_pred.shape[-1] is not None:
            self._columns = y_pred.shape[-1]
            for name in self._state:
                setattr(self, name, self.add_variable(self._state_shape(self._columns), "zeros", name=name))

    def _state_shape(self, columns: Any) -> tuple[int, ...]:
        return (columns,)

    def _check_built(self) -> None:
        if self._columns is None:
            raise ValueError(f"{self.name}: no batch came yet, so that there is no result; call update_state first.")


class FBetaScore(_ColumnMetric):
    """Weighted harmonic mean of precision and recall: `(1 + beta ** 2) * p * r / (beta ** 2 * p + r)`.

    Args:
        average: None for one score a class; `"micro"` for that of all classes together, `"macro"` for the mean of the
            scores, `"weighted"` for their mean weighted by how often the classes are.
        beta: float above 0: how much more recall counts than precision.
        threshold: predictions above it count as 1; None for the largest prediction of each sample.
        name: as of `Metric`.
        dtype: as of `Metric`.

    Raises:
        ValueError: where an argument has no meaning.

    Example:
        >>> y_true, y_pred = [[1, 0], [0, 1], [0, 1]], [[0.7, 0.3], [0.2, 0.8], [0.6, 0.4]]
        >>> [round(float(score), 4) for score in keras.metrics.FBetaScore(beta=2.0)(y_true, y_pred)]
        [0.8333, 0.5556]
    """

    true_positives: Any
    false_positives: Any
    false_negatives: Any
    intermediate_weights: Any
    _state = ("true_positives", "false_positives", "false_negatives", "intermediate_weights")

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str | None = "fbeta_score",
        dtype: Any = None,
    ) -> None:
        owner = type(self).__name__
        if average not in _AVERAGES:
            raise ValueError(
                f"{owner}: expected average to be one of {_AVERAGES}, got {average!r}."
                f"{did_you_mean(average, _AVERAGES)}"
            )
        if not isinstance(beta, float) or beta <= 0.0:
            raise ValueError(f"{owner}: expected beta to be a float above 0, got {beta!r}.")
        if threshold is not None and (not isinstance(threshold, float) or not 0.0 < threshold <= 1.0):
            raise ValueError(f"{owner}: expected threshold to be a float in (0, 1] or None, got {threshold!r}.")
        super().__init__(name, dtype)
        self.average = average
        self.beta = beta
        self.threshold = threshold

    def _state_shape(self, columns: Any) -> tuple[int, ...]:
        return () if self.average == "micro" else (columns,)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch.

        Args:
            y_true: labels, 0 or 1, shape `(batch, classes)`.
            y_pred: predictions of the same shape. A mask that a layer attached to them counts.
            sample_weight: one weight a sample.

        Raises:
            ValueError: where the shapes do not fit.
        """
        y_true, y_pred, weights = self._prepared(y_true, y_pred, sample_weight)
        if self.threshold is None:
            largest = ops.max(y_pred, axis=-1, keepdims=True)
            # A row of zeros has no largest one.
            is_positive = ops.logical_and(y_pred >= largest, ops.abs(y_pred) > 1e-9)
        else:
            is_positive = y_pred > self.threshold
        y_pred = ops.cast(is_positive, self.dtype)
        axis = None if self.average == "micro" else 0

        def total(values: Any) -> Any:
            return ops.sum(values if weights is None else values * weights, axis=axis)

        self.true_positives.assign_add(total(y_true * y_pred))
        self.false_positives.assign_add(total((1.0 - y_true) * y_pred))
        self.false_negatives.assign_add(total(y_true * (1.0 - y_pred)))
        self.intermediate_weights.assign_add(total(y_true))

    def result(self) -> Any:
        """Return the score, or one a class.

        Raises:
            ValueError: before the first batch.
        """
        self._check_built()
        epsilon = config.epsilon()
        hits = ops.convert_to_tensor(self.true_positives)
        precision = ops.divide(hits, ops.add(hits, self.false_positives) + epsilon)
        recall = ops.divide(hits, ops.add(hits, self.false_negatives) + epsilon)
        square = self.beta**2
        scores = ops.divide((1.0 + square) * precision * recall, square * precision + recall + epsilon)
        if self.average == "macro":
            return ops.mean(scores)
        if self.average == "weighted":
            weights = ops.convert_to_tensor(self.intermediate_weights)
            return ops.sum(scores * ops.divide(weights, ops.sum(weights) + epsilon))
        return scores

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        own = {"average": self.average, "beta": self.beta, "threshold": self.threshold}
        return {**super().get_config(), **own}


class F1Score(FBetaScore):
    """Harmonic mean of precision and recall.

    Args:
        average: as of `FBetaScore`.
        threshold: as of `FBetaScore`.
        name: as of `Metric`.
        dtype: as of `Metric`.

    Example:
        >>> y_true, y_pred = [[1, 0], [0, 1], [0, 1]], [[0.7, 0.3], [0.2, 0.8], [0.6, 0.4]]
        >>> round(float(keras.metrics.F1Score(average="macro")(y_true, y_pred)), 4)
        0.6667
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str | None = "f1_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(average, 1.0, threshold, name, dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {key: value for key, value in super().get_config().items() if key != "beta"}


class R2Score(_ColumnMetric):
    """Coefficient of determination: 1 less the squared errors in those of the mean of the targets.

    Args:
        class_aggregation: None for one number a column; `"uniform_average"` for their mean,
            `"variance_weighted_average"` for their mean weighted by the variance of the targets.
        num_regressors: for the adjusted coefficient: how many variables the predictions are made of; as the number of
            observations that of all elements is taken.
        name: as of `Metric`.
        dtype: as of `Metric`.

    Raises:
        ValueError: where an argument has no meaning.

    Example:
        >>> round(float(keras.metrics.R2Score()([[1.0], [4.0], [3.0]], [[2.0], [4.0], [4.0]])), 4)
        0.5714
    """

    squared_sum: Any
    sum: Any
    residual: Any
    count: Any
    _state = ("squared_sum", "sum", "residual", "count")

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str | None = "r2_score",
        dtype: Any = None,
    ) -> None:
        if class_aggregation not in _AGGREGATIONS:
            raise ValueError(
                f"R2Score: expected class_aggregation to be one of {_AGGREGATIONS}, got {class_aggregation!r}."
            )
        if num_regressors < 0:
            raise ValueError(f"R2Score: expected num_regressors to be at least 0, got {num_regressors}.")
        super().__init__(name, dtype)
        self.class_aggregation = class_aggregation
        self.num_regressors = num_regressors
        self.num_samples = self.add_variable((), "zeros", name="num_samples")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch.

        Args:
            y_true: targets, shape `(batch, columns)`.
            y_pred: predictions of the same shape. A mask that a layer attached to them counts.
            sample_weight: one weight a sample.

        Raises:
            ValueError: where the shapes do not fit.
        """
        y_true, y_pred, weights = self._prepared(y_true, y_pred, sample_weight)
        weights = ops.ones_like(y_true) if weights is None else ops.broadcast_to(weights, ops.shape(y_true))
        weighted = y_true * weights
        self.sum.assign_add(ops.sum(weighted, axis=0))
        self.squared_sum.assign_add(ops.sum(y_true * weighted, axis=0))
        self.residual.assign_add(ops.sum(ops.square(y_true - y_pred) * weights, axis=0))
        self.count.assign_add(ops.sum(weights, axis=0))
        self.num_samples.assign_add(ops.sum(ops.ones_like(y_true)))

    def result(self) -> Any:
        """Return the coefficient, nan where targets and predictions are one constant.

        Raises:
            ValueError: before the first batch.
        """
        self._check_built()
        sums = ops.convert_to_tensor(self.sum)
        total = ops.convert_to_tensor(self.squared_sum) - sums * ratio(sums, ops.convert_to_tensor(self.count))
        residual = ops.convert_to_tensor(self.residual)
        scores = 1.0 - ratio(residual, total)
        # Of constant targets: 0, and no number where nothing is wrong.
        undefined = ops.where(residual == 0, ops.full_like(scores, float("nan")), ops.zeros_like(scores))
        scores = ops.where(total == 0, undefined, scores)
        if self.class_aggregation == "uniform_average":
            scores = ops.mean(scores)
        elif self.class_aggregation == "variance_weighted_average":
            scores = ops.where(
                ops.sum(total) == 0, scores[0] * float("nan"), ratio(ops.sum(scores * total), ops.sum(total))
            )
        return self._adjusted(scores) if self.num_regressors else scores

    def _adjusted(self, scores: Any) -> Any:
        number = ops.convert_to_tensor(self.num_samples)
        free = number - self.num_regressors - 1.0
        return ops.where(free == 0, scores, 1.0 - (1.0 - scores) * ratio(number - 1.0, free))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        own = {"class_aggregation": self.class_aggregation, "num_regressors": self.num_regressors}
        return {**super().get_config(), **own}
