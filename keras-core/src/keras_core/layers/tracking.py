"""Which attributes of a layer are state, and the containers that notice what is put into them later."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Literal

import optree

from keras_core.runtime import tree
from keras_core.runtime.variable import Variable

Kind = Literal["variable", "layer", "metric", "seed_generator"]

PLAIN = frozenset({bool, int, float, complex, str, bytes, type(None)})
"""Types of what is no state, and contains none."""


@lru_cache(maxsize=1024)
def kind_of(cls: type) -> Kind | None:
    """Return what the instances of a class are to a layer that gets one as an attribute; None for no state."""
    if issubclass(cls, tuple(PLAIN)):
        return None
    if issubclass(cls, Variable):
        return "variable"
    if getattr(cls, "_is_layer", False):
        return "layer"
    if all(hasattr(cls, name) for name in ("update_state", "reset_state", "result")):
        return "metric"
    return "seed_generator" if callable(getattr(cls, "next", None)) else None


class Tracker:
    """The state of one layer, in the order in which it was assigned.

    Args:
        owner: the layer.
    """

    def __init__(self, owner: Any) -> None:
        self._owner = owner
        self.trainable_variables: list[Variable] = []
        self.non_trainable_variables: list[Variable] = []
        self.layers: list[Any] = []
        self.metrics: list[Any] = []
        self.seed_generators: list[Any] = []
        self.locked = False
        self._ids: set[int] = set()

    def track(self, value: Any) -> Any:
        """Keep a value if it is state, and return it, containers as containers that track what comes later."""
        cls = value.__class__
        if cls in PLAIN:
            return value
        if cls is list or cls is TrackedList:
            return TrackedList(map(self.track, value), tracker=self)
        if cls is dict or cls is TrackedDict:
            return TrackedDict({key: self.track(item) for key, item in value.items()}, tracker=self)
        if cls is set or cls is TrackedSet:
            return TrackedSet(map(self.track, value), tracker=self)
        if isinstance(value, tuple):
            items = [self.track(item) for item in value]
            return cls(*items) if hasattr(cls, "_fields") else tuple(items) if cls is tuple else value
        kind = kind_of(cls)
        # A class that merely has a method `next` is no generator of seeds.
        if kind is not None and (kind != "seed_generator" or isinstance(getattr(value, "state", None), Variable)):
            self.add(kind, value)
        return value

    def add(self, kind: Kind, value: Any) -> None:
        """Keep one piece of state.

        Raises:
            ValueError: after the layer was built.
        """
        if id(value) in self._ids:
            return
        if self.locked and kind != "metric":
            raise ValueError(
                f"{self._owner.label}: cannot take new state ({value!r}) after it was built. Make variables and "
                "sublayers in __init__() or build()."
            )
        self._ids.add(id(value))
        self._home(kind, value).append(value)

    def untrack(self, value: Any) -> None:
        """Forget a value and what it contains."""
        if isinstance(value, dict):
            for item in value.values():
                self.untrack(item)
        elif isinstance(value, list | tuple | set):
            for item in value:
                self.untrack(item)
        elif id(value) in self._ids:
            if self.locked and kind_of(value.__class__) != "metric":
                raise ValueError(f"{self._owner.label}: cannot lose state ({value!r}) after it was built.")
            self._ids.discard(id(value))
            for home in (self.trainable_variables, self.non_trainable_variables, self.layers, self.metrics):
                _remove(home, value)
            _remove(self.seed_generators, value)

    def _home(self, kind: Kind, value: Any) -> list[Any]:
        if kind == "variable":
            return self.trainable_variables if value.trainable else self.non_trainable_variables
        return {"layer": self.layers, "metric": self.metrics, "seed_generator": self.seed_generators}[kind]

    def renew(self) -> None:
        """Note the identities anew, after the state was unpickled or copied."""
        homes = (
            self.trainable_variables,
            self.non_trainable_variables,
            self.layers,
            self.metrics,
            self.seed_generators,
        )
        self._ids = {id(value) for home in homes for value in home}


def _remove(values: list[Any], value: Any) -> None:
    # By identity: the variables of a list compare elementwise.
    for position, item in enumerate(values):
        if item is value:
            del values[position]
            return


class TrackedList(list):
    """A list that is an attribute of a layer."""

    tracker: Tracker | None = None

    def __reduce_ex__(self, protocol: Any) -> Any:
        # A copy is filled before it gets its tracker, which knows the elements already.
        return type(self), (list(self),), self.__dict__

    def __init__(self, values: Iterable[Any] = (), tracker: Tracker | None = None) -> None:
        super().__init__(values)
        if tracker is not None:
            self.tracker = tracker

    def _tracked(self, value: Any) -> Any:
        return value if self.tracker is None else self.tracker.track(value)

    def _forget(self, value: Any) -> None:
        if self.tracker is not None and not any(item is value for item in self):
            self.tracker.untrack(value)

    def append(self, value: Any) -> None:
        """Add an element at the end."""
        super().append(self._tracked(value))

    def insert(self, index: Any, value: Any) -> None:
        """Add an element before an index."""
        super().insert(index, self._tracked(value))

    def extend(self, values: Iterable[Any]) -> None:
        """Add elements at the end."""
        super().extend([self._tracked(value) for value in values])

    def __iadd__(self, values: Iterable[Any]) -> TrackedList:
        self.extend(values)
        return self

    def __setitem__(self, index: Any, value: Any) -> None:
        old = self[index] if isinstance(index, slice) else [self[index]]
        super().__setitem__(
            index, [self._tracked(v) for v in value] if isinstance(index, slice) else self._tracked(value)
        )
        for item in old:
            self._forget(item)

    def __delitem__(self, index: Any) -> None:
        old = self[index] if isinstance(index, slice) else [self[index]]
        super().__delitem__(index)
        for item in old:
            self._forget(item)

    def remove(self, value: Any) -> None:
        """Remove the first element that is equal."""
        super().remove(value)
        self._forget(value)

    def pop(self, index: Any = -1) -> Any:
        """Remove and return an element."""
        value = super().pop(index)
        self._forget(value)
        return value

    def clear(self) -> None:
        """Remove all elements."""
        del self[:]


class TrackedDict(dict):
    """A dict that is an attribute of a layer."""

    tracker: Tracker | None = None

    def __reduce_ex__(self, protocol: Any) -> Any:
        # A copy is filled before it gets its tracker, which knows the elements already.
        return type(self), (dict(self),), self.__dict__

    def __init__(self, values: Any = (), tracker: Tracker | None = None) -> None:
        super().__init__(values)
        if tracker is not None:
            self.tracker = tracker

    def _forget(self, value: Any) -> None:
        if self.tracker is not None and not any(item is value for item in self.values()):
            self.tracker.untrack(value)

    def __setitem__(self, key: Any, value: Any) -> None:
        old = self.get(key)
        super().__setitem__(key, value if self.tracker is None else self.tracker.track(value))
        if old is not None:
            self._forget(old)

    def __delitem__(self, key: Any) -> None:
        self.pop(key)

    def update(self, *values: Any, **more: Any) -> None:
        """Set several keys."""
        for key, value in dict(*values, **more).items():
            self[key] = value

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """Return the value of a key, which is set to the default where it is missing."""
        if key not in self:
            self[key] = default
        return self[key]

    def pop(self, key: Any, *default: Any) -> Any:
        """Remove a key and return its value."""
        value = super().pop(key, *default)
        self._forget(value)
        return value

    def popitem(self) -> tuple[Any, Any]:
        """Remove and return the last pair."""
        key, value = super().popitem()
        self._forget(value)
        return key, value

    def clear(self) -> None:
        """Remove all keys."""
        for key in list(self):
            del self[key]


class TrackedSet(set):
    """A set that is an attribute of a layer."""

    tracker: Tracker | None = None

    def __reduce_ex__(self, protocol: Any) -> Any:
        # A copy is filled before it gets its tracker, which knows the elements already.
        return type(self), (set(self),), self.__dict__

    def __init__(self, values: Iterable[Any] = (), tracker: Tracker | None = None) -> None:
        super().__init__(values)
        if tracker is not None:
            self.tracker = tracker

    def add(self, value: Any) -> None:
        """Add an element."""
        super().add(value if self.tracker is None else self.tracker.track(value))

    def update(self, *others: Iterable[Any]) -> None:
        """Add elements."""
        for other in others:
            for value in other:
                self.add(value)

    def remove(self, value: Any) -> None:
        """Remove an element."""
        super().remove(value)
        if self.tracker is not None:
            self.tracker.untrack(value)

    def discard(self, value: Any) -> None:
        """Remove an element if it is there."""
        if value in self:
            self.remove(value)

    def pop(self) -> Any:
        """Remove and return an element."""
        value = next(iter(self))
        self.remove(value)
        return value

    def clear(self) -> None:
        """Remove all elements."""
        for value in list(self):
            self.remove(value)


def _keys(values: TrackedDict) -> list[Any]:
    return sorted(values, key=str)


# In trees of arguments and outputs they are what they were made from.
optree.register_pytree_node(
    TrackedList, lambda values: (list(values), None, None), lambda _, items: list(items), namespace=tree.NAMESPACE
)
optree.register_pytree_node(
    TrackedDict,
    lambda values: ([values[key] for key in _keys(values)], _keys(values), _keys(values)),
    lambda keys, items: dict(zip(keys, items, strict=True)),
    namespace=tree.NAMESPACE,
)
