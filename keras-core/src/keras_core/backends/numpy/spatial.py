"""Convolution by matrix products of unfolded windows, and pooling one axis after the other."""

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from keras_core.backends.numpy.host import WIDE
from keras_core.backends.numpy.quiet import quiet

Array = Any
Pads = tuple[tuple[int, int], ...]

_COLUMNS_AT_A_TIME = 1 << 20
"""Elements of unfolded windows that are in memory together: a few megabytes, which caches hold."""


def _pad(x: Array, padding: Pads, fill: Any) -> Array:
    if not any(low or high for low, high in padding):
        return x
    shape = tuple(low + size + high for size, (low, high) in zip(x.shape, padding, strict=True))
    padded = np.full(shape, fill, x.dtype)
    padded[tuple(slice(low, low + size) for size, (low, _) in zip(x.shape, padding, strict=True))] = x
    return padded


def _windows(x: Array, sizes: tuple[int, ...], strides: tuple[int, ...], dilation: tuple[int, ...]) -> Array:
    """Return the view `(batch, *outputs, *window, channels)` of channels-last inputs."""
    spatial = x.shape[1:-1]
    outputs = tuple(
        max(0, (extent - (size - 1) * rate - 1) // stride + 1)
        for extent, size, stride, rate in zip(spatial, sizes, strides, dilation, strict=True)
    )
    steps = x.strides[1:-1]
    return as_strided(
        x,
        (x.shape[0], *outputs, *sizes, x.shape[-1]),
        (
            x.strides[0],
            *(step * stride for step, stride in zip(steps, strides, strict=True)),
            *(step * rate for step, rate in zip(steps, dilation, strict=True)),
            x.strides[-1],
        ),
        writeable=False,
    )


def _product(windows: Array, kernel: Array, groups: int) -> Array:
    """Return `(batch, *outputs, out_channels)` for windows and the kernel."""
    rank = kernel.ndim - 2
    outputs, window = windows.shape[: rank + 1], windows.shape[rank + 1 : -1]
    channels, filters = kernel.shape[-2], kernel.shape[-1]
    rows, columns = prod(outputs), prod(window) * channels
    if groups == 1:
        return (windows.reshape(rows, columns) @ kernel.reshape(columns, filters)).reshape(*outputs, filters)
    split = windows.reshape(rows, prod(window), groups, channels).transpose(2, 0, 1, 3)
    weights = kernel.reshape(columns, groups, filters // groups).transpose(1, 0, 2)
    product = split.reshape(groups, rows, columns) @ weights
    return product.transpose(1, 0, 2).reshape(*outputs, filters)


def _depthwise(windows: Array, kernel: Array) -> Array:
    """Return the same where each input channel is a group: sums over the few positions of the window, no matrices."""
    rank = kernel.ndim - 2
    multiplier = kernel.shape[-1] // windows.shape[-1]
    weights = kernel.reshape(*kernel.shape[:rank], windows.shape[-1], multiplier)
    result = np.zeros((*windows.shape[: rank + 1], windows.shape[-1], multiplier), kernel.dtype)
    for position in np.ndindex(*kernel.shape[:rank]):
        patch = windows[(..., *position, slice(None))]
        result += patch[..., None] * weights[position]
    return result.reshape(*windows.shape[: rank + 1], kernel.shape[-1])


def _conv(
    inputs: Array,
    kernel: Array,
    strides: tuple[int, ...],
    padding: Pads | str,
    data_format: str,
    dilation_rate: tuple[int, ...],
) -> Array:
    dtype = inputs.dtype
    x = inputs if data_format == "channels_last" else np.moveaxis(inputs, 1, -1)
    wide = WIDE.get(dtype)
    if wide is not None:
        x, kernel = x.astype(wide), kernel.astype(wide)
    x = _pad(np.ascontiguousarray(x), ((0, 0), *padding, (0, 0)), 0)
    groups = x.shape[-1] // kernel.shape[-2]
    windows = _windows(x, kernel.shape[:-2], strides, dilation_rate)
    if not windows.size:
        result = np.zeros((*windows.shape[: kernel.ndim - 1], kernel.shape[-1]), x.dtype)
    elif groups > 1 and kernel.shape[-2] == 1:
        result = _depthwise(windows, kernel)
    else:
        batch = max(1, _COLUMNS_AT_A_TIME // prod(windows.shape[1:]))
        parts = [_product(windows[i : i + batch], kernel, groups) for i in range(0, len(windows), batch)]
        result = parts[0] if len(parts) == 1 else np.concatenate(parts)
    result = result.astype(dtype, copy=False)
    return result if data_format == "channels_last" else np.moveaxis(result, -1, 1)


def _pool(x: Array, combine: np.ufunc, sizes: tuple[int, ...], strides: tuple[int, ...], first: int) -> Array:
    """Combine the elements of each window: along one axis after the other, by a few whole-array operations."""
    for axis, (size, stride) in enumerate(zip(sizes, strides, strict=True), first):
        count = max(0, (x.shape[axis] - size) // stride + 1)
        index: list[Any] = [slice(None)] * x.ndim
        result = None
        for offset in range(size):
            index[axis] = slice(offset, offset + (count - 1) * stride + 1 if count else offset, stride)
            part = x[tuple(index)]
            result = part.copy() if result is None else combine(result, part, out=result)
        x = result
    return x


def _arranged(inputs: Array, padding: Pads, data_format: str, fill: Any) -> tuple[Array, int]:
    first = 1 if data_format == "channels_last" else 2
    pads = (((0, 0),) * first + tuple(padding) + ((0, 0),))[: inputs.ndim]
    return _pad(inputs, pads, fill), first


def _max_pool(
    inputs: Array, pool_size: tuple[int, ...], strides: tuple[int, ...], padding: Pads | str, data_format: str
) -> Array:
    dtype = inputs.dtype
    lowest = np.iinfo(dtype).min if dtype.kind in "iu" else -np.inf
    x, first = _arranged(inputs, padding, data_format, lowest)
    return _pool(x, np.maximum, pool_size, strides, first)


def _average_pool(
    inputs: Array, pool_size: tuple[int, ...], strides: tuple[int, ...], padding: Pads | str, data_format: str
) -> Array:
    dtype = inputs.dtype
    if dtype.kind in "iub":
        return NotImplemented
    wide = WIDE.get(dtype, dtype)
    x, first = _arranged(inputs.astype(wide, copy=False), padding, data_format, 0)
    total = _pool(x, np.add, pool_size, strides, first)
    spatial = inputs.shape[first : first + len(pool_size)]
    counts, _ = _arranged(
        np.ones((*(1,) * first, *spatial, *(1,) * (x.ndim - first - len(spatial))), wide), padding, data_format, 0
    )
    np.divide(total, _pool(counts, np.add, pool_size, strides, first), out=total)
    return total.astype(dtype, copy=False)


KERNELS: dict[str, Callable[..., Any]] = {
    "conv": quiet(_conv),
    "max_pool": quiet(_max_pool),
    "average_pool": quiet(_average_pool),
}
"""Native kernels by op name."""
