"""Tensors, dtypes, constants and devices: everything between TensorFlow and the host."""

import functools
from collections.abc import Iterable
from contextlib import AbstractContextManager
from types import SimpleNamespace
from typing import Any

import numpy as np
import tensorflow as tf

from keras_core import Variable
from keras_core.contract import Devices, HostConversion, UnsupportedOpError

EagerTensor = tf.__internal__.EagerTensor  # exported by name; `type(tf.constant(0))` would start the runtime here

_PLAIN = (
    *("bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"),
    *("float16", "bfloat16", "float32", "float64", "complex64", "complex128"),
)
_FLOAT8 = ("float8_e4m3fn", "float8_e5m2")
DTYPES: dict[str, tf.DType] = {
    **{name: getattr(tf, name) for name in _PLAIN},
    **{name: getattr(tf.dtypes.experimental, name) for name in _FLOAT8},
}
FLOAT8 = frozenset(DTYPES[name] for name in _FLOAT8)
HALF = frozenset({tf.float16, tf.bfloat16})
COMPLEX = frozenset({tf.complex64, tf.complex128})
UNSIGNED = frozenset({tf.uint8, tf.uint16, tf.uint32, tf.uint64})

executing_eagerly = tf.executing_eagerly

# The raw operations without the wrapper that has them take names only: it is a tenth of a small call.
raw = SimpleNamespace(**{name: getattr(found, "__wrapped__", found) for name, found in vars(tf.raw_ops).items()})


def native_dtype(name: str) -> tf.DType:
    """Return the TensorFlow dtype of a name; `UnsupportedOpError` for a dtype that TensorFlow does not have."""
    try:
        return DTYPES[name]
    except KeyError:
        raise UnsupportedOpError("astype", "tensorflow", f"it has no dtype {name}") from None


def from_host(array: np.ndarray, dtype: str) -> tf.Tensor:
    """Copy a NumPy array to the device in scope."""
    return adopt(np.array(array, native_dtype(dtype).as_numpy_dtype, order="C"), dtype)


def adopt(array: np.ndarray, dtype: str) -> tf.Tensor:
    """Return a tensor on the device in scope that keeps the memory of an array, where it can."""
    if executing_eagerly() and device_names() == ("cpu:0",):
        return EagerTensor(array, "/device:CPU:0", native_dtype(dtype).as_datatype_enum)
    return tf.constant(array)


def to_host(x: tf.Tensor) -> np.ndarray:
    """Copy an eager tensor to a NumPy array of the same dtype."""
    if not isinstance(x, EagerTensor):
        raise TypeError(
            f"A {x.dtype.name} tensor of shape {x.shape} has no value yet: convert it outside of the tf.function."
        )
    return np.asarray(x.numpy())


def accept_variables() -> None:
    """Let `tf.convert_to_tensor`, and with it all of TensorFlow, take the value of a variable; only in its dtype."""

    def convert(variable: Variable, dtype: Any = None, name: Any = None, as_ref: bool = False) -> tf.Tensor:
        return tf.convert_to_tensor(variable.value, dtype, name=name)

    tf.register_tensor_conversion_function(Variable, convert)


def static_shape(x: tf.Tensor) -> tuple[int | None, ...]:
    """Return the sizes, None for those that are only known when the graph runs."""
    shape = x.shape
    if shape.rank is None:
        raise ValueError(
            f"The rank of tensor {x!r} is unknown, and every op needs it. Give the function that made it a known rank "
            "with tf.ensure_shape(x, (None, ...))."
        )
    return tuple(shape.as_list())


@functools.lru_cache(maxsize=4096, typed=True)
def eager_scalar(value: bool | int | float | complex, dtype: str) -> tf.Tensor:
    return from_host(np.asarray(value), dtype)


def scalar(value: bool | int | float | complex, dtype: str) -> tf.Tensor:
    """Return a Python scalar as a 0-d constant, a cached one outside graphs."""
    # -0.0 and 0.0 are one key of the cache, and so are their complex kin: only the plain zeros may use it.
    if executing_eagerly() and (value or repr(value) in ("0", "0.0", "False")):
        return eager_scalar(value, dtype)
    return from_host(np.asarray(value), dtype)


def _integers(values: int | tuple[int, ...]) -> tf.Tensor:
    array = np.asarray(values, np.int64)
    fits = array.size == 0 or (array.max() < 2**31 and array.min() >= -(2**31))
    return tf.constant(array, tf.int32 if fits else tf.int64)


_eager_integers = functools.lru_cache(maxsize=4096)(_integers)


def integers(values: int | tuple[int, ...]) -> tf.Tensor:
    """Return an axis, axes or sizes as a constant, a cached one outside graphs."""
    return _eager_integers(values) if executing_eagerly() else _integers(values)


def sizes(shape: Iterable[int | tf.Tensor]) -> tf.Tensor:
    """Return a shape that mixes ints and scalar tensors as one 1-D integer tensor."""
    shape = tuple(shape)
    if any(isinstance(size, tf.Tensor) for size in shape):
        return tf.stack([tf.cast(size, tf.int32) for size in shape])
    return integers(shape)


def device_names() -> tuple[str, ...]:
    """Return the names of the devices, accelerators first."""
    names = [device.name.rsplit("/device:")[-1].lower() for device in tf.config.list_logical_devices()]
    return tuple(sorted(names, key=lambda name: name.startswith("cpu:")))


def _canonical(name: str) -> str:
    name = name.lower() if ":" in name else f"{name.lower()}:0"
    if name not in device_names():  # TensorFlow would take another device and say nothing
        raise ValueError(f"Unknown device '{name}'. The devices of this process are {', '.join(device_names())}.")
    return name


def device_scope(name: str) -> AbstractContextManager[Any]:
    """Return the context in which new tensors are made on the device."""
    return tf.device(f"/device:{_canonical(name).upper()}")


def device_of(x: tf.Tensor) -> str:
    """Return the name of the tensor's device; of a traced tensor that has none yet, the default one."""
    return x.device.rsplit("device:")[-1].lower() if x.device else device_names()[0]


def place(x: tf.Tensor, name: str) -> tf.Tensor:
    """Return the tensor on the device."""
    if x.device and device_of(x) == _canonical(name):
        return x
    with device_scope(name):
        return tf.identity(x)


def synchronize() -> None:
    """Wait for the devices; nothing to wait for while a graph is traced."""
    if executing_eagerly():
        tf.test.experimental.sync_devices()


HOST_CONVERSION = HostConversion(
    tensor_type=EagerTensor,
    tensor_types=(tf.Tensor,),
    dtypes=DTYPES,
    from_host=from_host,
    adopt=adopt,
    to_host=to_host,
    scalar=scalar,
    static_shape=static_shape,
)
DEVICES = Devices(device_names, device_scope, place, device_of, synchronize, tf.profiler.experimental.Profile)
