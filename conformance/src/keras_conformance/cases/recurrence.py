"""Recurrent layers over whole sequences."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from keras_conformance.case import FLOATS, Arguments, Case, Draw, Sample, args
from keras_conformance.cases.common import fails, zeros

_WITHOUT = {"zero_d": "sequences have axes of batch, time and features", "nonfinite": "its parts are checked"}


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def _collected(states: list[Any], outputs: list[Any], return_sequences: bool) -> tuple[Any, ...]:
    return (*states, np.stack(outputs, 1)) if return_sequences else tuple(states)


def _lstm(
    sequences: Any,
    hidden: Any,
    memory: Any,
    kernel: Any,
    recurrent_kernel: Any,
    bias: Any = None,
    return_sequences: bool = False,
) -> tuple[Any, ...]:
    outputs = []
    for x in np.moveaxis(sequences, 1, 0):
        gates = x @ kernel + hidden @ recurrent_kernel + (0 if bias is None else bias)
        into, forget, new, output = np.split(gates, 4, -1)
        memory = _sigmoid(forget) * memory + _sigmoid(into) * np.tanh(new)
        hidden = _sigmoid(output) * np.tanh(memory)
        outputs.append(hidden)
    return _collected([hidden, memory], outputs, return_sequences)


def _gru(
    sequences: Any, hidden: Any, kernel: Any, recurrent_kernel: Any, bias: Any = None, return_sequences: bool = False
) -> tuple[Any, ...]:
    outputs = []
    of_inputs, of_state = (0, 0) if bias is None else bias
    for x in np.moveaxis(sequences, 1, 0):
        projected, recurred = x @ kernel + of_inputs, hidden @ recurrent_kernel + of_state
        update, reset = (
            _sigmoid(one + other)
            for one, other in list(zip(np.split(projected, 3, -1), np.split(recurred, 3, -1), strict=True))[:2]
        )
        new = np.tanh(np.split(projected, 3, -1)[2] + reset * np.split(recurred, 3, -1)[2])
        hidden = update * hidden + (1 - update) * new
        outputs.append(hidden)
    return _collected([hidden], outputs, return_sequences)


def _sample(
    states: int, gates: int, bias: tuple[int, ...] | None, batch: int = 5, time: int = 3, features: int = 4, **more: Any
) -> Sample:
    """Return a sample with 3 units.

    Args:
        states: how many there are.
        gates: blocks of columns of the kernels.
        bias: shape of the bias, None for no bias.
        batch: size of the batch.
        time: number of steps.
        features: size of an input.
        **more: further arguments.
    """

    def sample(d: Draw) -> Arguments:
        shapes = [(batch, time, features), *[(batch, 3)] * states, (features, gates * 3), (3, gates * 3)]
        weights = [d.array(shape, -1, 1) for shape in (*shapes, *([bias] if bias is not None else []))]
        return args(*weights, **more)

    return sample


def _case(name: str, oracle: Any, states: int, gates: int, bias: tuple[int, ...]) -> Case:
    def sample(**more: Any) -> Sample:
        return _sample(states, gates, **{"bias": bias, **more})

    return Case(
        name=name,
        oracle=oracle,
        samples=(
            sample(),
            sample(return_sequences=True),
            sample(bias=None, return_sequences=True),
            sample(batch=1, time=1, features=1),
            sample(time=9),
        ),
        dtypes=FLOATS,
        out=("same",) * states,
        empty=sample(batch=0, return_sequences=True),
        without=_WITHOUT,
        errors=(
            fails(
                lambda: args(zeros(2, 3), *[zeros(2, 3)] * states, zeros(3, gates * 3), zeros(3, gates * 3)),
                ValueError,
                f"{name}: expected sequences of shape (batch, time, features)",
            ),
            fails(
                lambda: args(zeros(2, 3, 4), *[zeros(2, 3)] * states, zeros(5, gates * 3), zeros(3, gates * 3)),
                ValueError,
                f"{name}: expected kernels of shapes (4, {gates * 3}) and (3, {gates * 3})",
            ),
            fails(
                lambda: args(
                    zeros(2, 3, 4), *[zeros(2, 3)] * states, zeros(4, gates * 3), zeros(3, gates * 3), zeros(4, 9)
                ),
                ValueError,
                f"{name}: expected a bias of shape {bias}",
            ),
        ),
    )


OPS: Final = (_case("lstm", _lstm, 2, 4, (12,)), _case("gru", _gru, 1, 3, (2, 9)))
PRIMITIVES: Final = ()
