"""`RuleOptimizer`: what optimizers have in common whose step is a rule of `ops.update_rules`."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from keras_core import ops
from keras_core.ops import update
from keras_core.optimizers.optimizer import Optimizer
from keras_core.runtime.variable import Variable

SHARED = (
    *("learning_rate", "weight_decay", "clipnorm", "clipvalue", "global_clipnorm", "use_ema", "ema_momentum"),
    *("ema_overwrite_frequency", "loss_scale_factor", "gradient_accumulation_steps", "name"),
)
"""The arguments of `Optimizer`."""


def assign_by_rule(
    rule: str,
    changed: list[list[Variable]],
    gradients: list[Any],
    scalars: list[Any],
    options: Mapping[str, Any],
) -> None:
    """Change variables and their state by a rule.

    Args:
        rule: name of a rule of `ops.update_rules`.
        changed: the variables, and a list for each part of their state.
        gradients: list of tensors.
        scalars: that the rule takes.
        options: that the rule takes by name.
    """
    if not gradients:
        return
    values = [[variable.value for variable in column] for column in changed]
    columns = [values[0], gradients, *values[1:]]
    tensors = [tensor for column in columns for tensor in column]
    results = update.each_update(tensors, scalars, rule, tuple(options.items()), len(columns))
    for column, tensors in zip(changed, results, strict=True):
        for variable, tensor in zip(column, tensors, strict=True):
            variable.assign(tensor)


class RuleOptimizer(Optimizer):
    """Base of optimizers that have some numbers, some state for each variable, and a rule.

    Subclasses declare the latter, hand `locals()` of their constructor on, and define `_scalars` where the rule takes
    more than the learning rate.

    Args:
        given: name -> value of all arguments of the subclass' constructor.
    """

    _rule: ClassVar[str]
    """Name of the rule."""
    _slots: ClassVar[tuple[str, ...]] = ()
    """The parts of the state, as they are named in variables, in the order of the rule."""
    _arguments: ClassVar[tuple[str, ...]] = ()
    """The arguments that are not those of `Optimizer`, in the order of `get_config`."""
    _of_rule: ClassVar[tuple[str, ...]] = ()
    """Those of them that the rule takes."""
    _ranges: ClassVar[Mapping[str, tuple[float, float]]] = {}
    """Argument -> least and greatest value."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        own = {name: given[name] for name in self._arguments}
        kwargs = given["kwargs"]
        super().__init__(**{name: given[name] for name in SHARED}, **kwargs)
        for name, (least, greatest) in self._ranges.items():
            value = own[name]
            if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= greatest:
                raise ValueError(
                    f"{type(self).__name__}: expected {name} to be in [{least}, {greatest}], got {value!r}."
                )
        for name, value in own.items():
            setattr(self, name, value)
        self._columns: tuple[list[Any], ...] = ()

    def build(self, var_list: Sequence[Variable]) -> None:
        """Make the state for trainable variables.

        Args:
            var_list: list of variables.
        """
        if self.built:
            return
        super().build(var_list)
        if self._slots:
            self._columns = self.add_optimizer_variables(var_list, self._slots, self._starts())

    def _starts(self) -> Any:
        """Return the initializer of the state, or one for each part of it."""
        return "zeros"

    def _options(self) -> dict[str, Any]:
        """Return what the rule takes by name."""
        return {name: getattr(self, name) for name in self._of_rule}

    def _scalars(self, learning_rate: Any, step: Any) -> list[Any]:
        """Return the scalars that the rule takes.

        Args:
            learning_rate: float32 scalar.
            step: float32 scalar: 1, 2, ...
        """
        return [learning_rate]

    def _step(self) -> Any:
        return ops.cast(ops.convert_to_tensor(self.iterations) + 1, "float32")

    def _rows(self, variables: list[Variable]) -> list[list[Variable]]:
        """Return for each part of the state the variables that hold it."""
        indices = [self._get_variable_index(variable) for variable in variables]
        return [[column[index] for index in indices] for column in self._columns]

    def update_steps(self, gradients: list[Any], variables: list[Variable], learning_rate: Any) -> None:
        """Change all variables.

        Args:
            gradients: list of tensors.
            variables: list of variables of the same shapes and dtypes.
            learning_rate: scalar tensor.
        """
        scalars = self._scalars(ops.cast(learning_rate, "float32"), self._step())
        assign_by_rule(self._rule, [variables, *self._rows(variables)], gradients, scalars, self._options())

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
        return {**super().get_config(), **{name: getattr(self, name) for name in self._arguments}}
