"""Images cut into blocks and put together again, and pooling to a given size."""

import math
from typing import Any

import numpy as np

from keras_core.ops.convolution import window
from keras_core.ops.image_shapes import along_axis
from keras_core.ops.rearranging import rearrange_axes
from keras_core.ops.shaping import pad
from keras_core.runtime import config
from keras_core.runtime.conversion import to_tensor
from keras_core.runtime.definition import op
from keras_core.runtime.table import active


def _shape(x: Any) -> tuple[Any, ...]:
    return tuple(active().static_shape(x))


def _check_block(name: str, x: Any, block_size: int) -> None:
    if x.ndim != 4 or block_size < 1:
        raise ValueError(f"{name}: expected images of rank 4 and block_size >= 1, got {_shape(x)} and {block_size}.")


@op()
def space_to_depth(x: Any, block_size: int, data_format: str = "channels_last") -> Any:
    """Return images in which blocks of places have become channels.

    Args:
        x: tensor of shape `(batch, height, width, channels)`, or `(batch, channels, height, width)`.
        block_size: side of a block; it divides height and width.
        data_format: `"channels_last"` or `"channels_first"`.

    Returns:
        Tensor with `block_size ** 2` times as many channels: for `"channels_last"` those of one place are neighbours,
        for `"channels_first"` the places of one channel are.

    Raises:
        ValueError: where the block size does not divide height and width.

    Example:
        >>> ops.space_to_depth(ops.ones((1, 4, 4, 3)), 2).shape
        (1, 2, 2, 12)
    """
    _check_block("space_to_depth", x, block_size)
    data_format = config.standardize_data_format(data_format)
    spatial = _shape(x)[1:3] if data_format == "channels_last" else _shape(x)[2:]
    if any(size is not None and size % block_size for size in spatial):
        raise ValueError(
            f"space_to_depth: block_size {block_size} must divide height and width, got shape {_shape(x)}."
        )
    pattern = (
        "b (h i) (w j) c -> b h w (i j c)" if data_format == "channels_last" else "b c (h i) (w j) -> b (c i j) h w"
    )
    return rearrange_axes(x, pattern, (("i", block_size), ("j", block_size)))


@op()
def depth_to_space(x: Any, block_size: int, data_format: str = "channels_last") -> Any:
    """Return images in which channels have become blocks of places; the inverse of `space_to_depth`.

    Args:
        x: tensor of shape `(batch, height, width, channels)`, or `(batch, channels, height, width)`.
        block_size: side of a block; its square divides the channels.
        data_format: `"channels_last"` or `"channels_first"`.

    Returns:
        Tensor with `block_size` times the height and width.

    Raises:
        ValueError: where the square of the block size does not divide the channels.

    Source:
        Shi et al., 2016, https://arxiv.org/abs/1609.05158.

    Example:
        >>> ops.depth_to_space(ops.ones((1, 2, 2, 12)), 2).shape
        (1, 4, 4, 3)
    """
    _check_block("depth_to_space", x, block_size)
    data_format = config.standardize_data_format(data_format)
    channels = _shape(x)[-1 if data_format == "channels_last" else 1]
    if channels is None or channels % block_size**2:
        raise ValueError(
            f"depth_to_space: the square of block_size {block_size} must divide the channels, got shape {_shape(x)}."
        )
    pattern = (
        "b h w (i j c) -> b (h i) (w j) c" if data_format == "channels_last" else "b (c i j) h w -> b c (h i) (w j)"
    )
    return rearrange_axes(x, pattern, (("i", block_size), ("j", block_size)))


# Windows of images, channels first in each window ---------------------------------------------------------------------


def _pair(value: Any, name: str, least: int = 1) -> tuple[int, int]:
    values = tuple(value) if isinstance(value, list | tuple) else (value, value)
    if len(values) != 2 or min(values) < least:
        raise ValueError(f"argument '{name}' must be an int or a pair of ints, at least {least}, got {value!r}.")
    return values


def _prepare_unfold(args: list[Any]) -> list[Any]:
    """Make sizes pairs and check the rank."""
    x, kernel_size, dilation, padding, stride = args
    if x.ndim != 4:
        raise ValueError(f"expected images of shape (batch, channels, height, width), got {_shape(x)}.")
    sizes = _pair(kernel_size, "kernel_size"), _pair(dilation, "dilation"), _pair(padding, "padding", 0)
    _counts(_shape(x)[2:], *sizes, _pair(stride, "stride"))
    return [x, *sizes, _pair(stride, "stride")]


