"""Losses of numbers as objects: each wraps the function of its name."""

from typing import Any

from keras_core.losses import errors
from keras_core.losses.loss import LossFunctionWrapper


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
        super().__init__(errors.mean_squared_error, reduction, name, dtype)


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
        super().__init__(errors.mean_absolute_error, reduction, name, dtype)


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
        super().__init__(errors.huber, reduction, name, dtype, delta=delta)


class LogCosh(LossFunctionWrapper):
    """Logarithm of the hyperbolic cosine of errors: squared where they are small, absolute where they are large.

    Args:
        reduction: as of `Loss`.
        name: as of `Loss`.
        dtype: as of `Loss`.

    Example:
        >>> keras.losses.LogCosh()([[0.0, 0.0]], [[1.0, 0.0]])
        np.float32(0.2168904)
    """

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str | None = "log_cosh", dtype: Any = None
    ) -> None:
        super().__init__(errors.log_cosh, reduction, name, dtype)


class MeanAbsolutePercentageError(LossFunctionWrapper):
    """Mean of absolute errors in percent of the targets.

    Args:
        reduction: as of `Loss`.
        name: as of `Loss`.
        dtype: as of `Loss`.

    Example:
        >>> keras.losses.MeanAbsolutePercentageError()([[2.0, 4.0]], [[1.0, 4.0]])
        np.float32(25.0)
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_absolute_percentage_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(errors.mean_absolute_percentage_error, reduction, name, dtype)


class MeanSquaredLogarithmicError(LossFunctionWrapper):
    """Mean of squared differences of `log(1 + x)`.

    Args:
        reduction: as of `Loss`.
        name: as of `Loss`.
        dtype: as of `Loss`.

    Example:
        >>> keras.losses.MeanSquaredLogarithmicError()([[0.0, 1.0]], [[0.0, 3.0]])
        np.float32(0.2402265)
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_squared_logarithmic_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(errors.mean_squared_logarithmic_error, reduction, name, dtype)


class CosineSimilarity(LossFunctionWrapper):
    """Negative cosine of the angle between targets and predictions: -1 for one direction.

    Args:
        axis: the axis of the vectors.
        reduction: as of `Loss`.
        name: as of `Loss`.
        dtype: as of `Loss`.

    Example:
        >>> keras.losses.CosineSimilarity()([[0.0, 1.0]], [[3.0, 4.0]])
        np.float32(-0.8)
    """

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "cosine_similarity",
        dtype: Any = None,
    ) -> None:
        super().__init__(errors.cosine_similarity, reduction, name, dtype, axis=axis)


class Poisson(LossFunctionWrapper):
    """How unlikely counts are at predicted rates: `y_pred - y_true * log(y_pred)`.

    Args:
        reduction: as of `Loss`.
        name: as of `Loss`.
        dtype: as of `Loss`.

    Example:
        >>> keras.losses.Poisson()([[1.0, 2.0]], [[1.0, 1.0]])
        np.float32(0.9999998)
    """

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str | None = "poisson", dtype: Any = None
    ) -> None:
        super().__init__(errors.poisson, reduction, name, dtype)


class KLDivergence(LossFunctionWrapper):
    """Kullback-Leibler divergence of predicted from true probabilities.

    Args:
        reduction: as of `Loss`.
        name: as of `Loss`.
        dtype: as of `Loss`.

    Example:
        >>> keras.losses.KLDivergence()([[0.5, 0.5]], [[0.25, 0.75]])
        np.float32(0.14384106)
    """

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str | None = "kl_divergence", dtype: Any = None
    ) -> None:
        super().__init__(errors.kl_divergence, reduction, name, dtype)
