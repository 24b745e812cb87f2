"""Optimizer updates with few passes over memory and no temporaries but the results.

They write into fresh arrays only: the old ones may be views that somebody still holds.
"""

from collections.abc import Callable, Sequence
from math import sqrt
from typing import Any

import numpy as np

Array = Any
Arrays = list[Array]


def _are_plain(variables: Sequence[Array]) -> bool:
    return all(variable.dtype.char in "fd" for variable in variables)


def _sgd_update(variables: Arrays, gradients: Arrays, learning_rate: Array) -> Arrays:
    if not _are_plain(variables):
        return NotImplemented
    rate = float(learning_rate)
    updated = []
    for variable, gradient in zip(variables, gradients, strict=True):
        change = np.multiply(gradient, rate, out=np.empty_like(variable))
        updated.append(np.subtract(variable, change, out=change))
    return updated


def _momentum_update(
    variables: Arrays, gradients: Arrays, velocities: Arrays, learning_rate: Array, momentum: float, nesterov: bool
) -> tuple[Arrays, Arrays]:
    if not _are_plain(variables):
        return NotImplemented
    rate, momentum = float(learning_rate), float(momentum)
    updated, kept = [], []
    for variable, gradient, velocity in zip(variables, gradients, velocities, strict=True):
        step = np.multiply(gradient, rate, out=np.empty_like(variable))
        faster = np.multiply(velocity, momentum, out=np.empty_like(variable))
        np.subtract(faster, step, out=faster)
        if nesterov:
            ahead = np.multiply(faster, momentum, out=np.empty_like(variable))
            np.subtract(ahead, step, out=step)
            updated.append(np.add(variable, step, out=step))
        else:
            updated.append(np.add(variable, faster, out=step))
        kept.append(faster)
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
    updated, first, second = [], [], []
    for variable, gradient, momentum, velocity in zip(variables, gradients, momentums, velocities, strict=True):
        mean = np.subtract(gradient, momentum, out=np.empty_like(variable))
        np.multiply(mean, first_rate, out=mean)
        np.add(mean, momentum, out=mean)
        square = np.multiply(gradient, gradient, out=np.empty_like(variable))
        np.subtract(square, velocity, out=square)
        np.multiply(square, second_rate, out=square)
        np.add(square, velocity, out=square)
        change = np.sqrt(square, out=np.empty_like(variable))
        np.add(change, float(epsilon), out=change)
        np.divide(mean, change, out=change)
        np.multiply(change, rate, out=change)
        updated.append(np.subtract(variable, change, out=change))
        first.append(mean)
        second.append(square)
    return updated, first, second


KERNELS: dict[str, Callable[..., Any]] = {
    "sgd_update": _sgd_update,
    "momentum_update": _momentum_update,
    "adam_update": _adam_update,
}
"""Native kernels by op name."""
