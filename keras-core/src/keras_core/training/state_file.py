"""Files that hold a nested state, with a checksum: whole and as they were written, or refused.

A file is a magic number, the SHA-256 of all that follows, the length of a header, the header in JSON, and the bytes of
the arrays one after the other. The header has the state, in which a number stands for each array.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from typing import IO, Any, Final

import numpy as np

from keras_core.runtime.atomic import atomic_write
from keras_core.runtime.table import host_dtype

_MAGIC: Final = b"keras_core state\x00\x01"
_LENGTH: Final = 8
_KINDS: Final = frozenset("biufcV")  # of dtypes; V: those of ml_dtypes


class DamagedStateError(ValueError):
    """A file is not what was written, or none of this kind."""


def write_state(path: Any, state: Any) -> None:
    """Write a state into a file, which is there whole or not at all, also after a loss of power.

    Args:
        path: path of the file.
        state: nested dicts, with strings as keys, and lists of None, bools, ints, floats, strings and NumPy arrays.

    Raises:
        OSError: where it cannot be written.
        TypeError: for anything else in the state.
    """
    arrays: list[np.ndarray] = []
    tree = _encoded(state, "state", arrays)
    forms = [{"dtype": array.dtype.name, "shape": array.shape} for array in arrays]
    header = json.dumps({"tree": tree, "arrays": forms}).encode()
    checksum = hashlib.sha256()
    with atomic_write(path) as file:
        file.write(_MAGIC + bytes(checksum.digest_size))
        for part in (len(header).to_bytes(_LENGTH, "little"), header, *map(_bytes_of, arrays)):
            checksum.update(part)
            file.write(part)
        file.seek(len(_MAGIC))
        file.write(checksum.digest())


def read_state(path: Any) -> Any:
    """Return the state in a file.

    Args:
        path: path of the file.

    Raises:
        OSError: where it cannot be read.
        DamagedStateError: where it is not as it was written.
    """
    with open(path, "rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise DamagedStateError(f"{os.fspath(path)!r} is empty, damaged, or no file with a state of training.")
        size = hashlib.sha256().digest_size
        expected = file.read(size)
        if hashlib.file_digest(file, "sha256").digest() != expected:
            raise DamagedStateError(f"{os.fspath(path)!r} is damaged: its checksum is not that of its contents.")
        file.seek(len(_MAGIC) + size)
        header = json.loads(file.read(int.from_bytes(file.read(_LENGTH), "little")))
        sizes = [math.prod(form["shape"]) * host_dtype(form["dtype"]).itemsize for form in header["arrays"]]
        if sum(sizes) != os.fstat(file.fileno()).st_size - file.tell():
            raise DamagedStateError(
                f"{os.fspath(path)!r} is damaged: it does not have the arrays that its header names."
            )
        arrays = [_read_array(file, form["dtype"], form["shape"]) for form in header["arrays"]]
    return _decoded(header["tree"], arrays)


def _bytes_of(array: np.ndarray) -> memoryview:
    return np.ascontiguousarray(array).reshape(-1).view("uint8").data


def _read_array(file: IO[bytes], dtype: str, shape: list[int]) -> np.ndarray:
    array = np.empty(math.prod(shape), host_dtype(dtype))
    file.readinto(array.view("uint8").data)  # pyright: ignore[reportAttributeAccessIssue]
    return array.reshape(shape)


# In JSON dicts have one key, which says what the value is, so that no key of the state can be taken for another thing.


def _encoded(value: Any, where: str, arrays: list[np.ndarray]) -> Any:
    if value is None or (isinstance(value, bool | int | float | str) and not isinstance(value, np.generic)):
        return value
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {"dict": {key: _encoded(item, f"{where}[{key!r}]", arrays) for key, item in value.items()}}
    if isinstance(value, list | tuple):
        return [_encoded(item, f"{where}[{position}]", arrays) for position, item in enumerate(value)]
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in _KINDS:
        arrays.append(np.asarray(value, host_dtype(value.dtype.name)))  # in the byte order of this machine
        return {"array" if isinstance(value, np.ndarray) else "scalar": len(arrays) - 1}
    raise TypeError(
        f"{where}: expected None, a bool, int, float, str, NumPy array of numbers, or a list or dict (with strings as "
        f"keys) of them, got {value!r} of type {type(value).__name__}."
    )


def _decoded(value: Any, arrays: list[np.ndarray]) -> Any:
    if isinstance(value, list):
        return [_decoded(item, arrays) for item in value]
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "dict":
        return {key: _decoded(item, arrays) for key, item in content.items()}
    return arrays[content] if kind == "array" else arrays[content][()]
