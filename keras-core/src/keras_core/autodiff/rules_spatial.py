"""VJP rules of the kernels of convolution and pooling, in terms of the same kernels."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from keras_core.autodiff.rule import Rule, constant, general, kernel_or_composite, swap, zeros_like
from keras_core.autodiff.rules_shape import pad_along, slice_along, spread_along, unslice
from keras_core.runtime.table import DispatchTable, host_dtype

Tensor = Any
Pads = Sequence[tuple[int, int]]
Sizes = tuple[int, ...]

_LAST = "channels_last"


def _channels_last(table: DispatchTable, x: Tensor, data_format: str) -> Tensor:
    return x if data_format == _LAST else table.permute_dims(x, (0, *range(2, x.ndim), 1))


def _restore(table: DispatchTable, x: Tensor, data_format: str) -> Tensor:
    return x if data_format == _LAST else table.permute_dims(x, (0, x.ndim - 1, *range(1, x.ndim - 1)))


def _spread_and_fit(
    table: DispatchTable, x: Tensor, axis: int, step: int, low: int, size: int
) -> tuple[Tensor, tuple[int, int]]:
    """Spread `x` along an axis, and return the pads with which it has `size` positions, the first element at `low`."""
    x = spread_along(table, x, axis, step)
    length = table.shape(x)[axis]
    high = size - low - length
    if low < 0 or high < 0:
        x = slice_along(table, x, axis, max(-low, 0), length + min(high, 0))
    return x, (max(low, 0), max(high, 0))


def _conv_inputs(
    table: DispatchTable,
    gradient: Tensor,
    _result: Tensor,
    inputs: Tensor,
    kernel: Tensor,
    strides: Sizes,
    padding: Pads,
    data_format: str,
    dilation_rate: Sizes,
) -> Tensor:
    # The gradient, spread by the strides, convolved with the kernel turned round.
    if 0 in table.static_shape(gradient):
        return zeros_like(table, inputs)
    count = len(strides)
    sizes = table.shape(inputs)[1:-1] if data_format == _LAST else table.shape(inputs)[2:]
    channels = table.shape(inputs)[-1 if data_format == _LAST else 1]
    *kernel_sizes, group_channels, filters = table.shape(kernel)
    groups = channels // group_channels
    turned = table.flip(kernel, tuple(range(count)))
    if groups > 1:
        split = table.reshape(turned, (*kernel_sizes, group_channels, groups, filters // groups))
        split = table.permute_dims(split, (*range(count), count + 2, count + 1, count))
        turned = table.reshape(split, (*kernel_sizes, filters // groups, channels))
    else:
        turned = swap(table, turned)
    spread = _channels_last(table, gradient, data_format)
    pads = []
    for axis in range(count):
        reach = (kernel_sizes[axis] - 1) * dilation_rate[axis]
        low = reach - padding[axis][0]
        spread, pad = _spread_and_fit(table, spread, axis + 1, strides[axis], low, sizes[axis] + reach)
        pads.append(pad)
    found = kernel_or_composite(table, "conv", spread, turned, (1,) * count, tuple(pads), _LAST, dilation_rate)
    return _restore(table, found, data_format)


def _conv_kernel(
    table: DispatchTable,
    gradient: Tensor,
    _result: Tensor,
    inputs: Tensor,
    kernel: Tensor,
    strides: Sizes,
    padding: Pads,
    data_format: str,
    dilation_rate: Sizes,
) -> Tensor:
    # The inputs convolved with the gradient, batch and channels changing places, and strides and dilation too.
    if 0 in table.static_shape(gradient):
        return zeros_like(table, kernel)
    count = len(strides)
    inputs = _channels_last(table, inputs, data_format)
    gradient = _channels_last(table, gradient, data_format)
    batch, *sizes, channels = table.shape(inputs)
    *kernel_sizes, group_channels, _filters = table.shape(kernel)
    groups = channels // group_channels
    spatial = range(1, count + 1)
    if groups > 1:
        split = table.reshape(inputs, (batch, *sizes, groups, group_channels))
        split = table.permute_dims(split, (count + 2, *spatial, count + 1, 0))
        inputs = table.reshape(split, (group_channels, *sizes, groups * batch))
    else:
        inputs = table.permute_dims(inputs, (count + 1, *spatial, 0))
    window = table.permute_dims(gradient, (*spatial, 0, count + 1))
    found = kernel_or_composite(table, "conv", inputs, window, dilation_rate, padding, _LAST, strides)
    for axis, size in enumerate(kernel_sizes):
        if table.shape(found)[axis + 1] > size:
            found = slice_along(table, found, axis + 1, 0, size)
    return table.permute_dims(found, (*spatial, 0, count + 1))


def _max_pool(
    table: DispatchTable,
    gradient: Tensor,
    result: Tensor,
    inputs: Tensor,
    pool_size: Sizes,
    strides: Sizes,
    padding: Pads,
    data_format: str,
) -> Tensor:
    # The first of equal elements gets the gradient of its window.
    first = 1 if data_format == _LAST else 2
    padded = inputs
    for axis, (low, high) in enumerate(padding, first):
        padded = pad_along(table, padded, axis, low, high, -math.inf)
    shape, sizes, ndim = table.shape(padded), table.shape(result), inputs.ndim
    step = [1] * ndim
    step[first : first + len(strides)] = strides
    zero = constant(table, 0, gradient)
    total = found = None
    for offset in itertools.product(*map(range, pool_size)):
        start = [0] * ndim
        start[first : first + len(offset)] = offset
        stop = tuple(low + (size - 1) * by + 1 for low, size, by in zip(start, sizes, step, strict=True))
        hits = table.equal(table.slice(padded, tuple(start), stop, tuple(step)), result)
        if found is None:
            found = hits
        else:
            hits = table.logical_and(hits, table.logical_not(found))
            found = table.logical_or(found, hits)
        part = unslice(table, table.where(hits, gradient, zero), shape, start, step)
        total = part if total is None else table.add(total, part)
    for axis, (low, high) in enumerate(padding, first):
        if low or high:
            total = slice_along(table, total, axis, low, shape[axis] - high)
    return total


def _average_pool(
    table: DispatchTable,
    gradient: Tensor,
    _result: Tensor,
    inputs: Tensor,
    pool_size: Sizes,
    strides: Sizes,
    padding: Pads,
    data_format: str,
) -> Tensor:
    # Each element gets its share from all windows that hold it: again a pool, of the shares spread by the strides.
    if 0 in table.static_shape(gradient):
        return zeros_like(table, inputs)
    first = 1 if data_format == _LAST else 2
    sizes, count = table.shape(inputs), len(pool_size)
    shares = table.divide(gradient, _window_counts(table, gradient, sizes, pool_size, strides, padding, first))
    for axis, (pool, step, (low, _high)) in enumerate(zip(pool_size, strides, padding, strict=True), first):
        shares, pad = _spread_and_fit(table, shares, axis, step, pool - 1 - low, sizes[axis] + pool - 1)
        shares = pad_along(table, shares, axis, *pad)
    pads = ((0, 0),) * count
    mean = kernel_or_composite(table, "average_pool", shares, pool_size, (1,) * count, pads, data_format)
    return table.multiply(mean, constant(table, math.prod(pool_size), mean))


def _window_counts(
    table: DispatchTable, like: Tensor, sizes: Sizes, pool_size: Sizes, strides: Sizes, padding: Pads, first: int
) -> Tensor:
    """Return how many elements that are no padding each window holds, to broadcast with the result."""
    counts = np.ones((1,) * like.ndim)
    for axis, (pool, step, (low, _high)) in enumerate(zip(pool_size, strides, padding, strict=True), first):
        starts = np.arange(like.shape[axis]) * step - low
        held = np.minimum(starts + pool, sizes[axis]) - np.maximum(starts, 0)
        counts = counts * held.reshape([-1 if other == axis else 1 for other in range(like.ndim)])
    dtype = table.dtype_of(like)
    return table.from_host(counts.astype(host_dtype(dtype)), dtype)


def _explicit_conv(_inputs: Tensor, _kernel: Tensor, _strides: Sizes, padding: Any, *_rest: Any) -> bool:
    return not isinstance(padding, str)


def _explicit_pool(_inputs: Tensor, _pool_size: Sizes, _strides: Sizes, padding: Any, *_rest: Any) -> bool:
    return not isinstance(padding, str)


RULES: Final[dict[str, Rule]] = {
    "conv": replace(general(_conv_inputs, _conv_kernel), accepts=_explicit_conv),
    "max_pool": replace(general(_max_pool), accepts=_explicit_pool),
    "average_pool": replace(general(_average_pool), accepts=_explicit_pool),
}
