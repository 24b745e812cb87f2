"""Nested structures: lists, tuples, named tuples and dicts of anything; everything else, None included, is a leaf.

Leaves come in order, those of a plain dict by sorted keys, those of an `OrderedDict` in its own order.
"""

import contextlib
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import optree

from keras_core.runtime import tree
from keras_core.runtime.tree import NAMESPACE

__all__ = [
    "MAP_TO_NONE",
    "assert_same_paths",
    "assert_same_structure",
    "flatten",
    "flatten_with_path",
    "is_nested",
    "lists_to_tuples",
    "map_shape_structure",
    "map_structure",
    "map_structure_up_to",
    "pack_sequence_as",
    "traverse",
]


class MAP_TO_NONE:
    """What a function given to `traverse` returns, the class itself, where None shall stand in the result.

    Example:
        >>> keras.tree.traverse(lambda x: keras.tree.MAP_TO_NONE if x == 1 else None, [1, 2])
        [None, 2]
    """


def is_nested(structure: Any) -> bool:
    """Tell whether something is a structure and no leaf.

    Args:
        structure: anything.

    Example:
        >>> keras.tree.is_nested([]), keras.tree.is_nested(None), keras.tree.is_nested("text")
        (True, False, False)
    """
    return not optree.tree_is_leaf(structure, none_is_leaf=True, namespace=NAMESPACE)


def flatten(structure: Any) -> list[Any]:
    """Return the leaves.

    Args:
        structure: structure or leaf.

    Example:
        >>> keras.tree.flatten({"b": 2, "a": (0, [1])})
        [0, 1, 2]
    """
    return tree.flatten(structure)


def flatten_with_path(structure: Any) -> list[tuple[tuple[Any, ...], Any]]:
    """Return the leaves, each with the keys and positions that lead to it.

    Args:
        structure: structure or leaf.

    Returns:
        Pairs of path and leaf.

    Example:
        >>> keras.tree.flatten_with_path({"a": [5, 6]})
        [(('a', 0), 5), (('a', 1), 6)]
    """
    paths, leaves, _ = optree.tree_flatten_with_path(structure, none_is_leaf=True, namespace=NAMESPACE)
    return list(zip(paths, leaves, strict=True))


def map_structure(func: Callable[..., Any], *structures: Any, none_is_leaf: bool = True) -> Any:
    """Return the structure of the results of a function of the leaves.

    Args:
        func: takes as many leaves as there are structures.
        *structures: structures of one form.
        none_is_leaf: whether the function is called for None too; else None stays.

    Raises:
        ValueError: without structures, or where their forms differ.
        TypeError: where `func` cannot be called.

    Example:
        >>> keras.tree.map_structure(lambda x, y: x + y, [1, (2,)], [10, (20,)])
        [11, (22,)]
    """
    _check("map_structure", func, structures)
    for other in structures[1:]:
        _check_same("map_structure", structures[0], other, none_is_leaf)
    return optree.tree_map(func, *structures, none_is_leaf=none_is_leaf, namespace=NAMESPACE)


def map_structure_up_to(shallow_structure: Any, func: Callable[..., Any], *structures: Any) -> Any:
    """Return the structure of the results of a function, which gets what the others have where one has leaves.

    Args:
        shallow_structure: structure that says how deep to go.
        func: takes as many parts as there are structures.
        *structures: structures that go at least as deep.

    Raises:
        ValueError: without structures, or where one lacks what `shallow_structure` has.
        TypeError: where `func` cannot be called.

    Example:
        >>> keras.tree.map_structure_up_to([0, 0], lambda x, y: (x, y), [1, [2]], [[3], 4])
        [(1, [3]), ([2], 4)]
    """
    _check("map_structure_up_to", func, structures)
    with _errors_of("map_structure_up_to"):
        parts = [_parts_at_leaves(shallow_structure, structure) for structure in structures]
    _, definition = tree.flatten_with_structure(shallow_structure)
    return tree.unflatten(definition, [func(*values) for values in zip(*parts, strict=True)])


def assert_same_structure(a: Any, b: Any, check_types: Any = None) -> None:
    """Check that two structures differ in their leaves only; a dict may stand for an `OrderedDict`.

    Args:
        a: structure or leaf.
        b: the same.
        check_types: no longer has a meaning; kinds of structures are always compared.

    Raises:
        ValueError: where they differ; the message says in what.

    Example:
        >>> keras.tree.assert_same_structure([1, (2,)], [3, (4,)])
    """
    if check_types is not None:
        warnings.warn(
            "assert_same_structure: check_types is of older code and has no meaning: kinds are always compared.",
            DeprecationWarning,
            stacklevel=2,
        )
    _check_same("assert_same_structure", a, b)


def assert_same_paths(a: Any, b: Any) -> None:
    """Check that the same keys and positions lead to the leaves of two structures, whatever their kinds.

    Args:
        a: structure or leaf.
        b: the same.

    Raises:
        ValueError: where they differ; the message names the paths that only one has.

    Example:
        >>> keras.tree.assert_same_paths([1, 2], (3, 4))
    """
    paths_of_a, paths_of_b = ({path for path, _ in flatten_with_path(structure)} for structure in (a, b))
    if paths_of_a != paths_of_b:
        only_a, only_b = (sorted(paths, key=repr) for paths in (paths_of_a - paths_of_b, paths_of_b - paths_of_a))
        raise ValueError(
            f"assert_same_paths: expected the same paths, but only 'a' has {only_a}, and only 'b' has {only_b}."
        )


