"""The error of model files, and of JSON, that are refused."""

import reprlib

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 80
_SHORT.maxlist = _SHORT.maxtuple = 6


class ModelFileError(ValueError):
    """A file is refused, or does not fit the model; nothing has been changed.

    The message says what was expected, what the file has, and what to do. What comes from the file is escaped and cut.
    """


def shown(value: object) -> str:
    """Return something that a file holds for an error message: escaped, and cut where it is long.

    Example:
        >>> shown("layers" + chr(10) + "dense")
        "'layers\\\\ndense'"
    """
    return ascii(value) if isinstance(value, str) and len(value) <= 80 else ascii(_SHORT.repr(value))[1:-1]
