"""What belongs to which output of a model: losses, metrics, weights and targets given as one, a list or a dict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from keras_core.runtime.naming import did_you_mean


class OutputNames:
    """The names of the outputs of a model.

    Args:
        structure: outputs, as the model returns them.
        names: names of the outputs in order, as functional models have; None where there are none.

    Attributes:
        has_one: whether the model returns one tensor.
    """

    def __init__(self, structure: Any, names: Sequence[str] | None = None) -> None:
        self.structure = structure
        self._paths = _paths(structure)
        self.has_one = self._paths == [()]
        given = list(names) if names is not None and len(names) == len(self._paths) else None
        keys = ["/".join(map(str, path)) if path and None not in path else None for path in self._paths]
        # The keys of a dict are the names that its reader knows.
        self._names: list[str | None] = [*given] if given is not None and not isinstance(structure, dict) else keys
        self._given = given or [name or str(place) for place, name in enumerate(keys)]

    def label(self, place: int) -> str:
        """Return the name of an output, for errors."""
        return self._names[place] or self._given[place]

    def log_name(self, place: int, what: str, is_loss: bool = False) -> str:
        """Return the name under which a number of an output is logged.

        Args:
            place: which output.
            what: name of the loss or metric.
            is_loss: whether it is a loss, which an output with a name has one of.
        """
        name = self._names[place]
        if is_loss:
            path = [key for key in self._paths[place] if key is not None]
            return f"{name or '/'.join(map(str, [*path, what]))}_loss"
        return what if self.has_one or name is None else f"{name}_{what}"

    def __len__(self) -> int:
        return len(self._paths)

    def distribute(self, argument: str, values: Any, is_one: Callable[[Any], bool], shared: bool = False) -> list[Any]:
        """Return one value for each output, None for an output that has none.

        Args:
            argument: what it is, for errors.
            values: one value, a list in the order of the outputs, a dict by their names, or the outputs' structure.
            is_one: tells whether something is the value of one output.
            shared: whether one value is that of every output.

        Raises:
            ValueError: where it does not fit the outputs.
        """
        if values is None:
            return [None] * len(self)
        if self.has_one:
            return [self._of_one(argument, values, is_one)]
        if is_one(values) and not isinstance(values, list | tuple | dict):
            if shared:
                return [values] * len(self)
            raise ValueError(f"{argument}: expected {self._expected()}, got one value, {_shown(values)}.")
        if isinstance(values, dict) and not isinstance(self.structure, dict):
            self._check_names(argument, values, self._given)
            return [values.get(name) for name in self._given]
        found: list[Any] = []
        self._walk(argument, values, self.structure, is_one, found)
        return found

    def _of_one(self, argument: str, values: Any, is_one: Callable[[Any], bool]) -> Any:
        if is_one(values):
            return values
        if isinstance(values, dict):
            if len(values) == 1 and next(iter(values)) in self._given:
                return next(iter(values.values()))
            self._check_names(argument, values, self._given)
        if isinstance(values, list | tuple) and len(values) == 1:
            return values[0]
        raise ValueError(f"{argument}: the model has one output, so expected one value, got {_shown(values)}.")

    def _walk(
        self, argument: str, values: Any, structure: Any, is_one: Callable[[Any], bool], found: list[Any]
    ) -> None:
        if values is None:
            found += [None] * len(_paths(structure))
        elif isinstance(structure, dict):
            if isinstance(values, list | tuple) and len(values) == len(structure):
                values = dict(zip(sorted(structure), values, strict=True))
            if not isinstance(values, dict):
                raise ValueError(f"{argument}: expected {self._expected()}, got {values!r}.")
            self._check_names(argument, values, list(structure))
            for key in sorted(structure):
                self._walk(argument, values.get(key), structure[key], is_one, found)
        elif isinstance(structure, list | tuple):
            if not isinstance(values, list | tuple) or len(values) != len(structure):
                raise ValueError(f"{argument}: expected {self._expected()}, got {values!r}.")
            for value, part in zip(values, structure, strict=True):
                self._walk(argument, value, part, is_one, found)
        elif is_one(values):
            found.append(values)
        else:
            raise ValueError(f"{argument}: expected {self._expected()}, got {values!r} for one output.")

    def _check_names(self, argument: str, values: dict[Any, Any], known: Sequence[Any]) -> None:
        unknown = [name for name in values if name not in known]
        if unknown:
            raise ValueError(
                f"{argument}: no output is named {unknown}; the outputs are {list(known)}."
                f"{did_you_mean(unknown[0], known)}"
            )

    def _expected(self) -> str:
        return f"a list of {len(self)} or a dict, one entry for each of the outputs {self._given}"


def _paths(structure: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return how each output is reached: the keys of dicts, None for a place in a list."""
    if isinstance(structure, dict):
        return [found for key in sorted(structure) for found in _paths(structure[key], (*path, key))]
    if isinstance(structure, list | tuple):
        return [found for item in structure for found in _paths(item, (*path, None))]
    return [path]


def _shown(values: Any) -> str:
    shape = getattr(values, "shape", None)
    return repr(values) if shape is None else f"of shape {tuple(shape)}"


def unique(label: str, taken: set[str]) -> str:
    """Return a label that is not taken, with a number behind where it is, and take it."""
    base, count = label, 0
    while label in taken:
        count += 1
        label = f"{base}_{count}"
    taken.add(label)
    return label
