"""The half of `Layer` that keeps state: variables, sublayers, trainability."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

import numpy as np

from keras_core import constraints, dtype_policies, initializers, regularizers
from keras_core.layers.direct_call import DirectCall
from keras_core.layers.tracking import PLAIN, Tracker, kind_of
from keras_core.runtime.dtypes import is_float, standardize_dtype
from keras_core.runtime.operation import Operation
from keras_core.runtime.scopes import current_path, name_scope
from keras_core.runtime.table import DispatchTable, use_table
from keras_core.runtime.variable import Variable

_BEFORE_INIT = frozenset(
    {"name", "built", "_policy", "_policy_in_force", "_table", "_inbound_nodes", "_trainable", "_losses"}
)

_open_layer: ContextVar[Any] = ContextVar("keras_core_open_layer", default=None)


class layer_scope:
    """Context manager that puts the layer's name before the paths of variables, unless it is there already."""

    __slots__ = ("_layer", "_names", "_token")

    def __init__(self, layer: LayerState) -> None:
        self._layer = layer

    def __enter__(self) -> None:
        self._names = None if _open_layer.get() is self._layer else name_scope(self._layer.name)
        if self._names is not None:
            self._token = _open_layer.set(self._layer)
            self._names.__enter__()

    def __exit__(self, *_exception: object) -> None:
        if self._names is not None:
            self._names.__exit__()
            _open_layer.reset(self._token)


