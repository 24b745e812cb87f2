"""The calls that are compared: each sample of an op's conformance case in each dtype, and what is derived from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

import numpy as np

from keras_conformance.case import FEW, INEXACT, Arguments, Case, Draw, Sample, map_arrays
from keras_conformance.cases.common import MOVES
from keras_conformance.checks.comparison import observed
from keras_conformance.registry import cases, definitions
from keras_core.runtime.definition import OpDefinition
from parity.sides import Run, Side

PYTHON: Final = {"bool": "bool", "int32": "int", "float32": "float", "complex64": "complex"}
"""Dtypes of which drawn arguments become Python numbers, and the type of these."""

_OF_EACH_KIND: Final = (*FEW, "float16", "float64", "uint64")
"""Dtypes that are drawn of ops that only move elements, and mixed where there are many; `add` is called with all pairs.

Those beside FEW have a promotion of their own.
"""

_MANY: Final = 9
_ANY_VALUE: Final = ("empty", "empty_like")


@dataclass(frozen=True)
class Call:
    """One call, made on both sides.

    Attributes:
        name: of what is called, such as an op.
        sample: which arguments: `sample0`, ..., `nonfinite`, `empty`, `zero_d`, `mixed`, `scalars`, `lists`, `error0`.
        dtypes: of the arguments; two joined by `+` where they differ.
        run: makes the call on one side.
        observe: what is compared where results are not unique.
        tolerance: factor on the tolerances of dtypes.
        values: whether values are compared; not where they are random.
        objects: whether objects with variables are made: tolerances are relative to the largest element of a result.
        refused: whether both must refuse to make them; else that both do is a difference as well.
        precision: the dtype in which such an object computes, where it may be narrower than its results.
        scale: of such results the size below which rounding errors do not shrink with them.
        derives: whether it takes gradients, which Keras cannot do on NumPy: it is asked on JAX at once.
        ours: the backend of keras_core.
    """

    name: str
    sample: str
    dtypes: str
    run: Run
    observe: Callable[[list[np.ndarray]], list[Any]] | None = None
    tolerance: float = 1.0
    values: bool = True
    objects: bool = False
    refused: bool = False
    precision: str = ""
    scale: float = 0.0
    derives: bool = False
    ours: str = "numpy"

    def __str__(self) -> str:
        return f"{self.name}/{self.sample}/{self.dtypes}"


def calls_of_case(name: str, path: str) -> Iterator[Call]:
    """Yield the calls of an op that has a conformance case; `path` is where both packages have it."""
    case, definition = cases("ops")[name], definitions()[name]
    for dtype in _dtypes(case, case.without.get("nonfinite") != MOVES["nonfinite"]):
        for position, sample in enumerate(case.samples):
            yield _call(case, path, f"sample{position}", dtype, _drawn(name, sample, dtype))
        for which in ("nonfinite", "empty", "zero_d"):
            sample = getattr(case, which)
            if sample is not None and (which != "nonfinite" or dtype in INEXACT):
                yield _call(case, path, which, dtype, _drawn(name, sample, dtype))
    yield from _mixed(case, definition, path)
    yield from _of_python(case, definition, path)
    for position, expected in enumerate(case.errors):
        yield _call(case, path, f"error{position}", "", expected.arguments())


def _dtypes(case: Case, all_of_them: bool) -> tuple[str, ...]:
    if all_of_them or len(case.dtypes) <= _MANY:
        return case.dtypes
    return tuple(dtype for dtype in case.dtypes if dtype in _OF_EACH_KIND)


def _drawn(name: str, sample: Sample, dtype: str) -> Arguments:
    return sample(Draw(f"ops/{name}/{dtype}", dtype))


def _call(
    case: Case, path: str, sample: str, dtypes: str, arguments: Arguments, drawn: Arguments | None = None
) -> Call:
    """Return a call; `drawn` are the arguments as arrays, where some go in as Python numbers."""

    def run(side: Side) -> Any:
        positional, named = arguments.mapped(side.tensor)
        return side.function(path)(*positional, **named)

    def observe(arrays: list[np.ndarray]) -> list[Any]:
        return observed(case, drawn or arguments, arrays)

    observed_of = observe if case.observe else None
    return Call(case.name, sample, dtypes, run, observed_of, case.tolerance, case.name not in _ANY_VALUE)


# Arguments of several dtypes ---------------------------------------------------------------------------------------


def _mixed(case: Case, definition: OpDefinition, path: str) -> Iterator[Call]:
    """Yield calls in which tensors that would have one dtype have two: the first is of one, the others of another."""
    reference = _drawn(case.name, case.samples[0], case.reference_dtype())
    if len(_of_dtype(reference, definition, case.reference_dtype())) < 2:
        return
    dtypes = _dtypes(case, case.name == "add")
    for first in dtypes:
        for other in dtypes:
            if first != other:
                one, rest = (_drawn(case.name, case.samples[0], dtype) for dtype in (first, other))
                yield _call(case, path, "mixed", f"{first}+{other}", _merged(one, first, rest, other))


def _of_dtype(arguments: Arguments, definition: OpDefinition, dtype: str) -> list[np.ndarray]:
    """Return the arrays of the dtype that is drawn among the arguments that are tensors."""
    bound = definition.signature.bind(*arguments.positional, **arguments.named).arguments
    found = _arrays(Arguments(tuple(bound.get(name) for name in definition.tensors)))
    return [array for array in found if array.dtype.name == dtype]


def _merged(one: Arguments, first: str, other: Arguments, rest: str, number: bool = False) -> Arguments:
    """Return the arguments of `other`, drawn in the dtype `rest`, but the first tensor of `one`, drawn in `first`.

    With `number` the tensors of `other` are Python numbers.
    """
    arrays = list(zip(_arrays(one), _arrays(other), strict=False))  # some draws have more of one dtype
    places = [i for i, (a, b) in enumerate(arrays) if (a.dtype.name, b.dtype.name) == (first, rest)]
    position = count()

    def merge(array: np.ndarray) -> Any:
        place = next(position)
        if place == places[0]:
            return arrays[place][0]
        return array.tolist() if number and place in places else array

    return Arguments(*other.mapped(merge))


def _arrays(arguments: Arguments) -> list[np.ndarray]:
    found: list[np.ndarray] = []
    arguments.mapped(found.append)
    return found


# Python numbers and lists ------------------------------------------------------------------------------------------


def _of_python(case: Case, definition: OpDefinition, path: str) -> Iterator[Call]:
    """Yield calls with Python numbers for tensors without axes, and with lists for tensors."""
    for dtype in PYTHON:
        if dtype not in case.dtypes:
            continue
        drawn = _drawn(case.name, case.samples[0], dtype)
        lists = _python(drawn, definition)
        if lists is not None:
            yield _call(case, path, "lists", PYTHON[dtype], lists, drawn)
        if case.zero_d is None:
            continue
        drawn = _drawn(case.name, case.zero_d, dtype)
        numbers = _python(drawn, definition)
        if numbers is None:
            continue
        yield _call(case, path, "scalars", PYTHON[dtype], numbers, drawn)
        if len(_of_dtype(drawn, definition, dtype)) > 1:
            for first in _dtypes(case, case.name == "add"):
                merged = _merged(_drawn(case.name, case.zero_d, first), first, drawn, dtype, number=True)
                yield _call(case, path, "scalars", f"{first}+{PYTHON[dtype]}", merged)


def _python(arguments: Arguments, definition: OpDefinition) -> Arguments | None:
    """Return the arguments with Python numbers and lists in place of tensors; None where no array is a tensor."""
    bound = definition.signature.bind(*arguments.positional, **arguments.named)
    found: list[np.ndarray] = []
    for name in definition.tensors:
        if name in bound.arguments:
            map_arrays([bound.arguments[name]], found.append)
            bound.arguments[name] = map_arrays(bound.arguments[name], lambda array: array.tolist())
    return Arguments(bound.args, bound.kwargs) if found else None
