"""Convolution and pooling."""

import math
import operator
from typing import Any

from keras_core.runtime import config, dtypes
from keras_core.runtime.definition import op
from keras_core.runtime.table import active


def window(value: Any, rank: int, name: str) -> tuple[int, ...]:
    """Return one int an axis.

    Args:
        value: int, or tuple of `rank` ints.
        rank: number of spatial axes.
        name: name of the argument, for the error.

    Raises:
        ValueError: where it is neither, or an int is below 1.
    """
    values = tuple(value) if isinstance(value, list | tuple) else (value,) * rank
    try:
        sizes = tuple(map(operator.index, values))
    except TypeError:
        sizes = ()
    if len(sizes) != rank or min(sizes, default=1) < 1:
        raise ValueError(f"argument '{name}' must be a positive int or a tuple of {rank} of them, got {value!r}.")
    return sizes


def explicit_padding(
    padding: Any,
    sizes: tuple[int | None, ...],
    kernel: tuple[int, ...],
    strides: tuple[int, ...],
    dilation: tuple[int, ...],
) -> Any:
    """Return `(low, high)` an axis for `"valid"`, `"same"` or `"causal"`.

    With strides above 1 `"same"` depends on the size; where that is unknown the string itself is returned.

    Raises:
        ValueError: for anything else.
    """
    if isinstance(padding, list | tuple):
        return tuple((int(low), int(high)) for low, high in padding)
    name = str(padding).lower()
    if name == "valid":
        return ((0, 0),) * len(kernel)
    spans = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
    if name == "causal":
        return tuple((span - 1, 0) for span in spans)
    if name != "same":
        raise ValueError(f"argument 'padding' must be 'valid', 'same' or pairs of ints, got {padding!r}.")
    pairs: list[tuple[int, int]] = []
    for size, span, stride in zip(sizes, spans, strides, strict=True):
        if stride == 1:
            total = span - 1
        elif size is None:
            return "same"
        else:
            total = max((math.ceil(size / stride) - 1) * stride + span - size, 0)
        pairs.append((total // 2, total - total // 2))
    return tuple(pairs)


def output_size(size: int | None, kernel: int, stride: int, pair: Any, dilation: int) -> int | None:
    """Return the size of one spatial axis after a window has passed over it."""
    if size is None:
        return None
    if pair is None:
        return math.ceil(size / stride)
    return (size + pair[0] + pair[1] - (kernel - 1) * dilation - 1) // stride + 1


def _spatial(x: Any, data_format: str) -> tuple[int | None, ...]:
    sizes = active().static_shape(x)
    return tuple(sizes[1:-1] if data_format == "channels_last" else sizes[2:])


def _to_channels_last(x: Any) -> Any:
    return active().permute_dims(x, (0, *range(2, x.ndim), 1))


def _to_channels_first(x: Any) -> Any:
    return active().permute_dims(x, (0, x.ndim - 1, *range(1, x.ndim - 1)))


def _padded(x: Any, padding: Any, value: float) -> Any:
    """Pad the spatial axes of a channels-last tensor."""
    from keras_core.ops.shaping import pad

    if not any(low or high for low, high in padding):
        return x
    return pad(x, ((0, 0), *padding, (0, 0)), "constant", value)


def _windows(x: Any, kernel: tuple[int, ...], strides: tuple[int, ...], dilation: tuple[int, ...]) -> list[Any]:
    """Return, for each position of the window, the elements that all windows see there (channels-last, padded)."""
    d = active()
    sizes = d.static_shape(x)[1:-1]
    counts = [output_size(n, k, s, (0, 0), r) for n, k, s, r in zip(sizes, kernel, strides, dilation, strict=True)]
    views: list[Any] = []
    for flat in range(math.prod(kernel)):
        offsets: list[int] = []
        rest = flat
        for size in reversed(kernel):
            offsets.insert(0, rest % size)
            rest //= size
        start = [offset * rate for offset, rate in zip(offsets, dilation, strict=True)]
        stop = [
            None if count is None else first + (count - 1) * stride + 1
            for first, count, stride in zip(start, counts, strides, strict=True)
        ]
        views.append(d.slice(x, (0, *start, 0), (None, *stop, None), (1, *strides, 1)))
    if None in counts:
        views = _equally_long(views)
    return views


def _equally_long(views: list[Any]) -> list[Any]:
    # Where a size is only known when the graph runs, all views are cut to that of the last, the shortest.
    d = active()
    if d.is_symbolic:
        return [views[-1]] * len(views)
    sizes = d.shape(views[-1])
    for axis in range(1, len(sizes) - 1):
        if not isinstance(sizes[axis], int):
            places = d.arange(0, sizes[axis], 1, "int32")
            views = [d.take(view, places, axis) for view in views]
    return views


def _conv_infer(
    inputs: Any, kernel: Any, strides: Any = 1, padding: Any = "valid", data_format: Any = None, dilation_rate: Any = 1
) -> Any:
    from keras_core.runtime.keras_tensor import KerasTensor

    sizes = _spatial(inputs, data_format)
    pairs = padding if isinstance(padding, tuple) else (None,) * len(sizes)
    spatial = [
        output_size(n, k, s, pair, r)
        for n, k, s, pair, r in zip(sizes, kernel.shape[:-2], strides, pairs, dilation_rate, strict=True)
    ]
    channels = (kernel.shape[-1],)
    if data_format == "channels_last":
        return KerasTensor((inputs.shape[0], *spatial, *channels), inputs.dtype)
    return KerasTensor((inputs.shape[0], *channels, *spatial), inputs.dtype)


def _prepare_conv(args: list[Any]) -> list[Any]:
    """Check shapes, and make strides, padding, data format and dilation canonical."""
    inputs, kernel, strides, padding, data_format, dilation_rate = args
    data_format = config.standardize_data_format(data_format)
    rank = inputs.ndim - 2
    if rank < 1 or kernel.ndim != inputs.ndim:
        raise ValueError(
            f"expected inputs of rank 3 to 5 and a kernel of the same rank, got shapes "
            f"{_shape(inputs)} and {_shape(kernel)}."
        )
    strides = window(strides, rank, "strides")
    dilation_rate = window(dilation_rate, rank, "dilation_rate")
    if max(strides) > 1 and max(dilation_rate) > 1:
        raise ValueError(f"strides above 1 and dilation above 1 exclude each other, got {strides}, {dilation_rate}.")
    sizes = _shape(kernel)
    channels = _shape(inputs)[-1 if data_format == "channels_last" else 1]
    if channels is not None and (channels % sizes[-2] or sizes[-1] % (channels // sizes[-2])):
        raise ValueError(
            f"the kernel of shape {sizes} takes a divisor of the input channels and makes a multiple of the groups; "
            f"inputs have {channels} channels ({data_format}, shape {_shape(inputs)})."
        )
    pairs = explicit_padding(padding, _spatial(inputs, data_format), sizes[:-2], strides, dilation_rate)
    _check_fits(inputs, data_format, sizes[:-2], pairs, dilation_rate)
    return [inputs, kernel, strides, pairs, data_format, dilation_rate]


def _check_fits(inputs: Any, data_format: str, size: Any, pairs: Any, dilation: Any) -> None:
    """Refuse a window that is larger than the padded inputs; some frameworks would return a tensor without elements."""
    if pairs == "same":
        return
    facts = zip(_spatial(inputs, data_format), size, pairs, dilation, strict=True)
    if any(n is not None and output_size(n, k, 1, pair, rate) < 1 for n, k, pair, rate in facts):  # pyright: ignore
        raise ValueError(f"the window of size {tuple(size)} is larger than the padded input of shape {_shape(inputs)}.")


def _shape(x: Any) -> tuple[Any, ...]:
    return tuple(active().static_shape(x))


@op(tensors=("inputs", "kernel"), dtype="float", infer=_conv_infer, prepare=_prepare_conv)
def conv(
    inputs: Any, kernel: Any, strides: Any = 1, padding: Any = "valid", data_format: Any = None, dilation_rate: Any = 1
) -> Any:
    """Return the convolution (cross-correlation) of 1 to 3 spatial axes.

    Args:
        inputs: tensor of shape `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        kernel: tensor of shape `(*window, channels // groups, filters)`.
        strides: int or tuple of ints: steps of the window.
        padding: `"valid"` (none), `"same"` (output size = input size / stride, rounded up), or pairs of ints.
        data_format: `"channels_last"`, `"channels_first"` or None for the default.
        dilation_rate: int or tuple of ints: distance of the elements that the window sees.

    Returns:
        Tensor of shape `(batch, *spatial, filters)`, or with the filters at axis 1.

    Raises:
        ValueError: where shapes do not fit.

    Example:
        >>> ops.conv(ops.ones((1, 4, 1)), ops.ones((2, 1, 1)))[0, :, 0]
        array([2., 2., 2.], dtype=float32)
    """
    d = active()
    if padding == "same":
        raise ValueError("conv: padding 'same' with strides needs known spatial sizes on this backend.")
    x = inputs if data_format == "channels_last" else _to_channels_last(inputs)
    sizes = _shape(kernel)
    views = _windows(_padded(x, padding, 0), sizes[:-2], strides, dilation_rate)  # pyright: ignore[reportArgumentType]
    groups = (_shape(x)[-1] or sizes[-2]) // sizes[-2]  # pyright: ignore[reportOperatorIssue]
    if groups == 1:
        patches = d.concat(views, x.ndim - 1)
        result = d.matmul(patches, d.reshape(kernel, (-1, sizes[-1])))
    else:
        result = d.concat(
            [_one_group(views, kernel, group, sizes[-2], sizes[-1] // groups) for group in range(groups)],  # pyright: ignore
            x.ndim - 1,
        )
    return result if data_format == "channels_last" else _to_channels_first(result)


def _one_group(views: list[Any], kernel: Any, group: int, width: int, filters: int) -> Any:
    d = active()
    last = kernel.ndim - 1
    none, zero, one = (None,) * last, (0,) * last, (1,) * kernel.ndim
    part = d.slice(kernel, (*zero, group * filters), (*none, (group + 1) * filters), one)
    cut = [d.slice(view, (*zero, group * width), (*none, (group + 1) * width), one) for view in views]
    return d.matmul(d.concat(cut, last), d.reshape(part, (-1, filters)))


def _prepare_pool(args: list[Any]) -> list[Any]:
    inputs, pool_size, strides, padding, data_format = args
    data_format = config.standardize_data_format(data_format)
    rank = inputs.ndim - 2
    if rank < 1:
        raise ValueError(f"expected inputs of rank 3 to 5, got shape {_shape(inputs)}.")
    pool_size = window(pool_size, rank, "pool_size")
    strides = pool_size if strides is None else window(strides, rank, "strides")
    pairs = explicit_padding(padding, _spatial(inputs, data_format), pool_size, strides, (1,) * rank)
    _check_fits(inputs, data_format, pool_size, pairs, (1,) * rank)
    return [inputs, pool_size, strides, pairs, data_format]


def _pool_infer(inputs: Any, pool_size: Any, strides: Any, padding: Any, data_format: str) -> Any:
    from keras_core.runtime.keras_tensor import KerasTensor

    sizes = _spatial(inputs, data_format)
    pairs = padding if isinstance(padding, tuple) else (None,) * len(sizes)
    spatial = [output_size(n, k, s, pair, 1) for n, k, s, pair in zip(sizes, pool_size, strides, pairs, strict=True)]
    if data_format == "channels_last":
        return KerasTensor((inputs.shape[0], *spatial, inputs.shape[-1]), inputs.dtype)
    return KerasTensor((*inputs.shape[:2], *spatial), inputs.dtype)


def _pool(inputs: Any, pool_size: Any, strides: Any, padding: Any, data_format: str, combine: Any, value: float) -> Any:
    if padding == "same":
        raise ValueError("pooling: padding 'same' with strides needs known spatial sizes on this backend.")
    x = inputs if data_format == "channels_last" else _to_channels_last(inputs)
    views = _windows(_padded(x, padding, value), pool_size, strides, (1,) * len(pool_size))
    result = views[0]
    for view in views[1:]:
        result = combine(result, view)
    return result if data_format == "channels_last" else _to_channels_first(result)


@op(tensors=("inputs",), dtype="keep", infer=_pool_infer, prepare=_prepare_pool)
def max_pool(inputs: Any, pool_size: Any, strides: Any = None, padding: Any = "valid", data_format: Any = None) -> Any:
    """Return the largest element of each window over the spatial axes.

    Args:
        inputs: tensor of shape `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        pool_size: int or tuple of ints: size of the window.
        strides: int or tuple of ints: steps of the window; None for its size.
        padding: `"valid"` or `"same"`.
        data_format: `"channels_last"`, `"channels_first"` or None for the default.

    Returns:
        Tensor of the rank and dtype of `inputs`.

    Example:
        >>> ops.max_pool(ops.reshape(ops.arange(4.0), (1, 4, 1)), 2)[0, :, 0]
        array([1., 3.], dtype=float32)
    """
    d = active()
    lowest: Any = -math.inf
    if not dtypes.is_float(d.dtype_of(inputs)):
        import numpy as np

        lowest = int(np.iinfo(d.dtype_of(inputs)).min)
    return _pool(inputs, pool_size, strides, padding, data_format, d.maximum, lowest)


@op(tensors=("inputs",), dtype="float", infer=_pool_infer, prepare=_prepare_pool)
def average_pool(
    inputs: Any, pool_size: Any, strides: Any = None, padding: Any = "valid", data_format: Any = None
) -> Any:
    """Return the mean of each window over the spatial axes; padding does not count.

    Args:
        inputs: tensor of shape `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        pool_size: int or tuple of ints: size of the window.
        strides: int or tuple of ints: steps of the window; None for its size.
        padding: `"valid"` or `"same"`.
        data_format: `"channels_last"`, `"channels_first"` or None for the default.

    Returns:
        Tensor of the rank of `inputs`.

    Example:
        >>> ops.average_pool(ops.reshape(ops.arange(4.0), (1, 4, 1)), 2)[0, :, 0]
        array([0.5, 2.5], dtype=float32)
    """
    d = active()
    total = _pool(inputs, pool_size, strides, padding, data_format, d.add, 0)
    if padding == ((0, 0),) * len(pool_size):
        return d.divide(total, d.full((), math.prod(pool_size), d.dtype_of(inputs)))
    ones = d.full(d.shape(inputs), 1, d.dtype_of(inputs))
    return d.divide(total, _pool(ones, pool_size, strides, padding, data_format, d.add, 0))
