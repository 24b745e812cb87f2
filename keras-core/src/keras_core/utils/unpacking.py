"""Archives from elsewhere, unpacked into a folder of their own: ordinary files and folders only, or not at all."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import lzma
import os
import re
import secrets
import shutil
import stat
import tarfile
import zipfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO, Any, Final

from keras_core.saving.errors import shown
from keras_core.utils.download_error import DownloadError

FORMATS: Final = ("tar", "zip")

MAX_RATIO: Final = 100
"""How many times larger than the archive its content may be."""

SMALL: Final = 16 << 20
"""What any archive may unpack to, however small it is."""

_BLOCK: Final = 512
"""What a member without content counts for: a name costs memory, time and space in the folder too."""

_MAX_DEPTH: Final = 64
_CHUNK: Final = 1 << 16
_MAX_READ: Final = 1 << 20
"""The largest piece that is read at once; headers of tar files state their own size."""

_MAX_MEMORY: Final = 256 << 20
"""For the dictionary of xz, whose size the archive states."""

_ENCRYPTED: Final = 0x1 | 0x40 | 0x2000
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")


@dataclass(frozen=True)
class Member:
    """A member of an archive, not yet read.

    Args:
        name: its name, as it stands in the archive.
        size: number of bytes that it claims to have.
        is_folder: whether it is a folder.
        problem: why it cannot be accepted, None where it can.
        open: opens its content.
    """

    name: str
    size: int
    is_folder: bool
    problem: str | None
    open: Callable[[], Any]


def unpack(archive: str, folder: str, *, formats: Collection[str], max_bytes: int) -> None:
    """Unpack an archive; at the place of the folder is all of it or, after an error, what was there before.

    Members are written by this module, never by tarfile or zipfile, as new files below a new folder. Links and devices
    are refused wherever they point, so no path that is written to can lead out of it.

    Args:
        archive: path of the archive.
        folder: path of the folder to make or to replace.
        formats: what the archive may be, of `"tar"` (also compressed by gzip, bzip2 or xz) and `"zip"`.
        max_bytes: what the content may have in sum; nor may it be more than a hundred times the archive.

    Raises:
        DownloadError: for another format, for members that are no ordinary file or folder, that lie outside, exist
            twice or are damaged, and for too much content.
    """
    temporary = os.path.join(os.path.dirname(folder), f".{os.path.basename(folder)}.{secrets.token_hex(6)}.tmp")
    os.mkdir(temporary)
    try:
        with open(archive, "rb") as file:
            limit = min(max_bytes, max(SMALL, MAX_RATIO * os.fstat(file.fileno()).st_size))
            try:
                _write(_members(archive, file, formats, limit), temporary, archive, limit)
            except DownloadError:
                raise
            # The three modules raise a dozen classes for the ways in which an archive can be damaged.
            except Exception as error:
                raise DownloadError(f"get_file: could not unpack {archive!r}: {shown(str(error))}.") from error
        _replace(temporary, folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _replace(new: str, folder: str) -> None:
    if not os.path.lexists(folder):
        os.rename(new, folder)
        return
    old = f"{new}.old"
    os.rename(folder, old)
    try:
        os.rename(new, folder)
    except BaseException:
        os.rename(old, folder)
        raise
    if os.path.isdir(old) and not os.path.islink(old):
        shutil.rmtree(old)
    else:
        os.unlink(old)


def _write(members: Iterator[Member], folder: str, archive: str, limit: int) -> None:
    total = 0
    for member in members:
        parts = _parts(member.name)
        path = os.path.join(folder, *parts or ())
        problem = member.problem
        if parts is None:
            problem = problem or "has a name that could lead out of the archive"
        elif not member.is_folder and os.path.lexists(path):
            problem = problem or "is there twice"
        if problem is not None:
            raise DownloadError(
                f"get_file: {archive!r} is refused: its member {shown(member.name)} {problem}. Expected ordinary files "
                "and folders; unpack it by other means if you trust it."
            )
        total += _BLOCK + member.size
        if total > limit:
            raise _too_large(limit)
        os.makedirs(path if member.is_folder else os.path.dirname(path), exist_ok=True)
        if not member.is_folder:
            with open(path, "xb") as target, contextlib.closing(member.open()) as content:
                _copy(member, content, target)


def _copy(member: Member, content: IO[bytes], target: IO[bytes]) -> None:
    copied = 0
    while copied <= member.size and (chunk := content.read(_CHUNK)):
        copied += len(chunk)
        target.write(chunk)
    if copied != member.size:
        raise DownloadError(
            f"get_file: the member {shown(member.name)} has {copied} bytes, not the {member.size} that it claims."
        )


def _parts(name: str) -> list[str] | None:
    """Return the components of a member's name, None where it is none that lies below a folder on every system."""
    if not name or name.startswith("/") or "\\" in name or re.match(r"[A-Za-z]:", name) or not name.isprintable():
        return None
    parts = [part for part in name.split("/") if part not in ("", ".")]
    return None if ".." in parts or len(parts) > _MAX_DEPTH else parts


