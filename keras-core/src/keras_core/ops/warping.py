"""Images whose pixels are moved: samples at any coordinates, and transforms of the plane."""

import itertools
from collections.abc import Callable
from typing import Any, Final

from keras_core.ops.elementwise import where
from keras_core.ops.elementwise_binary import add, divide, logical_and, maximum, minimum, multiply, subtract
from keras_core.ops.image_shapes import as_before, as_float, channels_last_batch, check_images, known, static
from keras_core.ops.precision import as_dtype, widened
from keras_core.ops.sizes import Size, as_scalar, larger, minus, plus, size_of, times
from keras_core.runtime.definition import op
from keras_core.runtime.inference import same
from keras_core.runtime.naming import did_you_mean
from keras_core.runtime.table import active


def _scalar(value: int) -> Any:
    return active().full((), value, "int32")


def _clamped(places: Any, size: Size) -> Any:
    d = active()
    return d.minimum(d.maximum(places, _scalar(0)), as_scalar(minus(size, 1)))


def _wrapped(places: Any, size: Size) -> Any:
    return active().remainder(places, as_scalar(size))


def _mirrored(places: Any, size: Size) -> Any:
    """Return places beyond the last element counted back from it, and so on to and fro."""
    d = active()
    period = times(2, minus(size, 1))
    inside = d.remainder(places, as_scalar(larger(period, 1)))
    return d.minimum(inside, d.subtract(as_scalar(period), inside))


def _reflected(places: Any, size: Size) -> Any:
    """Return places beyond the border counted back from the last element, and so on to and fro."""
    d = active()
    period = times(2, size)
    inside = d.remainder(places, as_scalar(period))
    return d.minimum(inside, d.subtract(as_scalar(minus(period, 1)), inside))


_BORDERS: Final[dict[str, Callable[[Any, Size], Any]]] = {
    "constant": _clamped,
    "nearest": _clamped,
    "wrap": _wrapped,
    "mirror": _mirrored,
    "reflect": _reflected,
}


def check_fill(name: str, fill_mode: Any) -> None:
    if fill_mode not in _BORDERS:
        raise ValueError(
            f"{name}: expected argument 'fill_mode' to be one of {tuple(_BORDERS)}, got {fill_mode!r}."
            f"{did_you_mean(fill_mode, _BORDERS)}"
        )


def interpolation_order(name: str, interpolation: Any) -> int:
    orders = {"nearest": 0, "bilinear": 1}
    if interpolation not in orders:
        raise ValueError(
            f"{name}: expected argument 'interpolation' to be 'nearest' or 'bilinear', got {interpolation!r}."
        )
    return orders[interpolation]


def _sampled(
    rows: Any, sizes: Any, coordinates: list[Any], offset: Any, order: int, fill_mode: str, fill_value: Any
) -> Any:
    """Return samples of a grid at coordinates.

    Args:
        rows: floats of shape `(places, channels)`, the places in row-major order.
        sizes: of the grid, one an axis.
        coordinates: floats of any shape, one tensor an axis.
        offset: int32 of a shape that broadcasts with them: at which row the grid begins, or None.
        order: 0 for the nearest place, 1 for linear interpolation.
        fill_mode: what stands beyond the grid.
        fill_value: for `"constant"`.

    Returns:
        Floats of the shape of the coordinates and one more axis, of channels.
    """
    d = active()
    choices: list[list[tuple[Any, Any, Any]]] = []
    for x, size in zip(coordinates, sizes, strict=True):
        if fill_mode in ("constant", "nearest"):
            farthest = float(size + 1) if isinstance(size, int) else d.astype(plus(size, 1), d.dtype_of(x))
            x = minimum(maximum(x, -2.0), farthest)  # far away it is the same, and an int32 holds it
        lower = d.floor(add(x, 0.5)) if order == 0 else d.floor(x)
        places = d.astype(d.stop_gradient(lower), "int32")
        corners = [(places, None)]
        if order:
            share = subtract(x, d.stop_gradient(lower))
            corners = [(places, subtract(1.0, share)), (d.add(places, _scalar(1)), share)]
        borders = _BORDERS[fill_mode]
        choices.append(
            [(borders(place, size), weight, d.equal(place, _clamped(place, size))) for place, weight in corners]
        )
    total = None
    for corner in itertools.product(*choices):
        flat, weight, valid = offset, None, None
        stride: Size = 1
        for (place, share, inside), size in zip(reversed(corner), reversed(sizes), strict=True):
            step = d.multiply(place, as_scalar(stride))
            flat = step if flat is None else d.add(flat, step)
            weight = share if weight is None or share is None else multiply(weight, share)
            valid = inside if valid is None else logical_and(valid, inside)
            stride = times(stride, size)
        values = d.take(rows, d.reshape(flat, (-1,)), 0)
        values = d.reshape(values, (*d.shape(flat), d.shape(rows)[1]))
        if fill_mode == "constant":
            values = where(d.expand_dims(valid, valid.ndim), values, fill_value)  # pyright: ignore
        if weight is not None:
            values = multiply(values, d.expand_dims(weight, weight.ndim))
        total = values if total is None else add(total, values)
    return total


