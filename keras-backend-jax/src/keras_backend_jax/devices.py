"""Devices by name, `"cpu:0"`, `"gpu:1"`, and placement on them."""

from contextlib import AbstractContextManager
from typing import Any

import jax

from keras_core.contract import Devices


def devices() -> Devices:
    """Return the answer to `keras_devices`."""
    known = _local_devices()
    names = {device: name for name, device in known.items()}

    def find(name: str) -> jax.Device:
        try:
            return known[name]
        except KeyError:
            raise ValueError(f"backend 'jax' has no device {name!r}; it has {', '.join(known)}") from None

    def scope(name: str) -> AbstractContextManager[Any]:
        return jax.default_device(find(name))

    def place(x: jax.Array, name: str) -> jax.Array:
        device = find(name)
        if not isinstance(x, jax.core.Tracer) and x.devices() == {device}:
            return x
        return jax.device_put(x, device)

    def device_of(x: jax.Array) -> str:
        if isinstance(x, jax.core.Tracer):
            return next(iter(known))  # where a traced value will live is decided when the computation runs
        return min((names[device] for device in x.devices() if device in names), default=next(iter(known)))

    return Devices(lambda: tuple(known), scope, place, device_of, _synchronize, jax.profiler.trace)


def _local_devices() -> dict[str, jax.Device]:
    found = jax.local_devices()
    if all(device.platform != "cpu" for device in found):
        found = found + jax.local_devices(backend="cpu")
    numbers: dict[str, int] = {}
    known = {}
    for device in found:
        number = numbers.get(device.platform, 0)
        numbers[device.platform] = number + 1
        known[f"{device.platform}:{number}"] = device
    return known


def _synchronize() -> None:
    jax.effects_barrier()
    jax.block_until_ready([array for array in jax.live_arrays() if not array.is_deleted()])
