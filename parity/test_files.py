"""What stands in the model files that are compared."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, Final

from parity.differences import uncompared
from parity.files import content
from parity.names import MODULES_ABOVE, paths
from parity.sides import keras_side, our_side
from parity.tables.files import members
from parity.tables.structures import STRUCTURES

_MODULES: Final = (*MODULES_ABOVE, "quantizers")


def test_every_class_that_both_have_stands_in_a_file() -> None:
    """Or is listed, as what is not compared at all or as what is not in files: a new class cannot be forgotten."""
    written, listed = _written(), {name for entry in uncompared() for name in entry.names}
    missing = [path for path in _classes() if path not in listed and f"files.{path}" not in listed | written]
    assert missing == []


def test_what_is_listed_as_in_no_file_is_in_none() -> None:
    """And is a class that both have."""
    listed = {name for entry in uncompared() for name in entry.names if name.startswith("files.")}
    assert listed <= {f"files.{path}" for path in _classes()}
    assert not listed & _written()


def _classes() -> Iterator[str]:
    theirs = set(paths(keras_side(), _MODULES))
    for path in paths(our_side(), _MODULES):
        if path in theirs and inspect.isclass(our_side().function(path)):
            yield path


def _written() -> set[str]:
    """Return the classes in the files that ours writes, each under all of its paths."""
    examples = {*STRUCTURES, *(member.example for each in members().values() for member in each)}
    named = {name for example in examples for name in _named(content(example, "keras_core").config)}
    found = {id(_found(name)) for name in named}
    return {f"files.{path}" for path in _classes() if id(our_side().function(path)) in found}


def _found(name: str) -> Any:
    """Return what has a path; None where nothing has, as of classes of a user."""
    try:
        return our_side().function(name)
    except AttributeError:
        return None


def _named(config: Any) -> Iterator[str]:
    """Yield the paths of the classes that JSON names."""
    if isinstance(config, dict):
        if "class_name" in config:
            yield f"{config.get('module')}.{config['class_name']}".removeprefix("keras.")
        for value in config.values():
            yield from _named(value)
    elif isinstance(config, list):
        for value in config:
            yield from _named(value)
