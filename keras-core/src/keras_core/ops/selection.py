"""Ops that choose among tensors, and those that compare them as sets."""

import operator
from typing import Any

from keras_core.ops.binning import places_in
from keras_core.ops.elementwise import isclose, where
from keras_core.ops.indexing import argsort, take
from keras_core.runtime import dtypes
from keras_core.runtime.definition import op
from keras_core.runtime.table import active


@op(tensors=("x1", "x2"), dtype="float", differentiable=())
def allclose(x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Any:
    """Return whether `|x1 - x2| <= atol + rtol * |x2|` everywhere.

    Args:
        x1: tensor or number.
        x2: tensor or number, of a shape that broadcasts with that of `x1`.
        rtol: relative tolerance.
        atol: absolute tolerance.
        equal_nan: whether nan is close to nan.

    Returns:
        Scalar bool tensor; True of nothing.

    Example:
        >>> bool(ops.allclose([1.0, 2.0], [1.0, 2.1]))
        False
    """
    return active().all(isclose(x1, x2, rtol, atol, equal_nan), None, False)


@op(tensors=("*condlist", "*choicelist"), dtype="branches", differentiable=("choicelist",))
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """Return elements of the first of several tensors whose condition is true.

    Args:
        condlist: list of bool tensors.
        choicelist: list of as many tensors, which broadcast with the conditions.
        default: tensor or number where no condition is true.

    Returns:
        Tensor of the broadcast shape and the promoted dtype of choices and default.

    Raises:
        ValueError: where there are not as many choices as conditions.

    Example:
        >>> ops.select([[True, False, False], [True, True, False]], [[1, 2, 3], [10, 20, 30]], 7)
        array([ 1, 20,  7], dtype=int32)
    """
    if len(condlist) != len(choicelist):
        raise ValueError(
            f"select: expected as many choices as conditions, got {len(choicelist)} and {len(condlist)} of them."
        )
    result = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        result = where(condition, choice, result)
    return result


@op(tensors=("x1", "x2"), dtype="comparison", differentiable=())
def isin(x1: Any, x2: Any, assume_unique: bool = False, invert: bool = False) -> Any:
    """Return whether each element of `x1` is among those of `x2`.

    Args:
        x1: tensor.
        x2: tensor of any shape.
        assume_unique: kept for compatibility; nothing is gained by it here.
        invert: whether the answer is negated.

    Returns:
        Bool tensor of the shape of `x1`; nan is in nothing.

    Example:
        >>> ops.isin([1, 2, 3], [3, 1])
        array([ True, False,  True])
    """
    d = active()
    elements = d.reshape(x2, (-1,))
    size = d.static_shape(elements)[0]
    if size == 0:
        found = d.full(d.shape(x1), False, "bool")
    elif size is None or d.dtype_of(x1) in dtypes.COMPLEX or size < 8:
        found = d.any(d.equal(d.expand_dims(x1, x1.ndim), elements), (x1.ndim,), False)
    else:
        ordered = d.sort(elements, 0)
        places = d.minimum(places_in(ordered, x1, "left"), d.full((), size - 1, "int32"))
        found = d.equal(take(ordered, places), x1)
    return d.logical_not(found) if invert else found


@op(static={"axis": "axis_or_none"}, differentiable=())
def argpartition(x: Any, kth: int, axis: int | None = -1) -> Any:
    """Return int32 indices that put the element of rank `kth` into its place, between smaller and larger ones.

    Args:
        x: tensor of real numbers.
        kth: rank from 0 on; negative ones count from the end.
        axis: which axis; None takes the flattened tensor.

    Returns:
        Tensor of the shape of `x`; here both parts are sorted, and equal elements keep their order.

    Raises:
        ValueError: where there is no such rank.

    Example:
        >>> ops.argpartition([3, 1, 2], 1)
        array([1, 2, 0], dtype=int32)
    """
    d = active()
    flat = d.reshape(x, (-1,)) if axis is None else x
    size = d.static_shape(flat)[0 if axis is None else axis]
    ranks = kth if isinstance(kth, list | tuple) else (kth,)
    for rank in ranks:
        if size is not None and not -size <= operator.index(rank) < size:
            raise ValueError(f"argpartition: argument 'kth' must be in [{-size}, {size}), got {rank}.")
    return argsort(flat, 0 if axis is None else axis)
