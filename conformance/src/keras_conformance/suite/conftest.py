"""The backend under test. Without one there is nothing to examine."""

from collections.abc import Iterator

import pytest

from keras_conformance.pytest_plugin import NO_BACKEND, RUN_NAME
from keras_conformance.subject import Subject
from keras_core.runtime.table import use_table


def pytest_collection(session: pytest.Session) -> None:
    """Refuse a run that names no backend."""
    if not session.config.pluginmanager.hasplugin(RUN_NAME):
        raise pytest.UsageError(NO_BACKEND)


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
