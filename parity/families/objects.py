"""Calls of initializers, regularizers, constraints, activations, schedules and dtype policies."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import numpy as np

from parity.built import Built, call_of_refusal, calls_of_configuration, calls_of_get
from parity.calls import Call
from parity.sides import Side
from parity.tables.objects import (
    ACTIVATIONS,
    CONSTRAINTS,
    FIXED,
    NAMES,
    POLICIES,
    RANDOM,
    REFUSED,
    REGULARIZERS,
    SCHEDULES,
)

_DRAWN: Final = (300, 200)
_QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
_OF_QUANTILES: Final = 3000.0
"""Factor on the tolerance: as many numbers have quantiles within some hundredths."""

_STEPS: Final = 40


def paths() -> tuple[str, ...]:
    """Return what is compared."""
    objects = (
        *(what for what, _ in (*FIXED, *REGULARIZERS, *CONSTRAINTS, *ACTIVATIONS)),
        *RANDOM,
        *SCHEDULES,
        *POLICIES,
    )
    return (*dict.fromkeys(what.path for what in objects), *(f"{module}.get" for module in NAMES))


def calls(path: str) -> Iterator[Call]:
    """Yield the calls of a class, or of a function."""
    module = path.rpartition(".")[0]
    if path == f"{module}.get":
        yield from calls_of_get(path, NAMES[module])
        return
    yield from _calls_on_values(path)
    for initializer in RANDOM:
        if initializer.path == path:
            run = partial(_quantiles, initializer)
            yield Call(path, str(initializer), "quantiles", run, objects=True, tolerance=_OF_QUANTILES)
            if path == "initializers.Orthogonal":
                yield Call(path, str(initializer), "product", partial(_product, initializer), objects=True)
            yield from calls_of_configuration(initializer, str(initializer))
    for schedule in SCHEDULES:
        if schedule.path == path:
            yield Call(path, str(schedule), "rates", partial(_rates, schedule), objects=True)
            yield from calls_of_configuration(schedule, str(schedule), name="made")
    for policy in POLICIES:
        if policy.path == path:
            yield Call(path, str(policy), "dtypes", partial(_dtypes, policy), objects=True)
            yield from calls_of_configuration(policy, str(policy))
    yield from (call_of_refusal(what) for what in REFUSED if what.path == path)


def _calls_on_values(path: str) -> Iterator[Call]:
    for what, shapes in FIXED:
        if what.path == path:
            for name, shape in shapes.items():
                yield Call(path, f"{what} on {name}", "", partial(_filled, what, shape), objects=True)
            yield from calls_of_configuration(what, str(what))
    for what, arrays in (*REGULARIZERS, *CONSTRAINTS):
        if what.path == path:
            for name, array in arrays.items():
                yield Call(path, f"{what} on {name}", "", partial(_of_array, what, array), objects=True)
            yield from calls_of_configuration(what, str(what))
    for what, arrays in ACTIVATIONS:
        if what.path == path:
            for name, array in arrays.items():
                yield Call(path, f"{what} on {name}", "", partial(_activated, what, array), objects=True)
            run = partial(_gradient, what, next(iter(arrays.values())))
            yield Call(path, f"{what} on {next(iter(arrays))}", "gradient", run, objects=True, derives=True)


def _filled(initializer: Built, shape: tuple[int, ...], side: Side) -> Any:
    return [initializer.on(side)(shape), initializer.on(side)(shape, dtype="float16")]


def _quantiles(initializer: Built, side: Side) -> Any:
    """Return those of many numbers: they are drawn by another generator than Keras'."""
    drawn = initializer.on(side)(_DRAWN)
    return [
        side.api.backend.standardize_dtype(drawn.dtype),
        np.quantile(np.asarray(drawn), _QUANTILES).astype(np.float32),
    ]


def _product(initializer: Built, side: Side) -> Any:
    drawn = np.asarray(initializer.on(side)((5, 3)))
    return drawn.T @ drawn


def _of_array(what: Built, array: np.ndarray, side: Side) -> Any:
    return what.on(side)(side.tensor(array))


def _activated(what: Built, array: np.ndarray, side: Side) -> Any:
    return side.function(what.path)(side.tensor(array), **what.arguments)


def _gradient(what: Built, array: np.ndarray, side: Side) -> Any:
    ops = side.api.ops
    factor = np.cos(np.arange(array.size, dtype=np.float32)).reshape(array.shape)
    if what.path == "activations.glu":
        factor = factor[:, : array.shape[1] // 2]
    function = side.function(what.path)
    return side.gradient(lambda x: ops.sum(function(x, **what.arguments) * factor))(side.tensor(array))


def _rates(schedule: Built, side: Side) -> Any:
    made = schedule.on(side)
    return np.stack([np.asarray(made(step), np.float32) for step in range(_STEPS)])


def _dtypes(policy: Built, side: Side) -> Any:
    made = policy.on(side)
    return [made.name, made.compute_dtype, made.variable_dtype]
