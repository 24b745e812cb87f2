"""Keras on JAX, in a process of its own: asked about the calls in which Keras on NumPy and keras_core differ.

Keras on NumPy has no 64 bits, and quirks that Keras has nowhere else. What Keras does on JAX counts, but JAX compiles
each op for each shape and dtype: all calls would take a quarter of an hour, on NumPy they take seconds. Where only the
dtype is in doubt it is found by tracing, which compiles nothing.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Self

from parity.sides import Leaf, Outcome, Run, Side, flat, keras_side, outcome


@dataclass(frozen=True)
class Question:
    """What is in doubt of a call.

    Attributes:
        value: whether its value is; else dtype and shape are enough.
        wide: whether 64 bits are at stake: JAX has them only where they are switched on, which they are then.
    """

    value: bool
    wide: bool


@dataclass
class SecondOpinion:
    """Keras on JAX; its process starts with the first question and ends with the `with` statement."""

    _process: ProcessPoolExecutor = field(
        default_factory=lambda: ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
    )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        self._process.shutdown(cancel_futures=True)

    def outcomes(self, name: str, questions: Mapping[str, Question]) -> dict[str, Outcome]:
        """Return what calls of one name give, by their ids."""
        return self._process.submit(_answer, name, dict(questions)).result() if questions else {}


def _answer(name: str, questions: dict[str, Question]) -> dict[str, Outcome]:
    import jax

    from parity.subjects import calls_of

    side = keras_side("jax")
    calls = {str(call): call for call in calls_of(name)}
    answers: dict[str, Outcome] = {}
    for id_, question in questions.items():
        with jax.enable_x64(question.wide):
            answers[id_] = (outcome if question.value else _traced)(side, calls[id_].run)
    return answers


def _traced(side: Side, run: Run) -> Outcome:
    """Return dtypes and shapes; of a call whose results follow from values, or are no tensors, everything."""
    import jax

    results = outcome(side, lambda side: [_Traced(jax.eval_shape(lambda: run(side)))])
    if results.failure is not None:
        return outcome(side, run)
    leaves = flat(results.leaves[0].value.tree)
    return Outcome(tuple(Leaf(leaf.dtype.name, leaf.shape, None) for leaf in leaves))


@dataclass(frozen=True)
class _Traced:
    """Keeps `outcome` from taking dtypes and shapes for results."""

    tree: Any
