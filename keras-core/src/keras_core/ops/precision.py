"""Narrow floats are computed with in float32 where a formula would lose too much of them."""

from typing import Any

from keras_core.runtime.table import active

HALVES = ("float16", "bfloat16")


def widened(x: Any) -> Any:
    """Return float16 and bfloat16 as float32, anything else as it is."""
    d = active()
    return d.astype(x, "float32") if d.dtype_of(x) in HALVES else x


def as_dtype(x: Any, dtype: str) -> Any:
    """Return `x` in a dtype, itself where it has it."""
    d = active()
    return x if d.dtype_of(x) == dtype else d.astype(x, dtype)
