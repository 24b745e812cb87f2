"""Ops of images: neighbourhoods, colors, patches."""

from __future__ import annotations

import colorsys
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from scipy import ndimage

from keras_conformance.case import FEW, WIDE_FLOATS, Arguments, Sample, args
from keras_conformance.cases.common import MOVES, array, fails, with_nan, zeros
from keras_conformance.cases.image import _batched, _blurred, _case, _image, _no_image, _rounded, _taps

_NAN_MOVES: Final = {"zero_d": "an image has axes"}

# Neighbourhoods ----------------------------------------------------------------------------------------------------


def _blur(images: Any, kernel_size: Any = (3, 3), sigma: Any = (1.0, 1.0), data_format: Any = None) -> Any:
    sizes, deviations = (v if isinstance(v, list | tuple) else (v, v) for v in (kernel_size, sigma))
    taps = [_taps(size, deviation) for size, deviation in zip(sizes, deviations, strict=True)][::-1]
    return _rounded(_batched(lambda image: _blurred(image, taps), images, data_format), images.dtype)


def _sobel(images: Any, data_format: Any = None) -> Any:
    x = images.astype(np.float64)
    first = x.ndim - 2 if data_format == "channels_first" else x.ndim - 3
    result = np.stack([_edges(x, first, which) for which in (0, 1)], -1)
    return _rounded(result, images.dtype)


def _edges(x: Any, first: int, which: int) -> Any:
    if not x.size:
        return x
    across = first + 1 - which
    return ndimage.correlate1d(
        ndimage.correlate1d(x, [-1, 0, 1], first + which, mode="mirror"), [1, 2, 1], across, mode="mirror"
    )


def _ssim(
    image1: Any,
    image2: Any,
    max_val: float = 1.0,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
    data_format: Any = None,
) -> Any:
    if image1.ndim == 4:
        pairs = zip(image1, image2, strict=True)
        rest = max_val, filter_size, filter_sigma, k1, k2, data_format
        return np.array([_ssim(one, other, *rest) for one, other in pairs])
    x, y = (np.moveaxis(i, 0, -1) if data_format == "channels_first" else i for i in (image1, image2))
    weights = np.outer(_taps(filter_size, filter_sigma), _taps(filter_size, filter_sigma))[..., None]
    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    values = []
    for i in range(x.shape[0] - filter_size + 1):
        for j in range(x.shape[1] - filter_size + 1):
            u, v = (image[i : i + filter_size, j : j + filter_size].astype(np.float64) for image in (x, y))
            a, b = (weights * u).sum((0, 1)), (weights * v).sum((0, 1))
            spread = (weights * ((u - a) ** 2 + (v - b) ** 2)).sum((0, 1))
            both = (weights * (u - a) * (v - b)).sum((0, 1))
            values.append((2 * a * b + c1) / (a * a + b * b + c1) * (2 * both + c2) / (spread + c2))
    return np.mean(values)


def _pair(*shape: int, **named: Any) -> Sample:
    return lambda d: args(d.array(shape, 0, 1), d.array(shape, 0, 1), **named)


# Colors ------------------------------------------------------------------------------------------------------------


def _per_pixel(function: Callable[..., Any]) -> Callable[..., Any]:
    def oracle(images: Any, data_format: Any = None) -> Any:
        x = np.moveaxis(images, -3, -1) if data_format == "channels_first" else images
        colors = [function(*color) for color in x.reshape(-1, 3).tolist()]
        result = np.array(colors).reshape(*x.shape[:-1], -1 if colors else 3)
        return np.moveaxis(result, -1, -3) if data_format == "channels_first" else result

    return oracle


def _grey(images: Any, data_format: Any = None) -> Any:
    axis = -3 if data_format == "channels_first" else -1
    red, green, blue = np.split(images.astype(np.float64), 3, axis)
    result = 0.2989 * red + 0.587 * green + 0.114 * blue
    return np.floor(result).astype(images.dtype) if images.dtype.kind in "iu" else result


def _hue_free(_arguments: Arguments, results: list[Any]) -> list[Any]:
    # Hue is an angle: next to red it may be 0 or nearly 1.
    hue, rest = np.split(np.asarray(results[0]), [1], -1 if np.asarray(results[0]).shape[-1] == 3 else -3)
    return [np.cos(2 * np.pi * hue), np.sin(2 * np.pi * hue), rest]


