"""Counts the JUnit reports of a run and prints the closing line "N passed, N failed"."""

import argparse
import sys
import xml.etree.ElementTree as ElementTree  # nosec B405 # the reports are our own
from collections import Counter
from pathlib import Path

OUTCOMES = ("passed", "failed", "xfailed", "skipped")


def outcome(case: ElementTree.Element) -> str:
    """The outcome of one test in a JUnit report, as pytest names it."""
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    skipped = case.find("skipped")
    if skipped is None:
        return "passed"
    return "xfailed" if skipped.get("type") == "pytest.xfail" else "skipped"


def count(report: Path) -> Counter[str]:
    """The outcomes of one report; a report that cannot be read counts as one failure."""
    try:
        root = ElementTree.parse(report).getroot()  # nosec B314 # our own report
        return Counter(outcome(case) for case in root.iter("testcase"))
    except ElementTree.ParseError:
        return Counter(failed=1)


def main() -> int:
    """Prints one line a report, then the sum; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=Path, required=True)
    parser.add_argument("--environments", required=True, help="those that must have left a report, by commas")
    parser.add_argument("--tests-exit", type=int, required=True)
    parser.add_argument("--lint-exit", type=int, required=True)
    arguments = parser.parse_args()

    reports = sorted(arguments.reports.glob("*.xml"))
    total: Counter[str] = Counter()
    print()
    for report in reports:
        outcomes = count(report)
        total += outcomes
        print(f"{report.stem:34}", *(f"{outcomes[name]:7} {name}" for name in OUTCOMES))

    for environment in arguments.environments.split(","):
        if not any(report.stem == environment or report.stem.startswith(f"{environment}-") for report in reports):
            print(f"{environment}: no report, its tests did not run")
            total["failed"] += 1
    if arguments.tests_exit and not total["failed"]:
        print("make test failed outside of the tests")
        total["failed"] += 1
    if arguments.lint_exit:
        print("make lint failed")
    total["failed" if arguments.lint_exit else "passed"] += 1  # lint counts as one check

    print(f"{total['passed']} passed, {total['failed']} failed", flush=True)
    return 1 if total["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
