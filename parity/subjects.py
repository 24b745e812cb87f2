"""Everything that is compared, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

from parity.calls import PYTHON, Call, calls_of_case
from parity.families import files, layers, losses, metrics, models, objects, optimizers, serialization
from parity.more_calls import BODIES, RANDOM, more_calls
from parity.names import op_paths

_SLOW: Final = (
    "unique",
    "nanmedian",
    "affine_transform",
    "correlate",
    "ctc_loss",
    "ctc_decode",
    "sparsemax",
    "scale_and_translate",
    "istft",
)
_DTYPES_OF_SLOW: Final = ("", "int32", "float32", "float64", "complex64", *PYTHON.values())
"""JAX takes longest to compile these ops, about which it has to be asked often: they are drawn in few dtypes."""

_FAMILIES: Final = (layers, losses, metrics, optimizers, models, objects, serialization, files)


@cache
def _families() -> dict[str, Callable[[str], Iterator[Call]]]:
    """Return the family of each path above the ops: what yields its calls."""
    return {path: family.calls for family in _FAMILIES for path in family.paths()}


def names() -> tuple[str, ...]:
    """Return the names of all that is compared: ops, and what is none by its path."""
    return (*op_paths(), *BODIES, *RANDOM, *_families())


def group_of(name: str) -> str:
    """Return the group of a name: `ops`, or the module of what is above them."""
    return name.rpartition(".")[0] if name in _families() else "ops"


def calls_of(name: str) -> Iterator[Call]:
    """Yield the calls of one name."""
    if name in _families():
        return _families()[name](name)
    calls = calls_of_case(name, op_paths()[name]) if name in op_paths() else more_calls(name)
    return (call for call in calls if name not in _SLOW or call.dtypes in _DTYPES_OF_SLOW)
