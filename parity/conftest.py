"""The comparisons that the tests share."""

from collections.abc import Callable, Iterator

import pytest

from parity.comparison import Comparison, comparison
from parity.second_opinion import SecondOpinion
from parity.subjects import calls_of


@pytest.fixture(scope="session")
def compared() -> Iterator[Callable[[str], Comparison]]:
    """Compares the calls of a name, once in a session."""
    made: dict[str, Comparison] = {}
    with SecondOpinion() as second:

        def compare(name: str) -> Comparison:
            if name not in made:
                made[name] = comparison(name, calls_of(name), second)
            return made[name]

        yield compare
