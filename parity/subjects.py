"""Everything that is compared, by name. What is to be compared next (layers, losses, ...) enters here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from parity.calls import PYTHON, Call, calls_of_case
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


def names() -> tuple[str, ...]:
    """Return the names of all that is compared: ops, and functions that are none by their paths."""
    return (*op_paths(), *BODIES, *RANDOM)


def calls_of(name: str) -> Iterator[Call]:
    """Yield the calls of one name."""
    calls = calls_of_case(name, op_paths()[name]) if name in op_paths() else more_calls(name)
    return (call for call in calls if name not in _SLOW or call.dtypes in _DTYPES_OF_SLOW)
