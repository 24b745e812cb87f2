"""Derivatives in random directions, beside finite differences: reverse mode, forward mode, second order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from keras_conformance.case import INEXACT, Arguments, leaves
from keras_conformance.checks.comparison import Mismatch, case_of, compare, draw, function_of, widened
from keras_conformance.checks.holes import Holes, by_name
from keras_conformance.checks.together import Part, computed_together
from keras_conformance.registry import CaseId, definitions
from keras_conformance.subject import Subject
from keras_conformance.tolerance import GRADIENT, SECOND_ORDER

_STEP = 1e-6
_STEP_OF_SECOND_ORDER = 2e-4

Values = list[np.ndarray]


class Differentiated:
    """The weighted sum of an op's results as a function of its differentiable arguments, native and by the oracle.

    Attributes:
        dtype: of the tensors.
        points: the arguments, in float64.
        directions: one random array an argument.
        others: one more.
    """

    def __init__(self, subject: Subject, case_id: CaseId) -> None:
        self.subject = subject
        self.case_id = case_id
        self.case = case_of(case_id)
        self.dtype = subject.wide
        arguments = draw(case_id, self.case.samples[0], self.dtype)
        self.holes = Holes(arguments, _differentiable(case_id, arguments))
        self.points = [widened(array) for array in self.holes.arrays]
        # The same numbers whichever derivative is asked for.
        random = np.random.default_rng(len(f"{case_id.kind}/{case_id.name}/gradient"))
        self.weights = [random.uniform(0.5, 1.5, part.shape) for part in self._results(self.points)]
        self.directions = [random.uniform(-1, 1, point.shape) for point in self.points]
        self.others = [random.uniform(-1, 1, point.shape) for point in self.points]
        self._native_weights = [subject.tensor(weight.astype(self.dtype)) for weight in self.weights]

    def groups(self) -> tuple[list[Any], list[Any], list[Any]]:
        """Return the arguments and both directions as tensors."""
        arrays = self.holes.arrays, self.directions, self.others
        one, two, three = ([self.subject.tensor(x.astype(self.dtype)) for x in group] for group in arrays)
        return one, two, three

    def native(self, inputs: list[Any]) -> Any:
        """Return the sum on the backend."""
        from keras_core import ops

        positional, named = self.holes.filled(inputs, self.subject.tensor)
        results = self._picked(leaves(function_of(self.case_id)(*positional, **named)))
        total = None
        for part, weight in zip(results, self._native_weights, strict=True):
            term = ops.sum(ops.multiply(part, weight))
            total = term if total is None else ops.add(total, term)
        return total

    def oracle(self, values: Values) -> float:
        """Return the sum that NumPy says."""
        return sum(float(np.sum(part * w)) for part, w in zip(self._results(values), self.weights, strict=True))

    def moved(self, step: float, directions: Values) -> Values:
        """Return the arguments a step away in a direction."""
        return [point + step * way for point, way in zip(self.points, directions, strict=True)]

    def _results(self, values: Values) -> Values:
        assert self.case.oracle is not None
        positional, named = self.holes.filled(values, widened)
        with np.errstate(all="ignore"):
            return [np.asarray(part) for part in self._picked(leaves(self.case.oracle(*positional, **named)))]

    def _picked(self, results: list[Any]) -> list[Any]:
        return self.case.differentiate(results) if self.case.differentiate is not None else results

    def compare(self, found: Any, expected: float, scale: float, what: str, table: Any = GRADIENT) -> None:
        """Compare a derivative with that of the oracle; `scale` is the size of what it is the sum of."""
        declared = self.subject.ledger.tolerances.get(str(self.case_id))
        tolerance = declared or table[self.dtype].scaled(self.case.tolerance * max(1.0, scale))
        compare(np.asarray(found, np.float64), np.asarray(expected), tolerance, what)


def _value_and_grad(subject: Subject) -> Callable[..., Any]:
    from keras_core import autodiff

    return subject.table.transforms.get("value_and_grad") or autodiff.value_and_grad


def check_gradient(subject: Subject, case_id: CaseId) -> None:
    """Compare derivatives in random directions with central differences of the oracle in float64."""
    of = Differentiated(subject, case_id)
    gradients = _derivative(subject, of)
    if len(gradients) != len(of.points):
        raise Mismatch(f"{len(gradients)} gradients of {len(of.points)} arguments")
    for position, (gradient, direction) in enumerate(zip(gradients, of.directions, strict=True)):
        array = subject.array(gradient)
        if array.shape != direction.shape or array.dtype.name != of.dtype:
            raise Mismatch(
                f"the gradient of argument {position} has shape {array.shape} and dtype {array.dtype.name}, "
                f"expected {direction.shape} and {of.dtype}"
            )
        only = [way if i == position else 0 * way for i, way in enumerate(of.directions)]
        expected = (of.oracle(of.moved(_STEP, only)) - of.oracle(of.moved(-_STEP, only))) / (2 * _STEP)
        terms = array.astype(np.float64) * direction
        what = f"derivative by argument {position} in a random direction"
        of.compare(np.sum(terms), expected, float(np.sum(np.abs(terms))), what)


def check_jvp(subject: Subject, case_id: CaseId) -> None:
    """Compare the forward derivative in a random direction with a central difference of the oracle."""
    of = Differentiated(subject, case_id)
    (found,) = subject.arrays(_derivative(subject, of))
    expected = (of.oracle(of.moved(_STEP, of.directions)) - of.oracle(of.moved(-_STEP, of.directions))) / (2 * _STEP)
    scale = abs(expected) + abs(of.oracle(of.points))
    of.compare(found, expected, scale, "forward derivative in a random direction")


def check_second_order(subject: Subject, case_id: CaseId) -> None:
    """Compare the second derivative in two random directions, of the gradient, with a difference of the oracle."""
    of = Differentiated(subject, case_id)
    (found,) = subject.arrays(_derivative(subject, of))
    first, second = of.directions, of.others
    plus = [one + other for one, other in zip(first, second, strict=True)]
    minus = [one - other for one, other in zip(first, second, strict=True)]
    step = _STEP_OF_SECOND_ORDER
    ends = [of.oracle(of.moved(sign * step, way)) for sign, way in ((1, plus), (-1, plus), (1, minus), (-1, minus))]
    expected = (ends[0] + ends[1] - ends[2] - ends[3]) / (4 * step * step)
    scale = abs(expected) + max(map(abs, ends))
    of.compare(found, expected, scale, "second derivative in two random directions", SECOND_ORDER)


def _derivative(subject: Subject, of: Differentiated) -> list[Any]:
    """Return what a check compares.

    Where each op that meets a new shape is compiled, all derivatives of a case come from one compiled function, and
    are kept for the next check: compilation costs more than all else.
    """
    check = of.case_id.check
    functions = {"gradient": _gradients, "jvp": _forward, "second_order": _second}
    if not subject.compiles_each_op:
        return functions[check](subject, of)(*of.groups())
    if of.case.why_not_smooth:
        del functions["second_order"]

    def parts() -> dict[str, Part]:
        groups = of.groups()
        return {
            name: (_of_a_list(function(subject, of)), [x for group in groups for x in group])
            for name, function in functions.items()
        }

    found = computed_together(subject, f"{of.case_id.kind}/{of.case_id.name}/derivatives", parts)
    return found.get(check) or functions[check](subject, of)(*of.groups())


Computation = Callable[[list[Any], list[Any], list[Any]], list[Any]]
"""A function of the arguments and both directions."""


def _of_a_list(function: Computation) -> Callable[[list[Any]], list[Any]]:
    def called(tensors: list[Any]) -> list[Any]:
        each = len(tensors) // 3
        return function(tensors[:each], tensors[each : 2 * each], tensors[2 * each :])

    return called


def _gradients(subject: Subject, of: Differentiated) -> Computation:
    differentiated = _value_and_grad(subject)(lambda values: (of.native(values), []))
    return lambda inputs, _ways, _others: differentiated(inputs)[2]


def _forward(subject: Subject, of: Differentiated) -> Computation:
    from keras_core.transforms import jvp

    return lambda inputs, ways, _others: [jvp(lambda *values: of.native(list(values)), inputs, ways)[1]]


def _second(subject: Subject, of: Differentiated) -> Computation:
    from keras_core import ops

    differentiated = _value_and_grad(subject)

    def along(tensors: list[Any], ways: list[Any]) -> Any:
        parts = [ops.sum(ops.multiply(x, way)) for x, way in zip(tensors, ways, strict=True)]
        total = parts[0]
        for part in parts[1:]:
            total = ops.add(total, part)
        return total

    def second(inputs: list[Any], ways: list[Any], others: list[Any]) -> list[Any]:
        def slope(values: list[Any]) -> tuple[Any, list[Any]]:
            return along(differentiated(lambda inner: (of.native(inner), []))(values)[2], ways), []

        return [along(differentiated(slope)(inputs)[2], others)]

    return second


def _differentiable(case_id: CaseId, arguments: Arguments) -> set[Any]:
    """Return positions and names of the arguments through which gradients flow."""
    if case_id.kind == "ops":
        definition = definitions()[case_id.name]
        parameters = list(definition.signature.parameters)
        chosen: set[Any] = set(definition.differentiable)
        first = parameters.index(definition.differentiable[0])
        chosen |= {parameters.index(name) for name in definition.differentiable}
        if definition.variadic is not None:
            chosen |= set(range(first, len(arguments.positional)))
    else:
        chosen = {name for name, _ in by_name(arguments)}
    return {name for name, value in by_name(arguments) if name in chosen and _all_inexact(value)}


def _all_inexact(value: Any) -> bool:
    arrays = [leaf for leaf in leaves(value) if isinstance(leaf, np.ndarray)]
    return bool(arrays) and all(array.dtype.name in INEXACT for array in arrays)
