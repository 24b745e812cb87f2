"""Cases of losses: values, derivatives by the predictions, compiled calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from keras_conformance.case import FLOATS
from keras_conformance.cases.component_case import ComponentCase
from keras_conformance.checks.comparison import Mismatch, compare_sums
from keras_conformance.checks.configuration import check_configuration
from keras_conformance.subject import Subject
from keras_conformance.tolerance import GRADIENT, tolerance_of

_STEP = 1e-6


@dataclass(frozen=True)
class Found:
    """What a loss gave on one backend.

    Attributes:
        values: without weights, with weights, and of each sample.
        gradient: of the sum of them by the predictions.
    """

    values: list[np.ndarray]
    gradient: np.ndarray


def check_loss_case(subject: Subject, case: ComponentCase, case_id: Any) -> None:
    """Check one thing of a loss.

    Raises:
        Mismatch: where it is not as it should be.
    """
    if case_id.check == "config":
        check_configuration(case.make())
        return
    key = f"losses/{case.name}/{case.variant}"
    if key not in subject.kept:
        subject.kept = {key: (_compiled(case), _reference(case))}
    found, expected = subject.kept[key]
    tolerance = subject.ledger.tolerances.get(str(case_id)) or tolerance_of("float32").scaled(case.tolerance)
    if case_id.check == "gradient":
        if not case.why_not_smooth:
            _check_slope(case, expected.gradient)
        compare_sums(found.gradient, expected.gradient, tolerance, "gradient by the predictions")
        return
    values = found.values if case_id.check == "compiled" else _eager(case)
    for what, value, other in zip(("plain", "weighted", "of each sample"), values, expected.values, strict=True):
        if value.dtype.name != "float32":
            raise Mismatch(f"value, {what}: dtype {value.dtype.name}, expected float32")
        compare_sums(value, other, tolerance, f"value, {what}")


def _values(case: ComponentCase, targets: Any, predictions: Any, dtype: str) -> list[Any]:
    size = case.data[1].shape[0]
    weights = np.linspace(0.5, 2.0, size).astype(dtype)
    each = case.make(dtype=dtype)
    each.reduction = "none"
    loss = case.make(dtype=dtype)
    return [loss(targets, predictions), loss(targets, predictions, sample_weight=weights), each(targets, predictions)]


def _eager(case: ComponentCase) -> list[np.ndarray]:
    from keras_core import ops

    return [ops.convert_to_numpy(value) for value in _values(case, *case.data, "float32")]


def _differentiated(case: ComponentCase, predictions: Any, dtype: str) -> tuple[Any, list[Any]]:
    """Return the derivative of the sum of all values, and the values."""
    from keras_core import ops, transforms

    def total(predictions: Any) -> Any:
        values = _values(case, case.data[0], predictions, dtype)
        whole = ops.zeros((), dtype)
        for value in values:
            whole = ops.add(whole, ops.sum(value))
        return whole, values

    (_, values), gradient = transforms.value_and_grad(total, has_aux=True)(predictions)
    return gradient, values


def _compiled(case: ComponentCase) -> Found:
    from keras_core import ops, transforms

    gradient, values = transforms.jit(lambda x: _differentiated(case, x, "float32"))(case.data[1])
    return Found(list(map(ops.convert_to_numpy, values)), ops.convert_to_numpy(gradient))


def _reference(case: ComponentCase) -> Found:
    from keras_core import ops
    from keras_core.runtime.table import use_backend

    with use_backend("numpy"):
        gradient, values = _differentiated(case, case.data[1].astype("float64"), "float64")
        return Found(list(map(ops.convert_to_numpy, values)), ops.convert_to_numpy(gradient))


def _check_slope(case: ComponentCase, gradient: np.ndarray) -> None:
    """Hold the derivative of the reference against what the values do along a random direction."""
    from keras_core import ops
    from keras_core.runtime.table import use_backend

    direction = np.random.Generator(np.random.Philox(key=17)).normal(size=gradient.shape)
    targets, predictions = (x.astype("float64") if x.dtype.name in FLOATS else x for x in case.data)
    with use_backend("numpy"):
        ahead, behind = (
            sum(
                np.sum(ops.convert_to_numpy(v))
                for v in _values(case, targets, predictions + step * direction, "float64")
            )
            for step in (_STEP, -_STEP)
        )
    compare_sums(np.asarray(np.sum(gradient * direction)), (ahead - behind) / (2 * _STEP), GRADIENT["float64"], "slope")
