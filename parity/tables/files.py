"""Layers, losses, metrics and optimizers in models that are saved: many in one model, each at outputs of its own.

Keras compiles a model for JAX as a whole, which takes much longer for many small ones.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final, TypeVar

import numpy as np

from parity.built import Built
from parity.files import Example
from parity.sides import Side, flat
from parity.tables.layers import ROWS
from parity.tables.losses import LOSSES
from parity.tables.metrics import METRICS
from parity.tables.optimizers import OPTIMIZERS
from parity.tables.pairs import Pair
from parity.tables.rows import ARRAYS, Row

Item = TypeVar("Item")

_TOGETHER: Final = 12

_LAST: Final = "output_last"
"""An output that has a loss, whatever the others have; its targets are the first inputs."""

_ALONE: Final = ("metrics.R2Score",)
"""What Keras cannot compile for JAX."""


@dataclass(frozen=True)
class Member:
    """What stands in a model with others.

    Attributes:
        path: of its class.
        sample: how it is configured.
        place: its number in the model.
        example: the model.
        precision: the dtype in which it computes, where that is not float32.
    """

    path: str
    sample: str
    place: int
    example: Example
    precision: str = ""

    @property
    def layer(self) -> str:
        """The name of its layer."""
        return _layer(self.place)

    @property
    def output(self) -> str:
        """How its outputs begin."""
        return _output(self.place)


def _layer(place: int) -> str:
    return f"member_{place}"


def _output(place: int) -> str:
    return f"output_{place}_"


@cache
def members() -> dict[str, tuple[Member, ...]]:
    """Return what is saved, by the paths of the classes."""
    found: dict[str, list[Member]] = {}
    for member in (*_layers(), *_losses(), *_metrics(), *_optimizers()):
        found.setdefault(member.path, []).append(member)
    return {path: tuple(each) for path, each in found.items()}


def _together(items: Iterable[Item], key: Callable[[Item], Hashable]) -> Iterator[tuple[Any, list[Item]]]:
    """Yield items in groups with the same key, which are not too large."""
    groups: dict[Any, list[Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    for kept, group in groups.items():
        for start in range(0, len(group), _TOGETHER):
            yield kept, group[start : start + _TOGETHER]


# Layers ------------------------------------------------------------------------------------------------------------


def _some_of_each() -> Iterator[Row]:
    """Yield of each layer the first and the last row, and the first of each way to hold and compute numbers."""
    by_path: dict[str, list[Row]] = {}
    for row in ROWS:
        # Keras on NumPy has no float64; a mask of single values fits no loss.
        if row.layer.arguments.get("dtype") != "float64" and "mask of vectors" not in _arrays(row):
            by_path.setdefault(row.layer.path, []).append(row)
    for rows in by_path.values():
        first = {_kind(row): row for row in reversed((*rows, rows[-1]))}
        yield from {str(row.layer): row for row in (rows[0], rows[-1], *reversed(first.values()))}.values()


@dataclass(frozen=True)
class _Kind:
    """What layers have in common that stand in one model.

    Attributes:
        size: of the batch.
        dtype: the policy.
        stateful: whether the size is known to the model.
        trains: whether they are trained: not where random numbers are drawn for that.
        adapted: whether they have low-rank changes.
        alone: which of those that Keras on JAX cannot do, so that no other is in the model.
    """

    size: int
    dtype: str
    stateful: bool
    trains: bool
    adapted: bool
    alone: str


def _kind(row: Row) -> _Kind:
    arguments = row.layer.arguments
    draws = row.training == "random" and arguments.get("rate", arguments.get("stddev", 1.0)) != 0
    return _Kind(
        len(ARRAYS[_arrays(row)[0]]),
        arguments.get("dtype", ""),
        arguments.get("stateful", False),
        not draws,
        "lora_rank" in arguments,
        str(row) if "value_dim" in arguments else "",
    )


def _arrays(row: Row) -> list[str]:
    return [name for tree in (row.inputs, *row.options.values()) for name in flat(tree) if name in ARRAYS]


def _layers() -> Iterator[Member]:
    """Yield some configurations of each layer, called as in the first of its rows."""
    for number, (kind, rows) in enumerate(_together(_some_of_each(), _kind)):
        names = dict.fromkeys(name for row in rows for name in _arrays(row))
        example = Example(
            f"layers-{number}",
            partial(_model_of_layers, kind, tuple(rows)),
            {_input(name): ARRAYS[name] for name in names},
            trains=kind.trains,
            adapted=kind.adapted,
        )
        for place, row in enumerate(rows):
            yield Member(row.layer.path, str(row), place, example, kind.dtype.removeprefix("mixed_"))


def _input(name: str) -> str:
    return name.replace(" ", "_")


def _model_of_layers(kind: _Kind, rows: tuple[Row, ...], side: Side) -> Any:
    inputs: dict[str, Any] = {}

    def placeholder(name: str) -> Any:
        array = ARRAYS[name]
        size = kind.size if kind.stateful else None
        if name not in inputs:
            inputs[name] = side.api.Input(
                batch_shape=(size, *array.shape[1:]), dtype=array.dtype.name, name=_input(name)
            )
        return inputs[name]

    outputs: dict[str, Any] = {}
    for place, row in enumerate(rows):
        given = _mapped(placeholder, row.inputs)
        options = {key: _mapped(placeholder, value) for key, value in row.options.items()}
        layer = row.layer.on(side, name=_layer(place))
        found = layer(*(given if isinstance(given, tuple) else (given,)), **options)
        outputs |= {f"{_output(place)}{number}": output for number, output in enumerate(flat(found))}
    model = side.api.Model({_input(name): each for name, each in inputs.items()}, outputs, name="net")
    optimizer = side.api.optimizers.SGD(0.01, momentum=0.9, name="made")
    model.compile(optimizer, loss=dict.fromkeys(outputs, "mse"), jit_compile=True)
    return model


def _mapped(function: Callable[[str], Any], tree: Any) -> Any:
    if isinstance(tree, list | tuple):
        return type(tree)(_mapped(function, item) for item in tree)
    return function(tree) if isinstance(tree, str) and tree in ARRAYS else tree


# Losses and metrics ------------------------------------------------------------------------------------------------


def _losses() -> Iterator[Member]:
    """Yield each configuration of each loss, on the first of its pairs that is no vector."""
    return _of_outputs("losses", LOSSES, "loss")


def _metrics() -> Iterator[Member]:
    """Yield the first and the last configuration of each metric, on the same."""
    first = {what.path: (what, pairs) for what, pairs in reversed(METRICS)}
    last = {what.path: (what, pairs) for what, pairs in METRICS}
    return _of_outputs("metrics", (*first.values(), *last.values()), "metrics")


def _of_outputs(name: str, items: Iterable[tuple[Built, Any]], argument: str) -> Iterator[Member]:
    first: dict[tuple[str, str], tuple[Built, Pair]] = {}
    for what, pairs in items:
        fitting = [pair for pair in pairs.values() if pair[1].ndim > 1]
        first.setdefault((what.path, str(what)), (what, (fitting or list(pairs.values()))[0]))
    for number, (_, group) in enumerate(_together(first.values(), _batch_of)):
        example = Example(
            f"{name}-{number}",
            partial(_model_of_outputs, tuple(group), argument),
            {f"input_{place}": pair[1] for place, (_, pair) in enumerate(group)},
            {f"{_output(place)}0": pair[0] for place, (_, pair) in enumerate(group)}
            | {_LAST: np.float32(group[0][1][1])},
            drawn=False,
        )
        for place, (what, _) in enumerate(group):
            yield Member(what.path, str(what), place, example)


def _batch_of(item: tuple[Built, Pair]) -> tuple[int, str]:
    """Return the size of the batch, and the class where no other is in the model with it."""
    what, (_, predicted) = item
    return len(predicted), what.path if what.path in _ALONE else ""


def _model_of_outputs(group: tuple[tuple[Built, Pair], ...], argument: str, side: Side) -> Any:
    """Return a model whose outputs are its inputs times a weight near 1: predictions stay what they are."""
    inputs, outputs, compiled = {}, {}, {}
    near = side.api.initializers.Constant(0.95)
    for place, (what, (_, predicted)) in enumerate(group):
        given = side.api.Input(predicted.shape[1:], name=f"input_{place}")
        axes = "abcd"[: predicted.ndim]
        equation = f"{axes},{axes[-1]}->{axes}"
        layer = side.api.layers.EinsumDense(equation, predicted.shape[1:], kernel_initializer=near, name=_layer(place))
        inputs[f"input_{place}"], outputs[f"{_output(place)}0"] = given, layer(given)
        compiled[f"{_output(place)}0"] = what.on(side, name="made")
    outputs[_LAST] = side.api.layers.Identity(name="last")(outputs[f"{_output(0)}0"])
    model = side.api.Model(inputs, outputs, name="net")
    optimizer = side.api.optimizers.SGD(0.01, name="made")
    losses = {_LAST: "mse", **(compiled if argument == "loss" else {})}
    model.compile(optimizer, loss=losses, metrics=compiled if argument == "metrics" else None, jit_compile=True)
    return model


# Optimizers --------------------------------------------------------------------------------------------------------


def _optimizers() -> Iterator[Member]:
    """Yield configurations of each optimizer, alone: a model has one."""
    first = {(what.path, str(what)): what for what in OPTIMIZERS if _is_chosen(what)}
    inputs, targets = ARRAYS["vectors"], ARRAYS["more vectors"][:, :2]
    for number, what in enumerate(first.values()):
        example = Example(f"optimizers-{number}", partial(_model_of_optimizer, what), inputs, targets)
        yield Member(what.path, str(what), 0, example)


def _is_chosen(what: Built) -> bool:
    """Tell whether an optimizer is saved: what all have in common is with Adam, of each other the last.

    Rates that are functions of the user are read where these are registered.
    """
    if callable(what.arguments.get("learning_rate")):
        return False
    last = {other.path: other for other in OPTIMIZERS}[what.path]
    return what.path in ("optimizers.Adam", "optimizers.LossScaleOptimizer") or what is last


def _model_of_optimizer(what: Built, side: Side) -> Any:
    layers = [side.api.Input((4,), name="given"), side.api.layers.Dense(2, name=_layer(0))]
    model = side.api.Sequential(layers, name="net")
    model.compile(what.on(side, name="made"), "mse", jit_compile=True)
    return model
