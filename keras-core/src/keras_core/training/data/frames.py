"""Frames and series as arrays, by the methods that libraries of tables have in common: none of them is imported."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

NUMERIC_KINDS = "biufc"


def is_frame_or_series(x: Any) -> bool:
    """Tell whether something is a frame or a series, and not an array or a tensor."""
    return hasattr(x, "to_numpy")


def frame_to_array(argument: str, x: Any) -> np.ndarray:
    """Return a frame as an array of one column a column, a series as one of one axis.

    Columns of several dtypes become one dtype that holds them all. Missing numbers become NaN.

    Args:
        argument: what it is, for errors.
        x: frame or series.

    Raises:
        ValueError: for a column that is not one of numbers or bools, naming it.
    """
    if not hasattr(x, "columns"):
        return _to_numbers(argument, getattr(x, "name", None), x)
    if len({str(dtype) for dtype in x.dtypes}) == 1:
        array = np.asarray(x.to_numpy())
        if array.dtype.kind in NUMERIC_KINDS:
            return array
    columns = [_to_numbers(argument, name, series) for name, series in _columns(x)]
    if not columns:
        raise ValueError(f"{argument}: expected a frame with columns, got one without.")
    return np.stack(columns, axis=1)


def _columns(frame: Any) -> Iterator[tuple[Any, Any]]:
    if hasattr(frame, "items"):  # where two columns may have one name
        yield from frame.items()
    else:
        yield from zip(frame.columns, frame.get_columns(), strict=True)


def _to_numbers(argument: str, name: Any, series: Any) -> np.ndarray:
    array = np.asarray(series.to_numpy())
    if array.dtype == object and getattr(series.dtype, "kind", "O") in NUMERIC_KINDS:  # numbers, some of them missing
        array = series.to_numpy("float64", na_value=np.nan)
    if array.dtype.kind not in NUMERIC_KINDS:
        column = "" if name is None else f" column {name!r}:"
        raise ValueError(
            f"{argument}:{column} expected numbers or bools, got {series.dtype}{example_of(array)}. Turn them into "
            "numbers first, or leave the column out."
        )
    return array


def example_of(array: np.ndarray) -> str:
    """Return `" such as ..."` with the first element that is no number; nothing for an empty array."""
    if not array.size:
        return ""
    wrong = next(
        (item for item in array.flat if not isinstance(item, int | float | np.number | np.bool_)), array.flat[0]
    )
    return f" such as {brief(wrong.item() if isinstance(wrong, np.generic) else wrong)}"


def brief(x: Any) -> str:
    """Return the representation of something, cut off where it is long."""
    shown = " ".join(repr(x).split())
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}..."


_LONGEST = 60
