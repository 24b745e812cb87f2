"""Layers that make their inputs larger or smaller, against NumPy."""

import numpy as np
import pytest

from keras_core import layers, ops
from keras_core.runtime.keras_tensor import KerasTensor

RNG = np.random.default_rng(0)


def draw(*shape):
    return RNG.normal(size=shape).astype("float32")


def host(x):
    return ops.convert_to_numpy(x)


@pytest.mark.parametrize(
    ("layer", "reduce"), [(layers.AdaptiveAveragePooling1D, np.mean), (layers.AdaptiveMaxPooling1D, np.max)]
)
@pytest.mark.parametrize("count", [1, 3, 7, 9])
def test_adaptive_pooling_covers_the_axis_evenly(layer, reduce, count):
    x = draw(2, 7, 3)
    bounds = [(i * 7 // count, -(-(i + 1) * 7 // count)) for i in range(count)]
    expected = np.stack([reduce(x[:, start:stop], axis=1) for start, stop in bounds], axis=1)
    np.testing.assert_allclose(host(layer(count)(x)), expected, rtol=1e-5)


def test_adaptive_pooling_of_two_axes_takes_them_one_after_the_other():
    x = draw(2, 5, 7, 3)
    rows = layers.AdaptiveMaxPooling1D(2)(x.transpose(0, 2, 1, 3).reshape(14, 5, 3))
    rows = host(rows).reshape(2, 7, 2, 3).transpose(0, 2, 1, 3)
    both = layers.AdaptiveMaxPooling1D(3)(rows.reshape(4, 7, 3))
    expected = host(both).reshape(2, 2, 3, 3)
    np.testing.assert_array_equal(host(layers.AdaptiveMaxPooling2D((2, 3))(x)), expected)


def test_cropping_is_slicing():
    x = draw(2, 5, 6, 7, 3)
    layer = layers.Cropping3D(((1, 0), 2, (0, 0)))
    np.testing.assert_array_equal(host(layer(x)), x[:, 1:, 2:-2])
    first = layers.Cropping2D((1, 2), "channels_first")
    np.testing.assert_array_equal(host(first(x[..., 0])), x[:, :, 1:-1, 2:-2, 0])


def test_cropping_undoes_padding():
    x = draw(2, 5, 6, 3)
    widths = ((1, 2), (0, 3))
    np.testing.assert_array_equal(host(layers.Cropping2D(widths)(layers.ZeroPadding2D(widths)(x))), x)


def test_cropping_of_an_unknown_size():
    assert layers.Cropping1D(2)(KerasTensor((None, None, 3))).shape == (None, None, 3)


def test_upsampling_repeats():
    x = draw(2, 2, 3, 2)
    np.testing.assert_array_equal(host(layers.UpSampling2D((2, 3))(x)), x.repeat(2, 1).repeat(3, 2))
    first = layers.UpSampling2D((2, 3), "channels_first")
    np.testing.assert_array_equal(host(first(x)), x.repeat(2, 2).repeat(3, 3))


def test_bilinear_upsampling_is_resizing():
    x = draw(2, 2, 3, 2)
    layer = layers.UpSampling2D((2, 3), interpolation="bilinear")
    expected = host(ops.image.resize(x, (4, 9), "bilinear"))
    np.testing.assert_allclose(host(layer(x)), expected, rtol=1e-6)


def test_upsampling_of_an_unknown_size():
    assert layers.UpSampling1D(2)(KerasTensor((None, None, 3))).shape == (None, None, 3)
    assert layers.UpSampling2D(2)(KerasTensor((None, None, 4, 3))).shape == (None, None, 8, 3)
