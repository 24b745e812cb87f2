"""A run over several processes is as strict as one alone."""

import xml.etree.ElementTree
from typing import Any

import pytest

EXAMINED = "primitives/tan or ops/tan or primitives/exp"
SLICE = ("--jobs", "2", "-k", EXAMINED)
WRONG = 'own["tan"] = lambda x: x * x.dtype.type(1.01)'
GONE = 'import os; own["tan"] = lambda x: os._exit(3)'
LEDGER = """
[[unsupported]]
cases = ["primitives/tan/value/float32"]
reason = "The framework has no tangent."

[[xfail]]
case = "primitives/tan/value/float64"
reason = "The tangent is off."
issue = "https://example.org/1"
expires = 2999-01-01
"""
HALF = """
def no_single(x, tangent=own["tan"]):
    if x.dtype == "float32":
        no_tangent(x)
    return tangent(x) * x.dtype.type(1.5)
own["tan"] = no_single
"""


def test_same_report(examine: Any, tmp_path: Any) -> None:
    """All that one process says of a backend, several say."""
    junit = tmp_path / "junit.xml"
    done = examine(*SLICE, "--", f"--junitxml={junit}")
    assert done.code == 0, done.output
    several = done.report
    passed = several["counts"]["passed"]
    assert passed == len(xml.etree.ElementTree.parse(junit).findall(".//testcase")) > 30
    assert f"{passed} passed" in done.output
    alone = examine("-k", EXAMINED).report
    varying = ("date", "load_seconds", "seconds")
    assert {k: v for k, v in several.items() if k not in varying} == {
        k: v for k, v in alone.items() if k not in varying
    }


def test_failures_come_back(examine: Any) -> None:
    """A wrong answer fails the run, with its message."""
    done = examine(*SLICE, change=WRONG)
    assert done.code == 1
    assert done.report["primitives"]["tan"]["value/float32"] == "failed"
    assert "elements differ" in done.report["messages"]["primitives/tan/value/float32"]
    assert "elements differ" in done.output


def test_ledger_holds(examine: Any) -> None:
    """What is declared unsupported, or to fail, is what it is in one process."""
    done = examine("--jobs", "2", "-k", "primitives/tan/value", change=HALF.replace("\n", "\n        "), ledger=LEDGER)
    assert done.report["counts"]["unsupported"] == done.report["counts"]["xfailed"] == 1
    assert done.report["messages"]["primitives/tan/value/float32"] == "The framework has no tangent."


def test_unknown_case(examine: Any) -> None:
    """A ledger with an id that no case has stops the run before there are workers."""
    done = examine(*SLICE, ledger=LEDGER.replace("float32", "float33"))
    assert done.code not in (0, 1)
    assert "there is no case 'primitives/tan/value/float33'" in done.output


def test_cases_left_out(examine: Any) -> None:
    """What comes back from nobody has not run, and that fails the run."""
    deselected = "test_ops.py::test_case[primitives/tan/value/float32]"
    done = examine("--jobs", "2", "--", "--deselect", deselected, "-x")
    assert done.code == 1, done.output
    assert "required cases did not run" in done.output
    assert done.report["primitives"]["tan"]["value/float32"] == "not run"


def test_lost_worker(examine: Any) -> None:
    """The case during which a process ends is a failed one; the others are run by somebody else."""
    done = examine("--jobs", "2", "-k", "primitives/tan/value/float32 or primitives/exp", change=GONE)
    assert done.code == 1
    assert done.report["primitives"]["tan"]["value/float32"] == "failed"
    assert "ended with exit code 3" in done.report["messages"]["primitives/tan/value/float32"]
    assert done.report["primitives"]["exp"]["value/float32"] == "passed"


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_number_of_jobs(examine: Any, number: str) -> None:
    """It is a number from 1 on, or `auto`."""
    done = examine(f"--jobs={number}")
    assert done.code == 2
    assert "--jobs" in done.output
