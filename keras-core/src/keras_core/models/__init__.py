"""Models: functional, sequential, subclassed; cloned, shown, saved."""

from importlib import import_module
from typing import Any

from keras_core.runtime.naming import no_attribute

_HOMES = {
    "cloning": ("clone_model",),
    "function": ("Function",),
    "functional": ("Functional",),
    "model": ("Model", "model_from_json"),
    "sequential": ("Sequential",),
    "storage": ("load_model", "save_model"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise no_attribute(__name__, name, __all__)
    found = globals()[name] = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
