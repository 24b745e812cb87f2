"""Texts and lists of names in attributes of HDF5 groups, as the legacy format has them, bounded before they are read.

A list of texts holds references into a heap of the file. Many of them may refer to one long text, so that a small file
would become large in memory: what they can become is known from the heaps, and compared with what the file may take.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any, Final

import h5py
from h5py import h5a, h5t

from keras_core.saving.hdf5 import MAX_NAME, Holder, refused
from keras_core.saving.hdf5_heaps import HEADER, MARK
from keras_core.saving.limits import check_bytes

_CHUNK: Final = 1 << 20
_REFERENCE: Final = 16


class Attributes:
    """The attributes of groups in an open file.

    Args:
        file: the file.
        what: what it is, for errors.
    """

    def __init__(self, file: IO[bytes], what: str) -> None:
        self._what = what
        self._size = file.seek(0, 2)
        self._largest = max(_heap_sizes(file, self._size), default=0)

    def text(self, group: Any, path: str, name: str) -> str | None:
        """Return a text, None where there is no attribute of this name.

        Raises:
            ModelFileError: where it is no text, or claims more than the file holds.
        """
        attribute = self._attribute(group, path, name)
        if attribute is None:
            return None
        if attribute.shape != ():
            raise refused(self._what, path, f"the attribute {name!r} must be one text, got shape {attribute.shape}")
        return self._read(group, path, name)

    def names(self, group: Any, path: str, name: str) -> list[str] | None:
        """Return a list of names, None where there is none; `name` is split into `name0`, `name1`, ... if it is long.

        Raises:
            ModelFileError: where it is no list of texts, or claims more than the file holds.
        """
        attribute = self._attribute(group, path, name)
        if attribute is not None:
            return self._list(group, path, name, attribute)
        found: list[str] = []
        parts = 0
        while (attribute := self._attribute(group, path, f"{name}{parts}")) is not None:
            found += self._list(group, path, f"{name}{parts}", attribute)
            parts += 1
        return found if parts else None

    def _list(self, group: Any, path: str, name: str, attribute: Any) -> list[str]:
        if len(attribute.shape) != 1:
            raise refused(self._what, path, f"the attribute {name!r} must be a list, got shape {attribute.shape}")
        if not attribute.shape[0]:
            return []
        try:
            names = [one.decode("utf-8") if isinstance(one, bytes) else one for one in self._read(group, path, name)]
        except UnicodeDecodeError:
            names = [None]
        for one in names:
            if not isinstance(one, str) or not one.isprintable() or len(one) > MAX_NAME:
                raise refused(self._what, path, f"the attribute {name!r} must hold names of visible characters")
        return names

    def _attribute(self, group: Any, path: str, name: str) -> Any:
        try:
            if not h5a.exists(group, name.encode()):
                return None
            attribute = h5a.open(group, name.encode())
            kind, count = attribute.get_type(), attribute.get_space().get_simple_extent_npoints()
        except Exception as error:  # to look for one, HDF5 reads those before it, which may be damaged
            raise refused(
                self._what, path, f"the attribute {name!r} cannot be looked for ({type(error).__name__})"
            ) from error
        if kind.get_class() != h5t.STRING and count:
            raise refused(self._what, path, f"the attribute {name!r} must be of text")
        width = kind.get_size()
        if kind.get_class() == h5t.STRING and kind.is_variable_str():
            check_bytes(count * self._largest, self._size, f"{self._what}: its attribute {name!r} may take")
            width = _REFERENCE
        if count * width > self._size:
            raise refused(self._what, path, f"the attribute {name!r} claims {count} texts of {width} bytes")
        return attribute

    def _read(self, group: Any, path: str, name: str) -> Any:
        try:
            value = h5py.AttributeManager.__getitem__(Holder(group), name)
            return value.decode("utf-8") if isinstance(value, bytes) else value
        except Exception as error:  # damaged heaps and encodings, as HDF5 and Python tell them
            raise refused(
                self._what, path, f"the attribute {name!r} cannot be read ({type(error).__name__})"
            ) from error


def _heap_sizes(file: IO[bytes], size: int) -> Iterator[int]:
    """Yield the sizes of the heaps in a file, wherever it has the mark of one; no text can be longer than its heap."""
    place, rest = 0, b""
    file.seek(0)
    while chunk := file.read(_CHUNK):
        content = rest + chunk
        start = place - len(rest)
        found = content.find(MARK)
        while 0 <= found <= len(content) - HEADER:
            yield min(int.from_bytes(content[found + 8 : found + 16], "little"), size)
            found = content.find(MARK, found + 1)
        place = start + len(content)
        rest = content[-(HEADER - 1) :]
