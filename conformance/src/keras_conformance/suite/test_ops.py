"""Each op and primitive, in each way in which it is checked."""

import pytest

from keras_conformance.checks import run_check
from keras_conformance.pytest_plugin import NO_BACKEND, RUN_NAME
from keras_conformance.registry import CaseId
from keras_conformance.subject import Subject


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one test of each case that the op database asks for."""
    if "case_id" in metafunc.fixturenames:
        run = metafunc.config.pluginmanager.get_plugin(RUN_NAME)
        if run is None:
            raise pytest.UsageError(NO_BACKEND)
        metafunc.parametrize("case_id", run.required, ids=str)


def test_case(subject: Subject, case_id: CaseId) -> None:
    """One case."""
    run_check(subject, case_id)
