"""`keras_core.ops.image`: the ops of images."""

from keras_core.ops.elastic import elastic_transform
from keras_core.ops.image_filters import gaussian_blur, hsv_to_rgb, rgb_to_grayscale, rgb_to_hsv, sobel_edges, ssim
from keras_core.ops.image_patches import (
    crop_images,
    extract_patches,
    extract_patches_3d,
    pad_images,
    reconstruct_patches,
)
from keras_core.ops.resampling import resize, scale_and_translate
from keras_core.ops.warping import affine_transform, map_coordinates, perspective_transform

__all__ = [
    "affine_transform",
    "crop_images",
    "elastic_transform",
    "extract_patches",
    "extract_patches_3d",
    "gaussian_blur",
    "hsv_to_rgb",
    "map_coordinates",
    "pad_images",
    "perspective_transform",
    "reconstruct_patches",
    "resize",
    "rgb_to_grayscale",
    "rgb_to_hsv",
    "scale_and_translate",
    "sobel_edges",
    "ssim",
]
