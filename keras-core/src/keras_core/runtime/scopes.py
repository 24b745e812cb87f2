"""Scopes that change how variables are read and written, and how things are named."""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any, Protocol

from keras_core.contract.binding import bound as bound


class StatelessScope:
    """Reads of variables come from, and writes go to, this scope instead of the variables.

    Args:
        state_mapping: pairs of variable and value to read; a variable that is not named is read as it is.
        collect_losses: whether losses added by layers are kept in `losses`.
        initialize_variables: kept for compatibility.

    Example:
        >>> import keras_core
        >>> v = keras_core.Variable([1.0])
        >>> with StatelessScope() as scope:
        ...     v.assign([2.0])
        >>> float(v.numpy()[0]), float(scope.get_current_value(v)[0])
        (1.0, 2.0)
    """

    def __init__(
        self,
        state_mapping: Sequence[tuple[Any, Any]] | None = None,
        collect_losses: bool = False,
        initialize_variables: bool = True,
    ) -> None:
        self.values: dict[int, Any] = {}
        self.written: dict[int, Any] = {}
        self.read: dict[int, Any] = {}
        self.collect_losses = collect_losses
        self.initialize_variables = initialize_variables
        self.losses: list[Any] = []
        self.outer: StatelessScope | None = None
        for variable, value in state_mapping or ():
            self.values[id(variable)] = variable.as_own_value(value)

    def __enter__(self) -> "StatelessScope":
        self.outer = _stateless.get()
        self._token = _stateless.set(self)
        return self

    def __exit__(self, *_exception: object) -> None:
        _stateless.reset(self._token)

    def read_value(self, variable: Any) -> Any:
        """Return what a read of the variable gives inside this scope, None for the variable's own value."""
        value = self.values.get(id(variable))
        if value is None:
            self.read[id(variable)] = variable
            if self.outer is not None:
                return self.outer.read_value(variable)
        return value

    def write_value(self, variable: Any, value: Any) -> None:
        """Keep a value that was assigned to the variable inside this scope."""
        self.values[id(variable)] = value
        self.written[id(variable)] = variable

    def updates(self) -> list[tuple[Any, Any]]:
        """Return the variables that were assigned, with their last values."""
        return [(variable, self.values[key]) for key, variable in self.written.items()]

    def add_update(self, update: tuple[Any, Any]) -> None:
        """Keep a pair of variable and value."""
        self.write_value(*update)

    def add_loss(self, loss: Any) -> None:
        """Keep a loss where `collect_losses` is set."""
        self.losses.append(loss)

    def get_current_value(self, variable: Any) -> Any:
        """Return the value that was assigned or mapped, None where there is none."""
        return self.values.get(id(variable))


_stateless: ContextVar[StatelessScope | None] = ContextVar("keras_core_stateless_scope", default=None)
stateless_scope = _stateless.get


def in_stateless_scope() -> bool:
    """Tell whether reads and writes of variables are redirected."""
    return _stateless.get() is not None


def ignore_stateless_scope() -> bound:
    """Return the scope in which variables themselves are read and written, as layers do while they are built."""
    return bound(_stateless, None)


class Deferred:
    """The value of a variable that has only a shape yet; who reads it first makes it.

    Args:
        make: returns the tensor.
    """

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    def __call__(self) -> Any:
        return self._make()


class FirstValues(Protocol):
    """Knows of all variables that are made in a scope, and lets those with an initializer begin without a value."""

    def defer(self, variable: Any, initializer: Callable[..., Any]) -> Callable[[], Any]:
        """Return a function that makes the tensor of a variable, when somebody reads it before it is set."""
        ...

    def count(self, shape: Any, dtype: str) -> None:
        """Take note of a variable that begins with a value; raise where it may not be."""
        ...


_WORDS_OF_FLOAT = 4  # the object, and its place in a list
_first_values: ContextVar[FirstValues | None] = ContextVar("keras_core_first_values", default=None)
first_values = _first_values.get


def first_values_scope(given: FirstValues) -> bound:
    """Return the scope in which the first values of variables are somebody's matter."""
    return bound(_first_values, given)


def count_floats(number: int) -> None:
    """Count Python floats that are about to be made, of a number that a configuration says, as if they were a variable.

    Args:
        number: how many.
    """
    firsts = first_values()
    if firsts is not None:
        firsts.count((number, _WORDS_OF_FLOAT), "float64")


_autocast: ContextVar[str | None] = ContextVar("keras_core_autocast", default=None)
autocast_dtype = _autocast.get


def autocast_scope(dtype: str | None) -> bound:
    """Return the scope in which float variables are read in another dtype; None ends an outer scope."""
    return bound(_autocast, dtype)


_path: ContextVar[tuple[tuple[str, ...], Any]] = ContextVar("keras_core_name_scope", default=((), None))


def current_path() -> str:
    """Return the names of the scopes around, joined by slashes."""
    return "/".join(_path.get()[0])


class name_scope:
    """Context manager that puts a name before the paths of the variables made inside the block.

    Args:
        name: not empty, without slashes.
        **kwargs: `caller`: object whose scope it is, with `deduplicate` (True): directly inside a scope of the same
            caller the name is not put there again; `override_parent`: path that takes the place of the scopes around.

    Raises:
        ValueError: for an empty name or one with a slash.
        TypeError: for another argument.

    Example:
        >>> with keras.name_scope("encoder"):
        ...     keras.Variable(1.0, name="scale").path
        'encoder/scale'
    """

    __slots__ = ("_tokens", "caller", "deduplicate", "name", "override_parent")

    def __init__(self, name: str, **kwargs: Any) -> None:
        if not isinstance(name, str) or not name or "/" in name:
            raise ValueError(f"name_scope: expected a non-empty name without '/', got {name!r}.")
        self.name = name
        self.caller = kwargs.pop("caller", None)
        self.deduplicate = kwargs.pop("deduplicate", True)
        self.override_parent = kwargs.pop("override_parent", None)
        if kwargs:
            raise TypeError(f"name_scope: unexpected arguments {sorted(kwargs)}.")
        self._tokens: list[Any] = []

    def __enter__(self) -> "name_scope":
        around, caller = _path.get()
        if self.override_parent is not None:
            around = tuple(filter(None, str(self.override_parent).split("/")))
        is_same = self.deduplicate and self.caller is not None and self.caller is caller
        path = around if is_same else (*around, self.name)
        self._tokens.append(_path.set((path, self.caller)))
        return self

    def __exit__(self, *_exception: object) -> None:
        _path.reset(self._tokens.pop())
