"""Calls of models that are saved by one of the two and loaded by both: how they go on, and what stands in the files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from parity.calls import Call
from parity.files import WRITERS, Continued, Example, content, continued, facts_of, leaves, predicted
from parity.sides import Side
from parity.tables.files import Member, members
from parity.tables.structures import STRUCTURES

_IN_FILES: Final = "files."
_OF_MODELS: Final = "files.models."
_COMPILED: Final = {"losses": "loss", "metrics": "metrics"}
"""Modules whose objects stand in arguments of `compile`, and in which."""

_ROUNDED: Final = ("optimizers.Nadam", "optimizers.ScheduleFreeAdamW")


def paths() -> tuple[str, ...]:
    """Return what is compared."""
    return (*(f"{_IN_FILES}{path}" for path in members()), *(f"{_OF_MODELS}{each.name}" for each in STRUCTURES))


def calls(path: str) -> Iterator[Call]:
    """Yield the calls of a class whose objects stand in models, or of a model."""
    for example in STRUCTURES:
        if path == f"{_OF_MODELS}{example.name}":
            yield from _calls_of_model(path, example)
            return
    for member in members()[path.removeprefix(_IN_FILES)]:
        yield Call(path, member.sample, "content", partial(_content, member), objects=True)
        for writer in WRITERS:
            yield Call(
                path,
                member.sample,
                f"saved by {writer}",
                partial(_continued, member, writer),
                objects=True,
                derives=True,
                precision=member.precision,
                tolerance=2.0 if member.path in _ROUNDED else 1.0,
                scale=1.0,
            )


def _calls_of_model(path: str, example: Example) -> Iterator[Call]:
    def call(aspect: str, run: Callable[[Side], Any], derives: bool = True) -> Call:
        return Call(path, "whole", aspect, run, objects=True, derives=derives, precision=example.precision, scale=1.0)

    yield call("content", partial(_whole_content, example), derives=False)
    for writer in WRITERS:
        yield call(f"saved by {writer}", partial(_whole, example, writer))
        yield call(f"weights saved by {writer}", partial(predicted, example, writer))


def _whole(example: Example, writer: str, side: Side) -> Any:
    return leaves(continued(example, writer, side))


def _whole_content(example: Example, side: Side) -> frozenset[str]:
    found = content(example, side.name)
    forms = (f"{path}: {form} of {name}" for path, (form, name) in found.arrays.items())
    return frozenset((*facts_of(found.metadata, "metadata"), *facts_of(found.config), *forms))


def _continued(member: Member, writer: str, side: Side) -> Any:
    """Return how a member of a model went on."""
    found = continued(member.example, writer, side)
    if _group(member) == "optimizers":
        return leaves(found)
    own = member.output
    return leaves(
        Continued(
            {name: value for name, value in found.predictions.items() if name.startswith(own)},
            tuple({name: value for name, value in each.items() if name.startswith(own)} for each in found.logs),
            {member.layer: found.weights[member.layer]},
            [],
        )
    )


def _group(member: Member) -> str:
    return member.path.rpartition(".")[0]


def _content(member: Member, side: Side) -> frozenset[str]:
    """Return what stands in the file about a member of a model, without its configuration, which is compared alone."""
    found = content(member.example, side.name)
    compiled, group = found.config["compile_config"], _group(member)
    if group == "optimizers":
        return frozenset((*_without_config(compiled["optimizer"]), *_forms(found.arrays, "optimizer")))
    if group == "optimizers.schedules":
        several = compiled["optimizer"]["config"]["optimizer_map"]["config"]["optimizer_map"]
        return frozenset(_without_config(several[member.layer]["config"]["learning_rate"]))
    if group in _COMPILED:
        return frozenset(_without_config(compiled[_COMPILED[group]][f"{member.output}0"]))
    (layer,) = (each for each in found.config["config"]["layers"] if each["name"] == member.layer)
    if member.argument:
        written = layer["config"][member.argument]
        return frozenset([written] if isinstance(written, str) else _without_config(written))
    (root,) = {path.split("/")[1] for path, (_, name) in found.arrays.items() if name == member.layer} or {""}
    return frozenset((*_without_config(layer), *_forms(found.arrays, f"layers/{root}")))


def _without_config(written: Mapping[str, Any]) -> Iterator[str]:
    return facts_of({key: value for key, value in written.items() if key != "config"})


def _forms(arrays: Mapping[str, tuple[str, str]], root: str) -> Iterator[str]:
    for path, (form, name) in arrays.items():
        if path.startswith(f"{root}/"):
            yield f"{path.removeprefix(root)}: {form} of {name}"
