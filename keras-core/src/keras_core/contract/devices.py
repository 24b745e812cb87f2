"""Devices of a backend and the placement of tensors on them."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

Tensor = Any


def _no_scope(name: str) -> AbstractContextManager[Any]:
    return nullcontext()


def _same_tensor(x: Tensor, name: str) -> Tensor:
    return x


def _nothing_to_wait_for() -> None:
    return None


@contextmanager
def _profile_of_python(folder: str) -> Iterator[None]:
    import cProfile

    with cProfile.Profile() as profile:
        yield
    profile.dump_stats(os.path.join(folder, "python.prof"))


@dataclass(frozen=True)
class Devices:
    """What the hook `keras_devices` answers. Device names are `"cpu:0"`, `"gpu:1"`, `"tpu:0"`.

    Attributes:
        names: `() -> names` of the devices that this process can use; the first is the default.
        scope: `(name) -> context manager` in which new tensors are made on that device.
        place: `(tensor, name) -> tensor` on that device; the tensor itself where it is there already.
        device_of: `(tensor) -> name`.
        synchronize: `() -> None`, back when all work handed to the devices is done.
        profile: `(folder) -> context manager` that writes files about what runs inside it into a folder that is there:
            such as TensorBoard shows, where the framework has them; by default `python.prof` of Python's own profiler,
            which `python -m pstats` shows.
    """

    names: Callable[[], Sequence[str]] = lambda: ("cpu:0",)
    scope: Callable[[str], AbstractContextManager[Any]] = _no_scope
    place: Callable[[Tensor, str], Tensor] = _same_tensor
    device_of: Callable[[Tensor], str] = lambda _x: "cpu:0"
    synchronize: Callable[[], None] = _nothing_to_wait_for
    profile: Callable[[str], AbstractContextManager[Any]] = _profile_of_python
