"""Losses as objects: each wraps the function of its name."""

from typing import Any

from keras_core import ops
from keras_core.losses import functions
from keras_core.losses.loss import LossFunctionWrapper
from keras_core.losses.reduction import dtype_of, same_rank
from keras_core.runtime import dtypes


def _check_smoothing(owner: str, label_smoothing: float) -> None:
    if not 0.0 <= label_smoothing <= 1.0:
        raise ValueError(f"{owner}: expected label_smoothing to be in [0, 1], got {label_smoothing}.")


class MeanSquaredError(LossFunctionWrapper):
    """Mean of squared errors.

    Args:
        reduction: as of `Loss`.
        name: as of `Loss`.
        dtype: as of `Loss`.

    Example:
        >>> keras.losses.MeanSquaredError()([[0.0, 1.0]], [[1.0, 1.0]])
        np.float32(0.5)
    """

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str | None = "mean_squared_error", dtype: Any = None
    ) -> None:
        super().__init__(functions.mean_squared_error, reduction, name, dtype)


class MeanAbsoluteError(LossFunctionWrapper):
    """Mean of absolute errors.

    Args:
        reduction: as of `Loss`.
        name: as of `Loss`.
        dtype: as of `Loss`.

    Example:
        >>> keras.losses.MeanAbsoluteError()([[0.0, 1.0]], [[1.0, 1.0]])
        np.float32(0.5)
    """

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str | None = "mean_absolute_error", dtype: Any = None
    ) -> None:
        super().__init__(functions.mean_absolute_error, reduction, name, dtype)


class Huber(LossFunctionWrapper):
    """Half the squared error, linear where the error is above `delta`.

    Args:
        delta: positive float.
        reduction: as of `Loss`.
        name: as of `Loss`.
        dtype: as of `Loss`.

    Source:
        Huber, 1964, https://doi.org/10.1214/aoms/1177703732.

    Example:
        >>> keras.losses.Huber()([[0.0, 1.0]], [[3.0, 1.5]])
        np.float32(1.3125)
    """

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "huber_loss",
        dtype: Any = None,
    ) -> None:
        super().__init__(functions.huber, reduction, name, dtype, delta=delta)


class CategoricalCrossentropy(LossFunctionWrapper):
    """Crossentropy between one-hot (or soft) labels and predictions.

    Args:
        from_logits: whether predictions are logits.
        label_smoothing: float in [0, 1], see the function.
        axis: the axis of classes.
        reduction: as of `Loss`.
        name: as of `Loss`.
        dtype: as of `Loss`.

    Example:
        >>> keras.losses.CategoricalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]])
        np.float32(0.6931472)
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        _check_smoothing("CategoricalCrossentropy", label_smoothing)
        arguments = {"from_logits": from_logits, "label_smoothing": label_smoothing, "axis": axis}
        super().__init__(functions.categorical_crossentropy, reduction, name, dtype, **arguments)


class BinaryCrossentropy(LossFunctionWrapper):
    """Crossentropy between labels of two classes, 0 and 1, and predictions.

    Args:
        from_logits: whether predictions are logits.
        label_smoothing: float in [0, 1], see the function.
        axis: the axis of the mean.
        reduction: as of `Loss`.
        name: as of `Loss`.
        dtype: as of `Loss`.

    Example:
        >>> keras.losses.BinaryCrossentropy()([[1.0]], [[0.5]])
        np.float32(0.6931472)
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
    ) -> None:
        _check_smoothing("BinaryCrossentropy", label_smoothing)
        arguments = {"from_logits": from_logits, "label_smoothing": label_smoothing, "axis": axis}
        super().__init__(functions.binary_crossentropy, reduction, name, dtype, **arguments)


class SparseCategoricalCrossentropy(LossFunctionWrapper):
    """Crossentropy between integer labels and predictions.

    Args:
        from_logits: whether predictions are logits.
        ignore_class: label of elements that do not count, neither in an average.
        reduction: as of `Loss`.
        axis: the axis of classes.
        name: as of `Loss`.
        dtype: as of `Loss`.

    Example:
        >>> keras.losses.SparseCategoricalCrossentropy()([1], [[0.5, 0.5]])
        np.float32(0.6931472)
    """

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        arguments = {"from_logits": from_logits, "ignore_class": ignore_class, "axis": axis}
        super().__init__(functions.sparse_categorical_crossentropy, reduction, name, dtype, **arguments)

    def mask(self, y_true: Any, y_pred: Any) -> Any:
        """Return which elements count: a bool tensor, or None for all."""
        mask = super().mask(y_true, y_pred)
        ignored = self._fn_kwargs["ignore_class"]
        if ignored is None:
            return mask
        y_true = ops.convert_to_tensor(y_true)
        if len(y_true.shape) == len(y_pred.shape) and y_true.shape[-1] == 1:
            y_true = ops.squeeze(y_true, -1)
        counts = y_true != ignored
        if mask is None:
            return counts
        return ops.logical_and(*same_rank(ops.cast(mask, "bool"), counts))

    def _to_target(self, x: Any) -> Any:
        # Labels stay integers: a float32 holds no more than 2 ** 24 of them, a half float still less.
        labels = ops.convert_to_tensor(x)
        return labels if dtypes.is_integer(dtype_of(labels)) else super()._to_target(labels)
