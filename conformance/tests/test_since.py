"""Since when cases bind: the table, the command that writes it, and what a run makes of cases that are new."""

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from keras_conformance import since
from keras_conformance.scoreboard import read_scoreboard
from keras_conformance.scoreboard_text import badge, markdown
from keras_conformance.since import Since, SinceError, extended, minor_of, parse, written

CASES = {
    "ops/add/value/float32": (1, 0),
    "ops/add/errors": (1, 0),
    "ops/tan/value/float32": (1, 0),
    "ops/tan/errors": (1, 0),
    "host/scalars": (1, 0),
    "ops/add/second_order": (1, 1),
}
WRONG = 'own["tan"] = lambda x: x * x.dtype.type(1.01)'
CASE = "primitives/tan/value/float32"
ONLY = ("-k", CASE)
LATER = """
import dataclasses
from keras_conformance import run, since

recorded = since.recorded()
versions = {**recorded.versions, "primitives/tan/value/float32": (1, 1)}
run.recorded = lambda: dataclasses.replace(recorded, versions=versions, current=%s)


def pytest_runtest_setup(item):
    pass
"""
SKIPS = LATER.replace("    pass", "    import pytest\n    pytest.skip('not today')")
IN_THE_MINOR_THAT_BRINGS_IT, IN_THE_NEXT = LATER % "(1, 1)", LATER % "(1, 2)"
PLUGIN = ("--", "-p", "guest_backend.plugin")
EXPECTED = f"""
[[xfail]]
case = "{CASE}"
reason = "The tangent is off."
issue = "https://example.org/1"
expires = 2999-01-01
"""


def test_round_trip() -> None:
    """What is written is read back, and names with the same checks share an entry."""
    text = written(CASES)
    assert parse(text) == CASES
    assert text.count("names = [") == 3
    assert '  "ops/add",\n  "ops/tan",\n' in text


@pytest.mark.parametrize(
    ("case", "current", "binds"),
    [
        ("ops/add/errors", (1, 0), True),
        ("ops/add/second_order", (1, 1), False),
        ("ops/add/second_order", (1, 2), True),
        ("ops/add/second_order", (2, 0), True),
        ("ops/add/second_order", None, True),
        ("ops/add/of_tomorrow", (1, 1), False),
        ("ops/add/of_tomorrow", None, False),
        ("ops/of_tomorrow/missing", (1, 1), True),
    ],
)
def test_binds(case: str, current: tuple[int, int] | None, binds: bool) -> None:
    """The first version's always, new ones from the next minor on, unknown ones never, ops without a case always."""
    assert Since(CASES, current, "").binds(case) == binds


def test_new_cases_are_recorded() -> None:
    """They get the minor version; those that are there keep theirs."""
    found = extended(CASES, {*CASES, "ops/sub/errors"}, (1, 1))
    assert found == {**CASES, "ops/sub/errors": (1, 1)}


def test_cases_that_are_gone() -> None:
    """A case of this minor version may go, one of an earlier version only in a new major, as ledgers may name it."""
    there = set(CASES) - {"ops/add/second_order"}
    assert "ops/add/second_order" not in extended(CASES, there, (1, 1))
    with pytest.raises(SinceError, match="1 cases of earlier versions are gone, as host/scalars"):
        extended(CASES, set(CASES) - {"host/scalars"}, (1, 1))
    assert "host/scalars" not in extended(CASES, set(CASES) - {"host/scalars"}, (2, 0))


@pytest.mark.parametrize(("text", "minor"), [("1.2", (1, 2)), ("1.2.3", (1, 2)), ("0.10.0rc1", (0, 10))])
def test_minor_of(text: str, minor: tuple[int, int]) -> None:
    """The first two numbers."""
    assert minor_of(text) == minor


@pytest.mark.parametrize("text", ["1", "", "a.b"])
def test_no_version(text: str) -> None:
    """What has no two numbers is none."""
    with pytest.raises(SinceError, match="expected a version"):
        minor_of(text)


def test_two_versions_of_one_case() -> None:
    """A table that contradicts itself is refused."""
    entry = '[["{}"]]\nnames = ["ops/add"]\nchecks = ["errors"]\n'
    with pytest.raises(SinceError, match="ops/add/errors is said to be of two versions"):
        parse(entry.format("1.0") + entry.format("1.1"))


