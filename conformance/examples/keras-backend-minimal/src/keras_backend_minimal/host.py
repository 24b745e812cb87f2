"""dtypes, and conversion to and from NumPy arrays."""

from typing import Any

import array_api_strict as xp
import numpy as np

from keras_core.contract import HostConversion

_NAMES = (
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float32", "float64", "complex64", "complex128"),
)
DTYPES: dict[str, Any] = {name: getattr(xp, name) for name in _NAMES}
"""The standard has no narrower floats."""

Array: type = type(xp.zeros(()))


def host_conversion() -> HostConversion:
    """Return the answer to `keras_host_conversion`."""
    return HostConversion(
        tensor_type=Array, tensor_types=(Array,), dtypes=DTYPES, from_host=_from_host, to_host=_to_host
    )


def _from_host(array: np.ndarray, dtype: str) -> Any:
    return xp.asarray(array, dtype=DTYPES[dtype], copy=True)


def _to_host(x: Any) -> np.ndarray:
    return np.array(np.from_dlpack(x))
