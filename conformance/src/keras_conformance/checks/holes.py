"""Arguments of a call with holes in place of arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from keras_conformance.case import Arguments, map_arrays


class Holes:
    """Arguments with some of their arrays taken out, to be put in again.

    Args:
        arguments: of a call.
        chosen: positions and names of the arguments whose arrays are taken out; None for all.
    """

    def __init__(self, arguments: Arguments, chosen: Any = None) -> None:
        self.arguments = arguments
        self.arrays: list[np.ndarray] = []
        self._ids: list[int] = []

        def note(array: np.ndarray) -> np.ndarray:
            self.arrays.append(array)
            self._ids.append(id(array))
            return array

        for name, value in by_name(arguments):
            if chosen is None or name in chosen:
                map_arrays(value, note)

    def filled(self, values: list[Any], rest: Callable[[np.ndarray], Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments with these values in the holes and `rest(array)` for other arrays."""
        by_id = dict(zip(self._ids, values, strict=True))
        return self.arguments.mapped(lambda array: by_id[id(array)] if id(array) in by_id else rest(array))


def by_name(arguments: Arguments) -> list[tuple[Any, Any]]:
    """Return position or name of each argument, and the argument."""
    return [*enumerate(arguments.positional), *arguments.named.items()]
