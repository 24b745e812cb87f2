"""The backend under test. Without one there is nothing to examine."""

from collections.abc import Iterator

import pytest

from keras_conformance.cases.recurring import named_cases
from keras_conformance.components import KINDS
from keras_conformance.pytest_plugin import NO_BACKEND, RUN_NAME
from keras_conformance.subject import Subject
from keras_core.runtime.table import use_table


def pytest_collection(session: pytest.Session) -> None:
    """Refuse a run that names no backend."""
    if not session.config.pluginmanager.hasplugin(RUN_NAME):
        raise pytest.UsageError(NO_BACKEND)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one test of each case: of ops, of classes, and of those named ones for which the backend has the dtypes."""
    if not {"case_id", "component_id", "named_case"} & set(metafunc.fixturenames):
        return
    run = metafunc.config.pluginmanager.get_plugin(RUN_NAME)
    if run is None:
        raise pytest.UsageError(NO_BACKEND)
    if "case_id" in metafunc.fixturenames:
        metafunc.parametrize("case_id", [case for case in run.required if case.kind not in KINDS], ids=str)
    if "component_id" in metafunc.fixturenames:
        metafunc.parametrize("component_id", [case for case in run.required if case.kind in KINDS], ids=str)
    if "named_case" in metafunc.fixturenames:
        cases = [case for case in named_cases().values() if all(map(run.subject.has, case.uses()))]
        metafunc.parametrize("named_case", cases, ids=str)


@pytest.fixture(scope="session", name="subject")
def backend_under_test(pytestconfig: pytest.Config) -> Subject:
    """The backend under test."""
    run = pytestconfig.pluginmanager.get_plugin(RUN_NAME)
    assert run is not None
    return run.subject


@pytest.fixture(autouse=True)
def active_backend(subject: Subject) -> Iterator[None]:
    """Let each test run on the backend."""
    with use_table(subject.table):
        yield
