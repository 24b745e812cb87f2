"""Losses of masks and sequences as objects: each wraps the function of its name."""

from typing import Any

from keras_core.losses import structures
from keras_core.losses.loss import LabelLoss, LossFunctionWrapper


class Dice(LossFunctionWrapper):
    """1 less the Dice coefficient of masks, twice their overlap in the sum of both.

    Args:
        reduction: as of `Loss`.
        name: as of `Loss`.
        axis: axes of one mask, an int or tuple; None for all.
        dtype: as of `Loss`.

    Example:
        >>> round(float(keras.losses.Dice()([[1.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]])), 4)
        0.3333
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "dice",
        axis: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(structures.dice, reduction, name, dtype, axis=axis)


class Tversky(LossFunctionWrapper):
    """1 less the Tversky index of masks, in which what is wrongly predicted and what is missed have weights.

    Args:
        alpha: weight of what is true and not predicted.
        beta: weight of what is predicted and not true.
        reduction: as of `Loss`.
        name: as of `Loss`.
        axis: axes of one mask, an int or tuple; None for all.
        dtype: as of `Loss`.

    Source:
        Salehi et al., 2017, https://arxiv.org/abs/1706.05721.

    Example:
        >>> round(float(keras.losses.Tversky(alpha=0.25)([[1.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]])), 4)
        0.2
    """

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "tversky",
        axis: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(structures.tversky, reduction, name, dtype, alpha=alpha, beta=beta, axis=axis)


class CTC(LabelLoss):
    """Loss of connectionist temporal classification: labels whose places in a sequence are not known.

    Args:
        reduction: as of `Loss`.
        name: as of `Loss`.
        dtype: as of `Loss`.

    Source:
        Graves et al., 2006, https://doi.org/10.1145/1143844.1143891.

    Example:
        >>> round(float(keras.losses.CTC()([[1, 2]], np.zeros((1, 3, 4)))), 4)
        2.5494
    """

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str | None = "ctc", dtype: Any = None
    ) -> None:
        super().__init__(structures.ctc, reduction, name, dtype)
