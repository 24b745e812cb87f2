"""Bugs that recur in libraries with several backends, each by its name."""

from keras_conformance.cases.recurring import Named
from keras_conformance.checks import recurring
from keras_conformance.subject import Subject


def test_eager(subject: Subject, named_case: Named) -> None:
    """The call gives what it should."""
    recurring.check_eager(subject, named_case)


def test_compiled(subject: Subject, named_case: Named) -> None:
    """Compiled it gives the same."""
    recurring.check_compiled(subject, named_case)
