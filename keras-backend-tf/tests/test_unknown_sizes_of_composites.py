"""Composite ops in graphs that are traced without sizes: what they give must be what they give eagerly."""

import numpy as np
import pytest
import tensorflow as tf

from keras_core import ops
from keras_core.runtime.table import load_table, use_table

RANDOM = np.random.default_rng(0)


def _x(*shape):
    return RANDOM.normal(size=shape).astype("float32")


IMAGES, KERNEL = _x(2, 6, 8, 4), _x(3, 3, 5, 4)
LABELS, LENGTHS, TIMES = (np.array(v, "int32") for v in ([[1, 2], [1, 1]], [2, 2], [5, 4]))
IDS = np.array([0, 1, 0, 3, 3], "int32")
PLACES = np.array([[0], [1]], "int32")

# Name -> function, arguments, and how many of the last axes of each have a known size.
CASES = {
    "stft": (lambda x: ops.stft(x, 4, 2, 4), (_x(2, 16),), 0),
    "istft": (lambda x, y: ops.istft((x, y), 4, 2, 4), (_x(2, 5, 3), _x(2, 5, 3)), 0),
    "rfft": (lambda x: ops.rfft(x, 6), (_x(2, 16),), 0),
    "sparsemax": (ops.sparsemax, (_x(3, 4),), 0),
    "cdist": (ops.cdist, (_x(3, 4), _x(2, 4)), 0),
    "segment_sum": (lambda x, i: ops.segment_sum(x, i, 4), (_x(5, 2), IDS), 0),
    "segment_max": (lambda x, i: ops.segment_max(x, i, 4), (_x(5, 2), IDS), 0),
    "scatter_update": (lambda x, u: ops.scatter_update(x, PLACES, u), (_x(5, 2), _x(2, 2)), 0),
    "scatter_update_max": (lambda x, u: ops.scatter_update(x, PLACES, u, "max"), (_x(5, 2), _x(2, 2)), 0),
    "conv_transpose": (lambda x: ops.conv_transpose(x, KERNEL, 2, "same"), (IMAGES,), 1),
    "conv_transpose_cut": (lambda x: ops.conv_transpose(x, KERNEL, 3, "same", 0), (IMAGES,), 1),
    "depthwise_conv": (lambda x: ops.depthwise_conv(x, KERNEL[:, :, :4]), (IMAGES,), 1),
    "space_to_depth": (lambda x: ops.space_to_depth(x, 2), (IMAGES,), 1),
    "depth_to_space": (lambda x: ops.depth_to_space(x, 2), (IMAGES,), 1),
    "rearrange": (lambda x: ops.rearrange(x, "b h (w v) c -> b (h w) (v c)", v=2), (IMAGES,), 0),
    "extract_patches": (lambda x: ops.image.extract_patches(x, 2), (IMAGES,), 1),
    "gaussian_blur": (ops.image.gaussian_blur, (IMAGES,), 1),
    "sobel_edges": (ops.image.sobel_edges, (IMAGES,), 1),
    "resize": (lambda x: ops.image.resize(x, (3, 9), "bicubic"), (IMAGES,), 3),
    "affine_transform": (lambda x: ops.image.affine_transform(x, [0.9, 0.1, 0, 0.1, 1, 0, 0, 0]), (IMAGES,), 3),
    "adaptive_max_pool": (lambda x: ops.adaptive_max_pool(x, 3), (IMAGES,), 3),
    "in_top_k": (lambda t, p: ops.in_top_k(t, p, 2), (np.array([0, 1], "int32"), _x(2, 4)), 0),
    "ctc_loss": (lambda x, t, n: ops.ctc_loss(t, x, LENGTHS, n), (_x(2, 5, 4), LABELS, TIMES), 0),
    "ctc_decode": (lambda x: ops.ctc_decode(x, TIMES), (_x(2, 5, 4),), 1),
    "ctc_beams": (lambda x: ops.ctc_decode(x, TIMES, "beam_search", 5, 2), (_x(2, 5, 4),), 1),
    "pinv": (ops.pinv, (_x(2, 3, 4),), 0),
    "lu_factor": (ops.lu_factor, (_x(2, 3, 3),), 2),
}


@pytest.mark.parametrize("name", CASES)
def test_traced_without_sizes(name):
    function, arrays, known = CASES[name]
    signature = [
        tf.TensorSpec([None] * (x.ndim - known) + list(x.shape[x.ndim - known :]), tf.as_dtype(x.dtype)) for x in arrays
    ]
    with use_table(load_table("tensorflow")):
        eager = tf.nest.flatten(function(*map(tf.constant, arrays)))
        traced = tf.function(function, input_signature=signature, autograph=False)
        found = tf.nest.flatten(traced(*map(tf.constant, arrays)))
    for one, other in zip(found, eager, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-5, atol=1e-5)
