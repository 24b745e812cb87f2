"""What of Keras stands above the ops: layers, losses, metrics, optimizers, initializers; which cases each has.

What must be examined comes from the public names of `keras_core`, not from the tables of cases: a class without a case
fails as `layers/NAME/missing`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, Protocol

from keras_conformance.subject import Subject


class ComponentCase(Protocol):
    """One configuration of a class, and the names of what is checked of it."""

    @property
    def name(self) -> str:
        """Name of the class."""
        ...

    @property
    def variant(self) -> str:
        """Name of the configuration."""
        ...

    @property
    def checks(self) -> tuple[str, ...]:
        """Names of the checks."""
        ...


@dataclass(frozen=True)
class Kind:
    """One kind of class.

    Attributes:
        room: the module of `keras_core` that has the classes.
        base: name of their base class.
        cases: the modules that have the cases.
        check: `module:function` with the parameters `(subject, case, check, case_id)`.
        not_examined: reason by name of a public class that has no cases.
    """

    room: str
    base: str
    cases: tuple[str, ...]
    check: str
    not_examined: Mapping[str, str] = field(default_factory=dict)


KINDS: Final[dict[str, Kind]] = {
    "layers": Kind(
        "layers",
        "Layer",
        (
            *("layers.core", "layers.activation", "layers.convolution", "layers.pooling", "layers.normalization"),
            *("layers.regularization", "layers.reshaping", "layers.merging", "layers.attention", "layers.recurrent"),
        ),
        "keras_conformance.checks.layers:check_layer_case",
        {
            "Layer": "the base of all layers, it computes nothing",
            "InputLayer": "a place in a graph, it computes nothing",
            "Wrapper": "a base for layers that hold a layer, it computes nothing",
        },
    ),
    "losses": Kind(
        "losses",
        "Loss",
        ("losses",),
        "keras_conformance.checks.losses:check_loss_case",
        {"Loss": "the base of all losses", "LossFunctionWrapper": "the base of those that are made of a function"},
    ),
    "metrics": Kind(
        "metrics",
        "Metric",
        ("metrics",),
        "keras_conformance.checks.metrics:check_metric_case",
        {"Metric": "the base of all metrics", "MeanMetricWrapper": "the base of means of a function"},
    ),
    "optimizers": Kind(
        "optimizers",
        "Optimizer",
        ("optimizers",),
        "keras_conformance.checks.optimizers:check_optimizer_case",
        {"Optimizer": "the base of all optimizers"},
    ),
    "initializers": Kind(
        "initializers",
        "Initializer",
        ("initializers",),
        "keras_conformance.checks.initializers:check_initializer_case",
        {"Initializer": "the base of all initializers"},
    ),
}


@cache
def component_cases(kind: str) -> dict[str, dict[str, ComponentCase]]:
    """Return the cases of a kind by name of the class and variant.

    Raises:
        ValueError: where two have one name and variant.
    """
    found: dict[str, dict[str, ComponentCase]] = {}
    for module in KINDS[kind].cases:
        for case in importlib.import_module(f"keras_conformance.cases.{module}").CASES:
            if case.variant in found.setdefault(case.name, {}):
                raise ValueError(f"there are two cases {case.variant!r} of {kind}/{case.name}")
            found[case.name][case.variant] = case
    return found


def public_classes(kind: str) -> set[str]:
    """Return the names of the classes that must have cases, without further names of a class."""
    room = importlib.import_module(f"keras_core.{KINDS[kind].room}")
    base = getattr(room, KINDS[kind].base)
    found = ((name, getattr(room, name)) for name in room.__all__)
    classes = {name for name, value in found if isinstance(value, type) and issubclass(value, base)}
    return {name for name in classes if getattr(room, name).__name__ == name} - set(KINDS[kind].not_examined)


def check_component(subject: Subject, case_id: Any) -> None:
    """Check one thing of a configuration of a class, on the backend that is active.

    Raises:
        AssertionError: where it is not as it should be.
    """
    module, _, function = KINDS[case_id.kind].check.partition(":")
    run: Callable[..., None] = getattr(importlib.import_module(module), function)
    run(subject, component_cases(case_id.kind)[case_id.name][case_id.variant], case_id)
