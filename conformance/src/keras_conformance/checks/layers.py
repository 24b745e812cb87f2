"""Cases of layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from keras_conformance.cases.layers.layer_case import LayerCase
from keras_conformance.layer_checks import derivatives, outputs, persistence
from keras_conformance.layer_checks.examination import Examination
from keras_conformance.layer_checks.training import check_random
from keras_conformance.subject import Subject

_CHECKS: Final[dict[str, Callable[[Examination, LayerCase], None]]] = {
    "shape": lambda examination, case: outputs.check_shape(examination),
    "dtype": lambda examination, case: outputs.check_dtype(examination),
    "value": lambda examination, case: outputs.check_value(examination),
    "state": lambda examination, case: outputs.check_state(examination),
    "mask": lambda examination, case: outputs.check_mask(examination, case.output_mask),
    "config": lambda examination, case: persistence.check_config(examination),
    "weights": lambda examination, case: persistence.check_weights(examination),
    "saving": lambda examination, case: persistence.check_saving(examination),
    "gradient": lambda examination, case: derivatives.check_gradient(examination),
    "compiled": lambda examination, case: derivatives.check_compiled(examination),
    "random": lambda examination, case: check_random(examination, case.statistics),
    "batch": lambda examination, case: outputs.check_batch(examination),
    "mixed_float16": lambda examination, case: outputs.check_mixed(examination, "float16"),
    "mixed_bfloat16": lambda examination, case: outputs.check_mixed(examination, "bfloat16"),
}


def check_layer_case(subject: Subject, case: LayerCase, case_id: Any) -> None:
    """Check one property of a configuration of a layer.

    Raises:
        LayerMismatch: where it does not hold.
    """
    key = f"layers/{case.name}/{case.variant}"
    if key not in subject.kept:  # its cases come one after the other, and share what is built and compiled
        subject.kept = {key: Examination(case.specimen(), eager_derivatives=not subject.compiles_each_op)}
    examination: Examination = subject.kept[key]
    examination.declared = subject.ledger.tolerances.get(str(case_id))
    _CHECKS[case_id.check](examination, case)
