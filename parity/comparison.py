"""How the outcomes of a call are compared: number of results, dtype, shape, value, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from keras_conformance.checks.comparison import Mismatch, compare, widened
from keras_conformance.tolerance import EXACT, Tolerance, tolerance_of
from parity.calls import Call
from parity.second_opinion import Question, SecondOpinion
from parity.sides import Leaf, Outcome, keras_side, our_side, outcome

FAILURES: Final = ("raises", "refuses", "class")
KINDS: Final = ("dtype", "shape", "value", *FAILURES)
"""`raises`: Keras does, keras_core does not; `refuses`: the reverse; `class`: both do, with unrelated classes."""

NEAR: Final = 4.0
"""Factor on the tolerances: both results have rounding errors, and Keras computes narrow floats in narrow floats."""

OF_OBJECTS: Final = 2.0
"""The same of what layers, losses, ... give: 1e-5 in float32, of the largest element of a result."""

_WIDE: Final = re.compile("int64|float64|complex128")


@dataclass(frozen=True)
class Difference:
    """One thing in which a call differs: of which kind, what ours gave, what Keras gave."""

    call: Call
    kind: str
    ours: str
    keras: str

    def __str__(self) -> str:
        return f"{self.call} ({self.kind}): ours {self.ours}, Keras {self.keras}"


@dataclass(frozen=True)
class Comparison:
    """The calls of one name, and in what they differ from Keras."""

    name: str
    calls: tuple[str, ...]
    differences: tuple[Difference, ...]


def comparison(name: str, calls: Iterable[Call], second: SecondOpinion) -> Comparison:
    """Make calls on both sides; what differs from Keras on NumPy must differ from Keras on JAX as well."""
    calls = tuple(calls)
    doubtful: dict[str, tuple[Call, Outcome, set[str]]] = {}
    questions: dict[str, Question] = {}
    for call in calls:
        ours = outcome(our_side(call.ours), call.run)
        if call.derives:
            kinds = set(KINDS)
        else:
            kinds = {difference.kind for difference in differences(call, ours, outcome(keras_side(), call.run))}
        if kinds:
            doubtful[str(call)] = call, ours, kinds
            wide = any(_WIDE.search(dtype) for dtype in (call.dtypes, *(leaf.dtype for leaf in ours.leaves)))
            questions[str(call)] = Question(value=call.objects or kinds != {"dtype"}, wide=wide)
    answers = second.outcomes(name, questions)
    found: list[Difference] = []
    for id_, (call, ours, kinds) in doubtful.items():
        found += [
            difference
            for difference in differences(call, ours, answers[id_])
            if difference.kind in (*FAILURES, *kinds) or kinds & set(FAILURES)
        ]
    return Comparison(name, tuple(map(str, calls)), tuple(found))


def differences(call: Call, ours: Outcome, keras: Outcome) -> list[Difference]:
    """Return in what two outcomes of a call differ."""
    return [Difference(call, *found) for found in _compared(call, ours, keras)]


def _compared(call: Call, ours: Outcome, keras: Outcome) -> list[tuple[str, str, str]]:
    if call.refused and not (ours.failure or keras.failure):
        return [("class", _said(ours), f"{_said(keras)}: nothing is wrong")]
    if ours.failure or keras.failure:
        return _failures(call, ours, keras)
    if len(ours.leaves) != len(keras.leaves):
        return [("shape", f"{len(ours.leaves)} results", f"{len(keras.leaves)} results")]
    found: list[tuple[str, str, str]] = []
    for kind in ("dtype", "shape"):
        one, other = (", ".join(str(getattr(leaf, kind)) for leaf in side.leaves) for side in (ours, keras))
        if one != other:
            found.append((kind, one, other))
    known = all(leaf.value is not None for leaf in keras.leaves)
    if call.values and known and not any(kind == "shape" for kind, *_ in found):
        found += _values(call, ours.leaves, keras.leaves)
    return found


def _failures(call: Call, ours: Outcome, keras: Outcome) -> list[tuple[str, str, str]]:
    one, other = (_said(side) for side in (ours, keras))
    if keras.failure is None:
        return [("refuses", one, other)]
    if ours.failure is None:
        return [("raises", one, other)]
    expected = call.refused or not call.objects
    return [] if expected and ours.failure.related(keras.failure) else [("class", one, other)]


def _said(side: Outcome) -> str:
    if side.failure is None:
        return "answers " + ", ".join(leaf.dtype for leaf in side.leaves)
    return f"{side.failure.classes[0]}: {' '.join(side.failure.message.split())[:100]}"


def _values(call: Call, ours: tuple[Leaf, ...], keras: tuple[Leaf, ...]) -> list[tuple[str, str, str]]:
    pairs = [(one.value, other.value) for one, other in zip(ours, keras, strict=True)]
    others = [pair for pair in pairs if not all(isinstance(value, np.ndarray) for value in pair)]
    one, other = ([_plain(pair[side]) for pair in others] for side in (0, 1))
    if one != other:
        return [("value", *_told_apart(one, other))]
    return _arrays(call, [pair for pair in pairs if all(isinstance(value, np.ndarray) for value in pair)])


def _arrays(call: Call, pairs: list[tuple[np.ndarray, np.ndarray]]) -> list[tuple[str, str, str]]:
    tolerances = [_tolerance(call, one, other) for one, other in pairs]
    if call.observe is not None:
        ours, keras = (call.observe([widened(pair[side]) for pair in pairs]) for side in (0, 1))
        pairs = list(zip(ours, keras, strict=True))
        tolerances = [max(tolerances)] * len(pairs)
    for (one, other), tolerance in zip(pairs, tolerances, strict=True):
        try:
            compare(*_wide_alike(np.asarray(one), np.asarray(other)), tolerance, "result")
        except Mismatch as mismatch:
            return [("value", _shown(one), f"{_shown(other)} ({str(mismatch)[:150]})")]
    return []


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


def _told_apart(one: list[Any], other: list[Any]) -> tuple[str, str]:
    """Return as texts in what the two differ; of sets of facts what the other has not."""
    pairs = [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
    apart = [
        (sorted(a - b), sorted(b - a)) if isinstance(a, frozenset) and isinstance(b, frozenset) else (a, b)
        for a, b in pairs
    ]
    return tuple(", ".join(map(str, side)) for side in zip(*apart, strict=True))


def _tolerance(call: Call, one: np.ndarray, other: np.ndarray) -> Tolerance:
    """Return the tolerance of the coarser of two dtypes, or of that in which they were computed."""
    coarser = max(tolerance_of(array.dtype.name) for array in (one, other))
    if coarser == EXACT:
        return EXACT
    if call.objects:
        coarser = max(coarser, tolerance_of(call.precision))
        relative = coarser.relative * OF_OBJECTS * call.tolerance
        return Tolerance(relative, relative * max(_largest(other), call.scale))
    return coarser.scaled(call.tolerance * NEAR)


def _largest(array: np.ndarray) -> float:
    sizes = np.abs(array.astype(np.float64))
    return float(np.max(sizes, where=np.isfinite(sizes), initial=0.0))


def _wide_alike(one: np.ndarray, other: np.ndarray) -> list[np.ndarray]:
    """Return both in float64, or complex128 where one is complex; integers as they are where both are."""
    kinds = {array.dtype.kind for array in (one, other)}
    if "c" in kinds:
        return [array.astype(np.complex128) for array in (one, other)]
    return [one, other] if kinds <= set("iub") else [array.astype(np.float64) for array in (one, other)]


def _shown(array: Any) -> str:
    return " ".join(np.array2string(np.asarray(array).reshape(-1)[:6], precision=6, separator=",").split())
