"""Convolutions that are made of the ordinary one: transposed, depthwise, separable."""

import itertools
import math
from typing import Any

from keras_core.ops.convolution import conv, window
from keras_core.runtime import config
from keras_core.runtime.definition import op
from keras_core.runtime.table import active


def _shape(x: Any) -> tuple[Any, ...]:
    return tuple(active().static_shape(x))


def _check_ranks(inputs: Any, kernel: Any, channels: int, place: str) -> None:
    """Raise where ranks, or the channels of inputs and kernel, do not fit each other."""
    given = _shape(inputs)[-1 if place == "channels_last" else 1] if inputs.ndim > 2 else None
    if inputs.ndim < 3 or kernel.ndim != inputs.ndim or given not in (None, _shape(kernel)[channels]):
        raise ValueError(
            f"expected inputs of rank 3 to 5 and a kernel of the same rank, for {place} with as many channels at axis "
            f"{channels} of the kernel as the inputs have, got shapes {_shape(inputs)} and {_shape(kernel)}."
        )


def _prepare_transpose(args: list[Any]) -> list[Any]:
    """Check shapes, and make strides, paddings, data format and dilation canonical."""
    inputs, kernel, strides, padding, output_padding, data_format, dilation_rate = args
    data_format = config.standardize_data_format(data_format)
    _check_ranks(inputs, kernel, -1, data_format)
    rank = inputs.ndim - 2
    strides, dilation_rate = window(strides, rank, "strides"), window(dilation_rate, rank, "dilation_rate")
    padding = str(padding).lower()
    if padding not in ("valid", "same"):
        raise ValueError(f"argument 'padding' must be 'valid' or 'same', got {padding!r}.")
    if output_padding is not None:
        output_padding = tuple(output_padding) if isinstance(output_padding, list | tuple) else (output_padding,) * rank
        if len(output_padding) != rank or any(
            not 0 <= more < s for more, s in zip(output_padding, strides, strict=True)
        ):
            raise ValueError(
                f"argument 'output_padding' must be an int or a tuple of {rank}, each at least 0 and below the stride; "
                f"got {output_padding} with strides {strides}."
            )
    return [inputs, kernel, strides, padding, output_padding, data_format, dilation_rate]


