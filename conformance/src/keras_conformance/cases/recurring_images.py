"""Images: every interpolation with every fill mode, aspect ratios, antialiasing."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from keras_conformance.cases.recurring import Named, computed, f32, numbers, value

_MODES: Final = ("constant", "nearest", "wrap", "mirror", "reflect")
_IMAGE: Final = numbers(1, 4, 5, 2, low=0, high=9)
_WIDE: Final = numbers(1, 5, 8, 1, low=0, high=9)
_BYTES: Final = numbers(1, 5, 8, 1, low=0, high=255, dtype="float64").astype(np.uint8)
# No pixel falls half way between two places, so that no rounding decides which one is nearest.
_FAR: Final = f32([1.93, 0.31, -3.37, 0.23, 2.17, -2.71, 0.0, 0.0])
_POINTS: Final = f32([[-2.375, -0.625, 0.125, 1.375, 3.375, 5.625], [-1.875, 0.625, 2.125, 4.375, 6.375, -3.125]])
_START: Final = f32([[0.0, 0.0], [0.0, 4.0], [3.0, 0.0], [3.0, 4.0]])
_END: Final = f32([[0.5, 0.25], [-0.5, 4.5], [3.25, 0.5], [2.0, 3.5]])


def _image(name: str, op: str, dtype: str, *positional: Any, **named: Any) -> Named:
    return computed(name, f"image.{op}", None, dtype, *positional, **named)


def _affine(interpolation: str, mode: str, name: str, transform: Any) -> Named:
    return _image(
        f"affine_transform_{name}{interpolation}_{mode}",
        "affine_transform",
        "float32",
        _IMAGE,
        transform,
        interpolation,
        mode,
        2.5,
        tolerance=20,
    )


def _coordinates(order: int, mode: str) -> Named:
    return _image(
        f"map_coordinates_order_{order}_{mode}",
        "map_coordinates",
        "float32",
        _IMAGE[0, :, :, 0],
        _POINTS,
        order,
        mode,
        2.5,
        tolerance=4,
    )


def _resize(name: str, *positional: Any, dtype: str = "float32", **named: Any) -> Named:
    return _image(f"resize_{name}", "resize", dtype, *positional, tolerance=20, **named)


def _over(make: Callable[..., Named], *choices: Any, **named: Any) -> list[Named]:
    return [make(*chosen, **named) for chosen in itertools.product(*choices)]


CASES: Final = (
    *_over(_affine, ("nearest", "bilinear"), _MODES, name="", transform=_FAR),
    *_over(_coordinates, (0, 1), _MODES),
    *(
        _image(
            f"perspective_transform_{kind}",
            "perspective_transform",
            "float32",
            numbers(1, 5, 4, 2),
            _START,
            _END,
            kind,
            tolerance=400,
        )
        for kind in ("nearest", "bilinear")
    ),
    *(
        _resize(f"{method}_up", _WIDE, (7, 11), method)
        for method in ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")
    ),
    *(
        _resize(f"{method}_antialiased", _WIDE, (2, 3), method, True)
        for method in ("bilinear", "bicubic", "lanczos3", "lanczos5")
    ),
    _resize("crops_to_the_aspect_ratio", _WIDE, (4, 4), crop_to_aspect_ratio=True),
    _resize("crops_an_odd_rest", numbers(1, 4, 7, 1), (4, 4), "nearest", crop_to_aspect_ratio=True),
    _resize("pads_to_the_aspect_ratio", _WIDE, (4, 4), pad_to_aspect_ratio=True, fill_value=3.0),
    _resize("rounds_and_saturates_bytes", _BYTES, (7, 11), "bicubic", dtype="uint8"),
    value("rgb_to_hsv_of_grey", "image.rgb_to_hsv", f32([[[0.0, 0.0, 0.5]]]), f32([[[0.5, 0.5, 0.5]]])),
    value("rgb_to_hsv_of_black", "image.rgb_to_hsv", f32([[[0.0, 0.0, 0.0]]]), f32([[[0.0, 0.0, 0.0]]])),
    _image("gaussian_blur_orders_its_axes", "gaussian_blur", "float32", _IMAGE, (3, 5), (0.5, 2.0), tolerance=20),
    _image("extract_patches_orders_its_depth", "extract_patches", "float32", _IMAGE, (2, 3)),
    _image("extract_patches_dilated", "extract_patches", "float32", numbers(1, 6, 7, 1), 2, 1, 2),
)
