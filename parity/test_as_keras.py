"""Everything gives what it gives in Keras, or is on the list."""

from collections.abc import Callable

import pytest

from parity.comparison import Comparison
from parity.differences import entries, problems
from parity.subjects import names


@pytest.mark.parametrize("name", names())
def test_as_keras(name: str, compared: Callable[[str], Comparison]) -> None:
    """dtype, shape, value and refusals agree in every call, but for what is listed; and that does differ."""
    assert problems(compared(name), entries()) == []
