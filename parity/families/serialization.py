"""Calls of `serialize` and `deserialize` of each module: what Keras writes has to be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, Final

from parity.built import Built, facts, keras_side_here
from parity.calls import Call
from parity.sides import Side
from parity.tables.layers import ROWS
from parity.tables.losses import LOSSES
from parity.tables.metrics import METRICS
from parity.tables.objects import ACTIVATIONS, CONSTRAINTS, FIXED, POLICIES, RANDOM, REGULARIZERS, SCHEDULES
from parity.tables.optimizers import OPTIMIZERS

_OBJECTS: Final[dict[str, tuple[Built, ...]]] = {
    "layers": tuple(row.layer for row in ROWS),
    "losses": tuple(loss for loss, _ in LOSSES),
    "metrics": tuple(metric for metric, _ in METRICS),
    "optimizers": OPTIMIZERS,
    "optimizers.schedules": SCHEDULES,
    "initializers": (*(initializer for initializer, _ in FIXED), *RANDOM),
    "regularizers": tuple(regularizer for regularizer, _ in REGULARIZERS),
    "constraints": tuple(constraint for constraint, _ in CONSTRAINTS),
    "activations": tuple(activation for activation, _ in ACTIVATIONS),
    "dtype_policies": POLICIES,
}
_NAMED: Final = ("layers", "losses", "metrics", "optimizers", "optimizers.schedules")
"""Modules whose objects have names, which are counted where none is given."""


def paths() -> tuple[str, ...]:
    """Return what is compared."""
    return tuple(f"{module}.{function}" for module in _OBJECTS for function in ("serialize", "deserialize"))


def calls(path: str) -> Iterator[Call]:
    """Yield the calls of a function: with one object of each class."""
    module, _, function = path.rpartition(".")
    run = _written if function == "serialize" else _read
    for what in _one_of_each(_OBJECTS[module]):
        name = what.path.rpartition(".")[2]
        yield Call(path, name, "", partial(run, path, what), objects=True)


def _one_of_each(objects: Iterable[Built]) -> Iterator[Built]:
    """Yield the last of each class: the first has default arguments mostly."""
    yield from {what.path: what for what in objects}.values()


def _object(what: Built, side: Side) -> Any:
    module = what.path.rpartition(".")[0]
    if module == "activations":
        return side.function(what.path)
    return what.on(side, name="made") if module in _NAMED else what.on(side)


def _written(path: str, what: Built, side: Side) -> Any:
    found = side.function(path)(_object(what, side))
    return facts(found) if isinstance(found, dict) else found


def _read(path: str, what: Built, side: Side) -> Any:
    module = path.rpartition(".")[0]
    keras = keras_side_here()
    found = side.function(path)(keras.function(f"{module}.serialize")(_object(what, keras)))
    name = getattr(found, "__name__", type(found).__name__)
    return [name, facts(found.get_config())] if hasattr(found, "get_config") else name
