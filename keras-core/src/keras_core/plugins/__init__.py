"""Discovery, loading and registration of plugins.

Importing this package costs nothing: its names are fetched when they are used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from keras_core.plugins.answers import Answers
    from keras_core.plugins.config import (
        Choice,
        backend_choice,
        chosen_backend,
        persist_backend,
        read_config,
        write_config,
    )
    from keras_core.plugins.discovery import BACKENDS, GROUPS, KERNELS, PACKS, PluginInfo, State
    from keras_core.plugins.errors import (
        BackendLoadError,
        ConfigError,
        DuplicatePluginError,
        KernelsLoadError,
        PackLoadError,
        PluginError,
        PluginLoadError,
        UnknownBackendError,
    )
    from keras_core.plugins.packs import (
        advice_on_packs,
        find_pack,
        load_serializable,
        pack_operations,
        pack_serializables,
        package_known_to_have,
        resolve_pack_class,
    )
    from keras_core.plugins.registry import (
        announce,
        formats,
        list_plugins,
        load_backend_plugin,
        refresh,
        register_builtin,
    )

_HOMES = {
    "answers": ("Answers",),
    "config": ("Choice", "backend_choice", "chosen_backend", "persist_backend", "read_config", "write_config"),
    "discovery": ("BACKENDS", "GROUPS", "KERNELS", "PACKS", "PluginInfo", "State"),
    "errors": (
        *("BackendLoadError", "ConfigError", "DuplicatePluginError", "KernelsLoadError", "PackLoadError"),
        *("PluginError", "PluginLoadError", "UnknownBackendError"),
    ),
    "packs": (
        *("advice_on_packs", "find_pack", "load_serializable"),
        *("pack_operations", "pack_serializables", "package_known_to_have", "resolve_pack_class"),
    ),
    "registry": ("announce", "formats", "list_plugins", "load_backend_plugin", "refresh", "register_builtin"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "BACKENDS",
    "GROUPS",
    "KERNELS",
    "PACKS",
    "Answers",
    "BackendLoadError",
    "Choice",
    "ConfigError",
    "DuplicatePluginError",
    "KernelsLoadError",
    "PackLoadError",
    "PluginError",
    "PluginInfo",
    "PluginLoadError",
    "State",
    "UnknownBackendError",
    "advice_on_packs",
    "announce",
    "backend_choice",
    "chosen_backend",
    "find_pack",
    "formats",
    "list_plugins",
    "load_backend_plugin",
    "load_serializable",
    "pack_operations",
    "pack_serializables",
    "package_known_to_have",
    "persist_backend",
    "read_config",
    "refresh",
    "register_builtin",
    "resolve_pack_class",
    "write_config",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
