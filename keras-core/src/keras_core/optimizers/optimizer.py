"""`Optimizer`: how gradients change variables."""

import warnings
from collections.abc import Sequence
from typing import Any

from keras_core import ops
from keras_core.optimizers.clipping import clip_by_global_norm, clip_by_norm, clip_by_value
from keras_core.optimizers.schedules.schedule import LearningRateSchedule
from keras_core.optimizers.state import OptimizerState
from keras_core.optimizers.weight_decay import WeightDecay
from keras_core.runtime import config
from keras_core.runtime.naming import auto_name, unexpected_arguments
from keras_core.runtime.scopes import StatelessScope, autocast_scope
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object
from keras_core.runtime.variable import Variable


class Optimizer(WeightDecay, OptimizerState):
    """Changes variables along their gradients.

    Its state are variables, so `apply` runs inside `keras_core.transforms.jit`. Subclasses define `build`, which makes
    further state by `add_optimizer_variables`, and `update_step`; or `update_steps` for all variables at once.

    Args:
        learning_rate: float, `LearningRateSchedule`, or function without arguments that returns a float.
        weight_decay: float: that much of a variable, times the learning rate, is taken off at each step.
        clipnorm: float: bound on the length of each gradient.
        clipvalue: float: bound on each element of the gradients.
        global_clipnorm: float: bound on the length of all gradients together.
        use_ema: whether a moving average of the variables is kept.
        ema_momentum: float in [0, 1]: how slowly the average moves.
        ema_overwrite_frequency: int: after so many steps the averages replace the variables; None: only at the end.
        loss_scale_factor: float by which the loss is multiplied, and gradients divided, so that half floats hold them.
        gradient_accumulation_steps: int above 1: the variables change once in so many steps, by the mean gradient.
        name: name; made up from the class name when None.

    Raises:
        ValueError: where an argument is none of these.

    Example:
        >>> v = keras.Variable([1.0])
        >>> keras.optimizers.SGD(0.5).apply([ops.ones(1)], [v])
        >>> v.numpy().tolist()
        [0.5]
    """

    def __init__(
        self,
        learning_rate: Any,
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
        owner = type(self).__name__
        if kwargs:
            raise unexpected_arguments(owner, type(self), kwargs)
        if sum(bound is not None for bound in (clipnorm, clipvalue, global_clipnorm)) > 1:
            raise ValueError(
                f"{owner}: expected only one of clipnorm, clipvalue and global_clipnorm, got clipnorm={clipnorm}, "
                f"clipvalue={clipvalue}, global_clipnorm={global_clipnorm}."
            )
        for argument, bound in (("clipnorm", clipnorm), ("global_clipnorm", global_clipnorm), ("clipvalue", clipvalue)):
            if bound is not None and bound <= 0:
                raise ValueError(f"{owner}: expected {argument} to be positive, got {bound}.")
        if use_ema and not 0 <= ema_momentum <= 1:
            raise ValueError(f"{owner}: expected ema_momentum to be in [0, 1], got {ema_momentum}.")
        if use_ema and ema_overwrite_frequency is not None and not _is_int_from(ema_overwrite_frequency, 1):
            raise ValueError(
                f"{owner}: expected ema_overwrite_frequency to be a positive int, got {ema_overwrite_frequency}."
            )
        if gradient_accumulation_steps is not None and not _is_int_from(gradient_accumulation_steps, 2):
            raise ValueError(
                f"{owner}: expected gradient_accumulation_steps to be an int above 1 or None, got "
                f"{gradient_accumulation_steps}."
            )
        super().__init__(name or auto_name(owner), learning_rate, gradient_accumulation_steps)
        self.weight_decay = weight_decay
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self.use_ema = use_ema
        self.ema_momentum = ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.loss_scale_factor = loss_scale_factor
        self.built = False
        self._trainable_variables: list[Variable] = []
        self._indices: dict[int, int] = {}
        self._excluded: set[int] = set()
        self._excluded_names: list[str] = []
        self._averages: list[Any] = []
        self._accumulators: list[Any] = []

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the state for trainable variables, on their backend.

        Args:
            variables: list of variables; `apply` takes these and no others.
        """
        if self.built:
            return
        self._trainable_variables = list(variables)
        self._indices = {id(variable): index for index, variable in enumerate(self._trainable_variables)}
        if self._trainable_variables:
            self._move_to(self._trainable_variables[0].backend)
        if self.use_ema:
            self._averages = self.add_optimizer_variables(self._trainable_variables, "average")
        if self.gradient_accumulation_steps:
            self._accumulators = self.add_optimizer_variables(self._trainable_variables, "gradient_accumulator")
        self.built = True

    def _get_variable_index(self, variable: Variable) -> int:
        """Return the position of a variable among those that `build` got."""
        return self._indices[id(variable)]

    def apply(self, grads: Any, trainable_variables: Sequence[Variable] | None = None) -> None:
        """Change variables along their gradients: one step.

        Args:
            grads: list of tensors, one a variable; None for a variable that the loss does not depend on.
            trainable_variables: the variables; None for those that `build` got.

        Raises:
            ValueError: where numbers of gradients and variables differ, no gradient is given at all, or a variable is
                none of those that `build` got.
        """
        grads, variables = self._paired(grads, trainable_variables)
        with autocast_scope(None):
            self._apply(*self._with_gradients(grads, variables))

    def _paired(self, grads: Any, trainable_variables: Sequence[Variable] | None) -> tuple[list[Any], list[Variable]]:
        """Return gradients and their variables, for which there is state then."""
        grads = list(grads)
        if trainable_variables is None and not self.built:
            raise ValueError(f"{self.name}.apply: expected trainable_variables, or build(variables) before.")
        variables = self._trainable_variables if trainable_variables is None else list(trainable_variables)
        if len(grads) != len(variables):
            raise ValueError(f"{self.name}.apply: got {len(grads)} gradients for {len(variables)} variables.")
        if not self.built:
            self.build(variables)
        for variable in variables:
            if id(variable) not in self._indices:
                raise ValueError(
                    f"{self.name}.apply: unknown variable {variable.path!r}; the optimizer takes only those that it "
                    "was built with. Make a new optimizer for others."
                )
        return grads, variables

    def _with_gradients(self, grads: list[Any], variables: list[Variable]) -> tuple[list[Any], list[Variable]]:
        missing = [variable.path for grad, variable in zip(grads, variables, strict=True) if grad is None]
        if variables and len(missing) == len(variables):
            raise ValueError(f"{self.name}.apply: no gradients for any variable; does the loss depend on them?")
        if missing:
            warnings.warn(f"{self.name}.apply: no gradients for the variables {missing}, which stay.", stacklevel=3)
        kept = [(grad, variable) for grad, variable in zip(grads, variables, strict=True) if grad is not None]
        gradients: list[Any] = []
        changed: list[Variable] = []
        for grad, variable in kept:
            grad = ops.convert_to_tensor(grad, variable._dtype)
            if variable.overwrite_with_gradient:
                variable.assign(grad)
            else:
                gradients.append(grad)
                changed.append(variable)
        return gradients, changed

    def _apply(self, gradients: list[Any], variables: list[Variable]) -> None:
        if self.loss_scale_factor is not None:
            gradients = [gradient / self.loss_scale_factor for gradient in gradients]
        if self.gradient_accumulation_steps:
            self._accumulate(gradients, variables)
        elif variables:
            self._update(gradients, variables)
        if self.use_ema:
            self._update_averages(variables)
        for variable in variables:
            if variable.constraint is not None:
                variable.assign(variable.constraint(variable.value))
        self._iterations.assign_add(1)

    def _accumulate(self, gradients: list[Any], variables: list[Variable]) -> None:
        """Add gradients up, and update once in `gradient_accumulation_steps` steps."""
        steps = self.gradient_accumulation_steps
        accumulators = [self._accumulators[self._get_variable_index(variable)] for variable in variables]
        sums = [ops.add(gradient, accumulator) for gradient, accumulator in zip(gradients, accumulators, strict=True)]
        state = [*variables, *self._variables]

        def update() -> list[Any]:
            with StatelessScope() as scope:
                self._update([total / steps for total in sums], variables)
                for accumulator in accumulators:
                    accumulator.assign(ops.zeros(accumulator.shape, accumulator.dtype))
            return values_in(scope, state)

        def wait() -> list[Any]:
            with StatelessScope() as scope:
                for accumulator, total in zip(accumulators, sums, strict=True):
                    accumulator.assign(total)
            return values_in(scope, state)

        is_update = ops.equal(ops.mod(self._iterations + 1, steps), 0)
        for variable, value in zip(state, ops.cond(is_update, update, wait), strict=True):
            variable.assign(value)

    def _update(self, gradients: list[Any], variables: list[Variable]) -> None:
        if self.clipnorm is not None:
            gradients = clip_by_norm(gradients, self.clipnorm)
        elif self.global_clipnorm is not None:
            gradients = clip_by_global_norm(gradients, self.global_clipnorm)
        elif self.clipvalue is not None:
            gradients = clip_by_value(gradients, self.clipvalue)
        learning_rate = ops.convert_to_tensor(self.learning_rate, config.floatx())
        self._decay_weights(variables, learning_rate)
        self.update_steps(gradients, variables, learning_rate)

    def update_steps(self, gradients: list[Any], variables: list[Variable], learning_rate: Any) -> None:
        """Change all variables; by default one after the other by `update_step`.

        Args:
            gradients: list of tensors.
            variables: list of variables of the same shapes and dtypes.
            learning_rate: scalar tensor.
        """
        for gradient, variable in zip(gradients, variables, strict=True):
            self.update_step(gradient, variable, ops.cast(learning_rate, variable._dtype))

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Change one variable.

        Args:
            gradient: tensor.
            variable: variable of the same shape and dtype.
            learning_rate: scalar tensor.
        """
        raise NotImplementedError(
            f"{type(self).__name__} has no method update_step(gradient, variable, learning_rate)."
        )

    def apply_gradients(self, grads_and_vars: Any) -> Any:
        """Change variables along their gradients: `apply` for pairs.

        Args:
            grads_and_vars: pairs of gradient and variable.

        Returns:
            The number of updates so far.
        """
        pairs = list(grads_and_vars)
        self.apply([gradient for gradient, _ in pairs], [variable for _, variable in pairs])
        return self._iterations

    def stateless_apply(
        self, optimizer_variables: Any, grads: Any, trainable_variables: Any
    ) -> tuple[list[Any], list[Any]]:
        """Return the variables and the state after one step; neither is changed.

        Args:
            optimizer_variables: values of `variables`.
            grads: list of tensors.
            trainable_variables: values of the variables that `build` got.

        Returns:
            Values of the trainable variables, and values of `variables`.
        """
        if not self.built:
            raise ValueError(f"{self.name}.stateless_apply: expected build(variables) before.")
        state = self.variables
        variables = [*self._trainable_variables, *state]
        values = [*trainable_variables, *optimizer_variables]
        if len(values) != len(variables):
            raise ValueError(
                f"{self.name}.stateless_apply: expected values of {len(self._trainable_variables)} trainable and "
                f"{len(state)} optimizer variables, got {len(values)} values."
            )
        # Copies: a fused update may reuse the buffers.
        values = [ops.copy(value) for value in values]
        with StatelessScope(list(zip(variables, values, strict=True))) as scope:
            self.apply(grads)
        return values_in(scope, self._trainable_variables), values_in(scope, state)

    # what may accompany a step

    def scale_loss(self, loss: Any) -> Any:
        """Return the loss times `loss_scale_factor`; gradients of it are what `apply` takes.

        Args:
            loss: scalar tensor.
        """
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def _update_averages(self, variables: list[Variable]) -> None:
        step = ops.convert_to_tensor(self.iterations)
        # At the first step the average is the variable itself.
        momentum = ops.where(step == 0, 0.0, self.ema_momentum)
        overwrite = None
        if self.ema_overwrite_frequency is not None:
            overwrite = ops.mod(step + 1, self.ema_overwrite_frequency) == 0
        for variable in variables:
            average = self._averages[self._get_variable_index(variable)]
            share = ops.cast(momentum, variable._dtype)
            moved = average.value * share + variable.value * (1 - share)
            average.assign(moved)
            if overwrite is not None:
                variable.assign(ops.where(overwrite, moved, variable.value))

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        """Set variables to their moving averages, where these are kept; to be called after training.

        Args:
            var_list: trainable variables.
        """
        if self.use_ema:
            for variable in var_list:
                if not variable.overwrite_with_gradient:
                    # A copy: the average must not share its buffer with the variable.
                    variable.assign(ops.copy(self._averages[self._get_variable_index(variable)].value))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        rate = self._learning_rate
        return {
            "name": self.name,
            "learning_rate": float(rate.numpy()) if isinstance(rate, Variable) else serialize_keras_object(rate),
            "weight_decay": self.weight_decay,
            "clipnorm": self.clipnorm,
            "global_clipnorm": self.global_clipnorm,
            "clipvalue": self.clipvalue,
            "use_ema": self.use_ema,
            "ema_momentum": self.ema_momentum,
            "ema_overwrite_frequency": self.ema_overwrite_frequency,
            "loss_scale_factor": self.loss_scale_factor,
            "gradient_accumulation_steps": self.gradient_accumulation_steps,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "Optimizer":
        """Return an optimizer from the result of `get_config`.

        Args:
            config: the result of `get_config`.
            custom_objects: names and classes that the configuration may name too.
        """
        rate = config.get("learning_rate")
        if isinstance(rate, dict):
            config = {
                **config,
                "learning_rate": deserialize_keras_object(rate, custom_objects, expected=LearningRateSchedule),
            }
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"

    # A copy knows its own variables, which have other identities.

    def __getstate__(self) -> dict[str, Any]:
        excluded = [self._indices[key] for key in self._excluded if key in self._indices]
        return {**self.__dict__, "_indices": None, "_excluded": excluded}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._indices = {id(variable): index for index, variable in enumerate(self._trainable_variables)}
        self._excluded = {id(self._trainable_variables[index]) for index in state["_excluded"]}


def _is_int_from(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def values_in(scope: StatelessScope, variables: Sequence[Variable]) -> list[Any]:
    """Return the values that variables have inside a scope."""
    found = [scope.get_current_value(variable) for variable in variables]
    return [variable.value if value is None else value for variable, value in zip(variables, found, strict=True)]
