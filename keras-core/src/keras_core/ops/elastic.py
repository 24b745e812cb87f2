"""Images smoothed, and deformed at random by smoothed noise."""

from typing import Any

from keras_core.ops.control import symbolic_if_needed
from keras_core.ops.convolution_variants import depthwise_conv
from keras_core.ops.elementwise_binary import add, divide, multiply, subtract
from keras_core.ops.image_shapes import as_before, as_float, channels_last_batch, check_images, known, static
from keras_core.ops.precision import as_dtype
from keras_core.ops.random_bits import random_normal
from keras_core.ops.random_numbers import draw_seed
from keras_core.ops.warping import check_fill, grid, interpolation_order, sampled_at
from keras_core.runtime.conversion import to_tensor
from keras_core.runtime.definition import op
from keras_core.runtime.inference import same
from keras_core.runtime.table import active


def blurred(x: Any, taps: tuple[Any, Any]) -> Any:
    """Return a batch of images, channels last, convolved with one kernel along the height and one along the width."""
    d = active()
    channels = static(x)[3]
    for axis, values in enumerate(taps):
        size = static(values)[0]
        shape = (size, 1, 1, 1) if axis == 0 else (1, size, 1, 1)
        kernel = d.broadcast_to(d.reshape(values, shape), (*shape[:2], channels, 1))
        x = depthwise_conv(x, kernel, 1, "same", "channels_last")
    return x


def gaussian_taps(size: int, sigma: Any, dtype: str) -> Any:
    """Return `size` weights of a normal distribution around their middle, which add up to 1."""
    d = active()
    places = subtract(d.arange(0, size, 1, dtype), (size - 1) / 2)
    scaled = divide(places, sigma)
    weights = d.exp(multiply(-0.5, multiply(scaled, scaled)))
    return divide(weights, d.sum(weights, None, False))


@op(tensors=("images", "noise"), infer=same)
def elastic_warp(
    images: Any,
    noise: Any,
    alpha: float = 20.0,
    sigma: float = 5.0,
    interpolation: str = "bilinear",
    fill_mode: str = "reflect",
    fill_value: float = 0.0,
    data_format: Any = None,
) -> Any:
    """Return images of which each pixel is moved by smoothed noise; `elastic_transform` with the noise as an argument.

    Args:
        images: tensor of shape `(height, width, channels)` or `(batch, height, width, channels)`, or with the channels
            before the height.
        noise: float tensor of shape `(batch or 1, height, width, 2)`: before it is smoothed.
        alpha: factor of the smoothed noise, in pixels.
        sigma: standard deviation of the smoothing, in pixels.
        interpolation: `"nearest"` or `"bilinear"`.
        fill_mode: what stands beyond the border, as for `map_coordinates`.
        fill_value: number for `"constant"`.
        data_format: `"channels_last"`, `"channels_first"` or None for the default.

    Example:
        >>> from keras_core.ops.elastic import elastic_warp
        >>> elastic_warp(ops.ones((4, 4, 1)), ops.zeros((1, 4, 4, 2))).shape
        (4, 4, 1)
    """
    d = active()
    check_images("elastic_transform", images)
    order = interpolation_order("elastic_transform", interpolation)
    check_fill("elastic_transform", fill_mode)
    dtype = d.dtype_of(images)
    batch, back = channels_last_batch(images, data_format)
    batch = as_float(batch)
    work = d.dtype_of(batch)
    size = int(6 * sigma) | 1
    taps = gaussian_taps(size, sigma, work)
    moves = multiply(alpha, blurred(as_dtype(noise, work), (taps, taps)))
    height, width = known("elastic_transform", static(batch)[1:3])
    x, y = grid(height, width, work)
    across, down = (d.squeeze(d.slice(moves, (0, 0, 0, i), (None, None, None, i + 1), (1,) * 4), (3,)) for i in (0, 1))
    return as_before(back(sampled_at(add(x, across), add(y, down), batch, order, fill_mode, fill_value)), dtype)


@symbolic_if_needed
def elastic_transform(
    images: Any,
    alpha: float = 20.0,
    sigma: float = 5.0,
    interpolation: str = "bilinear",
    fill_mode: str = "reflect",
    fill_value: float = 0.0,
    seed: Any = None,
    data_format: Any = None,
) -> Any:
    """Return images of which each pixel is moved at random, neighbours by nearly the same.

    Args:
        images: tensor of shape `(height, width, channels)` or `(batch, height, width, channels)`, or with the channels
            before the height.
        alpha: how far pixels are moved: factor of smoothed standard normal noise, in pixels.
        sigma: standard deviation of the smoothing, in pixels.
        interpolation: `"nearest"` or `"bilinear"`.
        fill_mode: what stands beyond the border, as for `map_coordinates`.
        fill_value: number for `"constant"`.
        seed: int, `SeedGenerator`, or None.
        data_format: `"channels_last"`, `"channels_first"` or None for the default.

    Returns:
        Tensor of the shape and dtype of `images`; integers are rounded.

    Raises:
        ValueError: for anything else.

    Source:
        Simard et al., 2003, "Best practices for convolutional neural networks applied to visual document analysis".

    Example:
        >>> ops.image.elastic_transform(ops.ones((8, 8, 1)), seed=1).shape
        (8, 8, 1)
    """
    d = active()
    images = to_tensor(d, images)
    check_images("elastic_transform", images)
    batch, _ = channels_last_batch(images, data_format)
    noise = random_normal((*d.shape(batch)[:3], 2), "float32", draw_seed(seed))
    return elastic_warp(images, noise, alpha, sigma, interpolation, fill_mode, fill_value, data_format)
