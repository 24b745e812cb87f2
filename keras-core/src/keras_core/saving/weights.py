"""The variables of a model into an HDF5 file and back, all or none."""

from __future__ import annotations

import warnings
from typing import IO, Any, Final

import h5py

from keras_core.layers.core.low_rank import LowRankAdapted
from keras_core.layers.exchange import Exchange
from keras_core.layers.state import LayerState
from keras_core.optimizers import Optimizer
from keras_core.runtime.symbolic import symbolic_scope
from keras_core.runtime.table import host_dtype
from keras_core.saving.errors import ModelFileError, listed, shown
from keras_core.saving.hdf5 import Entry, WeightsWriter
from keras_core.saving.layout import OPTIMIZER, Place, places

_IN_ORDER: Final = (Exchange.load_own_variables, LowRankAdapted.load_own_variables)
"""Methods that expect variables under `"0"`, `"1"`, ..., so that what does not fit is known before anything is set."""

_KINDS: Final = {"b": "bool", "i": "integer", "u": "integer", "f": "float", "V": "float", "c": "complex"}


def write_weights(model: Any, file: IO[bytes]) -> None:
    """Write the variables of a model and of its optimizer.

    Args:
        model: the model.
        file: file open for reading and writing.

    Raises:
        ValueError: where a weight is in a layer that no attribute, list, tuple or dict leads to.
    """
    found = list(places(model))
    _check_reached(model, [place.item for place in found])
    with h5py.File(file, "w") as opened:
        writer = WeightsWriter(opened)
        for place in found:
            place.item.save_own_variables(writer.entry(place.path, getattr(place.item, "name", "")))


def read_weights(
    model: Any,
    entries: dict[str, Entry],
    what: str,
    skip_mismatch: bool = False,
    with_optimizer: bool = True,
    is_new: bool = False,
) -> None:
    """Set the variables of a model and of its optimizer. Where anything does not fit, none is changed.

    Args:
        model: the model, built.
        entries: what `open_weights` gives.
        what: what the file is, for errors.
        skip_mismatch: whether what does not fit is left as it is, with a warning.
        with_optimizer: whether the state of the optimizer is read.
        is_new: whether the model was made from the same file: then names tell layers of one class apart, else their
            order does; and after an error nobody has it, so that its first values need not be kept.

    Raises:
        ModelFileError: where variables are missing, unexpected or of another shape or kind.
    """
    _Loading(model, entries, what, skip_mismatch, with_optimizer, is_new).run()


def _check_reached(model: Any, items: list[Any]) -> None:
    own = {id(variable) for item in items if isinstance(item, LayerState) for variable in item._own_weights()}
    lost = [variable.path for variable in model.weights if id(variable) not in own]
    if lost:
        raise ValueError(
            f"{model.label}: the weights {lost} would not be saved, since no attribute, list, tuple or dict leads to "
            "their layer. Assign the layer to an attribute; a set has no order, so layers in a set cannot be saved."
        )


