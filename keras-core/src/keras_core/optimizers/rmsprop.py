"""RMSprop: gradients divided by a moving root mean square."""

from collections.abc import Sequence
from typing import Any

from keras_core import ops
from keras_core.optimizers.optimizer import Optimizer
from keras_core.runtime.variable import Variable


class RMSprop(Optimizer):
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
        super().__init__(
            learning_rate,
            weight_decay=weight_decay,
            clipnorm=clipnorm,
            clipvalue=clipvalue,
            global_clipnorm=global_clipnorm,
            use_ema=use_ema,
            ema_momentum=ema_momentum,
            ema_overwrite_frequency=ema_overwrite_frequency,
            loss_scale_factor=loss_scale_factor,
            gradient_accumulation_steps=gradient_accumulation_steps,
            name=name,
            **kwargs,
        )
        for argument, value in (("rho", rho), ("momentum", momentum)):
            if not isinstance(value, int | float) or not 0 <= value <= 1:
                raise ValueError(f"RMSprop: expected {argument} to be in [0, 1], got {value!r}.")
        self.rho = rho
        self.momentum = momentum
        self.epsilon = epsilon
        self.centered = centered
        self._velocities: list[Any] = []
        self._momentums: list[Any] = []
        self._average_gradients: list[Any] = []

    def build(self, var_list: Sequence[Variable]) -> None:
        """Make the state for trainable variables.

        Args:
            var_list: list of variables.
        """
        if self.built:
            return
        super().build(var_list)
        self._velocities = self.add_optimizer_variables(var_list, "velocity")
        if self.momentum:
            self._momentums = self.add_optimizer_variables(var_list, "momentum")
        if self.centered:
            self._average_gradients = self.add_optimizer_variables(var_list, "average_gradient")

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Change one variable.

        Args:
            gradient: tensor.
            variable: variable of the same shape and dtype.
            learning_rate: scalar tensor.
        """
        index = self._get_variable_index(variable)
        mean_square = self._moved(self._velocities[index], ops.square(gradient))
        if self.centered:
            mean = self._moved(self._average_gradients[index], gradient)
            mean_square = mean_square - ops.square(mean)
        step = learning_rate * gradient * ops.rsqrt(mean_square + self.epsilon)
        if self.momentum:
            momentum = self._momentums[index]
            step = momentum.value * self.momentum + step
            momentum.assign(step)
        variable.assign(variable.value - step)

    def _moved(self, average: Variable, value: Any) -> Any:
        """Move an average towards a value and return it."""
        moved = average.value * self.rho + value * (1 - self.rho)
        average.assign(moved)
        return moved

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {
            **super().get_config(),
            "rho": self.rho,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "centered": self.centered,
        }
