"""How static arguments are made canonical: axes, shapes, dtypes."""

import operator
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from keras_core.runtime import dtypes
from keras_core.runtime.keras_tensor import KerasTensor

Canonicalizer: TypeAlias = Callable[[Any, Any], Any]


def canonical_axis(axis: Any, ndim: int) -> int:
    """Return an axis as an int with `0 <= axis < ndim`.

    Raises:
        ValueError: where it is out of range.
        TypeError: where it is no int.
    """
    try:
        index = operator.index(axis)
    except TypeError:
        raise TypeError(f"argument 'axis' must be an int, got {axis!r} of type {type(axis).__name__}.") from None
    if not -ndim <= index < ndim:
        raise ValueError(f"argument 'axis' must be in [{-ndim}, {ndim}) for a tensor of rank {ndim}, got {axis}.")
    return index + ndim if index < 0 else index


def canonical_axes(axis: Any, ndim: int) -> tuple[int, ...] | None:
    """Return axes as None for all, or a sorted tuple.

    Raises:
        ValueError: where one is out of range or stands twice.
        TypeError: where it is neither an int, nor a list or tuple of ints, nor None.
    """
    if axis is None:
        return None
    if isinstance(axis, list | tuple):
        axes = tuple(sorted([canonical_axis(item, ndim) for item in axis]))
        if len(set(axes)) != len(axes):
            raise ValueError(f"argument 'axis' must not name an axis twice, got {axis}.")
        return axes
    return (canonical_axis(axis, ndim),)


def _axis(value: Any, x: Any) -> int:
    return canonical_axis(value, x.ndim)


def _axis_or_none(value: Any, x: Any) -> int | None:
    return None if value is None else canonical_axis(value, x.ndim)


def _axes(value: Any, x: Any) -> tuple[int, ...] | None:
    return canonical_axes(value, x.ndim)


def _axis_or_axes(value: Any, x: Any) -> int | tuple[int, ...] | None:
    if value is None:
        return tuple(range(x.ndim))
    return canonical_axes(value, x.ndim) if isinstance(value, list | tuple) else canonical_axis(value, x.ndim)


def _new_axis(value: Any, x: Any) -> int:
    return canonical_axis(value, x.ndim + 1)


def _permutation(value: Any, x: Any) -> tuple[int, ...]:
    ndim = x.ndim
    if value is None:
        return tuple(range(ndim - 1, -1, -1))
    order = tuple([canonical_axis(axis, ndim) for axis in value])
    if sorted(order) != list(range(ndim)):
        raise ValueError(f"argument 'axes' must be a permutation of {ndim} axes, got {tuple(value)}.")
    return order


def canonical_size(size: Any) -> Any:
    """Return one size: an int, None (unknown, of a symbolic tensor), or a scalar tensor as it is."""
    if size is None or isinstance(size, KerasTensor):
        return size
    try:
        return operator.index(size)
    except TypeError:
        if getattr(size, "shape", None) is not None and len(size.shape) == 0:
            return size
        raise TypeError(f"a shape must be an int or a tuple of ints, got the size {size!r}.") from None


def canonical_shape(value: Any, x: Any = None) -> tuple[Any, ...]:
    """Return a shape as a tuple of sizes.

    Raises:
        TypeError: where it is neither an int nor a sequence of ints.
    """
    if isinstance(value, list | tuple):
        return tuple(map(canonical_size, value))
    if isinstance(value, str) or value is None:
        raise TypeError(f"a shape must be an int or a tuple of ints, got {value!r}.")
    if hasattr(value, "tolist"):
        listed = value.tolist()
        return tuple(listed) if isinstance(listed, list) else (listed,)
    return (canonical_size(value),)


