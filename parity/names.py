"""The names under which Keras has ops, and which op of keras_core each one is."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from types import ModuleType
from typing import Any, Final

from keras_conformance.registry import definitions
from parity.sides import Side, our_side

MODULES: Final = ("ops", "ops.image", "ops.linalg", "ops.nn", "ops.numpy", "random")
MODULES_ABOVE: Final = (
    *("layers", "losses", "metrics", "optimizers", "optimizers.schedules", "initializers", "regularizers"),
    *("constraints", "activations", "dtype_policies"),
)
"""Those above the ops, of which every public name is compared as well."""
OURS_ALONE: Final = (
    *("column_stack", "gammainc", "matrix_power", "reconstruct_patches"),  # younger than the Keras that is compared
    *("scatter_add", "scatter_add_along_axis"),
)


def paths(side: Side, modules: Iterable[str] = MODULES) -> tuple[str, ...]:
    """Return the paths of all public functions and classes in modules."""
    return tuple(
        f"{module}.{name}"
        for module in modules
        for name in sorted(dir(side.function(module)))
        if _is_public(name, getattr(side.function(module), name))
    )


def _is_public(name: str, value: Any) -> bool:
    return not name.startswith("_") and callable(value) and not isinstance(value, ModuleType)


@cache
def op_paths() -> dict[str, str]:
    """Return the first path of each op of the database that Keras has, in the order of the database."""
    names = {id(definition.function): name for name, definition in definitions().items()}
    found: dict[str, str] = {}
    for path in paths(our_side()):
        name = names.get(id(our_side().function(path)))
        if name is not None:
            found.setdefault(name, path)
    return {name: found[name] for name in definitions() if name in found and name not in OURS_ALONE}
