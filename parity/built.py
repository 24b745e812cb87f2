"""Objects that both packages build: a path and arguments, from which the ids of calls follow."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from parity.calls import Call
from parity.sides import Side, keras_side

_SEPARATORS: Final = re.compile(r"[\[\]*?/,'\"]+")
"""What has a meaning in the lines of `differences.toml`."""

_OF_THE_PACKAGE: Final = ("registered_name", "module", "build_config", "shared_object_id")
"""Keys of serialized objects that are the same for no two packages, or the same for no two builds."""


@dataclass(frozen=True)
class Built:
    """What both packages build.

    Attributes:
        path: of a class or function below the package, such as `layers.Dense`.
        arguments: of its call; others that are built may stand in them.
    """

    path: str
    arguments: Mapping[str, Any]

    def on(self, side: Side, **more: Any) -> Any:
        """Return it, built by one side; `more` are arguments that do not count in the id."""
        return side.function(self.path)(**{**more, **on_side(dict(self.arguments), side)})

    def __str__(self) -> str:
        return text_of(self.arguments) or "default"


def built(path: str, **arguments: Any) -> Built:
    """Return what has a path, with arguments."""
    return Built(path, arguments)


def each(path: str, *choices: Mapping[str, Any], **shared: Any) -> tuple[Built, ...]:
    """Return what has a path, once with each choice of arguments, which go before those that all share."""
    return tuple(Built(path, {**shared, **choice}) for choice in choices)


def on_side(value: Any, side: Side) -> Any:
    """Return a value in which everything that is built is built by one side."""
    if isinstance(value, Built):
        return value.on(side)
    if isinstance(value, dict):
        return {key: on_side(item, side) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(on_side(item, side) for item in value)
    return value


def text_of(value: Any) -> str:
    """Return a value as a part of an id."""
    if isinstance(value, Built):
        return f"{value.path.rpartition('.')[2]}({text_of(value.arguments)})"
    if isinstance(value, Mapping):
        return " ".join(f"{text_of(key)}={text_of(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return f"({' '.join(map(text_of, value))})"
    text = value.__name__ if callable(value) else str(value)
    return " ".join(_SEPARATORS.sub(" ", text).split())


def calls_of_configuration(what: Built, sample: str, **more: Any) -> Iterator[Call]:
    """Yield the calls of an object's configuration, and of that of Keras as the package that gets it builds it.

    `more` are arguments that do not count in the id.
    """

    def own(side: Side) -> Any:
        return facts(what.on(side, **more).get_config())

    def again(side: Side) -> Any:
        config = what.on(keras_side_here(), **more).get_config()
        return facts(side.function(what.path).from_config(config).get_config())

    yield Call(what.path, sample, "config", own, objects=True)
    yield Call(what.path, sample, "from config", again, objects=True)


def calls_of_get(path: str, names: Iterable[str]) -> Iterator[Call]:
    """Yield the calls that look names up: functions give their names, objects those of their classes."""

    def run(name: str, side: Side) -> str:
        try:
            found = side.function(path)(name)
        except (TypeError, ValueError):
            return "refused"
        return getattr(found, "__name__", type(found).__name__)

    for name in names:
        yield Call(path, text_of(name), "", partial(run, name), objects=True)


def call_of_refusal(what: Built) -> Call:
    """Return the call that builds what has wrong arguments."""
    return Call(what.path, f"wrong {what}", "", lambda side: type(what.on(side)).__name__, objects=True, refused=True)


def keras_side_here() -> Side:
    """Return Keras as it runs in this process."""
    return keras_side(None)


def facts(config: Mapping[str, Any]) -> frozenset[str]:
    """Return a configuration as a set of lines, one a value, without what is the same for no two packages."""
    return frozenset(_lines("", config))


def _lines(path: str, value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        kept = {key: item for key, item in value.items() if key not in _OF_THE_PACKAGE}
        if kept:
            for key, item in kept.items():
                yield from _lines(f"{path}.{key}" if path else str(key), item)
            return
        value = {}
    if isinstance(value, list | tuple) and any(isinstance(item, Mapping) for item in value):
        for place, item in enumerate(value):
            yield from _lines(f"{path}.{place}", item)
        return
    yield f"{path}: {json.dumps(_plain(value), default=str)}"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items() if key not in _OF_THE_PACKAGE}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return _plain(value.tolist()) if isinstance(value, np.ndarray | np.generic) else value
