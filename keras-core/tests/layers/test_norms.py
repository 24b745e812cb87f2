"""Normalization of groups and by norms, against NumPy."""

import numpy as np

from keras_core import layers, ops
from keras_core.runtime.keras_tensor import KerasTensor

X = np.random.default_rng(0).normal(size=(2, 3, 5, 4)).astype("float32")


def host(x):
    return ops.convert_to_numpy(x)


def test_groups_are_normalized_for_each_sample():
    layer = layers.GroupNormalization(2, epsilon=1e-3)
    layer.build(X.shape)
    gamma, beta = np.arange(1.0, 5.0), np.arange(4.0)
    layer.set_weights([gamma, beta])
    grouped = X.reshape(2, 3, 5, 2, 2)
    mean, variance = grouped.mean((1, 2, 4), keepdims=True), grouped.var((1, 2, 4), keepdims=True)
    expected = ((grouped - mean) / np.sqrt(variance + 1e-3)).reshape(X.shape) * gamma + beta
    np.testing.assert_allclose(host(layer(X)), expected, rtol=1e-4, atol=1e-4)


def test_channels_at_another_axis_are_the_same_transposed():
    last = layers.GroupNormalization(2)
    first = layers.GroupNormalization(2, axis=1)
    result = host(first(X.transpose(0, 3, 1, 2))).transpose(0, 2, 3, 1)
    np.testing.assert_allclose(result, host(last(X)), rtol=1e-4, atol=1e-5)


def test_minus_one_is_a_group_a_channel():
    layer = layers.GroupNormalization(-1, epsilon=0.0)
    result = host(layer(X))
    assert layer.groups == 4
    np.testing.assert_allclose(result.mean((1, 2)), 0, atol=1e-5)
    np.testing.assert_allclose(result.var((1, 2)), 1, atol=1e-3)


def test_groups_of_inputs_with_unknown_sizes():
    assert layers.GroupNormalization(2)(KerasTensor((None, None, None, 4))).shape == (None, None, None, 4)


def test_the_root_mean_square_becomes_one_then_is_scaled():
    layer = layers.RMSNormalization(axis=(3, 1), epsilon=0.0)
    layer.build(X.shape)
    assert layer.scale.shape == (3, 4)
    scale = np.arange(12.0).reshape(3, 4)
    layer.set_weights([scale])
    expected = X / np.sqrt((X**2).mean((1, 3), keepdims=True)) * scale[:, None]
    np.testing.assert_allclose(host(layer(X)), expected, rtol=1e-4, atol=1e-5)


def test_the_norm_over_all_axes_becomes_one():
    np.testing.assert_allclose((host(layers.UnitNormalization((1, 2))(X)) ** 2).sum((1, 2)), 1, rtol=1e-5)
    zeros = np.zeros((2, 3), "float32")
    np.testing.assert_array_equal(host(layers.UnitNormalization()(zeros)), zeros)
