"""What is checked of a case, by the name of the check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from keras_conformance.checks import derivatives, derived, errors, inputs, layout, values
from keras_conformance.components import KINDS, check_component
from keras_conformance.registry import CaseId
from keras_conformance.subject import Subject

CHECKS: Final[dict[str, Callable[[Subject, CaseId], None]]] = {
    "signature": errors.check_signature,
    "value": values.check_value,
    "special": values.check_special,
    "errors": errors.check_errors,
    "gradient": derivatives.check_gradient,
    "jvp": derivatives.check_jvp,
    "second_order": derivatives.check_second_order,
    "inputs": inputs.check_inputs,
    "promotion": inputs.check_promotion,
    "layout": layout.check_layout,
    "symbolic": derived.check_symbolic,
    "compiled": derived.check_compiled,
    "composite": derived.check_composite,
    "missing": errors.check_missing,
}


def run_check(subject: Subject, case_id: CaseId) -> None:
    """Check one thing of a backend.

    Raises:
        AssertionError: where it is not as it should be.
    """
    from keras_core.runtime.table import use_table

    with use_table(subject.table):
        check = check_component if case_id.kind in KINDS and case_id.check != "missing" else CHECKS[case_id.check]
        check(subject, case_id)
