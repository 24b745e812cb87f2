"""Each op and primitive, in each way in which it is checked."""

from keras_conformance.checks import run_check
from keras_conformance.registry import CaseId
from keras_conformance.subject import Subject


def test_case(subject: Subject, case_id: CaseId) -> None:
    """One case."""
    run_check(subject, case_id)
