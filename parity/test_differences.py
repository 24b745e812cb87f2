"""The rules of `differences.toml`."""

import pytest

from parity.calls import Call
from parity.comparison import Comparison, Difference
from parity.differences import ListError, expanded, lines, parse, parse_uncompared, problems

ENTRY = '[[difference]]\nkind = "dtype"\nreason = "So."\ncalls = ["sum / sample0, empty / bool, int8"]\n'


def _compared(*differing: str, kind: str = "dtype") -> Comparison:
    calls = tuple(f"sum/{sample}/{dtype}" for sample in ("sample0", "empty") for dtype in ("bool", "int8", "int32"))
    made = {call: Call(*call.split("/"), run=lambda side: None) for call in calls}
    return Comparison("sum", calls, tuple(Difference(made[call], kind, "int32", "int8") for call in differing))


ALL = ("sum/sample0/bool", "sum/sample0/int8", "sum/empty/bool", "sum/empty/int8")


def test_what_differs_and_is_listed_is_no_problem() -> None:
    """Each call of each line."""
    assert problems(_compared(*ALL), parse(ENTRY)) == []


def test_a_difference_that_is_not_listed_is_a_problem() -> None:
    """With what each side gave."""
    found = problems(_compared(*ALL, "sum/empty/int32"), parse(ENTRY))
    assert found == ["not listed: sum/empty/int32 (dtype): ours int32, Keras int8"]


def test_an_entry_that_does_not_differ_is_a_problem() -> None:
    """One of its calls is enough."""
    assert problems(_compared(*ALL[1:]), parse(ENTRY)) == ["listed, but equal: sum/sample0/bool (dtype)"]


def test_an_entry_of_no_call_is_a_problem() -> None:
    """Such as one of a sample that is gone."""
    found = problems(_compared(*ALL), parse(ENTRY.replace("sample0", "sample0, sample9")))
    assert found == [f"listed, but there is no such call: sum/sample9/{dtype} (dtype)" for dtype in ("bool", "int8")]


def test_another_kind_of_difference_is_a_problem() -> None:
    """An entry covers its kind only."""
    assert len(problems(_compared(*ALL, kind="value"), parse(ENTRY))) == 8


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[skip]]", "difference"),
        ("difference = 1", "difference"),
        ("[[difference]", "differences.toml"),
        (ENTRY + ENTRY, "listed twice"),
        (ENTRY.replace("sum /", "* /"), "without wildcards"),
        (ENTRY.replace("sum / ", ""), "name / samples / dtypes"),
        (ENTRY.replace("bool, ", "bool / "), "name / samples / dtypes"),
        (ENTRY.replace('"So."', '""'), "'reason' of an entry cannot be ''"),
        (ENTRY.replace('"dtype"', '"any"'), "expected a kind of dtype, shape"),
        (ENTRY + 'skip = "yes"', "has the fields kind, reason, calls"),
        (ENTRY.replace('["sum / sample0, empty / bool, int8"]', "[]"), "'calls' of an entry cannot be"),
    ],
)
def test_rules(text: str, message: str) -> None:
    """Each rule is kept."""
    with pytest.raises(ListError, match=message):
        parse(text)


UNCOMPARED = '[[uncompared]]\nreason = "A base."\nnames = ["layers.Layer"]\n'


def test_both_lists_stand_in_one_file() -> None:
    """Each is read by itself."""
    assert parse(ENTRY + UNCOMPARED) == parse(ENTRY)
    assert [entry.names for entry in parse_uncompared(ENTRY + UNCOMPARED)] == [("layers.Layer",)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (UNCOMPARED + UNCOMPARED, "layers.Layer is listed twice"),
        (UNCOMPARED.replace("names", "calls"), "has the fields reason, names"),
        (UNCOMPARED.replace('"A base."', '""'), "'reason' of an entry cannot be ''"),
    ],
)
def test_rules_of_what_is_not_compared(text: str, message: str) -> None:
    """Each rule is kept."""
    with pytest.raises(ListError, match=message):
        parse_uncompared(text)


def test_lines_stand_for_calls_exactly() -> None:
    """Calls to lines and back."""
    calls = [*ALL, "sum/lists/int", "ops.map/sample0/int8", "sum/error0/"]
    assert sorted(call for line in lines(calls) for call in expanded(line)) == sorted(calls)
    assert lines(ALL) == ["sum / sample0, empty / bool, int8"]
