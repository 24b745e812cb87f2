"""Adamax."""

from typing import Any

from keras_core import ops
from keras_core.optimizers.by_rule import RuleOptimizer


class Adamax(RuleOptimizer):
    """Adam with the greatest gradient so far, of which older ones count less, in place of the mean square.

    Args:
        learning_rate: as of `Optimizer`.
        beta_1: float in [0, 1]: how slowly the mean of the gradients moves.
        beta_2: float in [0, 1]: how slowly the greatest one is forgotten.
        epsilon: small float added to the greatest one.
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
        Kingma and Ba, 2014, https://arxiv.org/abs/1412.6980, section 7.1.

    Example:
        >>> v = keras.Variable([1.0])
        >>> keras.optimizers.Adamax(0.5).apply([ops.ones(1)], [v])
        >>> v.numpy().round(4).tolist()
        [0.5]
    """

    _rule = "adamax"
    _slots = ("momentum", "norm")
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

    def _scalars(self, learning_rate: Any, step: Any) -> list[Any]:
        return [learning_rate / (1 - ops.power(self.beta_1, step))]
