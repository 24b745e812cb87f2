"""One layer beside its reference, the same layer with the same weights on the NumPy backend in float64."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import numpy as np

from keras_conformance.checks.comparison import Mismatch, compare_sums
from keras_conformance.layer_checks.bench import Bench, Evaluation, Outcome
from keras_conformance.layer_checks.specimen import LayerMismatch, Specimen
from keras_conformance.tolerance import EXACT, Tolerance, tolerance_of


class Examination:
    """A layer on the active backend; what several properties need is computed once.

    Args:
        specimen: the layer.
        eager_derivatives: whether derivatives are computed without compilation too: where the backend compiles each op
            that takes longer than all else.
        declared: tolerance in place of that of the table, None for none.
    """

    def __init__(self, specimen: Specimen, eager_derivatives: bool = True, declared: Tolerance | None = None) -> None:
        self.specimen, self.eager_derivatives, self.declared = specimen, eager_derivatives, declared
        self.bench = Bench(specimen)
        self.label = self.bench.layer.label
        self._evaluations: dict[bool, Evaluation] = {}

    @cached_property
    def reference(self) -> Bench:
        """The layer on the NumPy backend, in float64."""
        return self.reference_with(self.bench.layer.get_weights())

    def reference_with(self, weights: Sequence[np.ndarray], specimen: Specimen | None = None) -> Bench:
        """Return a reference with other weights or arguments."""
        from keras_core.runtime.table import use_backend

        with use_backend("numpy"):
            return Bench(specimen or self.specimen, "float64", weights)

    @property
    def outcome(self) -> Outcome:
        """What an eager call without `training` gives."""
        return self.bench.outcome

    @property
    def expected(self) -> Outcome:
        """The same of the reference."""
        return self.reference.outcome

    @cached_property
    def is_random(self) -> bool:
        """Whether a call in training draws random numbers."""
        reference = self.reference
        with reference.at_work():
            reference.forward(training=True)
            weights = set(map(id, reference.layer.weights))
            return bool(reference.changed([v for v in reference.layer.variables if id(v) not in weights]))

    @property
    def training(self) -> bool:
        """The mode in which derivatives are examined: training, unless random numbers are drawn in it."""
        return not self.is_random

    def evaluated(self, compiled: bool) -> Evaluation:
        """Return outputs, derivatives and new state, eager or compiled."""
        if compiled not in self._evaluations:
            self._evaluations[compiled] = self.bench.evaluation(self.training, compiled)
        return self._evaluations[compiled]

    @cached_property
    def expected_evaluation(self) -> Evaluation:
        """The same of the reference."""
        return self.reference.evaluation(self.training, compiled=False)

    # findings

    def differs(self, property: str, what: str, expected: Any, got: Any, detail: str = "") -> LayerMismatch:
        """Return the error that says that a property does not hold."""
        return LayerMismatch(self.label, property, what, expected, got, detail)

    def demand(self, property: str, what: str, expected: Any, got: Any) -> None:
        """Raise `LayerMismatch` where two things are not equal."""
        if expected != got:
            raise self.differs(property, what, expected, got)

    def near(self, property: str, what: str, expected: np.ndarray, got: np.ndarray, factor: float = 1.0) -> None:
        """Raise `LayerMismatch` where an array is not as near to what is expected as the table of tolerances says.

        The absolute part grows with the largest number, with which the rounding errors of sums grow.
        """
        tolerance = self.declared or tolerance_of(got.dtype.name).scaled(self.specimen.tolerance * factor)
        self._compare(property, what, expected, got, tolerance)

    def same(self, property: str, what: str, expected: np.ndarray, got: np.ndarray) -> None:
        """Raise `LayerMismatch` where two arrays are not equal."""
        self._compare(property, what, expected, got, EXACT)

    def _compare(self, property: str, what: str, expected: np.ndarray, got: np.ndarray, tolerance: Tolerance) -> None:
        try:
            compare_sums(got, expected, tolerance, what)
        except Mismatch as error:
            detail = str(error).removeprefix(f"{what}: ")
            raise self.differs(property, what, expected, got, detail) from error

    @contextmanager
    def doing(self, property: str, what: str) -> Any:
        """Say of an error inside the block which property it is about."""
        try:
            yield
        except LayerMismatch:
            raise
        except Exception as error:
            detail = f"expected no error, got {type(error).__name__}: {error}"
            raise self.differs(property, what, "no error", error, detail) from error
