"""Bounds on gradients."""

from typing import Any

from keras_core import ops
from keras_core.losses.reduction import dtype_of

_HALVES = ("float16", "bfloat16")


def _sum_of_squares(gradient: Any) -> Any:
    # The square of a half float soon is too large for one.
    wide = ops.cast(gradient, "float32") if dtype_of(gradient) in _HALVES else gradient
    return ops.sum(ops.square(wide))


def _scaled(gradient: Any, norm: Any, bound: float) -> Any:
    return gradient * ops.cast(bound / ops.maximum(norm, bound), dtype_of(gradient))


def clip_by_norm(gradients: list[Any], bound: float) -> list[Any]:
    """Return gradients, each scaled down to an Euclidean length of at most `bound`."""
    return [_scaled(gradient, ops.sqrt(_sum_of_squares(gradient)), bound) for gradient in gradients]


def clip_by_global_norm(gradients: list[Any], bound: float) -> list[Any]:
    """Return gradients scaled down by one factor, so that all together have a length of at most `bound`."""
    if not gradients:
        return gradients
    total = sum(ops.cast(_sum_of_squares(gradient), "float32") for gradient in gradients)
    norm = ops.sqrt(total)
    return [_scaled(gradient, norm, bound) for gradient in gradients]


def clip_by_value(gradients: list[Any], bound: float) -> list[Any]:
    """Return gradients cut off at `-bound` and `bound`."""
    return [ops.clip(gradient, -bound, bound) for gradient in gradients]
