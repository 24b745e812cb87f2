"""The plugins of this process: loaded guarded, registered with pluggy, asked once.

A plugin that nobody asked for and that fails is kept out and remembered, so that listing shows why. One that was asked
for raises an error that says what to do.
"""

import importlib
import threading
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from keras_core.contract import Format
from keras_core.plugins import answers as check
from keras_core.plugins.answers import Answers
from keras_core.plugins.discovery import BACKENDS, FORMATS, KERNELS, PACKS, PluginInfo, State
from keras_core.plugins.discovery import list_plugins as discover
from keras_core.plugins.errors import (
    BackendLoadError,
    DuplicatePluginError,
    PackLoadError,
    PluginLoadError,
    UnknownBackendError,
)
from keras_core.plugins.loading import guarded, import_plugin, new_manager, upgrade, without_traceback

_Key = tuple[str, str, str]
_ACTIVATED = "keras_backend_activated"


class Registry:
    """All loaded plugins. The one object of this class is the module's; tests make their own."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._manager = new_manager()
        self._builtins: list[Any] = []
        self._plugins: dict[_Key, tuple[PluginInfo, Any]] = {}
        self._backends: dict[str, Answers] = {}
        self._activated: list[str] = []
        self._told: set[tuple[str, int]] = set()
        self._loading: set[str] = set()
        self._failures: dict[_Key, PluginLoadError] = {}
        self._packs_loaded = False
        self._classes: dict[str, tuple[PluginInfo, str]] | None = None

    def list_plugins(self, group: str | None = None) -> list[PluginInfo]:
        """Return the installed plugins with what happened to them in this process; see `discovery.list_plugins`."""
        with self._lock:
            failures = {key: (error.cause, error.repair) for key, error in self._failures.items()}
        return discover(group, failures)

    def refresh(self) -> None:
        """Forget failures and which packs are installed, so that what has been installed since is tried."""
        with self._lock:
            importlib.invalidate_caches()
            self._failures.clear()
            self._packs_loaded = False
            self._classes = None

    def register_builtin(self, plugin: Any) -> None:
        """Register a plugin object that core itself brings; again has no effect."""
        with self._lock:
            if plugin not in self._builtins:
                self._manager.register(plugin)
                self._manager.check_pending()
                self._builtins.append(plugin)

    # backends

    def load_backend(self, name: str) -> Answers:
        """Return the answers of a backend, loading it at the first call."""
        with self._lock:
            if name in self._backends:
                return self._backends[name]
            info = self._usable_backend(name)
            if name in self._loading:
                cause = "its own import uses it before it is loaded"
                raise BackendLoadError(name, info.distribution, info.version, cause, upgrade(info))
            self._loading.add(name)
            try:
                plugin = import_plugin(info)
                self._register(info, plugin)
                self._backends[name] = self._collect(info, plugin)
            except PluginLoadError as error:
                self._drop(info, error)
                raise
            finally:
                self._loading.discard(name)
            return self._backends[name]

    def announce(self, backend: str) -> None:
        """Tell every plugin that a backend has been activated, the first time that it is; see `announce` below."""
        with self._lock:
            if backend in self._activated:
                return
            for info, plugin in self._loaded(BACKENDS):
                if info.name == backend:  # the one that was asked for goes first, and loudly
                    try:
                        self._tell(info, plugin, backend)
                    except PluginLoadError as error:
                        self._drop(info, error)
                        raise
            self._activated.append(backend)
            for plugin in self._builtins:
                self._ask(plugin, _ACTIVATED, backend=backend)
            for info, plugin in self._loaded():
                if (info.group, info.name) != (BACKENDS, backend):
                    self._quietly(info, lambda i=info, p=plugin: self._tell(i, p, backend))

    def _usable_backend(self, name: str) -> PluginInfo:
        listed = self.list_plugins(BACKENDS)
        found = [info for info in listed if info.name == name]
        if not found:
            raise UnknownBackendError(name, [info.name for info in listed])
        # A built-in comes first and an outside one cannot take its name; of two outside ones neither is usable.
        info = found[0]
        if info.state is State.DISABLED and len(found) > 1:
            info = next((other for other in found if other.state is not State.DISABLED), info)
        if info.state is not State.AVAILABLE:
            error = DuplicatePluginError if info.state is State.DUPLICATE else BackendLoadError
            cause = info.reason if info.state is State.BROKEN else f"{info.state}: {info.reason}"
            raise error(name, info.distribution, info.version, cause, info.repair)
        return info

    def _collect(self, info: PluginInfo, plugin: Any) -> Answers:
        def ask(hook: str, checked: Callable[[Any], Any]) -> Any:
            return self._ask_guarded(info, plugin, hook, checked, backend=info.name)

        assert info.contract is not None
        return Answers(
            name=info.name,
            distribution=info.distribution,
            version=info.version,
            contract=info.contract,
            primitives=ask("keras_primitives", check.checked_primitives),
            host=ask("keras_host_conversion", check.checked_host),
            devices=ask("keras_devices", check.checked_devices),
            transforms=ask("keras_transforms", check.checked_transforms),
            kernels=MappingProxyType(self._kernels(info, plugin)),
        )

    def _kernels(self, info: PluginInfo, plugin: Any) -> dict[str, Callable[..., Any]]:
        """Merge the kernels of a backend with those that others bring for it; the last registered wins."""
        merged = self._ask_guarded(info, plugin, "keras_kernels", check.checked_kernels, backend=info.name)
        self._load_group(KERNELS)
        for other, helper in self._loaded(KERNELS, PACKS):  # not other backends: they answer for themselves only
            if helper is not plugin:
                merged |= (
                    self._quietly(
                        other,
                        lambda o=other, h=helper: self._ask_guarded(
                            o, h, "keras_kernels", check.checked_kernels, backend=info.name
                        ),
                    )
                    or {}
                )
        return merged

    # packs

    def classes(self) -> Mapping[str, tuple[PluginInfo, str]]:
        """Return `"pack>Name" -> (pack, "module:Class")` of all packs that work."""
        self._load_packs()
        with self._lock:
            if self._classes is None:
                merged: dict[str, tuple[PluginInfo, str]] = {}
                for info, part in self._gather("keras_serializables", check.checked_serializables, PACKS):
                    taken = next((name for name in part if name in merged), None)
                    if taken is None:
                        merged |= {name: (info, path) for name, path in part.items()}
                    else:  # two packs in one namespace package
                        cause = f"it declares '{taken}', which {merged[taken][0].distribution} declares too"
                        self._drop(info, PackLoadError(info.name, info.distribution, info.version, cause, ""))
                self._classes = merged
            return self._classes

    def operations(self) -> list[Any]:
        """Return the op definitions that packs add."""
        self._load_packs()
        with self._lock:
            parts = self._gather("keras_ops", lambda _info, answer: list(answer), PACKS)
        return [definition for _, part in parts for definition in part]

    def formats(self) -> dict[str, Format]:
        """Return the file formats by extension: core's first, then those of packs, then of loaded backends."""
        module, _, attribute = FORMATS.partition(":")
        self.register_builtin(getattr(importlib.import_module(module), attribute))
        self._load_packs()
        with self._lock:
            core = [answer for plugin in self._builtins for answer in self._ask(plugin, "keras_formats")]
            others = self._gather("keras_formats", lambda _info, answer: check.checked_formats(answer), PACKS, BACKENDS)
        merged: dict[str, Format] = {}
        for part in [*core, *(answer for _, answer in others)]:
            merged = {**part, **merged}  # who came first keeps an extension
        return merged

    def _load_packs(self) -> None:
        if not self._packs_loaded:
            self._load_group(PACKS)
            self._packs_loaded = True

    # loading

    def _load_group(self, group: str) -> None:
        """Import and register all usable plugins of a group; those that fail stay out."""
        with self._lock:
            loaded = set(self._plugins)
        pending = [
            info for info in self.list_plugins(group) if info.state is State.AVAILABLE and info.key not in loaded
        ]
        # Imported without the lock: an import may wait for a thread that waits for the lock.
        imported = [(info, _imported(info)) for info in pending]
        with self._lock:
            for info, result in imported:
                if isinstance(result, PluginLoadError):
                    self._drop(info, result)
                else:
                    self._quietly(info, lambda i=info, r=result: self._register(i, r))

    def _register(self, info: PluginInfo, plugin: Any) -> None:
        if info.key in self._plugins:
            return
        if not self._manager.is_registered(plugin):  # one object may serve two groups
            guarded(info, "registering it", lambda: self._manager.register(plugin, name=":".join(info.key)))
        self._plugins[info.key] = info, plugin
        for backend in self._activated:
            self._tell(info, plugin, backend)

    def _tell(self, info: PluginInfo, plugin: Any, backend: str) -> None:
        """Tell one plugin that a backend has been activated, if it has not been told."""
        if (backend, id(plugin)) not in self._told:
            self._told.add((backend, id(plugin)))
            self._ask_guarded(info, plugin, _ACTIVATED, backend=backend)

    def _drop(self, info: PluginInfo, error: PluginLoadError) -> None:
        """Take a plugin out as if it had never been loaded, and remember why."""
        self._failures[info.key] = without_traceback(error)
        if info.group == BACKENDS:
            self._backends.pop(info.name, None)
        _, plugin = self._plugins.pop(info.key, (None, None))
        if plugin is not None and all(plugin is not other for _, other in self._loaded()):
            self._manager.unregister(plugin)

    def _loaded(self, *groups: str) -> list[tuple[PluginInfo, Any]]:
        """Return the loaded plugins of these groups (none named: of all), in order of registration."""
        return [(info, plugin) for info, plugin in self._plugins.values() if not groups or info.group in groups]

    def _ask(self, plugin: Any, hook: str, **arguments: Any) -> Any:
        """Call a hook of one plugin only, so that plugins cannot answer for each other."""
        others = [other for other in self._manager.get_plugins() if other is not plugin]
        return self._manager.subset_hook_caller(hook, others)(**arguments)

    def _ask_guarded(
        self,
        info: PluginInfo,
        plugin: Any,
        hook: str,
        checked: Callable[[Any], Any] = lambda answer: answer,
        **arguments: Any,
    ) -> Any:
        return guarded(info, f"its hook {hook}", lambda: checked(self._ask(plugin, hook, **arguments)))

    def _quietly(self, info: PluginInfo, function: Callable[[], Any]) -> Any:
        """Call a guarded function for a plugin that nobody asked for; None where it fails, and the plugin is out."""
        try:
            return function()
        except PluginLoadError as error:
            self._drop(info, error)
            return None

    def _gather(
        self, hook: str, checked: Callable[[PluginInfo, Any], Any], *groups: str
    ) -> list[tuple[PluginInfo, Any]]:
        """Return the checked answers of all loaded plugins of these groups with who gave them; who fails is out."""
        gathered: list[tuple[PluginInfo, Any]] = []
        for info, plugin in self._loaded(*groups):
            part = self._quietly(
                info,
                lambda i=info, p=plugin: self._ask_guarded(
                    i, p, hook, lambda found: [checked(i, one) for one in found]
                ),
            )
            gathered += [(info, one) for one in part or ()]
        return gathered


