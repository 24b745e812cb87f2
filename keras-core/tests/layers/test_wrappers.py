"""Layers around other layers."""

import numpy as np
import pytest

from keras_core import Input, Sequential, initializers, layers, ops, optimizers, transforms
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


def test_each_step_is_normalized_by_its_own_statistics():
    layer = layers.TimeDistributed(layers.BatchNormalization(epsilon=1e-6, momentum=0.5))
    x = draw(6, 3, 4)
    outputs = host(layer(x, training=True))
    np.testing.assert_allclose(outputs, (x - x.mean(0)) / x.std(0), rtol=1e-3, atol=1e-3)
    mean = np.zeros(4, "float32")
    for step in range(3):
        mean = (mean + x[:, step].mean(0)) / 2
    np.testing.assert_allclose(host(layer.layer.moving_mean), mean, rtol=1e-4, atol=1e-5)


def test_the_state_of_a_layer_goes_from_step_to_step():
    layer = layers.TimeDistributed(layers.GRU(3, stateful=True))
    x = draw(2, 4, 5, 2)
    outputs = host(layer(x))
    layer.layer.reset_state()
    expected = np.stack([host(layer.layer(x[:, step])) for step in range(4)], axis=1)
    np.testing.assert_allclose(outputs, expected, rtol=1e-4, atol=1e-5)
    assert layer(KerasTensor((2, None, 5, 2))).shape == (2, None, 3)


def test_the_mask_of_a_step_reaches_a_layer_that_keeps_a_state():
    layer = layers.TimeDistributed(layers.LSTM(3, stateful=True, return_state=True))
    x, mask = draw(2, 3, 4, 5), RNG.random((2, 3, 4)) > 0.3
    found = [host(output) for output in layer(x, mask=mask)]
    layer.layer.reset_state()
    steps = [[host(output) for output in layer.layer(x[:, i], mask=mask[:, i])] for i in range(3)]
    for place, output in enumerate(found):
        np.testing.assert_allclose(output, np.stack([step[place] for step in steps], axis=1), rtol=1e-4, atol=1e-5)


def test_no_steps_for_a_layer_that_keeps_a_state():
    layer = layers.TimeDistributed(layers.BatchNormalization())
    with pytest.raises(ValueError, match=r"keeps a state.*expected a known number of steps.*got the shape \(2, 0, 4\)"):
        layer(np.zeros((2, 0, 4), "float32"), training=True)


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


def test_a_step_of_training_goes_on_from_the_normalized_kernel():
    dense = layers.Dense(3, use_bias=False)
    model = Sequential([Input((4,)), layers.SpectralNormalization(dense, power_iterations=50)])
    kernel, x, target = np.diag([2.0, 1.0, 0.5, 0.1])[:, :3].astype("float32"), draw(5, 4), draw(5, 3)
    dense.kernel.assign(kernel)
    model.compile(optimizers.SGD(0.1), "mse")
    model.train_on_batch(x, target)
    kernel = kernel / 2
    gradient = x.T @ (x @ kernel - target) * 2 / target.size
    np.testing.assert_allclose(host(dense.kernel), kernel - 0.1 * gradient, rtol=1e-3, atol=1e-4)


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
