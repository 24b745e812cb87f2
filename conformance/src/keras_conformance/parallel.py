"""A run spread over several processes: `keras-conformance run NAME --jobs N`.

One process, that of the command, collects the cases and holds them against the op database and the ledger, reports, and
writes files, as it does alone; only the loop over the tests is another one. It hands out the cases of one op after the
other to workers, which are pytest runs with the same arguments, and gets their test reports back. A case that does not
come back has not run, which fails the run as ever.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import groupby
from multiprocessing.connection import Connection, wait
from typing import Any, Final

import pytest

from keras_conformance.cases.recurring import batch_of
from keras_conformance.run import Run, id_of, registered_case

_AHEAD: Final = 2
"""Groups that a worker has at a time, so that it need not wait for the next one."""


class Jobs:
    """The pytest plugin of the process that hands out.

    Args:
        run: the run.
        number: of workers.
    """

    def __init__(self, run: Run, number: int) -> None:
        self.run = run
        self.number = number

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Let workers run the tests."""
        if session.config.option.collectonly or (
            session.testsfailed and not session.config.option.continue_on_collection_errors
        ):
            return None
        waiting = _groups(session.items)
        with contextlib.ExitStack() as stack:
            arguments = list(session.config.invocation_params.args)
            workers = [
                stack.enter_context(_Worker(self.run, session, arguments).started())
                for _ in range(min(self.number, len(waiting)))
            ]
            for worker in workers * _AHEAD:
                worker.give(waiting)
            by_connection: dict[Any, _Worker] = {worker.connection: worker for worker in workers}
            while by_connection:
                for ready in wait(list(by_connection)):
                    worker = by_connection[ready]
                    if not worker.receive(waiting):
                        del by_connection[ready]
                    if session.shouldfail:
                        raise session.Failed(session.shouldfail)
                    if session.shouldstop:
                        raise session.Interrupted(session.shouldstop)
        return True


def _groups(items: Sequence[pytest.Item]) -> deque[list[pytest.Item]]:
    """Return what workers get at a time: tests that share what is compiled, of one op say, or all others of a file.

    Files come first: they take longest, and in the end all workers shall have something to do.
    """
    groups = [(subject, list(group)) for subject, group in groupby(items, key=_subject_of)]
    return deque(group for _, group in sorted(groups, key=lambda found: found[0][1] is not None))


def _subject_of(item: pytest.Item) -> tuple[Any, Any]:
    """Return where a test is from, and with which others there it is compiled; None where that is not known."""
    case = registered_case(item)
    if case is not None:
        return case.kind, case.name
    callspec = getattr(item, "callspec", None)
    named = None if callspec is None else callspec.params.get("named_case")
    return item.path, None if named is None else str(batch_of(named)[0])


class _Worker:
    """A worker as the process that hands out sees it."""

    def __init__(self, run: Run, session: pytest.Session, arguments: list[str]) -> None:
        self.run = run
        self.session = session
        self.arguments = arguments
        self.pending: deque[pytest.Item] = deque()
        self.connection: Connection[Any, Any]
        self.process: Any

    @contextlib.contextmanager
    def started(self) -> Iterator[_Worker]:
        """Start the process; it has ended afterwards."""
        # Frameworks have threads, and do not survive a fork.
        context = multiprocessing.get_context("spawn")
        self.connection, other = context.Pipe()
        self.process = context.Process(target=work, args=(other, self.arguments), daemon=True)
        self.process.start()
        other.close()
        try:
            yield self
        finally:
            self.connection.close()
            self.process.join(timeout=0 if self.pending else 60)
            if self.process.is_alive():
                self.process.terminate()
                self.process.join()

    def give(self, waiting: deque[list[pytest.Item]]) -> None:
        """Hand out the next group, or say that there is none."""
        with contextlib.suppress(BrokenPipeError):  # `receive` finds out that it has ended
            if waiting:
                items = waiting.popleft()
                self.pending.extend(items)
                self.connection.send([item.nodeid for item in items])
            else:
                self.connection.send(None)

    def receive(self, waiting: deque[list[pytest.Item]]) -> bool:
        """Take in one message; tell whether there will be another one."""
        hook = self.session.config.hook
        try:
            kind, *content = self.connection.recv()
        except (EOFError, ConnectionError):
            self._lost(waiting)
            return False
        if kind == "report":
            report = hook.pytest_report_from_serializable(config=self.session.config, data=content[0])
            hook.pytest_runtest_logreport(report=report)
        elif kind == "case":
            self.pending.popleft()
            case, outcome, message = content
            if outcome is not None:
                self.run.note(case, outcome, message)
        elif kind == "group":
            self.give(waiting)
        else:
            self.run.subject.fallbacks.update(content[0])
        return kind != "end"

    def _lost(self, waiting: deque[list[pytest.Item]]) -> None:
        """Fail the case that the worker ran when it ended; others get what else it had."""
        self.process.join(timeout=60)
        if not self.pending:
            self.run.problems.append(f"a worker ended with exit code {self.process.exitcode}")
            return
        item = self.pending.popleft()
        message = f"the process that ran the case ended with exit code {self.process.exitcode}"
        self.run.note(id_of(item), "failed", message)
        report = pytest.TestReport(item.nodeid, item.location, {}, "failed", message, "call")
        self.session.config.hook.pytest_runtest_logreport(report=report)
        if self.pending:
            waiting.append(list(self.pending))
            self.pending.clear()


def work(connection: Connection[Any, Any], arguments: list[str]) -> None:
    """Run tests as they are asked for: the main function of a worker."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    pytest.main(arguments, plugins=[_Work(connection)])


class _Work:
    """The pytest plugin of a worker."""

    def __init__(self, connection: Connection[Any, Any]) -> None:
        self.connection = connection

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Leave files to the process that hands out."""
        self.config = config
        config.option.keras_jobs = None
        config.option.keras_report = None
        config.option.xmlpath = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run what the process that hands out asks for, until there is no more."""
        run: Any = session.config.pluginmanager.get_plugin("keras-conformance-run")
        items = {item.nodeid: item for item in session.items}
        ended = 0
        while ended < _AHEAD:
            group = self.connection.recv()
            if group is None:
                ended += 1
                continue
            for nodeid, following in zip(group, [*group[1:], None], strict=True):
                item = items[nodeid]
                session.config.hook.pytest_runtest_protocol(
                    item=item, nextitem=None if following is None else items[following]
                )
                case = id_of(item)
                self.connection.send(("case", case, run.outcomes.get(case), run.messages.get(case, "")))
            self.connection.send(("group",))
        self.connection.send(("end", dict(run.subject.fallbacks)))
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Send a report to the process that hands out."""
        data = self.config.hook.pytest_report_to_serializable(config=self.config, report=report)
        self.connection.send(("report", data))
