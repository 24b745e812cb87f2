"""The plugin object that the entry point names."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Final

from keras_core.contract import Devices, HostConversion, hookimpl

NAME: Final = "torch"


def _own(backend: str, module: str, name: str) -> Any:
    """Return what a module of this package has for this backend; the first time torch is imported."""
    return getattr(import_module(f"keras_backend_torch.{module}"), name) if backend == NAME else None


class TorchBackend:
    """The hooks of the backend `torch`, written for contract 1.0."""

    @hookimpl
    def keras_primitives(self, backend: str) -> Mapping[str, Callable[..., Any]] | None:
        """Answer with the primitives."""
        return _own(backend, "primitives", "PRIMITIVES")

    @hookimpl
    def keras_kernels(self, backend: str) -> Mapping[str, Callable[..., Any]] | None:
        """Answer with the ops that torch computes natively."""
        return _own(backend, "kernels", "KERNELS")

    @hookimpl
    def keras_transforms(self, backend: str) -> Mapping[str, Callable[..., Any]] | None:
        """Answer with the transforms that torch has."""
        return _own(backend, "transforms", "TRANSFORMS")

    @hookimpl
    def keras_devices(self, backend: str) -> Devices | None:
        """Answer with the accelerators and the CPU."""
        return _own(backend, "host", "DEVICES")

    @hookimpl
    def keras_host_conversion(self, backend: str) -> HostConversion | None:
        """Answer with dtypes and conversion."""
        return _own(backend, "host", "HOST_CONVERSION")


contract_1_0: Final = TorchBackend()
