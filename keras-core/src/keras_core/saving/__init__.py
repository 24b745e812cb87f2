"""Models to files and back: a model file is data, never code."""

from importlib import import_module
from typing import Any

from keras_core.runtime.naming import no_attribute

_HOMES = {
    "keras_core.models.storage": ("load_model", "load_weights", "save_model", "save_weights"),
    "keras_core.runtime.serialization": (
        *("CustomObjectScope", "custom_object_scope", "deserialize_keras_object", "get_custom_objects"),
        *("get_registered_name", "get_registered_object", "register_keras_serializable", "serialize_keras_object"),
    ),
    "keras_core.saving.limits": ("loading_limit",),
    "keras_core.runtime.refusal": ("ModelFileError",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise no_attribute(__name__, name, __all__)
    found = globals()[name] = getattr(import_module(_HOME_OF[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
