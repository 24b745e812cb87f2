"""Every mistake of the table leads to the error or warning that says what is wrong and what to do."""

import pytest

from keras_core.runtime import rooms
from mistakes.mistake import Mistake, answer_to, mistake
from mistakes.table import MISTAKES

SOURCE = rooms.__file__.removesuffix("runtime/rooms.py")


@pytest.mark.parametrize("row", MISTAKES, ids=lambda row: row.name)
def test_the_message_says_what_is_wrong(row: Mistake) -> None:
    answer = answer_to(row)
    assert answer.kind is not None, "nothing happened"
    assert issubclass(answer.kind, row.outcome)
    assert [fragment for fragment in row.fragments if fragment not in answer.message] == []


@pytest.mark.parametrize("row", [row for row in MISTAKES if not row.is_warning], ids=lambda row: row.name)
def test_the_error_is_not_one_of_a_framework(row: Mistake) -> None:
    # The code of an op is compiled under the op's name.
    assert answer_to(row).raised_in.startswith((SOURCE, "<op "))


def test_the_table_is_long_enough() -> None:
    assert len(MISTAKES) >= 100


def test_no_mistake_is_listed_twice() -> None:
    assert len({row.name for row in MISTAKES}) == len({row.title for row in MISTAKES}) == len(MISTAKES)


@pytest.mark.parametrize("row", MISTAKES, ids=lambda row: row.name)
def test_each_row_asserts_something(row: Mistake) -> None:
    assert row.title
    assert row.code
    assert row.fragments
    assert all(len(fragment) > 3 for fragment in row.fragments)


def test_a_mistake_that_has_no_consequence_is_noticed() -> None:
    @mistake(ValueError, "expected")
    def nothing() -> None:
        """Nothing."""

    assert answer_to(nothing).kind is None
