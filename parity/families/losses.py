"""Calls of losses: values of functions, reductions of weighted and masked values, gradients, dtypes, configurations."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import numpy as np

from parity.built import Built, call_of_refusal, calls_of_configuration, calls_of_get
from parity.calls import Call
from parity.sides import Side, with_mask
from parity.tables.losses import FUNCTIONS, LOSSES, NAMES, REFUSED
from parity.tables.pairs import Pair

_REDUCTIONS: Final = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none")
_NARROW: Final = ("float16", "bfloat16")


def paths() -> tuple[str, ...]:
    """Return what is compared."""
    classes = dict.fromkeys(loss.path for loss, _ in LOSSES)
    return (*classes, *(_function(path) for path in classes), "losses.get")


def _function(path: str) -> str:
    return f"losses.{FUNCTIONS[path.removeprefix('losses.')]}"


def calls(path: str) -> Iterator[Call]:
    """Yield the calls of a class or function of losses."""
    if path == "losses.get":
        yield from calls_of_get(path, NAMES)
        return
    for loss, pairs in LOSSES:
        for name, pair in pairs.items():
            sample = f"{loss} on {name}"
            if path == _function(loss.path):
                yield _values(path, sample, loss, pair)
            elif path == loss.path:
                yield from _reduced(sample, loss, pair)
                yield _gradient(sample, loss, pair)
                yield from _narrow(sample, loss, pair)
        if path == loss.path:
            yield from calls_of_configuration(loss, str(loss), name="made")
    yield from (call_of_refusal(what) for what in REFUSED if what.path == path)


def _values(path: str, sample: str, loss: Built, pair: Pair) -> Call:
    def run(side: Side) -> Any:
        return side.function(path)(*map(side.tensor, pair), **loss.arguments)

    return Call(path, sample, "", run, objects=True)


def _reduced(sample: str, loss: Built, pair: Pair) -> Iterator[Call]:
    shape = _shape_of_values(loss, pair)
    for reduction in _REDUCTIONS:
        for name, weight, mask in weightings(shape):
            run = partial(_weighted, loss, pair, reduction, weight, mask)
            yield Call(loss.path, sample, f"{reduction} {name}".rstrip(), run, objects=True)


def _weighted(loss: Built, pair: Pair, reduction: str, weight: Any, mask: np.ndarray | None, side: Side) -> Any:
    target, predicted = map(side.tensor, pair)
    return loss.on(side, reduction=reduction)(target, with_mask(side, predicted, mask), sample_weight=weight)


def _shape_of_values(loss: Built, pair: Pair) -> tuple[int, ...]:
    """Return the shape of the values before they are reduced, which is that of the weights."""
    predicted = pair[1]
    axis = loss.arguments.get("axis", -1)
    name = loss.path.removeprefix("losses.")
    if name in ("Dice", "Tversky"):
        axes = range(predicted.ndim) if "axis" not in loss.arguments else np.atleast_1d(axis) % predicted.ndim
        return tuple(size for place, size in enumerate(predicted.shape) if place not in axes)
    if name in ("Circle", "CTC"):
        return predicted.shape[:1]
    shape = max(pair[0].shape, predicted.shape, key=len) if name in _OF_ELEMENTS else predicted.shape
    return tuple(np.delete(shape, axis))


_OF_ELEMENTS: Final = ("MeanSquaredError", "MeanAbsoluteError", "Huber", "LogCosh")


def weightings(shape: tuple[int, ...]) -> Iterator[tuple[str, Any, np.ndarray | None]]:
    """Yield the weights and masks of values of a shape, with what they are called."""
    yield "", None, None
    yield "one weight", 0.5, None
    if not shape:
        return
    size = int(np.prod(shape))
    full = np.linspace(0, 2, size, dtype="float32").reshape(shape)
    mask = np.arange(size).reshape(shape) % 3 > 0
    yield "weights", full, None
    yield "mask", None, mask
    yield "weights and mask", full, mask
    yield "mask of nothing", None, np.zeros(shape, bool)
    if len(shape) == 1:  # Keras takes one weight a sample only where there is one value a sample
        batch = np.linspace(0.5, 2.0, shape[0], dtype="float32")
        yield "weights of samples", batch, None
        yield "column of weights", batch[:, None], None


def _gradient(sample: str, loss: Built, pair: Pair) -> Call:
    def run(side: Side) -> Any:
        target, predicted = map(side.tensor, pair)
        return side.gradient(lambda x: loss.on(side, reduction="sum")(target, x))(predicted)

    return Call(loss.path, sample, "gradient", run, objects=True, derives=True)


def _narrow(sample: str, loss: Built, pair: Pair) -> Iterator[Call]:
    for dtype in _NARROW:
        run = partial(_in_dtype, loss, pair, dtype)
        yield Call(loss.path, sample, dtype, run, values=False, objects=True)


def _in_dtype(loss: Built, pair: Pair, dtype: str, side: Side) -> Any:
    return loss.on(side, dtype=dtype)(*map(side.tensor, pair))
