"""Symbolic and compiled calls, and the composite beside the kernel."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras_conformance.case import Arguments, leaves
from keras_conformance.checks.comparison import (
    Mismatch,
    call,
    case_of,
    compare,
    draw,
    function_of,
    tolerance_for,
    widened,
)
from keras_conformance.checks.holes import Holes
from keras_conformance.checks.values import check_results
from keras_conformance.registry import CaseId, definitions
from keras_conformance.subject import Subject
from keras_conformance.tolerance import GRADIENT


def check_symbolic(subject: Subject, case_id: CaseId) -> None:
    """Check that shapes and dtypes inferred for `KerasTensor`s are those of eager results."""
    from keras_core.runtime.keras_tensor import KerasTensor
    from keras_core.runtime.symbolic import symbolic_table

    case = case_of(case_id)
    dtype = case.reference_dtype()
    for position, sample in enumerate(case.samples):
        arguments = draw(case_id, sample, dtype)
        if case.out_of is not None and not subject.has(case.out_of(arguments)):
            continue
        positional, named = arguments.mapped(lambda array: KerasTensor(array.shape, array.dtype.name))
        if case_id.kind == "ops":
            inferred = leaves(function_of(case_id)(*positional, **named))
        else:
            from keras_core.runtime.table import use_table

            with use_table(symbolic_table(subject.table)) as table:
                inferred = leaves(getattr(table, case_id.name)(*positional, **named))
        eager = leaves(call(subject, case_id, arguments))
        if len(inferred) != len(eager):
            raise Mismatch(f"sample {position}: {len(inferred)} symbolic results, {len(eager)} eager ones")
        for one, other in zip(inferred, eager, strict=True):
            _check_inferred(subject, one, other, f"sample {position}")


def _check_inferred(subject: Subject, inferred: Any, eager: Any, what: str) -> None:
    array = subject.array(eager)
    if isinstance(inferred, subject.table.tensor_types):
        inferred = subject.array(inferred)  # an op without tensors computes
    if not hasattr(inferred, "shape") or not hasattr(inferred, "dtype"):
        compare(np.asarray(inferred), array, GRADIENT["float32"], f"{what}, a result that is no tensor")
        return
    shape = tuple(inferred.shape)
    if str(inferred.dtype) != array.dtype.name:
        raise Mismatch(f"{what}: inferred dtype {inferred.dtype}, eager dtype {array.dtype.name}")
    if len(shape) != array.ndim or any(a not in (None, b) for a, b in zip(shape, array.shape, strict=True)):
        raise Mismatch(f"{what}: inferred shape {shape}, eager shape {array.shape}")


def check_compiled(subject: Subject, case_id: CaseId) -> None:
    """Check that a compiled call gives what the eager one gives, also when it is called with other sizes."""
    case = case_of(case_id)
    for position in sorted({0, case.resized}):
        arguments = draw(case_id, case.samples[position], case.reference_dtype())
        # What has no oracle is random numbers, of which the seed is the only tensor, and has two words.
        factors = (1, 2, 3) if position == case.resized and case.oracle is not None else (1,)
        _check_compiled(subject, case_id, position, arguments, factors)


def _check_compiled(
    subject: Subject, case_id: CaseId, position: int, arguments: Arguments, factors: tuple[int, ...]
) -> None:
    case = case_of(case_id)
    call(subject, case_id, arguments)
    holes = Holes(arguments)
    traces: list[bool] = []  # for each, whether it knew every size

    def function(inputs: list[Any]) -> list[Any]:
        positional, named = holes.filled(inputs, subject.tensor)
        return leaves(function_of(case_id)(*positional, **named))

    def traced(state: list[Any], inputs: list[Any]) -> tuple[list[Any], list[Any]]:
        traces.append(all(None not in subject.table.static_shape(x) for x in inputs))
        return function(inputs), state

    jit = subject.table.transforms.get("jit")
    compiled = traced if jit is None else jit(traced, False, False)
    # Other numbers first: what was computed while it was traced must not come back.
    others = Holes(draw(case_id, case.samples[position], case.reference_dtype(), " again")).arrays
    compiled([], list(map(subject.tensor, others)))
    for factor in factors:
        inputs = [_repeated(array, factor, holes.arrays) for array in holes.arrays]
        what = f"sample {position}, {factor} times the first axis"
        if factor > 1 and case.not_resized:
            _check_refused(function, list(map(subject.tensor, inputs)), f"{what}: {case.not_resized}")
            continue
        before = len(traces)
        error: Exception | None = None
        outputs: list[Any] = []
        try:
            outputs = list(compiled([], list(map(subject.tensor, inputs)))[0])
        except Exception as raised:
            error = raised
        if error is None and factor > 1 and _right(subject, case_id, holes, inputs, outputs, what):
            # What the oracle says needs no eager call beside it, which some backends would compile for these sizes.
            if all(traces[before:] or [False]):
                return  # each size gets a program of its own, so a third one is as the second
            continue
        eager = subject.arrays(function(list(map(subject.tensor, inputs))))
        if error is not None:
            raise error
        _compare_compiled(subject, case_id, subject.arrays(outputs), eager, what)


def _check_refused(function: Any, inputs: list[Any], why: str) -> None:
    try:
        function(inputs)
    except Exception:
        return
    raise Mismatch(f"{why}, so it must be refused, but it gives a result")


def _right(
    subject: Subject, case_id: CaseId, holes: Holes, inputs: list[np.ndarray], outputs: list[Any], what: str
) -> bool:
    """Tell whether results are what the oracle says of arguments of other sizes."""
    case = case_of(case_id)
    if case.oracle is None:
        return False
    arguments = Arguments(*holes.filled(inputs, lambda array: array))
    try:
        check_results(subject, case_id, arguments, outputs, case.reference_dtype(), what)
    except Exception:  # where the oracle does not take them either, the eager call decides
        return False
    return True


def _repeated(array: np.ndarray, factor: int, all_arrays: list[np.ndarray]) -> np.ndarray:
    """Return the array with each slice of its first axis several times, where it has that of the first argument.

    What is sorted remains so.
    """
    shared = array.ndim and all_arrays[0].ndim and len(array) == len(all_arrays[0])
    return np.repeat(array, factor, 0) if shared and factor > 1 else array


def _compare_compiled(
    subject: Subject, case_id: CaseId, arrays: list[np.ndarray], eager: list[np.ndarray], what: str
) -> None:
    case = case_of(case_id)
    if len(arrays) != len(eager):
        raise Mismatch(f"{what}: {len(arrays)} compiled results, {len(eager)} eager ones")
    for position, (one, other) in enumerate(zip(arrays, eager, strict=True)):
        if one.dtype != other.dtype:
            raise Mismatch(f"{what}, result {position}: compiled {one.dtype.name}, eager {other.dtype.name}")
        tolerance = tolerance_for(subject, case_id, case, one.dtype.name, 2)
        compare(one, widened(other), tolerance, f"{what}, compiled result {position}")


def check_composite(subject: Subject, case_id: CaseId) -> None:
    """Check the body that core has against the oracle, and the kernel, where there is one, against the body."""
    from keras_core.runtime.definition import prepare_arguments

    case = case_of(case_id)
    definition = definitions()[case_id.name]
    dtype = case.reference_dtype()
    for position, sample in enumerate(case.samples):
        arguments = draw(case_id, sample, dtype)
        if case.out_of is not None and not subject.has(case.out_of(arguments)):
            continue
        body = _called(subject, definition, arguments, prepare_arguments, subject.table.composite(case_id.name))
        check_results(subject, case_id, arguments, body, dtype, f"composite, sample {position}")
        if case_id.name not in subject.kernels:
            continue
        kernel = getattr(subject.table, "op_" + case_id.name)
        native = _called(subject, definition, arguments, prepare_arguments, kernel, of_kernel=True)
        if native is NotImplemented or case.observe is not None:
            continue  # where results are not unique, both are checked against the oracle
        pairs = zip(subject.arrays(native), subject.arrays(body), strict=True)
        for place, (one, other) in enumerate(pairs):
            if one.dtype != other.dtype:
                raise Mismatch(
                    f"result {place}: the kernel has dtype {one.dtype.name}, the composite {other.dtype.name}"
                )
            tolerance = tolerance_for(subject, case_id, case, one.dtype.name, 2)
            compare(one, widened(other), tolerance, f"kernel beside composite, sample {position}, result {place}")


def _called(
    subject: Subject, definition: Any, arguments: Arguments, prepare: Any, function: Any, of_kernel: bool = False
) -> Any:
    from keras_core.runtime.definition import spread

    positional, named = subject.tensors(arguments)
    bound = definition.signature.bind(*positional, **named)
    bound.apply_defaults()
    prepared = prepare(definition, subject.table, tuple(bound.arguments.values()))
    if of_kernel and not definition.is_for_kernel(prepared):
        return NotImplemented
    given, options = spread(definition, prepared)
    with np.errstate(all="ignore"):
        return function(*given, **options)
