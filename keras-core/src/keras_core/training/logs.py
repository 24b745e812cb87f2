"""Logs whose values stay on the device until somebody looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from keras_core import ops


class Logs(dict[str, Any]):
    """A dict of numbers, fetched from the device all at once at the first look.

    Args:
        values: name -> scalar tensor.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__(sorted(values.items()))
        self._is_fetched = False

    def fetch(self) -> Logs:
        """Turn tensors into numbers; return the logs themselves."""
        if not self._is_fetched:
            self._is_fetched = True
            for name, value in list(super().items()):
                super().__setitem__(name, to_number(value))
        return self

    # `__iter__` too, or dict(logs) and {**logs} would copy the tensors.
    def __iter__(self) -> Iterator[str]:
        return super().__iter__()

    def __getitem__(self, name: str) -> Any:
        self.fetch()
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """Return a number, or the default."""
        self.fetch()
        return super().get(name, default)

    def pop(self, name: str, *default: Any) -> Any:
        """Remove a name and return its number."""
        self.fetch()
        return super().pop(name, *default)

    def values(self) -> Any:
        """Return the numbers."""
        self.fetch()
        return super().values()

    def items(self) -> Any:
        """Return pairs of name and number."""
        self.fetch()
        return super().items()

    def copy(self) -> dict[str, Any]:
        """Return the numbers as a plain dict."""
        return dict(self.items())

    def __or__(self, other: Any) -> dict[str, Any]:
        return {**self, **other}

    def __ror__(self, other: Any) -> dict[str, Any]:
        return {**other, **self}

    def __eq__(self, other: object) -> bool:
        self.fetch()
        return super().__eq__(other)

    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def __repr__(self) -> str:
        self.fetch()
        return super().__repr__()

    def __reduce__(self) -> Any:
        return dict, (self.copy(),)


def to_number(value: Any) -> Any:
    """Return a scalar tensor as a float; anything larger as an array, numbers as they are."""
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    array = ops.convert_to_numpy(value)
    return float(array) if np.ndim(array) == 0 else array
