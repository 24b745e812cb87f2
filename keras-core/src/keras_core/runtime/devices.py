"""`device`: where new tensors are made."""

from contextlib import AbstractContextManager
from typing import Any

from keras_core.runtime.naming import did_you_mean
from keras_core.runtime.table import active

_SHORT = {"cuda": "gpu"}


def device(device_name: str) -> AbstractContextManager[Any]:
    """Return the context manager in which new tensors are made on a device of the active backend.

    Args:
        device_name: kind and number, `"cpu:0"`, `"gpu:1"`; without a number it is the first of its kind. Large letters
            and the forms `"/gpu:0"` and `"cuda:0"` mean the same.

    Raises:
        ValueError: where the backend has no such device; the message names those it has.

    Example:
        >>> with keras.device("cpu:0"):
        ...     ops.ones(2).tolist()
        [1.0, 1.0]
    """
    table = active()
    known = list(table.devices.names())
    name = _standardized(device_name)
    if name not in known:
        raise ValueError(
            f"device: expected one of the backend's devices, {known}, got {device_name!r}."
            f"{did_you_mean(device_name, known)}"
        )
    return table.devices.scope(name)


def _standardized(device_name: Any) -> str | None:
    if not isinstance(device_name, str):
        return None
    kind, _, number = device_name.lower().removeprefix("/").removeprefix("device:").partition(":")
    return f"{_SHORT.get(kind, kind)}:{number or 0}"
