"""Layers that disturb their inputs while training: which elements go together, and what stays the same on average."""

import numpy as np
import pytest

from keras_core import layers, ops
from keras_core.runtime.call_context import get_mask


def host(x):
    return ops.convert_to_numpy(x)


@pytest.mark.parametrize(
    ("layer", "shape", "axes"),
    [
        (layers.SpatialDropout1D(0.5, seed=1), (8, 5, 6), (1,)),
        (layers.SpatialDropout2D(0.5, seed=1), (8, 3, 4, 6), (1, 2)),
        (layers.SpatialDropout2D(0.5, "channels_first", seed=1), (8, 6, 3, 4), (2, 3)),
        (layers.SpatialDropout3D(0.5, seed=1), (8, 3, 4, 2, 6), (1, 2, 3)),
    ],
)
def test_channels_are_dropped_as_a_whole(layer, shape, axes):
    result = host(layer(np.ones(shape, "float32"), training=True))
    assert set(np.unique(result)) == {0.0, 2.0}
    np.testing.assert_array_equal(result.min(axes), result.max(axes))


def test_spatial_dropout_is_a_dropout_and_takes_no_noise_shape():
    layer = layers.SpatialDropout1D(0.5)
    assert isinstance(layer, layers.Dropout)
    assert set(layer.get_config()) == {"name", "dtype", "rate", "seed"}


def test_gaussian_dropout_has_the_mean_and_deviation_of_dropout():
    result = host(layers.GaussianDropout(0.2, seed=1)(np.ones((200, 200), "float32"), training=True))
    assert abs(result.mean() - 1.0) < 0.01
    assert abs(result.std() - 0.5) < 0.01


def test_alpha_dropout_keeps_mean_and_variance():
    x = np.random.default_rng(0).normal(size=(200, 200)).astype("float32")
    result = host(layers.AlphaDropout(0.3, seed=1)(x, training=True))
    assert abs(result.mean()) < 0.02
    assert abs(result.std() - 1.0) < 0.02


def test_alpha_dropout_decides_in_the_noise_shape():
    x = np.zeros((50, 7), "float32")
    result = host(layers.AlphaDropout(0.5, (None, 1), seed=1)(x, training=True))
    assert len(np.unique(result)) == 2
    np.testing.assert_array_equal(result.min(1), result.max(1))


@pytest.mark.parametrize("kind", [layers.GaussianDropout, layers.AlphaDropout])
def test_a_rate_of_one_leaves_nothing_to_train(kind):
    x = np.ones((2, 3), "float32")
    np.testing.assert_array_equal(host(kind(1)(x)), x)
    with pytest.raises(ValueError, match=r"expected a 'rate' below 1 for training, got 1"):
        kind(1)(x, training=True)


@pytest.mark.parametrize("kind", [layers.GaussianDropout, layers.AlphaDropout, layers.SpatialDropout1D])
def test_a_rate_of_zero_changes_nothing(kind):
    x = np.ones((2, 3, 4), "float32")
    np.testing.assert_array_equal(host(kind(0)(x, training=True)), x)


@pytest.mark.parametrize("make", [lambda: layers.SpatialDropout1D(0.5), lambda: layers.ActivityRegularization(0.1)])
def test_masks_pass(make):
    masked = layers.Masking()(np.array([[[1.0], [0.0]]], "float32"))
    assert host(get_mask(make()(masked))).tolist() == [[True, False]]


def test_activity_regularization_is_a_mean_over_the_batch():
    layer = layers.ActivityRegularization(l1=1.0, l2=10.0)
    x = np.array([[1.0, -2.0], [3.0, 0.0]], "float32")
    np.testing.assert_array_equal(host(layer(x)), x)
    (loss,) = layer.losses
    assert float(loss) == pytest.approx((6 + 10 * 14) / 2)
