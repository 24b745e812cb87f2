"""Numbers spaced by a factor, and grids of coordinates."""

from typing import Any

from keras_core.ops.creation import linspace
from keras_core.ops.elementwise import where
from keras_core.ops.elementwise_binary import divide, equal, multiply, power
from keras_core.runtime import dtypes
from keras_core.runtime.axes import canonical_axis
from keras_core.runtime.definition import op
from keras_core.runtime.table import active

_ENDS = ("start", "stop")


def _cast(x: Any, dtype: Any) -> Any:
    return x if dtype is None else active().astype(x, dtypes.standardize_dtype(dtype))


@op(tensors=_ENDS, dtype="float")
def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10, dtype: Any = None, axis: int = 0
) -> Any:
    """Return the powers of a base by exponents that are evenly spaced.

    Args:
        start: first exponent; a tensor gives one row an element.
        stop: last exponent.
        num: how many.
        endpoint: whether the power by `stop` is among them.
        base: number or tensor.
        dtype: dtype name; None for the promoted float dtype.
        axis: where the new axis goes.

    Returns:
        Tensor with one more axis than `start`, of size `num`.

    Raises:
        ValueError: for a negative number.

    Example:
        >>> ops.logspace(0.0, 2.0, 3)
        array([  1.,  10., 100.], dtype=float32)
    """
    if num < 0:
        raise ValueError(f"logspace: expected num >= 0, got {num}.")
    return _cast(power(base, linspace(start, stop, num, endpoint, axis=axis)), dtype)


@op(tensors=_ENDS, dtype="float")
def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Any:
    """Return numbers each of which is the one before times a constant factor.

    Args:
        start: first number, not 0; a tensor gives one row an element.
        stop: last number, of the sign of `start`.
        num: how many.
        endpoint: whether `stop` is among them.
        dtype: dtype name; None for the promoted float dtype.
        axis: where the new axis goes.

    Returns:
        Tensor with one more axis than `start`, of size `num`; nan in between for ends of different signs.

    Raises:
        ValueError: for a negative number.

    Example:
        >>> ops.geomspace(1.0, 100.0, 3)
        array([  1.,  10., 100.], dtype=float32)
    """
    if num < 0:
        raise ValueError(f"geomspace: expected num >= 0, got {num}.")
    d = active()
    ratio = divide(stop, start)
    axis = canonical_axis(axis, ratio.ndim + 1)
    zeros, ones = multiply(ratio, 0.0), d.full((), 1, d.dtype_of(ratio))
    exponents = linspace(d.stop_gradient(zeros), ones, num, endpoint, axis=axis)
    first, last = (d.expand_dims(d.broadcast_to(end, d.shape(ratio)), axis) for end in (start, stop))
    values = multiply(first, power(d.expand_dims(ratio, axis), exponents))
    # The power is rounded, but the last number is known.
    return _cast(where(equal(exponents, 1.0), last, values), dtype)


@op(tensors=("*x",))
def meshgrid(*x: Any, indexing: str = "xy") -> list[Any]:
    """Return the coordinates of the points of a grid.

    Args:
        *x: coordinates along each axis: tensors of rank 1, or scalars.
        indexing: `"ij"`: axis `i` of the results is that of argument `i`; `"xy"`: the first two are exchanged.

    Returns:
        List of as many tensors, each of the shape of the grid and its own dtype.

    Raises:
        ValueError: for another indexing, or tensors of higher rank.

    Example:
        >>> [part.tolist() for part in ops.meshgrid([1, 2], [3, 4, 5])]
        [[[1, 2], [1, 2], [1, 2]], [[3, 3], [4, 4], [5, 5]]]
    """
    if indexing not in ("xy", "ij"):
        raise ValueError(f"meshgrid: expected indexing to be 'xy' or 'ij', got {indexing!r}.")
    d = active()
    order = list(range(len(x)))
    if indexing == "xy" and len(x) > 1:
        order[:2] = [1, 0]
    lines: list[Any] = []
    for position, coordinates in enumerate(x):
        if coordinates.ndim > 1:
            raise ValueError(f"meshgrid: expected tensors of rank 1, got shape {tuple(coordinates.shape)}.")
        along = [1] * len(x)
        along[order[position]] = -1
        lines.append(d.reshape(coordinates, tuple(along)))
    sizes = [d.shape(lines[order.index(axis)])[axis] for axis in range(len(x))]
    return [d.broadcast_to(line, tuple(sizes)) for line in lines]
