"""One run of the suite inside pytest: which cases there are, what the ledger makes of their outcomes, the report."""

from __future__ import annotations

import time
from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

import pytest

from keras_conformance import registry, subject
from keras_conformance.ledger import LedgerError
from keras_conformance.report import Examined, Report, write_report
from keras_conformance.since import recorded
from keras_conformance.tiers import holds

SKIPPED: Final = "a conformance case must not be skipped; declare it in conformance.toml"
CASE_PARAMETERS: Final = ("case_id", "component_id")
"""Parameters of tests that run what the registry asks for."""
SUITE: Final = Path(__file__).parent / "suite"


class Run:
    """The pytest plugin of one run.

    Args:
        config: of pytest.
        backend: name of the backend.
        report: file for the report, None for none.
        kernels: whether native kernels are used.
        tier: that is asked for; None for the one that the backend claims.
        strict: whether the cases that are new bind as well.
    """

    def __init__(
        self,
        config: pytest.Config,
        backend: str,
        report: str | None,
        kernels: bool,
        tier: str | None = None,
        strict: bool = False,
    ) -> None:
        from keras_core.plugins import PluginError

        try:
            self.subject = subject.load(backend, kernels)
        except (PluginError, LedgerError) as error:
            raise pytest.UsageError(str(error)) from error
        self.report_file = None if report is None else Path(report).absolute()
        self.tier = tier or self.subject.ledger.tier
        self.strict = strict
        every = registry.required(self.subject)
        self.required = [case for case in every if holds(self.tier, str(case))]
        self.beyond = [str(case) for case in every if not holds(self.tier, str(case))]
        self.since = recorded()
        self.outcomes: dict[str, str] = {}
        self.messages: dict[str, str] = {}
        self.known: list[str] = []
        self.problems: list[str] = []
        self.selected = bool(config.getoption("keyword") or config.getoption("markexpr"))
        self.start = time.perf_counter()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Compare what was collected with the op database and the ledger, before `-k` takes anything out."""
        beyond = [item for item in items if _of_suite(item) and not holds(self.tier, id_of(item))]
        if beyond:
            config.hook.pytest_deselected(items=beyond)
            items[:] = [item for item in items if item not in set(beyond)]
            self.beyond += map(id_of, beyond)
        self.known = [id_of(item) for item in items if _of_suite(item)]
        doubled = (
            sorted({case for case in self.known if self.known.count(case) > 1}) if _has_doubles(self.known) else []
        )
        if doubled:
            raise pytest.UsageError(f"two cases have one id: {', '.join(doubled)}")
        missing = {str(case) for case in self.required}.difference(self.known)
        if missing:
            self.problems.append(f"{len(missing)} cases that must be examined were not collected, as {min(missing)}")
        try:
            self.subject.ledger.check({*self.known, *missing}, beyond=self.beyond)
        except LedgerError as error:
            raise pytest.UsageError(str(error)) from error

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn the outcome of a test into that of a case, as the ledger says."""
        report = yield
        if not _of_suite(item):
            return report
        case = id_of(item)
        if report.skipped:
            _fail(report, SKIPPED)
            self.note(case, "failed", SKIPPED)
        elif call.when == "call":
            self._apply_ledger(case, report, None if call.excinfo is None else call.excinfo.value)
        elif report.failed:
            self._note_failure(case, report)
        return report

    def _apply_ledger(self, case: str, report: pytest.TestReport, error: BaseException | None) -> None:
        from keras_core.contract import UnsupportedOpError

        ledger = self.subject.ledger
        if case in ledger.unsupported:
            if _caused_by(error, UnsupportedOpError):
                _pass(report)
                self.note(case, "unsupported", ledger.unsupported[case])
                return
            found = "it passed" if error is None else f"it raised {type(error).__name__}: {error}"
            _fail(report, f"{case} is declared unsupported and must raise UnsupportedOpError, but {found}")
        elif case in ledger.expected_failures:
            if error is not None:
                _pass(report)
                self.note(case, "xfailed", ledger.expected_failures[case].reason)
                return
            _fail(report, f"{case} is declared to fail, but passed: take it out of conformance.toml")
        if error is None or case in ledger.unsupported or case in ledger.expected_failures:
            self.note(case, "failed" if report.failed else "passed", report.longreprtext)
        else:
            self._note_failure(case, report)

    def _note_failure(self, case: str, report: pytest.TestReport) -> None:
        message = report.longreprtext
        if self.strict or self.since.binds(case):
            self.note(case, "failed", message)
        else:
            _pass(report)
            self.note(case, "advisory", message)

    def note(self, case: str, outcome: str, message: str) -> None:
        """Keep the outcome of a case."""
        self.outcomes[case] = outcome
        if outcome != "passed":
            self.messages[case] = message

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the report, and fail the run where cases were left out."""
        if session.config.option.collectonly:
            return
        left_out = [str(case) for case in self.required if str(case) not in self.outcomes]
        if left_out and not self.selected:
            self.problems.append(
                f"{len(left_out)} of {len(self.required)} required cases did not run, as {left_out[0]}"
            )
        if self.problems and not self.selected and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        seconds = time.perf_counter() - self.start
        examined = Examined(self.tier, self.strict, len(set(self.beyond)), self.since.digest)
        self.report = Report.of(
            self.subject, examined, self.required, self.known, self.outcomes, self.messages, self.problems, seconds
        )
        if self.report_file is not None:
            write_report(self.report, self.report_file)

    def _advice(self) -> list[str]:
        cases = [case for case, outcome in self.outcomes.items() if outcome == "advisory"]
        if not cases:
            return []
        count = "1 new case fails" if len(cases) == 1 else f"{len(cases)} new cases fail"
        what = f"{count}, which fails the run from the next minor version on (and now with --strict):"
        return [what, *(f"  {case}" for case in cases)]

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the table of outcomes."""
        if not hasattr(self, "report"):
            return
        terminalreporter.write_sep("=", f"conformance of '{self.subject.name}', tier {self.tier}")
        terminalreporter.write(self.report.table(terminalreporter._tw.fullwidth))
        for line in self._advice():
            terminalreporter.write_line(line, yellow=True)
        for problem in () if self.selected else self.problems:
            terminalreporter.write_line(problem, red=True)
        if self.report_file is not None:
            terminalreporter.write_line(f"report: {self.report_file}")


