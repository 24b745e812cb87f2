"""Nested structures of lists, tuples, named tuples and dicts; a thin layer over optree. None is a leaf."""

from collections.abc import Callable
from typing import Any

import optree

NAMESPACE = "keras_core"


def flatten(structure: Any) -> list[Any]:
    """Return the leaves, dicts by sorted keys.

    Example:
        >>> flatten({"b": 2, "a": [0, 1]})
        [0, 1, 2]
    """
    return optree.tree_leaves(structure, none_is_leaf=True, namespace=NAMESPACE)


def flatten_with_structure(structure: Any) -> tuple[list[Any], Any]:
    """Return the leaves and what `unflatten` needs."""
    return optree.tree_flatten(structure, none_is_leaf=True, namespace=NAMESPACE)  # pyright: ignore[reportReturnType]


def unflatten(definition: Any, leaves: Any) -> Any:
    """Return the structure of the definition with other leaves."""
    return optree.tree_unflatten(definition, leaves)


def map_structure(function: Callable[..., Any], *structures: Any) -> Any:
    """Return the structure with the function applied to the leaves of all structures.

    Raises:
        ValueError: where the structures differ.

    Example:
        >>> map_structure(lambda x, y: x + y, [1, (2,)], [10, (20,)])
        [11, (22,)]
    """
    if not structures:
        raise ValueError("map_structure: expected at least one structure.")
    return optree.tree_map(function, *structures, none_is_leaf=True, namespace=NAMESPACE)