def _too_large(limit: int) -> DownloadError:
    return DownloadError(
        f"get_file: the archive holds more than {limit} bytes: the lesser of max_bytes and {MAX_RATIO} times its own "
        "size. Pass a larger max_bytes, or unpack it by other means if you trust it."
    )


def _members(archive: str, file: IO[bytes], formats: Collection[str], limit: int) -> Iterator[Member]:
    start = file.read(4)
    file.seek(0)
    if start in _ZIP and "zip" in formats:
        return _zip_members(archive, file)
    if start not in _ZIP and "tar" in formats:
        return _tar_members(file, limit)
    raise DownloadError(f"get_file: {archive!r} is not an archive of the format {' or '.join(formats)}.")


def _zip_members(archive: str, file: IO[bytes]) -> Iterator[Member]:
    with zipfile.ZipFile(file) as zipped:
        infos = zipped.infolist()
        if sum(info.compress_size for info in infos) > os.fstat(file.fileno()).st_size:
            raise DownloadError(f"get_file: {archive!r} is refused: its members claim more bytes than it has.")
        for info in infos:
            problem, opened = _zip_problem(info), partial(zipped.open, info)
            # zipfile cuts a name at a null byte, and replaces the separator of the system.
            yield Member(info.orig_filename, info.file_size, info.is_dir(), problem, opened)


def _zip_problem(info: zipfile.ZipInfo) -> str | None:
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if info.compress_type not in _METHODS:
        return f"is compressed by method {info.compress_type}, which is neither stored nor deflated"
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or a device"
    return None


class _StrictInfo(tarfile.TarInfo):
    """A header of a tar file; tarfile itself takes a damaged one for the end of the archive."""

    @classmethod
    def frombuf(cls, buf: Any, encoding: str, errors: str) -> Any:
        try:
            return super().frombuf(buf, encoding, errors)
        except tarfile.EOFHeaderError:  # pyright: ignore[reportAttributeAccessIssue]
            raise
        except tarfile.HeaderError as error:
            raise DownloadError(f"get_file: the archive is no tar file, or damaged: {error}.") from error


def _tar_members(file: IO[bytes], limit: int) -> Iterator[Member]:
    stream: Any = _Content(file, limit)
    with tarfile.open(fileobj=stream, mode="r:", tarinfo=_StrictInfo) as tar:
        for info in tar:
            yield Member(info.name, info.size, info.isdir(), _tar_problem(info), partial(tar.extractfile, info))
            tar.members = []  # each is needed once


def _tar_problem(info: tarfile.TarInfo) -> str | None:
    if info.issym() or info.islnk():
        return f"is a link to {shown(info.linkname)}"
    return "is a device or a sparse file" if info.issparse() or not (info.isreg() or info.isdir()) else None


class _Content:
    """The content of a compressed file, read forwards only, and no more of it than allowed.

    Args:
        file: the file, compressed by gzip, bzip2, xz or not at all.
        limit: number of bytes beyond which it is refused.
    """

    def __init__(self, file: IO[bytes], limit: int) -> None:
        start = file.read(6)
        file.seek(0)
        self._file = next((opener(file) for magic, opener in _COMPRESSED.items() if start.startswith(magic)), file)
        self._limit = limit
        self._position = 0

    def tell(self) -> int:
        """Return the position."""
        return self._position

    def seek(self, position: int) -> int:
        """Go forwards; tarfile itself never goes back."""
        if position < self._position:
            raise DownloadError("get_file: the archive is refused: its members refer to what lies before them.")
        while self._position < position and self.read(min(_CHUNK, position - self._position)):
            pass
        return self._position

    def read(self, size: int) -> bytes:
        """Return the next bytes, fewer than asked for only at the end."""
        if size > _MAX_READ:
            raise DownloadError(f"get_file: the archive is refused: one of its headers claims to have {size} bytes.")
        pieces: list[bytes] = []
        missing = size
        while missing and (piece := self._file.read(missing)):
            pieces.append(piece)
            missing -= len(piece)
        self._position += size - missing
        if self._position > self._limit + _MAX_READ:  # members are counted beside; this is for what is between them
            raise _too_large(self._limit)
        return b"".join(pieces)


class _Xz:
    """The content of a file compressed by xz, in bounded memory, which `lzma.open` does not offer."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._decompressor = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MAX_MEMORY)

    def read(self, size: int) -> bytes:
        while not self._decompressor.eof:
            packed = self._file.read(_CHUNK) if self._decompressor.needs_input else b""
            if not packed and self._decompressor.needs_input:
                raise EOFError("the compressed file ends before its content does")
            if piece := self._decompressor.decompress(packed, size):
                return piece
        return b""


_COMPRESSED: Final[dict[bytes, Callable[[Any], Any]]] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": _Xz,
}
