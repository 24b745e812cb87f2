"""The errors of files that are refused, or that are not there."""

import os
from typing import Any

from keras_core.runtime.refusal import ModelFileError, shown

__all__ = ["MissingFileError", "ModelFileError", "existing", "listed", "shown"]


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


def listed(lines: list[str], most: int = 20) -> str:
    """Return lines for an error message, one below the other, the first ones of many."""
    rest = [f"  ... and {len(lines) - most} more"] if len(lines) > most else []
    return "\n".join([*(f"  {line}" for line in lines[:most]), *rest])
