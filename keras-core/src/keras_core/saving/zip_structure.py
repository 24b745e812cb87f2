"""What a zip archive looks like byte by byte, so that every reader of it sees the same members.

A zip says most things twice: in a header before each member and in a directory at the end. Where both differ, or bytes
lie between them, two programs may read two different archives out of one file.
"""

from __future__ import annotations

import struct
import zipfile
from typing import IO, Final

LOCAL_HEADER: Final = b"PK\x03\x04"
END_SIGNATURE: Final = b"PK\x05\x06"
END_64_SIGNATURE: Final = b"PK\x06\x06"
LOCATOR_64_SIGNATURE: Final = b"PK\x06\x07"

LOCAL: Final = struct.Struct("<4s5H3L2H")
END: Final = struct.Struct("<4s4H2LH")
END_64: Final = struct.Struct("<4sQ2H2L4Q")
LOCATOR_64: Final = struct.Struct("<4sLQL")
MOST_16: Final = 0xFFFF
MOST_32: Final = 0xFFFFFFFF
ZIP64: Final = 0x0001
_KNOWN_EXTRAS: Final = frozenset({ZIP64, 0x000A, 0x5455, 0x7875})
"""64-bit sizes, and times and owners, which mean nothing here. Others give members other names, or encrypt them."""
_SIZES_FOLLOW: Final = 0x8


def starts_of_members(file: IO[bytes], size: int, infos: list[zipfile.ZipInfo]) -> dict[str, int]:
    """Return where the bytes of each member begin.

    Args:
        file: the archive.
        size: its number of bytes.
        infos: what its directory says.

    Raises:
        ValueError: where the header of a member contradicts the directory, or the members, the directory and its end do
            not fill the file without a gap.
    """
    place = 0
    starts: dict[str, int] = {}
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset != place:
            raise ValueError(f"bytes before {_name(info)} belong to no member, or to two")
        starts[info.filename] = place + _local_header(file, info)
        place = starts[info.filename] + info.compress_size
    _check_end(file, size, place, len(infos))
    return starts


def _name(info: zipfile.ZipInfo) -> str:
    return ascii(info.filename[:80])


def _read(file: IO[bytes], layout: struct.Struct, place: int, signature: bytes, what: str) -> tuple[int, ...]:
    file.seek(place)
    content = file.read(layout.size)
    if len(content) != layout.size or not content.startswith(signature):
        raise ValueError(f"{what} is not where it should be")
    return layout.unpack(content)[1:]


def _local_header(file: IO[bytes], info: zipfile.ZipInfo) -> int:
    """Return the size of the header before a member, after a comparison with the directory."""
    found = _read(file, LOCAL, info.header_offset, LOCAL_HEADER, f"the header of {_name(info)}")
    _, flags, method, _, _, checksum, packed, unpacked, name_size, extra_size = found
    rest = file.read(name_size + extra_size)
    sizes = (unpacked, packed)
    extras = _extras(rest[name_size:], info)
    if MOST_32 in sizes and len(extras.get(ZIP64, b"")) >= 16:
        sizes = struct.unpack_from("<2Q", extras[ZIP64])
    _extras(info.extra, info)
    encoding = "utf-8" if flags & 0x800 else "cp437"
    pairs = {
        "flags": (flags, info.flag_bits),
        "compression": (method, info.compress_type),
        "checksum": (checksum, info.CRC),
        "sizes": (sizes, (info.file_size, info.compress_size)),
        "name": (rest[:name_size], info.orig_filename.encode(encoding)),
    }
    different = [name for name, (one, other) in pairs.items() if one != other]
    if flags & _SIZES_FOLLOW:
        raise ValueError(f"the sizes of {_name(info)} stand behind it, not before")
    if different:
        raise ValueError(f"the header of {_name(info)} and the directory differ in {' and '.join(different)}")
    return LOCAL.size + len(rest)


def _extras(content: bytes, info: zipfile.ZipInfo) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    place = 0
    while place < len(content):
        if len(content) - place < 4:
            raise ValueError(f"the extra fields of {_name(info)} are cut")
        kind, size = struct.unpack_from("<2H", content, place)
        value = content[place + 4 : place + 4 + size]
        if kind not in _KNOWN_EXTRAS or kind in found or len(value) != size:
            raise ValueError(f"{_name(info)} has the extra field {kind:#06x}, which is unknown, cut or there twice")
        found[kind] = value
        place += 4 + size
    return found


def _check_end(file: IO[bytes], size: int, members_end: int, count: int) -> None:
    """Check that the directory begins where the members end, and that nothing comes behind it but its own end."""
    found = _read(file, END, size - END.size, END_SIGNATURE, "the end of the directory")
    disk, first_disk, on_disk, total, directory_size, directory, comment_size = found
    end = size - END.size
    if MOST_16 in (on_disk, total) or MOST_32 in (directory_size, directory):
        end -= LOCATOR_64.size + END_64.size
        _, place, _ = _read(file, LOCATOR_64, end + END_64.size, LOCATOR_64_SIGNATURE, "the locator of 64 bits")
        large = _read(file, END_64, end, END_64_SIGNATURE, "the end of 64 bits")
        if place != end or large[0] != END_64.size - 12:
            raise ValueError("the end of 64 bits is not where its locator says")
        disk, first_disk, on_disk, total, directory_size, directory = large[3:]
    if (disk, first_disk, comment_size) != (0, 0, 0) or not on_disk == total == count:
        raise ValueError(f"its end speaks of other parts, a comment or {total} members; there are {count}")
    if directory != members_end or directory + directory_size != end:
        raise ValueError("bytes before or behind its directory belong to no member")
