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


def test_values_of_random_numbers_are_not_compared() -> None:
    """Their dtype is."""
    assert _kinds(ONE, ONE + 1, values=False) == []
    assert _kinds(ONE, ONE.astype("float16"), values=False) == ["dtype"]
