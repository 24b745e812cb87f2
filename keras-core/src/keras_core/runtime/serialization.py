"""Objects to configurations of plain data and back: the one mechanism for layers, losses, functions and all the rest.

A configuration has the layout of Keras 3:

    {"module": "keras.layers", "class_name": "Dense", "config": {...}, "registered_name": None}

It is data, never code. A class or function is built only if it is known: a public one of core (`runtime/rooms.py`), one
that an installed pack declares, one that was registered, or one of explicit `custom_objects`. No module that a
configuration names is ever imported, and the bytecode of a lambda is never loaded, `safe_mode` or not.
"""

import contextlib
import inspect
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Final

import numpy as np

from keras_core.runtime import dtypes
from keras_core.runtime.conversion import to_tensor
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.known_objects import (
    DATA,
    Expected,
    UnknownObjectError,
    expected_classes,
    find_known_class,
    find_known_function,
)
from keras_core.runtime.refusal import shown
from keras_core.runtime.registry import (
    CustomObjectScope,
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from keras_core.runtime.rooms import (
    find_function,
    written_module,
)
from keras_core.runtime.table import active, host_dtype, loaded_tables

__all__ = [
    "CustomObjectScope",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "register_keras_serializable",
    "serialize_keras_object",
]

_PLAIN: Final = (str, bool, int, float)
_shared: ContextVar[dict[int, tuple[int, Any]] | None] = ContextVar("keras_core_shared_objects", default=None)


@contextlib.contextmanager
def sharing_scope() -> Iterator[None]:
    """Let layers keep their identity inside the block, where one stands in several places of what is written or read.

    Configurations of layers get the key `shared_object_id`, the same number for the same layer; of those read with the
    same number the first one is built.
    """
    token = _shared.set({})
    try:
        yield
    finally:
        _shared.reset(token)


def serialize_keras_object(obj: Any) -> Any:
    """Return an object as data that JSON can hold.

    Args:
        obj: object with `get_config`, named function, tensor, array, number, dtype, bytes, slice, or a nested list,
            tuple or dict of these.

    Returns:
        A configuration, or the value itself where it is plain data. Tuples stay tuples (JSON makes lists of them).

    Raises:
        TypeError: for an object without `get_config`.
        ValueError: for a lambda, which has no name to be found by.

    Example:
        >>> serialize_keras_object(keras.initializers.Zeros())["class_name"]
        'Zeros'
    """
    if isinstance(obj, np.generic):
        return obj.item()
    if obj is None or isinstance(obj, _PLAIN):
        return obj
    if isinstance(obj, list):
        return [serialize_keras_object(item) for item in obj]
    if isinstance(obj, tuple):
        return tuple(serialize_keras_object(item) for item in obj)
    if isinstance(obj, dict):
        return {key: serialize_keras_object(value) for key, value in obj.items()}
    if isinstance(obj, KerasTensor):
        return _symbolic_tensor(obj)
    if isinstance(obj, np.ndarray):
        return _special("__numpy__", value=obj.tolist(), dtype=dtypes.standardize_dtype(obj.dtype))
    if isinstance(obj, np.dtype):
        return dtypes.standardize_dtype(obj)
    if isinstance(obj, bytes):
        return _special("__bytes__", value=_text(obj))
    if isinstance(obj, slice):
        parts = {"start": obj.start, "stop": obj.stop, "step": obj.step}
        return _special("__slice__", **{name: serialize_keras_object(part) for name, part in parts.items()})
    if obj is Ellipsis:
        return _special("__ellipsis__")
    if inspect.isroutine(obj):
        return _function(obj)
    if inspect.isclass(obj) or not hasattr(obj, "get_config"):
        return _tensor(obj)
    return _instance(obj)


def deserialize_keras_object(
    config: Any,
    custom_objects: Mapping[str, Any] | None = None,
    safe_mode: bool | None = True,
    *,
    expected: Expected = None,
) -> Any:
    """Return the object that a configuration describes.

    Args:
        config: what `serialize_keras_object` returned, also after a way through JSON.
        custom_objects: names and classes or functions that the configuration may name too.
        safe_mode: False says that the caller trusts what the configuration names; it is told to classes whose
            `from_config` takes `safe_mode`, and by them to what is inside. None means True. Code in the configuration
            is never loaded, whatever it says.
        expected: class, or tuple of classes, of what must come out (`types.FunctionType` for functions), checked before
            anything is built; in a list or dict, of each element.

    Raises:
        TypeError: where a class or function is not known, or is none of the expected.
        ValueError: where the configuration holds code or is malformed.
        PluginError: where a class belongs to a pack that is not installed.

    Example:
        >>> deserialize_keras_object({"module": "keras.initializers", "class_name": "Ones", "config": {}})
        <Ones>
    """

    def inner(item: Any) -> Any:
        return deserialize_keras_object(item, custom_objects, safe_mode, expected=expected)

    if isinstance(config, list):
        return [inner(item) for item in config]
    if isinstance(config, tuple):
        return tuple(inner(item) for item in config)
    if not isinstance(config, dict):
        return config
    if "class_name" not in config or "config" not in config:
        return {key: inner(value) for key, value in config.items()}
    class_name = config["class_name"]
    if not isinstance(class_name, str):
        raise ValueError(f"deserialize_keras_object: expected 'class_name' to be a string, got {class_name!r}.")
    if class_name.startswith("__"):
        if expected_classes(expected):
            names = " or ".join(cls.__name__ for cls in expected_classes(expected))
            raise TypeError(f"deserialize_keras_object: expected {names}, got a value of kind {shown(class_name)}.")
        return _from_special(class_name, config["config"])
    with custom_object_scope(custom_objects):
        if class_name == "function":
            return find_known_function(config, expected)
        return _build_once(find_known_class(config, expected), config, safe_mode is not False)


# writing -----------------------------------------------------------------------------------------------------------


def _special(class_name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": class_name, "config": config}


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError(f"serialize_keras_object: expected bytes of UTF-8 text, got {value[:20]!r}.") from None


def _symbolic_tensor(tensor: KerasTensor) -> dict[str, Any]:
    history = tensor._keras_history
    place = None if history is None else [history.operation.name, history.node_index, history.tensor_index]
    return _special("__keras_tensor__", shape=list(tensor.shape), dtype=tensor.dtype, keras_history=place)


def _tensor(value: Any) -> dict[str, Any]:
    for table in loaded_tables().values():
        if isinstance(value, table.tensor_types):
            array = table.to_host(value)
            return _special("__tensor__", value=array.tolist(), dtype=dtypes.standardize_dtype(array.dtype))
    what = f"the class {value!r} itself" if inspect.isclass(value) else f"{value!r} of type {type(value).__name__}"
    raise TypeError(
        f"serialize_keras_object: cannot serialize {what}. Give it a method get_config() that returns the arguments of "
        "its constructor, and register the class by @keras_core.saving.register_keras_serializable()."
    )


def _function(function: Any) -> dict[str, Any]:
    name = get_registered_name(function)
    module = "builtins"
    if name == "<lambda>":
        raise ValueError(
            f"serialize_keras_object: the lambda {function.__qualname__!r} of module {function.__module__} cannot be "
            "saved, since a model file holds no code. Write it as a named function and register it by "
            "@keras_core.saving.register_keras_serializable()."
        )
    if ">" not in name:
        known = find_function(name)
        if known is not None and known is not function:
            if find_function(name, ("ops",)) is not function:
                raise ValueError(
                    f"serialize_keras_object: the function '{name}' of module {function.__module__} has the name of "
                    "another one of Keras, which would be loaded in its place. Register it by "
                    "@keras_core.saving.register_keras_serializable()."
                )
            module = "keras.ops"
    return {"module": module, "class_name": "function", "config": name, "registered_name": "function"}


def _instance(instance: Any) -> dict[str, Any]:
    cls = type(instance)
    module, registered_name = _names_of_class(cls)
    config = {
        "module": module,
        "class_name": cls.__name__,
        "config": serialize_keras_object(instance.get_config()),
        "registered_name": registered_name,
    }
    for key in ("build_config", "compile_config"):
        getter = getattr(instance, f"get_{key}", None)
        value = getter() if getter is not None else None
        if value is not None:
            config[key] = serialize_keras_object(value)
    shared = _shared.get()
    if shared is not None and getattr(cls, "_is_layer", False):
        # The instance is kept with its number, so that its id is not given to another one.
        config["shared_object_id"] = shared.setdefault(id(instance), (len(shared) + 1, instance))[0]
    return config


def _names_of_class(cls: type) -> tuple[str | None, str | None]:
    registered_name = get_registered_name(cls)
    if ">" in registered_name:
        return registered_name.partition(">")[0] if _pack_name(cls) == registered_name else None, registered_name
    written = written_module(cls)
    if written is not None:
        return written, "Functional" if cls.__name__ == "Functional" else None
    of_pack = _pack_name(cls)
    if of_pack is not None:
        return of_pack.partition(">")[0], of_pack
    return None, registered_name


def _pack_name(cls: type) -> str | None:
    """Return `"pack>Name"` of a class that an installed pack declares, None for any other."""
    package = cls.__module__.partition(".")[0]
    if package in ("keras_core", "__main__", "builtins"):
        return None
    from keras_core.plugins import load_serializable, pack_serializables

    for name, path in pack_serializables().items():
        same = path.rpartition(":")[2] == cls.__name__
        if same and name.partition(">")[0] == package and load_serializable(name) is cls:
            return name
    return None


# reading -----------------------------------------------------------------------------------------------------------


def _from_special(class_name: str, config: Any) -> Any:
    if class_name == "__lambda__":
        raise ValueError(
            "deserialize_keras_object: the configuration holds the bytecode of a lambda. Keras Core never loads code "
            "from a file, with safe_mode=False neither. Write the lambda as a named function, register it by "
            "@keras_core.saving.register_keras_serializable() and save the model with it."
        )
    if class_name == "__ellipsis__":
        return Ellipsis
    try:
        if class_name == "__numpy__":
            return np.array(config["value"], dtype=host_dtype(dtypes.standardize_dtype(config["dtype"])))
        if class_name == "__tensor__":
            return to_tensor(active(), np.array(config["value"]), dtypes.standardize_dtype(config["dtype"]))
        if class_name == "__bytes__":
            return config["value"].encode("utf-8")
        if class_name == "__keras_tensor__":
            return KerasTensor(config["shape"], config["dtype"])
        if class_name == "__slice__":
            parts = (config["start"], config["stop"], config["step"])
            return slice(*(deserialize_keras_object(part, expected=DATA) for part in parts))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"deserialize_keras_object: malformed '{class_name}' configuration {config!r}.") from error
    raise ValueError(f"deserialize_keras_object: unknown kind of value '{class_name}'.")


def _build_once(cls: type, config: dict[str, Any], safe_mode: bool) -> Any:
    """Build an object, or return the one that was built before from a configuration of the same number."""
    shared, number = _shared.get(), config.get("shared_object_id")
    if shared is None or type(number) is not int or not getattr(cls, "_is_layer", False):
        return _build(cls, config, safe_mode)
    if number not in shared:
        shared[number] = number, _build(cls, config, safe_mode)
    found = shared[number][1]
    if type(found) is not cls:
        raise ValueError(
            f"deserialize_keras_object: the shared_object_id {number} is that of a {type(found).__name__} and of a "
            f"{cls.__name__}."
        )
    return found


@lru_cache(maxsize=1024)
def _function_takes_safe_mode(function: Any) -> bool:
    return "safe_mode" in inspect.signature(function).parameters


def takes_safe_mode(from_config: Any) -> bool:
    """Tell whether a method `from_config` wants to know if the caller trusts what the configuration names."""
    return _function_takes_safe_mode(getattr(from_config, "__func__", from_config))


def _build(cls: type, config: dict[str, Any], safe_mode: bool) -> Any:
    inner = config["config"]
    if not isinstance(inner, dict):
        raise ValueError(f"deserialize_keras_object: expected 'config' of {cls.__name__} to be a dict, got {inner!r}.")
    try:
        from_config = cls.from_config  # pyright: ignore[reportAttributeAccessIssue]
        asks = takes_safe_mode(from_config)
        instance = from_config(inner, safe_mode=safe_mode) if asks else from_config(inner)
    except UnknownObjectError:  # of something inside, which says more than the class around it
        raise
    except TypeError as error:
        raise TypeError(
            f"deserialize_keras_object: {cls.__name__}.from_config() does not take this configuration: {error}"
        ) from error
    if config.get("build_config") and not getattr(instance, "built", True):
        instance.build_from_config(config["build_config"])
    if config.get("compile_config"):
        instance.compile_from_config(config["compile_config"])
    return instance
