"""What is checked of one random call, and how a finding is written."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from keras_conformance.case import INEXACT, Arguments, Case, leaves
from keras_conformance.checks.comparison import Mismatch, compare, expected_results, widened
from keras_conformance.checks.derived import Holes
from keras_conformance.registry import definitions
from keras_conformance.subject import Subject
from keras_conformance.tolerance import TOLERANCES, Tolerance, tolerance_of

_OF_ITS_OWN = ("lu_factor",)
"""Ops whose results are one of several right ones: which pivot is the largest complex number."""

_ROUNDED = ("warping", "elastic", "resampling", "image_filters")
"""Families in which integers are rounded numbers, of which one half may go either way."""

_SLACK = 8.0
_REFUSALS = (TypeError, ValueError, IndexError)


class Refused(Exception):
    """A call that the op, or the oracle, says is none."""


def examine(subject: Subject, definition: Any, case: Case, arguments: Arguments) -> None:
    """Compare an eager call with the oracle, a symbolic one with it, and a compiled one with it.

    Raises:
        Mismatch: where two differ.
        Refused: where the arguments do not suit the op.
    """
    function = definition.function
    results = _eager(subject, case, function, arguments)
    arrays = subject.arrays(results)
    if case.oracle is not None and case.observe is None and definition.name not in _OF_ITS_OWN:
        _compare_with_oracle(case, arguments, arrays, 1.0 if definition.family in _ROUNDED else 0.0)
    _compare_with_symbols(subject, function, arguments, arrays)
    if case.compilable:
        _compare_with_compiled(subject, function, arguments, arrays)


def _eager(subject: Subject, case: Case, function: Any, arguments: Arguments) -> Any:
    positional, named = subject.tensors(arguments)
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            return function(*positional, **named)
    except _REFUSALS as error:
        # An error of core begins with the name of an op; others are those of a framework, and a finding.
        if str(error).partition(":")[0] in definitions():
            raise Refused(str(error)) from error
        _refused_by_numpy(case, arguments)
        raise Mismatch(f"eager call raised {type(error).__name__}: {error}") from error
    except Exception as error:
        _refused_by_numpy(case, arguments)
        raise Mismatch(f"eager call raised {type(error).__name__}: {error}") from error


def _refused_by_numpy(case: Case, arguments: Arguments) -> None:
    if case.oracle is not None:
        try:
            expected_results(case, arguments)
        except Exception as error:
            raise Refused(str(error)) from error


def _compare_with_oracle(case: Case, arguments: Arguments, arrays: list[np.ndarray], unit: float) -> None:
    try:
        expected = [np.asarray(leaf) for leaf in leaves(expected_results(case, arguments))]
    except Exception as error:  # NumPy has no answer
        raise Refused(str(error)) from error
    if len(expected) != len(arrays):
        raise Mismatch(f"{len(arrays)} results, expected {len(expected)}")
    for position, (array, other) in enumerate(zip(arrays, expected, strict=True)):
        tolerance = tolerance_of(array.dtype.name).scaled(case.tolerance * _SLACK)
        if array.dtype.kind in "iu" and unit:
            array, tolerance = array.astype(np.float64), Tolerance(0.0, unit)
        try:
            compare(array, other, tolerance, f"result {position} beside the oracle")
        except Mismatch:
            spread = _spread(case, arguments, position, array.dtype.name)
            if spread is None or array.shape != other.shape:
                raise
            compare(array, other, Tolerance(tolerance.relative, tolerance.absolute + spread), f"result {position}")


def _spread(case: Case, arguments: Arguments, position: int, dtype: str) -> float | None:
    """Return how far the result moves when arguments move by their rounding: an ill-conditioned call proves nothing."""
    if dtype not in INEXACT:
        return None
    size = TOLERANCES[dtype].relative
    moved = [
        Arguments(*arguments.mapped(lambda a, sign=sign: a.astype(_wide(a)) * (1 + sign * size) if _inexact(a) else a))
        for sign in (-1, 0, 1)
    ]
    low, middle, high = (np.asarray(leaves(expected_results(case, each))[position]) for each in moved)
    with np.errstate(all="ignore"):
        distances = np.maximum(np.abs(low - middle), np.abs(high - middle))
        largest = np.abs(middle[np.isfinite(middle)]).max(initial=0.0)
    finite = distances[np.isfinite(distances)]
    return float(_SLACK * finite.max(initial=0.0) + size * largest)


def _inexact(array: np.ndarray) -> bool:
    return array.dtype.name in INEXACT


def _wide(array: np.ndarray) -> Any:
    return np.complex128 if array.dtype.kind == "c" else np.float64


def _compare_with_symbols(subject: Subject, function: Any, arguments: Arguments, arrays: list[np.ndarray]) -> None:
    from keras_core.runtime.keras_tensor import KerasTensor

    positional, named = arguments.mapped(lambda array: KerasTensor(array.shape, array.dtype.name))
    try:
        inferred = leaves(function(*positional, **named))
    except Exception as error:
        raise Mismatch(f"symbolic call raised {type(error).__name__}: {error}") from error
    if len(inferred) != len(arrays):
        raise Mismatch(f"{len(inferred)} symbolic results, {len(arrays)} eager ones")
    for one, array in zip(inferred, arrays, strict=True):
        if not isinstance(one, KerasTensor):
            continue
        if one.dtype != array.dtype.name:
            raise Mismatch(f"inferred dtype {one.dtype}, eager dtype {array.dtype.name}")
        shape = tuple(one.shape)
        if len(shape) != array.ndim or any(a not in (None, b) for a, b in zip(shape, array.shape, strict=True)):
            raise Mismatch(f"inferred shape {shape}, eager shape {array.shape}")


def _compare_with_compiled(subject: Subject, function: Any, arguments: Arguments, arrays: list[np.ndarray]) -> None:
    jit = subject.table.transforms.get("jit")
    if jit is None:
        return
    holes = Holes(arguments)

    def program(state: list[Any], inputs: list[Any]) -> tuple[list[Any], list[Any]]:
        positional, named = holes.filled(inputs, subject.tensor)
        return leaves(function(*positional, **named)), state

    try:
        outputs = subject.arrays(list(jit(program, False, False)([], list(map(subject.tensor, holes.arrays)))[0]))
    except Exception as error:
        if isinstance(error, ValueError) and "compiled function" in str(error):
            return
        raise Mismatch(f"compiled call raised {type(error).__name__}: {error}") from error
    for position, (one, other) in enumerate(zip(outputs, arrays, strict=True)):
        if one.dtype != other.dtype:
            raise Mismatch(f"compiled dtype {one.dtype.name}, eager dtype {other.dtype.name}")
        tolerance = tolerance_of(one.dtype.name).scaled(2 * _SLACK)
        compare(one, widened(other), tolerance, f"compiled result {position} beside the eager one")


def as_case(definition: Any, arguments: Arguments, dtypes: list[str]) -> str:
    """Return a call as a line for a table of recurring cases."""
    parts = [repr(f"fuzz_{definition.name}"), repr(_path(definition)), "None", repr(tuple(dtypes))]
    parts += [_written(value) for value in arguments.positional]
    parts += [f"{name}={_written(value)}" for name, value in arguments.named.items()]
    return f"computed({', '.join(parts)}),"


def _path(definition: Any) -> str:
    from keras_core import ops

    for prefix in ("", "image.", "linalg.", "nn.", "numpy."):
        holder = ops if not prefix else getattr(ops, prefix[:-1])
        if getattr(holder, definition.name, None) is definition.function:
            return prefix + definition.name
    return definition.name


def _written(value: Any) -> str:
    if isinstance(value, np.ndarray):
        numbers = repr(value.tolist() if value.dtype.name != "bfloat16" else value.astype(float).tolist())
        numbers = numbers.replace("nan", "math.nan").replace("inf", "math.inf")
        shape = f".reshape({value.shape})" if 0 in value.shape else ""
        return f"np.array({numbers}).astype(host_dtype({value.dtype.name!r})){shape}"
    if isinstance(value, list | tuple):
        inner = ", ".join(map(_written, value))
        return f"[{inner}]" if isinstance(value, list) else f"({inner}{',' if len(value) == 1 else ''})"
    return repr(value)
