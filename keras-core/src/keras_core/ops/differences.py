"""Differences of neighbours, and integrals of sampled functions."""

import operator
from typing import Any

from keras_core.ops.elementwise_binary import add, multiply
from keras_core.ops.reduction import sum as sum_
from keras_core.runtime.axes import canonical_axis
from keras_core.runtime.definition import op
from keras_core.runtime.table import active


def _ends_off(x: Any, axis: int) -> tuple[Any, Any]:
    """Return `x` without the last and without the first element along an axis."""
    d = active()
    size = d.static_shape(x)[axis]
    steps, whole = (1,) * x.ndim, (None,) * x.ndim
    start = tuple(int(position == axis) for position in range(x.ndim))
    later = d.slice(x, start, whole, steps)
    if size is None:  # the end cannot be counted, but it can be turned to the front
        return d.flip(d.slice(d.flip(x, (axis,)), start, whole, steps), (axis,)), later
    stop = (*whole[:axis], max(size - 1, 0), *whole[axis + 1 :])
    return d.slice(x, (0,) * x.ndim, stop, steps), later


@op(tensors=("a",), static={"axis": "axis"})
def diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    """Return the differences of neighbours along an axis.

    Args:
        a: tensor; of bools it is whether neighbours differ.
        n: how many times differences are taken.
        axis: which axis.

    Returns:
        Tensor whose axis is shorter by `n`.

    Raises:
        ValueError: for a negative `n`.

    Example:
        >>> ops.diff([1, 4, 9, 16])
        array([3, 5, 7], dtype=int32)
    """
    if operator.index(n) < 0:
        raise ValueError(f"diff: expected n >= 0, got {n}.")
    d = active()
    for _ in range(n):
        earlier, later = _ends_off(a, axis)
        a = d.not_equal(later, earlier) if d.dtype_of(a) == "bool" else d.subtract(later, earlier)
    return a


@op(tensors=("y", "x"), dtype="float", static={"axis": "axis"})
def trapezoid(y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> Any:
    """Return the integral along an axis of a function that is linear between samples.

    Args:
        y: tensor: the function at sample points; integers become `floatx`.
        x: tensor of the shape of `y`, or of rank 1 and as long as the axis: the sample points; None for evenly spaced
            ones.
        dx: the spacing, where `x` is None.
        axis: which axis.

    Returns:
        Tensor without the axis.

    Example:
        >>> float(ops.trapezoid([1.0, 2.0, 3.0]))
        4.0
    """
    d = active()
    earlier, later = _ends_off(y, axis)
    if x is None:
        return multiply(sum_(add(earlier, later), axis), dx / 2)
    if x.ndim == 1:
        left, right = _ends_off(x, 0)
        width = d.reshape(d.subtract(right, left), tuple(-1 if position == axis else 1 for position in range(y.ndim)))
    else:
        left, right = _ends_off(x, canonical_axis(axis - y.ndim, x.ndim))
        width = d.subtract(right, left)
    return multiply(sum_(multiply(width, add(earlier, later)), axis), 0.5)
