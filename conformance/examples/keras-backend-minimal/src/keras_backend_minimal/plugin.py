"""Hooks of the backend: primitives and host conversion. Everything else is derived by core."""

from collections.abc import Callable, Mapping
from typing import Any

from keras_core.contract import HostConversion, hookimpl

NAME = "minimal"


class MinimalBackend:
    """The plugin object; nothing is imported before a hook is called."""

    @hookimpl
    def keras_primitives(self, backend: str) -> Mapping[str, Callable[..., Any]] | None:
        """All primitives."""
        if backend != NAME:
            return None
        from keras_backend_minimal.primitives import primitives

        return primitives()

    @hookimpl
    def keras_host_conversion(self, backend: str) -> HostConversion | None:
        """Tensors are arrays of `array_api_strict`."""
        if backend != NAME:
            return None
        from keras_backend_minimal.host import host_conversion

        return host_conversion()


contract_1_0 = MinimalBackend()
