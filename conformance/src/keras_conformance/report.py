"""The report of a run: what was examined, and the outcome of each case."""

from __future__ import annotations

import datetime
import importlib.metadata
import io
import json
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from keras_conformance import registry
from keras_conformance.components import KINDS
from keras_conformance.registry import CaseId
from keras_conformance.subject import Subject

FORMAT: Final = 3
READABLE: Final = (1, 2, 3)
"""Layouts that `keras-conformance scoreboard` takes: the first one had no tiers and no advisory cases, the second one
only ops and primitives."""

OUTCOMES: Final = ("passed", "failed", "advisory", "unsupported", "xfailed", "not run")


@dataclass(frozen=True)
class Examined:
    """What a run was asked for.

    Attributes:
        tier: of which it asked for the cases.
        strict: whether the cases that are new bind.
        beyond: how many cases of the suite the tier does not ask for.
        since: SHA-256 of the table that says since when each case binds.
    """

    tier: str
    strict: bool
    beyond: int
    since: str


@dataclass(frozen=True)
class Report:
    """What one run found; `to_json` is the content of the file.

    Attributes:
        format: version of this layout.
        backend: name of the backend.
        date: of the run, UTC.
        tier: of which the run asked for the cases.
        claimed_tier: the one that the backend's ledger names.
        strict: whether the cases that are new bind; else those that fail are `advisory`.
        denominator: how many cases the tier has for this backend.
        beyond_tier: how many more the suite has.
        versions: of Python, the contract and the distributions.
        digests: SHA-256 of the op database, of the ledger and of the table `since.toml`.
        environment: the variables that the ledger names, with the values that the run had.
        dtypes: that the backend has.
        kernels: native kernels in use.
        unused_kernels: those of ops that this core does not have.
        fallbacks: by op: how often its kernel returned `NotImplemented` and the composite ran.
        load_seconds: how long loading the backend took, framework included.
        seconds: how long the run took.
        required: how many cases the op database and the public classes ask for.
        counts: cases by outcome.
        by_check: cases by check, or kind of class, and outcome.
        ops: outcome by op and check.
        primitives: outcome by primitive and check.
        components: the same of layers and the other kinds of classes, by kind.
        other: outcome of the cases that are of neither.
        messages: why, of each case that did not simply pass.
        problems: what is wrong with the run as a whole.
    """

    format: int
    backend: str
    date: str
    tier: str
    claimed_tier: str
    strict: bool
    denominator: int
    beyond_tier: int
    versions: dict[str, str]
    digests: dict[str, str]
    environment: dict[str, str]
    dtypes: list[str]
    kernels: list[str]
    unused_kernels: list[str]
    fallbacks: dict[str, int]
    load_seconds: float
    seconds: float
    required: int
    counts: dict[str, int]
    by_check: dict[str, dict[str, int]]
    ops: dict[str, dict[str, str]]
    primitives: dict[str, dict[str, str]]
    components: dict[str, dict[str, dict[str, str]]]
    other: dict[str, str]
    messages: dict[str, str]
    problems: list[str]

    @classmethod
    def of(
        cls,
        subject: Subject,
        examined: Examined,
        required: Sequence[CaseId],
        known: Sequence[str],
        outcomes: Mapping[str, str],
        messages: Mapping[str, str],
        problems: Sequence[str],
        seconds: float,
    ) -> Report:
        """Return the report of a run."""
        per_kind: dict[str, dict[str, dict[str, str]]] = {kind: {} for kind in ("ops", "primitives", *KINDS)}
        by_check: dict[str, Counter[str]] = {}
        for case in required:
            outcome = outcomes.get(str(case), "not run")
            check = "/".join(filter(None, (case.check, case.variant)))
            per_kind[case.kind].setdefault(case.name, {})[check] = outcome
            by_check.setdefault(case.kind if case.kind in KINDS else case.check, Counter())[outcome] += 1
        names = {str(case) for case in required}
        other = {case: outcomes.get(case, "not run") for case in known if case not in names}
        for case, outcome in other.items():
            by_check.setdefault(case.partition("/")[0], Counter())[outcome] += 1
        counts = sum(by_check.values(), Counter())
        return cls(
            format=FORMAT,
            backend=subject.name,
            date=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            tier=examined.tier,
            claimed_tier=subject.ledger.tier,
            strict=examined.strict,
            denominator=sum(counts.values()),
            beyond_tier=examined.beyond,
            versions=versions(subject.name),
            digests={"ops": registry.digest(), "ledger": subject.ledger.digest, "since": examined.since},
            environment=subject.environment,
            dtypes=list(subject.table.dtypes),
            kernels=sorted(subject.kernels),
            unused_kernels=sorted(subject.kernels - set(registry.definitions())),
            fallbacks=dict(sorted(subject.fallbacks.items())),
            load_seconds=round(subject.load_seconds, 3),
            seconds=round(seconds, 1),
            required=len(required),
            counts={outcome: counts[outcome] for outcome in OUTCOMES},
            by_check={
                check: {name: found[name] for name in OUTCOMES if found[name]} for check, found in by_check.items()
            },
            ops=per_kind["ops"],
            primitives=per_kind["primitives"],
            components={kind: per_kind[kind] for kind in KINDS},
            other=other,
            messages=dict(messages),
            problems=list(problems),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the report in types that JSON has."""
        return asdict(self)

    def table(self, width: int) -> str:
        """Return the summary as a table of text."""
        from rich.console import Console
        from rich.table import Table

        table = Table(caption=self._caption(), caption_justify="left")
        table.add_column("check")
        for outcome in OUTCOMES:
            table.add_column(outcome, justify="right")
        for check, found in self.by_check.items():
            table.add_row(check, *(str(found.get(outcome, 0) or "") for outcome in OUTCOMES))
        table.add_section()
        table.add_row("all", *(str(self.counts[outcome] or "") for outcome in OUTCOMES))
        text = io.StringIO()
        Console(file=text, width=width).print(table)
        return text.getvalue()

    def _caption(self) -> str:
        fallbacks = f"{sum(self.fallbacks.values())} calls of {len(self.fallbacks)} kernels fell back to the composite"
        tier = f"tier {self.tier}: {self.counts['passed']} of {self.denominator} cases pass"
        tier += f", {self.beyond_tier} more are beyond it" if self.beyond_tier else ""
        return (
            f"{tier}\n"
            f"{len(self.ops)} ops, {len(self.primitives)} primitives, "
            + "".join(f"{len(found)} {kind}, " for kind, found in self.components.items())
            + f"{len(self.kernels)} kernels ({fallbacks}); "
            f"loaded in {self.load_seconds:.2f} s, ran {self.seconds:.0f} s"
            + "".join(f"\n{variable}={value}" for variable, value in self.environment.items())
        )


def versions(backend: str) -> dict[str, str]:
    """Return the versions of everything that has a part in a run."""
    from keras_core.contract import CONTRACT_VERSION
    from keras_core.plugins import BACKENDS, list_plugins

    found = {"python": platform.python_version(), "contract": ".".join(map(str, CONTRACT_VERSION))}
    names = ["keras-core", "keras-conformance", "numpy", "scipy", "pytest"]
    for info in list_plugins(BACKENDS):
        if info.name == backend and not info.builtin:
            found[info.distribution] = info.version
            names += _requirements(info.distribution)
    for name in names:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:  # an extra that is not installed, or core run from its source
            continue
    return found


def _requirements(distribution: str) -> list[str]:
    from packaging.requirements import Requirement

    return [Requirement(text).name for text in importlib.metadata.requires(distribution) or ()]


def write_report(report: Report, file: Path) -> None:
    """Write a report as JSON; the folder is made where there is none."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(report.to_json(), indent=1) + "\n", encoding="utf-8")
