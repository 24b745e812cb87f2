"""The state of optimizers: its variables, the learning rate, how it is saved."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_core import initializers, ops
from keras_core.optimizers.schedules import LearningRateSchedule
from keras_core.runtime import config
from keras_core.runtime.scopes import name_scope
from keras_core.runtime.serialization import deserialize_keras_object
from keras_core.runtime.table import use_backend
from keras_core.runtime.variable import Variable


class OptimizerState:
    """The variables of an optimizer.

    Args:
        name: what stands before their names.
        learning_rate: as of `Optimizer`.
        gradient_accumulation_steps: as of `Optimizer`.
    """

    def __init__(self, name: str, learning_rate: Any, gradient_accumulation_steps: int | None) -> None:
        self.name = name
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self._variables: list[Variable] = []
        self._iterations = self.add_variable((), "zeros", "int32", "only_first_replica", name="iteration")
        self._learning_rate: Any = self._make_learning_rate(learning_rate)

    def _make_learning_rate(self, value: Any) -> Any:
        if isinstance(value, dict):
            value = deserialize_keras_object(value, expected=LearningRateSchedule)
        if callable(value) and not isinstance(value, Variable):
            return value
        if isinstance(value, bool) or not isinstance(value, int | float | np.generic | Variable):
            raise ValueError(
                f"{type(self).__name__}: expected learning_rate to be a float, LearningRateSchedule or function "
                f"without arguments, got {value!r}."
            )
        if not isinstance(value, Variable) and value < 0:
            warnings.warn(
                f"{type(self).__name__}: the learning_rate {value} is negative, so that steps make the loss larger.",
                stacklevel=4,
            )
        constant = initializers.Constant(float(value))
        return self.add_variable((), constant, config.floatx(), "only_first_replica", name="learning_rate")

    @property
    def variables(self) -> list[Variable]:
        """The state: `iteration`, `learning_rate` (unless it is a schedule), then that of the variables."""
        return list(self._variables)

    @property
    def iterations(self) -> Any:
        """Number of updates so far."""
        if self.gradient_accumulation_steps:
            return ops.floor_divide(self._iterations, self.gradient_accumulation_steps)
        return self._iterations

    @property
    def learning_rate(self) -> Any:
        """The learning rate of the next step; it may be set to a float, or to a schedule.

        Raises:
            TypeError: when it is set to a float where a schedule was given to the constructor.
        """
        if isinstance(self._learning_rate, LearningRateSchedule):
            return self._learning_rate(self._iterations)
        if isinstance(self._learning_rate, Variable):
            return self._learning_rate
        return self._learning_rate()

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        before = self._learning_rate
        if callable(value) and not isinstance(value, Variable):
            if isinstance(before, Variable):
                self._variables = [variable for variable in self._variables if variable is not before]
            self._learning_rate = value
        elif isinstance(before, Variable):
            before.assign(value)
        else:
            raise TypeError(
                f"{self.name}: the learning rate is {before!r}, so it cannot be set to {value!r}; give the "
                "constructor a float where it shall be set later."
            )

    def add_variable(
        self,
        shape: Any,
        initializer: Any = "zeros",
        dtype: Any = None,
        aggregation: str = "none",
        layout: Any = None,
        name: str | None = None,
    ) -> Variable:
        """Make a variable of the state.

        Args:
            shape: tuple of ints.
            initializer: name of an initializer, or an initializer.
            dtype: dtype name; None for `floatx`.
            aggregation: how replicas are merged.
            layout: kept for distribution.
            name: name of the variable.
        """
        with name_scope(self.name.replace("/", "_")):
            variable = Variable(
                initializers.get(initializer),
                shape=tuple(shape),
                dtype=dtype,
                trainable=False,
                autocast=False,
                aggregation=aggregation,
                layout=layout,
                name=name,
            )
        self._variables.append(variable)
        return variable

    def add_variable_from_reference(
        self, reference_variable: Variable, name: str | None = None, initializer: Any = "zeros"
    ) -> Variable:
        """Make a variable of the state of the shape and dtype of another one.

        Args:
            reference_variable: the other one.
            name: what follows the other one's path in the name.
            initializer: name of an initializer, or an initializer.
        """
        prefix = reference_variable.path.replace("/", "_")
        with use_backend(reference_variable.backend):
            return self.add_variable(
                reference_variable.shape,
                initializer,
                reference_variable._dtype,
                layout=reference_variable._layout,
                name=f"{prefix}_{name or 'variable'}",
            )

    def add_optimizer_variables(
        self, trainable_variables: Sequence[Variable], name: str | Sequence[str], initializer: Any = "zeros"
    ) -> Any:
        """Make a variable of the state for each trainable variable.

        Args:
            trainable_variables: the variables.
            name: what follows their paths in the names; with several names so many are made for each.
            initializer: one for all names, or a list of one a name.

        Returns:
            A list; with several names a tuple of lists. None stands for a variable that takes no gradient steps.
        """
        names = (name,) if isinstance(name, str) else tuple(name)
        makers = list(initializer) if isinstance(initializer, list | tuple) else [initializer] * len(names)
        made: tuple[list[Any], ...] = tuple([] for _ in names)
        for variable in trainable_variables:
            for column, label, maker in zip(made, names, makers, strict=True):
                skipped = variable.overwrite_with_gradient
                column.append(None if skipped else self.add_variable_from_reference(variable, label, maker))
        return made[0] if isinstance(name, str) else made

    def _move_to(self, backend: str) -> None:
        """Make iteration and learning rate anew where the optimizer was made while another backend was active."""
        for variable in self._variables:
            if variable.backend != backend:
                variable.__setstate__({**variable.__getstate__(), "backend": backend})

    def assign(self, variable: Variable, value: Any) -> None:
        """Set a variable.

        Args:
            variable: of the state, or a trainable one.
            value: tensor.
        """
        variable.assign(value)

    def assign_add(self, variable: Variable, value: Any) -> None:
        """Add to a variable.

        Args:
            variable: of the state, or a trainable one.
            value: tensor.
        """
        variable.assign_add(value)

    def assign_sub(self, variable: Variable, value: Any) -> None:
        """Subtract from a variable.

        Args:
            variable: of the state, or a trainable one.
            value: tensor.
        """
        variable.assign_sub(value)

    def set_weights(self, weights: Any) -> None:
        """Set the state.

        Args:
            weights: list of arrays, one for each of `variables`.

        Raises:
            ValueError: where there are more or fewer.
        """
        weights, variables = list(weights), self.variables
        if len(weights) != len(variables):
            raise ValueError(
                f"{self.name}.set_weights: expected {len(variables)} arrays, got {len(weights)}; an optimizer "
                "has all its variables only after build(variables)."
            )
        for variable, value in zip(variables, weights, strict=True):
            variable.assign(value)

    def save_own_variables(self, store: Any) -> None:
        """Write the state.

        Args:
            store: mapping from `"0"`, `"1"`, ... to arrays.
        """
        for index, variable in enumerate(self.variables):
            store[str(index)] = variable.numpy()

    def load_own_variables(self, store: Any) -> None:
        """Read the state; one of another number of variables is left out, with a warning.

        Args:
            store: what `save_own_variables` wrote.
        """
        if len(store) != len(self.variables):
            warnings.warn(
                f"{self.name}: the state is not loaded, since it has {len(store)} variables, and the optimizer "
                f"{len(self.variables)}; it goes on from its own.",
                stacklevel=2,
            )
            return
        self.set_weights([np.asarray(store[str(index)]) for index in range(len(store))])
