"""How results are called for, and compared with what is expected."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from keras_conformance.case import INEXACT, Arguments, Case, Draw, Sample, leaves
from keras_conformance.registry import CaseId, cases, definitions
from keras_conformance.subject import Subject
from keras_conformance.tolerance import Tolerance, tolerance_of


class Mismatch(AssertionError):
    """A result that is not what it should be."""


def case_of(case_id: CaseId) -> Case:
    """Return the case of an id."""
    return cases(case_id.kind)[case_id.name]


def draw(case_id: CaseId, sample: Sample, dtype: str, series: str = "") -> Arguments:
    """Return the arguments of a sample; the same id, dtype and series give the same numbers."""
    return sample(Draw(f"{case_id.kind}/{case_id.name}/{dtype}{series}", dtype))


def function_of(case_id: CaseId) -> Callable[..., Any]:
    """Return what is called: the public function of an op, or the primitive of the table that is active then."""
    if case_id.kind == "ops":
        return definitions()[case_id.name].function

    def primitive(*args: Any) -> Any:
        from keras_core.runtime.table import active

        return getattr(active(), case_id.name)(*args)

    return primitive


def widened(array: np.ndarray) -> np.ndarray:
    """Return inexact arrays in float64 or complex128, others as they are: what an oracle gets."""
    if array.dtype.kind == "c":
        return array.astype(np.complex128)
    return array.astype(np.float64) if array.dtype.name in INEXACT else array


def expected_results(case: Case, arguments: Arguments) -> Any:
    """Return what NumPy says."""
    assert case.oracle is not None
    positional, named = arguments.mapped(widened)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the mean of nothing
        return case.oracle(*positional, **named)


def compare(actual: np.ndarray, expected: Any, tolerance: Tolerance, what: str) -> None:
    """Compare one result with what is expected; nan equals nan, infinities must agree in sign.

    Raises:
        Mismatch: where shape or value differ.
    """
    expected = np.asarray(expected)
    if actual.shape != expected.shape:
        raise Mismatch(f"{what}: shape {actual.shape}, expected {expected.shape}")
    if actual.dtype.name not in INEXACT:
        wrong = actual != expected.astype(actual.dtype)
    else:
        with np.errstate(all="ignore"):
            wrong = _differs(actual, expected, tolerance)
    if np.any(wrong):
        place = tuple(int(i) for i in np.argwhere(np.atleast_1d(wrong))[0])
        one, other = np.atleast_1d(actual)[place], np.atleast_1d(expected)[place]
        raise Mismatch(
            f"{what}: {int(np.sum(wrong))} of {actual.size} elements differ, the first at {place}: "
            f"{one!s}, expected {other!s} (tolerance {tolerance.relative:g} relative, {tolerance.absolute:g} absolute)"
        )


def compare_sums(actual: np.ndarray, expected: Any, tolerance: Tolerance, what: str) -> None:
    """Compare results of sums, as of layers: the absolute tolerance grows with the largest number, as rounding does.

    Raises:
        Mismatch: where shape or value differ.
    """
    expected = widened(np.asarray(expected))
    if actual.dtype.name in INEXACT:
        largest = float(np.max(np.abs(expected[np.isfinite(expected)]), initial=1.0))
        tolerance = Tolerance(tolerance.relative, tolerance.absolute * largest)
    compare(actual, expected, tolerance, what)


def _differs(actual: np.ndarray, expected: np.ndarray, tolerance: Tolerance) -> Any:
    if actual.dtype.kind == "c":
        wide = expected.astype(np.complex128)
        size = np.abs(wide)
        bound = tolerance.absolute + tolerance.relative * np.where(np.isfinite(size), size, 0)
        parts = ((actual.real, wide.real), (actual.imag, wide.imag))
        return np.logical_or(*(_parts_differ(a.astype(np.float64), e, bound) for a, e in parts))
    # What overflows in the narrow dtype is infinite there.
    rounded = expected.astype(actual.dtype).astype(np.float64)
    wide = np.where(np.isinf(rounded), rounded, expected.astype(np.float64))
    return _parts_differ(actual.astype(np.float64), wide, tolerance.absolute + tolerance.relative * np.abs(wide))


def _parts_differ(actual: np.ndarray, expected: np.ndarray, bound: Any) -> Any:
    near = np.abs(actual - expected) <= bound
    same = (actual == expected) | (np.isnan(actual) & np.isnan(expected))
    return ~np.where(np.isfinite(expected) & np.isfinite(actual), near, same)


def tolerance_for(subject: Subject, case_id: CaseId, case: Case, dtype: str, factor: float = 1.0) -> Tolerance:
    """Return the tolerance of a result: that of the ledger, else of the table."""
    declared = subject.ledger.tolerances.get(str(case_id))
    return declared or tolerance_of(dtype).scaled(case.tolerance * factor)


def call(subject: Subject, case_id: CaseId, arguments: Arguments) -> Any:
    """Call an op or primitive eagerly, and see that it gives tensors and leaves its arguments as they were.

    Raises:
        Mismatch: where it does not.
    """
    case = case_of(case_id)
    originals: list[np.ndarray] = []
    sent: list[Any] = []

    def send(array: np.ndarray) -> Any:
        tensor = subject.tensor(array)
        originals.append(array)
        sent.append(tensor)
        return tensor

    positional, named = arguments.mapped(send)
    results = function_of(case_id)(*positional, **named)
    for result in leaves(results):
        if not isinstance(result, subject.table.tensor_types) and not _is_size(case_id, result):
            raise Mismatch(f"a result is of type {type(result).__name__}, which is no tensor of the backend")
    if not case.reuses_buffers:
        for original, tensor in zip(originals, sent, strict=True):
            if subject.array(tensor).tobytes() != original.tobytes():
                raise Mismatch(
                    f"an argument was changed by the call: it was {original!r}, it is {subject.array(tensor)!r}"
                )
    return results


def _is_size(case_id: CaseId, result: Any) -> bool:
    return case_id.kind == "primitives" and case_id.name == "shape" and isinstance(result, int)


def observed(case: Case, arguments: Arguments, results: list[np.ndarray]) -> list[Any]:
    """Return what is compared of results."""
    wide = Arguments(*arguments.mapped(widened))
    return [np.asarray(part) for part in case.observe(wide, results)] if case.observe is not None else list(results)
