"""The faulty functions of the mutants, each with one bug."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from keras_core.contract import HostConversion, UnsupportedOpError
from keras_core.runtime.variable import Variable

Functions = Mapping[str, Callable[..., Any]]


def negated_in_place(x: Any) -> Any:
    np.negative(x, out=x)
    return x


def unsupported(own: Functions) -> Functions:
    def raising(name: str) -> Callable[..., Any]:
        def primitive(*args: Any) -> Any:
            raise UnsupportedOpError(name, "mutant", "it cannot")

        return primitive

    return {name: raising(name) for name in own}


class Tensor(np.ndarray):
    """A tensor type of its own, so that a plain array is none."""


def own_tensors(own: HostConversion) -> HostConversion:
    def from_host(array: np.ndarray, dtype: str) -> Any:
        return own.from_host(array, dtype).view(Tensor)

    return replace(own, tensor_type=Tensor, tensor_types=(Tensor,), from_host=from_host, scalar=None, adopt=None)


class BlindTensor(np.ndarray):
    """A tensor whose operator takes a variable for the array that it was at first."""

    def __add__(self, other: Any) -> Any:
        return np.add(self, other.handle if isinstance(other, Variable) else other)


def blind_tensors(own: HostConversion) -> HostConversion:
    def from_host(array: np.ndarray, dtype: str) -> Any:
        return own.from_host(array, dtype).view(BlindTensor)

    return replace(
        own, tensor_type=BlindTensor, tensor_types=(BlindTensor,), from_host=from_host, scalar=None, adopt=None
    )


def zero_gradient(function: Any) -> Any:
    def differentiated(inputs: list[Any]) -> Any:
        value, auxiliary = function(inputs)
        return value, auxiliary, [np.zeros_like(x) for x in inputs]

    return differentiated


def half_gradient(function: Any) -> Any:
    from keras_core import autodiff

    def differentiated(inputs: list[Any]) -> Any:
        value, auxiliary, gradients = autodiff.value_and_grad(function)(inputs)
        return value, auxiliary, [*gradients[:-1], gradients[-1] / 2]

    return differentiated


def detached_gradient(function: Any) -> Any:
    from keras_core import autodiff

    def differentiated(inputs: list[Any]) -> Any:
        value, auxiliary, gradients = autodiff.value_and_grad(function)(inputs)
        return value, auxiliary, [np.zeros_like(gradients[0]), *gradients[1:]]

    return differentiated


def constant_gradient(function: Any) -> Any:
    from keras_core import autodiff
    from keras_core.runtime.table import active

    def differentiated(inputs: list[Any]) -> Any:
        value, auxiliary, gradients = autodiff.value_and_grad(function)(inputs)
        return value, auxiliary, [active().stop_gradient(gradient) for gradient in gradients]

    return differentiated


def backward_jvp(function: Any, primals: list[Any], tangents: list[Any]) -> Any:
    from keras_core import autodiff

    outputs, derivatives = autodiff.jvp(function, primals, tangents)
    return outputs, [-derivative for derivative in derivatives]


def stacked_last(function: Any, in_axes: Any) -> Any:
    from keras_core.runtime import derived

    def mapped(inputs: list[Any]) -> list[Any]:
        return [np.moveaxis(x, 0, -1) for x in derived.vmap(function, in_axes)(inputs)]

    return mapped


def forward_scan(function: Any, carry: list[Any], inputs: list[Any], length: int, reverse: bool) -> Any:
    from keras_core.runtime import derived

    return derived.scan(function, carry, inputs, length, False)


def stale_jit(function: Any, jit_compile: bool, donate: bool) -> Any:
    kept: list[Any] = []

    def compiled(state: Any, inputs: Any) -> Any:
        kept[:] = kept or list(state)
        return function(list(kept), inputs)

    return compiled


def added_one_by_one(own: Functions) -> Functions:
    def added(x: Any, axis: Any, keepdims: bool) -> Any:
        if x.dtype != np.float16 or axis is not None:
            return own["sum"](x, axis, keepdims)
        total = np.cumsum(x, dtype=np.float16)[-1:]
        return total.reshape((1,) * x.ndim if keepdims else ())

    return {"sum": added}


def negated_where_it_lies(x: Any) -> Any:
    return np.negative(x, out=None if x.flags.c_contiguous else x)


def wide_scalars(own: HostConversion) -> HostConversion:
    return replace(
        own, scalar=lambda value, dtype: np.asarray(value, "float32" if dtype == "float16" else own.dtypes[dtype])
    )


def remembering_jit(function: Any, jit_compile: bool, donate: bool) -> Any:
    kept: list[Any] = []

    def compiled(state: Any, inputs: Any) -> Any:
        if not kept:
            kept.append(function(state, inputs))
        return kept[0]

    return compiled


def first_sizes_jit(function: Any, jit_compile: bool, donate: bool) -> Any:
    sizes: list[Any] = []

    def compiled(state: Any, inputs: Any) -> Any:
        sizes[:] = sizes or [x.shape[:1] for x in inputs]
        return function(state, [x[: size[0]] if size else x for x, size in zip(inputs, sizes, strict=True)])

    return compiled


def forgetful_jit(function: Any, jit_compile: bool, donate: bool) -> Any:
    return lambda state, inputs: (function(state, inputs)[0], list(state))


def trace(function: Any, inputs: list[Any]) -> None:
    function(inputs)


def coarse(own: HostConversion) -> HostConversion:
    def to_host(x: Any) -> np.ndarray:
        return own.to_host(x).astype("float16").astype("float32") if x.dtype == "float32" else own.to_host(x)

    return replace(own, to_host=to_host)


def flushing(own: HostConversion) -> HostConversion:
    def from_host(array: np.ndarray, dtype: str) -> Any:
        tiny = (array != 0) & (np.abs(array) < 2.0**-126) if dtype == "float32" else False
        return own.from_host(np.where(tiny, array.dtype.type(0), array), dtype)

    return replace(own, from_host=from_host, adopt=None)


def saturating_add(x1: Any, x2: Any) -> Any:
    result = np.add(x1.astype(np.int64), x2.astype(np.int64)) if x1.dtype == np.int8 else np.add(x1, x2)
    return np.clip(result, -4, 4).astype(np.int8) if x1.dtype == np.int8 else result


def forgiving_add(x1: Any, x2: Any) -> Any:
    try:
        return np.add(x1, x2)
    except ValueError:
        return x1


def away_from_zero(x: Any) -> Any:
    return np.sign(x) * np.floor(np.abs(x) + x.dtype.type(0.5))


def softmax_along_0(x: Any, axis: Any) -> Any:
    powers = np.exp(x - x.max(0, keepdims=True))
    return powers / powers.sum(0, keepdims=True)


def frozen_numbers(shape: Any, dtype: str, seed: Any) -> Any:
    return np.random.default_rng(0).random(shape).astype(dtype)


def wide_numbers(shape: Any, dtype: str, seed: Any) -> Any:
    return (1.3 * np.random.default_rng(np.asarray(seed)).standard_normal(shape)).astype(dtype)


def fresh_numbers(shape: Any, dtype: str, seed: Any) -> Any:
    return np.random.default_rng().random(shape).astype(dtype)


def argmax_of_the_last(x: Any, axis: Any, keepdims: bool) -> Any:
    flat, along = (x.reshape(-1), 0) if axis is None else (x, axis)
    found = flat.shape[along] - 1 - np.argmax(np.flip(flat, along), along)
    if keepdims:
        found = np.reshape(found, (1,) * x.ndim) if axis is None else np.expand_dims(found, along)
    return np.asarray(found, np.int32)


def softmax_that_overflows(x: Any, axis: Any) -> Any:
    powers = np.exp(x)
    return powers / powers.sum(axis, keepdims=True)


def sort_with_nan_first(x: Any, axis: int) -> Any:
    return np.flip(-np.sort(-np.flip(x, axis), axis), axis)


def added_once(x: Any, indices: Any, updates: Any) -> Any:
    result = x.copy()
    result[indices] += updates
    return result


def memory_order(own: HostConversion) -> HostConversion:
    return replace(own, from_host=lambda array, dtype: own.from_host(array.ravel("K").reshape(array.shape), dtype))


def adam_without_correction(
    v: Any, g: Any, m: Any, s: Any, rate: Any, b1: Any, b2: Any, epsilon: Any, step: Any
) -> Any:
    first = [b1 * old + (1 - b1) * gradient for old, gradient in zip(m, g, strict=True)]
    second = [b2 * old + (1 - b2) * gradient**2 for old, gradient in zip(s, g, strict=True)]
    new = [x - rate * f / (np.sqrt(t) + epsilon) for x, f, t in zip(v, first, second, strict=True)]
    return tuple([np.asarray(x, old.dtype) for x, old in zip(part, v, strict=True)] for part in (new, first, second))
