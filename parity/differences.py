"""The written list of differences, `differences.toml`, and how strictly it is kept.

An entry has a kind, the reason why ours is right, and lines of calls:

    [[difference]]
    kind = "dtype"
    reason = "A sum of bools counts them."
    calls = ["sum / sample0, empty / bool", "cumsum / sample0 / bool, int8"]

A line stands for each of its samples in each of its dtypes; above the ops: in each aspect that is compared. All these
calls must exist and differ: nothing is matched by a pattern, and what no longer differs has to go.

What is not compared has entries of its own:

    [[uncompared]]
    reason = "A base: what extends it is compared."
    names = ["layers.Layer"]
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from parity.comparison import KINDS, Comparison

FILE: Final = Path(__file__).with_name("differences.toml")
_FIELDS: Final = {
    "difference": {"kind": str, "reason": str, "calls": list},
    "uncompared": {"reason": str, "names": list},
}


class ListError(ValueError):
    """A `differences.toml` that breaks a rule."""


@dataclass(frozen=True)
class Entry:
    """Differences of one kind that have one reason.

    Attributes:
        kind: one of `KINDS`.
        reason: why ours is right.
        calls: ids of the calls that differ.
    """

    kind: str
    reason: str
    calls: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """What is called, such as ops."""
        return tuple(dict.fromkeys(call.split("/")[0] for call in self.calls))


@dataclass(frozen=True)
class Uncompared:
    """Public names of Keras that are not compared for one reason."""

    reason: str
    names: tuple[str, ...]


def parse(text: str) -> tuple[Entry, ...]:
    """Return the differences of a TOML text.

    Raises:
        ListError: where it breaks a rule.
    """
    found = tuple(map(_entry, _tables(text, "difference")))
    _check_once([f"{call} ({entry.kind})" for entry in found for call in entry.calls])
    return found


def parse_uncompared(text: str) -> tuple[Uncompared, ...]:
    """Return what is not compared by a TOML text.

    Raises:
        ListError: where it breaks a rule.
    """
    found = tuple(Uncompared(table["reason"], tuple(table["names"])) for table in _tables(text, "uncompared"))
    _check_once([name for entry in found for name in entry.names])
    return found


def _tables(text: str, kind: str) -> list[Mapping[str, Any]]:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ListError(f"{FILE.name}: {error}") from error
    if set(content) - set(_FIELDS) or not all(isinstance(tables, list) for tables in content.values()):
        expected = ", ".join(f"[[{name}]]" for name in _FIELDS)
        raise ListError(f"{FILE.name}: expected tables {expected} only, got {', '.join(content)}")
    tables = content.get(kind, [])
    for table in tables:
        _check_fields(table, _FIELDS[kind])
    return tables


def _check_fields(table: Mapping[str, Any], fields: Mapping[str, type]) -> None:
    if set(table) != set(fields):
        raise ListError(f"{FILE.name}: an entry has the fields {', '.join(fields)}; got {', '.join(table)}")
    for name, kind in fields.items():
        if not isinstance(table[name], kind) or not table[name]:
            raise ListError(f"{FILE.name}: field {name!r} of an entry cannot be {table[name]!r}")


def _check_once(items: list[str]) -> None:
    seen: set[str] = set()
    for item in items:
        if item in seen:
            raise ListError(f"{FILE.name}: {item} is listed twice")
        seen.add(item)


def _entry(table: Mapping[str, Any]) -> Entry:
    if table["kind"] not in KINDS:
        raise ListError(f"{FILE.name}: expected a kind of {', '.join(KINDS)}, got {table['kind']!r}")
    return Entry(table["kind"], table["reason"], tuple(call for line in table["calls"] for call in expanded(line)))


def expanded(line: str) -> list[str]:
    """Return the ids of the calls for which a line of an entry stands.

    Raises:
        ListError: where it has not three parts, or a wildcard.
    """
    parts = [part.strip() for part in line.split("/")] if isinstance(line, str) else []
    if len(parts) != 3 or not (parts[0] and parts[1]) or set("*?[]") & set(line):
        raise ListError(f"{FILE.name}: expected a line 'name / samples / dtypes' without wildcards, got {line!r}")
    samples, dtypes = ([item.strip() for item in part.split(",")] for part in parts[1:])
    return [f"{parts[0]}/{sample}/{dtype}" for sample in samples for dtype in dtypes]


@cache
def entries() -> tuple[Entry, ...]:
    """Return the written list."""
    return parse(FILE.read_text(encoding="utf-8"))


@cache
def uncompared() -> tuple[Uncompared, ...]:
    """Return the written list of what is not compared."""
    return parse_uncompared(FILE.read_text(encoding="utf-8"))


def problems(comparison: Comparison, written: Iterable[Entry]) -> list[str]:
    """Return what a comparison and the list do not agree on: differences not listed, and entries that do not differ."""
    listed = {(call, entry.kind) for entry in written for call in entry.calls if call.split("/")[0] == comparison.name}
    found = {(str(difference.call), difference.kind): difference for difference in comparison.differences}
    unlisted = [f"not listed: {found[key]}" for key in found if key not in listed]
    stale = [
        f"listed, but {'equal' if call in comparison.calls else 'there is no such call'}: {call} ({kind})"
        for call, kind in sorted(listed - set(found))
    ]
    return unlisted + stale


def lines(calls: Iterable[str]) -> list[str]:
    """Return lines of an entry for calls, as few as stand for these calls exactly."""
    by_sample: dict[tuple[str, str], list[str]] = {}
    for call in calls:
        name, sample, dtypes = call.split("/")
        by_sample.setdefault((name, sample), []).append(dtypes)
    by_dtypes: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (name, sample), dtypes in by_sample.items():
        by_dtypes.setdefault((name, tuple(dtypes)), []).append(sample)
    return [
        f"{name} / {', '.join(samples)} / {', '.join(dtypes)}".rstrip() for (name, dtypes), samples in by_dtypes.items()
    ]
