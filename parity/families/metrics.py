"""Calls of metrics: results over batches with weights and masks, state, reset, functions, configurations."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import numpy as np

from parity.built import Built, call_of_refusal, calls_of_configuration, calls_of_get
from parity.calls import Call
from parity.sides import Side, with_mask
from parity.tables.metrics import CONFUSION, FUNCTIONS, METRICS, NAMES, OF_VALUES, REFUSED
from parity.tables.pairs import Pair

_OF_INTEGERS: Final = ("IoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU", "BinaryIoU")
"""Their state is of integers, which weights do not fit."""

_SCALE: Final = 0.1
"""Many results are a difference of numbers around 1."""

_WEIGHTS_OF_VALUES: Final = {"": None, "one weight": 0.5, "weights": np.linspace(0, 2, 4, dtype="float32")}

_BOUNDS: Final = ("recall", "precision", "specificity", "sensitivity")

_READ_MASKS: Final = (
    *("MeanSquaredError", "MeanAbsoluteError", "Hinge", "KLDivergence", "CategoricalCrossentropy", "Poisson"),
)
"""Keras reads masks in the means of functions only."""


def paths() -> tuple[str, ...]:
    """Return what is compared."""
    classes = dict.fromkeys(metric.path for metric in (*(metric for metric, _ in METRICS), *OF_VALUES))
    return (*classes, *(f"metrics.{name}" for name in FUNCTIONS), "metrics.get")


def calls(path: str) -> Iterator[Call]:
    """Yield the calls of a class or function of metrics."""
    name = path.removeprefix("metrics.")
    if name == "get":
        yield from calls_of_get(path, NAMES)
    for pair_name, pair in FUNCTIONS.get(name, {}).items():
        yield Call(path, f"on {pair_name}", "", partial(_function, path, pair), objects=True)
    for metric, pairs in METRICS:
        if metric.path == path:
            for pair_name, pair in pairs.items():
                yield from _results(f"{metric} on {pair_name}", metric, pair)
            yield from calls_of_configuration(metric, str(metric), name="made")
    for metric in OF_VALUES:
        if metric.path == path:
            for weighting, weight in _WEIGHTS_OF_VALUES.items():
                yield Call(path, str(metric), weighting, partial(_of_values, metric, weight), objects=True)
            yield from calls_of_configuration(metric, str(metric), name="made")
    yield from (call_of_refusal(what) for what in REFUSED if what.path == path)


def _function(path: str, pair: Pair, side: Side) -> Any:
    return side.function(path)(*map(side.tensor, pair))


def _results(sample: str, metric: Built, pair: Pair) -> Iterator[Call]:
    for name, weight, mask in _weightings(metric, pair):
        run = partial(_updated, metric, pair, weight, mask)
        yield Call(metric.path, sample, name, run, objects=True, scale=_SCALE)


def _weightings(metric: Built, pair: Pair) -> Iterator[tuple[str, np.ndarray | None, np.ndarray | None]]:
    """Yield weights and masks, with what they are called; only those for which both packages have a meaning."""
    name, (target, predicted) = metric.path.removeprefix("metrics."), pair
    yield "", None, None
    if name in _OF_INTEGERS or any(metric.arguments.get(bound) in (0, 1) for bound in _BOUNDS):
        return  # on such a bound the rounding errors of sums of weights decide
    samples = len(predicted)
    if target.ndim == predicted.ndim or predicted.ndim == 1:
        yield "weights of samples", np.linspace(0.5, 2.0, samples, dtype="float32"), None
    if name in _READ_MASKS:
        yield "mask", None, np.arange(samples) % 3 > 0
    if name in CONFUSION and target.shape == predicted.shape and "class_id" not in metric.arguments:
        yield "weights", np.linspace(0, 2, predicted.size, dtype="float32").reshape(predicted.shape), None


def _updated(metric: Built, pair: Pair, weight: np.ndarray | None, mask: np.ndarray | None, side: Side) -> Any:
    """Return the results of two batches, the state, and the result after a reset."""
    made = metric.on(side, name="metric")
    results = []
    for _ in range(2):
        target, predicted = map(side.tensor, pair)
        made.update_state(target, with_mask(side, predicted, mask), sample_weight=weight)
        results.append(made.result())
    return [*results, *_state_and_reset(made)]


def _state_and_reset(made: Any) -> list[Any]:
    state = [
        [variable.path for variable in made.variables],
        *(np.array(variable.value) for variable in made.variables),
    ]
    made.reset_state()
    return [*state, made.result()]


def _of_values(metric: Built, weight: Any, side: Side) -> Any:
    made = metric.on(side, name="metric")
    results = []
    for values in ([1.0, 2.0, 4.0, -3.0], [0.5, 0.25, 7.0, 1e4]):
        made.update_state(side.tensor(np.float32(values)), sample_weight=weight)
        results.append(made.result())
    return [*results, *_state_and_reset(made)]
