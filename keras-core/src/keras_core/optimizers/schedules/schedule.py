"""Learning rates as functions of the step."""

import math
from collections.abc import Sequence
from typing import Any

from keras_core import ops
from keras_core.runtime import config


class LearningRateSchedule:
    """A learning rate that depends on the step: `schedule(step)`.

    Subclasses define `__call__` and `get_config`.

    Example:
        >>> class Inverse(keras.optimizers.schedules.LearningRateSchedule):
        ...     def __call__(self, step):
        ...         return 1.0 / (step + 1.0)
        >>> float(keras.optimizers.SGD(Inverse()).learning_rate)
        1.0
    """

    def __call__(self, step: Any) -> Any:
        """Return the learning rate: a scalar.

        Args:
            step: number of updates so far, a scalar tensor.
        """
        raise NotImplementedError(f"{type(self).__name__} has no method __call__(step).")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        raise NotImplementedError(f"{type(self).__name__} has no method get_config(), so it cannot be saved.")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "LearningRateSchedule":
        """Return a schedule from the result of `get_config`."""
        return cls(**config)


def as_float(step: Any) -> Any:
    """Return a step as a tensor in which rates are computed."""
    return ops.cast(step, config.floatx())


class ExponentialDecay(LearningRateSchedule):
    """`initial_learning_rate * decay_rate ** (step / decay_steps)`.

    Args:
        initial_learning_rate: float.
        decay_steps: positive number of steps.
        decay_rate: float.
        staircase: whether the exponent is cut to an integer.
        name: kept for compatibility.

    Raises:
        ValueError: where `decay_steps` is not positive.

    Example:
        >>> schedule = keras.optimizers.schedules.ExponentialDecay(1.0, 10, 0.5)
        >>> round(float(schedule(20)), 6)
        0.25
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        if decay_steps <= 0:
            raise ValueError(f"ExponentialDecay: expected decay_steps to be positive, got {decay_steps}.")
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    def __call__(self, step: Any) -> Any:
        """Return the learning rate: a scalar."""
        exponent = as_float(step) / self.decay_steps
        if self.staircase:
            exponent = ops.floor(exponent)
        return self.initial_learning_rate * ops.power(ops.cast(self.decay_rate, config.floatx()), exponent)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "decay_rate": self.decay_rate,
            "staircase": self.staircase,
            "name": self.name,
        }


class CosineDecay(LearningRateSchedule):
    """Half a wave of a cosine down from the first rate, after a linear warmup if wanted.

    Args:
        initial_learning_rate: float, the first rate.
        decay_steps: positive number of steps of the half wave.
        alpha: float, the last rate as a share of the highest one.
        name: kept for compatibility.
        warmup_target: float, the rate at which the warmup ends and the half wave begins; None for no warmup.
        warmup_steps: number of steps of the warmup.

    Raises:
        ValueError: where `decay_steps` is not positive.

    Source:
        Loshchilov and Hutter, 2016, https://arxiv.org/abs/1608.03983.

    Example:
        >>> schedule = keras.optimizers.schedules.CosineDecay(1.0, 10)
        >>> round(float(schedule(5)), 6)
        0.5
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: int = 0,
    ) -> None:
        if decay_steps <= 0:
            raise ValueError(f"CosineDecay: expected decay_steps to be positive, got {decay_steps}.")
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.alpha = alpha
        self.name = name
        self.warmup_target = warmup_target
        self.warmup_steps = warmup_steps

    def _wave(self, step: Any, highest: float) -> Any:
        share = ops.clip(step / self.decay_steps, 0.0, 1.0)
        cosine = 0.5 * (1.0 + ops.cos(math.pi * share))
        return highest * ((1 - self.alpha) * cosine + self.alpha)

    def __call__(self, step: Any) -> Any:
        """Return the learning rate: a scalar."""
        step = as_float(step)
        if self.warmup_target is None:
            return self._wave(step, self.initial_learning_rate)
        slope = (self.warmup_target - self.initial_learning_rate) / max(self.warmup_steps, 1)
        rising = self.initial_learning_rate + slope * step
        return ops.where(step < self.warmup_steps, rising, self._wave(step - self.warmup_steps, self.warmup_target))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "alpha": self.alpha,
            "name": self.name,
            "warmup_target": self.warmup_target,
            "warmup_steps": self.warmup_steps,
        }


class PiecewiseConstantDecay(LearningRateSchedule):
    """One rate after the other.

    Args:
        boundaries: increasing steps: the last ones at which the rates but the last hold.
        values: the rates, one more than boundaries.
        name: kept for compatibility.

    Raises:
        ValueError: where there is not one rate more than boundaries.

    Example:
        >>> schedule = keras.optimizers.schedules.PiecewiseConstantDecay([2], [1.0, 0.5])
        >>> float(schedule(2)), float(schedule(3))
        (1.0, 0.5)
    """

    def __init__(self, boundaries: Sequence[float], values: Sequence[float], name: str = "PiecewiseConstant") -> None:
        if len(boundaries) != len(values) - 1:
            raise ValueError(
                f"PiecewiseConstantDecay: expected one value more than boundaries, got {len(values)} values and "
                f"{len(boundaries)} boundaries."
            )
        self.boundaries = boundaries
        self.values = values
        self.name = name

    def __call__(self, step: Any) -> Any:
        """Return the learning rate: a scalar."""
        step = as_float(step)
        rate = ops.cast(self.values[-1], config.floatx())
        for boundary, value in reversed(list(zip(self.boundaries, self.values[:-1], strict=True))):
            rate = ops.where(step <= float(boundary), value, rate)
        return rate

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {"boundaries": self.boundaries, "values": self.values, "name": self.name}
