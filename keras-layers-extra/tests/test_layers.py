"""What holds for every layer of the pack, on the backend of the process."""

import json

import numpy as np
import pytest

import keras_core as keras
import keras_layers_extra
from keras_conformance import check_layer
from keras_core import layers, ops

CASES = {
    "RotaryEmbedding": (layers.RotaryEmbedding, {"max_wavelength": 100, "scaling_factor": 2.0}),
    "SwiGLU": (layers.SwiGLU, {"hidden_dim": 6, "use_bias": True, "kernel_regularizer": "l2"}),
    "SwiGLU, other size": (layers.SwiGLU, {"hidden_dim": 6, "output_dim": 3}),
    "MixtureOfExperts": (layers.MixtureOfExperts, {"num_experts": 4, "hidden_dim": 6, "use_bias": True}),
    "MixtureOfExperts, dense": (
        layers.MixtureOfExperts,
        {
            **{"num_experts": 3, "hidden_dim": 6, "top_k": 1, "output_dim": 3},
            **{"expert": "dense", "router_jitter": 0.1, "seed": 1},
        },
    ),
}


@pytest.fixture(params=CASES, ids=str)
def make(request):
    layer_class, arguments = CASES[request.param]
    return lambda **kwargs: layer_class(**arguments, **kwargs)


def draw(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def host(x):
    return ops.convert_to_numpy(x)


def test_every_class_is_a_layer_of_core():
    for name in keras_layers_extra.HOMES:
        assert getattr(layers, name) is getattr(keras_layers_extra, name)
        assert name in dir(layers)


@pytest.mark.parametrize("name", CASES)
def test_all_that_holds_for_a_layer(name):
    check_layer(*CASES[name], input_shape=(2, 5, 4))


def test_unknown_batch_and_length(make):
    expected = (None, None, make().compute_output_shape((2, 5, 4))[-1])
    assert make().compute_output_shape((None, None, 4)) == expected
    inputs = keras.Input((None, 4))
    outputs = make()(inputs)
    assert outputs.shape == expected
    model = keras.Model(inputs, outputs)
    for length in (3, 5):
        assert tuple(model(draw(2, length, 4)).shape) == (2, length, expected[-1])


def test_configuration_names_the_pack(make):
    layer = make(name="one", activity_regularizer="l2")
    data = json.loads(json.dumps(layers.serialize(layer)))
    assert data["module"] == "keras_layers_extra"
    assert data["registered_name"] == f"keras_layers_extra>{type(layer).__name__}"
    assert json.loads(json.dumps(layers.serialize(layers.deserialize(data))))["config"] == data["config"]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("name", ["SwiGLU", "MixtureOfExperts"])
def test_losses_are_float32_with_mixed_precision(name, dtype):
    layer_class, arguments = CASES[name]
    mixed = layer_class(**arguments, dtype=f"mixed_{dtype}")
    mixed(draw(2, 5, 4))
    assert mixed.losses
    assert all(host(loss).dtype == "float32" for loss in mixed.losses)


def test_unknown_number_of_features_is_an_error(make):
    with pytest.raises(ValueError, match=r"layer '.*' \(.*axis -1 has a known size, got \(2, 5, None\)"):
        make()(keras.KerasTensor((2, 5, None)))


def test_integers_are_computed_as_floats(make):
    layer = make()
    x = np.arange(40).reshape(2, 5, 4) % 3
    result = layer(x.astype("int32"))
    assert keras.KerasTensor(result.shape, result.dtype).dtype == "float32"
    np.testing.assert_allclose(host(result), host(layer(x.astype("float32"))), rtol=1e-6)