def pack_sequence_as(structure: Any, flat_sequence: Iterable[Any]) -> Any:
    """Return a structure with other leaves.

    Args:
        structure: structure or leaf, whose form counts.
        flat_sequence: the new leaves in the order of `flatten`.

    Raises:
        ValueError: where there are too few or too many.
        TypeError: where they are no sequence.

    Example:
        >>> keras.tree.pack_sequence_as({"a": 0, "b": (0, 0)}, [1, 2, 3])
        {'a': 1, 'b': (2, 3)}
    """
    if not isinstance(flat_sequence, Iterable):
        raise TypeError(f"pack_sequence_as: expected a sequence of leaves, got {flat_sequence!r}.")
    leaves = list(flat_sequence)
    own, definition = tree.flatten_with_structure(structure)
    if len(leaves) != len(own):
        raise ValueError(f"pack_sequence_as: expected {len(own)} leaves for the structure, got {len(leaves)}.")
    return tree.unflatten(definition, leaves)


def traverse(func: Callable[[Any], Any], structure: Any, top_down: bool = True) -> Any:
    """Return a structure in which a function has replaced parts of any depth.

    Args:
        func: takes a structure or leaf; returns what replaces it, `MAP_TO_NONE` for None, or None to leave it.
        structure: structure or leaf.
        top_down: whether the function sees a structure before what is in it, which it does not see then where it was
            replaced; else after, with what was replaced in it.

    Raises:
        TypeError: where `func` cannot be called.

    Example:
        >>> keras.tree.traverse(lambda x: tuple(x) if isinstance(x, list) else None, [1, [2]], top_down=False)
        (1, (2,))
    """
    if not callable(func):
        raise TypeError(f"traverse: expected a function, got {func!r}.")
    if top_down:
        found = func(structure)
        if found is not None:
            return _unmarked(found)
    if is_nested(structure):
        children, definition = _open(structure)
        structure = tree.unflatten(definition, [traverse(func, child, top_down) for child in children])
    if not top_down:
        found = func(structure)
        if found is not None:
            return _unmarked(found)
    return structure


def lists_to_tuples(structure: Any) -> Any:
    """Return the structure with tuples in place of its lists.

    Args:
        structure: structure or leaf.

    Example:
        >>> keras.tree.lists_to_tuples({"a": [1, [2]]})
        {'a': (1, (2,))}
    """
    return traverse(lambda x: tuple(x) if isinstance(x, list) else None, structure, top_down=False)


def map_shape_structure(func: Callable[[Any], Any], structure: Any) -> Any:
    """Return the structure of the results of a function of shapes: lists or tuples of ints and None.

    Args:
        func: takes a shape, or another leaf.
        structure: structure of shapes.

    Raises:
        TypeError: where `func` cannot be called.

    Example:
        >>> keras.tree.map_shape_structure(lambda shape: len(shape), {"a": (None, 3), "b": [(1,)]})
        {'a': 2, 'b': [1]}
    """
    if not callable(func):
        raise TypeError(f"map_shape_structure: expected a function, got {func!r}.")
    return optree.tree_map(func, structure, is_leaf=_is_shape, none_is_leaf=True, namespace=NAMESPACE)


def _is_shape(x: Any) -> bool:
    return isinstance(x, list | tuple) and all(size is None or isinstance(size, int) for size in x)


def _unmarked(found: Any) -> Any:
    return None if found is MAP_TO_NONE else found


def _open(structure: Any) -> tuple[list[Any], Any]:
    """Return what is directly in a structure, and what `unflatten` needs."""
    return optree.tree_flatten(  # pyright: ignore[reportReturnType]
        structure, is_leaf=lambda x: x is not structure, none_is_leaf=True, namespace=NAMESPACE
    )


def _parts_at_leaves(shallow: Any, structure: Any, none_is_leaf: bool = True) -> list[Any]:
    """Return what a structure has at each leaf of another one."""
    definition = optree.tree_structure(shallow, none_is_leaf=none_is_leaf, namespace=NAMESPACE)
    return definition.flatten_up_to(structure)


def _check_same(name: str, a: Any, b: Any, none_is_leaf: bool = True) -> None:
    with _errors_of(name):
        parts = _parts_at_leaves(a, b, none_is_leaf)
    deeper = next((part for part in parts if is_nested(part)), None)
    if deeper is not None:
        raise ValueError(
            f"{name}: expected structures of one form, but where {a!r} has a leaf, another has {deeper!r}."
        )


def _check(name: str, func: Any, structures: tuple[Any, ...]) -> None:
    if not callable(func):
        raise TypeError(f"{name}: expected a function, got {func!r}.")
    if not structures:
        raise ValueError(f"{name}: expected at least one structure, got none.")


@contextlib.contextmanager
def _errors_of(name: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{name}: the structures differ: {error}") from error