class LayerState(Operation):
    """Tracks the variables and layers that are assigned to attributes."""

    _is_layer = True
    _kind = "layer"
    _tracker: Tracker
    _policy: Any
    _policy_in_force: Any
    _table: DispatchTable
    _trainable: bool
    built: bool
    # The plan of calls, see `direct_call.py`; it holds until an attribute is set.
    _direct: DirectCall | None = None

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Return an instance that can already track attributes: subclasses may set some before `super().__init__()`."""
        instance = super().__new__(cls)
        object.__setattr__(instance, "_tracker", Tracker(instance))
        return instance

    @property
    def label(self) -> str:
        """The layer in an error: what it is, name and class."""
        cls = type(self).__name__
        name = self.__dict__.get("name")
        return cls if name is None else f"{self._kind} '{name}' ({cls})"

    def __getattr__(self, name: str) -> Any:
        if name in _BEFORE_INIT:
            cls = type(self).__name__
            raise RuntimeError(
                f"{cls}: 'super().__init__()' was not called. Call it in {cls}.__init__() before the layer is used."
            )
        descriptor = getattr(type(self), name, None)
        if isinstance(descriptor, property) and descriptor.fget is not None:
            return descriptor.fget(self)  # it raised an AttributeError, which says more than the one below
        is_built = self.__dict__.get("built", True)
        hint = "" if is_built else " It is not built: call the layer itself, or build(input_shape), before."
        raise AttributeError(f"{self.label} has no attribute {name!r}.{hint}")

    # attributes

    def __setattr__(self, name: str, value: Any) -> None:
        known = self.__dict__
        known["_direct"] = None
        descriptor = getattr(type(self), name, None)
        if isinstance(descriptor, property):
            descriptor.__set__(self, value)
            return
        old = known.get(name)
        known[name] = value if type(value) in PLAIN or name == "_inbound_nodes" else self._tracker.track(value)
        if type(old) not in PLAIN and old is not value:
            self._forget(old)

    def __delattr__(self, name: str) -> None:
        old = self.__dict__.get(name)
        self.__dict__["_direct"] = None
        object.__delattr__(self, name)
        self._forget(old)

    def _forget(self, value: Any) -> None:
        """Stop tracking the state in a value that was an attribute, unless another attribute holds it too."""
        gone = [item for item in _leaves(value) if kind_of(type(item)) is not None]
        if gone:
            held = {id(item) for attribute in self.__dict__.values() for item in _leaves(attribute)}
            for item in gone:
                if id(item) not in held:
                    self._tracker.untrack(item)

    # making variables

    def add_weight(
        self,
        *args: Any,
        shape: Any = None,
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        aggregation: str = "none",
        overwrite_with_gradient: bool = False,
        name: str | None = None,
    ) -> Variable:
        """Return a new variable of the layer.

        Args:
            *args: `shape` and `initializer`, which may be given by position.
            shape: sizes, all known; None for a scalar.
            initializer: first value; None for `"glorot_uniform"`, zeros where the dtype is no float.
            dtype: dtype name; None for the variable dtype of the layer's policy.
            trainable: whether training changes it.
            autocast: whether the layer reads it in its compute dtype.
            regularizer: penalty that `losses` has, or None.
            constraint: what the optimizer applies after an update, or None.
            aggregation: how replicas are merged: `"none"`, `"mean"`, `"sum"`, `"only_first_replica"`.
            overwrite_with_gradient: whether the optimizer sets it to its gradient.
            name: without slashes; made up when None.

        Raises:
            ValueError: for a size that is not known, for other arguments by position, or after the layer was built.

        Example:
            >>> layer = keras.layers.Layer(name="scale")
            >>> layer.add_weight(shape=(2,), initializer="ones", name="factor").path
            'scale/factor'
        """
        if args:
            shape, initializer = self._by_position(args, shape, initializer)
        shape = () if shape is None else (shape,) if isinstance(shape, int) else tuple(shape)
        if any(not isinstance(size, int | np.integer) for size in shape):
            raise ValueError(f"{self.label}: expected known sizes for the shape of weight {name!r}, got {shape}.")
        dtype = self.variable_dtype if dtype is None else standardize_dtype(dtype)
        if initializer is None:
            initializer = "glorot_uniform" if is_float(dtype) else "zeros"
        first = initializers.get(initializer)
        with layer_scope(self), use_table(self._table):
            variable = Variable(first, shape, dtype, trainable, autocast, aggregation, name=name)
        variable.regularizer = regularizers.get(regularizer)
        variable.constraint = constraints.get(constraint)
        variable.overwrite_with_gradient = overwrite_with_gradient
        self._track_variable(variable)
        if not self._trainable:
            variable.trainable = False  # after it was tracked: its place is that of variables which training may change
        return variable

    def _by_position(self, args: tuple[Any, ...], shape: Any, initializer: Any) -> tuple[Any, Any]:
        if len(args) > 2 or isinstance(args[0], str):
            raise ValueError(
                f"{self.label}: add_weight takes shape and initializer by position, got {args!r}; write "
                "add_weight(shape=..., initializer=..., name=...)."
            )
        for given, name, named in zip(args, ("shape", "initializer"), (shape, initializer), strict=False):
            if named is not None:
                raise ValueError(f"{self.label}: add_weight got {name} twice: {given!r} by position and {named!r}.")
        return args[0], args[1] if len(args) == 2 else initializer

    def add_variable(
        self,
        shape: Any,
        initializer: Any,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        name: str | None = None,
    ) -> Variable:
        """Return a new variable of the layer; see `add_weight`."""
        return self.add_weight(
            shape=shape,
            initializer=initializer,
            dtype=dtype,
            trainable=trainable,
            autocast=autocast,
            regularizer=regularizer,
            constraint=constraint,
            name=name,
        )

    def _track_variable(self, variable: Variable) -> None:
        self._tracker.add("variable", variable)

    # what there is

    @property
    def _layers(self) -> list[Any]:
        """The sublayers in the order in which they were assigned."""
        return self._tracker.layers

    def _flatten_layers(self, include_self: bool = True, recursive: bool = True) -> list[Any]:
        """Return the layer, its sublayers, theirs and so on, each once."""
        found: dict[int, Any] = {id(self): self}
        pending = list(reversed(self._layers))
        while pending:
            layer = pending.pop()
            if id(layer) not in found:
                found[id(layer)] = layer
                if recursive:
                    pending += reversed(layer._layers)
        return list(found.values())[0 if include_self else 1 :]

    def _gather(self, own: Any) -> list[Any]:
        found: dict[int, Any] = {}
        for layer in self._flatten_layers():
            for value in own(layer):
                found.setdefault(id(value), value)
        return list(found.values())

    @property
    def weights(self) -> list[Variable]:
        """The variables of the layer and its sublayers, without states of random seeds and metrics."""
        return self._gather(lambda layer: layer._own_weights())

    def _own_weights(self) -> list[Variable]:
        return [*self._tracker.trainable_variables, *self._tracker.non_trainable_variables]

    @property
    def variables(self) -> list[Variable]:
        """The weights and the states of random seeds; those of metrics are in `metrics_variables`."""
        return self._gather(
            lambda layer: [*layer._own_weights(), *(seed.state for seed in layer._tracker.seed_generators)]
        )

    def _frozen(self) -> set[int]:
        """Return the ids of the variables that belong to a layer that is not trainable, or is inside one."""
        layers = (
            inner for layer in self._flatten_layers() if not layer._trainable for inner in layer._flatten_layers()
        )
        return {id(variable) for layer in layers for variable in layer._own_weights()}

    @property
    def trainable_variables(self) -> list[Variable]:
        """The variables that training changes."""
        frozen = self._frozen()
        return [v for v in self.variables if v.trainable and id(v) not in frozen]

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """The variables that training does not change by gradients."""
        frozen = self._frozen()
        return [v for v in self.variables if not v.trainable or id(v) in frozen]

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that training changes."""
        frozen = self._frozen()
        return [v for v in self.weights if v.trainable and id(v) not in frozen]

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The weights that training does not change by gradients."""
        frozen = self._frozen()
        return [v for v in self.weights if not v.trainable or id(v) in frozen]

    @property
    def metrics(self) -> list[Any]:
        """The metrics of the layer and its sublayers."""
        return self._gather(lambda layer: layer._tracker.metrics)

    @property
    def metrics_variables(self) -> list[Variable]:
        """The states of the metrics."""
        return [variable for metric in self.metrics for variable in metric.variables]

    @property
    def trainable(self) -> bool:
        """Whether training changes the layer; setting it sets that of all variables and layers inside."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self.__dict__["_trainable"] = bool(value)
        for variable in self._variables_to_train():
            variable.trainable = value
        for layer in self._layers:
            layer.trainable = value

    def _variables_to_train(self) -> list[Variable]:
        """Return the layer's own variables that training changes while the layer is trainable."""
        return self._tracker.trainable_variables

    @property
    def path(self) -> str:
        """Names of the layers around it and its own, joined by slashes; known when it was built."""
        return self.__dict__.get("_path", self.name)

    def _note_path(self) -> None:
        self.__dict__["_path"] = path = current_path()
        if isinstance(self._policy, dtype_policies.DTypePolicyMap):
            self._follow(self._policy[path])

    # dtypes

    @property
    def dtype_policy(self) -> Any:
        """In which dtype the layer computes and keeps its variables."""
        return self._policy

    @dtype_policy.setter
    def dtype_policy(self, value: Any) -> None:
        self.__dict__["_policy"] = policy = dtype_policies.get(value)
        if isinstance(policy, dtype_policies.DTypePolicyMap):
            policy = policy[self.path] if self.built else policy.default_policy
        self._follow(policy)

    def _follow(self, policy: Any) -> None:
        """Compute and keep variables in the dtypes of a policy: that of the layer, or what its map has for its path."""
        self.__dict__["_policy_in_force"] = policy
        mixed = policy.compute_dtype != policy.variable_dtype and is_float(policy.compute_dtype)
        self.__dict__["_compute_dtype"] = policy.compute_dtype
        self.__dict__["_autocast_target"] = policy.compute_dtype if mixed and self.autocast else None

    @property
    def compute_dtype(self) -> str:
        """The dtype in which the layer computes."""
        return self._policy_in_force.compute_dtype

    @property
    def variable_dtype(self) -> str:
        """The dtype in which the layer keeps its variables."""
        return self._policy_in_force.variable_dtype

    @property
    def dtype(self) -> str:
        """The same as `variable_dtype`."""
        return self.variable_dtype

    @property
    def quantization_mode(self) -> str | None:
        """The kind of quantization of the policy, None for none."""
        return self._policy_in_force.quantization_mode

    @property
    def input_dtype(self) -> str:
        """The dtype to which float inputs are cast."""
        return self.compute_dtype

    # copies and pickles

    def __getstate__(self) -> dict[str, Any]:
        # Graphs are kept by the models that they make, not by each layer.
        dropped = ("_inbound_nodes", "_losses", "_building", "_direct")
        return {name: value for name, value in self.__dict__.items() if name not in dropped}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__dict__.update(_inbound_nodes=[], _losses=[], _direct=None)
        self._tracker.renew()


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in _leaves(item)]
    if isinstance(value, list | tuple | set):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value]
