"""Adam, and Adam with decoupled weight decay."""

import itertools
from collections.abc import Sequence
from typing import Any

from keras_core import ops
from keras_core.ops import update
from keras_core.optimizers.by_rule import assign_by_rule
from keras_core.optimizers.optimizer import Optimizer
from keras_core.runtime.overwriting import held_alone, overwriting
from keras_core.runtime.variable import Variable


class Adam(Optimizer):
    """Gradient descent with a step size for each number: mean of the gradients over the root of their mean square.

    Args:
        learning_rate: as of `Optimizer`.
        beta_1: float in [0, 1): how slowly the mean of the gradients moves.
        beta_2: float in [0, 1): how slowly the mean of their squares moves.
        epsilon: small float added to the root of the mean square.
        amsgrad: whether the largest mean square so far is taken.
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
        Kingma and Ba, 2014, https://arxiv.org/abs/1412.6980; `amsgrad`: Reddi et al., 2018,
        https://openreview.net/forum?id=ryQu7f-RZ.

    Example:
        >>> v = keras.Variable([1.0])
        >>> keras.optimizers.Adam(0.5).apply([ops.ones(1)], [v])
        >>> v.numpy().round(4).tolist()
        [0.5]
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
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
        for argument, value in (("beta_1", beta_1), ("beta_2", beta_2)):
            if not 0 <= value < 1:
                raise ValueError(f"{type(self).__name__}: expected {argument} to be in [0, 1), got {value}.")
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.amsgrad = amsgrad
        self._momentums: list[Any] = []
        self._velocities: list[Any] = []
        self._velocity_hats: list[Any] = []

    def build(self, var_list: Sequence[Variable]) -> None:
        """Make the state for trainable variables.

        Args:
            var_list: list of variables.
        """
        if self.built:
            return
        super().build(var_list)
        self._momentums, self._velocities = self.add_optimizer_variables(var_list, ("momentum", "velocity"))
        if self.amsgrad:
            self._velocity_hats = self.add_optimizer_variables(var_list, "velocity_hat")

    def _state(self, slots: list[Any], variables: list[Variable]) -> list[Any]:
        return [slots[self._get_variable_index(variable)] for variable in variables]

    def update_steps(self, gradients: list[Any], variables: list[Variable], learning_rate: Any) -> None:
        """Change all variables.

        Args:
            gradients: list of tensors.
            variables: list of variables of the same shapes and dtypes.
            learning_rate: scalar tensor.
        """
        step = ops.convert_to_tensor(self.iterations) + 1
        if self.amsgrad:
            self._update_by_largest(gradients, variables, learning_rate, step)
            return
        momentums, velocities = self._state(self._momentums, variables), self._state(self._velocities, variables)
        changed = [variables, momentums, velocities]
        with overwriting(held_alone(itertools.chain(*changed))):
            values = [[variable.value for variable in column] for column in changed]
            results = update.adam_update(
                values[0], gradients, values[1], values[2], learning_rate, self.beta_1, self.beta_2, self.epsilon, step
            )
        for column, tensors in zip(changed, results, strict=True):
            for variable, tensor in zip(column, tensors, strict=True):
                variable.adopt(tensor)

    def _update_by_largest(
        self, gradients: list[Any], variables: list[Variable], learning_rate: Any, step: Any
    ) -> None:
        slots = (self._momentums, self._velocities, self._velocity_hats)
        changed = [variables, *(self._state(slot, variables) for slot in slots)]
        count = ops.cast(step, "float32")
        bias_1, bias_2 = (1 - ops.power(beta, count) for beta in (self.beta_1, self.beta_2))
        rate = ops.cast(learning_rate, "float32") * ops.sqrt(bias_2) / bias_1
        options = {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
        assign_by_rule("amsgrad", changed, gradients, [rate], options)

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
        names = ("beta_1", "beta_2", "epsilon", "amsgrad")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class AdamW(Adam):
    """Adam with decoupled weight decay: a share of each variable is taken off at each step.

    Args:
        learning_rate: as of `Optimizer`.
        weight_decay: as of `Optimizer`.
        beta_1: float in [0, 1): how slowly the mean of the gradients moves.
        beta_2: float in [0, 1): how slowly the mean of their squares moves.
        epsilon: small float added to the root of the mean square.
        amsgrad: whether the largest mean square so far is taken.
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
        Loshchilov and Hutter, 2017, https://arxiv.org/abs/1711.05101.

    Example:
        >>> v = keras.Variable([1.0])
        >>> keras.optimizers.AdamW(0.5, weight_decay=0.1).apply([ops.ones(1)], [v])
        >>> v.numpy().round(4)
        array([0.45], dtype=float32)
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float | None = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
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
            beta_1,
            beta_2,
            epsilon,
            amsgrad,
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
        if weight_decay is None:
            raise ValueError("AdamW: expected weight_decay to be a float, got None; without decay it is Adam.")