def test_table_is_complete() -> None:
    """Every case of the suite is recorded; where this fails, `make since` records the new ones."""
    line = [sys.executable, "-m", "keras_conformance.since", str(since.FILE), "--check"]
    done = subprocess.run(line, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr


def test_command(tmp_path: Path) -> None:
    """It writes the table, and says what is not recorded."""
    file = tmp_path / "since.toml"
    versions = dict(since.recorded().versions)
    del versions[CASE]
    file.write_text(written(versions))
    line = [sys.executable, "-m", "keras_conformance.since", str(file), "--minor", "1.7"]
    done = subprocess.run([*line, "--check"], capture_output=True, text=True, timeout=600)
    assert (done.returncode, done.stdout) == (1, f"{CASE}: new in 1.7\n"), done.stderr
    assert parse(file.read_text()) == versions
    assert subprocess.run(line, capture_output=True, text=True, timeout=600).returncode == 0
    assert parse(file.read_text()) == {**versions, CASE: (1, 7)}


def test_new_case_that_fails_is_advisory(examine: Any, tmp_path: Path) -> None:
    """The run stays green; the case is reported, and counted apart."""
    done = examine(*ONLY, *PLUGIN, change=WRONG, before=IN_THE_MINOR_THAT_BRINGS_IT)
    assert done.code == 0, done.output
    assert done.report["primitives"]["tan"]["value/float32"] == "advisory"
    assert done.report["counts"]["advisory"] == 1
    assert done.report["counts"]["failed"] == 0
    assert not done.report["strict"]
    assert "elements differ" in done.report["messages"][CASE]
    assert "1 new case fails, which fails the run from the next minor version on" in done.output
    assert f"  {CASE}" in done.output
    column = read_scoreboard([tmp_path / "report.json"]).columns[0]
    assert column.denominator == column.total - 1
    assert f"| {CASE} | guest | advisory |" in markdown(read_scoreboard([tmp_path / "report.json"]))
    assert f"/{column.denominator}, 1 advisory<" in badge(column)


def test_new_case_that_passes(examine: Any) -> None:
    """It is one more that passes."""
    done = examine(*ONLY, *PLUGIN, before=IN_THE_MINOR_THAT_BRINGS_IT)
    assert done.code == 0, done.output
    assert done.report["primitives"]["tan"]["value/float32"] == "passed"


def test_it_binds_from_the_next_minor(examine: Any) -> None:
    """Without anybody having to change anything."""
    done = examine(*ONLY, *PLUGIN, change=WRONG, before=IN_THE_NEXT)
    assert done.code == 1
    assert done.report["primitives"]["tan"]["value/float32"] == "failed"


def test_strict(examine: Any) -> None:
    """With it new cases bind at once."""
    done = examine("--strict", *ONLY, *PLUGIN, change=WRONG, before=IN_THE_MINOR_THAT_BRINGS_IT)
    assert done.code == 1
    assert done.report["strict"]
    assert done.report["primitives"]["tan"]["value/float32"] == "failed"


def test_a_new_case_cannot_be_skipped(examine: Any) -> None:
    """A skip fails, however new the case."""
    done = examine(*ONLY, *PLUGIN, before=SKIPS % "(1, 1)")
    assert done.code == 1
    assert done.report["primitives"]["tan"]["value/float32"] == "failed"


@pytest.mark.parametrize("ledger", [EXPECTED, None])
def test_what_a_ledger_says_of_a_new_case_binds(examine: Any, ledger: str | None) -> None:
    """Who declares a failure must have it."""
    done = examine(*ONLY, *PLUGIN, before=IN_THE_MINOR_THAT_BRINGS_IT, ledger=ledger)
    assert done.code == (1 if ledger else 0), done.output


def test_skip_of_a_declared_failure(examine: Any) -> None:
    """A skip is no failure that was declared."""
    done = examine(*ONLY, *PLUGIN, change=WRONG, before=SKIPS % "(1, 2)", ledger=EXPECTED)
    assert done.code == 1
    assert "must not be skipped" in done.output


def test_digest_is_in_the_report(examine: Any) -> None:
    """Two reports of one table have the same one."""
    assert examine(*ONLY).report["digests"]["since"] == since.recorded().digest


def test_not_installed() -> None:
    """Run from its source alone, all that is recorded binds."""
    assert dataclasses.replace(since.recorded(), current=None).binds(CASE)
