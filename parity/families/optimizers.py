"""Calls of optimizers: trajectories of all variables, eager and compiled; names of variables; configurations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

import numpy as np

import keras_core
from parity.built import Built, call_of_refusal, calls_of_configuration, calls_of_get
from parity.calls import Call
from parity.sides import Side
from parity.tables.optimizers import COMPILED, NAMES, OPTIMIZERS, REFUSED

_STEPS: Final = 20
_SHAPES: Final = {"kernel": (4, 3), "bias": (3,), "embeddings": (5, 2), "filters": (2, 4, 3), "scale": ()}
_NOT_FINITE: Final = {3: np.inf, 11: np.nan}
"""Steps in which a gradient is not finite, for what scales losses."""

_ROUNDED: Final = ("optimizers.Nadam", "optimizers.ScheduleFreeAdamW")
"""Keras takes 1 - beta_2 of a beta_2 rounded to float32 here, 1.3e-5 off, which is in the second moments."""


def paths() -> tuple[str, ...]:
    """Return what is compared."""
    return (*dict.fromkeys(optimizer.path for optimizer in OPTIMIZERS), "optimizers.get")


def calls(path: str) -> Iterator[Call]:
    """Yield the calls of an optimizer."""
    if path == "optimizers.get":
        yield from calls_of_get(path, NAMES)
    tolerance = 2.0 if path in _ROUNDED else 1.0
    for optimizer in OPTIMIZERS:
        if optimizer.path == path:
            run = partial(_trajectory, optimizer, _eagerly)
            yield Call(path, str(optimizer), "trajectory", run, objects=True, tolerance=tolerance)
            yield Call(path, str(optimizer), "variables", partial(_variables, optimizer), objects=True)
            if not callable(optimizer.arguments.get("learning_rate")):  # functions are read where they are registered
                yield from calls_of_configuration(optimizer, str(optimizer), name="made")
    for optimizer in COMPILED:
        if optimizer.path == path:
            run = partial(_trajectory, optimizer, _compiled)
            yield Call(path, str(optimizer), "compiled on jax", run, objects=True, tolerance=tolerance, ours="jax")
    yield from (call_of_refusal(what) for what in REFUSED if what.path == path)


Steps = Callable[[Any, list[list[np.ndarray]], list[Any], Side], Iterator[list[np.ndarray]]]
"""Takes an optimizer, gradients of each step, variables: yields what they and the optimizer hold after each step."""


def _trajectory(what: Built, steps: Steps, side: Side) -> Any:
    """Return what each variable holds after each step."""
    trained, optimizer = _made(what, side)
    # Of a LossScaleOptimizer, Keras' own method changes nothing; ours asks the inner one.
    getattr(optimizer, "inner_optimizer", optimizer).exclude_from_weight_decay(var_names=["^sc"])
    scales = what.path == "optimizers.LossScaleOptimizer"
    gradients = [_gradients(step, scales) for step in range(_STEPS)]
    take = steps if side.name == "keras_core" else _stateless
    return [np.stack(values) for values in zip(*take(optimizer, gradients, trained, side), strict=True)]


def _made(what: Built, side: Side) -> tuple[list[Any], Any]:
    draw = np.random.default_rng(99)
    trained = [
        side.api.Variable(draw.normal(size=shape).astype("float32"), name=name) for name, shape in _SHAPES.items()
    ]
    optimizer = what.on(side, name="made")
    optimizer.build(trained)
    return trained, optimizer


def _gradients(step: int, scales: bool) -> list[np.ndarray]:
    draw = np.random.default_rng(step)
    found = {name: draw.normal(size=shape).astype("float32") for name, shape in _SHAPES.items()}
    if scales and step in _NOT_FINITE:
        found["bias"][1] = _NOT_FINITE[step]
    return list(found.values())


def _stateless(
    optimizer: Any, gradients: list[list[np.ndarray]], trained: list[Any], side: Side
) -> Iterator[list[np.ndarray]]:
    """On JAX the LossScaleOptimizer of Keras runs in no other way."""
    own, state = [variable.value for variable in trained], [variable.value for variable in optimizer.variables]
    for each in gradients:
        own, state = optimizer.stateless_apply(state, [side.tensor(gradient) for gradient in each], own)
        yield [np.array(value) for value in (*own, *state)]


def _eagerly(
    optimizer: Any, gradients: list[list[np.ndarray]], trained: list[Any], side: Side
) -> Iterator[list[np.ndarray]]:
    return _stepwise(optimizer.apply, optimizer, gradients, trained, side)


def _compiled(
    optimizer: Any, gradients: list[list[np.ndarray]], trained: list[Any], side: Side
) -> Iterator[list[np.ndarray]]:
    step = keras_core.transforms.jit(lambda each: optimizer.apply(each))
    return _stepwise(step, optimizer, gradients, trained, side)


def _stepwise(
    step: Callable[[list[Any]], Any], optimizer: Any, gradients: list[list[np.ndarray]], trained: list[Any], side: Side
) -> Iterator[list[np.ndarray]]:
    for each in gradients:
        step([side.tensor(gradient) for gradient in each])
        yield [np.array(variable.value) for variable in (*trained, *optimizer.variables)]


def _variables(what: Built, side: Side) -> Any:
    """Return how the variables are called, their shapes and dtypes."""
    return frozenset(
        f"{place}: {variable.path} {tuple(variable.shape)} {variable.dtype}"
        for place, variable in enumerate(_made(what, side)[1].variables)
    )
