"""Images cut, filled up, and taken apart into patches."""

from typing import Any

from keras_core.ops.convolution import _windows, explicit_padding, window
from keras_core.ops.image_shapes import channels_last_batch, check_images, known, static
from keras_core.ops.shaping import pad
from keras_core.runtime import config
from keras_core.runtime.definition import op
from keras_core.runtime.table import active


def _height_axis(images: Any, data_format: Any) -> int:
    return images.ndim - (3 if config.standardize_data_format(data_format) == "channels_last" else 2)


def _two_of_three(name: str, sides: tuple[str, str, str], values: tuple[Any, Any, Any]) -> None:
    if sum(value is None for value in values) != 1:
        given = ", ".join(f"{side}={value}" for side, value in zip(sides, values, strict=True))
        raise ValueError(f"{name}: expected exactly two of {', '.join(sides)}, got {given}.")
    if any(value is not None and value < 0 for value in values):
        given = ", ".join(f"{side}={value}" for side, value in zip(sides, values, strict=True))
        raise ValueError(f"{name}: expected numbers that are not negative, got {given}.")


def _cut(
    name: str, size: int | None, sides: tuple[str, str, str], values: tuple[Any, Any, Any]
) -> tuple[int, int | None]:
    """Return where a cut axis begins and ends."""
    _two_of_three(name, sides, values)
    low, high, target = values
    if size is None:
        if low is not None and target is not None:
            return low, low + target
        raise ValueError(f"{name}: a size of the images is unknown; expected {sides[0]} and {sides[2]}.")
    low = size - high - target if low is None else low
    target = size - low - high if target is None else target
    if low < 0 or target < 1 or low + target > size:
        raise ValueError(f"{name}: {sides[0]}={low} and {sides[2]}={target} do not fit images of size {size} there.")
    return low, low + target


@op(tensors=("images",))
def crop_images(
    images: Any,
    top_cropping: int | None = None,
    left_cropping: int | None = None,
    bottom_cropping: int | None = None,
    right_cropping: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: Any = None,
) -> Any:
    """Return a rectangle of images.

    Args:
        images: tensor of shape `(height, width, channels)` or `(batch, height, width, channels)`, or with the channels
            before the height.
        top_cropping: how many rows are left out at the top.
        left_cropping: how many columns are left out on the left.
        bottom_cropping: how many rows are left out at the bottom.
        right_cropping: how many columns are left out on the right.
        target_height: height of the result. Of it and the two croppings exactly two are given.
        target_width: width of the result, likewise.
        data_format: `"channels_last"`, `"channels_first"` or None for the default.

    Returns:
        Tensor of the dtype of `images`.

    Raises:
        ValueError: where not two of three are given, or they do not fit.

    Example:
        >>> ops.image.crop_images(ops.ones((5, 5, 3)), 1, 1, 1, 1).shape
        (3, 3, 3)
    """
    check_images("crop_images", images)
    axis = _height_axis(images, data_format)
    sizes = static(images)[axis : axis + 2]
    rows = _cut(
        "crop_images",
        sizes[0],
        ("top_cropping", "bottom_cropping", "target_height"),
        (top_cropping, bottom_cropping, target_height),
    )
    columns = _cut(
        "crop_images",
        sizes[1],
        ("left_cropping", "right_cropping", "target_width"),
        (left_cropping, right_cropping, target_width),
    )
    start, stop = [0] * images.ndim, [None] * images.ndim
    start[axis], start[axis + 1] = rows[0], columns[0]
    stop[axis], stop[axis + 1] = rows[1], columns[1]  # pyright: ignore[reportArgumentType, reportCallIssue]
    return active().slice(images, tuple(start), tuple(stop), (1,) * images.ndim)


def _filled(name: str, size: int | None, sides: tuple[str, str, str], values: tuple[Any, Any, Any]) -> tuple[int, int]:
    """Return how much is added before and after an axis."""
    _two_of_three(name, sides, values)
    low, high, target = values
    if target is not None:
        if size is None:
            raise ValueError(f"{name}: a size of the images is unknown; expected {sides[0]} and {sides[1]}.")
        low = target - size - high if low is None else low
        high = target - size - low
    if low < 0 or high < 0:
        raise ValueError(f"{name}: {sides[2]}={target} is too small for images of size {size} and the paddings.")
    return low, high


