"""Images in another size."""

import math
from collections.abc import Callable
from typing import Any, Final

from keras_core.ops.elementwise import where
from keras_core.ops.elementwise_binary import add, divide, greater, less, logical_and, maximum, multiply, subtract
from keras_core.ops.elementwise_unary import absolute, sin
from keras_core.ops.image_shapes import (
    along_axis,
    as_before,
    as_float,
    channels_last_batch,
    check_images,
    known,
    static,
)
from keras_core.ops.precision import as_dtype
from keras_core.ops.reduction import sum
from keras_core.ops.shaping import pad
from keras_core.runtime import dtypes
from keras_core.runtime.conversion import to_tensor
from keras_core.runtime.definition import op
from keras_core.runtime.naming import did_you_mean
from keras_core.runtime.table import active


def _triangle(x: Any) -> Any:
    return maximum(subtract(1.0, x), 0.0)


def _cubic(x: Any) -> Any:
    near = add(multiply(multiply(subtract(multiply(1.5, x), 2.5), x), x), 1.0)
    far = add(multiply(subtract(multiply(add(multiply(-0.5, x), 2.5), x), 4.0), x), 2.0)
    return where(less(x, 1.0), near, where(less(x, 2.0), far, 0.0))


def _lanczos(radius: float) -> Callable[[Any], Any]:
    def kernel(x: Any) -> Any:
        center = less(x, 1e-4)  # where the quotient would lose its digits it differs from 1 by less than 1e-7
        safe = where(center, 1.0, x)
        waves = multiply(sin(multiply(math.pi, safe)), sin(multiply(math.pi / radius, safe)))
        value = divide(multiply(radius / math.pi**2, waves), multiply(safe, safe))
        return where(greater(x, radius), 0.0, where(center, 1.0, value))

    return kernel


_KERNELS: Final[dict[str, Callable[[Any], Any]]] = {
    **dict.fromkeys(("linear", "bilinear", "trilinear"), _triangle),
    **dict.fromkeys(("cubic", "bicubic", "tricubic"), _cubic),
    "lanczos3": _lanczos(3.0),
    "lanczos5": _lanczos(5.0),
}


def _weights(size: int, new_size: int, scale: Any, translation: Any, method: str, antialias: bool, dtype: str) -> Any:
    """Return the matrix of shape `(size, new_size)` that resamples one axis."""
    d = active()
    inverse = divide(to_tensor(d, 1.0, dtype), scale)
    width = maximum(inverse, 1.0) if antialias else 1.0
    places = add(d.arange(0, new_size, 1, dtype), 0.5)
    samples = subtract(multiply(subtract(places, translation), inverse), 0.5)
    distance = absolute(subtract(d.expand_dims(samples, 0), d.expand_dims(d.arange(0, size, 1, dtype), 1)))
    weights = _KERNELS[method](divide(distance, width))
    total = sum(weights, 0, keepdims=True)
    some = greater(absolute(total), 1e-4)
    weights = where(some, divide(weights, where(some, total, 1.0)), 0.0)
    inside = logical_and(
        d.greater_equal(samples, d.scalar(-0.5, dtype)), d.less_equal(samples, d.scalar(size - 0.5, dtype))
    )
    return where(d.expand_dims(inside, 0), weights, 0.0)


def _check_method(name: str, argument: str, method: Any, more: tuple[str, ...] = ()) -> str:
    methods = (*_KERNELS, *more)
    if not isinstance(method, str) or method.lower() not in methods:
        raise ValueError(
            f"{name}: expected argument '{argument}' to be one of {methods}, got {method!r}."
            f"{did_you_mean(method, methods)}"
        )
    return method.lower()


_INTERPOLATIONS: Final = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")


def _prepare_resize(args: list[Any]) -> list[Any]:
    """Check what is asked for."""
    images, size, interpolation, antialias, crop, padding, fill_mode, fill_value, data_format = args
    check_images("resize", images)
    if not isinstance(size, list | tuple) or len(size) != 2 or min(size) < 1:
        raise ValueError(
            f"resize: expected argument 'size' to be a pair (height, width) of positive ints, got {size!r}."
        )
    if interpolation not in _INTERPOLATIONS:
        raise ValueError(
            f"resize: expected argument 'interpolation' to be one of {_INTERPOLATIONS}, got {interpolation!r}."
            f"{did_you_mean(interpolation, _INTERPOLATIONS)}"
        )
    if fill_mode != "constant":
        raise ValueError(f"resize: expected fill_mode to be 'constant', got {fill_mode!r}.")
    if crop and padding:
        raise ValueError("resize: expected at most one of crop_to_aspect_ratio and pad_to_aspect_ratio.")
    return [images, tuple(size), interpolation, antialias, crop, padding, fill_mode, fill_value, data_format]


