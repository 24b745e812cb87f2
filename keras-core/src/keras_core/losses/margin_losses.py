"""Margins as objects: each wraps the function of its name."""

from typing import Any

from keras_core import ops
from keras_core.losses import margins
from keras_core.losses.loss import LabelLoss, LossFunctionWrapper
from keras_core.losses.reduction import both


class Hinge(LossFunctionWrapper):
    """By how much `y_true * y_pred` is short of 1.

    Args:
        reduction: as of `Loss`.
        name: as of `Loss`.
        dtype: as of `Loss`.

    Example:
        >>> keras.losses.Hinge()([[0.0, 1.0]], [[-0.5, 2.0]])
        np.float32(0.25)
    """

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str | None = "hinge", dtype: Any = None
    ) -> None:
        super().__init__(margins.hinge, reduction, name, dtype)


class SquaredHinge(LossFunctionWrapper):
    """Square of by how much `y_true * y_pred` is short of 1.

    Args:
        reduction: as of `Loss`.
        name: as of `Loss`.
        dtype: as of `Loss`.

    Example:
        >>> keras.losses.SquaredHinge()([[0.0, 1.0]], [[-0.5, 2.0]])
        np.float32(0.125)
    """

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str | None = "squared_hinge", dtype: Any = None
    ) -> None:
        super().__init__(margins.squared_hinge, reduction, name, dtype)


class CategoricalHinge(LossFunctionWrapper):
    """By how much the prediction of the right class fails to be 1 above the largest of the others.

    Args:
        reduction: as of `Loss`.
        name: as of `Loss`.
        dtype: as of `Loss`.

    Example:
        >>> keras.losses.CategoricalHinge()([[0.0, 1.0]], [[0.5, 0.75]])
        np.float32(0.75)
    """

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str | None = "categorical_hinge", dtype: Any = None
    ) -> None:
        super().__init__(margins.categorical_hinge, reduction, name, dtype)


class Circle(LabelLoss):
    """How far embeddings of one label are from being more alike than embeddings of different labels.

    An embedding whose label no other one has does not count, neither in an average.

    Args:
        gamma: float by which similarities are scaled.
        margin: float: how much similarities may be short of 1, or above 0.
        remove_diagonal: whether no embedding is compared with itself.
        reduction: as of `Loss`.
        name: as of `Loss`.
        dtype: as of `Loss`.

    Source:
        Sun et al., 2020, https://arxiv.org/abs/2002.10857.

    Example:
        >>> round(float(keras.losses.Circle(gamma=2.0)([0, 0, 1], [[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]])), 3)
        0.915
    """

    def __init__(
        self,
        gamma: float = 80.0,
        margin: float = 0.4,
        remove_diagonal: bool = True,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "circle",
        dtype: Any = None,
    ) -> None:
        arguments = {"gamma": gamma, "margin": margin, "remove_diagonal": remove_diagonal}
        super().__init__(margins.circle, reduction, name, dtype, **arguments)

    def mask(self, y_true: Any, y_pred: Any) -> Any:
        """Return which embeddings count: those with another one of their label to be compared with."""
        labels = margins.flat_labels(y_true)
        same = ops.sum(ops.cast(ops.expand_dims(labels, 1) == ops.expand_dims(labels, 0), "int32"), axis=1)
        return both(super().mask(y_true, y_pred), same > (1 if self._fn_kwargs["remove_diagonal"] else 0))