@op(tensors=("inputs", "coordinates"))
def map_coordinates(
    inputs: Any, coordinates: Any, order: int, fill_mode: str = "constant", fill_value: float = 0
) -> Any:
    """Return samples of a tensor at coordinates.

    Args:
        inputs: tensor of any rank `n`.
        coordinates: tensor of shape `(n, ...)`: for each sample one coordinate an axis, in places.
        order: 0 for the nearest place, 1 for linear interpolation.
        fill_mode: what stands beyond the border: `"constant"` (`fill_value`), `"nearest"` (the last element), `"wrap"`
            (the other end), `"mirror"` (the image of the axis in its last element) or `"reflect"` (in its border).
        fill_value: number for `"constant"`.

    Returns:
        Tensor of shape `coordinates.shape[1:]` and the dtype of `inputs`; integers are rounded.

    Raises:
        ValueError: for another order or mode, or coordinates that do not fit.

    Example:
        >>> ops.image.map_coordinates([1.0, 3.0, 5.0], [[0.5, 2.0]], order=1)
        array([2., 5.], dtype=float32)
    """
    d = active()
    check_fill("map_coordinates", fill_mode)
    if order not in (0, 1):
        raise ValueError(f"map_coordinates: expected order 0 or 1, got {order!r}.")
    if not coordinates.ndim or static(coordinates)[0] != inputs.ndim:
        raise ValueError(
            f"map_coordinates: expected coordinates of shape ({inputs.ndim}, ...), one an axis of the inputs of shape "
            f"{static(inputs)}, got {static(coordinates)}."
        )
    dtype = d.dtype_of(inputs)
    sizes = [size_of(inputs, axis) for axis in range(inputs.ndim)]
    points = as_float(coordinates)
    rows = d.reshape(as_float(inputs), (-1, 1))
    parts = [
        d.squeeze(
            d.slice(
                points, (axis, *(0,) * (points.ndim - 1)), (axis + 1, *(None,) * (points.ndim - 1)), (1,) * points.ndim
            ),
            (0,),
        )
        for axis in range(inputs.ndim)
    ]
    result = _sampled(rows, sizes, parts, None, order, fill_mode, fill_value)
    return as_before(d.squeeze(result, (result.ndim - 1,)), dtype)


# Transforms of the plane -------------------------------------------------------------------------------------------


def sampled_at(x: Any, y: Any, batch: Any, order: int, fill_mode: str, fill_value: Any) -> Any:
    """Return a batch of images sampled at points of shape `(batch or 1, height, width)`."""
    d = active()
    sizes = d.shape(batch)
    height, width = known("transform", static(batch)[1:3])
    rows = d.reshape(batch, (-1, sizes[3]))
    offset = d.reshape(d.multiply(d.arange(0, sizes[0], 1, "int32"), _scalar(height * width)), (-1, 1, 1))
    return _sampled(rows, (height, width), [y, x], offset, order, fill_mode, fill_value)


def grid(height: int, width: int, dtype: str) -> tuple[Any, Any]:
    d = active()
    return d.reshape(d.arange(0, width, 1, dtype), (1, 1, -1)), d.reshape(d.arange(0, height, 1, dtype), (1, -1, 1))


def _transformed(images: Any, transform: Any, data_format: Any, order: int, fill_mode: str, fill_value: Any) -> Any:
    """Return images of which each pixel is that at the place to which eight coefficients take its own."""
    d = active()
    dtype = d.dtype_of(images)
    batch, back = channels_last_batch(images, data_format)
    batch = as_float(batch)
    work = d.dtype_of(batch)
    height, width = known("transform", static(batch)[1:3])
    x, y = grid(height, width, work)
    transform = as_dtype(transform, work)
    transform = transform if transform.ndim == 2 else d.expand_dims(transform, 0)
    a = [d.expand_dims(d.slice(transform, (0, i), (None, i + 1), (1, 1)), 2) for i in range(8)]
    scale = add(add(multiply(a[6], x), multiply(a[7], y)), 1.0)
    across = divide(add(add(multiply(a[0], x), multiply(a[1], y)), a[2]), scale)
    down = divide(add(add(multiply(a[3], x), multiply(a[4], y)), a[5]), scale)
    return as_before(back(sampled_at(across, down, batch, order, fill_mode, fill_value)), dtype)


def _prepare_affine(args: list[Any]) -> list[Any]:
    """Check shapes and names."""
    images, transform, interpolation, fill_mode, *rest = args
    check_images("affine_transform", images)
    interpolation_order("affine_transform", interpolation)
    check_fill("affine_transform", fill_mode)
    if transform.ndim not in (1, 2) or static(transform)[-1] != 8 or (transform.ndim == 2 and images.ndim == 3):
        raise ValueError(
            f"affine_transform: expected a transform of shape (8,), or (batch, 8) for a batch of images, got shape "
            f"{static(transform)} with images of shape {static(images)}."
        )
    return [images, transform, interpolation, fill_mode, *rest]


