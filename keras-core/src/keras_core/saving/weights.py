"""The variables of a model from the contents of a file, all or none, and a report of what became of each."""

from __future__ import annotations

import warnings
from typing import Any, Final

from keras_core.layers.state import LayerState
from keras_core.optimizers import Optimizer
from keras_core.runtime.symbolic import symbolic_scope
from keras_core.runtime.table import host_dtype
from keras_core.saving.contents import (
    LOADED_IN_ORDER,
    Contents,
    Entry,
    is_filled_in_order,
    lost_weights,
    names_of_variables,
    read_ahead,
    saved_variables,
)
from keras_core.saving.errors import ModelFileError, listed, shown
from keras_core.saving.layout import OPTIMIZER, Place, places, readable_paths
from keras_core.saving.report import LoadReport

_KINDS: Final = {"b": "bool", "i": "integer", "u": "integer", "f": "float", "V": "float", "c": "complex"}
WITH_THE_REST: Final = "left with the rest of its layer"


def read_weights(
    model: Any,
    contents: Contents,
    what: str,
    skip_mismatch: bool = False,
    with_optimizer: bool = True,
    is_new: bool = False,
) -> LoadReport:
    """Set the variables of a model and of its optimizer. Where anything does not fit, none is changed.

    Args:
        model: the model, built.
        contents: what the file holds.
        what: what the file is, for errors.
        skip_mismatch: whether what does not fit is left as it is, with a warning.
        with_optimizer: whether the state of the optimizer is read.
        is_new: whether the model was made from the same file: then names tell layers of one class apart, else their
            order does; and after an error nobody has it, so that its first values need not be kept.

    Returns:
        What became of each variable.

    Raises:
        ModelFileError: where variables are missing, unexpected or of another shape or kind.
    """
    return _Loading(model, contents, what, skip_mismatch, with_optimizer, is_new).run()


