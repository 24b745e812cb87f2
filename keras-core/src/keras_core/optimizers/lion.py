"""Lion."""

from typing import Any

from keras_core.optimizers.by_rule import RuleOptimizer


class Lion(RuleOptimizer):
    """Steps of one length in the direction of a sign: that of the mean gradient, the last one weighted higher.

    Args:
        learning_rate: as of `Optimizer`.
        beta_1: float above 0, at most 1: weight of the mean gradient beside the last one.
        beta_2: float in [0, 1]: how slowly the mean of the gradients moves.
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
        Chen et al., 2023, https://arxiv.org/abs/2302.06675.

    Example:
        >>> v = keras.Variable([1.0])
        >>> keras.optimizers.Lion(0.25).apply([ops.ones(1)], [v])
        >>> v.numpy().round(4).tolist()
        [0.75]
    """

    _rule = "lion"
    _slots = ("momentum",)
    _arguments = _of_rule = ("beta_1", "beta_2")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
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
            raise ValueError(
                f"Lion: expected beta_1 to be above 0 and at most 1, got {beta_1}; at 0 nothing but the sign of the "
                "last gradient counts."
            )
