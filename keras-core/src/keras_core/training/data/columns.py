"""Data in memory: arrays and tensors of which rows are taken."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras_core import ops
from keras_core.runtime import config, dtypes, tree
from keras_core.runtime.table import active, host_dtype


def is_in_memory(data: Any) -> bool:
    """Tell whether data are arrays, tensors or frames, perhaps nested, or nested lists of numbers."""
    leaves = tree.flatten(data)
    return bool(leaves) and all(leaf is None or _is_array(leaf) or _is_number(leaf) for leaf in leaves)


def _is_array(x: Any) -> bool:
    return hasattr(x, "__array__") or active().is_tensor(x)


def _is_number(x: Any) -> bool:
    return isinstance(x, bool | int | float | np.generic)


def to_columns(argument: str, data: Any) -> Any:
    """Return data with arrays and tensors of the active backend as leaves, None where there is none.

    Args:
        argument: what it is, for errors.
        data: arrays, tensors of any backend, frames; nested lists, tuples and dicts of them; lists of numbers.

    Raises:
        ValueError: for something else, for elements that are no numbers, and for arrays without axes.
    """
    if data is None:
        return None
    if isinstance(data, list | tuple) and data and all(_is_number(leaf) for leaf in tree.flatten(data)):
        data = np.asarray(data)
    return tree.map_structure(lambda leaf: None if leaf is None else _to_column(argument, leaf), data)


def _to_column(argument: str, leaf: Any) -> Any:
    table = active()
    if not _is_array(leaf):
        raise ValueError(
            f"{argument}: expected an array, a tensor, or nested lists, tuples and dicts of them, "
            f"got {leaf!r} of type {type(leaf).__name__}."
        )
    if not table.is_tensor(leaf):
        leaf = ops.convert_to_numpy(leaf) if not isinstance(leaf, np.ndarray) else leaf
    if isinstance(leaf, np.ndarray):
        _check_numeric(argument, leaf)
    if not tuple(leaf.shape):
        raise ValueError(f"{argument}: expected one row a sample, got a single number, {leaf!r}.")
    return leaf


def _check_numeric(argument: str, array: np.ndarray) -> None:
    if array.dtype == object or array.dtype.kind in "USmM":
        raise ValueError(
            f"{argument}: expected numbers or bools, got an array of dtype {array.dtype} with elements such as "
            f"{array.flat[0] if array.size else None!r}. Turn them into numbers first."
        )


def number_of_rows(columns: dict[str, Any]) -> int:
    """Return how many rows all columns have.

    Args:
        columns: argument name -> columns.

    Raises:
        ValueError: where they differ, or there is none.
    """
    sizes = {name: [int(leaf.shape[0]) for leaf in _arrays(data)] for name, data in columns.items()}
    sizes = {name: lengths for name, lengths in sizes.items() if lengths}
    every = {length for lengths in sizes.values() for length in lengths}
    if len(every) > 1:
        shown = "; ".join(f"{name}: {', '.join(map(str, lengths))}" for name, lengths in sizes.items())
        raise ValueError(f"expected as many samples in all arrays, got {shown}.")
    rows = every.pop() if every else 0
    if rows == 0:
        raise ValueError(f"expected at least one sample, got none ({', '.join(sizes) or 'no arrays'} empty).")
    return rows


def _arrays(data: Any) -> list[Any]:
    return [leaf for leaf in tree.flatten(data) if leaf is not None]


def take_rows(data: Any, rows: slice | np.ndarray) -> Any:
    """Return the rows of each column; floats as `floatx`.

    Args:
        data: as of `to_columns`.
        rows: a slice, or an int array of positions.
    """
    return tree.map_structure(lambda leaf: None if leaf is None else _take(leaf, rows), data)


def _take(leaf: Any, rows: slice | np.ndarray) -> Any:
    if isinstance(leaf, np.ndarray):
        part = leaf[rows] if isinstance(rows, slice) else leaf.take(rows, axis=0)
        wanted = config.floatx()
        if part.dtype.kind == "f" and part.dtype != host_dtype(wanted) and dtypes.is_float(wanted):
            return part.astype(host_dtype(wanted))
        return part
    return leaf[rows] if isinstance(rows, slice) else ops.take(leaf, rows, axis=0)


def split_rows(data: Any, at: int) -> tuple[Any, Any]:
    """Return the rows before and from a position, without copying arrays."""
    rows = (slice(None, at), slice(at, None))
    first, second = (
        tree.map_structure(lambda leaf, part=part: None if leaf is None else leaf[part], data) for part in rows
    )
    return first, second
