"""Convolution and pooling."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from keras_conformance.case import FLOATS, INTEGERS, Arguments, Case, Draw, Sample, args, floating
from keras_conformance.cases.common import fails, zeros

_WITHOUT = {"zero_d": "it needs spatial axes"}


def _tuple(value: Any, rank: int) -> tuple[int, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,) * rank


def _pads(padding: Any, sizes: Any, window: Any, strides: Any) -> list[tuple[int, int]]:
    """Return the padding: for `"same"` the output has `ceil(size / stride)` elements, the odd one goes behind."""
    if not isinstance(padding, str):
        return list(padding)
    if padding == "valid":
        return [(0, 0)] * len(sizes)
    totals = [max((math.ceil(n / s) - 1) * s + w - n, 0) for n, w, s in zip(sizes, window, strides, strict=True)]
    return [(total // 2, total - total // 2) for total in totals]


def _windows(x: Any, window: Any, strides: Any, dilation: Any) -> Any:
    """Yield each output position with what its window sees; `x` is channels-last and padded."""
    spans = [(w - 1) * d + 1 for w, d in zip(window, dilation, strict=True)]
    counts = [(n - span) // s + 1 for n, span, s in zip(x.shape[1:-1], spans, strides, strict=True)]
    for place in itertools.product(*map(range, counts)):
        cut = tuple(
            slice(p * s, p * s + span, d) for p, s, span, d in zip(place, strides, spans, dilation, strict=True)
        )
        yield counts, place, x[(slice(None), *cut)]


def _conv(
    inputs: Any, kernel: Any, strides: Any = 1, padding: Any = "valid", data_format: Any = None, dilation_rate: Any = 1
) -> Any:
    inputs, kernel = inputs.astype(np.float64), kernel.astype(np.float64)
    rank = inputs.ndim - 2
    strides, dilation = _tuple(strides, rank), _tuple(dilation_rate, rank)
    x = np.moveaxis(inputs, 1, -1) if data_format == "channels_first" else inputs
    spans = [(w - 1) * d + 1 for w, d in zip(kernel.shape[:-2], dilation, strict=True)]
    x = np.pad(x, ((0, 0), *_pads(padding, x.shape[1:-1], spans, strides), (0, 0)))
    groups = x.shape[-1] // kernel.shape[-2]
    outputs = []
    for group in range(groups):
        width, filters = kernel.shape[-2], kernel.shape[-1] // groups
        part = kernel[..., group * filters : (group + 1) * filters]
        result: Any = None
        for counts, place, seen in _windows(
            x[..., group * width : (group + 1) * width], kernel.shape[:-2], strides, dilation
        ):
            if result is None:
                result = np.zeros((x.shape[0], *counts, filters))
            result[(slice(None), *place)] = np.tensordot(seen, part, rank + 1)
        outputs.append(result)
    joined = np.concatenate(outputs, -1)
    return np.moveaxis(joined, -1, 1) if data_format == "channels_first" else joined


def _mean(seen: Any, axes: Any) -> Any:
    inside = np.sum(~np.isneginf(seen), axes)  # minus infinity marks the padding, which does not count
    return np.where(np.isneginf(seen), 0, seen).sum(axes) / inside


def _pool(reduce: Callable[..., Any]) -> Callable[..., Any]:
    def oracle(
        inputs: Any, pool_size: Any, strides: Any = None, padding: Any = "valid", data_format: Any = None
    ) -> Any:
        x = inputs.astype(np.float64)
        rank = x.ndim - 2
        pool_size = _tuple(pool_size, rank)
        strides = pool_size if strides is None else _tuple(strides, rank)
        x = np.moveaxis(x, 1, -1) if data_format == "channels_first" else x
        x = np.pad(x, ((0, 0), *_pads(padding, x.shape[1:-1], pool_size, strides), (0, 0)), constant_values=-np.inf)
        result: Any = None
        for counts, place, seen in _windows(x, pool_size, strides, (1,) * rank):
            if result is None:
                result = np.zeros((x.shape[0], *counts, x.shape[-1]))
            result[(slice(None), *place)] = reduce(seen, tuple(range(1, rank + 1)))
        return np.moveaxis(result, -1, 1) if data_format == "channels_first" else result

    return oracle


def _filtered(shape: tuple[int, ...], kernel: tuple[int, ...], **named: Any) -> Sample:
    return lambda d: args(d.array(shape, -2, 2), d.array(kernel, -2, 2), **named)


def _nan_in_one_window(d: Draw) -> Arguments:
    x = d.array((1, 6, 2))
    x[0, 0, 0] = np.nan
    return args(x, d.array((2, 2, 3)))


def _pooled(shape: tuple[int, ...], *rest: Any, **named: Any) -> Sample:
    return lambda d: args(d.distinct(shape), *rest, **named)


def _pooled_nan(d: Draw) -> Arguments:
    x = d.array((1, 6, 1))
    x[0, 0, 0], x[0, 2, 0] = np.nan, np.inf
    return args(x, 2)


def _pooling(name: str, oracle: Callable[..., Any], dtypes: tuple[str, ...], out: Any) -> Case:
    return Case(
        name=name,
        oracle=oracle,
        samples=(
            _pooled((2, 5, 6, 2), 2),
            _pooled((1, 7, 2), 3, 2, "same"),
            _pooled((1, 5, 5, 1), (2, 3), 1, "same"),
            _pooled((1, 2, 5, 4), 2, data_format="channels_first"),
            _pooled((1, 4, 4, 4, 1), 2, strides=(1, 2, 2)),
        ),
        dtypes=dtypes,
        out=out,
        tolerance=2,
        nonfinite=_pooled_nan,
        empty=_pooled((0, 4, 2), 2),
        without=_WITHOUT,
        errors=(
            fails(lambda: args(zeros(2, 3), 2), ValueError, f"{name}: expected inputs of rank 3 to 5"),
            fails(lambda: args(zeros(1, 4, 1), 0), ValueError, f"{name}: argument 'pool_size' must be a positive int"),
            fails(lambda: args(zeros(1, 4, 1), 2, padding="full"), ValueError, f"{name}: argument 'padding' must be"),
        ),
    )


OPS: Final = (
    Case(
        name="conv",
        oracle=_conv,
        samples=(
            _filtered((2, 5, 6, 3), (3, 2, 3, 4), padding="same"),
            _filtered((2, 7, 2), (3, 2, 3)),
            _filtered((1, 6, 7, 2), (3, 3, 2, 2), strides=2, padding="same"),
            _filtered((1, 5, 6, 2), (2, 2, 2, 3), strides=(2, 1)),
            _filtered((1, 2, 5, 6), (3, 2, 2, 4), padding="same", data_format="channels_first"),
            _filtered((1, 8, 2), (3, 2, 3), dilation_rate=2, padding="same"),
            _filtered((2, 6, 4), (3, 2, 4), padding="valid"),
            _filtered((1, 5, 5, 3), (2, 2, 1, 6), padding="same"),
            _filtered((1, 4, 4, 4, 2), (2, 2, 2, 2, 3)),
            _filtered((1, 5, 2), (2, 2, 3), padding=((1, 2),)),
        ),
        dtypes=(*FLOATS, "int32"),
        out=floating,
        tolerance=8,
        nonfinite=_nan_in_one_window,
        empty=_filtered((0, 5, 2), (3, 2, 3)),
        without=_WITHOUT,
        errors=(
            fails(lambda: args(zeros(1, 4, 3), zeros(2, 2, 1)), ValueError, "conv: the kernel of shape (2, 2, 1)"),
            fails(lambda: args(zeros(1, 4, 1), zeros(2, 1, 1), padding="full"), ValueError, "conv: argument 'padding'"),
            fails(lambda: args(zeros(4, 1), zeros(2, 1)), ValueError, "conv: expected inputs of rank 3 to 5"),
            fails(
                lambda: args(zeros(1, 4, 1), zeros(2, 1, 1), strides=0), ValueError, "conv: argument 'strides' must be"
            ),
        ),
    ),
    _pooling("max_pool", _pool(np.max), (*FLOATS, "int32", INTEGERS[0]), "same"),
    _pooling("average_pool", _pool(_mean), FLOATS, "same"),
)
PRIMITIVES: Final = ()
