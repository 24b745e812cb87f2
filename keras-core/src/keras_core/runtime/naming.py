"""Unique names for layers, models and variables."""

import inspect
import re
import threading
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

_counts: Counter[str] = Counter()
_lock = threading.Lock()


@lru_cache(maxsize=4096)
def to_snake_case(name: str) -> str:
    """Return a class name in snake case.

    Example:
        >>> to_snake_case("MaxPooling2D"), to_snake_case("LSTM")
        ('max_pooling2d', 'lstm')
    """
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def did_you_mean(name: Any, names: Iterable[Any]) -> str:
    """Return a sentence, with a space before it, that suggests the names near to an unknown one; nothing without any.

    Example:
        >>> did_you_mean("softmx", ["relu", "softmax"])
        " Did you mean 'softmax'?"
    """
    import difflib  # it is for errors, and an import of the package goes without

    known = [item for item in names if isinstance(item, str)]
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.6) if isinstance(name, str) else []
    return f" Did you mean {' or '.join(map(repr, near))}?" if near else ""


def no_attribute(module: str, name: str, names: Iterable[str]) -> AttributeError:
    """Return the error for a public name that a module does not have."""
    hint = "" if name.startswith("_") else did_you_mean(name, names)  # Python itself asks for names such as `__path__`
    return AttributeError(f"module {module!r} has no attribute {name!r}.{hint}", name=name)


def unexpected_arguments(owner: str, cls: type, names: Iterable[str]) -> ValueError:
    """Return the error for arguments that the constructors of a class and its bases do not have."""
    unknown = sorted(names)
    known = {
        parameter.name
        for base in cls.__mro__
        if base is not object and "__init__" in vars(base)
        for parameter in list(inspect.signature(base.__init__).parameters.values())[1:]
        if parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    }
    hints = "".join(dict.fromkeys(did_you_mean(name, known) for name in unknown))
    return ValueError(f"{owner}: unexpected arguments {unknown}.{hints or ' Known: ' + ', '.join(sorted(known)) + '.'}")


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
