"""What several checks compare, compiled as one program: compilation costs more than all else, and most of it once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from keras_conformance.case import Arguments, leaves
from keras_conformance.checks.holes import Holes
from keras_conformance.subject import Subject

Part = tuple[Callable[[list[Any]], list[Any]], list[Any]]
"""A function of tensors, and the tensors."""


def part_of(subject: Subject, function: Callable[..., Any], arguments: Arguments) -> Part:
    """Return a call as a function of all its tensors."""
    holes = Holes(arguments)

    def called(tensors: list[Any]) -> list[Any]:
        positional, named = holes.filled(tensors, subject.tensor)
        return leaves(function(*positional, **named))

    return called, list(map(subject.tensor, holes.arrays))


def computed_together(subject: Subject, key: str, parts: Callable[[], Mapping[str, Part]]) -> Mapping[str, list[Any]]:
    """Return what functions give, by the names of the parts, and keep it for the next check that has the same key.

    Empty where the program fails, or cannot be made: of which part that is is told by the call of each alone.
    """
    if key not in subject.kept:
        try:
            subject.kept = {key: _computed(subject, parts())}
        except Exception:
            subject.kept = {key: {}}
    return subject.kept[key]


def _computed(subject: Subject, parts: Mapping[str, Part]) -> dict[str, list[Any]]:
    counts: list[int] = []
    # A tensor of several parts is one argument, so that what they compute alike is compiled once.
    distinct = {id(tensor): tensor for _, inputs in parts.values() for tensor in inputs}

    def each_in_turn(state: list[Any], tensors: list[Any]) -> tuple[list[Any], list[Any]]:
        given = dict(zip(distinct, tensors, strict=True))
        found = [function([given[id(tensor)] for tensor in inputs]) for function, inputs in parts.values()]
        counts[:] = map(len, found)
        return [result for results in found for result in results], state

    compiled = subject.table.transforms["jit"](each_in_turn, False, False)
    remaining = iter(compiled([], list(distinct.values()))[0])
    return {name: list(islice(remaining, count)) for name, count in zip(parts, counts, strict=True)}
