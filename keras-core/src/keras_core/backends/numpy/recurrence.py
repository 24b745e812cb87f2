"""Kernels of recurrent layers: loops over the steps that write into arrays made before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from keras_core.backends.numpy.host import WIDE
from keras_core.backends.numpy.quiet import quiet

Array = Any


def _halved(columns: slice, *weights: Array) -> list[Array]:
    """Return copies of weights, some columns multiplied by 1/2: a sigmoid is `(1 + tanh(x / 2)) / 2`.

    So one call computes all gates of a step; NumPy has no sigmoid, and halving a float is exact.
    """
    copies = [weight.copy() for weight in weights]
    for copy in copies:
        copy[..., columns] *= 0.5
    return copies


def _opened(gates: Array) -> Array:
    """Make what `tanh` gave of halved columns the sigmoid, in place."""
    gates += 1
    gates *= 0.5
    return gates


def _projected(sequences: Array, kernel: Array, bias: Array) -> Array:
    """Return what the inputs add to the gates, of shape `(time, batch, columns)`."""
    projected = np.matmul(sequences.swapaxes(0, 1), kernel)
    projected += bias
    return projected


def _lstm(
    sequences: Array,
    hidden: Array,
    memory: Array,
    kernel: Array,
    recurrent_kernel: Array,
    bias: Array | None,
    return_sequences: bool,
) -> Any:
    if sequences.dtype in WIDE:
        return NotImplemented
    units = len(recurrent_kernel)
    into, forget, new, output = (slice(i * units, (i + 1) * units) for i in range(4))
    if bias is None:
        bias = np.zeros(4 * units, kernel.dtype)
    weights = _halved(output, *_halved(slice(2 * units), kernel, recurrent_kernel, bias))
    projected = _projected(sequences, weights[0], weights[2])
    outputs = np.empty((len(projected) if return_sequences else 1, *hidden.shape), hidden.dtype)
    gates, memory, scratch = np.empty_like(projected[0]), memory.copy(), np.empty_like(memory)
    for position, step in enumerate(projected):
        np.matmul(hidden, weights[1], out=gates)
        gates += step
        np.tanh(gates, out=gates)
        _opened(gates[:, : 2 * units])
        memory *= gates[:, forget]
        memory += np.multiply(gates[:, into], gates[:, new], out=scratch)
        hidden = outputs[position if return_sequences else 0]
        np.multiply(_opened(gates[:, output]), np.tanh(memory, out=scratch), out=hidden)
    return (hidden.copy(), memory, outputs.swapaxes(0, 1)) if return_sequences else (hidden, memory)


def _gru(
    sequences: Array,
    hidden: Array,
    kernel: Array,
    recurrent_kernel: Array,
    bias: Array | None,
    return_sequences: bool,
) -> Any:
    if sequences.dtype in WIDE:
        return NotImplemented
    units = len(recurrent_kernel)
    if bias is None:
        bias = np.zeros((2, 3 * units), kernel.dtype)
    kernel, recurrent_kernel, bias = _halved(slice(2 * units), kernel, recurrent_kernel, bias)
    projected = _projected(sequences, kernel, bias[0])
    outputs = np.empty((len(projected) if return_sequences else 1, *hidden.shape), hidden.dtype)
    recurred = np.empty_like(projected[0])
    update, reset, proposed = (recurred[:, i * units : (i + 1) * units] for i in range(3))
    for position, step in enumerate(projected):
        np.matmul(hidden, recurrent_kernel, out=recurred)
        recurred += bias[1]
        gates = recurred[:, : 2 * units]
        gates += step[:, : 2 * units]
        _opened(np.tanh(gates, out=gates))
        proposed *= reset
        proposed += step[:, 2 * units :]
        np.tanh(proposed, out=proposed)
        before, hidden = hidden, outputs[position if return_sequences else 0]
        np.subtract(before, proposed, out=hidden)
        hidden *= update
        hidden += proposed
    return (hidden.copy(), outputs.swapaxes(0, 1)) if return_sequences else (hidden,)


KERNELS: dict[str, Callable[..., Any]] = {"lstm": quiet(_lstm), "gru": quiet(_gru)}
"""Native kernels by op name."""
