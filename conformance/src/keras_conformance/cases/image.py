"""Ops of images: other sizes, other places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from scipy import ndimage

from keras_conformance.case import WIDE_FLOATS, Arguments, Case, Draw, Sample, args, host_dtype
from keras_conformance.cases.common import array, fails, zeros

_DTYPES: Final = ("bfloat16", "float16", *WIDE_FLOATS, "uint8", "int32")
_WITHOUT: Final = {
    "zero_d": "an image has axes",
    "nonfinite": "how far weights spread one nan or infinity is left open",
}


def _case(name: str, oracle: Callable[..., Any], *samples: Sample, **changes: Any) -> Case:
    settings = {"dtypes": _DTYPES, "without": _WITHOUT, "tolerance": 10}
    return Case(name=name, oracle=oracle, samples=samples, **{**settings, **changes})


def _no_image(name: str, *more: Any) -> Any:
    return fails(lambda: args(zeros(4, 4), *more), ValueError, f"{name}: expected shape (height, width, channels)")


def _rounded(values: Any, dtype: Any) -> Any:
    """Return floats for floats, else the nearest numbers of the dtype."""
    if dtype.kind not in "iu":
        return values
    return np.clip(np.round(values), np.iinfo(dtype).min, np.iinfo(dtype).max).astype(dtype)


def _batched(function: Callable[..., Any], images: Any, data_format: Any) -> Any:
    """Apply a function to each image, channels last, and give the results the form of the images."""
    x = np.moveaxis(images, -3, -1) if data_format == "channels_first" else images
    parts = [function(image) for image in (x if x.ndim == 4 else x[None])]
    result = np.stack(parts) if parts else np.zeros((0, *function(np.zeros(x.shape[1:])).shape))
    result = result if x.ndim == 4 else result[0]
    return np.moveaxis(result, x.ndim - 1, x.ndim - 3) if data_format == "channels_first" else result


# Sizes -------------------------------------------------------------------------------------------------------------


def _kernel(method: str, x: Any) -> Any:
    x = np.abs(x)
    if method.endswith("linear"):
        return np.maximum(1 - x, 0)
    if method.endswith("cubic"):
        return np.where(x < 1, 1.5 * x**3 - 2.5 * x**2 + 1, np.where(x < 2, -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2, 0))
    radius = int(method[-1])
    return np.where(x < radius, np.sinc(x) * np.sinc(x / radius), 0)


def _resampled(x: Any, axis: int, size: int, scale: float, shift: float, method: str, antialias: bool) -> Any:
    old = x.shape[axis]
    width = max(1 / scale, 1) if antialias else 1
    rows = []
    for place in range(size):
        at = (place + 0.5 - shift) / scale - 0.5
        weights = _kernel(method, (np.arange(old) - at) / width)
        inside = -0.5 <= at <= old - 0.5
        rows.append(weights / weights.sum() if inside else np.zeros(old))
    return np.moveaxis(np.tensordot(np.array(rows), x, (1, axis)), 0, axis)


def _resize(
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
    def one(x: Any) -> Any:
        h, w, _ = x.shape
        if crop_to_aspect_ratio:
            tall, wide = min(h, w * size[0] // size[1]), min(w, h * size[1] // size[0])
            x = x[(h - tall) // 2 :, (w - wide) // 2 :][:tall, :wide]
        if pad_to_aspect_ratio:
            more = max(h, w * size[0] // size[1]) - h, max(w, h * size[1] // size[0]) - w
            widths = [(m // 2, m - m // 2) for m in more]
            x = np.pad(x, (*widths, (0, 0)), constant_values=fill_value)
        if interpolation == "nearest":
            rows, columns = (
                np.floor((np.arange(n) + 0.5) * m / n).astype(int) for n, m in zip(size, x.shape, strict=False)
            )
            return x[rows][:, columns]
        for axis in (0, 1):
            x = _resampled(x, axis, size[axis], size[axis] / x.shape[axis], 0.0, interpolation, antialias)
        return x

    return _rounded(_batched(one, images, data_format), images.dtype)


def _scaled(
    images: Any, output_shape: Any, scale: Any, translation: Any, spatial_dims: Any, method: str, antialias: bool = True
) -> Any:
    x = images.astype(np.float64)
    for axis, s, t in zip(spatial_dims, scale, translation, strict=True):
        x = _resampled(x, axis, output_shape[axis], float(s), float(t), method, antialias)
    return x


def _image(*shape: int, rest: tuple[Any, ...] = (), **named: Any) -> Sample:
    return array(*shape, low=0, high=9, rest=rest, **named)


def _moved(shape: tuple[int, ...], new: tuple[int, ...], scale: Any, shift: Any, axes: Any, *rest: Any) -> Sample:
    return lambda d: args(
        d.array(shape), new, np.array(scale).astype(_float(d)), np.array(shift).astype(_float(d)), axes, *rest
    )


def _float(d: Draw) -> np.dtype:
    return host_dtype("float32" if "int" in d.dtype else d.dtype)


# Places ------------------------------------------------------------------------------------------------------------

_MODES: Final = {
    "constant": "grid-constant",
    "nearest": "nearest",
    "wrap": "grid-wrap",
    "mirror": "mirror",
    "reflect": "reflect",
}


def _mapped(inputs: Any, coordinates: Any, order: int, fill_mode: str = "constant", fill_value: float = 0) -> Any:
    points = np.floor(coordinates + 0.5) if order == 0 else coordinates
    result = ndimage.map_coordinates(
        inputs.astype(np.float64), points.astype(np.float64), order=order, mode=_MODES[fill_mode], cval=fill_value
    )
    return _rounded(result, inputs.dtype)


def _sampled(image: Any, x: Any, y: Any, interpolation: str, fill_mode: str, fill_value: float) -> Any:
    order = 1 if interpolation == "bilinear" else 0
    return np.stack(
        [_mapped(image[..., c], np.stack([y, x]), order, fill_mode, fill_value) for c in range(image.shape[-1])], -1
    )


def _projected(
    images: Any, matrices: Any, interpolation: str, fill_mode: str, fill_value: float, data_format: Any
) -> Any:
    queue = list(matrices) * (len(images) if len(matrices) == 1 else 1)

    def one(image: Any) -> Any:
        matrix = queue.pop(0) if queue else np.eye(3)
        y, x = np.indices(image.shape[:2])
        points = np.einsum("ij,jhw->ihw", matrix, np.stack([x, y, np.ones_like(x)]))
        return _sampled(image, points[0] / points[2], points[1] / points[2], interpolation, fill_mode, fill_value)

    return _batched(one, images, data_format)


def _affine(
    images: Any,
    transform: Any,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: float = 0,
    data_format: Any = None,
) -> Any:
    rows = np.atleast_2d(transform.astype(np.float64))
    matrices = np.concatenate([rows, np.ones((len(rows), 1))], 1).reshape(-1, 3, 3)
    return _projected(images, matrices, interpolation, fill_mode, fill_value, data_format)


def _homography(start: Any, end: Any) -> Any:
    """Return the matrix that takes each end point to its start point, by the null space of linear equations."""
    rows = []
    for (sx, sy), (ex, ey) in zip(start, end, strict=True):
        rows += [[ex, ey, 1, 0, 0, 0, -sx * ex, -sx * ey, -sx], [0, 0, 0, ex, ey, 1, -sy * ex, -sy * ey, -sy]]
    matrix = np.linalg.svd(np.array(rows))[2][-1].reshape(3, 3)
    return matrix / matrix[2, 2]


def _perspective(
    images: Any,
    start_points: Any,
    end_points: Any,
    interpolation: str = "bilinear",
    fill_value: float = 0,
    data_format: Any = None,
) -> Any:
    starts, ends = (points.astype(np.float64).reshape(-1, 4, 2) for points in (start_points, end_points))
    matrices = [_homography(start, end) for start, end in zip(starts, ends, strict=True)]
    return _projected(images, matrices, interpolation, "constant", fill_value, data_format)


def _taps(size: int, sigma: float) -> Any:
    weights = np.exp(-(((np.arange(size) - (size - 1) / 2) / sigma) ** 2) / 2)
    return weights / weights.sum()


def _blurred(x: Any, taps: Any) -> Any:
    for axis, weights in enumerate(taps):
        x = ndimage.correlate1d(x.astype(np.float64), weights, axis, mode="constant")
    return x


def _elastic(
    images: Any,
    noise: Any,
    alpha: float = 20.0,
    sigma: float = 5.0,
    interpolation: str = "bilinear",
    fill_mode: str = "reflect",
    fill_value: float = 0.0,
    data_format: Any = None,
) -> Any:
    queue = list(noise)

    def one(image: Any) -> Any:
        y, x = np.indices(image.shape[:2])
        field = queue.pop(0) if queue else np.zeros((*image.shape[:2], 2))
        moves = alpha * _blurred(field, [_taps(int(6 * sigma) | 1, sigma)] * 2)
        return _sampled(image, x + moves[..., 0], y + moves[..., 1], interpolation, fill_mode, fill_value)

    return _batched(one, images, data_format)


def _points(*shape: int, sizes: tuple[int, ...], **named: Any) -> Sample:
    def sample(d: Draw) -> Arguments:
        # Eighths are exact in every float dtype, and never half way between two places.
        coordinates = d.integers((len(sizes), *shape), -20, 60) * 2 + 1
        return args(d.array(sizes, 0, 9), (coordinates / 8).astype(_float(d)), **named)

    return sample


_TRANSFORM: Final = (0.875, 0.25, -0.375, 0.125, 0.75, 0.375, 0.0, 0.0)


def _turned(*shape: int, transform: Any = _TRANSFORM, **named: Any) -> Sample:
    return lambda d: args(d.array(shape, 0, 9), np.array(transform).astype(_float(d)), **named)


_CORNERS: Final = ((0.0, 0.0), (0.0, 4.0), (3.0, 0.0), (3.0, 4.0))
_OTHERS: Final = ((0.5, 0.25), (-0.5, 4.5), (3.25, 0.5), (2.0, 3.5))


def _seen(*shape: int, start: Any = _CORNERS, end: Any = _OTHERS, **named: Any) -> Sample:
    return lambda d: args(
        d.array(shape, 0, 9), np.array(start).astype(_float(d)), np.array(end).astype(_float(d)), **named
    )


def _shaken(*shape: int, noise: tuple[int, ...], **named: Any) -> Sample:
    return lambda d: args(d.array(shape, 0, 9), d.array(noise, -1, 1, "float32").astype(_float(d)), **named)


_NARROW: Final = (*WIDE_FLOATS, "uint8")
"""For samples at computed coordinates: in the narrowest floats these are too coarse to be compared."""


OPS: Final = (
    _case(
        "resize",
        _resize,
        _image(2, 4, 5, 3, rest=((3, 7),)),
        _image(4, 5, 1, rest=((6, 3), "nearest")),
        *(
            _image(1, 5, 4, 2, rest=((3, 7), method, antialias))
            for method in ("bilinear", "bicubic", "lanczos3", "lanczos5")
            for antialias in (False, True)
        ),
        _image(1, 12, 3, 1, rest=((2, 3), "lanczos5", True)),
        _image(1, 4, 6, 2, rest=((3, 3),), crop_to_aspect_ratio=True),
        _image(1, 4, 7, 2, rest=((4, 4),), pad_to_aspect_ratio=True, fill_value=-1.0),
        _image(2, 3, 4, 5, rest=((2, 2), "bicubic"), data_format="channels_first"),
        empty=_image(0, 4, 5, 3, rest=((3, 7),)),
        errors=(
            _no_image("resize", (2, 2)),
            fails(
                lambda: args(zeros(4, 4, 1), (2, 2), "area"), ValueError, "resize: expected argument 'interpolation'"
            ),
            fails(lambda: args(zeros(4, 4, 1), 2), ValueError, "resize: expected argument 'size' to be a pair"),
            fails(
                lambda: args(zeros(4, 4, 1), (2, 2), crop_to_aspect_ratio=True, pad_to_aspect_ratio=True),
                ValueError,
                "resize: expected at most one of crop_to_aspect_ratio",
            ),
        ),
    ),
    _case(
        "scale_and_translate",
        _scaled,
        _moved((1, 4, 5, 2), (1, 3, 6, 2), (0.77, 1.23), (0.21, -0.37), (1, 2), "linear"),
        *(
            _moved((4, 5), (6, 4), (1.5, 0.625), (-0.25, 0.75), (0, 1), method, antialias)
            for method in ("cubic", "lanczos3", "lanczos5", "bilinear")
            for antialias in (False, True)
        ),
        _moved((2, 6), (2, 9), (1.25,), (3.0,), (-1,), "tricubic"),
        out=lambda t: "float32" if "int" in t else t,
        dtypes=("bfloat16", *WIDE_FLOATS, "uint8"),
        empty=_moved((0, 4, 5, 2), (0, 3, 6, 2), (0.75, 1.25), (0.25, -0.375), (1, 2), "linear"),
        errors=(
            fails(
                lambda: args(zeros(4, 4), (2, 2), zeros(2), zeros(2), (0, 1), "nearest"),
                ValueError,
                "scale_and_translate: expected argument 'method' to be one of",
            ),
            fails(
                lambda: args(zeros(4, 4), (2, 2), zeros(1), zeros(2), (0, 1), "linear"),
                ValueError,
                "scale_and_translate: expected one size an axis in output_shape",
            ),
        ),
    ),
    _case(
        "map_coordinates",
        _mapped,
        _points(7, sizes=(4, 5), order=1),
        *(
            _points(3, 4, sizes=(4, 5), order=order, fill_mode=mode, fill_value=2)
            for order in (0, 1)
            for mode in _MODES
        ),
        _points(40, sizes=(3,), order=1, fill_mode="mirror"),
        _points(4, sizes=(2, 3, 4), order=1, fill_mode="reflect"),
        _points(4, sizes=(1, 3), order=1, fill_mode="mirror"),
        empty=_points(0, sizes=(4, 5), order=1),
        errors=(
            fails(lambda: args(zeros(4), zeros(1, 2), 2), ValueError, "map_coordinates: expected order 0 or 1"),
            fails(
                lambda: args(zeros(4), zeros(1, 2), 1, "edge"), ValueError, "map_coordinates: expected argument 'fill_"
            ),
            fails(lambda: args(zeros(4), zeros(2, 2), 1), ValueError, "map_coordinates: expected coordinates of shape"),
        ),
    ),
    _case(
        "affine_transform",
        _affine,
        _turned(2, 4, 5, 3, transform=(0.83, 0.21, -0.37, 0.13, 0.77, 0.41, 0.011, 0.007)),  # no place hit exactly
        *(_turned(2, 4, 5, 1, interpolation="nearest", fill_mode=mode, fill_value=-1) for mode in _MODES),
        *(_turned(4, 5, 1, fill_mode=mode, fill_value=3) for mode in _MODES),
        _turned(2, 4, 5, 1, transform=(_TRANSFORM, (1, 0, 0.5, 0, 1, -0.25, 0.125, 0.0625))),
        _turned(1, 2, 4, 5, data_format="channels_first"),
        dtypes=_NARROW,
        empty=_turned(0, 4, 5, 3),
        errors=(
            _no_image("affine_transform", zeros(8)),
            fails(
                lambda: args(zeros(4, 4, 1), zeros(6)), ValueError, "affine_transform: expected a transform of shape"
            ),
            fails(
                lambda: args(zeros(4, 4, 1), zeros(8), "bicubic"),
                ValueError,
                "affine_transform: expected argument 'interpolation'",
            ),
        ),
    ),
    _case(
        "perspective_transform",
        _perspective,
        _seen(2, 5, 4, 3),
        _seen(5, 4, 1, interpolation="nearest", fill_value=-1),
        _seen(2, 5, 4, 1, start=(_CORNERS, _OTHERS), end=(_OTHERS, _CORNERS)),
        _seen(1, 2, 5, 4, data_format="channels_first"),
        dtypes=_NARROW,
        empty=_seen(0, 5, 4, 3),
        tolerance=200,
        errors=(
            _no_image("perspective_transform", zeros(4, 2), zeros(4, 2)),
            fails(
                lambda: args(zeros(4, 4, 1), zeros(3, 2), zeros(3, 2)),
                ValueError,
                "perspective_transform: expected start_points and end_points of shape",
            ),
        ),
    ),
    _case(
        "elastic_warp",
        _elastic,
        _shaken(2, 6, 5, 3, noise=(2, 6, 5, 2), alpha=2.0, sigma=1.0),
        _shaken(6, 5, 1, noise=(1, 6, 5, 2), alpha=2.0, sigma=0.5, interpolation="nearest", fill_mode="wrap"),
        _shaken(1, 2, 6, 5, noise=(1, 6, 5, 2), alpha=4.0, fill_mode="constant", data_format="channels_first"),
        dtypes=_NARROW,
        empty=_shaken(0, 6, 5, 3, noise=(0, 6, 5, 2)),
        tolerance=40,
        errors=(
            fails(
                lambda: args(zeros(4, 4, 1), zeros(1, 4, 4, 2), fill_mode="edge"),
                ValueError,
                "elastic_transform: expected argument 'fill_mode'",
            ),
        ),
    ),
)
PRIMITIVES: Final = ()
