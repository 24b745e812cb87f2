"""Gradient descent, with momentum if wanted."""

from collections.abc import Sequence
from typing import Any

from keras_core.ops import update
from keras_core.optimizers.optimizer import Optimizer
from keras_core.runtime.overwriting import held_alone, overwriting
from keras_core.runtime.variable import Variable


class SGD(Optimizer):
    """Gradient descent, with momentum if wanted.

    Args:
        learning_rate: as of `Optimizer`.
        momentum: float in [0, 1]: how much of the last step is taken again.
        nesterov: whether the gradient is taken as one at the point to which the momentum leads.
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
        Sutskever et al., 2013, https://proceedings.mlr.press/v28/sutskever13.html.

    Example:
        >>> v = keras.Variable([1.0])
        >>> keras.optimizers.SGD(0.5).apply([ops.ones(1)], [v])
        >>> v.numpy().tolist()
        [0.5]
    """

    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
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
        if not isinstance(momentum, int | float) or not 0 <= momentum <= 1:
            raise ValueError(f"SGD: expected momentum to be in [0, 1], got {momentum!r}.")
        self.momentum = momentum
        self.nesterov = nesterov
        self._momentums: list[Any] = []

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the state for trainable variables.

        Args:
            variables: list of variables.
        """
        if self.built:
            return
        super().build(variables)
        if self.momentum:
            self._momentums = self.add_optimizer_variables(variables, "momentum")

    def update_steps(self, gradients: list[Any], variables: list[Variable], learning_rate: Any) -> None:
        """Change all variables.

        Args:
            gradients: list of tensors.
            variables: list of variables of the same shapes and dtypes.
            learning_rate: scalar tensor.
        """
        momentums = [self._momentums[self._get_variable_index(variable)] for variable in variables if self.momentum]
        with overwriting(held_alone([*variables, *momentums])):
            values = [variable.value for variable in variables]
            if not self.momentum:
                updated = update.sgd_update(values, gradients, learning_rate)
            else:
                last = [momentum.value for momentum in momentums]
                updated, steps = update.momentum_update(
                    values, gradients, last, learning_rate, self.momentum, self.nesterov
                )
                updated = [*updated, *steps]
        for variable, value in zip([*variables, *momentums], updated, strict=True):
            variable.adopt(value)

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Change one variable.

        Args:
            gradient: tensor.
            variable: variable of the same shape and dtype.
            learning_rate: scalar tensor.
        """
        self.update_steps([gradient], [variable], learning_rate)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {**super().get_config(), "momentum": self.momentum, "nesterov": self.nesterov}
