"""Layers: those of core, imported when they are used, then those that installed packs declare."""

from importlib import import_module
from typing import Any

from keras_core.layers.packs import layer_of_pack, names_of_packs

# Module -> the public names that it brings.
_HOMES = {
    "input_layer": ("Input", "InputLayer"),
    "input_spec": ("InputSpec",),
    "layer": ("Layer",),
    "serialization": ("deserialize", "serialize"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    found = layer_of_pack(name, __all__) if home is None else getattr(import_module(f"{__name__}.{home}"), name)
    if home is not None:
        globals()[name] = found  # a pack may come and go with its installation, core's classes stay
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF, *names_of_packs()})