@op(tensors=("images", "transform"), prepare=_prepare_affine, infer=same)
def affine_transform(
    images: Any,
    transform: Any,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: float = 0,
    data_format: Any = None,
) -> Any:
    """Return images moved by projective transforms of the plane.

    The pixel at column `x`, row `y` of the result is that of the image at column `(a0 x + a1 y + a2) / k`, row
    `(b0 x + b1 y + b2) / k`, with `k = c0 x + c1 y + 1`.

    Args:
        images: tensor of shape `(height, width, channels)` or `(batch, height, width, channels)`, or with the channels
            before the height.
        transform: tensor of shape `(8,)` or `(batch, 8)`: `a0, a1, a2, b0, b1, b2, c0, c1`.
        interpolation: `"nearest"` or `"bilinear"`.
        fill_mode: what stands beyond the border, as for `map_coordinates`.
        fill_value: number for `"constant"`.
        data_format: `"channels_last"`, `"channels_first"` or None for the default.

    Returns:
        Tensor of the shape and dtype of `images`; integers are rounded.

    Raises:
        ValueError: for anything else.

    Example:
        >>> shift = [1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0]
        >>> ops.image.affine_transform(ops.reshape(ops.arange(3.0), (1, 3, 1)), shift)[0, :, 0]
        array([1., 2., 0.], dtype=float32)
    """
    order = interpolation_order("affine_transform", interpolation)
    return _transformed(images, transform, data_format, order, fill_mode, fill_value)


def _prepare_perspective(args: list[Any]) -> list[Any]:
    """Check shapes and names."""
    images, start_points, end_points, interpolation, *rest = args
    check_images("perspective_transform", images)
    interpolation_order("perspective_transform", interpolation)
    shapes = static(start_points), static(end_points)
    if shapes[0] != shapes[1] or shapes[0][-2:] != (4, 2) or len(shapes[0]) not in (2, 3):
        raise ValueError(
            f"perspective_transform: expected start_points and end_points of shape (4, 2) or (batch, 4, 2), got shapes "
            f"{shapes[0]} and {shapes[1]}."
        )
    return [images, start_points, end_points, interpolation, *rest]


@op(tensors=("images", "start_points", "end_points"), prepare=_prepare_perspective, infer=same)
def perspective_transform(
    images: Any,
    start_points: Any,
    end_points: Any,
    interpolation: str = "bilinear",
    fill_value: float = 0,
    data_format: Any = None,
) -> Any:
    """Return images seen from elsewhere: four points are taken to four other ones, straight lines to straight lines.

    Args:
        images: tensor of shape `(height, width, channels)` or `(batch, height, width, channels)`, or with the channels
            before the height.
        start_points: tensor of shape `(4, 2)` or `(batch, 4, 2)`: column and row of points of the images.
        end_points: tensor of the same shape: where these points are in the result.
        interpolation: `"nearest"` or `"bilinear"`.
        fill_value: what stands beyond the border.
        data_format: `"channels_last"`, `"channels_first"` or None for the default.

    Returns:
        Tensor of the shape and dtype of `images`; integers are rounded.

    Raises:
        ValueError: for anything else.

    Source:
        Hartley and Zisserman, "Multiple View Geometry in Computer Vision", 2004, section 4.1.

    Example:
        >>> corners = [[0.0, 0.0], [2.0, 0.0], [0.0, 2.0], [2.0, 2.0]]
        >>> ops.image.perspective_transform(ops.ones((3, 3, 1)), corners, corners).shape
        (3, 3, 1)
    """
    d = active()
    order = interpolation_order("perspective_transform", interpolation)
    start, end = (widened(points) for points in (start_points, end_points))
    start, end = (points if points.ndim == 3 else d.expand_dims(points, 0) for points in (start, end))
    start = start if d.dtype_of(start) in ("float32", "float64") else d.astype(start, "float32")
    end = as_dtype(end, d.dtype_of(start))
    (sx, sy), (ex, ey) = ([d.slice(p, (0, 0, i), (None, None, i + 1), (1,) * 3) for i in (0, 1)] for p in (start, end))
    one, zero = (d.full(d.shape(sx), value, d.dtype_of(start)) for value in (1, 0))
    first = d.concat([ex, ey, one, zero, zero, zero, d.negative(d.multiply(sx, ex)), d.negative(d.multiply(sx, ey))], 2)
    second = d.concat(
        [zero, zero, zero, ex, ey, one, d.negative(d.multiply(sy, ex)), d.negative(d.multiply(sy, ey))], 2
    )
    solution = d.solve(d.concat([first, second], 1), d.concat([sx, sy], 1))
    return _transformed(images, d.squeeze(solution, (2,)), data_format, order, "constant", fill_value)
