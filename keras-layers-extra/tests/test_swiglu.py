"""`SwiGLU` against its formula."""

import numpy as np
import pytest

from keras_core import initializers, layers, ops


def draw(*shape):
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def silu(x):
    return x / (1 + np.exp(-x))


def test_formula():
    x = draw(2, 5, 4)
    layer = layers.SwiGLU(6)
    result = ops.convert_to_numpy(layer(x))
    gate, up, down = layer.get_weights()
    np.testing.assert_allclose(result, (silu(x @ gate) * (x @ up)) @ down, rtol=1e-5, atol=1e-6)


def test_formula_with_biases_and_another_size():
    x = draw(3, 4)
    layer = layers.SwiGLU(6, output_dim=2, use_bias=True, bias_initializer="uniform")
    result = ops.convert_to_numpy(layer(x))
    assert [weight.path.split("/", 1)[1] for weight in layer.weights] == [
        f"{projection}/{kind}" for projection in ("gate", "up", "down") for kind in ("kernel", "bias")
    ]
    gate, gate_bias, up, up_bias, down, down_bias = layer.get_weights()
    expected = (silu(x @ gate + gate_bias) * (x @ up + up_bias)) @ down + down_bias
    np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("initializer", ["glorot_uniform", initializers.HeNormal(), initializers.HeNormal(seed=3)])
def test_gate_and_up_begin_differently(initializer):
    layer = layers.SwiGLU(4, kernel_initializer=initializer)
    layer.build((None, 4))
    gate, up, down = layer.get_weights()
    assert not np.allclose(gate, up) and not np.allclose(gate, down) and not np.allclose(up, down)


def test_seed_makes_it_repeatable():
    first, second = (layers.SwiGLU(4, kernel_initializer=initializers.HeNormal(seed=3)) for _ in range(2))
    for layer in (first, second):
        layer.build((None, 4))
    for one, other in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_penalties_and_constraints_reach_each_projection():
    layer = layers.SwiGLU(4, use_bias=True, kernel_regularizer="l2", bias_regularizer="l1", kernel_constraint="non_neg")
    layer.build((None, 4))
    assert len(layer.losses) == 6
    assert sum(weight.constraint is not None for weight in layer.weights) == 3


def test_is_frozen_as_a_whole():
    layer = layers.SwiGLU(4, trainable=False)
    layer.build((None, 4))
    assert layer.trainable_weights == [] and len(layer.weights) == 3


def test_mask_goes_on():
    class Seen(layers.Layer):
        def call(self, inputs, mask=None):
            return ops.cast(mask, "int32")

        def compute_mask(self, inputs, previous_mask):
            return previous_mask

    x = layers.Embedding(5, 4, mask_zero=True)(np.array([[1, 2, 0]]))
    assert ops.convert_to_numpy(Seen()(layers.SwiGLU(4)(x))).tolist() == [[1, 1, 0]]


def test_errors():
    with pytest.raises(ValueError, match=r"layer 'ffn' \(SwiGLU\): expected an int >= 1 for 'hidden_dim', got 0"):
        layers.SwiGLU(0, name="ffn")
    with pytest.raises(ValueError, match=r"expected an int >= 1 for 'output_dim', got 2\.5"):
        layers.SwiGLU(4, output_dim=2.5)
    with pytest.raises(ValueError, match="unknown initializer 'glorot'"):
        layers.SwiGLU(4, kernel_initializer="glorot")
