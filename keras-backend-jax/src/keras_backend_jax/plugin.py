"""Hooks of the JAX backend."""

from collections.abc import Callable, Mapping
from typing import Any

from keras_core.contract import Devices, HostConversion, hookimpl

NAME = "jax"


class JaxBackend:
    """The plugin object. JAX is imported by the first hook that is called for this backend, not before."""

    @hookimpl
    def keras_primitives(self, backend: str) -> Mapping[str, Callable[..., Any]] | None:
        """All primitives."""
        if backend != NAME:
            return None
        from keras_backend_jax.primitives import primitives

        return primitives()

    @hookimpl
    def keras_kernels(self, backend: str) -> Mapping[str, Callable[..., Any]] | None:
        """Composites that JAX has itself, or that become one compiled call."""
        if backend != NAME:
            return None
        from keras_backend_jax import kernels, nn

        return {**kernels.KERNELS, **nn.KERNELS}

    @hookimpl
    def keras_transforms(self, backend: str) -> Mapping[str, Callable[..., Any]] | None:
        """Every transform: they are what JAX is made of."""
        if backend != NAME:
            return None
        from keras_backend_jax.transforms import TRANSFORMS

        return TRANSFORMS

    @hookimpl
    def keras_devices(self, backend: str) -> Devices | None:
        """The devices of this process, accelerators first."""
        if backend != NAME:
            return None
        from keras_backend_jax.devices import devices

        return devices()

    @hookimpl
    def keras_host_conversion(self, backend: str) -> HostConversion | None:
        """Conversion; asking for it switches JAX's 64-bit dtypes on for the process (see `host.host_conversion`)."""
        if backend != NAME:
            return None
        from keras_backend_jax.host import host_conversion

        return host_conversion()


contract_1_0 = JaxBackend()
