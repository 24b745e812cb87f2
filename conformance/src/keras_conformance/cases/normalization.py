"""Normalization, attention and the losses that are ops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from scipy import special

from keras_conformance.case import FLOATS, WIDE_FLOATS, Arguments, Case, Draw, Sample, args, host_dtype
from keras_conformance.cases.common import array, fails, with_nan, zeros

_WITHOUT = {"zero_d": "it works along an axis"}
_EPSILON = 1e-7


def _moments(x: Any, axes: Any, keepdims: bool = False, synchronized: bool = False) -> Any:
    return np.mean(x, axes, keepdims=keepdims), np.var(x, axes, keepdims=keepdims)


def _batch(
    x: Any, mean: Any, variance: Any, axis: int, offset: Any = None, scale: Any = None, epsilon: float = 1e-3
) -> Any:
    shape = [1] * x.ndim
    shape[axis] = -1
    result = (x - mean.reshape(shape)) / np.sqrt(variance.reshape(shape) + epsilon)
    result = result if scale is None else result * scale.reshape(shape)
    return result if offset is None else result + offset.reshape(shape)


def _spread(parameter: Any, axis: Any, ndim: int, sizes: Any) -> Any:
    axes = {a % ndim for a in (axis if isinstance(axis, list | tuple) else (axis,))}
    return parameter.reshape([sizes[i] if i in axes else 1 for i in range(ndim)])


def _layer(x: Any, gamma: Any = None, beta: Any = None, axis: Any = -1, epsilon: float | None = None) -> Any:
    axis = tuple(axis) if isinstance(axis, list) else axis
    centered = x - x.mean(axis, keepdims=True)
    result = centered / np.sqrt(x.var(axis, keepdims=True) + (_EPSILON if epsilon is None else epsilon))
    result = result if gamma is None else result * _spread(gamma, axis, x.ndim, x.shape)
    return result if beta is None else result + _spread(beta, axis, x.ndim, x.shape)


def _rms(x: Any, scale: Any = None, axis: Any = -1, epsilon: float | None = None) -> Any:
    result = x / np.sqrt((x * x).mean(axis, keepdims=True) + (_EPSILON if epsilon is None else epsilon))
    return result if scale is None else result * _spread(scale, axis, x.ndim, x.shape)


def _normalize(x: Any, axis: Any = -1, order: Any = 2, epsilon: float | None = None) -> Any:
    size = np.sum(np.abs(x) ** order, axis, keepdims=True) ** (1 / order)
    return x / np.maximum(size, _EPSILON if epsilon is None else epsilon)


def _statistics(x: tuple[int, ...], n: int, axis: int, named: tuple[str, ...] = (), **rest: Any) -> Sample:
    def sample(d: Draw) -> Arguments:
        more = {name: d.array((n,), 0.5, 2) for name in named}
        return args(d.array(x), d.array((n,)), d.array((n,), 0.5, 2), axis, **more, **rest)

    return sample


def _scaled(x: tuple[int, ...], named: dict[str, tuple[int, ...]], **rest: Any) -> Sample:
    return lambda d: args(d.array(x), **{name: d.array(shape, 0.5, 2) for name, shape in named.items()}, **rest)


# attention ---------------------------------------------------------------------------------------------------------


def _attention(
    query: Any,
    key: Any,
    value: Any,
    bias: Any = None,
    mask: Any = None,
    scale: float | None = None,
    is_causal: bool = False,
    flash_attention: Any = None,
    attn_logits_soft_cap: float | None = None,
) -> Any:
    groups = query.shape[2] // key.shape[2]
    key, value = np.repeat(key, groups, 2), np.repeat(value, groups, 2)
    logits = np.einsum("bqhd,bkhd->bhqk", query, key) * (query.shape[-1] ** -0.5 if scale is None else scale)
    if attn_logits_soft_cap is not None:
        logits = attn_logits_soft_cap * np.tanh(logits / attn_logits_soft_cap)
    logits = logits if bias is None else logits + bias
    if mask is not None:
        logits = np.where(mask, logits, -1e30)
    if is_causal:
        logits = np.where(np.tril(np.ones(logits.shape[-2:], bool)), logits, -1e30)
    return np.einsum("bhqk,bkhd->bqhd", special.softmax(logits, -1), value)


def _attended(queries: int = 4, keys: int = 4, heads: int = 2, key_heads: int = 2, **named: Any) -> Sample:
    def sample(d: Draw) -> Arguments:
        drawn = {name: value(d) if callable(value) else value for name, value in named.items()}
        shapes = (2, queries, heads, 8), (2, keys, key_heads, 8), (2, keys, key_heads, 8)
        return args(*(d.array(shape, -1, 1) for shape in shapes), **drawn)

    return sample


def _mask(d: Draw) -> Any:
    mask = d.bools((2, 1, 4, 4))
    mask[..., 0] = True  # a query that sees no key is the business of another sample
    return mask


def _blind(d: Draw) -> Any:
    mask = np.ones((2, 1, 4, 4), bool)
    mask[0, 0, 1] = False
    return mask


# losses ------------------------------------------------------------------------------------------------------------


def _probabilities(output: Any, axis: int) -> Any:
    return np.log(np.clip(output / output.sum(axis, keepdims=True), _EPSILON, 1 - _EPSILON))


def _categorical(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    logarithm = special.log_softmax(output, axis) if from_logits else _probabilities(output, axis)
    return -np.sum(target * logarithm, axis)


def _sparse(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    target = target.squeeze(axis) if target.ndim == output.ndim else target
    logarithm = special.log_softmax(output, axis) if from_logits else _probabilities(output, axis)
    return -np.take_along_axis(logarithm, np.expand_dims(target, axis), axis).squeeze(axis)


def _binary(target: Any, output: Any, from_logits: bool = False) -> Any:
    if from_logits:
        return np.logaddexp(0, output) - output * target
    output = np.clip(output, _EPSILON, 1 - _EPSILON)
    return -target * np.log(output) - (1 - target) * np.log(1 - output)


def _targets(d: Draw, *shape: int) -> Any:
    x = d.array(shape, 0.1, 1, dtype="float64")
    return (x / x.sum(-1, keepdims=True)).astype(host_dtype(d.dtype))


def _classes(low: float, high: float, **named: Any) -> Sample:
    return lambda d: args(_targets(d, 4, 3), d.array((4, 3), low, high), **named)


def _labelled(
    shape: tuple[int, ...], target: tuple[int, ...], low: float, high: float, dtype: str = "int32", **named: Any
) -> Sample:
    return lambda d: args(d.integers(target, 0, 3, dtype), d.array(shape, low, high), **named)


def _certain(**named: Any) -> Sample:
    def sample(d: Draw) -> Arguments:
        return args(np.array([[1, 0], [0, 1]], d.dtype), np.array([[1, 0], [1, 0]], d.dtype), **named)

    return sample


def _case(name: str, oracle: Callable[..., Any], *samples: Sample, **changes: Any) -> Case:
    return Case(
        name=name, oracle=oracle, samples=samples,
        **{"dtypes": FLOATS, "without": _WITHOUT, "tolerance": 4, **changes},
    )  # fmt: skip


def _mismatch(name: str) -> Any:
    return fails(lambda: args(zeros(2, 3), zeros(2, 4)), ValueError, f"{name}: target and output must have one shape")


OPS: Final = (
    _case(
        "moments",
        _moments,
        array(3, 4, rest=(1,)),
        array(3, 4, rest=((0, 1),)),
        array(2, 3, 4, rest=((0, -1),), keepdims=True),
        out=("same", "same"),
        nonfinite=with_nan(3, 4, rest=(1,)),
        empty=array(0, 4, rest=(1,)),
        errors=(fails(lambda: args(zeros(2, 3), 2), ValueError, "argument 'axis' must be in [-2, 2)"),),
    ),
    _case(
        "batch_normalization",
        _batch,
        _statistics((4, 3), 3, -1, ("offset", "scale")),
        _statistics((2, 3, 4), 3, 1),
        _statistics((2, 3, 4), 4, -1, ("scale",), epsilon=0.1),
        _statistics((2, 3, 4), 4, 2, ("offset",)),
        nonfinite=lambda d: Arguments((with_nan(4, 3)(d).positional[0], d.array((3,)), d.array((3,), 0.5, 2), -1)),
        empty=_statistics((0, 3), 3, -1),
        errors=(
            fails(lambda: args(zeros(2, 3), zeros(3), zeros(3), 2), ValueError, "batch_normalization: argument 'axis'"),
        ),
    ),
    _case(
        "layer_normalization",
        _layer,
        _scaled((4, 6), {"gamma": (6,), "beta": (6,)}),
        _scaled((4, 6), {}),
        _scaled((2, 3, 4), {"gamma": (3, 4)}, axis=(1, 2), epsilon=1e-3),
        _scaled((2, 3, 4), {"beta": (3,)}, axis=1),
        nonfinite=with_nan(3, 4),
        empty=array(0, 4),
        errors=(fails(lambda: args(zeros(2, 3), axis=2), ValueError, "layer_normalization: argument 'axis'"),),
    ),
    _case(
        "rms_normalization",
        _rms,
        _scaled((4, 6), {"scale": (6,)}),
        _scaled((4, 6), {}),
        _scaled((2, 3, 4), {"scale": (3,)}, axis=1, epsilon=1e-3),
        nonfinite=with_nan(3, 4),
        empty=array(0, 4),
        errors=(fails(lambda: args(zeros(2, 3), axis=2), ValueError, "rms_normalization: argument 'axis'"),),
    ),
    _case(
        "normalize",
        _normalize,
        array(4, 6),
        array(4, 6, axis=0, order=3),
        array(4, 6, order=1),
        lambda d: args(np.zeros((2, 3)).astype(host_dtype(d.dtype))),
        nonfinite=with_nan(3, 4),
        empty=array(0, 4),
    ),
    _case(
        "dot_product_attention",
        _attention,
        _attended(),
        _attended(3, 5, 4, 2),
        _attended(is_causal=True),
        _attended(mask=_mask),
        _attended(bias=lambda d: d.array((2, 2, 4, 4), -1, 1)),
        _attended(scale=0.7, attn_logits_soft_cap=2.0),
        _attended(mask=_blind, is_causal=True),
        empty=lambda d: args(d.array((0, 4, 2, 8)), d.array((0, 4, 2, 8)), d.array((0, 4, 2, 8))),
        without={**_WITHOUT, "nonfinite": "its parts are checked"},
        errors=(fails(lambda: args(*[zeros(2, 3, 4)] * 3), ValueError, "dot_product_attention: expected query, key"),),
    ),
    _case(
        "categorical_crossentropy",
        _categorical,
        _classes(-3, 3, from_logits=True),
        _classes(0.1, 1),
        lambda d: args(_targets(d, 2, 3, 4), d.array((2, 3, 4), -3, 3), from_logits=True, axis=1),
        nonfinite=_certain(),
        empty=lambda d: args(d.array((0, 3)), d.array((0, 3), 0.1, 1)),
        dtypes=("bfloat16", *WIDE_FLOATS),
        errors=(_mismatch("categorical_crossentropy"),),
    ),
    _case(
        "sparse_categorical_crossentropy",
        _sparse,
        _labelled((4, 3), (4,), -3, 3, from_logits=True),
        _labelled((4, 3), (4,), 0.1, 1),
        _labelled((4, 3), (4, 1), 0.1, 1, "int64"),
        _labelled((2, 3, 4), (2, 4), -3, 3, from_logits=True, axis=1),
        nonfinite=lambda d: args(np.array([0, 1], np.int32), np.array([[1, 0], [1, 0]], d.dtype)),
        empty=_labelled((0, 3), (0,), 0.1, 1),
        dtypes=("bfloat16", *WIDE_FLOATS),
        errors=(
            fails(
                lambda: args(np.zeros((2, 3), np.int32), zeros(2, 4)),
                ValueError,
                "sparse_categorical_crossentropy: target of shape (2, 3) does not fit",
            ),
        ),
    ),
    _case(
        "binary_crossentropy",
        _binary,
        lambda d: args(d.array((4, 3), 0, 1), d.array((4, 3)), from_logits=True),
        lambda d: args(d.array((4, 3), 0, 1), d.array((4, 3), 0.1, 0.9)),
        # Not a certain 1 for a target of 0: 1 - epsilon is rounded in float32.
        nonfinite=lambda d: args(np.array([1, 0, 1], d.dtype), np.array([1, 0, 0], d.dtype)),
        empty=lambda d: args(d.array((0, 3)), d.array((0, 3), 0.1, 0.9)),
        zero_d=lambda d: args(d.array((), 0, 1), d.array((), 0.1, 0.9)),
        dtypes=WIDE_FLOATS,
        without={},
        errors=(_mismatch("binary_crossentropy"),),
    ),
)
PRIMITIVES: Final = ()
