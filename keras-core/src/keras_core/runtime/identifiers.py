"""What an argument such as `activation="relu"` may be: a name, a configuration, a class, an object, a function."""

import difflib
import inspect
from collections.abc import Mapping
from typing import Any

from keras_core.runtime.registry import get_registered_object
from keras_core.runtime.serialization import deserialize_keras_object


def get_by_identifier(
    kind: str,
    identifier: Any,
    names: Mapping[str, Any],
    expected: type | tuple[type, ...] | None = None,
    custom_objects: Mapping[str, Any] | None = None,
) -> Any:
    """Return the object that an identifier names.

    Args:
        kind: what it is, for errors: `"activation"`, `"optimizer"`, ...
        identifier: name, configuration, class, object or function; None gives None.
        names: known names and what they name; classes are called without arguments.
        expected: class of what a configuration must describe.
        custom_objects: further names.

    Raises:
        ValueError: where the identifier is nothing of the kind; for a name, with the names that are near.
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
        return found()
    if callable(found) or (expected is not None and isinstance(found, expected)):
        return found
    raise ValueError(f"{kind}: expected a name, configuration, object or function, got {identifier!r}.")


def unknown_name(kind: str, name: str, names: Mapping[str, Any]) -> str:
    """Return the message for a name that is not known, with the names that are near."""
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    hint = f" Did you mean {' or '.join(repr(item) for item in near)}?" if near else ""
    return (
        f"unknown {kind} {name!r}.{hint} Known: {', '.join(sorted(names, key=str.lower))}. "
        "A function or class of your own can be passed itself, or by name inside a custom_object_scope."
    )
