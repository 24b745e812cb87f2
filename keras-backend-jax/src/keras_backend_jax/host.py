"""dtypes of the JAX backend, and conversion to and from the host."""

from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from keras_core.contract import HostConversion, UnsupportedOpError

_NAMES = (
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "bfloat16", "float32", "float64", "complex64", "complex128", "float8_e4m3fn", "float8_e5m2"),
)

DTYPES: dict[str, np.dtype] = {name: np.dtype(getattr(jnp, name)) for name in _NAMES}


def native(dtype: str) -> np.dtype:
    """Return the NumPy dtype, which is also JAX's, of a name."""
    try:
        return DTYPES[dtype]
    except KeyError:
        raise UnsupportedOpError("astype", "jax", f"it has no dtype {dtype}") from None


def host_conversion() -> HostConversion:
    """Return the answer to `keras_host_conversion`.

    Switches `jax_enable_x64` on: without it JAX turns every int64 and float64 into its 32-bit half. Core passes
    explicit dtypes everywhere, so nothing becomes 64-bit that was not asked to.
    """
    jax.config.update("jax_enable_x64", True)
    return HostConversion(
        tensor_type=type(jnp.zeros(())),
        tensor_types=(jax.Array,),  # tracers are instances of it
        dtypes=DTYPES,
        from_host=_from_host,
        adopt=_adopt,
        argument=_argument,
        to_host=_to_host,
        scalar=scalar,
    )


def _from_host(array: np.ndarray, dtype: str) -> jax.Array:
    # JAX may share the host's memory, or read it later, even where it is asked to copy: it gets a copy of its own.
    return jax.device_put(np.array(array, native(dtype)))


def _adopt(array: np.ndarray, dtype: str) -> jax.Array:
    return jax.device_put(array)  # `jnp.asarray` would compile a program for each shape


def _argument(array: np.ndarray, dtype: str) -> np.ndarray:
    return array  # a compiled function puts it on the device in a quarter of the time that `device_put` takes


def _to_host(x: jax.Array) -> np.ndarray:
    return np.array(x)


def scalar(value: bool | int | float | complex, dtype: str) -> np.ndarray:
    """Return a 0-d NumPy array: JAX takes it as a strongly typed constant, eagerly and inside traces."""
    # Zeros are not looked up, 0.0 and -0.0 being one key.
    return _kept_scalar(value, dtype) if value else np.array(value, DTYPES[dtype])


@lru_cache(maxsize=4096, typed=True)
def _kept_scalar(value: bool | int | float | complex, dtype: str) -> Any:
    made = np.array(value, DTYPES[dtype])
    made.flags.writeable = False
    return made
