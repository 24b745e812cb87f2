"""Layers, losses, metrics, optimizers, initializers: each configuration, in each way in which it is checked."""

from keras_conformance.checks import run_check
from keras_conformance.registry import CaseId
from keras_conformance.subject import Subject


def test_case(subject: Subject, component_id: CaseId) -> None:
    """One case."""
    run_check(subject, component_id)
