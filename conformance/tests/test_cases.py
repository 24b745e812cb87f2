"""The cases themselves."""

import numpy as np
import pytest

from keras_conformance import registry
from keras_conformance.case import Arguments, Draw, leaves, map_arrays
from keras_conformance.checks import run_check
from keras_conformance.checks.comparison import Mismatch, compare
from keras_conformance.components import KINDS, public_classes
from keras_conformance.subject import load
from keras_conformance.tolerance import EXACT, Tolerance, tolerance_of


def _bytes(arguments: Arguments) -> bytes:
    found: list[bytes] = []
    map_arrays([list(arguments.positional), *arguments.named.values()], lambda array: found.append(array.tobytes()))
    return b"".join(found)


@pytest.mark.parametrize("kind", ["ops", "primitives"])
def test_samples_are_reproducible(kind: str) -> None:
    """Drawn twice, in each dtype, the arguments are equal bit for bit."""
    for name, case in registry.cases(kind).items():
        for dtype in case.dtypes:
            for sample in case.samples:
                first, second = (sample(Draw(name, dtype)) for _ in range(2))
                assert _bytes(first) == _bytes(second), (name, dtype)


def test_ids_are_unique() -> None:
    """No two things that are checked have one id."""
    ids = [str(case) for case in registry.required(load("numpy"))]
    assert len(ids) == len(set(ids))


def test_every_op_is_asked_for() -> None:
    """The denominator has each op and each primitive."""
    names = {(case.kind, case.name) for case in registry.required(load("numpy"))}
    assert {name for kind, name in names if kind == "ops"} == set(registry.definitions())


@pytest.mark.parametrize("kind", KINDS)
def test_every_class_is_asked_for(kind: str) -> None:
    """The denominator has each public class of a kind."""
    names = {case.name for case in registry.required(load("numpy")) if case.kind == kind}
    assert names == public_classes(kind)


def test_a_class_without_a_case_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts, and fails."""
    monkeypatch.setattr(registry, "public_classes", lambda kind: {*public_classes(kind), "Tomorrow"})
    subject = load("numpy")
    missing = [case for case in registry.required(subject) if case.check == "missing"]
    assert list(map(str, missing)) == [f"{kind}/Tomorrow/missing" for kind in KINDS]
    with pytest.raises(Mismatch, match="layers/Tomorrow has no case"):
        run_check(subject, missing[0])


def test_leaves_and_map() -> None:
    """Nested lists are taken apart in order."""
    assert leaves([1, (2, [3]), 4]) == [1, 2, 3, 4]
    assert map_arrays({"a": [np.ones(2), 3]}, lambda array: array.sum()) == {"a": [2.0, 3]}


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (np.float32([1, 2]), [1, 2.1]),
        (np.float32([np.nan]), [1]),
        (np.float32([1]), [np.nan]),
        (np.float32([np.inf]), [-np.inf]),
        (np.float32([3e38]), [np.inf]),
        (np.int32([1]), [2]),
        (np.array([True]), [False]),
        (np.complex64([1 + 1j]), [1 - 1j]),
        (np.complex64([complex(np.nan, 1)]), [complex(np.nan, 2)]),
        (np.zeros((1, 2), np.float32), np.zeros((2, 1))),
        (np.zeros((), np.float32), np.zeros(1)),
    ],
)
def test_differences_are_seen(actual: np.ndarray, expected: object) -> None:
    """Values, nan, infinities, parts of complex numbers, shapes."""
    with pytest.raises(Mismatch):
        compare(actual, np.asarray(expected), tolerance_of(actual.dtype.name), "it")


def test_equal_results_pass() -> None:
    """nan equals nan, and what overflows in a narrow dtype equals infinity."""
    compare(np.float32([np.nan, np.inf, 1]), np.array([np.nan, np.inf, 1.0]), EXACT, "it")
    compare(np.float16([np.inf]), np.array([1e6]), EXACT, "it")
    compare(np.float32([1.05]), np.array([1.0]), Tolerance(0.1, 0), "it")
