"""Layers around other layers."""

import numpy as np
import pytest

from keras_core import initializers, layers, ops, transforms
from keras_core.runtime.keras_tensor import KerasTensor

RNG = np.random.default_rng(0)


def draw(*shape):
    return RNG.normal(size=shape).astype("float32")


def host(x):
    return ops.convert_to_numpy(x)


def test_every_step_passes_the_layer():
    layer = layers.TimeDistributed(layers.Dense(3, bias_initializer="ones"))
    x = draw(2, 5, 4)
    expected = np.stack([host(layer(x[:, step : step + 1]))[:, 0] for step in range(5)], axis=1)
    np.testing.assert_allclose(host(layer(x)), expected, rtol=1e-5, atol=1e-6)
    assert [weight.path for weight in layer.weights] == [
        f"{layer.name}/{layer.layer.name}/{w}" for w in ("kernel", "bias")
    ]


def test_steps_of_unknown_number_and_batch():
    layer = layers.TimeDistributed(layers.Conv1D(3, 2))
    for shape, expected in (
        ((None, 5, 6, 4), (None, 5, 5, 3)),
        ((2, None, 6, 4), (2, None, 5, 3)),
        ((None, None, 6, 4), (None, None, 5, 3)),
    ):
        assert layer(KerasTensor(shape)).shape == expected
        assert layer.compute_output_shape(shape) == expected


def test_the_mask_of_a_step_reaches_the_layer():
    layer = layers.TimeDistributed(layers.LSTM(3))
    x, mask = draw(2, 3, 4, 5), RNG.random((2, 3, 4)) > 0.3
    expected = np.stack([host(layer.layer(x[:, i], mask=mask[:, i])) for i in range(3)], axis=1)
    np.testing.assert_allclose(host(layer(x, mask=mask)), expected, rtol=1e-4, atol=1e-5)


def test_several_outputs_of_a_step():
    outputs = layers.TimeDistributed(layers.LSTM(3, return_state=True))(draw(2, 3, 4, 5))
    assert [tuple(output.shape) for output in outputs] == [(2, 3, 3)] * 3


def test_training_reaches_the_layer():
    layer = layers.TimeDistributed(layers.Dropout(1.0))
    x = np.ones((2, 3, 4), "float32")
    assert host(layer(x)).sum() == 24
    assert host(layer(x, training=True)).sum() == 0


def test_inputs_without_steps():
    with pytest.raises(ValueError, match=r"\(TimeDistributed\): expected inputs of three axes or more"):
        layers.TimeDistributed(layers.Dense(3))(draw(2, 4))


def test_training_divides_the_kernel_by_its_largest_singular_value():
    layer = layers.SpectralNormalization(layers.Conv2D(3, 2), power_iterations=50)
    x = draw(1, 4, 4, 2)
    layer(x)
    kernel = host(layer.layer.kernel)
    layer(x, training=True)
    largest = np.linalg.norm(kernel.reshape(-1, 3), 2)
    np.testing.assert_allclose(host(layer.layer.kernel), kernel / largest, rtol=1e-3, atol=1e-4)


def test_outside_of_training_the_kernel_stays():
    layer = layers.SpectralNormalization(layers.Embedding(4, 3))
    layer(np.array([1, 2]))
    before = layer.get_weights()
    layer(np.array([1, 2]))
    for one, other in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_kernel_of_zeros_stays():
    layer = layers.SpectralNormalization(layers.Dense(3, kernel_initializer="zeros"))
    assert host(layer(draw(2, 4), training=True)).tolist() == [[0.0] * 3] * 2
    assert not host(layer.layer.kernel).any()


def test_normalization_in_a_compiled_call():
    # Singular values that are close to each other would need more iterations.
    dense = layers.Dense(3, kernel_initializer=initializers.GlorotUniform(seed=1))
    layer = layers.SpectralNormalization(dense, power_iterations=30)
    x = ops.convert_to_tensor(draw(2, 4))
    layer(x)
    transforms.jit(lambda inputs: layer(inputs, training=True))(x)
    assert np.linalg.norm(host(layer.layer.kernel), 2) == pytest.approx(1.0, rel=1e-3)


def test_a_layer_without_a_kernel_cannot_be_normalized():
    with pytest.raises(ValueError, match=r"expected a layer with a weight 'kernel' or 'embeddings' for 'layer', got"):
        layers.SpectralNormalization(layers.ReLU())(draw(2, 3))


def test_wrapper_builds_and_saves_the_layer():
    layer = layers.Wrapper(layers.Dense(2, name="inside"), name="outside")
    layer.build((None, 3))
    assert [weight.path for weight in layer.weights] == ["outside/inside/kernel", "outside/inside/bias"]
    copy = layers.Wrapper.from_config(layer.get_config())
    assert (copy.name, copy.layer.name, copy.layer.units) == ("outside", "inside", 2)