def _counts(sizes: Any, kernel: Any, dilation: Any, padding: Any, stride: Any) -> tuple[int, ...]:
    """Return how many windows there are along each spatial axis."""
    if None in sizes:
        raise ValueError(f"height and width must be known, got {tuple(sizes)}.")
    counts = tuple(
        (n + 2 * p - (k - 1) * r - 1) // s + 1
        for n, k, r, p, s in zip(sizes, kernel, dilation, padding, stride, strict=True)
    )
    if min(counts) < 1:
        raise ValueError(f"a window of kernel_size {kernel} does not fit into the padded size of {tuple(sizes)}.")
    return counts


@op(prepare=_prepare_unfold)
def unfold(x: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    """Return the elements that a window sees at each of its places.

    Args:
        x: tensor of shape `(batch, channels, height, width)`.
        kernel_size: int or pair of ints: size of the window.
        dilation: int or pair of ints: distance of the elements that the window sees.
        padding: int or pair of ints: zeros at both ends of height and width.
        stride: int or pair of ints: steps of the window.

    Returns:
        Tensor of shape `(batch, channels * window, places)`.

    Raises:
        ValueError: where the window does not fit.

    Example:
        >>> ops.unfold(ops.ones((1, 3, 4, 4)), 2).shape
        (1, 12, 9)
    """
    d = active()
    rows, columns = _counts(_shape(x)[2:], kernel_size, dilation, padding, stride)
    batch, channels = d.shape(x)[:2]
    x = pad(x, ((0, 0), (0, 0), *((p, p) for p in padding)))
    views: list[Any] = []
    for i in range(kernel_size[0]):
        for j in range(kernel_size[1]):
            first, left = i * dilation[0], j * dilation[1]
            stop = first + (rows - 1) * stride[0] + 1, left + (columns - 1) * stride[1] + 1
            view = d.slice(x, (0, 0, first, left), (None, None, *stop), (1, 1, *stride))
            views.append(d.reshape(view, (batch, channels, 1, rows * columns)))
    return d.reshape(d.concat(views, 2), (batch, channels * len(views), rows * columns))


def _prepare_fold(args: list[Any]) -> list[Any]:
    """Make sizes pairs and check the shape."""
    x, output_size, kernel_size, dilation, padding, stride = args
    sizes = _pair(output_size, "output_size"), _pair(kernel_size, "kernel_size"), _pair(dilation, "dilation")
    rest = _pair(padding, "padding", 0), _pair(stride, "stride")
    shape = _shape(x)
    expected = math.prod(_counts(sizes[0], *sizes[1:], *rest))
    if x.ndim != 3 or shape[2] not in (None, expected) or (shape[1] or 0) % math.prod(sizes[1]):
        raise ValueError(
            f"expected a tensor of shape (batch, a multiple of {math.prod(sizes[1])}, {expected}), got {shape}."
        )
    return [x, *sizes, *rest]


@op(prepare=_prepare_fold)
def fold(x: Any, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    """Return images to which the windows are added at their places; the transpose of `unfold`.

    Args:
        x: tensor of shape `(batch, channels * window, places)`.
        output_size: int or pair of ints: height and width of the images.
        kernel_size: int or pair of ints: size of the window.
        dilation: int or pair of ints: distance of the elements of the window.
        padding: int or pair of ints: what is cut off at both ends of height and width.
        stride: int or pair of ints: steps of the window.

    Returns:
        Tensor of shape `(batch, channels, *output_size)`.

    Raises:
        ValueError: where the shape does not fit.

    Example:
        >>> ops.fold(ops.ones((1, 4, 4)), 3, 2)[0, 0]
        array([[1., 2., 1.],
               [2., 4., 2.],
               [1., 2., 1.]], dtype=float32)
    """
    d = active()
    counts = _counts(output_size, kernel_size, dilation, padding, stride)
    batch, window_size = d.shape(x)[0], math.prod(kernel_size)
    channels = _shape(x)[1] // window_size  # pyright: ignore[reportOptionalOperand]
    x = d.reshape(x, (batch, channels, window_size, *counts))
    wide = [n + 2 * p for n, p in zip(output_size, padding, strict=True)]
    total = None
    for place in range(window_size):
        i, j = divmod(place, kernel_size[1])
        part = d.squeeze(d.slice(x, (0, 0, place, 0, 0), (None, None, place + 1, None, None), (1,) * 5), (2,))
        for axis, first, size in ((2, i * dilation[0], wide[0]), (3, j * dilation[1], wide[1])):
            part = _spaced(part, axis, stride[axis - 2], first, size)
        total = part if total is None else d.add(total, part)
    (top, left), (height, width) = padding, output_size
    return d.slice(total, (0, 0, top, left), (None, None, top + height, left + width), (1,) * 4)


def _spaced(x: Any, axis: int, stride: int, first: int, size: int) -> Any:
    """Return zeros of a size along an axis, with the elements of `x` from `first` on, one every `stride` places."""
    d = active()
    sizes = list(d.shape(x))
    count = sizes[axis]
    after = [(0, 0)] * (x.ndim - axis - 1)
    x = pad(d.expand_dims(x, axis + 1), (*((0, 0),) * (axis + 1), (0, stride - 1), *after))
    sizes[axis] = count * stride
    x = d.reshape(x, tuple(sizes))
    stop = [None] * x.ndim
    stop[axis] = (count - 1) * stride + 1
    x = d.slice(x, (0,) * x.ndim, tuple(stop), (1,) * x.ndim)
    return pad(x, (*((0, 0),) * axis, (first, size - first - (count - 1) * stride - 1), *after))


# Pooling to a given size -------------------------------------------------------------------------------------------


def _prepare_adaptive(args: list[Any]) -> list[Any]:
    """Check shapes and make sizes and data format canonical."""
    inputs, output_size, data_format = args
    data_format = config.standardize_data_format(data_format)
    if inputs.ndim < 3:
        raise ValueError(f"expected inputs of rank 3 to 5, got shape {_shape(inputs)}.")
    output_size = window(output_size, inputs.ndim - 2, "output_size")
    first = 1 if data_format == "channels_last" else 2
    spatial = _shape(inputs)[first : first + len(output_size)]
    if None in spatial or 0 in spatial:
        raise ValueError(f"the spatial sizes of inputs must be known and not 0, got shape {_shape(inputs)}.")
    return [inputs, output_size, data_format]


def _bounds(size: int, count: int) -> list[tuple[int, int]]:
    """Return where each of `count` windows, which cover an axis evenly, begins and ends."""
    return [(i * size // count, -(-(i + 1) * size // count)) for i in range(count)]


@op(tensors=("inputs",), dtype="float", prepare=_prepare_adaptive)
def adaptive_average_pool(inputs: Any, output_size: Any, data_format: Any = None) -> Any:
    """Return the means of windows that are chosen so that the result has a given size.

    Args:
        inputs: tensor of shape `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`; integers become
            `floatx`.
        output_size: int or tuple of ints: the spatial sizes of the result. Window `i` of `m` over `n` places goes from
            `floor(i * n / m)` to `ceil((i + 1) * n / m)`.
        data_format: `"channels_last"`, `"channels_first"` or None for the default.

    Returns:
        Tensor of the rank of `inputs`.

    Raises:
        ValueError: for unknown spatial sizes.

    Example:
        >>> ops.adaptive_average_pool(ops.reshape(ops.arange(5.0), (1, 5, 1)), 3)[0, :, 0]
        array([0.5, 2. , 3.5], dtype=float32)
    """
    d = active()
    dtype = d.dtype_of(inputs)
    first = 1 if data_format == "channels_last" else 2
    x = inputs
    for axis, count in enumerate(output_size, first):
        size = _shape(x)[axis]
        weights = np.zeros((size, count))  # pyright: ignore[reportArgumentType]
        for place, (start, stop) in enumerate(_bounds(size, count)):  # pyright: ignore[reportArgumentType]
            weights[start:stop, place] = 1 / (stop - start)
        x = along_axis(x, axis, to_tensor(d, weights, dtype))
    return x


@op(tensors=("inputs",), prepare=_prepare_adaptive)
def adaptive_max_pool(inputs: Any, output_size: Any, data_format: Any = None) -> Any:
    """Return the maxima of windows that are chosen so that the result has a given size.

    Args:
        inputs: tensor of shape `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        output_size: int or tuple of ints: the spatial sizes of the result. Window `i` of `m` over `n` places goes from
            `floor(i * n / m)` to `ceil((i + 1) * n / m)`.
        data_format: `"channels_last"`, `"channels_first"` or None for the default.

    Returns:
        Tensor of the rank and dtype of `inputs`.

    Raises:
        ValueError: for unknown spatial sizes.

    Example:
        >>> ops.adaptive_max_pool(ops.reshape(ops.arange(5.0), (1, 5, 1)), 3)[0, :, 0]
        array([1., 3., 4.], dtype=float32)
    """
    d = active()
    first = 1 if data_format == "channels_last" else 2
    x = inputs
    for axis, count in enumerate(output_size, first):
        bounds = _bounds(_shape(x)[axis], count)  # pyright: ignore[reportArgumentType]
        width = max(stop - start for start, stop in bounds)
        # A shorter window sees its last element more than once.
        places = [min(start + step, stop - 1) for start, stop in bounds for step in range(width)]
        sizes = d.shape(x)
        seen = d.take(x, to_tensor(d, places, "int32"), axis)
        x = d.max(d.reshape(seen, (*sizes[:axis], count, width, *sizes[axis + 1 :])), (axis + 1,), False)
    return x
