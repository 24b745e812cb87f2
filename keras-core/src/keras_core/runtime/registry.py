"""The names under which classes and functions of users are known when a configuration is read."""

import inspect
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, TypeVar

Registered = TypeVar("Registered", bound=Callable[..., Any])

_objects: dict[str, Any] = {}
_names: dict[Any, str] = {}
_scoped: ContextVar[Mapping[str, Any]] = ContextVar("keras_core_custom_objects", default=MappingProxyType({}))


def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable[[Registered], Registered]:
    """Return a decorator that lets model files name a class or function, as `"package>name"`.

    Args:
        package: what stands before `>`; a layer pack uses the name of its Python package.
        name: what stands after `>`; None for the name of the class or function.

    Raises:
        ValueError: (the decorator) for a class without `get_config`.

    Example:
        >>> @register_keras_serializable(package="Documentation")
        ... def double(x):
        ...     return x * 2
        >>> get_registered_name(double)
        'Documentation>double'
    """

    def register(item: Registered) -> Registered:
        anything: Any = item
        if inspect.isclass(anything) and not hasattr(anything, "get_config"):
            raise ValueError(
                f"register_keras_serializable: the class '{item.__name__}' has no method get_config(), so it cannot be "
                "saved; add one that returns the arguments of its constructor."
            )
        registered_name = f"{package}>{name or item.__name__}"
        _objects[registered_name] = item
        _names[item] = registered_name
        return item

    return register


def get_registered_name(obj: Any) -> str:
    """Return the name under which a class or function is registered, its own name where it is not."""
    registered = _registered_name_or_none(obj)
    return obj.__name__ if registered is None else registered


def _registered_name_or_none(item: Any) -> str | None:
    try:
        return _names.get(item)
    except TypeError:  # an object that cannot be hashed is none that was registered
        return None


def get_registered_object(
    name: str, custom_objects: Mapping[str, Any] | None = None, module_objects: Mapping[str, Any] | None = None
) -> Any:
    """Return the class or function with a name, None where there is none.

    Args:
        name: as `"package>name"` or, for custom objects, the plain name.
        custom_objects: names and objects that come after those of the scope and of the registry.
        module_objects: names and objects that come last.
    """
    for objects in (_scoped.get(), _objects, custom_objects or {}, module_objects or {}):
        if name in objects:
            return objects[name]
    return None


def get_custom_objects() -> dict[str, Any]:
    """Return the registry itself: a dict from registered names to classes and functions that may be changed."""
    return _objects


def scoped_objects() -> Mapping[str, Any]:
    """Return the objects of the `custom_object_scope`s around."""
    return _scoped.get()


class CustomObjectScope:
    """Names classes and functions for what is read inside the block.

    Args:
        custom_objects: dict from names to classes and functions, or None.

    Example:
        >>> with CustomObjectScope({"half": lambda x: x / 2}):
        ...     get_registered_object("half")(4.0)
        2.0
    """

    def __init__(self, custom_objects: Mapping[str, Any] | None) -> None:
        self.custom_objects = dict(custom_objects or {})

    def __enter__(self) -> "CustomObjectScope":
        self._token = _scoped.set({**_scoped.get(), **self.custom_objects})
        return self

    def __exit__(self, *_exception: object) -> None:
        _scoped.reset(self._token)


custom_object_scope = CustomObjectScope
