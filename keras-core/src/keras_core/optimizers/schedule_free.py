"""Schedule-free AdamW."""

from collections.abc import Sequence
from typing import Any

from keras_core import ops
from keras_core.optimizers.by_rule import RuleOptimizer
from keras_core.runtime.variable import Variable


class ScheduleFreeAdamW(RuleOptimizer):
    """Adam whose variables are averaged over the steps, which takes the place of a falling learning rate.

    Args:
        learning_rate: as of `Optimizer`.
        beta_1: float above 0, at most 1: where the variables are between the average (1) and the last point (0).
        beta_2: float in [0, 1]: how slowly the mean of their squares moves.
        epsilon: small float added to the root of the mean square.
        warmup_steps: number of steps over which the learning rate rises to its value.
        weight_decay: as of `Optimizer`.
        clipnorm: as of `Optimizer`.
        clipvalue: as of `Optimizer`.
        global_clipnorm: as of `Optimizer`.
        use_ema: as of `Optimizer`.
        ema_momentum: as of `Optimizer`.
        ema_overwrite_frequency: as of `Optimizer`.
        loss_scale_factor: as of `Optimizer`.
        gradient_accumulation_steps: as of `Optimizer`.
        name: as of `Optimizer`.

    Raises:
        ValueError: where an argument is none of these.

    Source:
        Defazio et al., 2024, https://arxiv.org/abs/2405.15682.

    Example:
        >>> v = keras.Variable([1.0])
        >>> keras.optimizers.ScheduleFreeAdamW(0.25).apply([ops.ones(1)], [v])
        >>> v.numpy().round(4).tolist()
        [0.75]
    """

    _rule = "schedule_free_adam"
    _slots = ("momentum", "velocity")
    _arguments = ("beta_1", "beta_2", "epsilon", "warmup_steps")
    _of_rule = ("beta_1", "beta_2", "epsilon")

    def __init__(
        self,
        learning_rate: Any = 0.0025,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        warmup_steps: int = 0,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(locals())
        if not 0 < beta_1 <= 1:
            raise ValueError(f"ScheduleFreeAdamW: expected beta_1 to be above 0 and at most 1, got {beta_1}.")

    def build(self, var_list: Sequence[Variable]) -> None:
        """Make the state for trainable variables.

        Args:
            var_list: list of variables; both points of the method begin at their values.
        """
        if self.built:
            return
        super().build(var_list)
        for variable, point in zip(var_list, self._columns[0], strict=True):
            if point is not None:
                # A copy: the two must not share a buffer.
                point.assign(ops.copy(variable.value))

    def _scalars(self, learning_rate: Any, step: Any) -> list[Any]:
        if self.warmup_steps:
            learning_rate = learning_rate * ops.minimum(step / self.warmup_steps, 1.0)
        return [learning_rate, 1 / step, 1 - ops.power(self.beta_2, step)]
