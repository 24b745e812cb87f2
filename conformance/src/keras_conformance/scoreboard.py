"""Reports of several backends side by side: the outcome of each op on each, totals, and what the ledgers say."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from keras_conformance.components import KINDS as COMPONENTS
from keras_conformance.report import OUTCOMES, READABLE
from keras_conformance.tiers import FULL

WORST_FIRST: Final = ("failed", "not run", "advisory", "xfailed", "unsupported", "passed")
"""A cell has the outcome of its worst case."""
KINDS: Final = ("ops", "primitives", *COMPONENTS, "other")
_FIELDS: Final[dict[str, type]] = {
    "backend": str,
    "date": str,
    "tier": str,
    "claimed_tier": str,
    "strict": bool,
    "versions": dict,
    "digests": dict,
    "dtypes": list,
    "kernels": list,
    "fallbacks": dict,
    "counts": dict,
    "ops": dict,
    "primitives": dict,
    "components": dict,
    "other": dict,
    "messages": dict,
    "problems": list,
}


class ScoreboardError(ValueError):
    """Reports that cannot be put on one board."""


@dataclass(frozen=True)
class Deviation:
    """A case that did not simply pass.

    Attributes:
        case: its id.
        outcome: which is not `"passed"`.
        reason: of the ledger, or the traceback of a failure.
    """

    case: str
    outcome: str
    reason: str

    @property
    def summary(self) -> str:
        """The reason in one line; of a traceback the first line of the error."""
        lines = [line.strip() for line in self.reason.splitlines() if line.strip()]
        errors = [line[1:].strip() for line in lines if line.startswith("E ")]
        return next(iter(errors or lines[-1:]), "it did not run" if self.outcome == "not run" else "")


@dataclass(frozen=True)
class Cell:
    """What one backend does with one op or class.

    Attributes:
        counts: cases by outcome.
        deviations: the cases that did not simply pass.
        fallbacks: how often the native kernel left the work to the composite.
        native: whether there is a native kernel.
    """

    counts: Mapping[str, int]
    deviations: tuple[Deviation, ...] = ()
    fallbacks: int = 0
    native: bool = False

    @property
    def outcome(self) -> str:
        """That of the worst case; `"none"` where the report has no case of the op."""
        return next((outcome for outcome in WORST_FIRST if self.counts.get(outcome)), "none")

    @property
    def text(self) -> str:
        """How many of the cases pass, and the worst outcome where it is another."""
        if self.outcome == "none":
            return "–"
        share = f"{self.counts.get('passed', 0)}/{sum(self.counts.values())}"
        return share if self.outcome == "passed" else f"{share} {self.outcome}"


@dataclass(frozen=True)
class Row:
    """One op, primitive, class or family of other cases, on all backends."""

    kind: str
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Column:
    """One report.

    Attributes:
        title: name of the backend, with the file where two reports are of one backend.
        content: of the report.
    """

    title: str
    content: Mapping[str, Any]

    @property
    def total(self) -> int:
        """Number of cases."""
        return sum(self.content["counts"].values())

    @property
    def passed(self) -> int:
        """Number of cases that passed."""
        return self.content["counts"].get("passed", 0)

    @property
    def advisory(self) -> int:
        """Number of new cases that failed, which does not yet count."""
        return self.content["counts"].get("advisory", 0)

    @property
    def denominator(self) -> int:
        """Number of the cases that count."""
        return self.total - self.advisory

    @property
    def tier(self) -> str:
        """The tier, with the one that the backend claims where that is another."""
        tier, claimed = self.content["tier"], self.content["claimed_tier"]
        return tier if tier == claimed else f"{tier} (claims {claimed})"

    @property
    def conforms(self) -> bool:
        """Whether nothing failed or was left out."""
        counts = self.content["counts"]
        return not (counts.get("failed") or counts.get("not run") or self.content["problems"])

    @property
    def rate(self) -> str:
        """Share of the cases that count that passed; 100 % only where it is exactly that."""
        if not self.denominator:
            return "0 %"
        share = 100 * self.passed / self.denominator
        return "100 %" if self.passed == self.denominator else f"{min(share, 99.99):.2f} %"

    def cell(self, kind: str, name: str) -> Cell:
        """Return what the backend does with an op or class; `name` is that of a family for `"other"`."""
        if kind == "other":
            outcomes = {case: outcome for case, outcome in self.content["other"].items() if _family(case) == name}
        else:
            found = self._of_kind(kind).get(name, {})
            outcomes = {f"{kind}/{name}/{check}": outcome for check, outcome in found.items()}
        messages = self.content["messages"]
        deviations = tuple(
            Deviation(case, outcome, messages.get(case, ""))
            for case, outcome in outcomes.items()
            if outcome != "passed"
        )
        is_op = kind == "ops"
        return Cell(
            Counter(outcomes.values()),
            deviations,
            self.content["fallbacks"].get(name, 0) if is_op else 0,
            is_op and name in self.content["kernels"],
        )

    def names(self, kind: str) -> Iterable[str]:
        """Return the ops, primitives or classes, or the families of other cases, each once."""
        return dict.fromkeys(map(_family, self.content["other"])) if kind == "other" else self._of_kind(kind)

    def _of_kind(self, kind: str) -> Mapping[str, Mapping[str, str]]:
        return self.content["components"].get(kind, {}) if kind in COMPONENTS else self.content[kind]


@dataclass(frozen=True)
class Scoreboard:
    """Reports side by side.

    Attributes:
        columns: the reports.
        rows: ops, primitives, classes by kind and families of other cases, each in alphabetical order.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @classmethod
    def of(cls, columns: Sequence[Column]) -> Scoreboard:
        """Return the board of some reports."""
        rows = [
            Row(kind, name, tuple(column.cell(kind, name) for column in columns))
            for kind in KINDS
            for name in sorted({name for column in columns for name in column.names(kind)})
        ]
        return cls(tuple(columns), tuple(rows))

    @property
    def digests(self) -> dict[str, list[str]]:
        """Columns by the digest of the op database that they were examined with."""
        found: dict[str, list[str]] = {}
        for column in self.columns:
            found.setdefault(column.content["digests"]["ops"], []).append(column.title)
        return found


