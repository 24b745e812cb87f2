"""Cases of initializers: values, and what is known of their distribution."""

from __future__ import annotations

from typing import Any

from keras_conformance.cases.component_case import ComponentCase
from keras_conformance.checks.comparison import Mismatch, compare, widened
from keras_conformance.checks.configuration import check_configuration
from keras_conformance.subject import Subject
from keras_conformance.tolerance import EXACT, tolerance_of

_ERRORS: float = 5
"""How many standard errors a mean may be off."""


def check_initializer_case(subject: Subject, case: ComponentCase, case_id: Any) -> None:
    """Check one thing of an initializer.

    Raises:
        Mismatch: where it is not as it should be.
    """
    if case_id.check == "config":
        check_configuration(case.make())
    elif case_id.check == "value":
        _check_values(subject, case)
    else:
        _check_moments(case)


def _check_values(subject: Subject, case: ComponentCase) -> None:
    """Check that the values are those of the NumPy backend to the bit, in each float dtype."""
    from keras_core import ops
    from keras_core.runtime.table import use_backend

    (shape,) = case.data
    for dtype in filter(subject.has, ("bfloat16", "float16", "float32", "float64")):
        tensor = case.make()(shape, dtype)
        if not isinstance(tensor, subject.table.tensor_types):
            raise Mismatch(f"values are of type {type(tensor).__name__}, which is no tensor of the backend")
        found = ops.convert_to_numpy(tensor)
        with use_backend("numpy"):
            expected = ops.convert_to_numpy(case.make()(shape, dtype))
        if found.dtype.name != dtype:
            raise Mismatch(f"dtype {found.dtype.name}, expected {dtype}")
        compare(found, expected, EXACT, f"values in {dtype}")


def _check_moments(case: ComponentCase) -> None:
    from keras_core import ops

    (shape,), moments = case.data, case.expected
    values = widened(ops.convert_to_numpy(case.make()(shape, "float32")))
    rounding = tolerance_of("float32").absolute
    if values.shape != tuple(shape):
        raise Mismatch(f"shape {values.shape}, expected {shape}")
    error = rounding + _ERRORS * moments.deviation / values.size**0.5
    if abs(values.mean() - moments.mean) > error:
        raise Mismatch(f"the mean is {values.mean():g}, expected {moments.mean:g} (within {error:g})")
    error = rounding + _ERRORS * moments.deviation / (2 * values.size) ** 0.5
    if abs(values.std() - moments.deviation) > error:
        raise Mismatch(f"the standard deviation is {values.std():g}, expected {moments.deviation:g} (within {error:g})")
    if values.min() < moments.low - rounding or values.max() > moments.high + rounding:
        raise Mismatch(
            f"values are from {values.min():g} to {values.max():g}, expected {moments.low:g} to {moments.high:g}"
        )
