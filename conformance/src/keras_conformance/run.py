"""One run of the suite inside pytest: which cases there are, what the ledger makes of their outcomes, the report."""

from __future__ import annotations

import time
from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

import pytest

from keras_conformance import registry, subject
from keras_conformance.ledger import LedgerError
from keras_conformance.report import Report, write_report

SUITE: Final = Path(__file__).parent / "suite"


class Run:
    """The pytest plugin of one run.

    Args:
        config: of pytest.
        backend: name of the backend.
        report: file for the report, None for none.
        kernels: whether native kernels are used.
    """

    def __init__(self, config: pytest.Config, backend: str, report: str | None, kernels: bool) -> None:
        from keras_core.plugins import PluginError

        try:
            self.subject = subject.load(backend, kernels)
        except (PluginError, LedgerError) as error:
            raise pytest.UsageError(str(error)) from error
        self.report_file = None if report is None else Path(report).absolute()
        self.required = registry.required(self.subject)
        self.outcomes: dict[str, str] = {}
        self.messages: dict[str, str] = {}
        self.known: list[str] = []
        self.problems: list[str] = []
        self.selected = bool(config.getoption("keyword") or config.getoption("markexpr"))
        self.start = time.perf_counter()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Compare what was collected with the op database and the ledger, before `-k` takes anything out."""
        self.known = [id_of(item) for item in items if _of_suite(item)]
        doubled = (
            sorted({case for case in self.known if self.known.count(case) > 1}) if _has_doubles(self.known) else []
        )
        if doubled:
            raise pytest.UsageError(f"two cases have one id: {', '.join(doubled)}")
        missing = {str(case) for case in self.required}.difference(self.known)
        if missing:
            self.problems.append(f"{len(missing)} cases of the op database were not collected, as {min(missing)}")
        try:
            self.subject.ledger.check({*self.known, *missing})
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
            _fail(report, "a conformance case must not be skipped; declare it in conformance.toml")
        if call.when == "call":
            self._apply_ledger(case, report, None if call.excinfo is None else call.excinfo.value)
        elif report.failed:
            self.note(case, "failed", report.longreprtext)
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
        self.note(case, "failed" if report.failed else "passed", report.longreprtext)

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
        self.report = Report.of(
            self.subject, self.required, self.known, self.outcomes, self.messages, self.problems, seconds
        )
        if self.report_file is not None:
            write_report(self.report, self.report_file)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the table of outcomes."""
        if not hasattr(self, "report"):
            return
        terminalreporter.write_sep("=", f"conformance of '{self.subject.name}'")
        terminalreporter.write(self.report.table(terminalreporter._tw.fullwidth))
        for problem in () if self.selected else self.problems:
            terminalreporter.write_line(problem, red=True)
        if self.report_file is not None:
            terminalreporter.write_line(f"report: {self.report_file}")


def id_of(item: pytest.Item) -> str:
    """Return the case id of a test of the suite: `ops/exp/gradient`, or module, function and parameters."""
    callspec = getattr(item, "callspec", None)
    if callspec is not None and "case_id" in callspec.params:
        return str(callspec.params["case_id"])
    function = item.function  # pyright: ignore[reportAttributeAccessIssue]
    family = _file_of(function).stem.removeprefix("test_")
    name = function.__name__.removeprefix("test_")
    return "/".join([family, name, *([callspec.id] if callspec is not None else ())])


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
