"""Sums and means of values, and means of functions of targets and predictions."""

from collections.abc import Callable
from typing import Any

from keras_core import ops
from keras_core.losses.reduction import (
    ONE_WEIGHT_A_SAMPLE,
    apply_mask,
    check_broadcast,
    number_of_elements,
    rank,
    same_rank,
)
from keras_core.metrics.metric import Metric
from keras_core.runtime.call_context import get_mask
from keras_core.runtime.known_objects import Functions
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object


def by_sample(values: Any, sample_weight: Any, reduce: Callable[..., Any], dtype: str) -> tuple[Any, Any]:
    """Return one value and one weight a sample.

    Args:
        values: tensor of shape `(batch, ...)`.
        sample_weight: tensor of fewer or as many axes, or None.
        reduce: `ops.mean` or `ops.sum`: what is done over the other axes.
        dtype: dtype name.

    Returns:
        Weighted values of shape `(batch,)` and weights of the same shape or None.
    """
    values = ops.cast(values, dtype)
    if sample_weight is not None:
        sample_weight = ops.convert_to_tensor(sample_weight, dtype)
        if rank(sample_weight) > 0:
            values, sample_weight = same_rank(values, sample_weight)
        if rank(values) > rank(sample_weight):
            values = reduce(values, axis=tuple(range(rank(sample_weight), rank(values))))
        check_broadcast("weights", sample_weight, "values", values, ONE_WEIGHT_A_SAMPLE)
        values = values * sample_weight
        if rank(sample_weight) > 1:
            sample_weight = reduce(sample_weight, axis=tuple(range(1, rank(sample_weight))))
    if rank(values) > 1:
        values = reduce(values, axis=tuple(range(1, rank(values))))
    return values, sample_weight


def sum_of(x: Any) -> Any:
    """Return the sum of a tensor, itself where it is a scalar."""
    return ops.sum(x) if rank(x) else x


class Sum(Metric):
    """Sum of all values.

    Args:
        name: as of `Metric`.
        dtype: as of `Metric`.

    Example:
        >>> float(keras.metrics.Sum()([1.0, 3.0]))
        4.0
    """

    def __init__(self, name: str | None = "sum", dtype: Any = None) -> None:
        super().__init__(dtype, name)
        self.total = self.add_variable((), "zeros", name="total")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Add values.

        Args:
            values: tensor.
            sample_weight: weights of the values, or one a sample.
        """
        values, _ = by_sample(values, sample_weight, ops.sum, self.dtype)
        self.total.assign_add(sum_of(values))

    def result(self) -> Any:
        """Return the sum."""
        return ops.convert_to_tensor(self.total)


class Mean(Metric):
    """Mean of all values, weighted where weights are given.

    Args:
        name: as of `Metric`.
        dtype: as of `Metric`.

    Example:
        >>> float(keras.metrics.Mean()([1.0, 3.0], sample_weight=[3.0, 1.0]))
        1.5
    """

    def __init__(self, name: str | None = "mean", dtype: Any = None) -> None:
        super().__init__(dtype, name)
        self.total = self.add_variable((), "zeros", name="total")
        self.count = self.add_variable((), "zeros", name="count")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Add values.

        Args:
            values: tensor.
            sample_weight: weights of the values, or one a sample.
        """
        values, sample_weight = by_sample(values, sample_weight, ops.mean, self.dtype)
        self.total.assign_add(sum_of(values))
        if sample_weight is None:
            self.count.assign_add(number_of_elements(values, self.dtype))
        else:
            self.count.assign_add(sum_of(sample_weight))

    def result(self) -> Any:
        """Return the mean, 0 of nothing."""
        total, count = ops.convert_to_tensor(self.total), ops.convert_to_tensor(self.count)
        is_empty = count == 0
        return ops.where(is_empty, 0.0, total / ops.where(is_empty, 1.0, count))


class MeanMetricWrapper(Mean):
    """Mean of a function of targets and predictions.

    Args:
        fn: function `(y_true, y_pred, **kwargs) -> values`.
        name: as of `Metric`; None for a name made up from the class name.
        dtype: as of `Metric`.
        **kwargs: further arguments of the function.

    Example:
        >>> metric = keras.metrics.MeanMetricWrapper(keras.losses.mean_squared_error)
        >>> float(metric([[0.0], [1.0]], [[1.0], [1.0]]))
        0.5
    """

    def __init__(self, fn: Callable[..., Any], name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(name, dtype)
        self._fn = fn
        self._fn_kwargs = kwargs

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch.

        Args:
            y_true: targets.
            y_pred: predictions. A mask that a layer attached to them counts.
            sample_weight: weights of the values, or one a sample.
        """
        weights = apply_mask(sample_weight, get_mask(y_pred), self.dtype, "sum")
        super().update_state(self._fn(y_true, y_pred, **self._fn_kwargs), weights)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        config = super().get_config()
        if type(self) is MeanMetricWrapper:
            config["fn"] = serialize_keras_object(self._fn)
        return {**config, **serialize_keras_object(self._fn_kwargs)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "MeanMetricWrapper":
        """Return a metric from the result of `get_config`."""
        if "fn" in config:
            config = {**deserialize_keras_object(config, expected=Functions("metrics"))}
        return cls(**config)
