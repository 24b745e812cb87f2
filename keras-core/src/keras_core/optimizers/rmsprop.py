"""RMSprop: gradients divided by a moving root mean square."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from keras_core.optimizers.by_rule import RuleOptimizer
from keras_core.runtime.variable import Variable


class RMSprop(RuleOptimizer):
    """Gradient descent with a step size for each number: the gradient over the root of its moving mean square.

    Args:
        learning_rate: as of `Optimizer`.
        rho: float in [0, 1]: how slowly the mean square moves.
        momentum: float in [0, 1]: how much of the last step is taken again.
        epsilon: small float added to the mean square.
        centered: whether the variance of the gradient is taken instead of its mean square.
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
        Tieleman and Hinton, "Neural Networks for Machine Learning", lecture 6.5, 2012; `centered`: Graves, 2013,
        https://arxiv.org/abs/1308.0850.

    Example:
        >>> v = keras.Variable([1.0])
        >>> keras.optimizers.RMSprop(0.5, rho=0.75).apply([ops.ones(1)], [v])
        >>> v.numpy().round(4).tolist()
        [0.0]
    """

    _rule = "rmsprop"
    _arguments = _of_rule = ("rho", "momentum", "epsilon", "centered")
    _ranges: ClassVar[Mapping[str, tuple[float, float]]] = {"rho": (0, 1), "momentum": (0, 1)}

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
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

    def build(self, var_list: Sequence[Variable]) -> None:
        """Make the state for trainable variables.

        Args:
            var_list: list of variables.
        """
        if self.built:
            return
        super().build(var_list)
        names = (
            "velocity",
            *(("momentum",) if self.momentum else ()),
            *(("average_gradient",) if self.centered else ()),
        )
        self._columns = tuple(self.add_optimizer_variables(var_list, name) for name in names)