@op(tensors=("images",))
def pad_images(
    images: Any,
    top_padding: int | None = None,
    left_padding: int | None = None,
    bottom_padding: int | None = None,
    right_padding: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: Any = None,
) -> Any:
    """Return images with zeros around them.

    Args:
        images: tensor of shape `(height, width, channels)` or `(batch, height, width, channels)`, or with the channels
            before the height.
        top_padding: how many rows are added at the top.
        left_padding: how many columns are added on the left.
        bottom_padding: how many rows are added at the bottom.
        right_padding: how many columns are added on the right.
        target_height: height of the result. Of it and the two paddings exactly two are given.
        target_width: width of the result, likewise.
        data_format: `"channels_last"`, `"channels_first"` or None for the default.

    Returns:
        Tensor of the dtype of `images`.

    Raises:
        ValueError: where not two of three are given, or they do not fit.

    Example:
        >>> ops.image.pad_images(ops.ones((3, 3, 1)), 1, 1, target_height=5, target_width=6).shape
        (5, 6, 1)
    """
    check_images("pad_images", images)
    axis = _height_axis(images, data_format)
    sizes = static(images)[axis : axis + 2]
    rows = _filled(
        "pad_images",
        sizes[0],
        ("top_padding", "bottom_padding", "target_height"),
        (top_padding, bottom_padding, target_height),
    )
    columns = _filled(
        "pad_images",
        sizes[1],
        ("left_padding", "right_padding", "target_width"),
        (left_padding, right_padding, target_width),
    )
    widths = [(0, 0)] * images.ndim
    widths[axis], widths[axis + 1] = rows, columns
    return pad(images, tuple(widths))


# Patches -----------------------------------------------------------------------------------------------------------


def _patches(
    name: str, x: Any, spatial: int, size: Any, strides: Any, rate: Any, padding: Any, data_format: Any
) -> Any:
    d = active()
    check_images(name, x, spatial)
    size = window(size, spatial, "size")
    strides = size if strides is None else window(strides, spatial, "strides")
    rate = window(rate, spatial, "dilation_rate")
    batch, back = channels_last_batch(x, data_format, spatial)
    pairs = explicit_padding(padding, static(batch)[1:-1], size, strides, rate)
    if pairs == "same":
        raise ValueError(f"{name}: padding 'same' with strides needs known spatial sizes, got shape {static(x)}.")
    batch = pad(batch, ((0, 0), *pairs, (0, 0)))
    return back(d.concat(_windows(batch, size, strides, rate), batch.ndim - 1))


@op(tensors=("images",))
def extract_patches(
    images: Any, size: Any, strides: Any = None, dilation_rate: Any = 1, padding: str = "valid", data_format: Any = None
) -> Any:
    """Return the patches of images, each as one vector.

    Args:
        images: tensor of shape `(height, width, channels)` or `(batch, height, width, channels)`, or with the channels
            before the height.
        size: int, or pair: height and width of a patch.
        strides: int, or pair: distance of patches; None for `size`, so that they lie side by side.
        dilation_rate: int, or pair: distance of the pixels of a patch.
        padding: `"valid"`, or `"same"`, which fills up with zeros.
        data_format: `"channels_last"`, `"channels_first"` or None for the default.

    Returns:
        Tensor of shape `(batch, rows, columns, size * size * channels)`, or with the vectors at axis 1.

    Raises:
        ValueError: for another rank or padding.

    Example:
        >>> ops.image.extract_patches(ops.ones((1, 4, 4, 3)), 2).shape
        (1, 2, 2, 12)
    """
    return _patches("extract_patches", images, 2, size, strides, dilation_rate, padding, data_format)