class _Loading:
    """One attempt to load, which undoes itself."""

    def __init__(
        self, model: Any, contents: Contents, what: str, skip_mismatch: bool, with_optimizer: bool, is_new: bool
    ) -> None:
        self._model = model
        self._what = what
        self._skip = skip_mismatch
        self._with_optimizer = with_optimizer
        self._is_new = is_new
        with symbolic_scope(model._table):  # properties that compute with variables give shapes
            self._found = list(places(model))
        self._readable = readable_paths(place.path for place in self._found)
        self._contents = self._placed(contents)
        self._used: set[str] = set()
        self._problems: list[str] = []
        self._remarks: list[str] = []
        self._matched: list[str] = []
        self._missing: list[str] = []
        self._unexpected: list[str] = []
        self._mismatched: dict[str, str] = {}
        # With weights alone an optimizer of another kind is usual; in a whole model it is an error.
        self._strict_optimizer = is_new
        self._undo: list[tuple[Any, Any]] = []

    def run(self) -> LoadReport:
        """Load, and return the report."""
        try:
            fitting = [pair for pair in self._pairs() if self._fits(*pair)]
            self._check_rest()
            self._check_reached()
            # No array is read before all shapes are compared: what does not fit costs nothing.
            if self._skip or not self._problems:
                read_ahead(entry for _, entry in fitting if entry is not None)
                for place, entry in fitting:
                    self._load(place, entry)
            if self._problems and not self._skip:
                raise ModelFileError(
                    f"{self._what} does not fit {self._model.label}; nothing was loaded:\n{listed(self._problems)}\n"
                    f"{self._advice()}"
                )
        except BaseException:
            restore(self._undo)
            raise
        left = self._problems + self._remarks
        if left:
            warnings.warn(
                f"{self._what}: left as it is in {self._model.label}, since it does not fit:\n{listed(left)}",
                stacklevel=6,
            )
        return LoadReport(
            self._what,
            self._model.label,
            tuple(self._matched),
            tuple(self._missing),
            tuple(self._unexpected),
            self._mismatched,
        )

    def _advice(self) -> str:
        if self._is_new:
            is_state = any(line.startswith(OPTIMIZER) for line in self._problems)
            without = " With compile=False the model is loaded without the state of its optimizer." if is_state else ""
            return f"The file is not whole, or was saved by other code.{without}"
        return "Make the model as it was when the file was saved, or pass skip_mismatch=True to load what fits."

    # which entry belongs to which object

    def _pairs(self) -> list[tuple[Place, Entry | None]]:
        names = self._renamed(self._found) if self._is_new else {}
        pairs: list[tuple[Place, Entry | None]] = []
        for place in self._found:
            path = _replaced(place.path, names)
            if not self._with_optimizer and isinstance(place.item, Optimizer):
                continue
            self._used.add(path)
            entry = self._contents.get(path)
            if isinstance(place.item, Optimizer) and not hasattr(place.item, "inner_optimizer"):
                # Keras wraps the optimizer of a model that computes in float16 into one that scales the loss.
                inner = f"{path}/inner_optimizer"
                self._used.add(inner)
                entry = self._contents.get(inner, entry)
            pairs.append((place, entry))
        return pairs

    def _renamed(self, found: list[Place]) -> dict[str, str]:
        """Return path -> path in the file for siblings whose names are those in the file, in another order."""
        groups: dict[str, list[Place]] = {}
        for place in found:
            if place.siblings is not None:
                groups.setdefault(place.siblings[0], []).append(place)
        names: dict[str, str] = {}
        for group in groups.values():
            stored = {entry.name: place.path for place in group if (entry := self._contents.get(place.path))}
            if len(group) > 1 and len(stored) == len(group) and set(stored) == {place.item.name for place in group}:
                names |= {place.path: stored[place.item.name] for place in group}
        return names

    def _placed(self, contents: Contents) -> Contents:
        """Return the contents with paths and keys in place of the names for readers that a file may have instead."""
        if not any(entry.is_named for entry in contents.values()):
            return contents
        left = {path: dict(entry.arrays) for path, entry in contents.items()}
        placed: Contents = {}
        for place in self._found:
            own: dict[str, Any] = {}
            prefix = self._readable[place.path]
            for path in dict.fromkeys((prefix, place.path)):
                for key, name in names_of_variables(place.item, "").items():
                    array = left.get(path, {}).pop(name, None)
                    if array is not None:
                        own[key] = array
                own |= left.pop(path, {})
            if own:
                placed[place.path] = Entry(None, own)
        return placed | {path: Entry(None, arrays) for path, arrays in left.items()}

    # one object

    def _fits(self, place: Place, entry: Entry | None) -> bool:
        """Tell whether the variables of an object are to be read, as far as can be seen before."""
        item = place.item
        if isinstance(item, Optimizer):
            return True
        in_order = type(item).load_own_variables in LOADED_IN_ORDER
        own = saved_variables(item)
        names = list(names_of_variables(item, self._readable[place.path]).values())
        if entry is None or (in_order and not len(entry)):
            self._missing += names
            self._problems += [f"{_label(place)}: missing in the file: {_told(variable)}" for variable in own]
            return False
        reasons = differences(entry, own) if in_order else {}
        self._note(place, entry, reasons, getattr(item, "built", True), self._problems)
        return not reasons and bool(own or len(entry))

    def _note(self, place: Place, entry: Entry, reasons: dict[str, str], built: bool, problems: list[str]) -> None:
        """Note what does not fit of one object: key -> reason."""
        if not reasons:
            return
        names = names_of_variables(place.item, self._readable[place.path])
        unexpected = [f"{shown(key)} of shape {entry.shape(key)}" for key in reasons if key not in names]
        problems += [f"{_label(place)}: {reason}" for key, reason in reasons.items() if key in names]
        if unexpected:
            hint = "" if built else " (the layer is not built; build it before its weights are loaded)"
            problems.append(f"{_label(place)}: unexpected in the file: {', '.join(unexpected)}{hint}")
        self._unexpected += [self._name_of(place.path, entry, key) for key in reasons if key not in names]
        self._missing += [name for key, name in names.items() if key not in entry]
        self._mismatched |= {name: reasons.get(key, WITH_THE_REST) for key, name in names.items() if key in entry}

    def _name_of(self, path: str, entry: Entry, key: str) -> str:
        """Return the name of an array that is only in the file."""
        prefix = self._readable.get(path, path)
        return entry.arrays[key].name or f"{prefix}/{key}".lstrip("/")

    def _load(self, place: Place, entry: Entry | None) -> None:
        if isinstance(place.item, Optimizer):
            self._load_optimizer(place, entry)
            return
        assert entry is not None  # nosec B101 # else it would not fit
        names = list(names_of_variables(place.item, self._readable[place.path]).values())
        problem = self._set(place.item, entry)
        if problem is None:
            self._matched += names
            return
        self._problems.append(f"{_label(place)}: {problem}")
        self._mismatched |= dict.fromkeys(names, problem)

    def _set(self, item: Any, entry: Entry) -> str | None:
        """Let an object read its variables. It may be of a class that stores them in its own way and refuses them."""
        keeps = isinstance(item, LayerState) and not self._is_new
        before = [(variable, variable.handle) for variable in item._own_weights()] if keeps else []
        try:
            if is_filled_in_order(item):
                fill(saved_variables(item), entry)
            else:
                item.load_own_variables(entry)
        except Exception as error:
            restore(before)
            return _message(error)
        self._undo += before
        return None

    def _load_optimizer(self, place: Place, entry: Entry | None) -> None:
        optimizer = place.item
        if entry is None or not len(entry):  # a file of weights alone: there is no state to go on from
            self._missing += names_of_variables(optimizer, place.path).values()
            return
        if not optimizer.built and len(entry) > len(optimizer.variables):
            optimizer.build(self._model.trainable_variables)
        own = optimizer.variables
        names = list(names_of_variables(optimizer, place.path).values())
        first = [item for item in own if item is optimizer._iterations or item is optimizer._learning_rate]
        if len(entry) == len(first):
            self._missing += names[len(first) :]
            own = first  # Keras makes the others at the first step; a file saved before it has none of them
        reasons = differences(entry, own)
        if reasons:
            self._note(place, entry, reasons, True, self._problems if self._strict_optimizer else self._remarks)
            return
        if not self._is_new:
            self._undo += [(variable, variable.handle) for variable in own]
        fill(own, entry)
        self._matched += names[: len(own)]

    # what nothing in the model asks for, and what asks for nothing

    def _check_rest(self) -> None:
        for path, entry in sorted(self._contents.items()):
            if path in self._used or not len(entry):
                continue
            self._unexpected += [self._name_of(path, entry, key) for key in entry]
            if OPTIMIZER in path.split("/"):
                continue  # the model is not compiled, or its optimizer is not wanted
            shapes = ", ".join(f"{shown(key)} of shape {entry.shape(key)}" for key in entry)
            self._problems.append(f"{shown(path)}: in the file, but nothing in the model is there: {shapes}")

    def _check_reached(self) -> None:
        for path in lost_weights(self._model, [place.item for place in self._found]):
            self._missing.append(path)
            self._problems.append(f"{path}: no attribute, list, tuple or dict leads to its layer, so no file has it")