def transpose_padding(span: int, stride: int, padding: str, output_padding: int | None) -> tuple[int, int]:
    """Return the zeros before and after inputs that have `stride - 1` zeros behind each element.

    Args:
        span: size of the window, with its holes.
        stride: of the transposed convolution.
        padding: `"valid"` or `"same"`.
        output_padding: elements that come at the end, or None for the usual size.

    Returns:
        `(low, high)`; `high` is negative where there are zeros too many.
    """
    border = 2 * (span // 2) if padding == "same" else 0
    if output_padding is None:
        extra = max(span - stride, 0) if padding == "valid" else 0
    else:
        extra = span - stride + output_padding - border
    cut = max(span - stride - extra, 0) // 2
    return span - 1 - cut, extra + cut


def _spread(x: Any, axis: int, stride: int) -> Any:
    """Return `x` with `stride - 1` zeros behind each element of an axis."""
    d = active()
    if stride == 1:
        return x
    wide = d.expand_dims(x, axis + 1)
    sizes = list(d.shape(wide))
    zeros = d.full((*sizes[: axis + 1], stride - 1, *sizes[axis + 2 :]), 0, d.dtype_of(x))
    merged = sizes[axis] * stride if isinstance(sizes[axis], int) else -1
    return d.reshape(d.concat([wide, zeros], axis + 1), (*sizes[:axis], merged, *sizes[axis + 2 :]))


def cropped(x: Any, axis: int, first: int, last: int) -> Any:
    """Return `x` without so many of the first and last elements of an axis."""
    d = active()
    size = _shape(x)[axis]
    none, ones = (None,) * x.ndim, (1,) * x.ndim

    def after(y: Any, count: int) -> Any:
        return d.slice(y, tuple(count if i == axis else 0 for i in range(y.ndim)), none, ones) if count else y

    if last and size is None:
        x = d.flip(after(d.flip(x, (axis,)), last), (axis,))
    elif last and size is not None:
        x = d.slice(x, (0,) * x.ndim, tuple(size - last if i == axis else None for i in range(x.ndim)), ones)
    return after(x, first)


class _Phases:
    """A transposed convolution by ordinary ones, of the inputs as they are, with no zeros between them.

    Along an axis, the elements of the result with equal remainders by the stride `s` see every `s`-th element of the
    window: they are a convolution with these. The remainders below `missing` see one element less than the others, so
    there are at most two groups an axis, each computed by one convolution with the remainders as further filters.
    No inputs are multiplied by zeros that a window does not have: infinities would become nan.
    """

    def __init__(self, x: Any, kernel: Any, strides: tuple[int, ...], dilation_rate: tuple[int, ...]) -> None:
        self.x, self.rank, self.strides = x, len(strides), strides
        self.filters, self.channels = _shape(kernel)[-2:]
        dilated = [rate > 1 and stride > 1 for stride, rate in zip(strides, dilation_rate, strict=True)]
        for axis in range(self.rank):
            if dilated[axis]:
                kernel = cropped(_spread(kernel, axis, dilation_rate[axis]), axis, 0, dilation_rate[axis] - 1)
        self.dilation = tuple(1 if wide else rate for wide, rate in zip(dilated, dilation_rate, strict=True))
        self.taps = [-(-size // stride) for size, stride in zip(_shape(kernel), strides, strict=False)]
        self.missing = [-size % stride for size, stride in zip(_shape(kernel), strides, strict=False)]
        self.kernel = self._by_remainder(kernel)
        self.pads: list[tuple[int, int]] = []

    def _by_remainder(self, kernel: Any) -> Any:
        """Return `(*taps, channels, *strides, filters)`; the first tap of the remainders below `missing` is empty."""
        d, rank = active(), self.rank
        for axis, count in enumerate(self.missing):
            if count:
                sizes = _shape(kernel)
                zeros = d.full((*sizes[:axis], count, *sizes[axis + 1 :]), 0, d.dtype_of(kernel))
                kernel = d.concat([zeros, kernel], axis)
        pairs = [size for pair in zip(self.taps, self.strides, strict=True) for size in pair]
        kernel = d.reshape(kernel, (*pairs, self.filters, self.channels))
        order = (*range(0, 2 * rank, 2), 2 * rank + 1, *range(1, 2 * rank, 2), 2 * rank)
        return d.permute_dims(kernel, order)

    def computed(self, *chosen: tuple[int, int]) -> Any:
        """Return `(batch, *spatial, *strides, filters)`, for the remainders from `chosen` along the first axes."""
        d, axis = active(), len(chosen)
        if axis == self.rank:
            return self._group(chosen)
        bounds = (0, self.missing[axis], self.strides[axis])
        parts = [self.computed(*chosen, pair) for pair in itertools.pairwise(bounds) if pair[0] < pair[1]]
        return parts[0] if len(parts) == 1 else d.concat(parts, self.rank + 1 + axis)

    def _group(self, chosen: tuple[tuple[int, int], ...]) -> Any:
        d, rank = active(), self.rank
        fewer = [int(stop <= missing) for (_, stop), missing in zip(chosen, self.missing, strict=True)]
        # Where a window is shorter than the stride nothing is seen: one tap is computed and its result not used.
        empty = any(less == taps for less, taps in zip(fewer, self.taps, strict=True))
        start = [0 if empty else less for less in fewer]
        kernel = d.slice(
            self.kernel,
            (*start, 0, *(first for first, _ in chosen), 0),
            (*self.taps, None, *(stop for _, stop in chosen), None),
            (1,) * self.kernel.ndim,
        )
        counts = [stop - first for first, stop in chosen]
        kernel = d.flip(kernel, tuple(range(rank)))
        sizes = [taps - less for taps, less in zip(self.taps, start, strict=True)]
        kernel = d.reshape(kernel, (*sizes, self.channels, math.prod(counts) * self.filters))
        result = conv(self.x, kernel, 1, tuple(self.pads), "channels_last", self.dilation)
        for axis, less in enumerate(start, 1):
            result = cropped(result, axis, 0, less)
        if empty:
            result = d.full(d.shape(result), 0, d.dtype_of(result))
        return d.reshape(result, (*d.shape(result)[:-1], *counts, self.filters))


@op(tensors=("inputs", "kernel"), dtype="float", prepare=_prepare_transpose)
def conv_transpose(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    output_padding: Any = None,
    data_format: Any = None,
    dilation_rate: Any = 1,
) -> Any:
    """Return the transposed convolution of 1 to 3 spatial axes: the derivative of `conv` by its inputs.

    Args:
        inputs: tensor of shape `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        kernel: tensor of shape `(*window, filters, channels)`.
        strides: int or tuple of ints: distance in the result of neighbours in the inputs.
        padding: `"valid"` (all that the windows reach) or `"same"` (size of the inputs times stride).
        output_padding: int or tuple of ints below the strides, for the size
            `(n - 1) * stride + window - 2 * border + output_padding`, with `border = window // 2` for `"same"`, else 0;
            None for the size that `padding` says.
        data_format: `"channels_last"`, `"channels_first"` or None for the default.
        dilation_rate: int or tuple of ints: distance of the elements of the window.

    Returns:
        Tensor of shape `(batch, *spatial, filters)`, or with the filters at axis 1.

    Raises:
        ValueError: where shapes do not fit.

    Source:
        Dumoulin and Visin, 2016, "A guide to convolution arithmetic for deep learning".

    Example:
        >>> ops.conv_transpose(ops.ones((1, 2, 1)), ops.ones((2, 1, 1)), 2)[0, :, 0]
        array([1., 1., 1., 1.], dtype=float32)
    """
    d = active()
    rank = inputs.ndim - 2
    x = inputs if data_format == "channels_last" else d.permute_dims(inputs, (0, *range(2, inputs.ndim), 1))
    phases = _Phases(x, kernel, strides, dilation_rate)
    cuts: list[tuple[int, int]] = []
    for axis, stride in enumerate(strides):
        span = (_shape(kernel)[axis] - 1) * dilation_rate[axis] + 1
        low, high = transpose_padding(span, stride, padding, None if output_padding is None else output_padding[axis])
        first = -(low + 1) % stride  # the result begins so much earlier, for windows to begin with their first element
        more = first + low + high - span + 1  # than stride times the size of the inputs
        rounds = -(-more // stride)
        before = (low + first) // stride
        reach = (phases.taps[axis] - 1) * phases.dilation[axis]
        phases.pads.append((before, rounds + reach - before))
        cuts.append((first, rounds * stride - more))
    result = _interleaved(phases.computed(), rank)
    for axis, (first, last) in enumerate(cuts, 1):
        result = cropped(result, axis, first, last)
    return result if data_format == "channels_last" else d.permute_dims(result, (0, rank + 1, *range(1, rank + 1)))


def _interleaved(x: Any, rank: int) -> Any:
    """Return `(batch, *spatial, *remainders, filters)` with each remainder's axis merged into the spatial one."""
    d = active()
    pairs = [axis for place in range(1, rank + 1) for axis in (place, place + rank)]
    x = d.permute_dims(x, (0, *pairs, 2 * rank + 1))
    for axis in range(1, rank + 1):
        sizes = list(d.shape(x))
        merged = sizes[axis] * sizes[axis + 1] if isinstance(sizes[axis], int) else -1
        x = d.reshape(x, (*sizes[:axis], merged, *sizes[axis + 2 :]))
    return x


def _prepare_depthwise(args: list[Any]) -> list[Any]:
    """Check shapes."""
    inputs, kernel, *rest = args
    rest[2] = config.standardize_data_format(rest[2])
    _check_ranks(inputs, kernel, -2, rest[2])
    return [inputs, kernel, *rest]


@op(tensors=("inputs", "kernel"), dtype="float", prepare=_prepare_depthwise)
def depthwise_conv(
    inputs: Any, kernel: Any, strides: Any = 1, padding: str = "valid", data_format: Any = None, dilation_rate: Any = 1
) -> Any:
    """Return the convolution of each channel alone.

    Args:
        inputs: tensor of shape `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        kernel: tensor of shape `(*window, channels, multiplier)`.
        strides: int or tuple of ints: steps of the window.
        padding: `"valid"` (none) or `"same"` (output size = input size / stride, rounded up).
        data_format: `"channels_last"`, `"channels_first"` or None for the default.
        dilation_rate: int or tuple of ints: distance of the elements that the window sees.

    Returns:
        Tensor of shape `(batch, *spatial, channels * multiplier)`, or with these channels at axis 1.

    Raises:
        ValueError: where shapes do not fit.

    Source:
        Howard et al., 2017, https://arxiv.org/abs/1704.04861.

    Example:
        >>> ops.depthwise_conv(ops.ones((1, 3, 2)), ops.ones((2, 2, 1))).shape
        (1, 2, 2)
    """
    *window_sizes, channels, multiplier = _shape(kernel)
    one_a_group = active().reshape(kernel, (*window_sizes, 1, channels * multiplier))
    return conv(inputs, one_a_group, strides, padding, data_format, dilation_rate)


def _prepare_separable(args: list[Any]) -> list[Any]:
    """Check shapes."""
    inputs, depthwise_kernel, pointwise_kernel, *rest = args
    rest[2] = config.standardize_data_format(rest[2])
    _check_ranks(inputs, depthwise_kernel, -2, rest[2])
    sizes, channels = _shape(pointwise_kernel), _shape(depthwise_kernel)[-2] * _shape(depthwise_kernel)[-1]
    if len(sizes) != inputs.ndim or any(size != 1 for size in sizes[:-2]) or sizes[-2] != channels:
        raise ValueError(
            f"argument 'pointwise_kernel' must have shape ({'1, ' * (inputs.ndim - 2)}{channels}, filters), "
            f"got {sizes}."
        )
    return [inputs, depthwise_kernel, pointwise_kernel, *rest]


@op(tensors=("inputs", "depthwise_kernel", "pointwise_kernel"), dtype="float", prepare=_prepare_separable)
def separable_conv(
    inputs: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: Any = None,
    dilation_rate: Any = 1,
) -> Any:
    """Return a depthwise convolution followed by one with a window of 1, which mixes the channels.

    Args:
        inputs: tensor of shape `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        depthwise_kernel: tensor of shape `(*window, channels, multiplier)`.
        pointwise_kernel: tensor of shape `(1, ..., channels * multiplier, filters)`.
        strides: int or tuple of ints: steps of the window.
        padding: `"valid"` (none) or `"same"` (output size = input size / stride, rounded up).
        data_format: `"channels_last"`, `"channels_first"` or None for the default.
        dilation_rate: int or tuple of ints: distance of the elements that the window sees.

    Returns:
        Tensor of shape `(batch, *spatial, filters)`, or with the filters at axis 1.

    Raises:
        ValueError: where shapes do not fit.

    Source:
        Chollet, 2016, https://arxiv.org/abs/1610.02357.

    Example:
        >>> ops.separable_conv(ops.ones((1, 3, 2)), ops.ones((2, 2, 1)), ops.ones((1, 2, 4))).shape
        (1, 2, 4)
    """
    x = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(x, pointwise_kernel, 1, "valid", data_format, 1)
