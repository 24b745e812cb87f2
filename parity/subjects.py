"""Everything that is compared, by name."""

from __future__ import annotations

from collections.abc import Iterator

from parity.calls import Call, calls_of_case
from parity.names import op_paths


def calls_of(name: str) -> Iterator[Call]:
    """Yield the calls of one name."""
    return calls_of_case(name, op_paths()[name])
