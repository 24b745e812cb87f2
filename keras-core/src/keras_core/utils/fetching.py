"""One file from a URL: by the schemes that are allowed, no larger than expected, with the digest that is expected."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import IO, Any, Final, Self
from urllib.parse import urlsplit, urlunsplit

from keras_core.runtime.atomic import atomic_write
from keras_core.runtime.messages import show
from keras_core.saving.errors import shown
from keras_core.utils.download_error import DownloadError
from keras_core.utils.progbar import Progbar

SCHEMES: Final = ("https", "http", "file")
"""What a caller may allow."""

SECONDS_OF_SILENCE: Final = 60.0
"""After how long without an answer a server is given up."""

_CHUNK: Final = 1 << 20
_LONGEST: Final = 300
"""Characters of an error of the network that are shown, escaped: a server has a say in them."""

_LENGTHS: Final = {64: "sha256", 32: "md5"}


@dataclass(frozen=True)
class Digest:
    """What the content of a file must hash to.

    Args:
        algorithm: `"sha256"` or `"md5"`.
        value: the digest in hexadecimal digits.
    """

    algorithm: str
    value: str

    @classmethod
    def of(cls, value: str, algorithm: str = "auto") -> Self:
        """Return a digest whose algorithm may follow from its length.

        Raises:
            ValueError: for an algorithm that is not known, and for a digest that is none of its algorithm.
        """
        if algorithm not in ("auto", *_LENGTHS.values()):
            raise ValueError(f"get_file: expected hash_algorithm to be 'sha256', 'md5' or 'auto', got {algorithm!r}.")
        found = _LENGTHS.get(len(value)) if set(value) <= set("0123456789abcdefABCDEF") else None
        if found is None or algorithm not in ("auto", found):
            lengths = "64 (sha256) or 32 (md5)" if algorithm == "auto" else f"those of {algorithm}"
            raise ValueError(f"get_file: expected file_hash to be hexadecimal digits, {lengths}, got {value!r}.")
        return cls(found, value.lower())

    def new(self) -> Any:
        """Return a hash object that has seen nothing yet."""
        return hashlib.new(self.algorithm, usedforsecurity=self.algorithm != "md5")

    def fits(self, path: str) -> bool:
        """Tell whether the content of a file has this digest."""
        with open(path, "rb") as file:
            return hashlib.file_digest(file, self.new).hexdigest() == self.value


def fetch(origin: str, path: str, *, digest: Digest | None, schemes: Collection[str], max_bytes: int) -> None:
    """Download a file; at its place is the whole file or, after an error, what was there before.

    Args:
        origin: URL.
        path: path of the file to write.
        digest: what its content must hash to, None for anything.
        schemes: the schemes of URLs that may be opened, redirections included.
        max_bytes: the size above which it is refused.

    Raises:
        DownloadError: where the server cannot be reached or refuses, for another scheme, for a file that is larger or
            shorter than it should be, or has another digest.
    """
    check_scheme(origin, schemes)
    show(f"Downloading {_without_password(origin)}")
    seen = None if digest is None else digest.new()
    received = 0
    with atomic_write(path) as file, _answer(origin, schemes) as answer:
        announced = _announced(origin, answer)
        bar = Progbar(announced, unit_name="byte")
        while chunk := _read(origin, answer):
            received += len(chunk)
            if max(received, announced or 0) > max_bytes:
                raise DownloadError(
                    f"get_file: {_named(origin)} has at least {max(received, announced or 0)} bytes, more than "
                    f"max_bytes={max_bytes}. Pass a larger max_bytes if that is its size."
                )
            file.write(chunk)
            if seen is not None:
                seen.update(chunk)
            bar.update(received, finalize=False)
        if announced not in (None, received):
            raise DownloadError(f"get_file: {_named(origin)} ended after {received} of {announced} bytes. Try again.")
        if digest is not None and seen is not None and seen.hexdigest() != digest.value:
            raise DownloadError(
                f"get_file: expected {_named(origin)} to have the {digest.algorithm} digest {digest.value}, got "
                f"{seen.hexdigest()}: it is damaged, or not the file that was meant. It is not kept."
            )
        bar.update(received, finalize=True)


def check_scheme(url: str, schemes: Collection[str]) -> None:
    """Refuse a URL of a scheme that is not allowed.

    Raises:
        DownloadError: for another scheme.
        ValueError: where `schemes` itself has one that is not known.
    """
    unknown = sorted(set(schemes) - set(SCHEMES))
    if unknown:
        raise ValueError(f"get_file: expected schemes to be among {SCHEMES}, got {unknown}.")
    scheme = urlsplit(url).scheme
    if scheme not in schemes:
        advice = (
            f"Pass schemes={(*schemes, scheme)!r} if that is meant." if scheme in SCHEMES else "It cannot be opened."
        )
        raise DownloadError(
            f"get_file: expected a URL that begins with {' or '.join(f'{name}:' for name in schemes)}, got "
            f"{_named(url)}. {advice}"
        )


@contextlib.contextmanager
def _answer(origin: str, schemes: Collection[str]) -> Iterator[Any]:
    """Open a URL with handlers for the allowed schemes alone, so that nothing leads to another one."""
    from urllib import request

    class Redirection(request.HTTPRedirectHandler):
        def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
            check_scheme(newurl, schemes)
            return super().redirect_request(req, fp, code, msg, headers, newurl)

    handlers = {"https": request.HTTPSHandler, "http": request.HTTPHandler, "file": request.FileHandler}
    opener = request.OpenerDirector()
    general = (request.ProxyHandler, request.HTTPDefaultErrorHandler, Redirection, request.HTTPErrorProcessor)
    for handler in (*general, *(handlers[scheme] for scheme in schemes)):
        opener.add_handler(handler())
    with _network(origin):
        answer = opener.open(request.Request(origin, headers={"User-Agent": "keras-core"}), timeout=SECONDS_OF_SILENCE)
    with contextlib.closing(answer):
        yield answer


def _read(origin: str, answer: IO[bytes]) -> bytes:
    with _network(origin):
        return answer.read(_CHUNK)


@contextlib.contextmanager
def _network(origin: str) -> Iterator[None]:
    from http.client import HTTPException

    try:
        yield
    except DownloadError:
        raise
    except (OSError, HTTPException, ValueError) as error:
        raise DownloadError(
            f"get_file: could not download {_named(origin)}: {ascii(str(error))[:_LONGEST]}."
        ) from error


def _announced(origin: str, answer: Any) -> int | None:
    length = answer.headers.get("Content-Length")
    if length is None:
        return None
    if not (length.isascii() and length.isdigit() and len(length) < 20):
        raise DownloadError(f"get_file: {_named(origin)} announces a length of {shown(length)}, which is none.")
    return int(length)


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _named(url: str) -> str:
    """Return a URL for a message: whatever a server made of it, and without a password."""
    return shown(_without_password(os.fspath(url)))