def _family(case: str) -> str:
    return case.partition("/")[0]


def read_report(file: Path) -> dict[str, Any]:
    """Return the content of a report.

    Args:
        file: that `keras-conformance run NAME --report FILE` wrote.

    Raises:
        ScoreboardError: where the file is no such report.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ScoreboardError(f"{file}: cannot be read as a report: {error}") from error
    if not isinstance(content, dict) or content.get("format") not in READABLE:
        found = content.get("format") if isinstance(content, dict) else None
        raise ScoreboardError(
            f"{file}: expected a report of format {' or '.join(map(str, READABLE))}, got {found!r}; write it with "
            "`keras-conformance run NAME --report FILE`"
        )
    # What the formats 1 and 2 did not say.
    content = {"tier": FULL, "claimed_tier": FULL, "strict": True, "components": {}, **content}
    wrong = [name for name, kind in _FIELDS.items() if not isinstance(content.get(name), kind)]
    wrong += [] if "digests" in wrong or "ops" in content["digests"] else ["digests.ops"]
    if wrong:
        raise ScoreboardError(f"{file}: the report lacks {', '.join(wrong)}")
    if unknown := set(content["counts"]).difference(OUTCOMES):
        raise ScoreboardError(f"{file}: expected the outcomes {', '.join(OUTCOMES)}, got {', '.join(sorted(unknown))}")
    return content


def read_scoreboard(files: Sequence[Path], allow_mixed: bool = False) -> Scoreboard:
    """Return the board of report files.

    Args:
        files: the reports, one a column.
        allow_mixed: whether reports of different op databases may stand side by side.

    Raises:
        ScoreboardError: for a file that is no report, and for reports that cannot be compared.
    """
    contents = [read_report(file) for file in files]
    backends = Counter(content["backend"] for content in contents)
    columns = []
    for file, content in zip(files, contents, strict=True):
        backend = content["backend"]
        columns.append(Column(backend if backends[backend] == 1 else f"{backend} ({file})", content))
    board = Scoreboard.of(columns)
    if len(board.digests) > 1 and not allow_mixed:
        groups = "; ".join(f"{digest[:12]}: {', '.join(titles)}" for digest, titles in board.digests.items())
        raise ScoreboardError(
            f"the reports were made with different op databases, so their numbers do not compare ({groups}); run the "
            "backends with one version of keras-core and keras-conformance, or give --allow-mixed"
        )
    return board
