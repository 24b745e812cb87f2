"""The archive behind `.keras`: a zip of three members and assets, checked as a whole before anything of it is used."""

from __future__ import annotations

import contextlib
import io
import os
import re
import stat
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any, Final

from keras_core.saving.assets import ASSETS, is_name_of_asset
from keras_core.saving.checksum import BLOCK
from keras_core.saving.errors import ModelFileError, shown
from keras_core.saving.image import Image
from keras_core.saving.limits import check_bytes
from keras_core.saving.part import Part
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
def open_archive(
    path: Any, expected: tuple[str, ...] = MEMBERS, reads_ahead: bool = False
) -> Iterator[dict[str, IO[bytes]]]:
    """Give the members of a file as read-only files, after the whole archive has been checked.

    Nothing is extracted to disk. Weights that are stored uncompressed are read where they are, the rest is in memory.

    Args:
        path: path of the file.
        expected: the members that must be there; assets may be there too, and nothing else. Weights may be in the one
            form or the other.
        reads_ahead: whether the checksum of uncompressed weights is left to who reads them through `Part.guarded`: it
            is compared before an array is given, and else where the block ends.

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
            later = (WEIGHTS, SAFETENSORS) if reads_ahead else ()
            _check_parts(part for member, part in members.items() if member not in later)
        except ModelFileError:
            raise
        except Exception as error:  # zipfile raises a dozen classes for the ways in which an archive can be damaged
            raise ModelFileError(f"{name!r} is damaged: {shown(str(error))}. Save it again or copy it anew.") from error
        yield members
        _check_parts(members.values())


def _check_parts(members: Iterable[IO[bytes]]) -> None:
    for member in members:
        if isinstance(member, Part):
            member.check()
            member.seek(0)


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
    if info.compress_type == zipfile.ZIP_STORED:
        what = f"{path!r}: the member {info.filename}"
        part = Part(file, starts[info.filename], info.file_size, info.CRC, what)
        return part  # pyright: ignore[reportReturnType]
    content = _unpacked(archive, info)
    if len(content) != info.file_size:
        raise ModelFileError(
            f"{path!r}: the member {info.filename} has {len(content)} bytes, not the {info.file_size} that it claims."
        )
    return io.BytesIO(content)


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    content: list[bytes] = []
    length = 0
    with archive.open(info) as member:
        # All of it is read, so that zipfile compares the checksum; but never more than it claims to have.
        while length <= info.file_size and (chunk := member.read(min(BLOCK, info.file_size + 1 - length))):
            length += len(chunk)
            content.append(chunk)
    return b"".join(content)
