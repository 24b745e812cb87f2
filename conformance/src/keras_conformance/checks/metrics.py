"""Cases of metrics: results after several batches, compiled updates, the state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from keras_conformance.case import FLOATS
from keras_conformance.cases.component_case import ComponentCase
from keras_conformance.checks.comparison import Mismatch, compare_sums
from keras_conformance.checks.configuration import check_configuration
from keras_conformance.subject import Subject
from keras_conformance.tolerance import tolerance_of


def check_metric_case(subject: Subject, case: ComponentCase, case_id: Any) -> None:
    """Check one thing of a metric.

    Raises:
        Mismatch: where it is not as it should be.
    """
    check = case_id.check
    if check == "config":
        check_configuration(case.make())
    elif check == "reset":
        _check_reset(case)
    else:
        tolerance = subject.ledger.tolerances.get(str(case_id)) or tolerance_of("float32").scaled(case.tolerance)
        results = _results(case, "float32", compiled=check == "compiled")
        for number, (result, other) in enumerate(zip(results, _reference(case), strict=True), 1):
            if result.dtype.name != "float32":
                raise Mismatch(f"result after {number} batches: dtype {result.dtype.name}, expected float32")
            compare_sums(result, other, tolerance, f"result after {number} batches")


def _results(case: ComponentCase, dtype: str, compiled: bool) -> list[np.ndarray]:
    """Return the results after one, two and three batches."""
    from keras_core import ops, transforms

    metric = case.make(dtype=dtype)
    batches = [[x.astype(dtype) if x.dtype.name in FLOATS else x for x in batch] for batch in case.data]
    if len(batches[0]) > 1:
        metric._build_for(*batches[0][:2])  # no variable can be made while a function is compiled

    def step(*batch: Any) -> Any:
        metric.update_state(*batch)
        return metric.result()

    run: Callable[..., Any] = transforms.jit(step, variables=metric.variables) if compiled else step
    return [ops.convert_to_numpy(run(*batch)) for batch in batches]


def _reference(case: ComponentCase) -> list[np.ndarray]:
    from keras_core.runtime.table import use_backend

    with use_backend("numpy"):
        return _results(case, "float64", compiled=False)


def _check_reset(case: ComponentCase) -> None:
    """Check that after `reset_state` a batch gives what it gave at first, and that the state is made of variables."""
    from keras_core import ops

    metric = case.make()
    batch = case.data[0]
    metric.update_state(*batch)
    first = ops.convert_to_numpy(metric.result())
    state = [variable.numpy() for variable in metric.variables]
    if not any(np.any(values) for values in state):
        raise Mismatch("no variable of the metric is changed by a batch")
    metric.update_state(*case.data[-1])
    metric.reset_state()
    if any(np.any(variable.numpy()) for variable in metric.variables):
        raise Mismatch("reset_state leaves a variable that is not zero")
    metric.update_state(*batch)
    if not np.array_equal(ops.convert_to_numpy(metric.result()), first):
        raise Mismatch(f"after reset_state a batch gives {metric.result()}, expected {first}")
    for variable, values in zip(metric.variables, state, strict=True):
        if not np.array_equal(variable.numpy(), values):
            raise Mismatch(f"after reset_state a batch leaves other values in '{variable.path}'")
