"""Cases of optimizers: variables and state after each of some steps, eager and compiled."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from keras_conformance.cases.component_case import ComponentCase
from keras_conformance.checks.comparison import compare_sums
from keras_conformance.checks.configuration import check_configuration
from keras_conformance.subject import Subject
from keras_conformance.tolerance import tolerance_of

STEPS: Final = 5
SHAPES: Final = {"kernel": (4, 3), "bias": (3,), "embeddings": (5, 2), "scale": ()}
"""Shapes of what is optimized, by name."""


def check_optimizer_case(subject: Subject, case: ComponentCase, case_id: Any) -> None:
    """Check one thing of an optimizer.

    Raises:
        Mismatch: where it is not as it should be.
    """
    if case_id.check == "config":
        check_configuration(case.make())
        return
    key = f"optimizers/{case.name}/{case.variant}"
    if key not in subject.kept:
        subject.kept = {key: _reference(case)}
    expected = subject.kept[key]
    tolerance = subject.ledger.tolerances.get(str(case_id)) or tolerance_of("float32").scaled(case.tolerance)
    found = _trajectory(case, "float32", compiled=case_id.check == "compiled")
    for step, (state, other) in enumerate(zip(found, expected, strict=True), 1):
        for (path, value), wanted in zip(state.items(), other.values(), strict=True):
            compare_sums(value, wanted, tolerance, f"'{path}' after step {step}")


def _trajectory(case: ComponentCase, dtype: str, compiled: bool) -> list[dict[str, np.ndarray]]:
    """Return what is optimized and the state of the optimizer after each step, by path."""
    from keras_core import Variable, transforms

    random = np.random.Generator(np.random.Philox(key=19))
    trained = [
        Variable(random.normal(size=shape).astype("float32").astype(dtype), dtype=dtype, name=name)
        for name, shape in SHAPES.items()
    ]
    optimizer = case.make()
    optimizer.build(trained)
    every = [*trained, *optimizer.variables]

    def step(gradients: list[Any]) -> None:
        optimizer.apply(gradients)

    run = transforms.jit(step, variables=every) if compiled else step
    found = []
    for _ in range(STEPS):
        run([_tensor(random.normal(size=shape).astype("float32").astype(dtype)) for shape in SHAPES.values()])
        found.append({variable.path: variable.numpy() for variable in every})
    optimizer.finalize_variable_values(trained)
    found.append({variable.path: variable.numpy() for variable in every})
    return found


def _tensor(array: np.ndarray) -> Any:
    from keras_core import ops

    return ops.convert_to_tensor(array)


def _reference(case: ComponentCase) -> list[dict[str, np.ndarray]]:
    from keras_core.runtime.table import use_backend

    with use_backend("numpy"):
        return _trajectory(case, "float64", compiled=False)
