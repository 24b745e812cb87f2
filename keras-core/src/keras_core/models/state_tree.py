"""The state of a model as nested dicts of values, by the names in the paths of its variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from keras_core.optimizers import Optimizer
from keras_core.runtime.variable import Variable

FORMATS: Final = {"backend_tensor": lambda variable: variable.value, "numpy_array": lambda variable: variable.numpy()}


def state_tree(model: Any, value_format: str) -> dict[str, dict[str, Any]]:
    """Return the values of a model's variables, those of its optimizer and its metrics included.

    Raises:
        ValueError: for a format that is not known, and for two variables of one path.
    """
    if value_format not in FORMATS:
        raise ValueError(f"{model.label}: expected value_format to be one of {sorted(FORMATS)}, got {value_format!r}.")
    value_of = FORMATS[value_format]
    return {kind: _nested(model, kind, variables, value_of) for kind, variables in _kinds(model).items()}


def set_state_tree(model: Any, tree: Any) -> None:
    """Set the variables that a tree names.

    Raises:
        ValueError: where the tree names what the model does not have, or a shape differs; nothing is set then.
        TypeError: where a branch is no dict.
    """
    kinds = _kinds(model)
    pairs: list[tuple[Variable, Any]] = []
    for kind, branch in _branch(model, "state_tree", tree).items():
        if kind not in kinds:
            raise ValueError(f"{model.label}: set_state_tree: expected keys among {sorted(kinds)}, got {kind!r}.")
        known = {variable.path: variable for variable in kinds[kind]}
        for path, value in _leaves(model, kind, branch):
            if path not in known:
                raise ValueError(
                    f"{model.label}: set_state_tree: no variable of {kind} has the path {path!r}; there are "
                    f"{sorted(known)}."
                )
            pairs.append((known[path], known[path].as_own_value(value)))
    for variable, value in pairs:
        variable.assign(value)


def _kinds(model: Any) -> dict[str, Sequence[Variable]]:
    optimizer = model.optimizer
    return {
        "trainable_variables": model.trainable_variables,
        "non_trainable_variables": model.non_trainable_variables,
        "optimizer_variables": optimizer.variables if isinstance(optimizer, Optimizer) else [],
        "metrics_variables": model.metrics_variables,
    }


def _nested(model: Any, kind: str, variables: Sequence[Variable], value_of: Any) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for variable in variables:
        *scopes, name = variable.path.split("/")
        place = root
        for scope in scopes:
            place = place.setdefault(scope, {})
        if not isinstance(place, dict) or name in place:
            raise ValueError(
                f"{model.label}: get_state_tree: two variables of {kind} have the path {variable.path!r}; give their "
                "layers names of their own."
            )
        place[name] = value_of(variable)
    return root


def _branch(model: Any, where: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError(f"{model.label}: set_state_tree: expected {where} to be a dict, got {type(value).__name__}.")
    return value


def _leaves(model: Any, kind: str, branch: Any) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in _branch(model, kind, branch).items():
        if isinstance(value, Mapping):
            found += [(f"{name}/{path}", leaf) for path, leaf in _leaves(model, kind, value)]
        else:
            found.append((name, value))
    return found
