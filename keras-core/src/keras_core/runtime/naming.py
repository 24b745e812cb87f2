"""Unique names for layers, models and variables."""

import re
import threading
from collections import Counter

_counts: Counter[str] = Counter()
_lock = threading.Lock()


def to_snake_case(name: str) -> str:
    """Return a class name in snake case.

    Example:
        >>> to_snake_case("MaxPooling2D"), to_snake_case("LSTM")
        ('max_pooling2d', 'lstm')
    """
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def auto_name(prefix: str) -> str:
    """Return the prefix at its first use in the process, then `prefix_1`, `prefix_2`, ..."""
    prefix = to_snake_case(prefix)
    with _lock:
        count = _counts[prefix]
        _counts[prefix] += 1
    return f"{prefix}_{count}" if count else prefix


def get_uid(prefix: str = "") -> int:
    """Return 1, 2, ... for each call with the prefix."""
    with _lock:
        _counts[prefix] += 1
        return _counts[prefix]


def reset_uids() -> None:
    """Begin all counts anew, as at the start of the process."""
    with _lock:
        _counts.clear()


def name_in_files(cls: type) -> str:
    """Return the name after which paths in files and automatic names are made: that of the class.

    A class that Keras exports under another name than its own says the latter in `_name_in_files`; subclasses have
    names of their own.
    """
    return cls.__dict__.get("_name_in_files", cls.__name__)
