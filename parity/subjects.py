"""Everything that is compared, by name. What is to be compared next (layers, losses, ...) enters here."""

from __future__ import annotations

from collections.abc import Iterator

from parity.calls import Call, calls_of_case
from parity.more_calls import BODIES, RANDOM, more_calls
from parity.names import op_paths


def names() -> tuple[str, ...]:
    """Return the names of all that is compared: ops, and functions that are none by their paths."""
    return (*op_paths(), *BODIES, *RANDOM)


def calls_of(name: str) -> Iterator[Call]:
    """Yield the calls of one name."""
    return calls_of_case(name, op_paths()[name]) if name in op_paths() else more_calls(name)
