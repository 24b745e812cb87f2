"""Writes a zip archive of uncompressed members, each byte once.

`zipfile` would do, but for its checksum, that of the interpreter: on many systems it takes as long as all the rest of
saving. Here blocks are counted while they are in the cache, by a library that is ten times as fast.
"""

from __future__ import annotations

import stat
import struct
import time
from collections.abc import Mapping
from typing import IO, Any, Final

from keras_core.saving.checksum import BLOCK, crc32
from keras_core.saving.image import Image
from keras_core.saving.zip_structure import (
    END,
    END_64,
    END_64_SIGNATURE,
    END_SIGNATURE,
    LOCAL,
    LOCAL_HEADER,
    LOCATOR_64,
    LOCATOR_64_SIGNATURE,
    MOST_16,
    MOST_32,
    ZIP64,
)

_ENTRY: Final = struct.Struct("<4s6H3L5H2L")
_ENTRY_SIGNATURE: Final = b"PK\x01\x02"
_VERSION: Final = 20
_VERSION_64: Final = 45
_UNIX: Final = 3 << 8
_ATTRIBUTES: Final = (stat.S_IRUSR | stat.S_IWUSR) << 16

LARGEST: Final = MOST_32 - 1
"""The largest size and place that are written in 32 bits."""


def write_zip(file: IO[bytes], members: Mapping[str, Image]) -> None:
    """Write an archive into a new file that can go back.

    Args:
        file: the file, at its beginning.
        members: names, of ASCII alone, and contents.
    """
    date = _dos_date(time.localtime())
    entries = [_write_member(file, name.encode("ascii"), image, date) for name, image in members.items()]
    start = file.tell()
    for entry in entries:
        file.write(entry)
    file.write(_end_of_directory(len(entries), start, file.tell()))


class _Counting:
    """Hands blocks on to a file and counts them into a checksum."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.checksum = 0

    def write(self, content: Any) -> None:
        """Write bytes."""
        view = memoryview(content)
        for start in range(0, len(view), BLOCK):
            block = view[start : start + BLOCK]
            self.checksum = crc32(block, self.checksum)
            self._file.write(block)


def _write_member(file: IO[bytes], name: bytes, image: Image, date: tuple[int, int]) -> bytes:
    """Write a member, and return what the directory says of it."""
    place, size = file.tell(), image.size
    counting = _Counting(file)
    file.write(_header(name, size, 0, date))
    image.write_to(counting)
    end = file.tell()
    file.seek(place)
    file.write(_header(name, size, counting.checksum, date))
    file.seek(end)
    large = [number for number in (size, size, place) if number > LARGEST]
    extra = _in_64_bits(large)
    version = _VERSION_64 if large else _VERSION
    known = (version | _UNIX, version, 0, 0, *date, counting.checksum, _in_32_bits(size), _in_32_bits(size))
    lengths = (len(name), len(extra), 0, 0, 0, _ATTRIBUTES)
    return _ENTRY.pack(_ENTRY_SIGNATURE, *known, *lengths, _in_32_bits(place)) + name + extra


def _header(name: bytes, size: int, checksum: int, date: tuple[int, int]) -> bytes:
    extra = _in_64_bits([size, size] if size > LARGEST else [])
    version = _VERSION_64 if extra else _VERSION
    sizes = (_in_32_bits(size), _in_32_bits(size))
    return LOCAL.pack(LOCAL_HEADER, version, 0, 0, *date, checksum, *sizes, len(name), len(extra)) + name + extra


def _end_of_directory(count: int, start: int, end: int) -> bytes:
    size = end - start
    counts = (min(count, MOST_16),) * 2
    small = END.pack(END_SIGNATURE, 0, 0, *counts, _in_32_bits(size), _in_32_bits(start), 0)
    if MOST_16 not in counts and max(size, start) <= LARGEST:
        return small
    known = (END_64.size - 12, _VERSION_64, _VERSION_64, 0, 0)
    large = END_64.pack(END_64_SIGNATURE, *known, count, count, size, start)
    return large + LOCATOR_64.pack(LOCATOR_64_SIGNATURE, 0, end, 1) + small


def _in_32_bits(number: int) -> int:
    return number if number <= LARGEST else MOST_32


def _in_64_bits(numbers: list[int]) -> bytes:
    """Return the extra field with numbers that are too large for 32 bits, nothing where there are none."""
    return struct.pack(f"<2H{len(numbers)}Q", ZIP64, 8 * len(numbers), *numbers) if numbers else b""


def _dos_date(now: time.struct_time) -> tuple[int, int]:
    """Return time and date as a zip has them, in steps of two seconds, since 1980."""
    return (
        now.tm_hour << 11 | now.tm_min << 5 | now.tm_sec // 2,
        max(now.tm_year - 1980, 0) << 9 | now.tm_mon << 5 | now.tm_mday,
    )
