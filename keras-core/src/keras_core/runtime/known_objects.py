"""What a configuration names: the function or class, if it is known.

Core's public ones (`runtime/rooms.py`), those of installed packs, registered ones, and `custom_objects`: no more.
"""

import inspect
from abc import ABC
from dataclasses import dataclass
from types import FunctionType
from typing import Any, Final

from keras_core.runtime.naming import did_you_mean
from keras_core.runtime.refusal import shown
from keras_core.runtime.registry import get_registered_object
from keras_core.runtime.rooms import (
    find_class,
    find_function,
    find_function_of_room,
    public_names,
    room_of_class,
    rooms_of_module,
)


@dataclass(frozen=True)
class Functions:
    """What a slot takes beside objects: functions that were registered, and the public ones of a room of core.

    Attributes:
        room: `"activations"` (ops that are computed element by element included), `"losses"`, `"metrics"`; None for
            registered functions alone.
    """

    room: str | None = None


class LayerLike(ABC):  # noqa: B024 - what rooms below that of the layers know of them
    """Any layer, for those who cannot import the class."""

    @classmethod
    def __subclasshook__(cls, other: type) -> bool:
        return bool(getattr(other, "_is_layer", False))


Kind = type | Functions
Expected = Kind | tuple[Kind, ...] | None

DATA: Final[tuple[Kind, ...]] = ()
"""What is expected of a slot that takes values, arrays among them, and no object of a class."""


class UnknownObjectError(TypeError):
    """A configuration names a class or function that nothing has registered."""


def _custom(*names: Any) -> Any:
    for name in names:
        if isinstance(name, str):
            found = get_registered_object(name)
            if found is not None:
                return found
    return None


def find_known_function(config: dict[str, Any], expected: Expected) -> Any:
    """Return the function that a configuration names.

    Raises:
        TypeError: where it is not known, or is none of the expected.
        ValueError: where the configuration names none.
    """
    name = config["config"]
    if isinstance(name, dict):  # Keras 3 writes {"config": {"name": ...}} for some functions
        name = name.get("name")
    if not isinstance(name, str):
        raise ValueError(f"deserialize_keras_object: expected the name of a function, got {name!r}.")
    kinds = _as_tuple(expected)
    functions = next((kind for kind in kinds if isinstance(kind, Functions)), None)
    if expected is not None and functions is None and FunctionType not in kinds:
        raise TypeError(f"deserialize_keras_object: expected {_names(expected)}, got the function {shown(name)}.")
    registered = config.get("registered_name")
    found = _custom(name, registered if registered != "function" else None)
    if found is None:
        rooms = rooms_of_module(config.get("module"))
        found = find_function(name, rooms) if functions is None else find_function_of_room(name, rooms, functions.room)
    if found is None:
        raise _unknown("function", name, name)
    if inspect.isclass(found) or not callable(found):
        raise TypeError(f"deserialize_keras_object: expected a function named '{name}', found {found!r}.")
    return found


def _as_tuple(expected: Expected) -> tuple[Kind, ...]:
    return () if expected is None else expected if isinstance(expected, tuple) else (expected,)


def expected_classes(expected: Expected) -> tuple[type, ...]:
    """Return those of the kinds that are expected which are classes."""
    return tuple(kind for kind in _as_tuple(expected) if isinstance(kind, type) and kind is not FunctionType)


def _names(expected: Expected) -> str:
    return " or ".join(map(_name, _as_tuple(expected))) or "plain values"


def _name(kind: Kind) -> str:
    if isinstance(kind, Functions):
        return f"a function of keras.{kind.room} or a registered one" if kind.room else "a registered function"
    return "a layer" if kind is LayerLike else kind.__name__


def find_known_class(config: dict[str, Any], expected: Expected) -> type:
    """Return the class that a configuration names.

    Raises:
        TypeError: where it is not known, or is none of the expected.
        PluginError: where it belongs to a pack that is not installed.
    """
    class_name, registered_name = config["class_name"], config.get("registered_name")
    module = config.get("module")
    classes = expected_classes(expected)
    if expected is not None and not classes:
        raise TypeError(f"deserialize_keras_object: expected {_names(expected)}, got the class {shown(class_name)}.")
    found = _custom(registered_name, class_name)
    if found is None and isinstance(registered_name, str) and ">" in registered_name:
        found = _class_of_pack(registered_name, module)
    if found is None:
        rooms = rooms_of_module(module)
        if module is None or (not rooms and registered_name in (None, class_name)):
            rooms = tuple(filter(None, map(room_of_class, classes)))
        found = find_class(rooms, class_name)
        if found is None and "layers" in rooms:
            found = _layer_elsewhere(class_name)
    if found is None:
        raise _unknown("class", class_name, registered_name or class_name, module)
    if not inspect.isclass(found) or not hasattr(found, "from_config"):
        raise TypeError(
            f"deserialize_keras_object: expected '{class_name}' to name a class with from_config(), found {found!r}."
        )
    if expected is not None and not issubclass(found, classes):
        raise TypeError(
            f"deserialize_keras_object: expected {_names(expected)}, got the class {found.__module__}.{found.__name__}."
        )
    return found


def _layer_elsewhere(class_name: str) -> type | None:
    """Return a layer of Keras that an installed package has in place of core, None where there is none."""
    from keras_core.plugins import load_serializable, pack_serializables, package_known_to_have

    registered_name = f"{package_known_to_have(class_name)}>{class_name}"
    return load_serializable(registered_name) if registered_name in pack_serializables() else None


def _class_of_pack(registered_name: str, module: Any) -> type | None:
    from keras_core.plugins import find_pack, load_serializable, pack_serializables

    package = registered_name.partition(">")[0]
    # The module tells a pack's class ("pack>Name" of module "pack") from one that a user registered in a package.
    is_pack = isinstance(module, str) and module.partition(".")[0] == package
    if is_pack or registered_name in pack_serializables() or find_pack(package) is not None:
        return load_serializable(registered_name)
    return None


def _unknown(kind: str, name: str, registered_name: str, module: Any = None) -> UnknownObjectError:
    from keras_core.plugins import advice_on_packs

    rooms = rooms_of_module(module)
    if rooms:
        return UnknownObjectError(
            f"deserialize_keras_object: Keras Core has no {kind} '{name}' in {module!a}."
            f"{did_you_mean(name, public_names(rooms))} Pass a {kind} that does the "
            f"same: custom_objects={{'{name}': ...}}."
        )
    package = registered_name.partition(">")[0] if ">" in registered_name else "my_package"
    pack = "" if ">" not in registered_name else f" If it is of a layer pack: {advice_on_packs()}."
    return UnknownObjectError(
        f"deserialize_keras_object: unknown {kind} '{registered_name}'. Decorate it with "
        f"@keras_core.saving.register_keras_serializable(package='{package}') and import it before loading, or pass "
        f"custom_objects={{'{name}': {name.rpartition('>')[2]}}}.{pack}"
    )
