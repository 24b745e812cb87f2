"""Bugs that libraries with several backends have again and again, by name: one call each, and what it must give."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np

from keras_conformance.case import Arguments, args, host_dtype, leaves, map_arrays

BATCH: Final = 16
"""How many cases are compiled together, where that takes much longer than to run them."""

FILES: Final = (
    *("reduction", "order", "integers", "floats", "gradient", "spatial", "indexing", "counting", "products"),
    *("images", "signals"),
)


@dataclass(frozen=True)
class Named:
    """One call that somebody once got wrong.

    Attributes:
        name: of the bug.
        call: what is called with the arguments: the name of an op below `keras_core.ops`, or a function of tensors.
        arguments: arrays become tensors.
        expected: the results, in their dtypes; or a function of the arguments, inexact ones widened, that computes
            them, in which case `dtypes` has theirs.
        dtypes: of results that are computed.
        tolerance: factor on the tolerances of the dtypes; with 0 results are equal, the signs of zeros included.
        error: what the call must raise, in place of giving a result.
        message: text that the error contains.
        refusal: text of the ValueError by which a compiled call may say that it needs to know more; empty where it may
            not. What it lacks differs by backend.
    """

    name: str
    call: str | Callable[..., Any]
    arguments: Arguments
    expected: Any = None
    dtypes: tuple[str, ...] = ()
    tolerance: float = 1.0
    error: type[BaseException] | tuple[type[BaseException], ...] | None = None
    message: str = ""
    refusal: str = ""

    def __str__(self) -> str:
        return self.name

    def function(self) -> Callable[..., Any]:
        """Return what is called."""
        if callable(self.call):
            return self.call
        from keras_core import ops

        found: Any = ops
        for part in self.call.split("."):
            found = getattr(found, part)
        return found

    def uses(self) -> set[str]:
        """Return the dtypes that a backend needs for it."""
        found = set(self.dtypes)
        map_arrays([list(self.arguments.positional), *self.arguments.named.values()], lambda a: found.add(a.dtype.name))
        if not callable(self.expected):
            found |= {array.dtype.name for array in leaves(self.expected) if array is not None}
        return found


def value(name: str, call: str | Callable[..., Any], expected: Any, *positional: Any, **named: Any) -> Named:
    """Return a case of which the results are written down: an array, or a list of arrays."""
    settings = {key: named.pop(key) for key in ("tolerance", "refusal") if key in named}
    return Named(name, call, args(*positional, **named), args(expected).positional[0], **settings)


def computed(
    name: str,
    call: str | Callable[..., Any],
    oracle: Callable[..., Any] | None,
    dtypes: Any,
    *positional: Any,
    **named: Any,
) -> Named:
    """Return a case whose results an oracle computes; None for that of the op's own case."""
    settings = {key: named.pop(key) for key in ("tolerance", "refusal") if key in named}
    dtypes = (dtypes,) if isinstance(dtypes, str) else tuple(dtypes)
    if oracle is None:
        assert isinstance(call, str)
        oracle = _oracle_of(call)
    return Named(name, call, args(*positional, **named), oracle, dtypes, **settings)


def raises(
    name: str, call: str | Callable[..., Any], error: Any, message: str, *positional: Any, **named: Any
) -> Named:
    """Return a case of a call that must fail, compiled or not."""
    return Named(name, call, args(*positional, **named), error=error, message=message)


def gradient(name: str, function: Callable[..., Any], expected: Any, *positional: Any, **settings: Any) -> Named:
    """Return a case of the derivatives of the sum of what a function of tensors gives, by all of them."""
    return value(name, gradients(function), expected, *positional, **settings)


def gradients(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function of the derivatives of the sum of what a function of tensors gives, by all of them."""

    def differentiated(*tensors: Any) -> Any:
        from keras_core import autodiff, ops
        from keras_core.runtime.table import active

        def loss(inputs: list[Any]) -> tuple[Any, list[Any]]:
            return ops.sum(function(*inputs)), []

        transform = active().transforms.get("value_and_grad") or autodiff.value_and_grad
        return list(transform(loss)(list(tensors))[2])

    return differentiated


def _oracle_of(op: str) -> Callable[..., Any]:
    def oracle(*positional: Any, **named: Any) -> Any:
        from keras_conformance.registry import cases

        found = cases("ops")[op.rpartition(".")[2]].oracle
        assert found is not None
        return found(*positional, **named)

    return oracle


def numbers(*shape: int, low: float = -3, high: float = 3, dtype: str = "float32", key: int = 0) -> np.ndarray:
    """Return numbers that are always the same ones."""
    random = np.random.Generator(np.random.Philox(key=key + 1))
    return np.asarray(random.uniform(low, high, shape)).astype(host_dtype(dtype))


def f32(*values: Any) -> np.ndarray:
    """Return a float32 array: of one number or nested list, or of several numbers."""
    return np.array(values[0] if len(values) == 1 else values, np.float32)


def i32(*values: Any) -> np.ndarray:
    """Return an int32 array, as `f32`."""
    return np.array(values[0] if len(values) == 1 else values, np.int32)


@cache
def named_cases() -> Mapping[str, Named]:
    """Return all cases by name.

    Raises:
        ValueError: where two have one name.
    """
    found: dict[str, Named] = {}
    for file in FILES:
        for case in importlib.import_module(f"keras_conformance.cases.recurring_{file}").CASES:
            if case.name in found:
                raise ValueError(f"there are two recurring cases {case.name!r}")
            found[case.name] = case
    return found


def batch_of(case: Named) -> tuple[Named, ...]:
    """Return the cases that are compiled together with one, itself among them."""
    return _batches()[case.name]


@cache
def _batches() -> Mapping[str, tuple[Named, ...]]:
    cases = tuple(named_cases().values())
    batches = [cases[start : start + BATCH] for start in range(0, len(cases), BATCH)]
    return {case.name: batch for batch in batches for case in batch}
