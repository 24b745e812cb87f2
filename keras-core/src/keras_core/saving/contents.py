"""What a file of weights holds, in every format: objects by path, and their arrays, known by form before content.

Readers of formats make it from files, `contents_of` from models, and writers write it; so a format need not know
models, and a file is converted into another format without one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol

import numpy as np

from keras_core.layers.core.low_rank import LowRankAdapted
from keras_core.layers.exchange import Exchange
from keras_core.layers.state import LayerState
from keras_core.optimizers import Optimizer
from keras_core.runtime.table import host_dtype
from keras_core.saving.layout import Place, places, readable_paths

BEYOND_NUMPY: Final = frozenset({"bfloat16", "float8_e4m3fn", "float8_e5m2"})
"""dtypes that NumPy, and so HDF5, does not know."""

ALIGNMENT: Final = 64
"""Frameworks take over an array without a copy where it begins at a multiple of this many bytes."""

_STORED_IN_ORDER: Final = (Exchange.save_own_variables, Optimizer.save_own_variables)
"""Methods that store variables as they are under `"0"`, `"1"`, ..., so that forms are known without asking."""

LOADED_IN_ORDER: Final = (Exchange.load_own_variables, LowRankAdapted.load_own_variables)
"""Methods that expect variables under `"0"`, `"1"`, ..., so that what does not fit is known before anything is set."""


class Source(Protocol):
    """A file that is read from front to back."""

    def read_ahead(self, arrays: list[Array]) -> None:
        """Read arrays, and keep them until each is asked for."""
        ...


@dataclass(frozen=True)
class Array:
    """An array that is read when it is wanted.

    Attributes:
        shape: its shape.
        dtype: its dtype.
        read: returns it.
        name: name for readers, such as `"dense_1/kernel"`; empty where the file has none.
        place: where in the file its bytes begin, if they stand there as in memory.
        source: what can read it in one go with others, one for all arrays of a file; None where there is none.
    """

    shape: tuple[int, ...]
    dtype: np.dtype
    read: Callable[[], np.ndarray]
    name: str = ""
    place: int | None = None
    source: Source | None = None

    @property
    def nbytes(self) -> int:
        """Its size in bytes."""
        return math.prod(self.shape) * self.dtype.itemsize


def empty_array(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Return an array to read into, which a framework can take over.

    Args:
        shape: its shape.
        dtype: its dtype.
    """
    size = math.prod(shape) * dtype.itemsize
    room = np.empty(size + ALIGNMENT, np.uint8)
    start = -room.__array_interface__["data"][0] % ALIGNMENT
    return room[start : start + size].view(dtype).reshape(shape)


class Entry:
    """The variables of one object: keys, `"0"`, `"1"`, ... where the object has no other way, and arrays.

    Args:
        name: name of the object when it was saved, None where the file does not say.
        arrays: key -> array.
        is_named: whether path and keys are names for readers, as in a file that other code wrote.
    """

    def __init__(self, name: str | None, arrays: dict[str, Array], is_named: bool = False) -> None:
        self.name = name
        self.arrays = arrays
        self.is_named = is_named

    def keys(self) -> list[str]:
        """Return the keys."""
        return list(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)

    def __iter__(self) -> Iterator[str]:
        return iter(self.arrays)

    def __contains__(self, key: object) -> bool:
        return key in self.arrays

    def shape(self, key: str) -> tuple[int, ...]:
        """Return the shape of an array without reading it."""
        return self.arrays[key].shape

    def dtype(self, key: str) -> np.dtype:
        """Return the dtype of an array without reading it."""
        return self.arrays[key].dtype

    def nbytes(self) -> int:
        """Return the size of all arrays together."""
        return sum(array.nbytes for array in self.arrays.values())

    def __getitem__(self, key: str) -> np.ndarray:
        return self.arrays[key].read()


Contents = dict[str, Entry]
"""Path of an object -> its variables."""


def nbytes_of(contents: Contents) -> int:
    """Return the size of all arrays together."""
    return sum(entry.nbytes() for entry in contents.values())


def read_ahead(entries: Iterable[Entry]) -> None:
    """Let the file read in one go what will be asked for, where it can do so.

    Args:
        entries: all of whose arrays will be read.

    Raises:
        ModelFileError: where the file is damaged.
    """
    arrays = [array for entry in entries for array in entry.arrays.values()]
    if arrays and arrays[0].source is not None:
        arrays[0].source.read_ahead(arrays)


