"""Signatures, and calls that must fail."""

from __future__ import annotations

import inspect
from typing import Any

from keras_conformance.case import Arguments, ExpectedError
from keras_conformance.checks.comparison import Mismatch, case_of, draw, function_of
from keras_conformance.registry import CaseId, definitions
from keras_conformance.subject import Subject


def check_missing(subject: Subject, case_id: CaseId) -> None:
    """Fail: the op or class has no case."""
    raise Mismatch(f"{case_id.kind}/{case_id.name} has no case in the suite; each op and public class must have one")


def check_signature(subject: Subject, case_id: CaseId) -> None:
    """Check that a primitive, a public function and a kernel can be called as the contract says."""
    if case_id.kind == "primitives":
        from keras_core.contract import Primitives

        arguments = list(inspect.signature(getattr(Primitives, case_id.name)).parameters)[1:]
        _check_positional(getattr(subject.table, case_id.name), len(arguments), f"primitive {case_id.name}")
        return
    definition = definitions()[case_id.name]
    found = inspect.signature(definition.function)
    found = found.replace(parameters=[p for p in found.parameters.values() if p.kind is not p.VAR_KEYWORD])
    if found != definition.signature:
        raise Mismatch(f"the public function has the signature {found}, the database {definition.signature}")
    if case_id.name in subject.kernels and definition.variadic is None:
        kernel = inspect.unwrap(getattr(subject.table, "op_" + case_id.name))
        _check_positional(kernel, len(definition.signature.parameters), f"kernel {case_id.name}")


def _check_positional(function: Any, count: int, what: str) -> None:
    try:
        signature = inspect.signature(function)
    except (ValueError, TypeError):  # many compiled functions do not tell
        return
    try:
        signature.bind(*range(count))
    except TypeError as error:
        raise Mismatch(f"{what}{signature} cannot be called with {count} positional arguments: {error}") from error


def check_errors(subject: Subject, case_id: CaseId) -> None:
    """Check that wrong arguments raise, with a message that says what is wrong."""
    for expected in (*_derived_errors(case_id), *case_of(case_id).errors):
        positional, named = expected.arguments().mapped(subject.tensor)
        try:
            result = function_of(case_id)(*positional, **named)
        except expected.error as error:
            if expected.message not in str(error):
                raise Mismatch(f"expected {expected.message!r} in the message, got {error!s}") from error
        except Exception as error:
            raise Mismatch(f"expected {expected.error.__name__}, got {type(error).__name__}: {error}") from error
        else:
            raise Mismatch(f"expected {expected.error.__name__} ({expected.message}), got {result!r}")


def _derived_errors(case_id: CaseId) -> list[ExpectedError]:
    """Return what every op must refuse: an object that is no tensor, in place of each tensor."""
    definition = definitions()[case_id.name]
    case = case_of(case_id)
    parameters = list(definition.signature.parameters)
    good = draw(case_id, case.samples[0], case.reference_dtype())
    errors: list[ExpectedError] = []
    for name in definition.tensors:
        position = parameters.index(name)
        if position >= len(good.positional) or definition.variadic == position:
            continue

        def wrong(position: int = position) -> Arguments:
            return Arguments((*good.positional[:position], object(), *good.positional[position + 1 :]), good.named)

        errors.append(ExpectedError(wrong, (TypeError, ValueError), f"{case_id.name}: "))  # pyright: ignore
    return errors