def _replaced(path: str, names: dict[str, str]) -> str:
    """Return a path in which each beginning that has another name in the file is replaced."""
    parts = path.split("/")
    renamed = ""
    for position in range(len(parts)):
        own = "/".join(parts[: position + 1])
        renamed = f"{renamed}/{parts[position]}" if renamed else parts[position]
        if own in names:
            renamed = f"{renamed.rpartition('/')[0]}/{names[own].rpartition('/')[2]}".lstrip("/")
    return renamed


def fill(variables: list[Any], entry: Entry) -> None:
    """Let variables take over arrays, which fit and are read for them alone, without a copy.

    Args:
        variables: the variables.
        entry: as many arrays under `"0"`, `"1"`, ...
    """
    for position, variable in enumerate(variables):
        variable.adopt(entry[str(position)])


def restore(handles: list[tuple[Any, Any]]) -> None:
    """Give variables the values back that they had.

    Args:
        handles: variables, and their handles before.
    """
    for variable, handle in handles:
        variable.replace_handle(handle)


def _label(place: Place) -> str:
    return place.path or place.item.name


def _told(variable: Any) -> str:
    return f"'{variable.name}' of shape {variable.shape}"


def _message(error: Exception) -> str:
    return " ".join(ascii(str(error))[1:-1].split())[:300]


def differences(entry: Entry, variables: list[Any]) -> dict[str, str]:
    """Return key -> what does not fit between an entry and the variables that are to be set from it.

    Args:
        entry: arrays under `"0"`, `"1"`, ...
        variables: as many variables, in their order.
    """
    expected = {str(position): variable for position, variable in enumerate(variables)}
    found = {key: _difference(entry, key, variable) for key, variable in expected.items()}
    unexpected = {key: f"unexpected in the file, of shape {entry.shape(key)}" for key in entry if key not in expected}
    return {key: reason for key, reason in found.items() if reason is not None} | unexpected


def _difference(entry: Entry, key: str, variable: Any) -> str | None:
    if key not in entry:
        return f"missing in the file: {_told(variable)}"
    if entry.shape(key) != variable.shape:
        return f"'{variable.name}': expected shape {variable.shape}, the file has {entry.shape(key)}"
    kind, own = _KINDS[entry.dtype(key).kind], _KINDS[host_dtype(variable._dtype).kind]
    if kind != own:
        return f"'{variable.name}': expected dtype {variable._dtype}, the file has {entry.dtype(key).name}"
    return None
