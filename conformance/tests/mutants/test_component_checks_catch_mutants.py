"""Faulty losses, metrics, optimizers and initializers, each with the check that must see it."""

import importlib
from typing import Any

import numpy as np
import pytest

from keras_conformance.cases.component_case import ComponentCase
from keras_conformance.cases.initializers import Moments
from keras_conformance.checks.comparison import Mismatch
from keras_conformance.registry import CaseId
from keras_conformance.subject import load
from keras_core import initializers, losses, metrics, ops, optimizers
from keras_core.runtime.serialization import register_keras_serializable
from keras_core.runtime.table import use_table

POINTS = (np.float32([[0.2, 0.7], [0.1, 0.4]]), np.float32([[0.3, 0.5], [0.9, 0.2]]))


class CutLoss(losses.MeanSquaredError):
    def call(self, y_true: Any, y_pred: Any) -> Any:
        return super().call(y_true, ops.stop_gradient(y_pred))


class DoubleLoss(losses.MeanSquaredError):
    """Twice the loss, but for the reference."""

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return super().call(y_true, y_pred) * (2.0 if self.dtype == "float32" else 1.0)


class NarrowLoss(losses.MeanSquaredError):
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return ops.cast(super().__call__(*args, **kwargs), "float16")


class LastingMean(metrics.Mean):
    def reset_state(self) -> None:
        self.total.assign(0.0)


class StatelessMean(metrics.Mean):
    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        pass


class ForgetfulMean(metrics.Mean):
    """The mean of the last batch, but for the reference."""

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        if self.dtype == "float32":
            self.reset_state()
        super().update_state(values, sample_weight)


class Impatient(optimizers.SGD):
    """Makes the second step twice as long, but for the reference."""

    def update_steps(self, gradients: Any, variables: Any, learning_rate: Any) -> None:
        factor = ops.where(ops.equal(self.iterations, 1), 2.0, 1.0) if variables[0].dtype == "float32" else 1.0
        super().update_steps(gradients, variables, learning_rate * factor)


@register_keras_serializable("planted")
class Growing(initializers.Constant):
    def get_config(self) -> dict[str, Any]:
        return {"value": self.value + 1}


class Elsewhere(initializers.Constant):
    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        return super().__call__(shape, "float32")


class PerBackend(initializers.Constant):
    calls = 0

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        type(self).calls += 1
        return super().__call__(shape, dtype) * type(self).calls


MUTANTS: dict[str, tuple[str, str, type, dict[str, Any], Any, str]] = {
    "gradient cut": ("losses", "gradient", CutLoss, {}, POINTS, "slope"),
    "value doubled": ("losses", "value", DoubleLoss, {}, POINTS, "value, plain"),
    "compiled value doubled": ("losses", "compiled", DoubleLoss, {}, POINTS, "value, plain"),
    "value in a narrow dtype": ("losses", "value", NarrowLoss, {}, POINTS, "dtype float16, expected float32"),
    "state outlives reset": ("metrics", "reset", LastingMean, {}, ((POINTS[0],), (POINTS[1],)), "not zero"),
    "no state": ("metrics", "reset", StatelessMean, {}, ((POINTS[0],), (POINTS[1],)), "no variable"),
    "only the last batch": ("metrics", "value", ForgetfulMean, {}, ((POINTS[0],), (POINTS[1],)), "after 2 batches"),
    "one long step": ("optimizers", "eager", Impatient, {}, (), "'kernel' after step 2"),
    "one long step, compiled": ("optimizers", "compiled", Impatient, {}, (), "'kernel' after step 2"),
    "configuration that grows": ("initializers", "config", Growing, {"value": 1}, (), "the configuration of a copy"),
    "dtype ignored": ("initializers", "value", Elsewhere, {"value": 1}, ((2, 3),), "dtype float32, expected bfloat16"),
    "other values elsewhere": ("initializers", "value", PerBackend, {"value": 1}, ((2, 3),), "values in bfloat16"),
}
"""Bug -> kind, check, class, arguments, data, what the error says."""


def _run(kind: str, check: str, cls: type, arguments: dict[str, Any], data: Any, expected: Any = None) -> None:
    def make(room: Any, dtype: str | None = None) -> Any:
        return cls(**arguments, **({"dtype": dtype} if dtype else {}))

    case = _Made(kind, cls.__name__, "planted", make, data=data, expected=expected)
    subject = load("numpy")
    function = getattr(importlib.import_module(f"keras_conformance.checks.{kind}"), f"check_{_SINGULAR[kind]}_case")
    with use_table(subject.table):
        function(subject, case, CaseId(kind, cls.__name__, check, "planted"))


class _Made(ComponentCase):
    """A case whose class is in no room of core."""

    def make(self, **more: Any) -> Any:
        return self.arguments(None, **more)  # pyright: ignore[reportCallIssue]


_SINGULAR = {"losses": "loss", "metrics": "metric", "optimizers": "optimizer", "initializers": "initializer"}


@pytest.mark.parametrize("name", MUTANTS)
def test_checks_catch_mutants(name: str) -> None:
    """The check fails on the mutant, for the right reason."""
    kind, check, cls, arguments, data, message = MUTANTS[name]
    with pytest.raises(Mismatch, match=message):
        _run(kind, check, cls, arguments, data)


@pytest.mark.parametrize("name", MUTANTS)
def test_checks_find_nothing_where_there_is_no_bug(name: str) -> None:
    """They pass for the class of core from which the mutant is made."""
    kind, check, cls, arguments, data, _ = MUTANTS[name]
    _run(kind, check, cls.__bases__[0], arguments, data)


@pytest.mark.parametrize(
    ("moments", "message"),
    [
        (Moments(0.5, 1.0), "the mean is"),
        (Moments(0.0, 2.0), "the standard deviation is"),
        (Moments(0.0, 1.0, -1.0, 9.0), "values are from"),
    ],
)
def test_moments(moments: Moments, message: str) -> None:
    """A wrong mean, deviation or range is seen, a right one is not."""
    arguments, shape = {"stddev": 1.0, "seed": 1}, ((60, 40),)
    _run("initializers", "moments", initializers.RandomNormal, arguments, shape, Moments(0.0, 1.0))
    with pytest.raises(Mismatch, match=message):
        _run("initializers", "moments", initializers.RandomNormal, arguments, shape, moments)
