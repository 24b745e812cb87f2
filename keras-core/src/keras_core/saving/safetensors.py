"""safetensors: a header of JSON, then the bytes of the arrays, one behind the other.

The format is simple enough to be read in place, from a file or from within an archive, and to be written with one array
in memory at a time; the library `safetensors` takes a path or all bytes at once. Tests read and write with both.

Arrays have names for readers, `dense_1/kernel`. The metadata say to which object and key each belongs, so that a
file can be loaded, and converted, without a guess; a file from elsewhere has none, and is matched by its names.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
from collections.abc import Iterator
from functools import partial
from typing import IO, Any, Final

import numpy as np

from keras_core.runtime.strict_json import MAX_BYTES, parse_json
from keras_core.runtime.table import host_dtype
from keras_core.saving.contents import Array, Contents, Entry, empty_array
from keras_core.saving.errors import ModelFileError, shown
from keras_core.saving.image import Image, size_of
from keras_core.saving.layout import readable_paths
from keras_core.saving.limits import check_bytes

METADATA: Final = "__metadata__"
OBJECTS: Final = "keras_objects"
"""Key of the metadata under which objects, their names and their arrays are, as JSON in a string."""

MAX_AXES: Final = 64
_LENGTH: Final = 8
_ALIGNMENT: Final = 8
_CODES: Final = {
    "bool": "BOOL",
    **{f"uint{bits}": f"U{bits}" for bits in (8, 16, 32, 64)},
    **{f"int{bits}": f"I{bits}" for bits in (8, 16, 32, 64)},
    **{f"float{bits}": f"F{bits}" for bits in (16, 32, 64)},
    "bfloat16": "BF16",
    "float8_e4m3fn": "F8_E4M3",
    "float8_e5m2": "F8_E5M2",
    "complex64": "C64",
}
_DTYPES: Final = {code: name for name, code in _CODES.items()}


@contextlib.contextmanager
def safetensors_image(contents: Contents, folder: str) -> Iterator[Image]:
    """Give the file for contents, arrays not fetched yet.

    Args:
        contents: what is to be written.
        folder: not needed; a writer of another format may keep a file there meanwhile.

    Raises:
        ValueError: for a dtype that the format does not have.
    """
    objects = _objects(contents)
    named = {
        objects[path]["variables"][key]: array
        for path, entry in contents.items()
        for key, array in entry.arrays.items()
    }
    if len(named) < sum(map(len, contents.values())):
        raise ValueError("two arrays have one name; give the variables of each layer names of their own.")
    header: dict[str, Any] = {METADATA: {"format": "keras", OBJECTS: json.dumps(objects)}}
    begins: list[tuple[int, Array]] = []
    end = 0
    # Wide numbers first: so each array begins at a multiple of their width, and can be used where it stands.
    for name, array in sorted(named.items(), key=lambda item: -item[1].dtype.itemsize):
        if array.dtype.name not in _CODES:
            raise ValueError(f"{name!r}: safetensors has no dtype {array.dtype.name}; save as .weights.h5 or .keras.")
        begins.append((end, array))
        span = [end, end + array.nbytes]
        header[name] = {"dtype": _CODES[array.dtype.name], "shape": list(array.shape), "data_offsets": span}
        end = span[1]
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    start = _LENGTH + len(text)
    structure = io.BytesIO(len(text).to_bytes(_LENGTH, "little") + text)
    yield Image(start + end, structure, [(start + begin, array) for begin, array in begins if array.nbytes])


def _objects(contents: Contents) -> dict[str, Any]:
    """Return path -> name of the object and of its arrays: those that they have, else made of path and key."""
    prefixes = readable_paths(contents)
    return {
        path: {
            "name": entry.name or "",
            "variables": {
                key: array.name or f"{prefixes[path]}/{key}".lstrip("/") for key, array in entry.arrays.items()
            },
        }
        for path, entry in contents.items()
    }


@contextlib.contextmanager
def open_safetensors(file: IO[bytes], what: str) -> Iterator[Contents]:
    """Check a file as a whole and give what it holds; arrays are read when they are wanted.

    Args:
        file: the open file.
        what: what it is, for errors.

    Raises:
        ModelFileError: where it is no safetensors, or not exactly filled by the arrays that it names.
    """
    yield _Reader(file, what).contents()


class _Reader:
    def __init__(self, file: IO[bytes], what: str) -> None:
        self._file = file
        self._what = what
        self._size = size_of(file)
        file.seek(0)
        length = int.from_bytes(file.read(_LENGTH), "little")
        self._start = _LENGTH + length
        if self._start > self._size or length > MAX_BYTES:
            raise self._refused(f"expected safetensors; its header would have {length} bytes, the file {self._size}")

    def contents(self) -> Contents:
        """Return the contents, after the check of the header."""
        header = parse_json(self._read(_LENGTH, self._start - _LENGTH), f"{self._what}: header")
        if not isinstance(header, dict):
            raise self._refused("expected a header that is an object of JSON")
        metadata = header.pop(METADATA, {})
        if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
            raise self._refused(f"{METADATA}: expected strings")
        spans: list[tuple[int, int]] = []
        arrays = {name: self._array(name, told, spans) for name, told in header.items()}
        position = 0
        for begin, end in sorted(spans):
            if begin != position:
                raise self._refused(f"arrays overlap or leave a gap at byte {min(begin, position)}")
            position = end
        if position != self._size - self._start:
            raise self._refused(f"its arrays have {position} bytes, the file {self._size - self._start} for them")
        check_bytes(position, self._size, f"{self._what}: its arrays have")
        objects = metadata.get(OBJECTS)
        return _by_name(arrays) if objects is None else self._by_objects(arrays, objects)

    def _array(self, name: str, told: Any, spans: list[tuple[int, int]]) -> Array:
        match told:
            case {"dtype": str(code), "shape": list(shape), "data_offsets": [int(begin), int(end)]} if len(told) == 3:
                pass
            case _:
                raise self._refused(f"{shown(name)}: expected dtype, shape and data_offsets, got {shown(told)}")
        if code not in _DTYPES:
            raise self._refused(f"{shown(name)}: unknown dtype {shown(code)}; known: {', '.join(_DTYPES)}")
        if len(shape) > MAX_AXES or not all(type(size) is int and 0 <= size < 1 << 63 for size in shape):
            raise self._refused(f"{shown(name)}: {shown(shape)} is no shape")
        dtype = host_dtype(_DTYPES[code])
        needed = math.prod(shape) * dtype.itemsize
        if type(begin) is not int or type(end) is not int or begin < 0 or end - begin != needed:
            raise self._refused(
                f"{shown(name)}: shape {shown(shape)} of {dtype.name} takes {needed} bytes, got {shown([begin, end])}"
            )
        spans.append((begin, end))
        place = None if dtype.kind == "b" else self._start + begin
        return Array(tuple(shape), dtype, partial(self._value, begin, tuple(shape), dtype), name, place)

    def _by_objects(self, arrays: dict[str, Array], text: str) -> Contents:
        objects = parse_json(text.encode("utf-8", "surrogatepass"), f"{self._what}: {METADATA}: {OBJECTS}")
        found: Contents = {}
        left = dict(arrays)
        for path, told in objects.items() if isinstance(objects, dict) else ():
            match told:
                case {"name": str(name), "variables": dict(variables)}:
                    pass
                case _:
                    raise self._refused(f"{OBJECTS}: {shown(path)}: expected name and variables, got {shown(told)}")
            own: dict[str, Array] = {}
            for key, array_name in variables.items():
                array = left.pop(array_name, None) if isinstance(array_name, str) else None
                if array is None:
                    raise self._refused(
                        f"{OBJECTS}: {shown(path)}: the array {shown(array_name)} is not there, or twice"
                    )
                own[key] = array
            found[path] = Entry(name, own)
        if left:
            raise self._refused(f"{OBJECTS}: the arrays {shown(sorted(left))} belong to no object")
        return found

    def _value(self, begin: int, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        is_bool = dtype.kind == "b"
        array = empty_array(shape, np.dtype(np.uint8) if is_bool else dtype)
        view = array.reshape(-1).view(np.uint8).data
        self._file.seek(self._start + begin)
        while view and (count := self._file.readinto(view)):  # pyright: ignore[reportAttributeAccessIssue]
            view = view[count:]
        if view:
            raise self._refused("it has become shorter while it was read")
        return array != 0 if is_bool else array  # another byte than 0 and 1 would be no bool

    def _read(self, start: int, size: int) -> bytes:
        self._file.seek(start)
        return self._file.read(size)

    def _refused(self, reason: str) -> ModelFileError:
        return ModelFileError(f"{self._what}: {reason}. The file is refused.")


def _by_name(arrays: dict[str, Array]) -> Contents:
    """Return the contents of a file that names only its arrays, by what stands before the last slash."""
    found: Contents = {}
    for name, array in arrays.items():
        path, _, key = name.rpartition("/")
        found.setdefault(path, Entry(None, {}, is_named=True)).arrays[key] = array
    return found
