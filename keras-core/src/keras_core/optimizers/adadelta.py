"""Adadelta."""

from typing import Any

from keras_core.optimizers.by_rule import RuleOptimizer
from keras_core.runtime.variable import Variable


class Adadelta(RuleOptimizer):
    """Step sizes in the unit of the variables: root of their mean square change over that of the gradients.

    Args:
        learning_rate: as of `Optimizer`.
        rho: float: how slowly both means move.
        epsilon: small float added to both mean squares.
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
        Zeiler, 2012, https://arxiv.org/abs/1212.5701.

    Example:
        >>> v = keras.Variable([1.0])
        >>> keras.optimizers.Adadelta(1.0, epsilon=0.01).apply([ops.ones(1)], [v])
        >>> round(float(v.numpy()[0]), 4)
        0.5918
    """

    _rule = "adadelta"
    _slots = ("accumulated_grad", "accumulated_delta_var")
    _arguments = _of_rule = ("rho", "epsilon")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.95,
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

    def update_step(self, grad: Any, variable: Variable, learning_rate: Any) -> None:
        """Change one variable.

        Args:
            grad: tensor.
            variable: variable of the same shape and dtype.
            learning_rate: scalar tensor.
        """
        super().update_step(grad, variable, learning_rate)
