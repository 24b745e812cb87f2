"""What holds for every layer of the pack, on the backend of the process."""

import json

import numpy as np
import pytest

import keras_core as keras
import keras_layers_extra
from keras_core import layers, ops, transforms

CASES = {
    "RotaryEmbedding": lambda **kwargs: layers.RotaryEmbedding(max_wavelength=100, scaling_factor=2.0, **kwargs),
    "SwiGLU": lambda **kwargs: layers.SwiGLU(6, use_bias=True, kernel_regularizer="l2", **kwargs),
    "SwiGLU, other size": lambda **kwargs: layers.SwiGLU(6, output_dim=3, **kwargs),
    "MixtureOfExperts": lambda **kwargs: layers.MixtureOfExperts(4, 6, use_bias=True, **kwargs),
    "MixtureOfExperts, dense": lambda **kwargs: layers.MixtureOfExperts(
        3, 6, top_k=1, output_dim=3, expert="dense", router_jitter=0.1, seed=1, **kwargs
    ),
}


@pytest.fixture(params=CASES, ids=str)
def make(request):
    return CASES[request.param]


def draw(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def host(x):
    return ops.convert_to_numpy(x)


def test_every_class_is_a_layer_of_core():
    for name in keras_layers_extra.HOMES:
        assert getattr(layers, name) is getattr(keras_layers_extra, name)
        assert name in dir(layers)


def test_symbolic_computed_and_promised_shapes_agree(make):
    layer = make()
    promised = layer.compute_output_shape((2, 5, 4))
    assert promised == tuple(layer(draw(2, 5, 4)).shape)
    symbolic = make()(keras.KerasTensor((2, 5, 4)))
    assert (symbolic.shape, symbolic.dtype) == (promised, "float32")


def test_unknown_batch_and_length(make):
    expected = (None, None, make().compute_output_shape((2, 5, 4))[-1])
    assert make().compute_output_shape((None, None, 4)) == expected
    inputs = keras.Input((None, 4))
    outputs = make()(inputs)
    assert outputs.shape == expected
    model = keras.Model(inputs, outputs)
    for length in (3, 5):
        assert tuple(model(draw(2, length, 4)).shape) == (2, length, expected[-1])


def test_compiled_equals_eager(make):
    layer = make()
    x = draw(2, 5, 4)
    expected = host(layer(x))
    np.testing.assert_allclose(host(transforms.jit(lambda value: layer(value))(x)), expected, rtol=1e-5, atol=1e-6)


def test_configuration_survives_json(make):
    layer = make(name="one", activity_regularizer="l2")
    x = draw(2, 5, 4)
    expected = host(layer(x))
    data = json.loads(json.dumps(layers.serialize(layer)))
    assert data["module"] == "keras_layers_extra"
    assert data["registered_name"] == f"keras_layers_extra>{type(layer).__name__}"
    copy = layers.deserialize(data)
    assert json.loads(json.dumps(layers.serialize(copy)))["config"] == data["config"]
    copy(x)
    copy.set_weights(layer.get_weights())
    np.testing.assert_array_equal(host(copy(x)), expected)


def test_variables_are_stored_and_loaded(make):
    def stores(layer, change):
        for inner in layer._flatten_layers():
            change(inner, stored.setdefault(inner.path.removeprefix(layer.path), {}))

    stored = {}
    layer, other = make(), make()
    x = draw(2, 5, 4)
    expected = host(layer(x))
    other(x)
    stores(layer, lambda inner, store: inner.save_own_variables(store))
    stores(other, lambda inner, store: inner.load_own_variables(store))
    np.testing.assert_array_equal(host(other(x)), expected)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_mixed_precision(make, dtype):
    exact, mixed = make(), make(dtype=f"mixed_{dtype}")
    x = draw(2, 5, 4)
    expected = host(exact(x))
    mixed(x)
    mixed.set_weights(exact.get_weights())
    result = mixed(x)
    assert keras.KerasTensor(result.shape, result.dtype).dtype == dtype
    assert all(weight.dtype == "float32" for weight in mixed.trainable_weights)
    np.testing.assert_allclose(host(result).astype("float32"), expected, rtol=0.05, atol=0.05)
    assert all(host(loss).dtype == "float32" for loss in mixed.losses)


def test_gradients_are_those_of_finite_differences(make):
    layer = make(dtype="float64")
    x = draw(1, 3, 4).astype("float64")
    weights = draw(*layer(x).shape, seed=1).astype("float64")

    def total(value):
        return ops.sum(ops.multiply(layer(value), weights)) + sum(layer.losses, ops.zeros((), "float64"))

    compiled = transforms.jit(total)

    def slope(move, point, direction, step=1e-6):
        ahead, behind = (float(host(move(point + sign * step * direction))) for sign in (1, -1))
        return (ahead - behind) / (2 * step)

    def agree(gradient, move, point, name):
        direction = draw(*point.shape, seed=2).astype("float64")
        expected = slope(move, point, direction)
        np.testing.assert_allclose(np.sum(host(gradient) * direction), expected, rtol=1e-5, atol=1e-8, err_msg=name)

    agree(transforms.jit(transforms.grad(total))(x), compiled, x, "inputs")
    variables = layer.trainable_variables
    gradients = transforms.jit(transforms.grad(total, variables=variables))(x) if variables else []
    for variable, gradient in zip(variables, gradients, strict=True):
        first = variable.numpy()
        agree(gradient, lambda value, v=variable: (v.assign(value), compiled(x))[1], first, variable.path)
        variable.assign(first)


def test_unknown_number_of_features_is_an_error(make):
    with pytest.raises(ValueError, match=r"layer '.*' \(.*axis -1 has a known size, got \(2, 5, None\)"):
        make()(keras.KerasTensor((2, 5, None)))


def test_integers_are_computed_as_floats(make):
    layer = make()
    x = np.arange(40).reshape(2, 5, 4) % 3
    result = layer(x.astype("int32"))
    assert keras.KerasTensor(result.shape, result.dtype).dtype == "float32"
    np.testing.assert_allclose(host(result), host(layer(x.astype("float32"))), rtol=1e-6)