def _imported(info: PluginInfo) -> Any:
    try:
        return import_plugin(info)
    except PluginLoadError as error:
        return error


registry = Registry()
"""The plugins of this process."""


def list_plugins(group: str | None = None) -> list[PluginInfo]:
    """Return the installed plugins and their states, from metadata, built-in ones first.

    Args:
        group: `BACKENDS`, `PACKS` or `KERNELS`; None for all.
    """
    return registry.list_plugins(group)


def load_backend_plugin(name: str) -> Answers:
    """Return what a backend supplies; its plugin is imported and asked at the first call.

    Raises:
        UnknownBackendError: no distribution brings it.
        DuplicatePluginError: several do.
        BackendLoadError: it cannot be used; the message says why and how to repair it.
    """
    return registry.load_backend(name)


def announce(backend: str) -> None:
    """Call the hook `keras_backend_activated`, once a process for each backend.

    Plugins that are loaded later are told when they are loaded.

    Raises:
        BackendLoadError: where the backend's own hook fails.
    """
    registry.announce(backend)


def register_builtin(plugin: Any) -> None:
    """Register a plugin object of core itself (formats, ops); registering it again has no effect."""
    registry.register_builtin(plugin)


def refresh() -> None:
    """Forget failures and look for packs again, after something has been installed into the running process."""
    registry.refresh()


def formats() -> dict[str, Format]:
    """Return the file formats by extension: those of core, of packs and of the loaded backends.

    An extension of core cannot be taken over.
    """
    return registry.formats()
