"""Transposed, depthwise and separable convolution, against what defines them."""

import numpy as np
import pytest

from keras_core import layers, ops

RNG = np.random.default_rng(0)


def draw(*shape):
    return RNG.normal(size=shape).astype("float32")


def host(x):
    return ops.convert_to_numpy(x)


def made(layer, shape):
    """Build a layer and give it random weights, biases too."""
    layer.build(shape)
    layer.set_weights([draw(*weight.shape) for weight in layer.weights])
    return layer


@pytest.mark.parametrize("strides", [1, 2, 3])
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_transposed_convolution_is_the_adjoint_of_convolution(strides, padding):
    size = 12 if padding == "same" else 3 + 3 * strides
    forward = layers.Conv1D(4, 3, strides, padding, use_bias=False)
    image = draw(2, size, 5)
    seen = host(forward(image))
    back = layers.Conv1DTranspose(5, 3, strides, padding, use_bias=False)
    back.build(seen.shape)
    back.set_weights(forward.get_weights())
    other = draw(*seen.shape)
    returned = host(back(other))
    assert returned.shape == image.shape
    np.testing.assert_allclose(np.sum(seen * other), np.sum(image * returned), rtol=1e-4)


def test_transposed_convolution_puts_the_kernel_at_each_element():
    layer = made(layers.Conv2DTranspose(3, (2, 3), strides=(2, 1)), (1, 2, 3, 4))
    x = draw(1, 2, 3, 4)
    kernel, bias = layer.get_weights()
    expected = np.tile(bias, (1, 4, 5, 1))
    for row in range(2):
        for column in range(3):
            expected[0, 2 * row : 2 * row + 2, column : column + 3] += kernel @ x[0, row, column]
    np.testing.assert_allclose(host(layer(x)), expected, rtol=1e-4, atol=1e-5)


def test_output_padding_makes_the_outputs_longer():
    x = draw(2, 4, 3)
    sizes = [layers.Conv1DTranspose(1, 4, 3, output_padding=more)(x).shape[1] for more in range(3)]
    assert sizes == [13, 14, 15]


def test_three_dimensions_take_the_data_format_before_the_output_padding():
    layer = layers.Conv3DTranspose(2, 2, 2, "valid", "channels_first", 1)
    assert (layer.data_format, layer.output_padding) == ("channels_first", (1, 1, 1))


def test_depthwise_convolution_is_one_convolution_a_channel():
    layer = made(layers.DepthwiseConv1D(3, depth_multiplier=2), (2, 6, 3))
    x = draw(2, 6, 3)
    kernel, bias = layer.get_weights()
    expected = np.zeros((2, 4, 3, 2))
    for step in range(3):
        expected += x[:, step : step + 4, :, None] * kernel[step]
    np.testing.assert_allclose(host(layer(x)), expected.reshape(2, 4, 6) + bias, rtol=1e-4, atol=1e-5)


def test_separable_convolution_mixes_the_channels_of_the_depthwise_one():
    layer = made(layers.SeparableConv2D(5, 2, depth_multiplier=2, activation="relu"), (2, 4, 5, 3))
    depthwise, pointwise, bias = layer.get_weights()
    first = layers.DepthwiseConv2D(2, depth_multiplier=2, use_bias=False)
    first.build((2, 4, 5, 3))
    first.set_weights([depthwise])
    x = draw(2, 4, 5, 3)
    expected = np.maximum(host(first(x)) @ pointwise[0, 0] + bias, 0)
    np.testing.assert_allclose(host(layer(x)), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", [layers.Conv2DTranspose, layers.DepthwiseConv2D, layers.SeparableConv2D])
def test_channels_first_is_the_same_transposed(kind):
    arguments = (2,) if kind is layers.DepthwiseConv2D else (3, 2)
    last = made(kind(*arguments), (2, 4, 5, 3))
    first = kind(*arguments, data_format="channels_first")
    first.build((2, 3, 4, 5))
    first.set_weights(last.get_weights())
    x = draw(2, 4, 5, 3)
    result = host(first(x.transpose(0, 3, 1, 2))).transpose(0, 2, 3, 1)
    np.testing.assert_allclose(result, host(last(x)), rtol=1e-4, atol=1e-5)
