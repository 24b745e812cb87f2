"""Optimizer updates with few passes over memory, in the arrays of the variables where only these hold them."""

from collections.abc import Callable, Sequence
from math import sqrt
from typing import Any

import numpy as np

from keras_core.runtime.overwriting import overwritable

Array = Any
Arrays = list[Array]


def _are_plain(variables: Sequence[Array]) -> bool:
    return all(variable.dtype.char in "fd" for variable in variables)


def _targets(*lists: Arrays) -> list[Arrays]:
    """Return the arrays to change: those that only a variable holds; copies of others, of views, of scalars."""
    free = overwritable()
    return [
        [x if id(x) in free and x.base is None and x.flags.writeable else np.array(x) for x in arrays]
        for arrays in lists
    ]


def _sgd_update(variables: Arrays, gradients: Arrays, learning_rate: Array) -> Arrays:
    if not _are_plain(variables):
        return NotImplemented
    rate = float(learning_rate)
    (variables,) = _targets(variables)
    for variable, gradient in zip(variables, gradients, strict=True):
        np.subtract(variable, _times(gradient, rate, variable), out=variable)
    return variables


def _times(x: Array, factor: float, like: Array) -> Array:
    return np.multiply(x, factor, out=np.empty_like(like))


def _momentum_update(
    variables: Arrays, gradients: Arrays, velocities: Arrays, learning_rate: Array, momentum: float, nesterov: bool
) -> tuple[Arrays, Arrays]:
    if not _are_plain(variables):
        return NotImplemented
    rate, momentum = float(learning_rate), float(momentum)
    variables, velocities = _targets(variables, velocities)
    for variable, gradient, velocity in zip(variables, gradients, velocities, strict=True):
        step = _times(gradient, rate, variable)
        np.multiply(velocity, momentum, out=velocity)
        np.subtract(velocity, step, out=velocity)
        if nesterov:
            np.subtract(_times(velocity, momentum, variable), step, out=step)
        np.add(variable, step if nesterov else velocity, out=variable)
    return variables, velocities


def _adam_update(
    variables: Arrays,
    gradients: Arrays,
    momentums: Arrays,
    velocities: Arrays,
    learning_rate: Array,
    beta_1: float,
    beta_2: float,
    epsilon: float,
    step: Array,
) -> tuple[Arrays, Arrays, Arrays]:
    if not _are_plain(variables):
        return NotImplemented
    time, first_rate, second_rate = float(step), 1 - float(beta_1), 1 - float(beta_2)
    rate = float(learning_rate) * sqrt(1 - float(beta_2) ** time) / (1 - float(beta_1) ** time)
    variables, momentums, velocities = _targets(variables, momentums, velocities)
    for variable, gradient, momentum, velocity in zip(variables, gradients, momentums, velocities, strict=True):
        change = np.subtract(gradient, momentum, out=np.empty_like(variable))
        np.multiply(change, first_rate, out=change)
        np.add(momentum, change, out=momentum)
        np.multiply(gradient, gradient, out=change)
        np.subtract(change, velocity, out=change)
        np.multiply(change, second_rate, out=change)
        np.add(velocity, change, out=velocity)
        np.sqrt(velocity, out=change)
        np.add(change, float(epsilon), out=change)
        np.divide(momentum, change, out=change)
        np.multiply(change, rate, out=change)
        np.subtract(variable, change, out=variable)
    return variables, momentums, velocities


# Not by `quiet`, whose context does not know what may be overwritten.
_quiet = np.errstate(all="ignore")

KERNELS: dict[str, Callable[..., Any]] = {
    "sgd_update": _quiet(_sgd_update),
    "momentum_update": _quiet(_momentum_update),
    "adam_update": _quiet(_adam_update),
}
"""Native kernels by op name."""
