"""Properties of training: random numbers, and a model that is trained."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np

from keras_conformance.case import FLOATS
from keras_conformance.layer_checks.examination import Examination
from keras_conformance.layer_checks.persistence import arrays_of, model_of

_MOVES = 1e-3
"""A smaller gradient may be a rounding error, or its step be lost in rounding."""

Statistics = Callable[[np.ndarray, np.ndarray], dict[str, tuple[float, float, float]]]
"""`(inputs, outputs) -> name -> (got, expected, bound)` of what holds for the outputs of a layer in training."""


def check_random(examination: Examination, statistics: Statistics | None = None) -> None:
    """Check that the random numbers of training follow from the seed, eager and compiled, and change from call to call.

    Args:
        examination: the layer, which must have a seed of its own.
        statistics: what holds for its outputs.
    """
    bench = examination.bench
    with bench.at_work():
        first = bench.forward(training=True).outputs
        second = bench.forward(training=True).outputs
        bench.restore()
        again = bench.forward(training=True).outputs
    compiled = bench.evaluation(True, compiled=True).outputs
    if all(np.array_equal(one, other) for one, other in zip(first, second, strict=True)):
        raise examination.differs("random", "a second call in training", "other numbers", "the same numbers")
    for position, output in enumerate(first):
        examination.same("random", f"output {position} after the same seed", output, again[position])
        examination.near("random", f"output {position}, compiled, after the same seed", output, compiled[position], 2)
    for name, (got, expected, bound) in (statistics(arrays_of(examination)[0], first[0]) if statistics else {}).items():
        if not abs(got - expected) <= bound:
            raise examination.differs("random", f"{name} (within {bound:g})", expected, got)


def check_training(examination: Examination) -> None:
    """Check that a model of the layer can be trained: finite losses, and weights that are another afterwards."""
    bench = examination.bench
    outputs = examination.outcome.outputs
    if not all(output.dtype.name in FLOATS for output in outputs):
        return
    with bench.at_work(), examination.doing("training", "a model that is trained"), warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*training changes nothing")
        model = model_of(examination)
        model.compile(optimizer="sgd", loss=["mean_squared_error"] * len(outputs))
        before = [variable.numpy() for variable in bench.layer.trainable_variables]
        targets = [output + 1 for output in outputs]
        history = model.fit(arrays_of(examination), targets, batch_size=bench.specimen.batch, epochs=2, verbose=0)
        losses = history.history["loss"]
        after = [variable.numpy() for variable in bench.layer.trainable_variables]
    examination.demand("training", "losses are finite", [True] * len(losses), list(map(bool, np.isfinite(losses))))
    gradients = examination.evaluated(compiled=True).gradients
    moving = [
        variable.path
        for variable in bench.layer.trainable_variables
        if np.max(np.abs(gradients[variable.path])) > _MOVES
    ]
    stuck = [
        variable.path
        for variable, one, other in zip(bench.layer.trainable_variables, before, after, strict=True)
        if variable.path in moving and np.array_equal(one, other)
    ]
    examination.demand("training", "weights that training does not change", [], stuck)
