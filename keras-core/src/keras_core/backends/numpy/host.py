"""dtypes of the NumPy backend, and conversion to and from the host, which for NumPy are copies."""

from functools import lru_cache
from typing import Any

import ml_dtypes
import numpy as np

from keras_core.contract import HostConversion, UnsupportedOpError

_NATIVE = (
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64", "complex64", "complex128"),
)
_EXTENDED = ("bfloat16", "float8_e4m3fn", "float8_e5m2")

DTYPES: dict[str, np.dtype] = {name: np.dtype(name) for name in _NATIVE}
DTYPES |= {name: np.dtype(getattr(ml_dtypes, name)) for name in _EXTENDED}

WIDE: dict[np.dtype, np.dtype] = {DTYPES[name]: DTYPES["float32"] for name in ("float16", *_EXTENDED)}
"""Narrow float dtype -> the dtype in which NumPy has fast and accurate loops for its sums, products and matrices."""


def native(dtype: str) -> np.dtype:
    """Return the NumPy dtype of a name."""
    try:
        return DTYPES[dtype]
    except KeyError:
        raise UnsupportedOpError("astype", "numpy", f"it has no dtype {dtype}") from None


def host_conversion() -> HostConversion:
    """Return the answer to `keras_host_conversion`."""
    return HostConversion(
        tensor_type=np.ndarray,
        tensor_types=(np.ndarray, np.generic),
        dtypes=DTYPES,
        from_host=_from_host,
        adopt=_adopt,
        to_host=_to_host,
        scalar=scalar,
    )


def _from_host(array: np.ndarray, dtype: str) -> np.ndarray:
    return np.array(array, dtype=native(dtype))


def _adopt(array: np.ndarray, dtype: str) -> np.ndarray:
    return array


def _to_host(x: Any) -> np.ndarray:
    return np.array(x)  # a copy: what the caller writes into it must not change a variable


def scalar(value: bool | int | float | complex, dtype: str) -> np.ndarray:
    """Return a 0-d array, which ufuncs take faster than a NumPy scalar; it may be shared, so it is read-only."""
    # Zeros are not looked up, 0.0 and -0.0 being one key.
    return _kept_scalar(value, dtype) if value else _new_scalar(value, dtype)


def _new_scalar(value: bool | int | float | complex, dtype: str) -> np.ndarray:
    return np.array(value, DTYPES[dtype])


@lru_cache(maxsize=4096, typed=True)
def _kept_scalar(value: bool | int | float | complex, dtype: str) -> np.ndarray:
    made = np.array(value, DTYPES[dtype])
    made.flags.writeable = False
    return made
