"""Which array of a checkpoint belongs to which variable of a model, by name.

A checkpoint has the paths that variables had when it was saved. Those of the same variables may differ now by names at
the beginning, those of models around their layers: it depends on whether these were built by themselves or inside. And
what got no name is numbered through in a process.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any, Final

_NUMBER: Final = re.compile(r"_(\d+)$")


def paths_of_weights(model: Any, variables: list[Any], stored: Collection[str]) -> dict[int, str]:
    """Return id of a variable -> its path in a checkpoint, where there is one for it alone.

    Args:
        model: whose variables they are.
        variables: the variables.
        stored: paths in the checkpoint.
    """
    by_end: dict[str, list[str]] = {}
    for path in stored:
        by_end.setdefault(_end(path), []).append(path)
    names = _names_in(model)
    times = Counter(variable.path for variable in variables)
    found: dict[int, str] = {}
    for variable in variables:
        if times[variable.path] == 1 and variable.path in stored:
            found[id(variable)] = variable.path
            continue
        # Where two variables have one path the names of the layers around them tell which is which.
        own = names.get(id(variable), variable.path)
        candidates = [path for path in by_end.get(_end(variable.path), []) if _is_end(path, own)]
        if not candidates:
            candidates = [path for path in by_end.get(_end(variable.path), []) if _is_end(path, variable.path)]
        exact = [path for path in candidates if path in (own, variable.path)]
        if len(exact or candidates) == 1:
            found[id(variable)] = (exact or candidates)[0]
    times = Counter(found.values())
    found = {key: path for key, path in found.items() if times[path] == 1}
    left = [variable for variable in variables if id(variable) not in found]
    return found | _numbered(left, sorted(set(stored) - set(found.values())))


def paths_of_state(
    variables: list[Any], stored: Collection[str], weights: list[Any], found: Mapping[int, str]
) -> dict[int, str]:
    """Return id of a variable of an optimizer -> its path in a checkpoint, where there is one for it.

    Args:
        variables: those of the optimizer. The path of each begins with the name of the optimizer, the name of most with
            the path of a weight.
        stored: paths in the checkpoint.
        weights: the variables that it trains.
        found: result of `paths_of_weights`.
    """
    of_path: dict[str, list[Any]] = {}
    for weight in weights:
        of_path.setdefault(_flat(weight.path), []).append(weight)
    own_roots, roots = ({path.partition("/")[0] for path in each} for each in ((v.path for v in variables), stored))
    root = next(iter(roots)) if len(own_roots) == len(roots) == 1 else None
    seen: Counter[str] = Counter()
    result: dict[int, str] = {}
    for variable in variables:
        first, *scopes, name = variable.path.split("/")
        begin = max((start for start in of_path if name.startswith(start)), key=len, default=None)
        if begin is not None:
            weight = of_path[begin][seen[variable.path] % len(of_path[begin])]  # they are in the order of the weights
            name = _flat(found.get(id(weight), weight.path)) + name[len(begin) :]
        seen[variable.path] += 1
        path = "/".join([root or first, *scopes, name])
        if path in stored:
            result[id(variable)] = path
    return result


def _flat(path: str) -> str:
    return path.replace("/", "_") + "_"


def _end(path: str) -> str:
    return path.rpartition("/")[2]


def _is_end(path: str, name: str) -> bool:
    """Tell whether one is the other, or its end."""
    return f"/{path}".endswith(f"/{name}") or f"/{name}".endswith(f"/{path}")


def _numbered(variables: list[Any], stored: list[str]) -> dict[int, str]:
    """Return id of a variable -> path for those whose names differ by numbers alone, in the order of these."""
    own: dict[str, list[tuple[int, Any]]] = {}
    others: dict[str, list[tuple[int, Any]]] = {}
    for groups, items in ((own, [(v.path, id(v)) for v in variables]), (others, [(path, path) for path in stored])):
        for path, item in items:
            first, _, rest = path.partition("/")
            number = _NUMBER.search(first)
            stem = first[: number.start()] if number else first
            groups.setdefault(f"{stem}/{rest}", []).append((int(number[1]) if number else 0, item))
    return {
        key: path
        for stem, group in own.items()
        if len(group) == len(others.get(stem, []))
        for (_, key), (_, path) in zip(sorted(group), sorted(others[stem]), strict=True)
    }


def _names_in(model: Any) -> dict[int, str]:
    """Return id of a variable -> its name behind those of the layers in which it is."""
    names: dict[int, str] = {}
    seen: set[int] = set()
    pending = [(model, "")]
    while pending:
        layer, prefix = pending.pop()
        if id(layer) not in seen:
            seen.add(id(layer))
            for variable in layer._own_weights():
                names.setdefault(id(variable), prefix + variable.name)
            pending += [(inner, f"{prefix}{inner.name}/") for inner in reversed(layer._layers)]
    return names
