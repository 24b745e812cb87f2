"""Loss scaling: so that small gradients are no zeros in float16."""

from collections.abc import Sequence
from typing import Any

from keras_core import initializers, ops
from keras_core.optimizers.optimizer import Optimizer, values_in
from keras_core.runtime.scopes import StatelessScope
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object
from keras_core.runtime.table import use_backend
from keras_core.runtime.variable import Variable

_OF_INNER = (
    *("learning_rate", "weight_decay", "clipnorm", "clipvalue", "global_clipnorm", "use_ema", "ema_momentum"),
    *("ema_overwrite_frequency", "loss_scale_factor", "gradient_accumulation_steps"),
)


class LossScaleOptimizer(Optimizer):
    """Multiplies the loss by a number, and divides the gradients by it, before another optimizer gets them.

    The number is as large as the dtype allows: it doubles after so many steps with finite gradients, and where one is
    not finite, it is halved, and nothing else happens at this step.

    Args:
        inner_optimizer: the other optimizer; its own `loss_scale_factor` is set to None.
        initial_scale: float, the first number.
        dynamic_growth_steps: int, after how many steps it doubles.
        name: name; made up from the class name when None.
        **kwargs: none; further arguments belong to the other optimizer.

    Raises:
        ValueError: where an argument is none of these.

    Source:
        Micikevicius et al., 2017, https://arxiv.org/abs/1710.03740.

    Example:
        >>> v = keras.Variable([1.0])
        >>> optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.5), initial_scale=8.0)
        >>> optimizer.apply([ops.full((1,), 8.0)], [v])
        >>> v.numpy().tolist()
        [0.5]
    """

    def __init__(
        self,
        inner_optimizer: Optimizer,
        initial_scale: float = 2.0**15,
        dynamic_growth_steps: int = 2000,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.pop("dynamic", None)  # of Keras 2, where the number could stay
        for argument in kwargs:
            if argument in _OF_INNER:
                raise ValueError(f"LossScaleOptimizer: unexpected {argument}; give it to the inner optimizer.")
        if not isinstance(inner_optimizer, Optimizer):
            raise ValueError(
                f"LossScaleOptimizer: expected inner_optimizer to be an Optimizer, got {inner_optimizer!r}."
            )
        if initial_scale <= 0:
            raise ValueError(f"LossScaleOptimizer: expected initial_scale to be positive, got {initial_scale}.")
        if dynamic_growth_steps < 1:
            raise ValueError(
                f"LossScaleOptimizer: expected dynamic_growth_steps to be a positive int, got {dynamic_growth_steps}."
            )
        self.inner_optimizer = inner_optimizer
        super().__init__(0.0, name=name, **kwargs)
        inner_optimizer.loss_scale_factor = None
        self.initial_scale = initial_scale
        self.dynamic_growth_steps = dynamic_growth_steps
        self.step_counter: Any = None
        self.dynamic_scale: Any = None

    @property
    def variables(self) -> list[Variable]:
        """The state: `iteration` and `learning_rate`, which stay 0, counter and number, then that of the other one."""
        return [*self._variables, *self.inner_optimizer.variables]

    @property
    def iterations(self) -> Any:
        """Number of updates so far, those without finite gradients not counted."""
        return self.inner_optimizer.iterations

    @property
    def learning_rate(self) -> Any:
        """The learning rate of the other optimizer."""
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self.inner_optimizer.learning_rate = value

    def build(self, var_list: Sequence[Variable]) -> None:
        """Make the state for trainable variables.

        Args:
            var_list: list of variables.
        """
        if self.built:
            return
        super().build(var_list)
        with use_backend(self._iterations.backend):
            scale = initializers.Constant(self.initial_scale)
            self.step_counter = self.add_variable((), "zeros", "int32", name="step_counter")
            self.dynamic_scale = self.add_variable((), scale, "float32", name="dynamic_scale")
        self.inner_optimizer.build(var_list)

    def apply(self, grads: Any, trainable_variables: Sequence[Variable] | None = None) -> None:
        """Change variables along their gradients, if these are finite: one step.

        Args:
            grads: list of gradients of the scaled loss, one a variable.
            trainable_variables: the variables; None for those that `build` got.

        Raises:
            ValueError: as of `Optimizer.apply`.
        """
        grads, variables = self._paired(grads, trainable_variables)
        state = [*self._trainable_variables, *self.variables]
        inverse = 1.0 / self.dynamic_scale.value

        def step() -> list[Any]:
            with StatelessScope() as scope:
                self.inner_optimizer.apply(
                    [
                        self._unscaled(gradient, variable, inverse)
                        for gradient, variable in zip(grads, variables, strict=True)
                    ],
                    variables,
                )
                self._count()
            return values_in(scope, state)

        def leave_out() -> list[Any]:
            with StatelessScope() as scope:
                self.step_counter.assign(0)
                self.dynamic_scale.assign(self.dynamic_scale.value / 2)
            return values_in(scope, state)

        for variable, value in zip(state, ops.cond(self.check_finite(grads), step, leave_out), strict=True):
            variable.assign(value)

    @staticmethod
    def _unscaled(gradient: Any, variable: Variable, inverse: Any) -> Any:
        if gradient is None or variable.overwrite_with_gradient:
            return gradient
        return ops.convert_to_tensor(gradient, variable._dtype) * ops.cast(inverse, variable._dtype)

    def _count(self) -> None:
        grows = ops.equal(self.step_counter.value, self.dynamic_growth_steps - 1)
        self.step_counter.assign(ops.where(grows, 0, self.step_counter.value + 1))
        scale = self.dynamic_scale.value
        self.dynamic_scale.assign(ops.where(grows, scale * 2, scale))

    def check_finite(self, grads: Any) -> Any:
        """Return whether all gradients are finite: a bool scalar.

        Args:
            grads: list of tensors and None.
        """
        finite = [ops.all(ops.isfinite(gradient)) for gradient in grads if gradient is not None]
        return ops.all(ops.stack(finite)) if finite else ops.convert_to_tensor(True)

    def scale_loss(self, loss: Any) -> Any:
        """Return the loss times the number.

        Args:
            loss: scalar tensor.
        """
        return loss * (ops.cast(self.dynamic_scale.value, ops.dtype(loss)) if self.built else self.initial_scale)

    def exclude_from_weight_decay(
        self, var_list: Sequence[Variable] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """Leave variables out of the weight decay of the other optimizer.

        Args:
            var_list: the variables.
            var_names: regular expressions; variables in whose name one is found.
        """
        self.inner_optimizer.exclude_from_weight_decay(var_list, var_names)

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        """Set variables to their moving averages, where these are kept; to be called after training.

        Args:
            var_list: trainable variables.
        """
        self.inner_optimizer.finalize_variable_values(var_list)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {
            "name": self.name,
            "inner_optimizer": serialize_keras_object(self.inner_optimizer),
            "initial_scale": self.initial_scale,
            "dynamic_growth_steps": self.dynamic_growth_steps,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "LossScaleOptimizer":
        """Return an optimizer from the result of `get_config`.

        Args:
            config: the result of `get_config`.
            custom_objects: names and classes that the configuration may name too.
        """
        inner = deserialize_keras_object(config["inner_optimizer"], custom_objects, expected=Optimizer)
        return cls(**{**config, "inner_optimizer": inner})