class _Loading:
    """One attempt to load, which undoes itself."""

    def __init__(
        self,
        model: Any,
        entries: dict[str, Entry],
        what: str,
        skip_mismatch: bool,
        with_optimizer: bool,
        is_new: bool,
    ) -> None:
        self._model = model
        self._what = what
        self._skip = skip_mismatch
        self._with_optimizer = with_optimizer
        self._is_new = is_new
        self._entries = entries
        self._used: set[str] = set()
        self._problems: list[str] = []
        self._remarks: list[str] = []
        # With weights alone an optimizer of another kind is usual; in a whole model it is an error.
        self._strict_optimizer = is_new
        self._undo: list[tuple[Any, Any]] = []

    def run(self) -> None:
        with symbolic_scope(self._model._table):  # properties that compute with variables give shapes
            found = list(places(self._model))
        try:
            fitting: list[tuple[Place, Entry | None]] = []
            for place, entry in self._matched(found):
                problems = _misfits(place, entry)
                self._problems += [f"{_label(place)}: {problem}" for problem in problems]
                if not problems:
                    fitting.append((place, entry))
            # No array is read before all shapes are compared: what does not fit costs nothing.
            for place, entry in fitting if self._skip or not self._problems else ():
                self._load(place, entry)
            self._check_rest()
            if self._problems and not self._skip:
                raise ModelFileError(
                    f"{self._what} does not fit {self._model.label}; nothing was loaded:\n{listed(self._problems)}\n"
                    f"{self._advice()}"
                )
        except BaseException:
            _restore(self._undo)
            raise
        left = self._problems + self._remarks
        if left:
            warnings.warn(
                f"{self._what}: left as it is in {self._model.label}, since it does not fit:\n{listed(left)}",
                stacklevel=6,
            )

    def _advice(self) -> str:
        if self._is_new:
            is_state = any(line.startswith(OPTIMIZER) for line in self._problems)
            without = " With compile=False the model is loaded without the state of its optimizer." if is_state else ""
            return f"The file is not whole, or was saved by other code.{without}"
        return "Make the model as it was when the file was saved, or pass skip_mismatch=True to load what fits."

    # which entry belongs to which object

    def _matched(self, found: list[Place]) -> list[tuple[Place, Entry | None]]:
        names = self._renamed(found) if self._is_new else {}
        pairs: list[tuple[Place, Entry | None]] = []
        for place in found:
            path = _replaced(place.path, names)
            if not self._with_optimizer and isinstance(place.item, Optimizer):
                continue
            self._used.add(path)
            pairs.append((place, self._entries.get(path)))
        return pairs

    def _renamed(self, found: list[Place]) -> dict[str, str]:
        """Return path -> path in the file for siblings whose names are those in the file, in another order."""
        groups: dict[str, list[Place]] = {}
        for place in found:
            if place.siblings is not None:
                groups.setdefault(place.siblings[0], []).append(place)
        names: dict[str, str] = {}
        for group in groups.values():
            stored = {entry.name: place.path for place in group if (entry := self._entries.get(place.path))}
            if len(group) > 1 and len(stored) == len(group) and set(stored) == {place.item.name for place in group}:
                names |= {place.path: stored[place.item.name] for place in group}
        return names

    # one object

    def _load(self, place: Place, entry: Entry | None) -> None:
        item = place.item
        if isinstance(item, Optimizer):
            self._load_optimizer(place, entry)
        elif entry is not None and (len(entry) or _saved_variables(item)):
            self._problems += [f"{_label(place)}: {problem}" for problem in self._set(item, entry)]

    def _set(self, item: Any, entry: Entry) -> list[str]:
        """Let an object read its variables. It may be of a class that stores them in its own way and refuses them."""
        keeps = _is_layer(item) and not self._is_new
        before = [(variable, variable.handle) for variable in item._own_weights()] if keeps else []
        try:
            item.load_own_variables(entry)
        except Exception as error:
            _restore(before)
            return [_message(error)]
        self._undo += before
        return []

    def _load_optimizer(self, place: Place, entry: Entry | None) -> None:
        optimizer = place.item
        if not hasattr(optimizer, "inner_optimizer"):
            # Keras wraps the optimizer of a model that computes in float16 into one that scales the loss.
            inner = f"{place.path}/inner_optimizer"
            self._used.add(inner)
            entry = self._entries.get(inner, entry)
        if entry is None or not len(entry):
            return  # a file of weights alone: there is no state to go on from
        if not optimizer.built and len(entry) > len(optimizer.variables):
            optimizer.build(self._model.trainable_variables)
        own = optimizer.variables
        first = [item for item in own if item is optimizer._iterations or item is optimizer._learning_rate]
        if len(entry) == len(first):
            own = first  # Keras makes the others at the first step; a file saved before it has none of them
        problems = [f"{_label(place)}: {problem}" for problem in _differences(entry, own)]
        if problems:
            (self._problems if self._strict_optimizer else self._remarks).extend(problems)
            return
        if not self._is_new:
            self._undo += [(variable, variable.handle) for variable in own]
        for position, variable in enumerate(own):
            variable.assign(entry[str(position)].astype(host_dtype(variable._dtype), copy=False))

    # what nothing in the model asks for

    def _check_rest(self) -> None:
        for path, entry in sorted(self._entries.items()):
            if path in self._used or not len(entry):
                continue
            if OPTIMIZER in path.split("/"):
                continue  # the model is not compiled, or its optimizer is not wanted
            shapes = ", ".join(f"{shown(key)} of shape {entry.shape(key)}" for key in entry)
            self._problems.append(f"{shown(path)}: in the file, but nothing in the model is there: {shapes}")


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


def _is_layer(item: Any) -> bool:
    return isinstance(item, LayerState)


def _saved_variables(item: Any) -> list[Any]:
    return item._saved_variables() if _is_layer(item) else []


def _restore(handles: list[tuple[Any, Any]]) -> None:
    for variable, handle in handles:
        variable.replace_handle(handle)


def _misfits(place: Place, entry: Entry | None) -> list[str]:
    """Return what is seen to be wrong with the variables of an object before they are read."""
    item = place.item
    if isinstance(item, Optimizer):
        return []
    in_order = type(item).load_own_variables in _IN_ORDER
    own = _saved_variables(item)
    if entry is None or (in_order and not len(entry)):
        return [f"missing in the file: {_told(variable)}" for variable in own]
    return _differences(entry, own, getattr(item, "built", True)) if in_order else []


def _label(place: Place) -> str:
    return place.path or place.item.name


def _told(variable: Any) -> str:
    return f"'{variable.name}' of shape {variable.shape}"


def _message(error: Exception) -> str:
    return " ".join(ascii(str(error))[1:-1].split())[:300]


def _differences(entry: Entry, variables: list[Any], built: bool = True) -> list[str]:
    """Return what does not fit between an entry and the variables that are to be set from it."""
    expected = {str(position): variable for position, variable in enumerate(variables)}
    unexpected = [f"{shown(key)} of shape {entry.shape(key)}" for key in entry if key not in expected]
    lines = [line for key, variable in expected.items() if (line := _difference(entry, key, variable)) is not None]
    if unexpected:
        hint = "" if built else " (the layer is not built; build it before its weights are loaded)"
        lines.append(f"unexpected in the file: {', '.join(unexpected)}{hint}")
    return lines


def _difference(entry: Entry, key: str, variable: Any) -> str | None:
    if key not in entry:
        return f"missing in the file: {_told(variable)}"
    if entry.shape(key) != variable.shape:
        return f"'{variable.name}': expected shape {variable.shape}, the file has {entry.shape(key)}"
    kind, own = _KINDS[entry.dtype(key).kind], _KINDS[host_dtype(variable._dtype).kind]
    if kind != own:
        return f"'{variable.name}': expected dtype {variable._dtype}, the file has {entry.dtype(key).name}"
    return None
