"""`get_file`: a file of a URL, downloaded once."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from keras_core.plugins.config import config_path
from keras_core.runtime.messages import show
from keras_core.utils.download_error import DownloadError
from keras_core.utils.fetching import Digest, check_scheme, fetch
from keras_core.utils.unpacking import FORMATS, unpack

MAX_BYTES: Final = 16 << 30
"""How large a file, and what is in it, may be without being asked for."""


def get_file(
    fname: str | os.PathLike[str] | None = None,
    origin: str | None = None,
    untar: bool = False,
    md5_hash: str | None = None,
    file_hash: str | None = None,
    cache_subdir: str = "datasets",
    hash_algorithm: str = "auto",
    extract: bool = False,
    archive_format: str | Collection[str] | None = "auto",
    cache_dir: str | os.PathLike[str] | None = None,
    force_download: bool = False,
    *,
    schemes: Collection[str] = ("https",),
    max_bytes: int = MAX_BYTES,
) -> str:
    """Download a file, unless it is there already, and return its path, or the folder into which it is unpacked.

    The file or folder appears whole or not at all: what is refused leaves nothing behind. An archive may hold ordinary
    files and folders only, no links and no devices, with names below the folder, at most a hundred times its own size.

    Args:
        fname: name of the file in the cache, without folders; None: the last part of the URL.
        origin: the URL.
        untar: unpack it as a tar file; `extract` finds out what it is.
        md5_hash: `file_hash` of older programs.
        file_hash: digest that the file must have, in hexadecimal digits. A file in the cache that has another one is
            downloaded anew. Without it whoever controls the server chooses the content.
        cache_subdir: folder of the cache for the file.
        hash_algorithm: `"sha256"`, `"md5"`, or `"auto"`: by the length of the digest.
        extract: whether to unpack the file.
        archive_format: `"tar"` (also compressed), `"zip"`, several of them, or `"auto"`: any.
        cache_dir: folder of the cache; None: `~/.keras_core`, or what `KERAS_CORE_HOME` names.
        force_download: whether to download it even if it is there.
        schemes: which URLs may be opened, of `"https"`, `"http"` and `"file"`, redirections included.
        max_bytes: number of bytes that the file, and what is unpacked from it, may have.

    Returns:
        The path of the file; with `extract`, that of the folder.

    Raises:
        DownloadError: a ValueError and an OSError; where the file cannot be downloaded, has another digest, is too
            large, or is an archive with anything else than files and folders of its own.
        ValueError: for arguments that contradict each other.

    Example:
        >>> import pathlib, tempfile
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> _ = (folder / "words.txt").write_text("to be or not to be")
        >>> origin = (folder / "words.txt").as_uri()
        >>> path = keras.utils.get_file(
        ...     origin=origin, cache_dir=folder, schemes=("file",)
        ... )  # doctest: +ELLIPSIS
        Downloading file:...
        >>> path == str(folder / "datasets" / "words.txt")
        True
    """
    if origin is None:
        raise ValueError("get_file: expected origin, the URL of the file, got None.")
    check_scheme(origin, schemes)
    expected = file_hash if file_hash is not None else md5_hash
    digest = None if expected is None else Digest.of(expected, hash_algorithm if file_hash is not None else "md5")
    formats = _formats("tar" if untar and not extract else archive_format) if extract or untar else ()
    folder = Path(config_path().parent if cache_dir is None else os.path.expanduser(cache_dir)) / cache_subdir
    name = _checked_name(_name_in(origin) if fname is None else os.fspath(fname))
    path, unpacked = os.fspath(folder / name), ""
    if formats:
        path, unpacked = _places(folder, name, is_given=fname is not None)

    is_wanted = force_download or not _is_cached(path, digest)
    if is_wanted:
        folder.mkdir(parents=True, exist_ok=True)
        fetch(origin, path, digest=digest, schemes=schemes, max_bytes=max_bytes)
    if not formats:
        return path
    if is_wanted or not os.path.isdir(unpacked):
        try:
            unpack(path, unpacked, formats=formats, max_bytes=max_bytes)
        except DownloadError:
            os.unlink(path)
            raise
    return unpacked


def _formats(archive_format: Any) -> tuple[str, ...]:
    formats = (archive_format,) if isinstance(archive_format, str) else tuple(archive_format or ())
    if "auto" in formats:
        return FORMATS
    if not formats or not set(formats) <= set(FORMATS):
        raise ValueError(
            f"get_file: expected archive_format to be 'auto', 'tar', 'zip' or several of them, got {archive_format!r}."
        )
    return formats


def _name_in(origin: str) -> str:
    return unquote(urlsplit(origin).path.rpartition("/")[2])


def _checked_name(name: str) -> str:
    if name in ("", ".", "..") or re.search(r"[/\\:]", name) or not name.isprintable():
        raise ValueError(
            f"get_file: expected the name of a file without folders, got {name!r}. Pass it as fname, and the folder as "
            "cache_dir and cache_subdir."
        )
    return name


def _places(folder: Path, name: str, *, is_given: bool) -> tuple[str, str]:
    """Return the paths of an archive and of what is unpacked from it, where Keras has them too."""
    stem = re.sub(r"(\.tar)?\.[^.]+$", "", name)
    if is_given and stem not in ("", name):
        return os.fspath(folder / name), os.fspath(folder / f"{stem}_extracted")
    return os.fspath(folder / f"{name}_archive"), os.fspath(folder / name)


def _is_cached(path: str, digest: Digest | None) -> bool:
    if os.path.isdir(path):
        raise ValueError(f"get_file: expected {path!r} to be a file, it is a folder. Pass another fname.")
    if not os.path.isfile(path):
        return False
    if digest is None or digest.fits(path):
        return True
    show(f"{path} has another {digest.algorithm} digest than expected, and is downloaded anew.")
    return False
