"""Nadam."""

from collections.abc import Sequence
from typing import Any

from keras_core import ops
from keras_core.optimizers.by_rule import RuleOptimizer
from keras_core.runtime.table import use_backend
from keras_core.runtime.variable import Variable


class Nadam(RuleOptimizer):
    """Adam that looks ahead, as Nesterov's momentum does.

    Args:
        learning_rate: as of `Optimizer`.
        beta_1: float in [0, 1]: how slowly the mean of the gradients moves.
        beta_2: float in [0, 1]: how slowly the mean of their squares moves.
        epsilon: small float added to the root of the mean square.
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
        Dozat, 2016, https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ.

    Example:
        >>> v = keras.Variable([1.0])
        >>> keras.optimizers.Nadam(0.25).apply([ops.ones(1)], [v])
        >>> round(float(v.numpy()[0]), 4)
        0.7343
    """

    _rule = "nadam"
    _slots = ("momentum", "velocity")
    _arguments = _of_rule = ("beta_1", "beta_2", "epsilon")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
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
        self._product: Any = None

    def build(self, var_list: Sequence[Variable]) -> None:
        """Make the state for trainable variables.

        Args:
            var_list: list of variables.
        """
        if self.built:
            return
        super().build(var_list)
        with use_backend(self._iterations.backend):
            self._product = Variable(1.0, dtype="float32", autocast=False)
        self._variables.append(self._product)

    def _scalars(self, learning_rate: Any, step: Any) -> list[Any]:
        # The mean of the gradients begins slow: 0.96 is the rate at which it nears beta_1.
        now, ahead = (self.beta_1 * (1 - 0.5 * ops.power(0.96, time)) for time in (step, step + 1))
        product = self._product.value * now
        self._product.assign(product)
        return [
            learning_rate * (1 - now) / (1 - product),
            learning_rate * ahead / (1 - product * ahead),
            1 - ops.power(self.beta_2, step),
        ]
