"""Ftrl."""

from collections.abc import Mapping
from math import inf
from typing import Any, ClassVar

from keras_core import initializers
from keras_core.optimizers.by_rule import RuleOptimizer


class Ftrl(RuleOptimizer):
    """Follow the regularized leader: many variables become and stay exactly 0.

    Args:
        learning_rate: as of `Optimizer`.
        learning_rate_power: float, at most 0: how fast the learning rate falls with the sum of squares; 0: not at all.
        initial_accumulator_value: float, at least 0, that the sum of the squares of the gradients begins with.
        l1_regularization_strength: float, at least 0: weight of the absolute values; that which makes zeros.
        l2_regularization_strength: float, at least 0: weight of the squares.
        l2_shrinkage_regularization_strength: float, at least 0: weight of the squares in the loss.
        beta: float added to the root of the sum of squares.
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
        McMahan et al., 2013, https://research.google.com/pubs/archive/41159.pdf.

    Example:
        >>> v = keras.Variable([1.0])
        >>> keras.optimizers.Ftrl(0.5).apply([ops.ones(1)], [v])
        >>> round(float(v.numpy()[0]), 4)
        0.2218
    """

    _rule = "ftrl"
    _slots = ("accumulator", "linear")
    _arguments = (
        *("learning_rate_power", "initial_accumulator_value", "l1_regularization_strength"),
        *("l2_regularization_strength", "l2_shrinkage_regularization_strength", "beta"),
    )
    _ranges: ClassVar[Mapping[str, tuple[float, float]]] = {
        "initial_accumulator_value": (0.0, inf),
        "learning_rate_power": (-inf, 0.0),
        "l1_regularization_strength": (0.0, inf),
        "l2_regularization_strength": (0.0, inf),
        "l2_shrinkage_regularization_strength": (0.0, inf),
    }

    def __init__(
        self,
        learning_rate: Any = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
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
        return [initializers.Constant(self.initial_accumulator_value), "zeros"]

    def _options(self) -> dict[str, Any]:
        return {
            "learning_rate_power": self.learning_rate_power,
            "l1": self.l1_regularization_strength,
            "l2": self.l2_regularization_strength,
            "l2_shrinkage": self.l2_shrinkage_regularization_strength,
            "beta": self.beta,
        }