@op(tensors=("volumes",))
def extract_patches_3d(
    volumes: Any,
    size: Any,
    strides: Any = None,
    dilation_rate: Any = 1,
    padding: str = "valid",
    data_format: Any = None,
) -> Any:
    """Return the patches of volumes, each as one vector.

    Args:
        volumes: tensor of shape `(depth, height, width, channels)` or `(batch, depth, height, width, channels)`, or
            with the channels before the depth.
        size: int, or tuple of three: depth, height and width of a patch.
        strides: int, or tuple of three: distance of patches; None for `size`, so that they lie side by side.
        dilation_rate: int, or tuple of three: distance of the voxels of a patch.
        padding: `"valid"`, or `"same"`, which fills up with zeros.
        data_format: `"channels_last"`, `"channels_first"` or None for the default.

    Returns:
        Tensor of shape `(batch, layers, rows, columns, size ** 3 * channels)`, or with the vectors at axis 1.

    Raises:
        ValueError: for another rank or padding.

    Example:
        >>> ops.image.extract_patches_3d(ops.ones((1, 4, 4, 4, 1)), 2).shape
        (1, 2, 2, 2, 8)
    """
    return _patches("extract_patches_3d", volumes, 3, size, strides, dilation_rate, padding, data_format)


@op(tensors=("patches",))
def reconstruct_patches(
    patches: Any,
    size: Any,
    output_size: Any = None,
    strides: Any = None,
    padding: str = "valid",
    data_format: Any = None,
) -> Any:
    """Return the images, or volumes, of which the patches that lie side by side are given.

    Args:
        patches: result of `extract_patches` (rank 3 or 4) or `extract_patches_3d` (rank 4 or 5).
        size: pair, or tuple of three: of a patch. An int says two spatial axes for rank 3 and 4, three for rank 5.
        output_size: spatial sizes of the result; needed for `"same"`, where the zeros must be taken away again.
        strides: None, or `size`: patches that overlap cannot be put together.
        padding: `"valid"` or `"same"`, as it was when they were extracted.
        data_format: `"channels_last"`, `"channels_first"` or None for the default.

    Returns:
        Tensor of shape `(batch, *output_size, channels)`, or with the channels at axis 1.

    Raises:
        ValueError: where sizes do not fit each other.

    Example:
        >>> x = ops.reshape(ops.arange(16.0), (1, 4, 4, 1))
        >>> patches = ops.image.extract_patches(x, 2)
        >>> bool(ops.all(ops.image.reconstruct_patches(patches, 2) == x))
        True
    """
    d = active()
    name = "reconstruct_patches"
    spatial = len(size) if isinstance(size, list | tuple) else (3 if patches.ndim == 5 else 2)
    size = window(size, spatial, "size")
    if strides is not None and window(strides, spatial, "strides") != size:
        raise ValueError(f"{name}: expected strides equal to size {size}, got {strides}: patches that overlap differ.")
    check_images(name, patches, spatial)
    x, back = channels_last_batch(patches, data_format, spatial)
    grid = known(name, static(x)[1:-1])
    whole = tuple(count * side for count, side in zip(grid, size, strict=True))
    volume = 1
    for side in size:
        volume *= side
    if static(x)[-1] is None or static(x)[-1] % volume:
        raise ValueError(
            f"{name}: the last axis must be a multiple of {volume}, got patches of shape {static(patches)}."
        )
    target = whole if output_size is None else window(output_size, spatial, "output_size")
    fits = [-(-t // side) == count for t, side, count in zip(target, size, grid, strict=True)]
    if padding not in ("valid", "same") or (padding == "valid" and target != whole) or not all(fits):
        raise ValueError(
            f"{name}: output_size {target} does not fit {grid} patches of size {size} with padding {padding!r}."
        )
    if padding == "same" and output_size is None:
        raise ValueError(f"{name}: with padding 'same' argument 'output_size' must be given.")
    batch, channels = d.shape(x)[0], static(x)[-1] // volume
    x = d.reshape(x, (batch, *grid, *size, channels))
    order = [0, *(axis for pair in range(spatial) for axis in (1 + pair, 1 + spatial + pair)), 2 * spatial + 1]
    x = d.reshape(d.permute_dims(x, tuple(order)), (batch, *whole, channels))
    low = [(full - t) // 2 for full, t in zip(whole, target, strict=True)]
    stop = [first + t for first, t in zip(low, target, strict=True)]
    return back(d.slice(x, (0, *low, 0), (None, *stop, None), (1,) * x.ndim))
