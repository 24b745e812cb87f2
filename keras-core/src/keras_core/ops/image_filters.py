"""Images compared with, and weighted by, their neighbourhoods; and spaces of colors."""

from typing import Any

from keras_core.ops.convolution_variants import depthwise_conv
from keras_core.ops.elastic import blurred, gaussian_taps
from keras_core.ops.elementwise import where
from keras_core.ops.elementwise_binary import add, divide, equal, greater, maximum, minimum, mod, multiply, subtract
from keras_core.ops.image_shapes import as_before, as_float, channels_last_batch, check_images, static
from keras_core.ops.precision import as_dtype, widened
from keras_core.runtime import config, dtypes
from keras_core.runtime.conversion import to_tensor
from keras_core.runtime.definition import op
from keras_core.runtime.table import active


def _two(name: str, argument: str, value: Any) -> tuple[Any, Any]:
    values = tuple(value) if isinstance(value, list | tuple) else (value, value)
    if len(values) != 2 or not min(values) > 0:
        raise ValueError(f"{name}: expected argument '{argument}' to be a positive number or a pair, got {value!r}.")
    return values


@op()
def gaussian_blur(images: Any, kernel_size: Any = (3, 3), sigma: Any = (1.0, 1.0), data_format: Any = None) -> Any:
    """Return images convolved with a normal distribution; beyond the border they are 0.

    Args:
        images: tensor of shape `(height, width, channels)` or `(batch, height, width, channels)`, or with the channels
            before the height.
        kernel_size: int, or pair for width and height: how many pixels are weighted.
        sigma: float, or pair: standard deviation in pixels.
        data_format: `"channels_last"`, `"channels_first"` or None for the default.

    Returns:
        Tensor of the shape and dtype of `images`; integers are rounded.

    Raises:
        ValueError: for another rank, or sizes that are not positive.

    Example:
        >>> ops.image.gaussian_blur(ops.ones((5, 5, 1)))[2, 2]
        array([1.], dtype=float32)
    """
    d = active()
    check_images("gaussian_blur", images)
    sizes, deviations = _two("gaussian_blur", "kernel_size", kernel_size), _two("gaussian_blur", "sigma", sigma)
    dtype = d.dtype_of(images)
    x, back = channels_last_batch(images, data_format)
    x = as_float(x)
    taps = [gaussian_taps(size, deviation, d.dtype_of(x)) for size, deviation in zip(sizes, deviations, strict=True)]
    return as_before(back(blurred(x, (taps[1], taps[0]))), dtype)


_SOBEL = (
    ((-1.0, -1.0), (-2.0, 0.0), (-1.0, 1.0)),
    ((0.0, -2.0), (0.0, 0.0), (0.0, 2.0)),
    ((1.0, -1.0), (2.0, 0.0), (1.0, 1.0)),
)


def _mirrored(x: Any, axis: int) -> Any:
    """Return `x` with the last element but one once more at both ends of an axis, of whatever size."""
    d = active()
    start, stop = [0] * x.ndim, [None] * x.ndim
    start[axis], stop[axis] = 1, 2  # pyright: ignore[reportArgumentType, reportCallIssue]
    ends = [d.slice(part, tuple(start), tuple(stop), (1,) * x.ndim) for part in (x, d.flip(x, (axis,)))]
    return d.concat([ends[0], x, ends[1]], axis)


@op()
def sobel_edges(images: Any, data_format: Any = None) -> Any:
    """Return by how much images grow downwards and to the right; at the border they are mirrored.

    Args:
        images: tensor of shape `(height, width, channels)` or `(batch, height, width, channels)`, or with the channels
            before the height; height and width at least 2.
        data_format: `"channels_last"`, `"channels_first"` or None for the default.

    Returns:
        Tensor of the shape of `images` and one more axis of size 2, and their dtype.

    Raises:
        ValueError: for another rank.

    Source:
        Sobel and Feldman, 1968, "A 3x3 isotropic gradient operator for image processing".

    Example:
        >>> ops.image.sobel_edges(ops.ones((3, 3, 1))).shape
        (3, 3, 1, 2)
    """
    d = active()
    check_images("sobel_edges", images)
    dtype = d.dtype_of(images)
    x, back = channels_last_batch(images, data_format)
    x = _mirrored(_mirrored(as_float(x), 1), 2)
    channels = static(x)[3]
    kernel = d.reshape(to_tensor(d, _SOBEL, d.dtype_of(x)), (3, 3, 1, 2))
    edges = depthwise_conv(x, d.broadcast_to(kernel, (3, 3, channels, 2)), 1, "valid", "channels_last")
    return as_before(back(d.reshape(edges, (*d.shape(edges)[:3], channels, 2))), dtype)


