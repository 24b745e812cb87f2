"""Hooks of the NumPy backend."""

from collections.abc import Callable, Mapping
from typing import Any

from keras_core.contract import Devices, HostConversion, hookimpl

NAME = "numpy"


def own_kernels() -> Mapping[str, Callable[..., Any]]:
    """Return the kernels that this backend brings, by op name; plugins may put others in their places."""
    from keras_core.backends.numpy import kernels, recurrence, spatial, updates

    return {**kernels.KERNELS, **spatial.KERNELS, **updates.KERNELS, **recurrence.KERNELS}


class NumpyBackend:
    """The plugin object; nothing is computed or imported before a hook is called."""

    @hookimpl
    def keras_primitives(self, backend: str) -> Mapping[str, Callable[..., Any]] | None:
        """All primitives."""
        if backend != NAME:
            return None
        from keras_core.backends.numpy.primitives import primitives

        return primitives()

    @hookimpl
    def keras_kernels(self, backend: str) -> Mapping[str, Callable[..., Any]] | None:
        """Composites that are faster, or more accurate, in NumPy's own terms."""
        return own_kernels() if backend == NAME else None

    @hookimpl
    def keras_transforms(self, backend: str) -> Mapping[str, Callable[..., Any]] | None:
        """Records of frequent functions; the derived transforms for the rest."""
        if backend != NAME:
            return None
        from keras_core.backends.numpy import recording

        return recording.TRANSFORMS

    @hookimpl
    def keras_devices(self, backend: str) -> Devices | None:
        """One CPU."""
        return Devices() if backend == NAME else None

    @hookimpl
    def keras_host_conversion(self, backend: str) -> HostConversion | None:
        """Tensors are NumPy arrays; the scalars that NumPy returns in place of 0-d arrays count as tensors too."""
        if backend != NAME:
            return None
        from keras_core.backends.numpy.host import host_conversion

        return host_conversion()


contract_1_0 = NumpyBackend()