def id_of(item: pytest.Item) -> str:
    """Return the case id of a test of the suite: `ops/exp/gradient`, or module, function and parameters."""
    callspec = getattr(item, "callspec", None)
    case = registered_case(item)
    if case is not None:
        return str(case)
    function = item.function  # pyright: ignore[reportAttributeAccessIssue]
    family = _file_of(function).stem.removeprefix("test_")
    name = function.__name__.removeprefix("test_")
    return "/".join([family, name, *([callspec.id] if callspec is not None else ())])


def registered_case(item: pytest.Item) -> registry.CaseId | None:
    """Return the case of which a test is, None where it is one that only the suite knows."""
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    return next((parameters[name] for name in CASE_PARAMETERS if name in parameters), None)


def _of_suite(item: pytest.Item) -> bool:
    # By the file of the function: a test of the suite may have been imported into somebody's own test file.
    function = getattr(item, "function", None)
    return hasattr(function, "__globals__") and SUITE in _file_of(function).parents


def _file_of(function: Any) -> Path:
    return Path(function.__globals__.get("__file__", ""))


def _has_doubles(names: list[str]) -> bool:
    return len(set(names)) < len(names)


def _caused_by(error: BaseException | None, wanted: type[BaseException]) -> bool:
    """Tell whether an exception is of a class or was raised `from` one that is; what came before it is no cause."""
    while error is not None and not isinstance(error, wanted):
        error = error.__cause__
    return error is not None


def _pass(report: pytest.TestReport) -> None:
    report.outcome = "passed"
    report.longrepr = None


def _fail(report: pytest.TestReport, message: str) -> None:
    report.outcome = "failed"
    report.longrepr = message
