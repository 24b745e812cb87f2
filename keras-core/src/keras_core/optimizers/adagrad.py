"""Adagrad."""

from typing import Any

from keras_core import initializers
from keras_core.optimizers.by_rule import RuleOptimizer


class Adagrad(RuleOptimizer):
    """Step sizes that shrink with the sum of the squares of all gradients so far.

    Args:
        learning_rate: as of `Optimizer`.
        initial_accumulator_value: float that the sum begins with.
        epsilon: small float added to the sum.
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
        Duchi et al., 2011, https://jmlr.org/papers/v12/duchi11a.html.

    Example:
        >>> v = keras.Variable([1.0])
        >>> keras.optimizers.Adagrad(0.5).apply([ops.ones(1)], [v])
        >>> round(float(v.numpy()[0]), 4)
        0.5233
    """

    _rule = "adagrad"
    _slots = ("accumulator",)
    _arguments = ("initial_accumulator_value", "epsilon")
    _of_rule = ("epsilon",)

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
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

    def _starts(self) -> Any:
        return initializers.Constant(self.initial_accumulator_value)
