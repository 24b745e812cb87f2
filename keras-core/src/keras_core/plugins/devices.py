"""The devices of backends, each asked in a process of its own: frameworks take memory and threads when they look."""

from keras_core.plugins.check import device_names
from keras_core.plugins.discovery import BACKENDS, State
from keras_core.plugins.errors import PluginLoadError
from keras_core.plugins.isolated import ChildError, run_isolated
from keras_core.plugins.registry import list_plugins, load_backend_plugin


def devices_of(backend: str, timeout: float = 120.0) -> list[str]:
    """Return the names of the devices that a backend can use, the default first.

    Raises:
        ChildError: where the backend does not tell.
    """
    answer = run_isolated("keras_core.plugins.devices:ask_devices", backend, timeout=timeout)
    if "error" in answer:
        raise ChildError(answer["error"])
    return answer["devices"]


def available_backends() -> list[str]:
    """Return the names of the backends that can be used, as far as metadata say."""
    return [info.name for info in list_plugins(BACKENDS) if info.state is State.AVAILABLE]


def ask_devices(backend: str) -> dict[str, list[str] | str]:
    """Ask a backend in this process; for a process that ends then."""
    try:
        return {"devices": device_names(load_backend_plugin(backend).devices)}
    except PluginLoadError as error:
        return {"error": str(error)}
