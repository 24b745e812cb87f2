"""A plugin object for backends whose parts are imported when they are asked for."""

from collections.abc import Callable, Mapping
from importlib import import_module
from inspect import isroutine
from typing import Any

from keras_core.contract.devices import Devices
from keras_core.contract.hookspecs import hookimpl
from keras_core.contract.host import HostConversion


class LazyBackend:
    """The hooks of a backend, answered by what its modules hold; nothing is imported before a hook asks for it.

    Each answer is a string, `"module:name"`: a module of the package, and an object in it or a function without
    arguments that returns the answer.

    Args:
        name: name of the backend.
        package: package of its modules.
        primitives: answer to `keras_primitives`.
        kernels: answer to `keras_kernels`, None for none.
        transforms: answer to `keras_transforms`, None for none.
        devices: answer to `keras_devices`.
        host_conversion: answer to `keras_host_conversion`.
        activated: function without arguments that is called when the backend has been activated, or None.
        classes: class name -> module of the package, for the same object as a pack (`keras_serializables`).

    Example:
        >>> from keras_core.contract.lazy_backend import LazyBackend
        >>> backend = LazyBackend(
        ...     "own", "own_backend", primitives="primitives:PRIMITIVES", classes={"Layer": "layers"}
        ... )
        >>> backend.keras_serializables()
        {'own_backend>Layer': 'own_backend.layers:Layer'}
    """

    def __init__(
        self,
        name: str,
        package: str,
        *,
        primitives: str = "primitives:PRIMITIVES",
        kernels: str | None = "kernels:KERNELS",
        transforms: str | None = "transforms:TRANSFORMS",
        devices: str = "host:DEVICES",
        host_conversion: str = "host:HOST_CONVERSION",
        activated: str | None = None,
        classes: Mapping[str, str] | None = None,
    ) -> None:
        self._name = name
        self._package = package
        self._primitives = primitives
        self._kernels = kernels
        self._transforms = transforms
        self._devices = devices
        self._host_conversion = host_conversion
        self._activated = activated
        self._classes = dict(classes or {})

    def _answer(self, backend: str, path: str | None) -> Any:
        if backend != self._name or path is None:
            return None
        module, _, name = path.partition(":")
        found = getattr(import_module(f"{self._package}.{module}"), name)
        return found() if isroutine(found) else found

    @hookimpl
    def keras_primitives(self, backend: str) -> Mapping[str, Callable[..., Any]] | None:
        """Answer with the primitives."""
        return self._answer(backend, self._primitives)

    @hookimpl
    def keras_kernels(self, backend: str) -> Mapping[str, Callable[..., Any]] | None:
        """Answer with the ops that the framework computes natively."""
        return self._answer(backend, self._kernels)

    @hookimpl
    def keras_transforms(self, backend: str) -> Mapping[str, Callable[..., Any]] | None:
        """Answer with the transforms that the framework has."""
        return self._answer(backend, self._transforms)

    @hookimpl
    def keras_devices(self, backend: str) -> Devices | None:
        """Answer with the devices."""
        return self._answer(backend, self._devices)

    @hookimpl
    def keras_host_conversion(self, backend: str) -> HostConversion | None:
        """Answer with tensor types, dtypes and conversion."""
        return self._answer(backend, self._host_conversion)

    @hookimpl
    def keras_backend_activated(self, backend: str) -> None:
        """Call the backend's own function."""
        self._answer(backend, self._activated)

    @hookimpl
    def keras_serializables(self) -> Mapping[str, str]:
        """Answer with the classes that the package brings."""
        return {f"{self._package}>{name}": f"{self._package}.{module}:{name}" for name, module in self._classes.items()}
