"""The plugin object: TensorFlow's answers to the hooks."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from keras_core.contract import Devices, HostConversion, hookimpl

BACKEND = "tensorflow"


def _own(backend: str, module: str, name: str) -> Any:
    """Return what a module of this package has for this backend; the first time TensorFlow is imported."""
    return getattr(import_module(f"keras_backend_tf.{module}"), name) if backend == BACKEND else None


class TensorFlowBackend:
    """The backend `tensorflow`, written for contract 1.0."""

    @hookimpl
    def keras_primitives(self, backend: str) -> Mapping[str, Callable[..., Any]] | None:
        """All primitives."""
        return _own(backend, "primitives", "PRIMITIVES")

    @hookimpl
    def keras_kernels(self, backend: str) -> Mapping[str, Callable[..., Any]] | None:
        """The composite ops that TensorFlow computes itself."""
        return _own(backend, "kernels", "KERNELS")

    @hookimpl
    def keras_transforms(self, backend: str) -> Mapping[str, Callable[..., Any]] | None:
        """All transforms."""
        return _own(backend, "transforms", "TRANSFORMS")

    @hookimpl
    def keras_devices(self, backend: str) -> Devices | None:
        """TensorFlow's logical devices."""
        return _own(backend, "host", "DEVICES")

    @hookimpl
    def keras_host_conversion(self, backend: str) -> HostConversion | None:
        """Tensor types, dtypes and conversion."""
        return _own(backend, "host", "HOST_CONVERSION")

    @hookimpl
    def keras_backend_activated(self, backend: str) -> None:
        """Let TensorFlow's operators and functions take variables; as arrays they would be constants: no gradients."""
        accept_variables = _own(backend, "host", "accept_variables")
        if accept_variables is not None:
            accept_variables()


contract_1_0 = TensorFlowBackend()
