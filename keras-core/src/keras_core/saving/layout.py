"""Under which path each layer and optimizer of a model is in a file: the layout of Keras 3.

An object is found by the attribute that holds it; attributes are taken in the order of their names, those that begin
with an underscore last; the first way to an object counts. In lists, tuples and dicts of objects the name of an object
is that of its class in snake case, numbered where several are alike: `layers/dense`, `layers/dense_1`. Functional and
sequential models have all their layers in the list `layers`.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from types import FunctionType
from typing import Any, Final

from keras_core.layers.layer import Layer
from keras_core.models.functional import Functional
from keras_core.models.model import Model
from keras_core.models.sequential import Sequential
from keras_core.optimizers import Optimizer
from keras_core.runtime.naming import name_in_files, to_snake_case

OPTIMIZER: Final = "optimizer"
LAYERS: Final = "layers"

_METHODS: Final = (FunctionType, classmethod, staticmethod)


@dataclass(frozen=True)
class Place:
    """Where an object is in a file.

    Attributes:
        path: path of the object, `""` for the model itself.
        item: layer, model or optimizer.
        siblings: path of the list in which it is and place among the objects of its class there; None where an
            attribute holds it.
    """

    path: str
    item: Any
    siblings: tuple[str, int] | None = None


def is_saveable(value: Any) -> bool:
    """Tell whether a value has variables of its own in a file."""
    return _is_saveable_class(type(value))


@cache
def _is_saveable_class(cls: type) -> bool:
    return hasattr(cls, "save_own_variables") and hasattr(cls, "load_own_variables")


def places(model: Any) -> Iterator[Place]:
    """Yield the places of a model, its layers and theirs, and of optimizers, each object once."""
    yield from _places(Place("", model), {id(model)})


def readable_paths(paths: Iterable[str]) -> dict[str, str]:
    """Return path -> path for readers: without the lists `layers` where that names no other object too.

    Example:
        >>> readable_paths(["layers/dense", "encoder/layers/dense"])
        {'layers/dense': 'dense', 'encoder/layers/dense': 'encoder/dense'}
    """
    short = {path: "/".join(part for part in path.split("/") if part != LAYERS) for path in paths}
    counts = Counter(short.values())
    return {path: found if counts[found] == 1 else path for path, found in short.items()}


def _places(place: Place, seen: set[int]) -> Iterator[Place]:
    yield place
    for name, value in _attributes(place.item):
        path = f"{place.path}/{name}" if place.path else name
        if is_saveable(value):
            if id(value) not in seen:
                seen.add(id(value))
                yield from _places(Place(path, value), seen)
        elif isinstance(value, list | tuple | dict):
            yield from _of_container(path, value, seen)


def _of_container(path: str, container: Any, seen: set[int]) -> Iterator[Place]:
    counts: dict[str, int] = {}
    for value in container.values() if isinstance(container, dict) else container:
        nested = isinstance(value, list | tuple | dict)
        if not nested and not is_saveable(value):
            continue
        name = "container" if nested else to_snake_case(name_in_files(type(value)))
        position = counts.get(name, 0)
        counts[name] = position + 1
        inner = f"{path}/{name}_{position}" if position else f"{path}/{name}"
        if nested:
            yield from _of_container(inner, value, seen)
        elif id(value) not in seen:  # one that was found before takes a number all the same
            seen.add(id(value))
            yield from _places(Place(inner, value, (f"{path}/{name}", position)), seen)


@cache
def _common(cls: type) -> frozenset[str]:
    """Return the attributes that all objects of a kind have, which hold what is found in other ways."""
    kinds = (Functional, Sequential, Model, Layer, Optimizer)
    kind = next((kind for kind in kinds if issubclass(cls, kind)), object)
    return frozenset(dir(kind)) | {"_init_arguments", "_given_input", "_stack", "_trainable_variables"}


@cache
def _of_class(cls: type) -> frozenset[str]:
    """Return the attributes that a class gives to its objects and that can hold layers, which methods do not."""
    return frozenset(name for name in dir(cls) if not isinstance(inspect.getattr_static(cls, name), _METHODS))


def _attributes(item: Any) -> Iterator[tuple[str, Any]]:
    cls = type(item)
    if isinstance(item, Functional | Sequential):
        yield LAYERS, item.layers
    names = {*getattr(item, "__dict__", ()), *_of_class(cls)} - _common(cls)
    if isinstance(item, Model):
        names.add(OPTIMIZER)
        if not isinstance(item, Functional | Sequential):
            names.add(LAYERS)
    for name in sorted(names, key=lambda name: (name.startswith("_"), name)):
        if name.startswith("__"):
            continue
        try:
            value = getattr(item, name)
        except Exception:  # nosec B112 # a property that works only in some state of the object holds no layer in this one
            continue
        yield name, value
