"""Several steps as one loop of the backend over stacked batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from keras_core import ops
from keras_core.runtime import tree
from keras_core.runtime.boundary import transform
from keras_core.runtime.conversion import to_tensor
from keras_core.runtime.scopes import StatelessScope
from keras_core.runtime.table import active
from keras_core.runtime.variable import Variable
from keras_core.transforms import is_static


def stacked(batches: Sequence[Any], is_own: bool = False) -> Any:
    """Return batches as one tree whose arrays have one more axis, the first; None where they are of several shapes.

    Args:
        batches: trees of arrays and tensors.
        is_own: whether nobody else holds the NumPy arrays in them, so that the result may share their memory; parts of
            one array have to be in the order in which they are there.
    """
    together = _whole(batches) if is_own else None
    if together is not None:
        return together
    first, structure = tree.flatten_with_structure(batches[0])
    columns: list[list[Any]] = [[leaf] for leaf in first]
    for batch in batches[1:]:
        leaves, other = tree.flatten_with_structure(batch)
        if other != structure:
            return None
        for column, leaf in zip(columns, leaves, strict=True):
            column.append(leaf)
    stacks = [_stacked_leaves(column) for column in columns]
    return None if any(leaf is _UNEQUAL for leaf in stacks) else tree.unflatten(structure, stacks)


_UNEQUAL = object()


def _stacked_leaves(leaves: list[Any]) -> Any:
    first = leaves[0]
    if is_static(first):
        return first if all(leaf is first for leaf in leaves) else _UNEQUAL
    if any(type(leaf) is not type(first) or not hasattr(leaf, "shape") for leaf in leaves):
        return _UNEQUAL
    if any(leaf.shape != first.shape or leaf.dtype != first.dtype for leaf in leaves[1:]):
        return _UNEQUAL
    return np.stack(leaves) if isinstance(first, np.ndarray) else ops.stack(leaves)


def _whole(batches: Sequence[Any]) -> tuple[np.ndarray, ...] | None:
    """Return the stacked arrays of batches that a source has made at once, of which each is a part; else None."""
    if any(type(batch) is not tuple or len(batch) != len(batches[0]) for batch in batches):
        return None
    together = []
    for column in zip(*batches, strict=True):
        first = column[0]
        if type(first) is not np.ndarray or type(first.base) is not np.ndarray:
            return None
        whole, shape = first.base, first.shape
        if any(type(leaf) is not np.ndarray or leaf.base is not whole or leaf.shape != shape for leaf in column):
            return None
        is_all = whole.shape == (len(column) * len(first), *shape[1:]) and whole.flags.c_contiguous
        if not is_all or whole.dtype != first.dtype or _address(whole) != _address(first):
            return None
        together.append(whole.reshape(len(column), *shape))
    return tuple(together)


def _address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


def scanned(step: Callable[[Any], Any], batches: Any) -> Any:
    """Run a step, which may read and assign variables, on batches one after the other; inside a compiled function.

    Args:
        step: takes a batch, returns a tree of tensors.
        batches: the result of `stacked`, with tensors as leaves.

    Returns:
        What the last step returns.
    """
    leaves, definition = tree.flatten_with_structure(batches)
    places = [place for place, leaf in enumerate(leaves) if not is_static(leaf)]
    tensors = [leaves[place] for place in places]

    def on_slices(slices: list[Any]) -> Any:
        given = list(leaves)
        for place, part in zip(places, slices, strict=True):
            given[place] = part
        return step(tree.unflatten(definition, given))

    written: list[Variable] = []

    def observe(slices: list[Any]) -> list[Any]:
        with StatelessScope() as scope:
            on_slices(slices)
        written.extend(scope.written.values())
        return []

    active().transforms["abstract_eval"](observe, [x[0] for x in tensors])

    structure: list[Any] = []

    def body(values: list[Any], slices: list[Any]) -> tuple[list[Any], list[Any]]:
        with StatelessScope(list(zip(written, values, strict=True))) as scope:
            results, definition = tree.flatten_with_structure(on_slices(slices))
        structure[:] = [definition]
        table = active()
        return [scope.get_current_value(variable) for variable in written], [to_tensor(table, x) for x in results]

    body.is_steps = True  # pyright: ignore[reportFunctionMemberAccess]
    length = active().shape(tensors[0])[0]
    state = [variable.value for variable in written]
    values, results = transform(active(), "scan")(body, state, tensors, length, False)
    for variable, value in zip(written, values, strict=True):
        variable.assign(value)
    return tree.unflatten(structure[0], [result[-1] for result in results])
