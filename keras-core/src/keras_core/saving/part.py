"""A member of an archive that is stored as it is: read where it stands, and once, with its checksum counted meanwhile.

Counting first and reading then would take the bytes of large weights out of the file twice.
"""

from __future__ import annotations

import dataclasses
import io
import os
from functools import partial
from typing import IO, Any

import numpy as np

from keras_core.saving.checksum import BLOCK, crc32
from keras_core.saving.contents import Array, Contents, Entry, empty_array
from keras_core.saving.errors import ModelFileError


class Part(io.RawIOBase):
    """A part of a file as a read-only file, known to be whole after `check`.

    Args:
        file: the file.
        start: where the part begins.
        size: its number of bytes.
        checksum: the CRC-32 that these must have.
        what: what the part is, for errors.
    """

    def __init__(self, file: IO[bytes], start: int, size: int, checksum: int, what: str) -> None:
        super().__init__()
        self._file = file
        self._start = start
        self._size = size
        self._checksum = checksum
        self._what = what
        self._position = 0
        self._is_whole = False
        self._ahead: dict[Any, np.ndarray] = {}

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a position, and return it."""
        self._position = offset + (0, self._position, self._size)[whence]  # SEEK_SET, SEEK_CUR, SEEK_END
        return self._position

    def tell(self) -> int:
        """Return the position."""
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Read bytes into a buffer, none from behind the part, and return how many."""
        view = memoryview(buffer).cast("B")[: max(0, self._size - self._position)]
        self._file.seek(self._start + self._position)
        count = self._file.readinto(view)  # pyright: ignore[reportAttributeAccessIssue]
        self._position += count
        return count

    def check(self) -> None:
        """Read everything, if that has not been done.

        Raises:
            ModelFileError: where it is cut or its checksum is another one.
        """
        if not self._is_whole:
            self.read_ahead([])

    def read_ahead(self, arrays: list[Array]) -> None:
        """Read everything once from front to back, and keep the content of these arrays until each is read.

        Args:
            arrays: some of those that `guarded` gives.

        Raises:
            ModelFileError: as `check`; nothing is kept then.
        """
        ahead: dict[Any, np.ndarray] = {}
        position = checksum = 0
        placed = [(array.place, array) for array in arrays if array.place is not None and array.nbytes]
        for place, array in sorted(placed, key=lambda pair: pair[0]):
            if place < position or place + array.nbytes > self._size:
                continue  # no array of a file that Keras wrote: read by itself, or refused then
            ahead[_key_of(array)] = content = empty_array(array.shape, array.dtype)
            checksum = self._passed(position, place, checksum)
            checksum = self._counted(place, content.reshape(-1).view(np.uint8).data, checksum)
            position = place + array.nbytes
        if self._passed(position, self._size, checksum) != self._checksum:
            raise self._damaged("its checksum (CRC-32) is not that of its content")
        self._ahead, self._is_whole = ahead, True

    def guarded(self, contents: Contents) -> Contents:
        """Return contents whose arrays are read after the check, or ahead.

        Args:
            contents: what a reader of this file gave.
        """

        def guard(array: Array) -> Array:
            return dataclasses.replace(array, read=partial(self._read, array), source=self)

        return {
            path: Entry(entry.name, {key: guard(array) for key, array in entry.arrays.items()}, entry.is_named)
            for path, entry in contents.items()
        }

    def _read(self, array: Array) -> np.ndarray:
        self.check()
        content = self._ahead.pop(_key_of(array), None)
        return array.read() if content is None else content

    def _passed(self, start: int, end: int, checksum: int) -> int:
        """Return the checksum after the bytes between two places."""
        block = memoryview(bytearray(min(BLOCK, end - start)))
        while start < end:
            checksum = self._counted(start, block[: end - start], checksum)
            start += len(block)
        return checksum

    def _counted(self, start: int, view: memoryview, checksum: int) -> int:
        """Read as many bytes as a buffer has, and return the checksum after them."""
        self.seek(start)
        for begin in range(0, len(view), BLOCK):
            block = view[begin : begin + BLOCK]
            if self.readinto(block) < len(block):
                raise self._damaged("it has become shorter")
            checksum = crc32(block, checksum)
        return checksum

    def _damaged(self, reason: str) -> ModelFileError:
        return ModelFileError(f"{self._what} is damaged: {reason}. Save the file again or copy it anew.")


def _key_of(array: Array) -> Any:
    return array.place, array.shape, array.dtype