@op(tensors=("images",), prepare=_prepare_resize)
def resize(
    images: Any,
    size: Any,
    interpolation: str = "bilinear",
    antialias: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_mode: str = "constant",
    fill_value: float = 0.0,
    data_format: Any = None,
) -> Any:
    """Return images in another size. Pixels are squares: what is kept are the borders of the image.

    Args:
        images: tensor of shape `(height, width, channels)` or `(batch, height, width, channels)`, or with the channels
            before the height.
        size: height and width of the result.
        interpolation: `"nearest"`, `"bilinear"`, `"bicubic"`, `"lanczos3"` or `"lanczos5"`.
        antialias: whether a smaller result is smoothed, so that every pixel counts.
        crop_to_aspect_ratio: whether images are cut in the middle to the ratio of the new sides first.
        pad_to_aspect_ratio: whether they are filled up at the borders to that ratio first.
        fill_mode: `"constant"`.
        fill_value: what they are filled up with.
        data_format: `"channels_last"`, `"channels_first"` or None for the default.

    Returns:
        Tensor of the dtype of `images`; integers are rounded.

    Raises:
        ValueError: for anything else; for unknown height or width.

    Source:
        Keys, 1981, "Cubic convolution interpolation for digital image processing" (with a = -1/2); Turkowski, 1990,
        "Filters for common resampling tasks".

    Example:
        >>> ops.image.resize(ops.reshape(ops.arange(4.0), (1, 2, 2, 1)), (1, 1)).shape
        (1, 1, 1, 1)
    """
    d = active()
    dtype = d.dtype_of(images)
    x, back = channels_last_batch(images, data_format)
    height, width = known("resize", static(x)[1:3])
    if crop_to_aspect_ratio:
        tall, wide = min(height, max(width * size[0] // size[1], 1)), min(width, max(height * size[1] // size[0], 1))
        top, left = (height - tall) // 2, (width - wide) // 2
        x = d.slice(x, (0, top, left, 0), (None, top + tall, left + wide, None), (1,) * 4)
    elif pad_to_aspect_ratio:
        tall, wide = max(height, width * size[0] // size[1]), max(width, height * size[1] // size[0])
        top, left = (tall - height) // 2, (wide - width) // 2
        widths = ((0, 0), (top, tall - height - top), (left, wide - width - left), (0, 0))
        x = pad(x, widths, "constant", fill_value)
    sizes = static(x)[1:3]
    if interpolation == "nearest":
        for axis, (old, new) in enumerate(zip(sizes, size, strict=True), 1):
            places = [min((2 * place + 1) * old // (2 * new), old - 1) for place in range(new)]
            x = d.take(x, to_tensor(d, places, "int32"), axis)
        return back(x)
    x = as_float(x)
    work = d.dtype_of(x)
    for axis, (old, new) in enumerate(zip(sizes, size, strict=True), 1):
        if old != new:
            x = along_axis(x, axis, _weights(old, new, new / old, 0.0, interpolation, antialias, work))
    return as_before(back(x), dtype)


@op(tensors=("images", "scale", "translation"))
def scale_and_translate(
    images: Any, output_shape: Any, scale: Any, translation: Any, spatial_dims: Any, method: str, antialias: bool = True
) -> Any:
    """Return a tensor stretched and moved along some of its axes.

    Args:
        images: tensor of any rank.
        output_shape: shape of the result; the sizes of the other axes stay.
        scale: tensor of as many factors as there are `spatial_dims`.
        translation: tensor of as many distances, in pixels of the result.
        spatial_dims: the axes.
        method: `"linear"`, `"bilinear"`, `"trilinear"`, `"cubic"`, `"bicubic"`, `"tricubic"`, `"lanczos3"` or
            `"lanczos5"`.
        antialias: whether what gets smaller is smoothed.

    Returns:
        Tensor of the dtype of `images`, float32 for integers; 0 where nothing of the image is. It has derivatives by
        `scale` and `translation` too.

    Raises:
        ValueError: for another method, or numbers of axes that do not fit.

    Example:
        >>> x = ops.reshape(ops.arange(3.0), (1, 3, 1))
        >>> ops.image.scale_and_translate(x, (1, 3, 1), [1.0], [1.0], (1,), "linear")[0, :, 0]
        array([0., 0., 1.], dtype=float32)
    """
    d = active()
    method = _check_method("scale_and_translate", "method", method)
    axes = tuple(axis % images.ndim for axis in spatial_dims)
    if len(output_shape) != images.ndim or static(scale) != (len(axes),) or static(translation) != (len(axes),):
        raise ValueError(
            f"scale_and_translate: expected one size an axis in output_shape, and one scale and one translation for "
            f"each of {len(axes)} spatial_dims, got {tuple(output_shape)}, "
            f"shapes {static(scale)} and {static(translation)}."
        )
    dtype = d.dtype_of(images)
    x = as_float(images)
    work = d.dtype_of(x)
    scale, translation = as_dtype(scale, work), as_dtype(translation, work)
    for position, axis in enumerate(axes):
        own, moved = (d.reshape(d.slice(p, (position,), (position + 1,), (1,)), ()) for p in (scale, translation))
        size = known("scale_and_translate", (static(x)[axis],))[0]
        x = along_axis(x, axis, _weights(size, output_shape[axis], own, moved, method, antialias, work))
    return x if dtypes.is_integer(dtype) else as_before(x, dtype)
