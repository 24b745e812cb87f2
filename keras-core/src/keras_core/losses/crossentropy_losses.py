"""Crossentropies as objects: each wraps the function of its name."""

from typing import Any

from keras_core.losses import crossentropies
from keras_core.losses.loss import LabelLoss, LossFunctionWrapper
from keras_core.losses.operands import class_labels
from keras_core.losses.reduction import both


def _check_smoothing(owner: str, label_smoothing: float) -> None:
    if not 0.0 <= label_smoothing <= 1.0:
        raise ValueError(f"{owner}: expected label_smoothing to be in [0, 1], got {label_smoothing}.")


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
        super().__init__(crossentropies.categorical_crossentropy, reduction, name, dtype, **arguments)


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
        super().__init__(crossentropies.binary_crossentropy, reduction, name, dtype, **arguments)


class SparseCategoricalCrossentropy(LabelLoss):
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
        super().__init__(crossentropies.sparse_categorical_crossentropy, reduction, name, dtype, **arguments)

    def mask(self, y_true: Any, y_pred: Any) -> Any:
        """Return which elements count: a bool tensor, or None for all."""
        mask = super().mask(y_true, y_pred)
        ignored = self._fn_kwargs["ignore_class"]
        return mask if ignored is None else both(mask, class_labels(y_true, y_pred) != ignored)


class BinaryFocalCrossentropy(LossFunctionWrapper):
    """Binary crossentropy in which elements count less that are predicted well.

    Args:
        apply_class_balancing: whether labels 1 have the weight `alpha` and labels 0 the weight `1 - alpha`.
        alpha: float in [0, 1].
        gamma: float: how much less.
        from_logits: whether predictions are logits.
        label_smoothing: float in [0, 1], see the function.
        axis: the axis of the mean.
        reduction: as of `Loss`.
        name: as of `Loss`.
        dtype: as of `Loss`.

    Raises:
        ValueError: for smoothing out of range.

    Source:
        Lin et al., 2017, https://arxiv.org/abs/1708.02002.

    Example:
        >>> keras.losses.BinaryFocalCrossentropy()([[1.0]], [[0.5]])
        np.float32(0.1732868)
    """

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "binary_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        _check_smoothing("BinaryFocalCrossentropy", label_smoothing)
        arguments = {
            "apply_class_balancing": apply_class_balancing,
            "alpha": alpha,
            "gamma": gamma,
            "from_logits": from_logits,
            "label_smoothing": label_smoothing,
            "axis": axis,
        }
        super().__init__(crossentropies.binary_focal_crossentropy, reduction, name, dtype, **arguments)


class CategoricalFocalCrossentropy(LossFunctionWrapper):
    """Crossentropy in which elements count less that are predicted well.

    Args:
        alpha: weight of the classes: float, or a list of one a class.
        gamma: float: how much less.
        from_logits: whether predictions are logits.
        label_smoothing: float in [0, 1], see the function.
        axis: the axis of classes.
        reduction: as of `Loss`.
        name: as of `Loss`.
        dtype: as of `Loss`.

    Raises:
        ValueError: for smoothing out of range.

    Source:
        Lin et al., 2017, https://arxiv.org/abs/1708.02002.

    Example:
        >>> keras.losses.CategoricalFocalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]])
        np.float32(0.0433217)
    """

    def __init__(
        self,
        alpha: Any = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        _check_smoothing("CategoricalFocalCrossentropy", label_smoothing)
        arguments = {
            "alpha": alpha,
            "gamma": gamma,
            "from_logits": from_logits,
            "label_smoothing": label_smoothing,
            "axis": axis,
        }
        super().__init__(crossentropies.categorical_focal_crossentropy, reduction, name, dtype, **arguments)


class CategoricalGeneralizedCrossEntropy(LabelLoss):
    """Crossentropy that wrong labels move less: `(1 - p ** q) / q`, with the probability of the right class.

    Args:
        q: float in (0, 1): near 0 it is the crossentropy, near 1 the absolute error.
        reduction: as of `Loss`.
        name: as of `Loss`.
        dtype: as of `Loss`.

    Raises:
        ValueError: for `q` out of range.

    Source:
        Zhang and Sabuncu, 2018, https://arxiv.org/abs/1805.07836.

    Example:
        >>> keras.losses.CategoricalGeneralizedCrossEntropy()([1], [[0.75, 0.25]])
        np.float32(1.0)
    """

    def __init__(
        self,
        q: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_generalized_cross_entropy",
        dtype: Any = None,
    ) -> None:
        if not 0.0 < q < 1.0:
            raise ValueError(f"CategoricalGeneralizedCrossEntropy: expected q to be in (0, 1), got {q}.")
        super().__init__(crossentropies.categorical_generalized_cross_entropy, reduction, name, dtype, q=q)
