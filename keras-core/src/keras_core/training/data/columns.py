"""Data in memory: arrays and tensors of which rows are taken."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras_core import ops
from keras_core.runtime import config, dtypes, tree
from keras_core.runtime.table import active, host_dtype
from keras_core.training.data.frames import example_of, frame_to_array, is_frame_or_series


def is_in_memory(data: Any) -> bool:
    """Tell whether data are arrays, tensors or frames, perhaps nested, or nested lists of numbers."""
    leaves = tree.flatten(data)
    return bool(leaves) and all(leaf is None or is_array(leaf) or is_number(leaf) for leaf in leaves)


def is_array(x: Any) -> bool:
    """Tell whether something is an array, a tensor, a frame or a series."""
    return hasattr(x, "__array__") or active().is_tensor(x) or is_frame_or_series(x)


def is_number(x: Any) -> bool:
    """Tell whether something is a single number or bool of Python or NumPy."""
    return isinstance(x, bool | int | float | np.generic)


def is_numbers(data: list[Any] | tuple[Any, ...]) -> bool:
    """Tell whether a list holds single numbers only, perhaps in lists inside."""
    return bool(data) and all(is_number(leaf) for leaf in tree.flatten(data))


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
    if isinstance(data, list | tuple) and is_numbers(data):
        data = np.asarray(data)
    return tree.map_structure(lambda leaf: None if leaf is None else _to_column(argument, leaf), data)


def _to_column(argument: str, leaf: Any) -> Any:
    if not is_array(leaf):
        raise ValueError(
            f"{argument}: expected an array, a tensor, or nested lists, tuples and dicts of them, "
            f"got {leaf!r} of type {type(leaf).__name__}."
        )
    leaf = to_array(argument, leaf)
    if not tuple(leaf.shape):
        raise ValueError(f"{argument}: expected one row a sample, got a single number, {leaf!r}.")
    return leaf


def to_array(argument: str, x: Any) -> Any:
    """Return an array, a tensor or a frame as an array of numbers; a tensor of the active backend as it is.

    Args:
        argument: what it is, for errors.
        x: array, tensor of any backend, frame or series.

    Raises:
        ValueError: for something else, and for elements that are no numbers.
    """
    if not isinstance(x, np.ndarray):
        if active().is_tensor(x):
            return x
        if is_frame_or_series(x):
            return frame_to_array(argument, x)
        try:
            x = ops.convert_to_numpy(x)
        except (TypeError, ValueError, RuntimeError) as error:
            raise ValueError(
                f"{argument}: expected an array or a tensor, got {type(x).__name__}, of which no array can be made: "
                f"{error}"
            ) from error
    if x.dtype.kind in "OUSTmM":
        raise ValueError(
            f"{argument}: expected numbers or bools, got an array of dtype {x.dtype} with elements{example_of(x)}. "
            "Turn them into numbers first."
        )
    return x


def number_of_rows(columns: dict[str, Any]) -> int:
    """Return how many rows all columns have.

    Args:
        columns: argument name -> columns.

    Raises:
        ValueError: where they differ, or there is none.
    """
    sizes = {name: [int(leaf.shape[0]) for leaf in arrays_of(data)] for name, data in columns.items()}
    sizes = {name: lengths for name, lengths in sizes.items() if lengths}
    every = {length for lengths in sizes.values() for length in lengths}
    if len(every) > 1:
        shown = "; ".join(f"{name}: {', '.join(map(str, lengths))}" for name, lengths in sizes.items())
        raise ValueError(f"expected as many samples in all arrays, got {shown}.")
    rows = every.pop() if every else 0
    if rows == 0:
        raise ValueError(f"expected at least one sample, got none ({', '.join(sizes) or 'no arrays'} empty).")
    return rows


def arrays_of(data: Any) -> list[Any]:
    """Return the leaves that have rows."""
    return [leaf for leaf in tree.flatten(data) if len(getattr(leaf, "shape", ()))]


def take_rows(data: Any, rows: slice | np.ndarray) -> Any:
    """Return the rows of each column; floats as `floatx`.

    Args:
        data: as of `to_columns`.
        rows: a slice, or an int array of positions.
    """
    # As most are: a walk through a tree would take longer than the rows.
    if data is None:
        return None
    if isinstance(data, np.ndarray):
        return _take(data, rows)
    return tree.map_structure(lambda leaf: None if leaf is None else _take(leaf, rows), data)


def _take(leaf: Any, rows: slice | np.ndarray) -> Any:
    if isinstance(leaf, np.ndarray):
        return to_floatx(leaf[rows] if isinstance(rows, slice) else leaf.take(rows, axis=0))
    return leaf[rows] if isinstance(rows, slice) else ops.take(leaf, rows, axis=0)


def to_floatx(array: np.ndarray) -> np.ndarray:
    """Return an array of floats as one of `floatx`, any other as it is."""
    wanted = config.floatx()
    if array.dtype.kind == "f" and array.dtype != host_dtype(wanted) and dtypes.is_float(wanted):
        return array.astype(host_dtype(wanted))
    return array


def split_rows(data: Any, at: int) -> tuple[Any, Any]:
    """Return the rows before and from a position, without copying arrays."""
    rows = (slice(None, at), slice(at, None))
    first, second = (
        tree.map_structure(lambda leaf, part=part: None if leaf is None else leaf[part], data) for part in rows
    )
    return first, second
