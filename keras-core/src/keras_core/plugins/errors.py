"""What goes wrong with plugins, said so that the reader can repair it."""

from collections.abc import Sequence


class PluginError(Exception):
    """Base of all errors about plugins."""


class ConfigError(PluginError):
    """The configuration file cannot be read or written."""


class PluginLoadError(PluginError):
    """A plugin that was asked for cannot be used.

    Args:
        name: name of the plugin, as in its entry point.
        distribution: name of the distribution that brings it.
        version: version of the distribution.
        cause: what went wrong.
        repair: the command that repairs it, or what else to do; empty where nothing is known to help.
    """

    kind = "plugin"

    def __init__(self, name: str, distribution: str, version: str, cause: str, repair: str) -> None:
        self.name = name
        self.distribution = distribution
        self.version = version
        self.cause = cause
        self.repair = repair
        message = f"{self.kind} '{name}' (distribution {distribution} {version}) cannot be used: {cause}"
        super().__init__(f"{message}\nTo repair it: {repair}" if repair else message)

    def __reduce__(self):
        return type(self), (self.name, self.distribution, self.version, self.cause, self.repair)


class BackendLoadError(PluginLoadError):
    """A backend that was asked for cannot be used."""

    kind = "backend"

    @property
    def backend(self) -> str:
        """Name of the backend."""
        return self.name


class PackLoadError(PluginLoadError):
    """A pack whose class was asked for cannot be used."""

    kind = "pack"


class KernelsLoadError(PluginLoadError):
    """A plugin with kernels for somebody else's backend cannot be used."""

    kind = "kernel plugin"


class DuplicatePluginError(BackendLoadError):
    """Several distributions bring a backend of the name that was asked for."""


class UnknownBackendError(PluginError, ValueError):
    """No installed distribution brings a backend of this name.

    Args:
        backend: the name that was asked for.
        installed: names of the installed backends.
    """

    def __init__(self, backend: str, installed: Sequence[str]) -> None:
        from difflib import get_close_matches

        self.backend = backend
        self.installed = tuple(installed)
        self.near = tuple(get_close_matches(backend.lower(), self.installed, n=3, cutoff=0.6))
        parts = [f"there is no backend '{backend}'."]
        if self.near:
            parts.append("Did you mean " + " or ".join(f"'{name}'" for name in self.near) + "?")
        parts.append(f"Installed: {', '.join(self.installed)}.")
        if backend.replace("-", "").replace("_", "").isalnum():
            parts.append(f"A backend of that name is usually installed by: pip install keras-backend-{backend.lower()}")
        super().__init__(" ".join(parts))

    def __reduce__(self):
        return type(self), (self.backend, self.installed)
