"""The plugin object: TensorFlow's answers to the hooks."""

from collections.abc import Callable, Mapping
from typing import Any

from keras_backend_tf import host
from keras_backend_tf.kernels import KERNELS
from keras_backend_tf.primitives import PRIMITIVES
from keras_backend_tf.transforms import TRANSFORMS
from keras_core.contract import Devices, HostConversion, hookimpl


class TensorFlowBackend:
    """The backend `tensorflow`, written for contract 1.0."""

    @hookimpl
    def keras_primitives(self, backend: str) -> Mapping[str, Callable[..., Any]] | None:
        """All primitives."""
        return PRIMITIVES if backend == host.BACKEND else None

    @hookimpl
    def keras_kernels(self, backend: str) -> Mapping[str, Callable[..., Any]] | None:
        """The composite ops that TensorFlow computes itself."""
        return KERNELS if backend == host.BACKEND else None

    @hookimpl
    def keras_transforms(self, backend: str) -> Mapping[str, Callable[..., Any]] | None:
        """All transforms."""
        return TRANSFORMS if backend == host.BACKEND else None

    @hookimpl
    def keras_devices(self, backend: str) -> Devices | None:
        """TensorFlow's logical devices."""
        return host.DEVICES if backend == host.BACKEND else None

    @hookimpl
    def keras_host_conversion(self, backend: str) -> HostConversion | None:
        """Tensor types, dtypes and conversion."""
        return host.HOST_CONVERSION if backend == host.BACKEND else None


contract_1_0 = TensorFlowBackend()
