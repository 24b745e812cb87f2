"""A file that is to be written, known to the byte before an array is fetched.

So it goes into a file or into an archive from front to back, each byte once, with one array in memory at a time.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import IO, Any, Final, Protocol

import numpy as np

from keras_core.saving.contents import Array

_CHUNK: Final = 1 << 20


class Sink(Protocol):
    """Where bytes go."""

    def write(self, content: Any, /) -> Any:
        """Write all bytes of a buffer."""
        ...


@dataclass(frozen=True)
class Image:
    """All bytes of a file.

    Attributes:
        size: number of bytes.
        structure: file with what stands between the arrays, where it stands.
        arrays: where each array begins, and the array, in the order of the places; none is empty.
    """

    size: int
    structure: IO[bytes]
    arrays: list[tuple[int, Array]]

    def write_to(self, file: Sink) -> None:
        """Write everything, from front to back."""
        position = 0
        for start, array in self.arrays:
            self._copy(position, start, file)
            content = bytes_of(array)
            file.write(content)
            position = start + len(content)
        self._copy(position, self.size, file)

    def _copy(self, start: int, end: int, file: Sink) -> None:
        self.structure.seek(start)
        while start < end:
            chunk = self.structure.read(min(_CHUNK, end - start))
            if not chunk:
                raise EOFError(f"the structure of the file ends at byte {start}, not at {end}")
            file.write(chunk)
            start += len(chunk)


def bytes_of(array: Array) -> memoryview:
    """Return the bytes of an array in C order, little-endian, without a copy where they stand so in memory.

    Raises:
        ValueError: where it is not what its form says.
    """
    value = np.ascontiguousarray(array.read())
    if value.dtype != array.dtype or value.size * value.itemsize != array.nbytes:
        raise ValueError(
            f"{array.name!r}: expected {array.dtype} of shape {array.shape}, got {value.dtype} of shape {value.shape}."
        )
    if value.dtype.byteorder == ">":
        value = value.astype(value.dtype.newbyteorder("<"))
    return value.reshape(-1).view(np.uint8).data


def size_of(file: IO[bytes]) -> int:
    """Return the number of bytes of a file."""
    return file.seek(0, os.SEEK_END)
