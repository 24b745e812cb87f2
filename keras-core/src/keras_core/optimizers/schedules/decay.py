"""Learning rates that fall by a formula, and such that begin anew."""

import math
from typing import Any

from keras_core import ops
from keras_core.optimizers.schedules.schedule import LearningRateSchedule, as_float


class InverseTimeDecay(LearningRateSchedule):
    """`initial_learning_rate / (1 + decay_rate * step / decay_steps)`.

    Args:
        initial_learning_rate: float.
        decay_steps: positive number of steps.
        decay_rate: float.
        staircase: whether the quotient of steps is cut to an integer.
        name: kept for compatibility.

    Raises:
        ValueError: where `decay_steps` is not positive.

    Example:
        >>> schedule = keras.optimizers.schedules.InverseTimeDecay(1.0, 10, 0.5)
        >>> float(schedule(20))
        0.5
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ) -> None:
        if decay_steps <= 0:
            raise ValueError(f"InverseTimeDecay: expected decay_steps to be positive, got {decay_steps}.")
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    def __call__(self, step: Any) -> Any:
        """Return the learning rate: a scalar.

        Args:
            step: number of updates so far, a scalar tensor.
        """
        time = as_float(step) / self.decay_steps
        if self.staircase:
            time = ops.floor(time)
        return self.initial_learning_rate / (1.0 + self.decay_rate * time)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "decay_rate": self.decay_rate,
            "staircase": self.staircase,
            "name": self.name,
        }


class PolynomialDecay(LearningRateSchedule):
    """From the first rate to the last one by a power of the share of steps that are left.

    Args:
        initial_learning_rate: float, the first rate.
        decay_steps: positive number of steps.
        end_learning_rate: float, the last rate.
        power: float; 1 for a straight line.
        cycle: whether the rate rises again after `decay_steps`, to fall over twice, thrice, ... as many.
        name: kept for compatibility.

    Raises:
        ValueError: where `decay_steps` is not positive.

    Example:
        >>> schedule = keras.optimizers.schedules.PolynomialDecay(1.0, 10, 0.0)
        >>> float(schedule(5)), float(schedule(20))
        (0.5, 0.0)
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        if decay_steps <= 0:
            raise ValueError(f"PolynomialDecay: expected decay_steps to be positive, got {decay_steps}.")
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.end_learning_rate = end_learning_rate
        self.power = power
        self.cycle = cycle
        self.name = name

    def __call__(self, step: Any) -> Any:
        """Return the learning rate: a scalar.

        Args:
            step: number of updates so far, a scalar tensor.
        """
        step = as_float(step)
        if self.cycle:
            steps = self.decay_steps * ops.maximum(ops.ceil(step / self.decay_steps), 1.0)
        else:
            steps = self.decay_steps
            step = ops.minimum(step, float(steps))
        left = ops.power(1.0 - step / steps, self.power)
        return (self.initial_learning_rate - self.end_learning_rate) * left + self.end_learning_rate

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "end_learning_rate": self.end_learning_rate,
            "power": self.power,
            "cycle": self.cycle,
            "name": self.name,
        }


class CosineDecayRestarts(LearningRateSchedule):
    """Half waves of a cosine down, one after the other.

    Args:
        initial_learning_rate: float, the first rate.
        first_decay_steps: positive number of steps of the first half wave.
        t_mul: float: each one is so many times as long as the one before.
        m_mul: float: each one is so many times as high.
        alpha: float, the last rate as a share of the first.
        name: kept for compatibility.

    Raises:
        ValueError: where `first_decay_steps` is not positive.

    Source:
        Loshchilov and Hutter, 2016, https://arxiv.org/abs/1608.03983.

    Example:
        >>> schedule = keras.optimizers.schedules.CosineDecayRestarts(1.0, 10)
        >>> [round(float(schedule(step)), 4) for step in (0, 5, 10, 20, 30)]
        [1.0, 0.5, 1.0, 0.5, 1.0]
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: int,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        if first_decay_steps <= 0:
            raise ValueError(
                f"CosineDecayRestarts: expected first_decay_steps to be positive, got {first_decay_steps}."
            )
        self.initial_learning_rate = initial_learning_rate
        self.first_decay_steps = first_decay_steps
        self._t_mul = t_mul
        self._m_mul = m_mul
        self.alpha = alpha
        self.name = name

    def __call__(self, step: Any) -> Any:
        """Return the learning rate: a scalar.

        Args:
            step: number of updates so far, a scalar tensor.
        """
        time = as_float(step) / self.first_decay_steps
        if self._t_mul == 1.0:
            wave = ops.floor(time)
            share = time - wave
        else:
            # The first waves together are a geometric series.
            wave = ops.floor(ops.log(1.0 - time * (1.0 - self._t_mul)) / math.log(self._t_mul))
            length = ops.power(self._t_mul, wave)
            share = (time - (1.0 - length) / (1.0 - self._t_mul)) / length
        height = 0.5 * ops.power(self._m_mul, wave) * (1.0 + ops.cos(math.pi * share))
        return self.initial_learning_rate * ((1 - self.alpha) * height + self.alpha)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "first_decay_steps": self.first_decay_steps,
            "t_mul": self._t_mul,
            "m_mul": self._m_mul,
            "alpha": self.alpha,
            "name": self.name,
        }
