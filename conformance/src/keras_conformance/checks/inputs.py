"""What ops take in place of tensors, and how dtypes that differ are promoted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from keras_conformance.case import Arguments, Sample, host_dtype, leaves, map_arrays
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
from keras_conformance.promotion import PYTHON_NUMBERS, promoted
from keras_conformance.registry import CaseId, definitions
from keras_conformance.subject import Subject

_IMPLIED: Final = ("bool", "int32", "float32", "complex64")
"""The dtypes that Python numbers and lists of them have."""

_AXES: Final = frozenset({"axis", "axis1", "axis2", "source", "destination"})
_NEW_AXES: Final = frozenset({"expand_dims", "one_hot", "stack"})
"""Ops whose axis is one of the result, which has one more."""

_AXIS_OF: Final = {"sparse_categorical_crossentropy": "output"}
"""The parameter that has the axis, where it is not the first."""

_EAGER_PAIRS: Final = (("float16", "bfloat16"), ("int64", "float32"), ("uint8", "int8"), ("bool", "float64"))
_EAGER_NUMBERS: Final = (("float16", float), ("int32", float), ("bfloat16", int), ("float64", bool))


def _as_list(array: np.ndarray) -> Any:
    return array.tolist() if array.dtype.name in _IMPLIED and array.size else array


def _as_variable(array: np.ndarray) -> Any:
    from keras_core.runtime.variable import Variable

    return Variable(array, dtype=array.dtype.name)


_FORMS: Final[dict[str, Callable[[np.ndarray], Any]]] = {
    "a NumPy array": np.array,
    "a list": _as_list,
    "a variable": _as_variable,
}


def check_inputs(subject: Subject, case_id: CaseId) -> None:
    """Check that arrays, lists, numbers and variables do where tensors do, and axes that count from the end."""
    case = case_of(case_id)
    dtype = case.reference_dtype()
    arguments = draw(case_id, case.samples[0], dtype)
    expected = subject.arrays(call(subject, case_id, arguments))
    if case.oracle is not None:
        for form, convert in _FORMS.items():
            if form == "a variable" and case.reuses_buffers:
                continue
            _compare(subject, case_id, _converted(subject, case_id, arguments, convert), expected, form)
        _check_beside_symbolic(subject, case_id, arguments, expected)
    if case.zero_d is not None and case.oracle is not None:
        arguments = draw(case_id, case.zero_d, dtype)
        expected = subject.arrays(call(subject, case_id, arguments))
        _compare(subject, case_id, _converted(subject, case_id, arguments, _as_list), expected, "a Python number")
    for sample in case.samples:
        _check_axes(subject, case_id, draw(case_id, sample, dtype))


def _places(case_id: CaseId) -> set[Any]:
    """Return positions and names of the parameters that hold tensors."""
    definition = definitions()[case_id.name]
    parameters = list(definition.signature.parameters)
    first = definition.variadic
    places = {parameters.index(name) for name in definition.tensors} | set(definition.tensors)
    return places | set(range(first, 20)) if first is not None and parameters[first] in definition.tensors else places


def _converted(subject: Subject, case_id: CaseId, arguments: Arguments, convert: Callable[[np.ndarray], Any]) -> Any:
    """Return what a call gives of the same arguments in another form."""
    holes = Holes(arguments, _places(case_id))
    positional, named = holes.filled([convert(array) for array in holes.arrays], subject.tensor)
    with np.errstate(all="ignore"):
        return function_of(case_id)(*positional, **named)


def _compare(subject: Subject, case_id: CaseId, results: Any, expected: list[np.ndarray], form: str) -> None:
    what = f"with {form} for a tensor"
    for result in leaves(results):
        if not isinstance(result, subject.table.tensor_types):
            raise Mismatch(f"{what}: a result is of type {type(result).__name__}, which is no tensor of the backend")
    found = subject.arrays(results)
    if len(found) != len(expected):
        raise Mismatch(f"{what}: {len(found)} results, {len(expected)} with tensors")
    for position, (one, other) in enumerate(zip(found, expected, strict=True)):
        if one.dtype != other.dtype:
            raise Mismatch(f"{what}, result {position}: dtype {one.dtype.name}, with tensors {other.dtype.name}")
        tolerance = tolerance_for(subject, case_id, case_of(case_id), one.dtype.name)
        compare(one, widened(other), tolerance, f"{what}, result {position}")


def _check_beside_symbolic(subject: Subject, case_id: CaseId, arguments: Arguments, expected: list[np.ndarray]) -> None:
    """Check what is inferred where the first tensor is symbolic, and the others are arrays."""
    from keras_core.runtime.keras_tensor import KerasTensor

    holes = Holes(arguments, _places(case_id))
    if len(holes.arrays) < 2:
        return
    first, *others = holes.arrays
    positional, named = holes.filled([KerasTensor(first.shape, first.dtype.name), *others], subject.tensor)
    for one, other in zip(leaves(function_of(case_id)(*positional, **named)), expected, strict=True):
        inferred, eager = (str(one.dtype), len(one.shape)), (other.dtype.name, other.ndim)
        if inferred != eager:
            raise Mismatch(f"a KerasTensor beside arrays: inferred dtype and rank {inferred}, eager {eager}")


# Axes that count from the end --------------------------------------------------------------------------------------


def _check_axes(subject: Subject, case_id: CaseId, arguments: Arguments) -> None:
    """Check that each axis may count from the end."""
    definition = definitions()[case_id.name]
    bound = definition.signature.bind(*arguments.positional, **arguments.named).arguments
    tensors = leaves(bound.get(_AXIS_OF.get(case_id.name, next(iter(definition.tensors), ""))))
    if not tensors or not isinstance(tensors[0], np.ndarray) or definition.variadic is not None:
        return
    for name, value in bound.items():
        if name not in _AXES:
            continue
        new = (len(value) if isinstance(value, list | tuple) else 1) if case_id.name in _NEW_AXES else 0
        turned = _from_the_end(value, tensors[0].ndim + new)
        if turned == value:
            continue
        changed = Arguments((), {**bound, name: turned})
        found = subject.arrays(call(subject, case_id, changed))
        expected = subject.arrays(call(subject, case_id, Arguments((), bound)))
        _compare_axes(subject, case_id, found, expected, f"{name}={turned} for {value}")


def _from_the_end(value: Any, width: int) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(_from_the_end(item, width) for item in value)
    return value - width if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < width else value


def _compare_axes(
    subject: Subject, case_id: CaseId, found: list[np.ndarray], expected: list[np.ndarray], what: str
) -> None:
    for one, other in zip(found, expected, strict=True):
        tolerance = tolerance_for(subject, case_id, case_of(case_id), one.dtype.name)
        compare(one, widened(other), tolerance, what)


# Promotion ---------------------------------------------------------------------------------------------------------


def check_promotion(subject: Subject, case_id: CaseId) -> None:
    """Check the dtypes of results for all pairs of dtypes and for Python numbers, inferred and some of them eager.

    Results have the dtype that they have where both arguments are of the dtype to which these are promoted.
    """
    case = case_of(case_id)
    dtypes = [dtype for dtype in case.dtypes if subject.has(dtype)]
    check = _Promotion(subject, case_id)
    pairs = _drawn_of_each(case_id, _with_two(case_id), dtypes)
    for one in pairs:
        for other in pairs:
            common = promoted(one, other)
            if one != other and common in dtypes:
                arguments, arrays = pairs[one]
                mixed = _with(arguments, arrays[1], pairs[other][1][1])
                eager = (one, other) in _EAGER_PAIRS or (other, one) in _EAGER_PAIRS
                check(mixed, common, f"{one} beside {other}", eager)
    check = _Promotion(subject, case_id)
    scalars = _drawn_of_each(case_id, case.zero_d, dtypes)
    for dtype, (arguments, arrays) in scalars.items():
        for kind, implied in zip(PYTHON_NUMBERS, _IMPLIED, strict=True):
            common = promoted(dtype, PYTHON_NUMBERS[kind])
            if common in dtypes and implied in scalars:
                for array, number in zip(arrays, scalars[implied][1], strict=True):
                    eager = (dtype, kind) in _EAGER_NUMBERS
                    what = f"{dtype} beside a Python {kind.__name__}"
                    if not array.ndim:
                        check(_with(arguments, array, _held(number.item(), dtype)), common, what, eager)


def _held(number: Any, dtype: str) -> Any:
    """Return a Python number, without the sign that an unsigned dtype has not."""
    return abs(number) if type(number) is int and dtype.startswith("uint") else number


def promoted_places(case_id: CaseId) -> list[int]:
    """Return the positions of the tensors among the arguments that are promoted to one dtype."""
    definition = definitions()[case_id.name]
    if definition.dtype == "keep":
        return []
    parameters = list(definition.signature.parameters)
    places = [parameters.index(name) for name in definition.tensors]
    return places[1:] if definition.dtype == "branches" else places


def _promoted_arrays(case_id: CaseId, arguments: Arguments, dtype: str) -> list[np.ndarray]:
    """Return the arrays that are promoted, where they are of the dtype that was drawn."""
    found = [
        leaf
        for place in promoted_places(case_id)
        if place < len(arguments.positional)
        for leaf in leaves(arguments.positional[place])
    ]
    return [leaf for leaf in found if isinstance(leaf, np.ndarray) and leaf.dtype.name == dtype]


def _with_two(case_id: CaseId) -> Sample | None:
    """Return the first sample with two tensors that are promoted."""
    case = case_of(case_id)
    dtype = case.reference_dtype()
    for sample in case.samples:
        if len(_promoted_arrays(case_id, draw(case_id, sample, dtype), dtype)) > 1:
            return sample
    return None


def _drawn_of_each(
    case_id: CaseId, sample: Sample | None, dtypes: list[str]
) -> dict[str, tuple[Arguments, list[np.ndarray]]]:
    """Return, by dtype, the arguments of a sample and those of its arrays, two or more, that are promoted."""
    if sample is None:
        return {}
    found: dict[str, tuple[Arguments, list[np.ndarray]]] = {}
    for dtype in dtypes:
        arguments = draw(case_id, sample, dtype)
        arrays = _promoted_arrays(case_id, arguments, dtype)
        if len(arrays) > 1:
            found[dtype] = arguments, arrays
    return found


def _with(arguments: Arguments, old: np.ndarray, new: Any) -> Arguments:
    return Arguments(*arguments.mapped(lambda array: new if array is old else array))


class _Promotion:
    """Compares calls of one sample in two dtypes with those in the common dtype."""

    def __init__(self, subject: Subject, case_id: CaseId) -> None:
        self.subject = subject
        self.case_id = case_id
        self.function = function_of(case_id)
        self._expected: dict[str, list[str]] = {}

    def __call__(self, arguments: Arguments, common: str, what: str, eager: bool) -> None:
        together = _of_one_dtype(self.case_id, arguments, common)
        if common not in self._expected:
            self._expected[common] = self._inferred(together)
        found, expected = self._inferred(arguments), self._expected[common]
        if found != expected:
            raise Mismatch(f"{what}: inferred dtypes {found}, expected {expected}, those of {common}")
        if not eager or case_of(self.case_id).oracle is None:
            return
        for one, other in zip(self._computed(arguments), self._computed(together), strict=True):
            if one.dtype != other.dtype:
                raise Mismatch(f"{what}: dtype {one.dtype.name}, expected {other.dtype.name}, that of {common}")
            tolerance = tolerance_for(self.subject, self.case_id, case_of(self.case_id), one.dtype.name)
            compare(one, widened(other), tolerance, what)

    def _inferred(self, arguments: Arguments) -> list[str]:
        from keras_core.runtime.keras_tensor import KerasTensor

        positional, named = arguments.mapped(lambda array: KerasTensor(array.shape, array.dtype.name))
        return [str(result.dtype) for result in leaves(self.function(*positional, **named)) if hasattr(result, "dtype")]

    def _computed(self, arguments: Arguments) -> list[np.ndarray]:
        positional, named = arguments.mapped(self.subject.tensor)
        with np.errstate(all="ignore"):
            return self.subject.arrays(self.function(*positional, **named))


def _of_one_dtype(case_id: CaseId, arguments: Arguments, dtype: str) -> Arguments:
    """Return the arguments with those that are promoted in one dtype."""
    places = promoted_places(case_id)

    def cast(value: Any) -> Any:
        if isinstance(value, bool | int | float | complex):
            return np.asarray(value).astype(host_dtype(dtype))
        return map_arrays(value, lambda array: array.astype(host_dtype(dtype)))

    return Arguments(
        tuple(cast(value) if place in places else value for place, value in enumerate(arguments.positional)),
        arguments.named,
    )
