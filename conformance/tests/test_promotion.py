"""The promotion rule of the suite, which is written apart from core's, is the same rule."""

import pytest

from keras_conformance.case import ANY
from keras_conformance.promotion import PYTHON_NUMBERS, promoted
from keras_core.runtime.dtypes import result_type


@pytest.mark.parametrize("one", ANY)
def test_rule(one: str) -> None:
    """For all pairs, and in both orders."""
    for other in ANY:
        assert promoted(one, other) == promoted(other, one) == result_type(one, other), other
    for kind, name in PYTHON_NUMBERS.items():
        assert promoted(one, name) == promoted(name, one) == result_type(one, kind), name
