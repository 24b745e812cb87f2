"""Optimizer updates with few passes over memory.

Inside a jitted function the arrays of variables and their state are written into. Elsewhere the results are fresh
arrays: somebody may still hold the old ones.
"""

from collections.abc import Callable, Sequence
from math import sqrt
from typing import Any

import numpy as np

from keras_core.runtime.scopes import is_donating

Array = Any
Arrays = list[Array]


def _are_plain(variables: Sequence[Array]) -> bool:
    return all(variable.dtype.char in "fd" for variable in variables)


def _outputs(*lists: Arrays) -> tuple[Arrays, ...]:
    """Return an array to write the result into for each array of some lists: itself where it is given away."""
    if not is_donating():
        return tuple([np.empty_like(array) for array in arrays] for arrays in lists)
    return tuple([array if _is_whole(array) else np.empty_like(array) for array in arrays] for arrays in lists)


def _is_whole(array: Array) -> bool:
    return isinstance(array, np.ndarray) and array.flags.owndata and array.flags.writeable


def _sgd_update(variables: Arrays, gradients: Arrays, learning_rate: Array) -> Arrays:
    if not _are_plain(variables):
        return NotImplemented
    rate = float(learning_rate)
    (updated,) = _outputs(variables)
    for variable, gradient, new in zip(variables, gradients, updated, strict=True):
        np.subtract(variable, np.multiply(gradient, rate), out=new)
    return updated


def _momentum_update(
    variables: Arrays, gradients: Arrays, velocities: Arrays, learning_rate: Array, momentum: float, nesterov: bool
) -> tuple[Arrays, Arrays]:
    if not _are_plain(variables):
        return NotImplemented
    rate, momentum = float(learning_rate), float(momentum)
    updated, kept = _outputs(variables, velocities)
    for variable, gradient, velocity, new, faster in zip(variables, gradients, velocities, updated, kept, strict=True):
        step = np.multiply(gradient, rate)
        np.multiply(velocity, momentum, out=faster)
        np.subtract(faster, step, out=faster)
        if nesterov:
            np.subtract(np.multiply(faster, momentum), step, out=step)
            np.add(variable, step, out=new)
        else:
            np.add(variable, faster, out=new)
    return updated, kept


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
    updated, first, second = _outputs(variables, momentums, velocities)
    for position, (variable, gradient) in enumerate(zip(variables, gradients, strict=True)):
        mean, square = first[position], second[position]
        change = np.subtract(gradient, momentums[position])
        np.multiply(change, first_rate, out=change)
        np.add(momentums[position], change, out=mean)
        np.multiply(gradient, gradient, out=change)
        np.subtract(change, velocities[position], out=change)
        np.multiply(change, second_rate, out=change)
        np.add(velocities[position], change, out=square)
        np.sqrt(square, out=change)
        np.add(change, float(epsilon), out=change)
        np.divide(mean, change, out=change)
        np.multiply(change, rate, out=change)
        np.subtract(variable, change, out=updated[position])
    return updated, first, second


KERNELS: dict[str, Callable[..., Any]] = {
    "sgd_update": _sgd_update,
    "momentum_update": _momentum_update,
    "adam_update": _adam_update,
}
"""Native kernels by op name."""
