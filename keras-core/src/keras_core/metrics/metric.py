"""`Metric`: a state that batches are added to, and a result."""

from typing import Any

from keras_core import dtype_policies, initializers, ops
from keras_core.runtime import config
from keras_core.runtime.naming import auto_name
from keras_core.runtime.scopes import StatelessScope, name_scope
from keras_core.runtime.variable import Variable


class Metric:
    """A number that is followed over batches: a state of variables, updated batch by batch, and a result.

    Subclasses make variables in `__init__` by `add_variable`, and define `update_state` and `result`. A metric kept as
    an attribute of another one belongs to it.

    Args:
        dtype: dtype name or policy of the state and the result; None for `floatx`.
        name: name; made up from the class name when None.

    Example:
        >>> class Largest(keras.metrics.Metric):
        ...     def __init__(self, **kwargs):
        ...         super().__init__(**kwargs)
        ...         self.largest = self.add_variable((), "zeros", name="largest")
        ...
        ...     def update_state(self, values):
        ...         self.largest.assign(ops.maximum(self.largest, ops.max(values)))
        ...
        ...     def result(self):
        ...         return self.largest
        >>> metric = Largest()
        >>> metric.update_state([1.0, 3.0])
        >>> float(metric.result())
        3.0
    """

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        self.name = name or auto_name(type(self).__name__)
        self._dtype_policy = dtype_policies.get(dtype or config.floatx())
        self._variables: list[Variable] = []
        self._metrics: list[Metric] = []

    def __setattr__(self, name: str, value: Any) -> None:
        for item in value if isinstance(value, list | tuple) else (value,):
            if isinstance(item, Metric) and name != "_metrics" and not any(item is known for known in self._metrics):
                self._metrics.append(item)
        super().__setattr__(name, value)

    @property
    def dtype(self) -> str:
        """The dtype name of the state and the result."""
        return self._dtype_policy.compute_dtype

    @property
    def variables(self) -> list[Variable]:
        """The variables of the state, those of metrics inside last."""
        return [*self._variables, *(variable for metric in self._metrics for variable in metric.variables)]

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """The variables of the state: no training changes them."""
        return self.variables

    def add_variable(
        self, shape: Any, initializer: Any, dtype: Any = None, aggregation: str = "sum", name: str | None = None
    ) -> Variable:
        """Make a variable of the state.

        Args:
            shape: tuple of ints.
            initializer: name of an initializer, or an initializer; `reset_state` sets the variable to zeros.
            dtype: dtype name; None for that of the metric.
            aggregation: how replicas are merged.
            name: name of the variable.
        """
        with name_scope(self.name.replace("/", "_")):
            variable = Variable(
                initializers.get(initializer),
                shape=tuple(shape),
                dtype=dtype or self.dtype,
                trainable=False,
                autocast=False,
                aggregation=aggregation,
                name=name,
            )
        self._variables.append(variable)
        return variable

    def add_weight(
        self, shape: Any = (), initializer: Any = None, dtype: Any = None, name: str | None = None
    ) -> Variable:
        """Make a variable of the state: `add_variable` with an initializer of zeros.

        Args:
            shape: tuple of ints.
            initializer: name of an initializer, or an initializer; None for zeros.
            dtype: dtype name; None for that of the metric.
            name: name of the variable.
        """
        return self.add_variable(shape, "zeros" if initializer is None else initializer, dtype, name=name)

    def _build_for(self, y_true: Any, y_pred: Any) -> None:
        """Make the variables whose shapes follow from those of targets and predictions, before a step is compiled."""

    def reset_state(self) -> None:
        """Set the state back to the start."""
        for variable in self.variables:
            variable.assign(ops.zeros(variable.shape, variable.dtype))

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Add a batch to the state."""
        raise NotImplementedError(f"{type(self).__name__} has no method update_state().")

    def result(self) -> Any:
        """Return the metric of all batches so far: a scalar tensor or a dict of them."""
        raise NotImplementedError(f"{type(self).__name__} has no method result().")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Add a batch and return the result."""
        self.update_state(*args, **kwargs)
        return self.result()

    def stateless_update_state(self, metric_variables: Any, *args: Any, **kwargs: Any) -> list[Any]:
        """Return the state after a batch; the variables stay as they are.

        Args:
            metric_variables: values of `variables`, in their order.
            *args: what `update_state` takes.
            **kwargs: what `update_state` takes.
        """
        with self._with_state("stateless_update_state", metric_variables) as scope:
            self.update_state(*args, **kwargs)
        return [scope.get_current_value(variable) for variable in self.variables]

    def stateless_result(self, metric_variables: Any) -> Any:
        """Return the result that a state gives.

        Args:
            metric_variables: values of `variables`, in their order.
        """
        with self._with_state("stateless_result", metric_variables):
            return self.result()

    def stateless_reset_state(self) -> list[Any]:
        """Return the state of the start; the variables stay as they are."""
        with StatelessScope() as scope:
            self.reset_state()
        values = [scope.get_current_value(variable) for variable in self.variables]
        return [
            variable.value if value is None else value for variable, value in zip(self.variables, values, strict=True)
        ]

    def _with_state(self, method: str, values: Any) -> StatelessScope:
        if len(values) != len(self.variables):
            raise ValueError(
                f"{self.name}.{method}: expected values of {len(self.variables)} variables, got {len(values)} values."
            )
        return StatelessScope(list(zip(self.variables, values, strict=True)))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {"name": self.name, "dtype": self._dtype_policy.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Metric":
        """Return a metric from the result of `get_config`."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"