def contents_of(model: Any) -> Contents:
    """Return what is to be written of a model and its optimizer; no value is fetched yet.

    Args:
        model: the model.

    Raises:
        ValueError: where a weight is in a layer that no attribute, list, tuple or dict leads to.
        TypeError: where an object stores what is no array of numbers.
    """
    found = list(places(model))
    lost = lost_weights(model, [place.item for place in found])
    if lost:
        raise ValueError(
            f"{model.label}: the weights {lost} would not be saved, since no attribute, list, tuple or dict leads to "
            "their layer. Assign the layer to an attribute; a set has no order, so layers in a set cannot be saved."
        )
    readable = readable_paths([place.path for place in found])
    names = _names_of_weights(found, readable)
    return {
        place.path: Entry(getattr(place.item, "name", ""), _arrays_of(place.item, readable[place.path], names))
        for place in found
    }


def lost_weights(model: Any, items: list[Any]) -> list[str]:
    """Return the paths of a model's weights that no file holds, since they belong to none of the objects in it."""
    own = {id(variable) for item in items if isinstance(item, LayerState) for variable in item._own_weights()}
    return [variable.path for variable in model.weights if id(variable) not in own]


def saved_variables(item: Any) -> list[Any]:
    """Return the variables of an object that files hold, in their order."""
    if isinstance(item, LayerState):
        return item._saved_variables()
    return item.variables if isinstance(item, Optimizer) else []


def names_of_variables(item: Any, prefix: str, others: dict[str, str] | None = None) -> dict[str, str]:
    """Return key -> name for readers, unique among the variables of an object.

    Args:
        item: layer or optimizer.
        prefix: what stands before each name.
        others: of an optimizer: how the names of its variables begin -> name of the weight that each belongs to.
    """
    names: dict[str, str] = {}
    for position, variable in enumerate(saved_variables(item)):
        own = variable.name.replace("/", "_")
        begin = max((start for start in others or () if own.startswith(start)), key=len, default=None)
        if others and begin is not None:
            own = f"{others[begin]}/{own[len(begin) :]}"
        name = f"{prefix}/{own}" if prefix else own
        names[str(position)] = name if name not in names.values() else f"{name}_{position}"
    return names


def _names_of_weights(found: list[Place], readable: dict[str, str]) -> dict[str, str]:
    """Return how names of an optimizer's variables begin -> name of the weight."""
    names: dict[str, str] = {}
    for place in found:
        if isinstance(place.item, LayerState):
            own = names_of_variables(place.item, readable[place.path])
            for variable, name in zip(saved_variables(place.item), own.values(), strict=True):
                names[variable.path.replace("/", "_") + "_"] = name
    return names


def _arrays_of(item: Any, prefix: str, others: dict[str, str]) -> dict[str, Array]:
    names = names_of_variables(item, prefix, others if isinstance(item, Optimizer) else None)
    if _stores_in_order(item):
        return {
            str(position): Array(variable.shape, host_dtype(variable._dtype), variable.numpy, names[str(position)])
            for position, variable in enumerate(saved_variables(item))
        }
    asked = _Asked(item)
    return {
        key: Array(value.shape, value.dtype, partial(asked.read, key), names.get(key, f"{prefix}/{key}".lstrip("/")))
        for key, value in asked.store().items()
    }


def _stores_in_order(item: Any) -> bool:
    method = type(item).save_own_variables
    # Where nothing is added to the large weight it is stored as it is.
    return method in _STORED_IN_ORDER or (method is LowRankAdapted.save_own_variables and not item.lora_enabled)


def is_filled_in_order(item: Any) -> bool:
    """Tell whether a layer takes its variables as they are under `"0"`, `"1"`, ..., and does nothing besides."""
    return type(item).load_own_variables in LOADED_IN_ORDER and not getattr(item, "lora_enabled", False)


class _Asked:
    """An object that stores its variables in its own way. It is asked for their forms, and again for their values."""

    def __init__(self, item: Any) -> None:
        self._item = item
        self._left: dict[str, np.ndarray] = {}

    def store(self) -> dict[str, np.ndarray]:
        """Return what the object stores."""
        stored: dict[str, Any] = {}
        self._item.save_own_variables(stored)
        arrays = {str(key): np.asarray(value) for key, value in stored.items()}
        for key, array in arrays.items():
            if not key or "/" in key:
                raise ValueError(f"{self._item.label}: expected keys without '/' for variables in files, got {key!r}.")
            if array.dtype.kind not in "biufc" and array.dtype.name not in BEYOND_NUMPY:
                raise TypeError(
                    f"{self._item.label}: expected numbers for the variable {key!r}, got dtype {array.dtype.name}."
                )
        return arrays

    def read(self, key: str) -> np.ndarray:
        """Return one array, and keep it no longer."""
        if key not in self._left:
            self._left = self.store()
        return self._left.pop(key)
