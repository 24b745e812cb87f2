"""What an argument such as `activation="relu"` may be: a name, a configuration, a class, an object, a function."""

import inspect
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any

from keras_core.runtime.known_objects import Expected, expected_classes
from keras_core.runtime.naming import did_you_mean
from keras_core.runtime.registry import get_registered_object
from keras_core.runtime.serialization import deserialize_keras_object


class Attributes(Mapping[str, Any]):
    """Names for attributes of a module, which are fetched, and so imported, when they are asked for.

    Args:
        module: name of the module.
        attributes: name -> the attribute's name.
    """

    def __init__(self, module: str, attributes: Mapping[str, str]) -> None:
        self._module = module
        self._attributes = attributes

    def __getitem__(self, name: str) -> Any:
        return getattr(import_module(self._module), self._attributes[name])

    def __contains__(self, name: object) -> bool:
        return name in self._attributes

    def __iter__(self) -> Iterator[str]:
        return iter(self._attributes)

    def __len__(self) -> int:
        return len(self._attributes)


def get_by_identifier(
    kind: str,
    identifier: Any,
    names: Mapping[str, Any],
    expected: Expected = None,
    custom_objects: Mapping[str, Any] | None = None,
) -> Any:
    """Return the object that an identifier names.

    Args:
        kind: what it is, for errors: `"activation"`, `"optimizer"`, ...
        identifier: name, configuration, class, object or function; None gives None.
        names: known names and what they name; classes are called without arguments.
        expected: what a configuration, and a name of something registered, must describe.
        custom_objects: further names.

    Raises:
        ValueError: where the identifier is nothing of the kind; for a name, with the names that are near.
        TypeError: where a class cannot be called without arguments.
    """
    if identifier is None:
        return None
    if isinstance(identifier, dict):
        known = names.get(identifier.get("class_name", "")) if "module" not in identifier else None
        if inspect.isclass(known):
            return known.from_config(identifier.get("config", {}))  # pyright: ignore[reportAttributeAccessIssue]
        return deserialize_keras_object(identifier, custom_objects, expected=expected)
    found = identifier
    if isinstance(identifier, str):
        found = get_registered_object(identifier, custom_objects, names)
        if found is None:
            raise ValueError(unknown_name(kind, identifier, names))
    if inspect.isclass(found):
        if isinstance(identifier, str) and expected is not None:
            _check_kind(kind, identifier, found, expected_classes(expected))
        _check_needs_nothing(kind, identifier, found)
        return found()
    if callable(found) or isinstance(found, expected_classes(expected)):
        return found
    raise ValueError(f"{kind}: expected a name, configuration, object or function, got {identifier!r}.")


def _check_kind(kind: str, name: str, cls: type, classes: tuple[type, ...]) -> None:
    """Raise a TypeError where a name means a class of another kind."""
    if not issubclass(cls, classes):
        raise TypeError(f"{kind} {name!r}: expected {' or '.join(one.__name__ for one in classes)}, found {cls!r}.")


def _check_needs_nothing(kind: str, identifier: Any, cls: type) -> None:
    """Raise a TypeError where a class has arguments without a default."""
    required = _required_arguments(cls)
    if required:
        given = f"{identifier!r}" if isinstance(identifier, str) else f"the class {cls.__name__}"
        raise TypeError(
            f"{kind} {given}: {cls.__name__} needs {' and '.join(repr(name) for name in required)}. Pass an object: "
            f"{cls.__name__}({', '.join(f'{name}=...' for name in required)})."
        )


@lru_cache(maxsize=1024)
def _required_arguments(cls: type) -> list[str]:
    """Return the names of the arguments of a constructor that have no default."""
    return [
        parameter.name
        for parameter in inspect.signature(cls).parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]


def unknown_name(kind: str, name: str, names: Mapping[str, Any]) -> str:
    """Return the message for a name that is not known, with the names that are near."""
    return (
        f"unknown {kind} {name!r}.{did_you_mean(name, names)} Known: {', '.join(sorted(names, key=str.lower))}. "
        "A function or class of your own can be passed itself, or by name inside a custom_object_scope."
    )
