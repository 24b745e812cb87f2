"""dtype, shape and value of results, in ordinary and in special cases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from keras_conformance.case import Arguments, Case, leaves, result_dtype
from keras_conformance.checks.comparison import (
    Mismatch,
    call,
    case_of,
    compare,
    draw,
    expected_results,
    function_of,
    observed,
    tolerance_for,
    widened,
)
from keras_conformance.checks.together import Part, computed_together, part_of
from keras_conformance.registry import CaseId
from keras_conformance.subject import Subject
from keras_conformance.tolerance import tolerance_of


def check_value(subject: Subject, case_id: CaseId) -> None:
    """Check dtype, shape and value in one dtype: of each sample in that of reference, else of the first."""
    for position, arguments in _drawn(subject, case_id):
        with np.errstate(all="ignore"):
            results = _called(subject, case_id, position, arguments)
        what = f"sample {position} in {case_id.variant}"
        check_results(subject, case_id, arguments, results, case_id.variant, what)


def _drawn(subject: Subject, case_id: CaseId) -> Iterator[tuple[int, Arguments]]:
    """Yield the arguments of each sample whose result has a dtype that the backend has."""
    case, dtype = case_of(case_id), case_id.variant
    samples = case.samples if case.thorough or dtype == case.reference_dtype() else case.samples[:1]
    for position, sample in enumerate(samples):
        arguments = draw(case_id, sample, dtype)
        if case.out_of is None or subject.has(case.out_of(arguments)):
            yield position, arguments


def _called(subject: Subject, case_id: CaseId, position: int, arguments: Arguments) -> Any:
    """Return the results of a call.

    Where each op that meets a new dtype is compiled, those of an op in all dtypes but that of reference come from one
    compiled function. Primitives, of which ops are made, are called one by one in every dtype.
    """
    case = case_of(case_id)
    alone = case_id.kind == "primitives" or case_id.variant == case.reference_dtype() or not case.compilable
    if subject.compiles_each_op and not alone:
        parts = partial(_of_other_dtypes, subject, case_id)
        found = computed_together(subject, f"{case_id.kind}/{case_id.name}/value", parts)
        name = f"{case_id.variant}, sample {position}"
        if name in found:
            return found[name]
    return call(subject, case_id, arguments)


def _of_other_dtypes(subject: Subject, case_id: CaseId) -> dict[str, Part]:
    case = case_of(case_id)
    dtypes = [dtype for dtype in case.dtypes if dtype != case.reference_dtype() and subject.has(dtype)]
    return {
        f"{dtype}, sample {position}": part_of(subject, function_of(case_id), arguments)
        for dtype in dtypes
        for position, arguments in _drawn(subject, replace(case_id, variant=dtype))
    }


def check_special(subject: Subject, case_id: CaseId) -> None:
    """Check nan and infinities, tensors without elements, or tensors without axes."""
    case = case_of(case_id)
    sample = getattr(case, case_id.variant)
    dtype = case.reference_dtype()
    arguments = draw(case_id, sample, dtype)
    with np.errstate(all="ignore"):
        results = call(subject, case_id, arguments)
    check_results(subject, case_id, arguments, results, dtype, f"{case_id.variant} in {dtype}")


def check_results(subject: Subject, case_id: CaseId, arguments: Arguments, results: Any, dtype: str, what: str) -> None:
    """Compare results with those of the oracle.

    Raises:
        Mismatch: where a dtype, shape or value differs.
    """
    case = case_of(case_id)
    arrays = subject.arrays(results)
    _check_dtypes(case, arguments, arrays, dtype, what)
    if case.oracle is None:
        _check_facts(case, arguments, arrays, what)
        return
    expected = [np.asarray(leaf) for leaf in leaves(expected_results(case, arguments))]
    if len(expected) != len(arrays):
        raise Mismatch(f"{what}: {len(arrays)} results, expected {len(expected)}")
    for position, (array, other) in enumerate(zip(arrays, expected, strict=True)):
        if array.shape != other.shape:
            raise Mismatch(f"{what}, result {position}: shape {array.shape}, expected {other.shape}")
    if case.observe is not None:
        narrow = min((array.dtype.name for array in arrays), key=lambda name: -tolerance_of(name).relative)
        tolerance = tolerance_for(subject, case_id, case, narrow)
        pairs = zip(
            observed(case, arguments, [widened(array) for array in arrays]),
            observed(case, arguments, expected),
            strict=True,
        )
        for position, (array, other) in enumerate(pairs):
            compare(np.asarray(array), other, tolerance, f"{what}, property {position}")
        return
    for position, (array, other) in enumerate(zip(arrays, expected, strict=True)):
        tolerance = tolerance_for(subject, case_id, case, array.dtype.name)
        compare(array, other, tolerance, f"{what}, result {position}" if len(arrays) > 1 else what)


def _check_dtypes(case: Case, arguments: Arguments, arrays: list[np.ndarray], dtype: str, what: str) -> None:
    if case.out_of is None and case.out is None:
        return
    for position, array in enumerate(arrays):
        if case.out_of is not None:
            wanted = case.out_of(arguments)
        else:
            rule = case.out[min(position, len(case.out) - 1)] if isinstance(case.out, tuple) else case.out
            wanted = result_dtype(rule, dtype)
        if array.dtype.name != wanted:
            raise Mismatch(f"{what}, result {position}: dtype {array.dtype.name}, expected {wanted}")


def _check_facts(case: Case, arguments: Arguments, arrays: list[np.ndarray], what: str) -> None:
    shape = tuple(arguments.positional[0])
    for array in arrays:
        if array.shape != shape:
            raise Mismatch(f"{what}: shape {array.shape}, expected {shape}")
    facts = np.concatenate([np.atleast_1d(part) for part in observed(case, arguments, arrays)])
    if not np.all(facts):
        raise Mismatch(f"{what}: property {int(np.argmin(facts))} of the distribution does not hold")
