"""The heaps in which HDF5 keeps texts of variable length, looked at before HDF5 reads one.

HDF5 goes through the objects of a heap by the sizes that stand in it, without a look whether they lead on: in a damaged
heap it goes round for ever. To search a whole file for heaps would take as long as to load it. HDF5 reads through this
module instead, which looks at what is read for the mark of one.
"""

from __future__ import annotations

import io
import os
from typing import IO, Any, Final

MARK: Final = b"GCOL"
HEADER: Final = 16
"""Of a heap: mark, version, size in the last 8 bytes. Of an object: number, uses, size in the last 8 bytes."""

_VERSION: Final = 1
_LARGEST_STRUCTURE: Final = 1 << 20
"""HDF5 reads parts of its structure in pieces of up to this size; a larger one is an array, or begins with its mark."""


class HeapGuard(io.RawIOBase):
    """A read-only file as another one, whose heaps lead on.

    Args:
        file: the other one.
    """

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file = file
        self._size = file.seek(0, os.SEEK_END)
        file.seek(0)
        self._known: set[int] = set()

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a position, and return it."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the position."""
        return self._file.tell()

    def readinto(self, buffer: Any) -> int:
        """Read bytes into a buffer and return how many.

        Raises:
            ValueError: where a heap begins in them of which an object does not lead to the next one.
        """
        begin = self._file.tell()
        count = self._file.readinto(buffer)  # pyright: ignore[reportAttributeAccessIssue]
        content = bytes(memoryview(buffer)[: count if count <= _LARGEST_STRUCTURE else len(MARK)])
        before = min(begin, len(MARK) - 1)  # a mark may begin in what was read before
        content = self._at(begin - before, before) + content
        place = content.find(MARK)
        while place >= 0:
            self._check(begin - before + place)
            place = content.find(MARK, place + 1)
        self._file.seek(begin + count)
        return count

    def _at(self, place: int, size: int) -> bytes:
        self._file.seek(place)
        return self._file.read(size) if size else b""

    def _check(self, start: int) -> None:
        header = self._at(start, HEADER)
        size = int.from_bytes(header[8:], "little")
        # HDF5 refuses other versions and what reaches beyond the file; numbers of an array may look like a mark.
        if start in self._known or header[4:5] != bytes([_VERSION]) or not HEADER <= size <= self._size - start:
            return
        self._known.add(start)
        heap = self._at(start, size)
        place = HEADER
        while place + HEADER <= size:
            number = int.from_bytes(heap[place : place + 2], "little")
            taken = int.from_bytes(heap[place + 8 : place + HEADER], "little")
            if number:  # else it is what is left, with its own header
                taken = HEADER + -(-taken // 8) * 8
            if not HEADER <= taken <= size - place:
                raise ValueError(f"an object in the heap at {start} claims {taken} of {size - place} bytes")
            place += taken