@op(tensors=("image1", "image2"), dtype="float")
def ssim(
    image1: Any,
    image2: Any,
    max_val: Any = 1.0,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
    data_format: Any = None,
) -> Any:
    """Return the structural similarity of images, 1 for equal ones.

    Args:
        image1: tensor of shape `(height, width, channels)` or `(batch, height, width, channels)`, or with the channels
            before the height; integers become `floatx`.
        image2: tensor of the same shape.
        max_val: the largest value that a pixel can have.
        filter_size: how many pixels, along both sides, are compared at a time.
        filter_sigma: standard deviation of their weights, in pixels.
        k1: share of `max_val` that keeps quotients of means finite.
        k2: share of `max_val` that keeps quotients of deviations finite.
        data_format: `"channels_last"`, `"channels_first"` or None for the default.

    Returns:
        Tensor of shape `(batch,)`, or a scalar for one image.

    Raises:
        ValueError: where the shapes differ, or the images are smaller than the filter.

    Source:
        Wang et al., 2004, "Image quality assessment: from error visibility to structural similarity".

    Example:
        >>> x = ops.reshape(ops.arange(144.0) / 144, (12, 12, 1))
        >>> float(ops.image.ssim(x, x).round(4))
        1.0
    """
    d = active()
    check_images("ssim", image1)
    if static(image1) != static(image2):
        raise ValueError(f"ssim: expected images of one shape, got {static(image1)} and {static(image2)}.")
    dtype = d.dtype_of(image1)
    single = image1.ndim == 3
    x, y = (widened(channels_last_batch(image, data_format)[0]) for image in (image1, image2))
    sizes = static(x)[1:3]
    if any(size is not None and size < filter_size for size in sizes):
        raise ValueError(f"ssim: images must be at least as large as filter_size {filter_size}, got {sizes}.")
    channels = static(x)[3]
    taps = gaussian_taps(filter_size, filter_sigma, d.dtype_of(x))
    kernel = d.multiply(d.reshape(taps, (-1, 1, 1, 1)), d.reshape(taps, (1, -1, 1, 1)))
    kernel = d.broadcast_to(kernel, (filter_size, filter_size, channels, 1))

    def local_mean(image: Any) -> Any:
        return depthwise_conv(image, kernel, 1, "valid", "channels_last")

    mean_x, mean_y = local_mean(x), local_mean(y)
    # Of differences from the means, not of squares minus squared means: these would cancel out.
    center = divide(add(d.sum(x, (1, 2), True), d.sum(y, (1, 2), True)), 2.0 * sizes[0] * sizes[1])
    u, v = subtract(x, center), subtract(y, center)
    shift_x, shift_y = subtract(mean_x, center), subtract(mean_y, center)
    spread = subtract(
        local_mean(add(multiply(u, u), multiply(v, v))), add(multiply(shift_x, shift_x), multiply(shift_y, shift_y))
    )
    covariance = subtract(local_mean(multiply(u, v)), multiply(shift_x, shift_y))
    peak = widened(to_tensor(d, max_val, dtype))
    c1, c2 = (multiply(multiply(share, peak), multiply(share, peak)) for share in (k1, k2))
    squares = add(multiply(mean_x, mean_x), multiply(mean_y, mean_y))
    luminance = divide(add(multiply(2.0, multiply(mean_x, mean_y)), c1), add(squares, c1))
    structure = divide(add(multiply(2.0, covariance), c2), add(spread, c2))
    product = multiply(luminance, structure)
    count = (sizes[0] - filter_size + 1) * (sizes[1] - filter_size + 1) * channels
    result = as_dtype(divide(d.sum(product, (1, 2, 3), False), float(count)), dtype)
    return d.squeeze(result, (0,)) if single else result


# Colors ------------------------------------------------------------------------------------------------------------


def _channel_axis(name: str, images: Any, data_format: Any) -> int:
    """Return the axis of the channels, which must be three."""
    check_images(name, images)
    axis = images.ndim - (1 if config.standardize_data_format(data_format) == "channels_last" else 3)
    if static(images)[axis] not in (3, None):
        raise ValueError(f"{name}: expected 3 channels at axis {axis}, got shape {static(images)}.")
    return axis


def _channels(x: Any, axis: int) -> list[Any]:
    d = active()
    before, after = axis, x.ndim - axis - 1
    return [
        d.slice(x, (*(0,) * before, i, *(0,) * after), (*(None,) * before, i + 1, *(None,) * after), (1,) * x.ndim)
        for i in range(3)
    ]


