"""Named cases: eager, and compiled."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from keras_conformance.case import FLOATS, leaves
from keras_conformance.cases.recurring import Named, batch_of
from keras_conformance.checks.comparison import Mismatch, compare, widened
from keras_conformance.checks.together import Part, computed_together, part_of
from keras_conformance.subject import Subject
from keras_conformance.tolerance import tolerance_of


def check_eager(subject: Subject, case: Named) -> None:
    """Check what the call gives."""
    positional, named = subject.tensors(case.arguments)
    _check(subject, case, lambda: case.function()(*positional, **named))


def check_compiled(subject: Subject, case: Named) -> None:
    """Check what the call gives in a compiled function that gets the tensors as arguments."""
    try:
        _check(subject, case, lambda: _compiled(subject, case))
    except ValueError as error:
        if not case.refusal or case.refusal not in str(error):
            raise


def _compiled(subject: Subject, case: Named) -> list[Any]:
    if subject.compiles_each_op:
        batch = batch_of(case)
        found = computed_together(subject, f"recurring/{batch[0]}", partial(_parts, subject, batch))
        if case.name in found:
            return found[case.name]
    function, inputs = part_of(subject, case.function(), case.arguments)
    jit = subject.table.transforms.get("jit")
    if jit is None:
        return function(inputs)
    return list(jit(lambda state, tensors: (function(tensors), state), False, False)([], inputs)[0])


def _parts(subject: Subject, cases: Sequence[Named]) -> dict[str, Part]:
    """Return what is compiled together: the cases that give a result, and for which there are the dtypes."""
    calm = [case for case in cases if case.error is None and not case.refusal]
    return {
        case.name: part_of(subject, case.function(), case.arguments)
        for case in calm
        if all(map(subject.has, case.uses()))
    }


def _check(subject: Subject, case: Named, call: Any) -> None:
    if case.error is not None:
        _check_raises(subject, case, call)
        return
    with np.errstate(all="ignore"):
        arrays = subject.arrays(call())
    expected = expected_results(case)
    if len(arrays) != len(expected):
        raise Mismatch(f"{len(arrays)} results, expected {len(expected)}")
    for position, (array, (other, dtype)) in enumerate(zip(arrays, expected, strict=True)):
        if array.dtype.name != dtype:
            raise Mismatch(f"result {position}: dtype {array.dtype.name}, expected {dtype}")
        compare(array, other, tolerance_of(dtype).scaled(case.tolerance), f"result {position}")
        if case.tolerance == 0 and dtype in FLOATS and np.any((other == 0) & (_minus(array) != _minus(other))):
            raise Mismatch(f"result {position}: a zero has the wrong sign: {array}, expected {other}")


def _minus(array: np.ndarray) -> Any:
    return np.signbit(array.astype(np.float64))


def _check_raises(subject: Subject, case: Named, call: Any) -> None:
    assert case.error is not None
    try:
        found = subject.arrays(call())
    except case.error as error:
        if case.message not in str(error):
            raise Mismatch(f"expected {case.message!r} in the message, got {error!s}") from error
    except Exception as error:
        raise Mismatch(f"expected {case.error}, got {type(error).__name__}: {error}") from error
    else:
        raise Mismatch(f"expected {case.error} ({case.message}), got {found!r}")


def expected_results(case: Named) -> list[tuple[np.ndarray, str]]:
    """Return the expected results and their dtypes."""
    if not callable(case.expected):
        found = [np.asarray(leaf) for leaf in leaves(case.expected)]
        return [(widened(array), array.dtype.name) for array in found]
    positional, named = case.arguments.mapped(widened)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        results = leaves(case.expected(*positional, **named))
    dtypes = case.dtypes * len(results) if len(case.dtypes) == 1 else case.dtypes
    return [(np.asarray(result), dtype) for result, dtype in zip(results, dtypes, strict=True)]
