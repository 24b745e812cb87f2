"""Which keys each query of an attention sees."""

from __future__ import annotations

from typing import Any

from keras_core import ops
from keras_core.runtime.keras_tensor import KerasTensor


def joined(*masks: Any) -> Any:
    """Return what is True in all of several bool masks that broadcast; those that are None do not count."""
    result = None
    for mask in masks:
        if mask is not None:
            result = mask if result is None else ops.logical_and(result, mask)
    return result


def as_bool(mask: Any) -> Any:
    """Return a mask of any dtype as one of bools, None as it is."""
    return None if mask is None else ops.cast(mask, "bool")


def near(queries: Any, keys: Any, causal: bool, window: int | None) -> Any:
    """Return which keys are near enough to which queries, by their positions.

    Args:
        queries: number of queries, an int, a scalar tensor, or None while shapes are inferred.
        keys: number of keys.
        causal: whether a query sees no key that comes after it.
        window: a query sees keys that are less than this many steps away; None for all.

    Returns:
        Bool tensor of shape `(queries, keys)`; None where all are near.
    """
    if not causal and window is None:
        return None
    if queries is None or keys is None:
        return KerasTensor((queries, keys), "bool")
    rows = ops.expand_dims(ops.arange(queries, dtype="int32"), 1)
    columns = ops.expand_dims(ops.arange(keys, dtype="int32"), 0)
    distance = ops.subtract(rows, columns)
    seen = ops.greater_equal(distance, 0) if causal else None
    if window is None:
        return seen
    return joined(seen, ops.less(ops.absolute(distance), window))


def product(sizes: tuple[Any, ...]) -> Any:
    """Return the product of sizes, None where one is not known."""
    result: Any = 1
    for size in sizes:
        result = None if size is None or result is None else result * size
    return result
