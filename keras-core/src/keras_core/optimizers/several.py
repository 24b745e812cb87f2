"""Several optimizers in one: each for some of the variables."""

import re
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import Any

from keras_core.optimizers.optimizer import Optimizer
from keras_core.runtime.scopes import autocast_scope
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object
from keras_core.runtime.variable import Variable


class OptimizerMap(MutableMapping[str, Optimizer]):
    """Which optimizer changes which variable: a mapping from paths of variables, or regular expressions, to optimizers.

    Args:
        default_optimizer: the optimizer of variables whose path no expression matches as a whole.
        optimizer_map: the mapping to begin with.

    Raises:
        TypeError: where an optimizer is none.
        ValueError: where a key is no regular expression, or is set twice.

    Example:
        >>> optimizers = keras.optimizers.OptimizerMap(keras.optimizers.SGD(0.1))
        >>> optimizers[".*/bias"] = keras.optimizers.Adam(0.01)
        >>> type(optimizers["dense/bias"]).__name__, type(optimizers["dense/kernel"]).__name__
        ('Adam', 'SGD')
    """

    def __init__(self, default_optimizer: Optimizer, optimizer_map: Mapping[str, Optimizer] | None = None) -> None:
        if not isinstance(default_optimizer, Optimizer):
            raise TypeError(f"OptimizerMap: expected default_optimizer to be an Optimizer, got {default_optimizer!r}.")
        self._default_optimizer = default_optimizer
        self._optimizers: dict[str, Optimizer] = {}
        for key, optimizer in dict(optimizer_map or {}).items():
            self[key] = optimizer

    @property
    def default_optimizer(self) -> Optimizer:
        """The optimizer of variables that no key matches."""
        return self._default_optimizer

    def __call__(self, variable: Variable) -> Optimizer:
        """Return the optimizer of a variable.

        Args:
            variable: whose path is looked up.
        """
        return self[variable.path]

    def __getitem__(self, key: str) -> Optimizer:
        """Return the optimizer of this key, or of the one that matches it as a whole; else the default one.

        Raises:
            ValueError: where several keys match.
        """
        if key in self._optimizers:
            return self._optimizers[key]
        found = [pattern for pattern in self._optimizers if re.fullmatch(pattern, key)]
        if len(found) > 1:
            raise ValueError(f"OptimizerMap: several keys match {key!r}: {found}; write them so that only one does.")
        return self._optimizers[found[0]] if found else self._default_optimizer

    def __setitem__(self, key: str, optimizer: Optimizer) -> None:
        if not isinstance(key, str):
            raise ValueError(f"OptimizerMap: expected a key to be a str, got {key!r}.")
        if key in self._optimizers:
            raise ValueError(f"OptimizerMap: the key {key!r} has an optimizer; delete it before another one is set.")
        if not isinstance(optimizer, Optimizer):
            raise ValueError(f"OptimizerMap: expected the value of {key!r} to be an Optimizer, got {optimizer!r}.")
        try:
            re.compile(key)
        except re.error as error:
            raise ValueError(f"OptimizerMap: the key {key!r} is no regular expression: {error}.") from error
        self._optimizers[key] = optimizer

    def __delitem__(self, key: str) -> None:
        del self._optimizers[key]

    def __contains__(self, key: object) -> bool:
        return key in self._optimizers

    def __iter__(self) -> Iterator[str]:
        return iter(self._optimizers)

    def __len__(self) -> int:
        return len(self._optimizers)

    def values(self) -> Any:
        """Return the optimizers, without the default one."""
        return self._optimizers.values()

    def items(self) -> Any:
        """Return pairs of key and optimizer, without the default one."""
        return self._optimizers.items()

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {
            "default_optimizer": serialize_keras_object(self._default_optimizer),
            "optimizer_map": {key: serialize_keras_object(value) for key, value in self.items()},
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "OptimizerMap":
        """Return a map from the result of `get_config`.

        Args:
            config: the result of `get_config`.
            custom_objects: names and classes that the configuration may name too.
        """

        def made(part: Any) -> Any:
            return (
                part
                if isinstance(part, Optimizer)
                else deserialize_keras_object(part, custom_objects, expected=Optimizer)
            )

        parts = {key: made(part) for key, part in dict(config["optimizer_map"] or {}).items()}
        return cls(made(config["default_optimizer"]), parts)


class MultiOptimizer(Optimizer):
    """Several optimizers, each for some of the variables.

    Args:
        optimizer_map: which one changes which variable.
        loss_scale_factor: as of `Optimizer`; it becomes that of all of them.
        name: name; made up from the class name when None.

    Raises:
        TypeError: where `optimizer_map` is no `OptimizerMap`.

    Example:
        >>> v, w = keras.Variable([1.0], name="v"), keras.Variable([1.0], name="w")
        >>> optimizers = keras.optimizers.OptimizerMap(
        ...     keras.optimizers.SGD(0.5), {"w": keras.optimizers.SGD(0.25)}
        ... )
        >>> keras.optimizers.MultiOptimizer(optimizers).apply([ops.ones(1), ops.ones(1)], [v, w])
        >>> float(v.numpy()[0]), float(w.numpy()[0])
        (0.5, 0.75)
    """

    def __init__(
        self, optimizer_map: OptimizerMap, loss_scale_factor: float | None = None, name: str | None = None
    ) -> None:
        if not isinstance(optimizer_map, OptimizerMap):
            raise TypeError(
                f"MultiOptimizer: expected optimizer_map to be an OptimizerMap, got {optimizer_map!r}; "
                "OptimizerMap(default_optimizer, {path: optimizer}) makes one."
            )
        self._optimizer_map = optimizer_map
        super().__init__(0.0, loss_scale_factor=loss_scale_factor, name=name)

    @property
    def optimizers(self) -> list[Optimizer]:
        """The optimizers, the default one last."""
        return list(dict.fromkeys([*self._optimizer_map.values(), self._optimizer_map.default_optimizer]))

    @property
    def variables(self) -> list[Variable]:
        """The state: `iteration` and `learning_rate`, which stays 0, then that of the optimizers."""
        return [*self._variables, *(variable for optimizer in self.optimizers for variable in optimizer.variables)]

    @property
    def iterations(self) -> Any:
        """Number of steps so far."""
        return self._iterations

    @property
    def learning_rate(self) -> Any:
        """Not there: each optimizer has its own.

        Raises:
            AttributeError: always.
        """
        raise AttributeError(f"{self.name} has no learning rate; those in its list `optimizers` have.")

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        raise AttributeError(f"{self.name} has no learning rate to be set; those in its list `optimizers` have.")

    @property
    def loss_scale_factor(self) -> float | None:
        """The factor by which the loss is multiplied: that of all optimizers."""
        return self._loss_scale_factor

    @loss_scale_factor.setter
    def loss_scale_factor(self, value: float | None) -> None:
        self._loss_scale_factor = value
        for optimizer in self.optimizers:
            optimizer.loss_scale_factor = value

    def build(self, var_list: Sequence[Variable]) -> None:
        """Make the state for trainable variables: each optimizer that of its own.

        Args:
            var_list: list of variables.
        """
        if self.built:
            return
        super().build(var_list)
        for optimizer in self.optimizers:
            optimizer.build([variable for variable in var_list if self._optimizer_map(variable) is optimizer])

    def apply(self, grads: Any, trainable_variables: Sequence[Variable] | None = None) -> None:
        """Change variables along their gradients, each by its optimizer: one step.

        Args:
            grads: list of gradients, one a variable.
            trainable_variables: the variables; None for those that `build` got.

        Raises:
            ValueError: as of `Optimizer.apply`.
        """
        grads, variables = self._paired(grads, trainable_variables)
        with autocast_scope(None):
            gradients, changed = self._with_gradients(grads, variables)
        for optimizer in self.optimizers:
            own = [index for index, variable in enumerate(changed) if self._optimizer_map(variable) is optimizer]
            if own:
                optimizer.apply([gradients[index] for index in own], [changed[index] for index in own])
        self._iterations.assign_add(1)

    def exclude_from_weight_decay(
        self, var_list: Sequence[Variable] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """Leave variables out of the weight decay of the optimizers.

        Args:
            var_list: the variables.
            var_names: regular expressions; variables in whose name one is found.
        """
        for optimizer in self.optimizers:
            optimizer.exclude_from_weight_decay(var_list, var_names)

    def set_weights(self, weights: Any) -> None:
        """Set the state.

        Args:
            weights: list of arrays, one for each of `variables`.

        Raises:
            ValueError: where there are more or fewer.
        """
        super().set_weights(weights)

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        """Set variables to their moving averages, where these are kept; to be called after training.

        Args:
            var_list: trainable variables.
        """
        for optimizer in self.optimizers:
            own = [variable for variable in var_list if self._optimizer_map(variable) is optimizer]
            optimizer.finalize_variable_values(own)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {
            "optimizer_map": serialize_keras_object(self._optimizer_map),
            "loss_scale_factor": self.loss_scale_factor,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "MultiOptimizer":
        """Return an optimizer from the result of `get_config`.

        Args:
            config: the result of `get_config`.
            custom_objects: names and classes that the configuration may name too.
        """
        found = deserialize_keras_object(config["optimizer_map"], custom_objects, expected=OptimizerMap)
        return cls(**{**config, "optimizer_map": found})
