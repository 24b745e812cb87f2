"""The archive behind `.keras`: a zip of three members and assets, checked as a whole before anything of it is used."""

from __future__ import annotations

import contextlib
import io
import os
import re
import stat
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import IO, Any, Final

from keras_core.saving.assets import ASSETS, is_name_of_asset
from keras_core.saving.checksum import BLOCK, crc32
from keras_core.saving.errors import ModelFileError, shown
from keras_core.saving.image import Image
from keras_core.saving.limits import check_bytes
from keras_core.saving.zip_structure import LOCAL_HEADER, starts_of_members
from keras_core.saving.zip_writer import write_zip

METADATA: Final = "metadata.json"
CONFIG: Final = "config.json"
WEIGHTS: Final = "model.weights.h5"
SAFETENSORS: Final = "model.safetensors"
MEMBERS: Final = (METADATA, CONFIG, WEIGHTS)

MAX_RATIO: Final = 100
"""How many times larger than the file its content may be. Trained weights hardly shrink at all when compressed."""

MAX_MEMBERS: Final = 1000
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED: Final = 0x1 | 0x40 | 0x2000


def write_archive(file: IO[bytes], members: Mapping[str, bytes | Image]) -> None:
    """Write members, from bytes or from what writes itself, uncompressed as Keras does."""
    write_zip(
        file,
        {
            name: Image(len(content), io.BytesIO(content), []) if isinstance(content, bytes) else content
            for name, content in members.items()
        },
    )


@contextlib.contextmanager
def open_archive(path: Any, expected: tuple[str, ...] = MEMBERS) -> Iterator[dict[str, IO[bytes]]]:
    """Give the members of a file as read-only files, after the whole archive has been checked.

    Nothing is extracted to disk. Weights that are stored uncompressed are read where they are, the rest is in memory.

    Args:
        path: path of the file.
        expected: the members that must be there; assets may be there too, and nothing else. Weights may be in the one
            form or the other.

    Raises:
        ModelFileError: for anything but these members, each an ordinary file of a plausible size.
    """
    name = os.fspath(path)
    with open(name, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        if file.read(4) != LOCAL_HEADER:
            raise ModelFileError(
                f"{name!r} is not a .keras file: it does not begin as a zip archive does. "
                "A file of weights alone is read by model.load_weights()."
            )
        try:
            with zipfile.ZipFile(file) as archive:
                infos = archive.infolist()
                if any(info.filename == SAFETENSORS for info in infos):
                    expected = tuple(SAFETENSORS if name == WEIGHTS else name for name in expected)
                _check(name, infos, size, expected)
                starts = starts_of_members(file, size, infos)
                members = {info.filename: _member(name, file, archive, info, starts) for info in infos}
        except ModelFileError:
            raise
        except Exception as error:  # zipfile raises a dozen classes for the ways in which an archive can be damaged
            raise ModelFileError(f"{name!r} is damaged: {shown(str(error))}. Save it again or copy it anew.") from error
        yield members


def _check(path: str, infos: list[zipfile.ZipInfo], size: int, expected: tuple[str, ...]) -> None:
    names = [info.orig_filename for info in infos]
    missing = [member for member in expected if member not in names]
    folded = Counter(name.casefold() for name in names)
    wrong = [name for name in names if folded[name.casefold()] > 1 or not (name in expected or is_name_of_asset(name))]
    if missing or wrong:
        unsafe = " Some of these names lead out of the archive." if any(map(_is_unsafe, wrong)) else ""
        raise ModelFileError(
            f"{path!r}: expected exactly the members {', '.join(expected)}, and files below {ASSETS}; missing: "
            f"{missing or 'none'}; unknown or twice: {shown(wrong) if wrong else 'none'}.{unsafe} It was not saved by "
            "Keras, or holds what only Keras itself can load."
        )
    if len(infos) > MAX_MEMBERS:
        raise ModelFileError(f"{path!r}: expected at most {MAX_MEMBERS} members, got {len(infos)}.")
    for info in infos:
        problem = _problem(info)
        if problem is not None:
            raise ModelFileError(f"{path!r}: the member {info.filename} {problem}. The file is refused.")
    packed, unpacked = sum(info.compress_size for info in infos), sum(info.file_size for info in infos)
    if packed > size:
        raise ModelFileError(f"{path!r}: its members claim {packed} bytes in a file of {size}. The file is refused.")
    check_bytes(unpacked, size, f"{path!r}: its members unpack to")


def _is_unsafe(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ".." in name.split("/") or re.match(r"[A-Za-z]:", name) is not None


def _problem(info: zipfile.ZipInfo) -> str | None:
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if info.compress_type not in _METHODS:
        return f"is compressed by method {info.compress_type}, which is neither stored nor deflated"
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "is a link or a device, not an ordinary file"
    if info.compress_type == zipfile.ZIP_STORED and info.compress_size != info.file_size:
        return "is stored uncompressed but states two different sizes"
    if info.file_size > MAX_RATIO * max(info.compress_size, 1):
        return f"claims to unpack to {info.file_size} bytes from {info.compress_size}"
    return None


def _member(
    path: str, file: IO[bytes], archive: zipfile.ZipFile, info: zipfile.ZipInfo, starts: dict[str, int]
) -> IO[bytes]:
    """Return a member after a look at all its bytes: whether they are as many as it claims, with its checksum."""
    if info.compress_type == zipfile.ZIP_STORED:
        content = Part(file, starts[info.filename], info.file_size)
        length, checksum = _sum_of(content)
    else:
        content = io.BytesIO(_unpacked(archive, info))
        length, checksum = len(content.getbuffer()), info.CRC  # which zipfile has compared
    if length != info.file_size:
        raise ModelFileError(
            f"{path!r}: the member {info.filename} has {length} bytes, not the {info.file_size} that it claims."
        )
    if checksum != info.CRC:
        raise ValueError(f"the checksum (CRC-32) of {info.filename} is not that of its content")
    return content


def _sum_of(part: Part) -> tuple[int, int]:
    """Return the number of bytes of a file and their checksum, and go back to its beginning."""
    length = checksum = 0
    block = memoryview(bytearray(BLOCK))
    while count := part.readinto(block):
        length += count
        checksum = crc32(block[:count], checksum)
    part.seek(0)
    return length, checksum


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    content: list[bytes] = []
    length = 0
    with archive.open(info) as member:
        # All of it is read, so that zipfile compares the checksum; but never more than it claims to have.
        while length <= info.file_size and (chunk := member.read(min(BLOCK, info.file_size + 1 - length))):
            length += len(chunk)
            content.append(chunk)
    return b"".join(content)


class Part(io.RawIOBase):
    """A part of a file as a read-only file.

    Args:
        file: the file.
        start: where the part begins.
        size: its number of bytes.
    """

    def __init__(self, file: IO[bytes], start: int, size: int) -> None:
        super().__init__()
        self._file = file
        self._start = start
        self._size = size
        self._position = 0

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
