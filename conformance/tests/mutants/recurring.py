"""Bugs that one named case each is there for: values where a shortcut through another dtype or formula goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .planted import NUMPY_KERNELS, Mutant


def through_float32(function: Callable[..., Any], dtype: str) -> Callable[..., Any]:
    """Return a function that computes one dtype in float32."""

    def call(x1: Any, x2: Any) -> Any:
        if x1.dtype != dtype:
            return function(x1, x2)
        narrow = [x.astype(np.float32).astype(np.int64) for x in (x1, x2)]
        return function(*narrow).astype(dtype)

    return call


def naive_logaddexp(x1: Any, x2: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.log(np.exp(x1) + np.exp(x2))


def careless_abs(x: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.sqrt(x.real * x.real + x.imag * x.imag) if x.dtype.kind == "c" else np.abs(x)


def narrow_sum(own: Callable[..., Any]) -> Callable[..., Any]:
    """Return a sum that adds 32-bit integers in 8 bits, as a sum of int8 without widening would."""

    def call(x: Any, axis: Any, keepdims: bool) -> Any:
        return own(x.astype(np.int8), axis, keepdims).astype(x.dtype) if x.dtype == np.int32 else own(x, axis, keepdims)

    return call


def narrow_mean(x: Any, axis: Any, keepdims: bool) -> Any:
    if x.dtype != np.float16:
        return NUMPY_KERNELS["mean"](x, axis, keepdims)
    flat, total = x.reshape(-1), np.float16(0)
    for element in flat:  # one after the other, each sum rounded
        total = np.float16(total + element)
    return np.asarray(total / np.float16(flat.size))


def one_pass_variance(x: Any, axis: Any, keepdims: bool) -> Any:
    return (x * x).mean(axis, keepdims=keepdims) - x.mean(axis, keepdims=keepdims) ** 2


def mean_with_padding(x: Any, size: Any, strides: Any, padding: Any, data_format: str) -> Any:
    if isinstance(padding, str):
        return NotImplemented
    first = 1 if data_format == "channels_last" else 2
    widths = [(0, 0)] * x.ndim
    widths[first : first + len(size)] = padding
    unpadded = ((0, 0),) * len(size)
    return NUMPY_KERNELS["average_pool"](np.pad(x, widths), size, strides, unpadded, data_format)


def _is_float(x: Any) -> bool:
    return x.dtype.kind == "f"


MUTANTS: dict[str, Mutant] = {
    "log1p by log": Mutant(
        (("recurring", "eager", "log1p_of_tiny_arguments"), ("recurring", "compiled", "log1p_of_tiny_arguments")),
        lambda own: {"log1p": lambda x: np.log(x + x.dtype.type(1))},
    ),
    "expm1 by exp": Mutant(
        (("recurring", "eager", "expm1_of_tiny_arguments"), ("recurring", "eager", "expm1_of_tiny_float64")),
        lambda own: {"expm1": lambda x: np.exp(x) - x.dtype.type(1)},
    ),
    "logaddexp overflows": Mutant(
        (("recurring", "eager", "logaddexp_near_overflow"), ("recurring", "eager", "logaddexp_of_large_arguments")),
        kernels={"logaddexp": naive_logaddexp},
    ),
    "complex magnitude overflows": Mutant(
        (
            ("recurring", "eager", "complex_absolute_near_overflow"),
            ("recurring", "eager", "complex_absolute_near_underflow"),
        ),
        lambda own: {"abs": careless_abs},
    ),
    "int64 products through float32": Mutant(
        (("recurring", "eager", "int64_multiply_is_exact"),),
        lambda own: {"multiply": through_float32(np.multiply, "int64")},
    ),
    "int32 products through float32": Mutant(
        (("recurring", "eager", "int32_multiply_is_exact"),),
        lambda own: {"multiply": lambda x, y: np.multiply(x.astype("f4"), y.astype("f4")).astype(x.dtype)},
    ),
    "int64 bits through float32": Mutant(
        (("recurring", "eager", "int64_bitwise_xor_is_exact"), ("recurring", "compiled", "int64_bitwise_xor_is_exact")),
        lambda own: {"bitwise_xor": through_float32(np.bitwise_xor, "int64")},
    ),
    "int8 sums wrap": Mutant(
        (("recurring", "eager", "int8_sum_does_not_wrap"),), lambda own: {"sum": narrow_sum(own["sum"])}
    ),
    "float16 means in float16": Mutant(
        (("recurring", "eager", "float16_mean_of_many"), ("recurring", "eager", "float16_mean_does_not_overflow")),
        kernels={"mean": narrow_mean},
    ),
    "variance in one pass": Mutant(
        (("recurring", "eager", "var_far_from_zero"), ("recurring", "eager", "std_far_from_zero")),
        kernels={"var": one_pass_variance},
    ),
    "average pooling counts padding": Mutant(
        (
            ("recurring", "eager", "average_pool_same_leaves_padding_out"),
            ("recurring", "eager", "average_pool_of_ones_is_one"),
        ),
        kernels={"average_pool": mean_with_padding},
    ),
    "indices below range count from the end": Mutant(
        (("recurring", "eager", "take_of_an_array_out_of_range"),),
        lambda own: {"take": lambda x, indices, axis: x.take(indices, axis)},
    ),
    "indices out of range are clipped": Mutant(
        (("recurring", "eager", "take_of_an_array_out_of_range"),),
        lambda own: {"take": lambda x, indices, axis: x.take(indices, axis, mode="clip")},
    ),
    "maximum of mixed dtypes in the first": Mutant(
        (("recurring", "eager", "maximum_promotes_float32_float64"),),
        lambda own: {"maximum": lambda x, y: np.maximum(x, y).astype("float32") if _is_float(x) else np.maximum(x, y)},
    ),
    "square root loses the sign of zero": Mutant(
        (("recurring", "eager", "sqrt_of_minus_zero"),), lambda own: {"sqrt": lambda x: np.sqrt(np.where(x == 0, 0, x))}
    ),
}
"""Bug by name."""
