"""Adafactor."""

from collections.abc import Sequence
from typing import Any

from keras_core import ops
from keras_core.optimizers.by_rule import RuleOptimizer, assign_by_rule
from keras_core.runtime.table import use_backend
from keras_core.runtime.variable import Variable


class Adafactor(RuleOptimizer):
    """Adam without the mean of the gradients, and the mean square of matrices as a product of rows and columns.

    Args:
        learning_rate: as of `Optimizer`.
        beta_2_decay: negative float: the mean square moves by `step ** beta_2_decay`.
        epsilon_1: small float added to the square of the gradients.
        epsilon_2: least size of a variable, to which its step is proportional.
        clip_threshold: float: bound on the root mean square of a step as a share of the size of the variable.
        relative_step: kept for compatibility: the learning rate is at most `step ** -0.5` in both cases.
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
        Shazeer and Stern, 2018, https://arxiv.org/abs/1804.04235.

    Example:
        >>> v = keras.Variable([1.0])
        >>> keras.optimizers.Adafactor(0.25).apply([ops.ones(1)], [v])
        >>> v.numpy().round(4).tolist()
        [0.75]
    """

    _rule = "adafactor"
    _arguments = ("beta_2_decay", "epsilon_1", "epsilon_2", "clip_threshold", "relative_step")
    _of_rule = ("epsilon_1", "epsilon_2", "clip_threshold")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_2_decay: float = -0.8,
        epsilon_1: float = 1e-30,
        epsilon_2: float = 1e-3,
        clip_threshold: float = 1.0,
        relative_step: bool = True,
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
        self._columns = ([], [], [])
        for variable in self._trainable_variables:
            made = (None, None, None) if variable.overwrite_with_gradient else self._averages_of(variable)
            for column, average in zip(self._columns, made, strict=True):
                column.append(average)

    def _averages_of(self, variable: Variable) -> tuple[Variable, ...]:
        """Make means over columns, over rows, and one of the shape of a variable."""
        shape = tuple(variable.shape)
        with use_backend(variable.backend):
            if len(shape) < 2:
                # They hold nothing, but have their places in files.
                means = [Variable(0, dtype="int32", trainable=False, name=variable.name) for _ in range(2)]
                self._variables.extend(means)
            else:
                shapes = (shape[:-1], shape[:-2] + shape[-1:])
                means = [self.add_variable(reduced, dtype=variable._dtype, name=variable.name) for reduced in shapes]
        return *means, self.add_variable_from_reference(variable, "velocity")

    def _scalars(self, learning_rate: Any, step: Any) -> list[Any]:
        return [ops.minimum(learning_rate, ops.rsqrt(step)), 1 - ops.power(step, self.beta_2_decay)]

    def update_steps(self, gradients: list[Any], variables: list[Variable], learning_rate: Any) -> None:
        """Change all variables.

        Args:
            gradients: list of tensors.
            variables: list of variables of the same shapes and dtypes.
            learning_rate: scalar tensor.
        """
        scalars = self._scalars(ops.cast(learning_rate, "float32"), self._step())
        for is_factored in (True, False):
            chosen = [index for index, variable in enumerate(variables) if (len(variable.shape) > 1) == is_factored]
            kept = [variables[index] for index in chosen]
            rows = self._rows(kept)
            state = rows if is_factored else rows[2:]
            assign_by_rule(self._rule, [kept, *state], [gradients[i] for i in chosen], scalars, self._options())
