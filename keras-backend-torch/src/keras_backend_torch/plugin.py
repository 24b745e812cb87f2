"""The plugin object that the entry point names."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from keras_backend_torch.host import DEVICES, HOST_CONVERSION
from keras_backend_torch.kernels import KERNELS
from keras_backend_torch.primitives import PRIMITIVES
from keras_backend_torch.transforms import TRANSFORMS
from keras_core.contract import Devices, HostConversion, hookimpl

NAME: Final = "torch"


class TorchBackend:
    """The hooks of the backend `torch`, written for contract 1.0."""

    @hookimpl
    def keras_primitives(self, backend: str) -> Mapping[str, Callable[..., Any]] | None:
        """Answer with the primitives."""
        return PRIMITIVES if backend == NAME else None

    @hookimpl
    def keras_kernels(self, backend: str) -> Mapping[str, Callable[..., Any]] | None:
        """Answer with the ops that torch computes natively."""
        return KERNELS if backend == NAME else None

    @hookimpl
    def keras_transforms(self, backend: str) -> Mapping[str, Callable[..., Any]] | None:
        """Answer with the transforms that torch has."""
        return TRANSFORMS if backend == NAME else None

    @hookimpl
    def keras_devices(self, backend: str) -> Devices | None:
        """Answer with the accelerators and the CPU."""
        return DEVICES if backend == NAME else None

    @hookimpl
    def keras_host_conversion(self, backend: str) -> HostConversion | None:
        """Answer with dtypes and conversion."""
        return HOST_CONVERSION if backend == NAME else None


contract_1_0: Final = TorchBackend()