def _pad_width(value: Any, x: Any) -> tuple[tuple[int, int], ...]:
    if isinstance(value, int):
        return ((value, value),) * x.ndim
    widths = [tuple(width) if isinstance(width, list | tuple) else (width,) for width in value]
    if len(widths) == 2 and all(len(width) == 1 for width in widths):
        return ((widths[0][0], widths[1][0]),) * x.ndim
    pairs = tuple((width[0], width[-1]) for width in widths)
    if len(pairs) == 1:
        return pairs * x.ndim
    if len(pairs) != x.ndim:
        raise ValueError(f"argument 'pad_width' must have one pair an axis ({x.ndim}), got {value}.")
    return pairs


def _tuple_or_int(value: Any, x: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(map(operator.index, value))
    return tuple(value.tolist()) if getattr(value, "ndim", 0) else operator.index(value)


def _repeats(value: Any, x: Any) -> tuple[int, ...]:
    counts = canonical_shape(value)
    return (1,) * (x.ndim - len(counts)) + counts


def _dtype(value: Any, x: Any) -> str:
    return dtypes.standardize_dtype(value)


def _dtype_or_none(value: Any, x: Any) -> str | None:
    return None if value is None else dtypes.standardize_dtype(value)


CANONICAL: Final[dict[str, Canonicalizer]] = {
    "axis": _axis,
    "axis_of_joined": _axis,
    "axis_or_none": _axis_or_none,
    "axes": _axes,
    "axis_or_axes": _axis_or_axes,
    "new_axis": _new_axis,
    "permutation": _permutation,
    "shape": canonical_shape,
    "pad_width": _pad_width,
    "tuple_or_int": _tuple_or_int,
    "repeats": _repeats,
    "dtype": _dtype,
    "dtype_or_none": _dtype_or_none,
}
"""Kind of static argument -> `(value, first tensor) -> canonical value`."""

_USUAL_RANKS: Final = range(10)
AXIS_OF: Final = tuple(tuple(range(ndim)) for ndim in _USUAL_RANKS)
"""Rank -> axis, negative ones too -> the axis as it is canonical: an IndexError says that there is none."""
TUPLE_OF: Final = tuple(tuple((axis,) for axis in range(ndim)) for ndim in _USUAL_RANKS)
"""Rank -> axis, negative ones too -> a tuple of the axis."""
REVERSED_AXES: Final = tuple(tuple(range(ndim - 1, -1, -1)) for ndim in _USUAL_RANKS)
"""Rank -> its axes backwards."""

FAST_PATH: Final[dict[str, str]] = {
    "axis": "{name} = _axis_of[{x}.ndim][{name}]",
    # The first axis needs no look at the rank: what has none cannot be joined, and then the call fails.
    "axis_of_joined": "if {name} != 0: {name} = _axis_of[{x}.ndim][{name}]",
    "axis_or_none": "if {name} is not None: {name} = _axis_of[{x}.ndim][{name}]",
    "axes": """
if {name} is not None:
    if type({name}) is int: {name} = _tuple_of[{x}.ndim][{name}]
    else: {name} = _canon_axes({name}, {x})""",
    "axis_or_axes": "{name} = _axis_of[{x}.ndim][{name}]",
    "new_axis": "{name} = _axis_of[{x}.ndim + 1][{name}]",
    "permutation": """
if {name} is None: {name} = _reversed_axes[{x}.ndim]
else: {name} = _canon_permutation({name}, {x})""",
    "shape": """
if type({name}) is tuple:
    for _size in {name}:
        if type(_size) is not int:
            {name} = _canon_shape({name}, {x})
            break
else: {name} = _canon_shape({name}, {x})""",
    "pad_width": "{name} = _canon_pad_width({name}, {x})",
    "tuple_or_int": "if type({name}) is not int: {name} = _canon_tuple_or_int({name}, {x})",
    "repeats": "{name} = _canon_repeats({name}, {x})",
    "dtype": "{name} = _canon_dtype({name}, {x})",
    "dtype_or_none": "if {name} is not None: {name} = _canon_dtype_or_none({name}, {x})",
}
"""The same as source lines for the generated functions, which spare the call where the value is simple."""