_COLORS: Final = {"low": 0.05, "high": 0.95}

# Patches -----------------------------------------------------------------------------------------------------------


def _patches(
    x: Any, size: Any, strides: Any = None, dilation_rate: Any = 1, padding: str = "valid", data_format: Any = None
) -> Any:
    three = x.ndim == 5
    n = 3 if three else 2
    size, rate = ((v,) * n if isinstance(v, int) else v for v in (size, dilation_rate))
    strides = size if strides is None else ((strides,) * n if isinstance(strides, int) else strides)
    x = np.moveaxis(x, -n - 1, -1) if data_format == "channels_first" else x
    lead = x.ndim - n - 1
    spans = [(k - 1) * r + 1 for k, r in zip(size, rate, strict=True)]
    if padding == "same":
        totals = [
            max((-(-m // s) - 1) * s + k - m, 0) for m, s, k in zip(x.shape[lead:-1], strides, spans, strict=True)
        ]
        x = np.pad(x, [(0, 0)] * lead + [(t // 2, t - t // 2) for t in totals] + [(0, 0)])
    axes = tuple(range(lead, lead + n))
    views = np.lib.stride_tricks.sliding_window_view(x, spans, axes)
    views = views[(slice(None),) * lead + tuple(slice(None, None, s) for s in strides)]
    views = views[(..., *(slice(None, None, r) for r in rate))]
    views = np.moveaxis(views, lead + n, -1)
    result = views.reshape(*views.shape[: lead + n], int(np.prod(views.shape[lead + n :])))
    return np.moveaxis(result, -1, lead) if data_format == "channels_first" else result


def _put_together(
    patches: Any,
    size: Any,
    output_size: Any = None,
    strides: Any = None,
    padding: str = "valid",
    data_format: Any = None,
) -> Any:
    x = np.moveaxis(patches, -3, -1) if data_format == "channels_first" else patches
    x = x if x.ndim == 4 else x[None]
    size = (size, size) if isinstance(size, int) else size
    b, rows, columns, depth = x.shape
    channels = depth // (size[0] * size[1])
    whole = np.zeros((b, rows * size[0], columns * size[1], channels), x.dtype)
    for i in range(rows):
        for j in range(columns):
            block = x[:, i, j].reshape(b, *size, channels)
            whole[:, i * size[0] : (i + 1) * size[0], j * size[1] : (j + 1) * size[1]] = block
    h, w = output_size or whole.shape[1:3]
    top, left = (whole.shape[1] - h) // 2, (whole.shape[2] - w) // 2
    whole = whole[:, top : top + h, left : left + w]
    whole = whole if patches.ndim == 4 else whole[0]
    return np.moveaxis(whole, -1, -3) if data_format == "channels_first" else whole


def _cropped(
    images: Any,
    top: Any = None,
    left: Any = None,
    bottom: Any = None,
    right: Any = None,
    height: Any = None,
    width: Any = None,
    data_format: Any = None,
) -> Any:
    x = np.moveaxis(images, -3, -1) if data_format == "channels_first" else images
    h, w = x.shape[-3:-1]
    top = h - bottom - height if top is None else top
    left = w - right - width if left is None else left
    height = h - top - bottom if height is None else height
    width = w - left - right if width is None else width
    result = x[..., top : top + height, left : left + width, :]
    return np.moveaxis(result, -1, -3) if data_format == "channels_first" else result


def _padded(
    images: Any,
    top: Any = None,
    left: Any = None,
    bottom: Any = None,
    right: Any = None,
    height: Any = None,
    width: Any = None,
    data_format: Any = None,
) -> Any:
    x = np.moveaxis(images, -3, -1) if data_format == "channels_first" else images
    h, w = x.shape[-3:-1]
    top = height - h - bottom if top is None else top
    left = width - w - right if left is None else left
    bottom = height - h - top if bottom is None else bottom
    right = width - w - left if right is None else right
    result = np.pad(x, [(0, 0)] * (x.ndim - 3) + [(top, bottom), (left, right), (0, 0)])
    return np.moveaxis(result, -1, -3) if data_format == "channels_first" else result


def _renamed(function: Callable[..., Any], what: str) -> Callable[..., Any]:
    def oracle(images: Any, *rest: Any, **named: Any) -> Any:
        return function(
            images, *rest, **{k.replace(f"_{what}", "").replace("target_", ""): v for k, v in named.items()}
        )

    return oracle


OPS: Final = (
    _case(
        "gaussian_blur",
        _blur,
        _image(2, 5, 6, 3),
        _image(5, 6, 1, rest=((3, 5), (1.0, 2.0))),
        _image(1, 2, 5, 6, rest=(5, 0.75), data_format="channels_first"),
        empty=_image(0, 5, 6, 3),
        errors=(
            _no_image("gaussian_blur"),
            fails(lambda: args(zeros(4, 4, 1), 0), ValueError, "gaussian_blur: expected argument 'kernel_size'"),
        ),
    ),
    _case(
        "sobel_edges",
        _sobel,
        _image(2, 5, 6, 3),
        _image(5, 6, 1),
        _image(1, 2, 5, 6, data_format="channels_first"),
        dtypes=("bfloat16", "float16", *WIDE_FLOATS, "int32"),
        empty=_image(0, 5, 6, 3),
        errors=(_no_image("sobel_edges"),),
    ),
    _case(
        "ssim",
        _ssim,
        _pair(2, 6, 7, 3, filter_size=4),
        _pair(12, 12, 1),
        _pair(1, 2, 6, 7, filter_size=3, filter_sigma=1.0, max_val=2.0, data_format="channels_first"),
        dtypes=WIDE_FLOATS,
        empty=_pair(0, 6, 7, 3, filter_size=4),
        tolerance=40,
        errors=(
            _no_image("ssim", zeros(4, 4)),
            fails(lambda: args(zeros(4, 4, 1), zeros(4, 5, 1)), ValueError, "ssim: expected images of one shape"),
            fails(lambda: args(zeros(4, 4, 1), zeros(4, 4, 1)), ValueError, "ssim: images must be at least as large"),
        ),
    ),
    _case(
        "rgb_to_grayscale",
        _grey,
        _image(2, 4, 5, 3),
        _image(4, 5, 3),
        _image(2, 3, 4, 5, data_format="channels_first"),
        empty=_image(0, 4, 5, 3),
        nonfinite=with_nan(4, 5, 3),
        without=_NAN_MOVES,
        errors=(fails(lambda: args(zeros(4, 4, 1)), ValueError, "rgb_to_grayscale: expected 3 channels at axis 2"),),
    ),
    _case(
        "rgb_to_hsv",
        _per_pixel(colorsys.rgb_to_hsv),
        array(2, 4, 5, 3, **_COLORS),
        lambda d: args(np.array([[[0, 0, 0], [1, 1, 1], [0.5, 0.5, 0.5], [1, 0, 0], [0, 1, 1], [1, 0, 1]]], d.dtype)),
        array(2, 3, 4, 5, **_COLORS, data_format="channels_first"),
        dtypes=("float16", *WIDE_FLOATS),
        observe=_hue_free,
        gradient=False,
        why_no_gradient="hue is an angle, which the check would take for a number",
        empty=array(0, 4, 5, 3),
        errors=(
            _no_image("rgb_to_hsv"),
            fails(
                lambda: args(np.zeros((4, 4, 3), np.uint8)), ValueError, "rgb_to_hsv: expected images of a float dtype"
            ),
        ),
    ),
    _case(
        "hsv_to_rgb",
        _per_pixel(colorsys.hsv_to_rgb),
        array(2, 4, 5, 3, **_COLORS),
        array(4, 5, 3, **_COLORS),
        array(2, 3, 4, 5, **_COLORS, data_format="channels_first"),
        dtypes=("float16", *WIDE_FLOATS),
        empty=array(0, 4, 5, 3),
        errors=(
            fails(lambda: args(zeros(4, 4, 2)), ValueError, "hsv_to_rgb: expected 3 channels at axis 2"),
            fails(
                lambda: args(np.zeros((4, 4, 3), np.uint8)), ValueError, "hsv_to_rgb: expected images of a float dtype"
            ),
        ),
    ),
    _case(
        "crop_images",
        _renamed(_cropped, "cropping"),
        array(2, 5, 6, 3, rest=(1, 2, 1, 1)),
        array(5, 6, 3, top_cropping=1, left_cropping=0, target_height=3, target_width=6),
        array(
            2,
            3,
            5,
            6,
            bottom_cropping=1,
            right_cropping=2,
            target_height=3,
            target_width=2,
            data_format="channels_first",
        ),
        dtypes=FEW,
        empty=array(0, 5, 6, 3, rest=(1, 2, 1, 1)),
        without={**MOVES, **_NAN_MOVES},
        errors=(
            fails(lambda: args(zeros(4, 4, 1), 1, 1), ValueError, "crop_images: expected exactly two of top_cropping"),
            fails(lambda: args(zeros(4, 4, 1), 3, 1, 3, 1), ValueError, "do not fit images of size 4"),
        ),
    ),
    _case(
        "pad_images",
        _renamed(_padded, "padding"),
        array(2, 3, 4, 3, rest=(1, 2, 0, 1)),
        array(3, 4, 3, top_padding=1, left_padding=0, target_height=6, target_width=4),
        array(
            2, 3, 3, 4, bottom_padding=1, right_padding=2, target_height=5, target_width=7, data_format="channels_first"
        ),
        dtypes=FEW,
        empty=array(0, 3, 4, 3, rest=(1, 2, 0, 1)),
        without={**MOVES, **_NAN_MOVES},
        errors=(
            fails(lambda: args(zeros(4, 4, 1), 1, 1), ValueError, "pad_images: expected exactly two of top_padding"),
            fails(
                lambda: args(zeros(4, 4, 1), 1, 1, target_height=3, target_width=9),
                ValueError,
                "pad_images: target_height=3 is too small",
            ),
        ),
    ),
    _case(
        "extract_patches",
        _patches,
        array(2, 6, 4, 3, rest=(2,)),
        array(6, 5, 2, rest=((3, 2),), strides=(1, 2)),
        array(1, 7, 6, 1, rest=(2, 1, (2, 3))),
        array(1, 5, 6, 2, rest=(3,), padding="same"),
        array(1, 2, 4, 4, rest=(2,), data_format="channels_first"),
        dtypes=FEW,
        empty=array(0, 6, 4, 3, rest=(2,)),
        without={**MOVES, **_NAN_MOVES},
        errors=(
            _no_image("extract_patches", 2),
            fails(lambda: args(zeros(4, 4, 1), 2, padding="full"), ValueError, "argument 'padding' must be"),
        ),
    ),
    _case(
        "extract_patches_3d",
        _patches,
        array(2, 4, 5, 4, 3, rest=(2,)),
        array(1, 4, 5, 4, 2, rest=((2, 3, 1), (1, 2, 2))),
        array(1, 3, 4, 4, 1, rest=(2,), padding="same"),
        array(1, 2, 4, 4, 2, rest=(2,), data_format="channels_first"),
        dtypes=FEW,
        empty=array(0, 4, 4, 4, 1, rest=(2,)),
        without={**MOVES, **_NAN_MOVES},
        errors=(
            fails(
                lambda: args(zeros(4, 4, 4), 2), ValueError, "extract_patches_3d: expected shape (depth, height, width"
            ),
        ),
    ),
    _case(
        "reconstruct_patches",
        _put_together,
        array(2, 3, 2, 12, rest=(2,)),
        array(2, 3, 12, rest=((2, 3),)),
        array(1, 2, 3, 8, rest=(2, (3, 5), 2, "same")),
        array(1, 8, 2, 3, rest=(2,), data_format="channels_first"),
        dtypes=FEW,
        empty=array(0, 3, 2, 12, rest=(2,)),
        without={**MOVES, **_NAN_MOVES},
        errors=(
            fails(
                lambda: args(zeros(2, 2, 4), 2, None, 1), ValueError, "reconstruct_patches: expected strides equal to"
            ),
            fails(lambda: args(zeros(2, 2, 5), 2), ValueError, "reconstruct_patches: the last axis must be a multiple"),
            fails(
                lambda: args(zeros(2, 2, 4), 2, (7, 7)), ValueError, "reconstruct_patches: output_size (7, 7) does not"
            ),
            fails(lambda: args(zeros(2, 2, 4), 2, padding="same"), ValueError, "argument 'output_size' must be given"),
        ),
    ),
)
PRIMITIVES: Final = ()
