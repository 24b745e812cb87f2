"""The table: all rows, by theme."""

from types import ModuleType
from typing import Final

from mistakes import (
    arguments,
    backends,
    building,
    calling,
    data,
    losses_and_metrics,
    saving,
    shapes,
    tensors,
    training,
)
from mistakes.mistake import Mistake


def _rows(module: ModuleType) -> tuple[Mistake, ...]:
    return tuple(value for value in vars(module).values() if isinstance(value, Mistake))


THEMES: Final[dict[str, tuple[Mistake, ...]]] = {
    "Layers and models": _rows(building),
    "Shapes from layer to layer": _rows(shapes),
    "Arguments of layers": _rows(arguments),
    "Calls of layers and models": _rows(calling),
    "Symbolic tensors, ops and variables": _rows(tensors),
    "Compilation and training": _rows(training),
    "Data": _rows(data),
    "Losses and metrics": _rows(losses_and_metrics),
    "Files": _rows(saving),
    "Backends, dtypes and settings": _rows(backends),
}
MISTAKES: Final = tuple(row for rows in THEMES.values() for row in rows)
