"""All cases, and the ids that a backend must answer for: derived from the op database, not from what was collected."""

from __future__ import annotations

import hashlib
import importlib
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from keras_conformance.case import Case
from keras_conformance.components import KINDS, component_cases, public_classes
from keras_conformance.subject import Subject

_MODULES: Final = (
    *("elementwise", "binary", "activation", "reduction", "shaping", "indexing", "creation", "linalg"),
    *("convolution", "normalization", "training", "shrinkage"),
    *("transcendental", "arithmetic", "representation", "segments", "scoring", "special_functions", "fourier"),
    *("windows", "matrices", "joining", "convolution_variants", "patches", "linear_systems"),
    *("quantiles", "nan_reduction", "statistics", "vectors", "sets", "image", "ctc", "image_content"),
    *("recurrence",),
)
SPECIAL: Final = ("nonfinite", "empty", "zero_d")


@dataclass(frozen=True)
class CaseId:
    """One thing to check: `ops/softmax/value/float16` has the kind `ops`, the name, the check and a variant."""

    kind: str
    name: str
    check: str
    variant: str = ""

    def __str__(self) -> str:
        return "/".join(filter(None, (self.kind, self.name, self.check, self.variant)))


@cache
def cases(kind: str) -> dict[str, Case]:
    """Return the cases of `"ops"` or `"primitives"` by name.

    Raises:
        ValueError: where two have one name.
    """
    found: dict[str, Case] = {}
    for module in _MODULES:
        for case in getattr(importlib.import_module(f"keras_conformance.cases.{module}"), kind.upper()):
            if case.name in found:
                raise ValueError(f"there are two cases of {kind}/{case.name}")
            found[case.name] = case
    return found


def definitions() -> dict[str, Any]:
    """Return the op database of core."""
    from keras_core import ops  # noqa: F401 - fills the database
    from keras_core.runtime.definition import DATABASE

    return {name: definition for name, definition in DATABASE.items() if not name.startswith("_")}


def required(subject: Subject) -> list[CaseId]:
    """Return what must be checked of a backend, by the op database, the public classes of core, and its dtypes."""
    return [*_required_of_ops(subject), *(case for kind in KINDS for case in _required_of_components(kind, subject))]


def _required_of_components(kind: str, subject: Subject) -> list[CaseId]:
    ids: list[CaseId] = []
    for name in sorted(public_classes(kind)):
        found = component_cases(kind).get(name, {})
        ids += [] if found else [CaseId(kind, name, "missing")]
        for variant, case in found.items():
            ids += [CaseId(kind, name, check, variant) for check in case.checks if _has_dtype_of(subject, check)]
    return ids


def _has_dtype_of(subject: Subject, check: str) -> bool:
    """Tell whether the backend has the dtype of a check such as `mixed_float16`."""
    dtype = check.removeprefix("mixed_")
    return dtype == check or subject.has(dtype)


def _required_of_ops(subject: Subject) -> list[CaseId]:
    from keras_core.contract import PRIMITIVE_NAMES

    ids: list[CaseId] = []
    for name, definition in definitions().items():
        if name not in cases("ops"):
            ids.append(CaseId("ops", name, "missing"))
            continue
        ids += _ids("ops", name, subject, bool(definition.differentiable), definition.body is not None)
        if definition.tensors or cases("ops")[name].errors:
            ids.append(CaseId("ops", name, "errors"))
        if definition.tensors:
            ids.append(CaseId("ops", name, "inputs"))
        if definition.dtype != "keep" and (len(definition.tensors) > 1 or definition.lists):
            ids.append(CaseId("ops", name, "promotion"))
    for name in PRIMITIVE_NAMES:
        missing = CaseId("primitives", name, "missing")
        ids += _ids("primitives", name, subject, True, False) if name in cases("primitives") else [missing]
    return ids


def _ids(kind: str, name: str, subject: Subject, differentiable: bool, composite: bool) -> list[CaseId]:
    case = cases(kind)[name]
    ids = [CaseId(kind, name, "signature")]
    ids += [CaseId(kind, name, "value", dtype) for dtype in case.dtypes if subject.has(dtype)]
    ids += [CaseId(kind, name, "special", which) for which in SPECIAL if getattr(case, which) is not None]
    ids += [CaseId(kind, name, "layout"), CaseId(kind, name, "symbolic")]
    if case.compilable:
        ids.append(CaseId(kind, name, "compiled"))
    if differentiable and case.gradient and subject.wide in case.dtypes:
        ids += [CaseId(kind, name, "gradient"), CaseId(kind, name, "jvp")]
        if not case.why_not_smooth:
            ids.append(CaseId(kind, name, "second_order"))
    if composite:
        ids.append(CaseId(kind, name, "composite"))
    return ids


def digest() -> str:
    """Return the SHA-256 of the op database and the list of primitives: names, signatures, rules."""
    from keras_core.contract import PRIMITIVE_NAMES

    lines = [f"primitive {name}" for name in PRIMITIVE_NAMES]
    lines += [
        f"{name}{d.signature} {d.primitive} {d.tensors} {d.dtype} {d.differentiable} {d.since}"
        for name, d in sorted(definitions().items())
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