def _check_float(name: str, images: Any) -> None:
    dtype = active().dtype_of(images)
    if not dtypes.is_float(dtype):
        raise ValueError(f"{name}: expected images of a float dtype, with values from 0 to 1, got {dtype}.")


@op()
def rgb_to_grayscale(images: Any, data_format: Any = None) -> Any:
    """Return the brightness of images, `0.2989 red + 0.587 green + 0.114 blue`.

    Args:
        images: tensor of shape `(height, width, 3)` or `(batch, height, width, 3)`, or with the channels before the
            height.
        data_format: `"channels_last"`, `"channels_first"` or None for the default.

    Returns:
        Tensor with one channel and the dtype of `images`; integers are rounded down.

    Raises:
        ValueError: for another rank or other channels.

    Source:
        ITU-R BT.601.

    Example:
        >>> ops.image.rgb_to_grayscale([[[1.0, 1.0, 1.0]]])
        array([[[0.99990004]]], dtype=float32)
    """
    d = active()
    axis = _channel_axis("rgb_to_grayscale", images, data_format)
    dtype = d.dtype_of(images)
    red, green, blue = _channels(as_float(images), axis)
    return as_dtype(add(add(multiply(0.2989, red), multiply(0.587, green)), multiply(0.114, blue)), dtype)


@op()
def rgb_to_hsv(images: Any, data_format: Any = None) -> Any:
    """Return hue, saturation and value of images.

    Args:
        images: float tensor of shape `(height, width, 3)` or `(batch, height, width, 3)`, or with the channels before
            the height, of values from 0 to 1.
        data_format: `"channels_last"`, `"channels_first"` or None for the default.

    Returns:
        Tensor of the shape and dtype of `images`: hue in `[0, 1)`, 0 for grey, saturation, and the largest channel.

    Raises:
        ValueError: for another rank, other channels, or integers.

    Source:
        Smith, 1978, "Color gamut transform pairs".

    Example:
        >>> ops.image.rgb_to_hsv([[[0.0, 1.0, 0.0]]])
        array([[[0.33333334, 1.        , 1.        ]]], dtype=float32)
    """
    d = active()
    axis = _channel_axis("rgb_to_hsv", images, data_format)
    _check_float("rgb_to_hsv", images)
    dtype = d.dtype_of(images)
    red, green, blue = _channels(widened(images), axis)
    value = maximum(maximum(red, green), blue)
    span = subtract(value, minimum(minimum(red, green), blue))
    colored, bright = greater(span, 0.0), greater(value, 0.0)
    sixth = divide(1 / 6, where(colored, span, 1.0))
    by_blue = add(multiply(sixth, subtract(red, green)), 4 / 6)
    by_green = add(multiply(sixth, subtract(blue, red)), 2 / 6)
    hue = where(
        equal(value, red),
        mod(multiply(sixth, subtract(green, blue)), 1.0),
        where(equal(value, green), by_green, by_blue),
    )
    saturation = where(bright, divide(span, where(bright, value, 1.0)), 0.0)
    return as_dtype(d.concat([where(colored, hue, 0.0), saturation, value], axis), dtype)


@op()
def hsv_to_rgb(images: Any, data_format: Any = None) -> Any:
    """Return red, green and blue of images; the inverse of `rgb_to_hsv`.

    Args:
        images: float tensor of shape `(height, width, 3)` or `(batch, height, width, 3)`, or with the channels before
            the height: hue, saturation and value from 0 to 1.
        data_format: `"channels_last"`, `"channels_first"` or None for the default.

    Returns:
        Tensor of the shape and dtype of `images`.

    Raises:
        ValueError: for another rank, other channels, or integers.

    Source:
        Smith, 1978, "Color gamut transform pairs".

    Example:
        >>> ops.image.hsv_to_rgb([[[0.0, 1.0, 0.5]]])
        array([[[0.5, 0. , 0. ]]], dtype=float32)
    """
    d = active()
    axis = _channel_axis("hsv_to_rgb", images, data_format)
    _check_float("hsv_to_rgb", images)
    dtype = d.dtype_of(images)
    hue, saturation, value = _channels(widened(images), axis)
    chroma = multiply(saturation, value)
    parts: list[Any] = []
    for shift in (5.0, 3.0, 1.0):
        place = mod(add(multiply(hue, 6.0), shift), 6.0)
        share = maximum(minimum(minimum(place, subtract(4.0, place)), 1.0), 0.0)
        parts.append(subtract(value, multiply(chroma, share)))
    return as_dtype(d.concat(parts, axis), dtype)
