"""Dtypes, conversion to and from the host, and devices."""

from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, Final

import ml_dtypes
import numpy as np
import torch
from torch import Tensor, profiler

from keras_core.contract import Devices, HostConversion, bound

_BITS: Final = MappingProxyType({"bfloat16": "int16", "float8_e4m3fn": "uint8", "float8_e5m2": "uint8"})
"""Dtypes that `torch.from_numpy` does not know, and those of their bits."""

_NAMES: Final = (
    *("bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"),
    *("float16", "float32", "float64", "complex64", "complex128", *_BITS),
)
DTYPES: Final[Mapping[str, torch.dtype]] = MappingProxyType({name: getattr(torch, name) for name in _NAMES})
_HOST_DTYPES: Final = MappingProxyType({name: np.dtype(getattr(ml_dtypes, name, name)) for name in _NAMES})
_NATIVE_BITS: Final = MappingProxyType({DTYPES[name]: (DTYPES[bits], name) for name, bits in _BITS.items()})
_DEVICE_SCOPE: ContextVar[torch.device | None] = ContextVar("keras_backend_torch_device", default=None)

RECORDING: Final[ContextVar[bool]] = ContextVar("keras_backend_torch_recording", default=False)
"""Whether tensors are traced only to do the very same ops again, for which every kernel is right."""


def is_functional() -> bool:
    """Tell whether a transform of torch.func (`vmap`, `jvp`, ...) surrounds the current code."""
    return torch._C._are_functorch_transforms_active()


def is_tracing() -> bool:
    """Tell whether tensors made now may belong to a trace: torch.func, a fake or tracing mode, or the compiler."""
    return is_functional() or torch._C._len_torch_dispatch_stack() > 0 or torch.compiler.is_compiling()


def is_transformed() -> bool:
    """Tell whether a trace surrounds the code of which other ops are made: batched, derived or compiled ones."""
    return is_functional() or (is_tracing() and not RECORDING.get())


def from_host(array: np.ndarray, dtype: str) -> Tensor:
    """Copy an array into a tensor of the named dtype on the device in scope."""
    return adopt(np.array(array, dtype=_HOST_DTYPES[dtype], order="C"), dtype)


def adopt(host: np.ndarray, dtype: str) -> Tensor:
    """Return a tensor on the device in scope that keeps the memory of a contiguous array, where it can."""
    if dtype in _BITS:
        tensor = torch.from_numpy(host.view(_BITS[dtype])).view(DTYPES[dtype])
    else:
        tensor = torch.from_numpy(host)
    device = current_device()
    return tensor if device.type == "cpu" else tensor.to(device)


def to_host(x: Tensor) -> np.ndarray:
    """Copy a tensor into an array of the same dtype.

    Always a copy, also on the CPU: optimizer updates overwrite donated buffers.
    """
    if _is_traced(x) and is_tracing():
        raise TracedValueError(
            f"A tensor of shape {tuple(x.shape)} that is being traced has no value yet; move the conversion to the "
            "host out of the function that is transformed."
        )
    if x.dtype in _NATIVE_BITS:
        bits, name = _NATIVE_BITS[x.dtype]
        return x.contiguous().view(bits).numpy(force=True).copy().view(_HOST_DTYPES[name])
    return x.numpy(force=True).copy()


class TracedValueError(TypeError):
    """A value was asked for that is not known while a function is traced."""


def _is_traced(x: Tensor) -> bool:
    return torch._C._functorch.is_functorch_wrapped_tensor(x) or type(x) not in (Tensor, torch.nn.Parameter)


@lru_cache(maxsize=4096)
def _constant(value: Any, dtype: str, zero: str) -> list[Tensor]:
    """Return the place of a constant, empty until one is made outside of any trace."""
    return []


def scalar(value: bool | int | float | complex, dtype: str) -> Tensor:
    """Return a 0-d constant; on the CPU, because there torch combines it with tensors of every device."""
    place = _constant(value, dtype, "" if value else repr(value))  # 0.0 == -0.0
    if place:
        return place[0]
    with torch.inference_mode(False), torch.no_grad():
        tensor = torch.tensor(value, dtype=DTYPES[dtype], device="cpu")
    if not is_tracing():
        place.append(tensor)
    return tensor


@cache
def known_devices() -> Mapping[str, torch.device]:
    """Return the devices of this process: the accelerators (CUDA, ROCm, MPS, XPU) as `gpu:N`, then the CPU."""
    kind = torch.accelerator.current_accelerator(check_available=True)
    count = torch.accelerator.device_count() if kind else 0
    return {f"gpu:{index}": torch.device(f"{kind}:{index}") for index in range(count)} | {"cpu:0": torch.device("cpu")}


def native_device(name: str) -> torch.device:
    """Return the torch device of a name such as `gpu:0`."""
    if name not in known_devices():
        raise ValueError(f"Unknown device '{name}'; torch has: {', '.join(known_devices())}.")
    return known_devices()[name]


def current_device() -> torch.device:
    """Return the device in scope, on which new tensors are made."""
    return _DEVICE_SCOPE.get() or next(iter(known_devices().values()))


HOST_CONVERSION: Final = HostConversion(
    tensor_type=Tensor,
    tensor_types=(Tensor,),
    dtypes=DTYPES,
    from_host=from_host,
    adopt=adopt,
    to_host=to_host,
    scalar=scalar,
)
DEVICES: Final = Devices(
    names=lambda: tuple(known_devices()),
    # torch.device as a context manager would intercept every op of the thread; only creation needs to know.
    scope=lambda name: bound(_DEVICE_SCOPE, native_device(name)),
    place=lambda x, name: x.to(native_device(name)),
    device_of=lambda x: "cpu:0" if x.device.type == "cpu" else f"gpu:{x.device.index or 0}",
    synchronize=lambda: torch.accelerator.synchronize() if torch.accelerator.is_available() else None,
    profile=lambda folder: profiler.profile(on_trace_ready=profiler.tensorboard_trace_handler(folder)),
)
