"""The error of files that are refused, and that of files which are not there."""

import os
import reprlib
from typing import Any

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 80
_SHORT.maxlist = _SHORT.maxtuple = 6


class ModelFileError(ValueError):
    """A file is refused, or does not fit the model; nothing has been changed.

    The message says what was expected, what the file has, and what to do. What comes from the file is escaped and cut.
    """


class MissingFileError(ModelFileError, FileNotFoundError):
    """There is no such file: a FileNotFoundError, as of `open`, and a ValueError, as of Keras."""


def existing(path: Any) -> str:
    """Return a path as a string.

    Raises:
        MissingFileError: where there is no such file.
    """
    name = os.fspath(path)
    if not os.path.exists(name):
        raise MissingFileError(f"there is no file {name!r}; the current folder is {os.getcwd()!r}.")
    return name


def shown(value: object) -> str:
    """Return something that a file holds for an error message: escaped, and cut where it is long.

    Example:
        >>> shown("layers" + chr(10) + "dense")
        "'layers\\\\ndense'"
    """
    return ascii(value) if isinstance(value, str) and len(value) <= 80 else ascii(_SHORT.repr(value))[1:-1]


def listed(lines: list[str], most: int = 20) -> str:
    """Return lines for an error message, one below the other, the first ones of many."""
    rest = [f"  ... and {len(lines) - most} more"] if len(lines) > most else []
    return "\n".join([*(f"  {line}" for line in lines[:most]), *rest])
