"""Which classes and functions of core a configuration may name: a fixed table of rooms, and their public names.

The module in a configuration is only a key into this table. Nothing that is not in it is ever imported.
"""

import importlib
import inspect
from typing import Any, Final

from keras_core.runtime.definition import DATABASE

ROOMS: Final[dict[str, str]] = {
    "layers": "keras_core.layers",
    "models": "keras_core.models",
    "dtype_policies": "keras_core.dtype_policies",
    "initializers": "keras_core.initializers",
    "regularizers": "keras_core.regularizers",
    "constraints": "keras_core.constraints",
    "activations": "keras_core.activations",
    "losses": "keras_core.losses",
    "metrics": "keras_core.metrics",
    "optimizers.schedules": "keras_core.optimizers.schedules",
    "optimizers": "keras_core.optimizers",
    "random": "keras_core.random",
    "quantizers": "keras_core.quantizers",
    "distillation": "keras_core.distillation",
}
"""Room -> its package. The public names of a room are its `__all__`."""

MORE_CLASSES: Final[dict[tuple[str, str], str]] = {
    ("models", "Functional"): "keras_core.models.functional:Functional",
    ("ops", "OpCall"): "keras_core.runtime.operation:OpCall",
}
"""Classes that files name although users never do: (room, class name) -> where it is."""

WRITTEN_MODULES: Final[dict[str, str]] = {
    "Functional": "keras.src.models.functional",
    "OpCall": "keras_core.ops",
    **dict.fromkeys(("DTypePolicy", "FloatDTypePolicy", "Model", "Sequential"), "keras"),
}
"""Class name -> the module that Keras 3 writes, where it is not `keras.<room>`."""

_TOP_LEVEL: Final = ("dtype_policies", "models", "layers", "initializers", "losses", "metrics", "optimizers", "random")
_FUNCTION_ROOMS: Final = ("activations", "losses", "metrics")
_ROOMS_OF_SLOT: Final = {"activations": ("activations",), "losses": ("losses",), "metrics": ("metrics", "losses")}
_ACTIVATION_FAMILIES: Final = frozenset(
    {"activation", "elementwise", "elementwise_unary", "shrinkage", "special", "transcendental"}
)
_NOT_FOR_FILES: Final = frozenset({"get", "serialize", "deserialize"})


def rooms_of_module(module: Any) -> tuple[str, ...]:
    """Return the rooms that a module name in a configuration may mean, () for none of core's.

    Example:
        >>> rooms_of_module("keras.src.layers.core.dense"), rooms_of_module("os")
        (('layers',), ())
    """
    if not isinstance(module, str):
        return ()
    head, *parts = module.split(".")
    if head not in ("keras", "keras_core"):
        return ()
    if parts and parts[0] == "src":
        parts = parts[1:]
    if not parts:
        return _TOP_LEVEL
    room = "optimizers.schedules" if parts[:2] == ["optimizers", "schedules"] else parts[0]
    return (room,) if room in ROOMS or room == "ops" else ()


def room_of_class(cls: type) -> str | None:
    """Return the room of core that a class lives in, None for any other class."""
    head, *parts = cls.__module__.split(".")
    if head != "keras_core" or not parts:
        return None
    if parts[:2] == ["optimizers", "schedules"]:
        return "optimizers.schedules"
    return parts[0] if parts[0] in ROOMS else None


def find_class(rooms: tuple[str, ...], class_name: str) -> type | None:
    """Return the class of core with this public name in one of the rooms, None where there is none."""
    for room in rooms:
        path = MORE_CLASSES.get((room, class_name))
        if path is not None:
            module, _, attribute = path.partition(":")
            return getattr(importlib.import_module(module), attribute)
        found = _public(room, class_name)
        if inspect.isclass(found):
            return found
    return None


def public_names(rooms: tuple[str, ...]) -> list[str]:
    """Return the public names of some rooms."""
    packages = [importlib.import_module(ROOMS[room]) for room in rooms if room in ROOMS]
    return [name for package in packages for name in getattr(package, "__all__", ())]


def find_function(name: str, rooms: tuple[str, ...] = ()) -> Any:
    """Return the function of core with this public name, an activation, loss, metric or op; None for no such one."""
    if name in _NOT_FOR_FILES:
        return None
    for room in (*rooms, *_FUNCTION_ROOMS, "ops"):
        found = _operation(name) if room == "ops" else _public(room, name) if room in _FUNCTION_ROOMS else None
        if inspect.isroutine(found):
            return found
    return None


def find_function_of_room(name: str, named: tuple[str, ...], room: str | None) -> Any:
    """Return the function with this public name that a slot for those of a room takes, None where there is none.

    Args:
        name: the name.
        named: rooms that the configuration names; they choose between an activation and the op of the same name.
        room: `"activations"`, `"losses"`, `"metrics"`, or None for no function of core.
    """
    if room is None or name in _NOT_FOR_FILES:
        return None
    rooms = [*_ROOMS_OF_SLOT[room], *(["ops"] if room == "activations" else [])]
    for one in sorted(rooms, key=lambda one: one not in named):
        found = _activation_op(name) if one == "ops" else _public(one, name)
        if inspect.isroutine(found):
            return found
    return None


def _activation_op(name: str) -> Any:
    """Return the op of this name where it is one of a single tensor, computed element by element."""
    function = _operation(name)
    definition = DATABASE.get(name)
    is_one = definition is not None and definition.family in _ACTIVATION_FAMILIES and len(definition.tensors) == 1
    return function if is_one else None


def _operation(name: str) -> Any:
    importlib.import_module("keras_core.ops")
    return DATABASE[name].function if name in DATABASE else None


def written_module(cls: type) -> str | None:
    """Return the module that is written for a class of core, None for any other class."""
    if (cls.__module__, cls.__name__) == ("keras_core.runtime.operation", "OpCall"):
        return WRITTEN_MODULES["OpCall"]
    if cls.__module__.partition(".")[0] != "keras_core":
        return None
    room = room_of_class(cls) or "random"  # what `keras_core.random` shows lives in lower rooms
    if find_class((room,), cls.__name__) is not cls:
        return None
    return WRITTEN_MODULES.get(cls.__name__, f"keras.{room}")


def _public(room: str, name: str) -> Any:
    if room not in ROOMS or not name.isidentifier() or name.startswith("_"):
        return None
    try:
        package = importlib.import_module(ROOMS[room])
    except ModuleNotFoundError as error:
        if error.name == ROOMS[room]:
            return None
        raise
    return getattr(package, name) if name in getattr(package, "__all__", ()) else None
