"""What is a difference, and of which kind."""

from typing import Any

import numpy as np
import pytest

from parity.calls import Call
from parity.comparison import KINDS, differences
from parity.sides import Outcome, Run, our_side, outcome


def _gives(result: Any) -> Run:
    def run(_: Any) -> Any:
        if isinstance(result, Exception):
            raise result
        return result

    return run


def _kinds(ours: Any, keras: Any, **changes: Any) -> list[str]:
    call = Call("op", "sample0", "float32", _gives(ours), **changes)
    return [difference.kind for difference in differences(call, _outcome(ours), _outcome(keras))]


def _outcome(result: Any) -> Outcome:
    return outcome(our_side(), _gives(result))


ONE = np.float32([1, 2])


@pytest.mark.parametrize(
    ("ours", "keras", "kinds"),
    [
        (ONE, np.float32([1, 2.1]), ["value"]),
        (ONE, np.float32([1, np.nan]), ["value"]),
        (ONE, ONE.astype("float64"), ["dtype"]),
        (ONE, np.float64([1, 3]), ["dtype", "value"]),
        (ONE, ONE[None], ["shape"]),
        (ONE, [ONE, ONE], ["shape"]),
        ((1, 2), (1, 3), ["value"]),
        (np.int32(2), 2, ["dtype"]),
        (np.int32([2**24]), np.int32([2**24 + 1]), ["value"]),
        (ONE, ValueError("no"), ["raises"]),
        (ValueError("no"), ONE, ["refuses"]),
        (ValueError("no"), TypeError("no"), ["class"]),
    ],
)
def test_differences_are_seen(ours: Any, keras: Any, kinds: list[str]) -> None:
    """Each kind there is."""
    assert _kinds(ours, keras) == kinds
    assert set(kinds) <= set(KINDS)


@pytest.mark.parametrize(
    ("ours", "keras"),
    [
        (ONE, ONE * np.float32(1 + 1e-7)),
        (np.float32([np.nan]), np.float32([np.nan])),
        (np.float32(3), np.array(3, np.float32)),
        ((ONE, [1]), [ONE, (1,)]),
        (ValueError("one"), ValueError("another")),
        (KeyError("one"), LookupError("a class that it extends")),
    ],
)
def test_what_is_equal_is_no_difference(ours: Any, keras: Any) -> None:
    """Within the tolerance; containers count by what is in them; messages may differ."""
    assert _kinds(ours, keras) == []


NO = ValueError("no")


@pytest.mark.parametrize(
    ("ours", "keras", "refused", "kinds"),
    [
        (NO, NO, False, ["class"]),
        (NO, NO, True, []),
        (NO, TypeError("no"), True, ["class"]),
        (ONE, ONE, True, ["class"]),
        (ONE, ONE, False, []),
    ],
)
def test_objects_are_made_unless_they_must_be_refused(ours: Any, keras: Any, refused: bool, kinds: list[str]) -> None:
    """What fails on both sides has not been compared."""
    assert _kinds(ours, keras, objects=True, refused=refused) == kinds


@pytest.mark.parametrize(
    ("ours", "changes", "kinds"),
    [
        (np.float32([5e-6, 1.0]), {}, []),
        (np.float32([0.0, 1.00002]), {}, ["value"]),
        (np.float32([2e-5, 1.0]), {}, ["value"]),
        (np.float32([2e-5, 1.0]), {"scale": 5.0}, []),
        (np.float32([2e-3, 1.0]), {"precision": "bfloat16"}, []),
    ],
)
def test_numbers_of_objects_agree_within_1e_5_of_the_largest(
    ours: np.ndarray, changes: dict[str, Any], kinds: list[str]
) -> None:
    """Or of `scale`, where that is larger."""
    assert _kinds(ours, np.float32([0.0, 1.0]), objects=True, **changes) == kinds


def test_facts_are_told_apart() -> None:
    """A difference shows what one side has and the other has not."""
    call = Call("op", "sample0", "config", _gives(ONE), objects=True)
    (found,) = differences(call, _outcome(frozenset({"a: 1", "b: 2"})), _outcome(frozenset({"a: 1", "c: 3"})))
    assert (found.ours, found.keras) == ("['b: 2']", "['c: 3']")


def test_values_of_random_numbers_are_not_compared() -> None:
    """Their dtype is."""
    assert _kinds(ONE, ONE + 1, values=False) == []
    assert _kinds(ONE, ONE.astype("float16"), values=False) == ["dtype"]
