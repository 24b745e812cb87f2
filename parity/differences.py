"""The written list of differences, `differences.toml`, and how strictly it is kept.

An entry has a kind, the reason why ours is right, and lines of calls:

    [[difference]]
    kind = "dtype"
    reason = "A sum of bools counts them."
    calls = ["sum / sample0, empty / bool", "cumsum / sample0 / bool, int8"]

A line stands for each of its samples in each of its dtypes, and each of these calls must exist and differ: nothing is
matched by a pattern, and what no longer differs has to go.
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
_FIELDS: Final = {"kind": str, "reason": str, "calls": list}


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


def parse(text: str) -> tuple[Entry, ...]:
    """Return the entries of a TOML text.

    Raises:
        ListError: where it breaks a rule.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ListError(f"{FILE.name}: {error}") from error
    if set(content) - {"difference"} or not isinstance(content.get("difference", []), list):
        raise ListError(f"{FILE.name}: expected tables [[difference]] only, got {', '.join(content)}")
    entries = tuple(map(_entry, content.get("difference", [])))
    listed: set[tuple[str, str]] = set()
    for entry in entries:
        for call in entry.calls:
            if (call, entry.kind) in listed:
                raise ListError(f"{FILE.name}: {call} ({entry.kind}) is listed twice")
            listed.add((call, entry.kind))
    return entries


def _entry(table: Mapping[str, Any]) -> Entry:
    if set(table) != set(_FIELDS):
        raise ListError(f"{FILE.name}: an entry has the fields {', '.join(_FIELDS)}; got {', '.join(table)}")
    for name, kind in _FIELDS.items():
        if not isinstance(table[name], kind) or not table[name]:
            raise ListError(f"{FILE.name}: field {name!r} of an entry cannot be {table[name]!r}")
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
        raise ListError(f"{FILE.name}: expected a line 'op / samples / dtypes' without wildcards, got {line!r}")
    samples, dtypes = ([item.strip() for item in part.split(",")] for part in parts[1:])
    return [f"{parts[0]}/{sample}/{dtype}" for sample in samples for dtype in dtypes]


@cache
def entries() -> tuple[Entry, ...]:
    """Return the written list."""
    return parse(FILE.read_text(encoding="utf-8"))


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
