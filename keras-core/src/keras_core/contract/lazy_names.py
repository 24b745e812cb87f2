"""Names of a package that are imported at their first use."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazy_names(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the `__getattr__` of a package whose modules are imported when one of their names is asked for.

    Args:
        package: `__name__` of the package.
        homes: name -> module of the package that has it.

    Example:
        >>> find = lazy_names("json", {"JSONDecoder": "decoder"})
        >>> find("JSONDecoder").__module__
        'json.decoder'
    """

    def find(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module '{package}' has no attribute '{name}'")
        found = getattr(import_module(f"{package}.{homes[name]}"), name)
        setattr(sys.modules[package], name, found)
        return found

    return find
