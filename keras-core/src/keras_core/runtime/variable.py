"""`Variable`: a named tensor that keeps a state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_core.runtime import dtypes
from keras_core.runtime.naming import auto_name, did_you_mean
from keras_core.runtime.operators import TensorOperators
from keras_core.runtime.scopes import Deferred, autocast_dtype, current_path, first_value_function, stateless_scope
from keras_core.runtime.table import DispatchTable, active, host_dtype, load_table

AGGREGATIONS = ("none", "mean", "sum", "only_first_replica")


class Variable(TensorOperators):
    """A named tensor that keeps a state, such as a weight of a layer.

    It stays with the backend that was active when it was made.

    Args:
        initializer: the first value (anything `convert_to_tensor` takes), or a callable `(shape, dtype) -> value`.
        shape: tuple of ints; mandatory with a callable.
        dtype: dtype name; None for that of the value, `floatx` with a callable.
        trainable: whether training changes it.
        autocast: whether layers read it in their compute dtype.
        aggregation: `"none"`, `"mean"`, `"sum"` or `"only_first_replica"`: how replicas are merged.
        synchronization: kept for compatibility.
        name: without slashes; made up when None.
        layout: kept for distribution.

    Raises:
        ValueError: for a name with a slash, an unknown aggregation, a callable without a shape.

    Example:
        >>> import keras_core
        >>> v = keras_core.Variable([1.0, 2.0], name="weight")
        >>> v.assign(v * 2)
        >>> v.numpy().tolist()
        [2.0, 4.0]
    """

    __slots__ = (
        *("__dict__", "__weakref__", "_autocast", "_dtype", "_name", "_path", "_shape", "_table", "_trainable"),
        *("_value", "_kept", "_is_shared", "_is_float", "_aggregation", "_synchronization", "_layout"),
    )

    def __init__(
        self,
        initializer: Any,
        shape: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        aggregation: str = "none",
        synchronization: str = "auto",
        name: str | None = None,
        layout: Any = None,
        **kwargs: Any,
    ) -> None:
        if kwargs:
            raise TypeError(f"Variable: unexpected arguments {sorted(kwargs)}.")
        name = name or auto_name(type(self).__name__)
        if not isinstance(name, str) or "/" in name:
            raise ValueError(f"Variable: expected a name without '/', got {name!r}.")
        if aggregation not in AGGREGATIONS:
            raise ValueError(
                f"Variable: expected aggregation to be one of {AGGREGATIONS}, got {aggregation!r}."
                f"{did_you_mean(aggregation, AGGREGATIONS)}"
            )
        self._name = name
        scope = current_path()
        self._path = f"{scope}/{name}" if scope else name
        self._trainable = bool(trainable)
        self._autocast = bool(autocast)
        self._aggregation = aggregation
        self._synchronization = synchronization
        self._layout = layout
        self._table: DispatchTable = active().root
        self._regularizer: Any = None
        self._constraint: Any = None
        self._overwrite_with_gradient = False
        self._is_shared = False
        is_given_away = False
        if callable(initializer) and not isinstance(initializer, Variable):
            if shape is None:
                raise ValueError(f"Variable {name!r}: with a callable initializer, shape must be given.")
            self._dtype = dtypes.standardize_dtype(dtype)
            first_value = first_value_function()
            if first_value is not None:
                self._is_float = dtypes.is_float(self._dtype)
                self._shape = tuple(shape)
                self._kept = Deferred(first_value(self, initializer))
                return
            value = initializer(tuple(shape), dtype=self._dtype)
            is_given_away = getattr(initializer, "_gives_away", False)
        else:
            if isinstance(initializer, str):
                raise ValueError(
                    f"Variable {name!r}: expected a value, or a function of shape and dtype together with a shape, "
                    f"got the string {initializer!r}. See keras.initializers.get()."
                )
            value = initializer
            self._dtype = dtypes.standardize_dtype(dtype) if dtype is not None else self._dtype_of(value)
        self._is_float = dtypes.is_float(self._dtype)
        self._kept: Any = None
        self._value = value if is_given_away and self._is_own(value) else self.to_native(value)
        self._shape = self._table.static_shape(self._value)
        if shape is not None and tuple(shape) != self._shape:
            raise ValueError(f"Variable {name!r}: the initial value has shape {self._shape}, expected {tuple(shape)}.")

    def _dtype_of(self, value: Any) -> str:
        from keras_core.runtime.conversion import dtype_name

        name = dtype_name(self._table, value)
        return dtypes.promote_names(frozenset({name}))

    def _is_own(self, value: Any) -> bool:
        table = self._table
        return type(value) is table.tensor_type and table.dtype_names[value.dtype] == self._dtype

    def to_native(self, value: Any) -> Any:
        """Return a value as a tensor of this variable's backend and dtype that shares no buffer with a variable."""
        from keras_core.runtime.conversion import to_tensor

        if isinstance(value, Variable):
            value = value.numpy() if value._table is not self._table else value.value
        if isinstance(value, np.ndarray | np.generic | int | float):
            return self._table.from_host(np.asarray(value).astype(host_dtype(self._dtype), copy=False), self._dtype)
        return to_tensor(self._table, value, self._dtype)

    # reading

    @property
    def value(self) -> Any:
        """The tensor, of the backend on which the variable was made."""
        scope = stateless_scope()
        value = None if scope is None else scope.read_value(self)
        if value is None:
            value = self._value
        if self._is_float and self._autocast:
            dtype = autocast_dtype()
            if dtype is not None and dtype != self._dtype:
                return active().astype(value, dtype)
        return value

    @property
    def computed_dtype(self) -> str:
        """The dtype that a read gives: `dtype`, or that of the autocast scope around."""
        if self._is_float and self._autocast:
            return autocast_dtype() or self._dtype
        return self._dtype

    def numpy(self) -> np.ndarray:
        """Return the value as a NumPy array."""
        return self._table.to_host(self.value)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        array = self.numpy()
        return array if dtype is None else array.astype(dtype)

    # writing

    def assign(self, value: Any) -> Any:
        """Set the value.

        Args:
            value: anything `convert_to_tensor` takes, of the variable's shape.

        Raises:
            ValueError: where the shape differs.
        """
        own = self.as_own_value(value)
        # A NumPy array is the caller's, who may write into it later.
        self._write(own.copy() if isinstance(own, np.ndarray) and not _is_copy(own, value) else own)

    def adopt(self, value: Any) -> None:
        """Set the value to a tensor or a NumPy array that nobody else holds or will write to: it need not be copied.

        Args:
            value: as of `assign`.

        Raises:
            ValueError: where the shape differs.
        """
        if isinstance(value, np.ndarray):
            value = self._table.adopt(np.asarray(value, host_dtype(self._dtype), order="C"), self._dtype)
        self._write(self.as_own_value(value))

    def _write(self, own: Any) -> None:
        scope = stateless_scope()
        if scope is not None:
            scope.write_value(self, own)
        else:
            self.replace_handle(own)

    def replace_handle(self, value: Any) -> None:
        """Set the stored tensor to one of the variable's own backend, dtype and shape, unchecked."""
        if self._is_shared:
            self._kept.assign(value)
        else:
            self._value = value
            self._kept = None

    def share(self, home: Any) -> None:
        """Keep the value from now on in an object of the framework, which others read and change too.

        Args:
            home: returns the value when it is called; its method `assign` sets it. It has the value already.
        """
        if self._kept is None:
            del self._value  # each read comes to `__getattr__`
        self._kept, self._is_shared = home, True

    @property
    def state(self) -> Any:
        """What a compiled function gets: the stored tensor, or a function that reads it where the last one keeps it."""
        return self._kept or self._value

    @state.setter
    def state(self, value: Any) -> None:
        if self._is_shared:
            if value is not self._kept:
                self._kept.assign(value() if callable(value) else value)
        elif not callable(value):
            self.replace_handle(value)
        else:
            if self._kept is None:
                del self._value  # the next read comes to `__getattr__`
            self._kept = value

    def __getattr__(self, name: str) -> Any:
        if name != "_value" or self._kept is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        if isinstance(self._kept, Deferred) and active().is_symbolic:  # a shape is all that is asked for
            from keras_core.runtime.keras_tensor import KerasTensor

            return KerasTensor(self._shape, self._dtype)
        value = self._kept()
        if not self._is_shared:  # else it may be another one at the next read
            self.replace_handle(value)
        return value

    def as_own_value(self, value: Any) -> Any:
        """Return a value as a tensor of this variable's dtype and shape, as `assign` takes it."""
        table = active()
        foreign = table.root is not self._table
        if foreign or type(value) is not table.tensor_type or table.dtype_names[value.dtype] != self._dtype:
            from keras_core.runtime.conversion import to_tensor

            if foreign:
                table = self._table
            native = isinstance(value, table.tensor_types)
            value = to_tensor(table, value, self._dtype) if native or table.is_symbolic else self._convert(table, value)
        shape = table.static_shape(value)
        if shape != self._shape and (
            len(shape) != len(self._shape)
            or any(size is not None and size != own for size, own in zip(shape, self._shape, strict=True))
        ):
            raise ValueError(
                f"Variable {self._path!r}: expected a value of shape {self._shape} for assign, got {shape}."
            )
        return value

    def _convert(self, table: DispatchTable, value: Any) -> Any:
        from keras_core.runtime.conversion import to_tensor

        if isinstance(value, Variable | np.ndarray | np.generic | int | float) and table is self._table:
            return self.to_native(value)
        return to_tensor(table, value, self._dtype)

    def assign_add(self, value: Any) -> Any:
        """Add to the value."""
        self._write(self.as_own_value(self + value))  # a sum is nobody else's array

    def assign_sub(self, value: Any) -> Any:
        """Subtract from the value."""
        self._write(self.as_own_value(self - value))

    # attributes

    @property
    def backend(self) -> str:
        """Name of the backend on which the variable was made."""
        return self._table.name

    @property
    def dtype(self) -> str:
        """dtype name, that of the autocast scope around where there is one."""
        return self.computed_dtype

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes."""
        return self._shape

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self._shape)

    @property
    def name(self) -> str:
        """The last part of `path`."""
        return self._name

    @property
    def path(self) -> str:
        """Names of the scopes around and the name, joined by slashes."""
        return self._path

    @property
    def handle(self) -> Any:
        """The stored tensor itself."""
        return self._value

    @property
    def trainable(self) -> bool:
        """Whether training changes it."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)

    @property
    def aggregation(self) -> str:
        """How replicas are merged."""
        return self._aggregation

    @property
    def synchronization(self) -> str:
        """Kept for compatibility."""
        return self._synchronization

    @property
    def regularizer(self) -> Any:
        """Callable `value -> loss`, or None."""
        return self._regularizer

    @regularizer.setter
    def regularizer(self, value: Any) -> None:
        if value is not None and not callable(value):
            raise ValueError(f"Variable {self._path!r}: expected a callable regularizer or None, got {value!r}.")
        self._regularizer = value

    @property
    def constraint(self) -> Any:
        """Callable `value -> value` that the optimizer applies after an update, or None."""
        return self._constraint

    @constraint.setter
    def constraint(self, value: Any) -> None:
        if value is not None and not callable(value):
            raise ValueError(f"Variable {self._path!r}: expected a callable constraint or None, got {value!r}.")
        self._constraint = value

    @property
    def overwrite_with_gradient(self) -> bool:
        """Whether an optimizer sets it to its gradient instead of changing it by it."""
        return self._overwrite_with_gradient

    @overwrite_with_gradient.setter
    def overwrite_with_gradient(self, value: bool) -> None:
        if not isinstance(value, bool):
            raise TypeError(f"Variable {self._path!r}: expected overwrite_with_gradient to be a bool, got {value!r}.")
        self._overwrite_with_gradient = value

    def __repr__(self) -> str:
        return f"<Variable path={self._path}, shape={self._shape}, dtype={self._dtype}, backend={self._table.name}>"

    def __len__(self) -> int:
        if not self._shape:
            raise TypeError(f"Variable {self._path!r} has no axes, so no len().")
        return self._shape[0]

    def __bool__(self) -> bool:
        return bool(self.numpy())

    def __int__(self) -> int:
        return int(self.numpy())

    def __float__(self) -> float:
        return float(self.numpy())

    def __iter__(self) -> Any:
        return iter([self[i] for i in range(len(self))])

    def __getstate__(self) -> dict[str, Any]:
        names = ("_autocast", "_dtype", "_name", "_path", "_shape", "_trainable", "_is_float")
        names += ("_aggregation", "_synchronization", "_layout")
        slots = {name: getattr(self, name) for name in names}
        return {"slots": slots, "backend": self._table.name, "value": self._table.to_host(self._value), **self.__dict__}

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = dict(state)
        for name, value in state.pop("slots").items():
            object.__setattr__(self, name, value)
        self._table, self._is_shared = load_table(state.pop("backend")), False
        self.replace_handle(self._table.from_host(state.pop("value"), self._dtype))
        self.__dict__.update(state)

    def __deepcopy__(self, memo: dict[int, Any]) -> Variable:
        import copy

        clone = object.__new__(type(self))
        memo[id(self)] = clone
        clone.__setstate__({**self.__getstate__(), **copy.deepcopy(self.__dict__, memo)})
        return clone


def states_of(variables: Sequence[Variable]) -> list[Any]:
    """Return the `state` of each variable, for a step quicker than one by one."""
    return [variable._kept or variable._value for variable in variables]


def set_states(variables: Sequence[Variable], before: Sequence[Any], after: Sequence[Any]) -> bool:
    """Set the `state` of each variable where it is another one; return whether one is.

    Args:
        variables: the variables.
        before: their states.
        after: what their states become.
    """
    changed = False
    for variable, old, new in zip(variables, before, after, strict=True):
        if new is not old:
            changed = True
            if callable(new) or variable._is_shared:
                variable.state = new
            else:
                variable._value, variable._kept = new, None
    return changed


def _is_copy(own: np.ndarray, given: Any) -> bool:
    """Tell whether an array shares nothing with the value of which it was made."""
    # Other objects may hand out the very array that they keep.
    if not isinstance(given, Variable | np.ndarray | np.generic | int | float | complex | list | tuple):
        return False
    kept = given.handle if isinstance(given, Variable) else given
    return own is not kept and own.flags.owndata and own.flags.writeable
