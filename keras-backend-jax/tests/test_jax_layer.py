"""`JaxLayer` and `FlaxLayer`: the numbers of the functions, state, keys, training, files without code."""

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import keras_core
from keras_core import Input, Sequential, layers, ops, transforms
from keras_core.saving import register_keras_serializable, serialize_keras_object

X = np.random.default_rng(0).normal(size=(8, 3)).astype("float32")
Y = X.sum(1, keepdims=True)


@pytest.fixture(autouse=True)
def backend():
    with keras_core.use_backend("jax"):
        yield


@register_keras_serializable("tests")
def first_values(rng, inputs):
    return {"w": jax.random.normal(rng, (inputs.shape[-1], 1)), "b": [jnp.zeros(1)]}, {"calls": jnp.zeros((), "int32")}


@register_keras_serializable("tests")
def affine(params, state, rng, inputs, training):
    noise = 0.0 if rng is None else jax.random.normal(rng, (1,))
    return inputs @ params["w"] + params["b"][0] + 0.0 * noise, {"calls": state["calls"] + training}


@register_keras_serializable("tests")
def network():
    return Network(4)


class Network(nn.Module):
    units: int

    @nn.compact
    def __call__(self, x, training):
        x = nn.BatchNorm(use_running_average=not training, momentum=0.5)(nn.Dense(self.units)(x))
        return nn.Dense(1)(nn.Dropout(0.5, deterministic=not training)(x))

    @nn.compact
    def twice(self, x):
        return 2 * nn.Dense(1)(x)


def values(x):
    return ops.convert_to_numpy(x)


def test_variables_have_the_paths_of_the_trees():
    layer = layers.JaxLayer(affine, first_values, name="net")
    assert not layer.built
    assert layer(X).dtype == "float32"
    assert [(v.path, v.shape, v.dtype, v.trainable) for v in layer.weights] == [
        ("net/params.b.0", (1,), "float32", True),
        ("net/params.w", (3, 1), "float32", True),
        ("net/state.calls", (), "int32", False),
    ]


def test_values_that_are_given():
    params = {"w": np.full((3, 1), 2.0), "b": [np.ones(1)]}
    layer = layers.JaxLayer(affine, params=params, state={"calls": np.int32(5)})
    np.testing.assert_allclose(values(layer(X)), X @ params["w"] + 1, rtol=1e-6)
    assert layer.weights[-1].numpy() == 5


def test_the_state_is_kept():
    layer = layers.JaxLayer(affine, first_values)
    step = transforms.jit(lambda x: layer(x, training=True))
    layer(X)
    layer(X, training=True)
    step(X)
    assert layer.weights[-1].numpy() == 2


def test_keys_are_for_training_and_follow_from_the_seed():
    def draw(params, rng, inputs):
        return inputs * params if rng is None else jax.random.normal(rng, inputs.shape)

    one, other = (layers.JaxLayer(draw, params=jnp.ones(()), seed=3) for _ in range(2))
    np.testing.assert_array_equal(values(one(X)), X)
    first, second = values(one(X, training=True)), values(one(X, training=True))
    assert not np.allclose(first, second)
    np.testing.assert_array_equal(values(other(X, training=True)), first)


def test_trees_of_inputs():
    def call_fn(params, inputs):
        return {"sum": inputs["a"] + params * inputs["b"]}

    layer = layers.JaxLayer(call_fn, lambda rng, inputs: jnp.ones(inputs["a"].shape[-1:]))
    np.testing.assert_allclose(values(layer({"a": X, "b": X})["sum"]), 2 * X)
    outputs = layer({"a": Input((3,)), "b": Input((3,))})
    assert outputs["sum"].shape == (None, 3)


def test_training_is_that_of_jax():
    layer = layers.JaxLayer(affine, first_values)
    model = Sequential([Input((3,)), layer])
    assert model.output_shape == (None, 1)
    params = {"w": layer.weights[1].numpy(), "b": [layer.weights[0].numpy()]}
    model.compile(keras_core.optimizers.SGD(0.1), loss="mse")
    losses = model.fit(X, Y, batch_size=8, epochs=3, verbose=0).history["loss"]

    def loss(params):
        return jnp.mean((X @ params["w"] + params["b"][0] - Y) ** 2)

    wanted = []
    for _ in range(3):
        value, gradients = jax.value_and_grad(loss)(params)
        params = jax.tree.map(lambda p, g: p - 0.1 * g, params, gradients)
        wanted.append(float(value))
    assert losses == pytest.approx(wanted, rel=1e-5)
    assert layer.weights[-1].numpy() == 3


def test_saving(tmp_path):
    model = Sequential([Input((3,)), layers.JaxLayer(affine, first_values), layers.FlaxLayer(network)])
    model.compile("sgd", loss="mse")
    model.fit(X, Y, verbose=0)
    model.save(tmp_path / "x.keras")
    again = keras_core.saving.load_model(tmp_path / "x.keras")
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))
    assert serialize_keras_object(again) == serialize_keras_object(model)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.JaxLayer(lambda params, x: x, first_values), "call_fn: expected arguments among .*'x'"),
        (lambda: layers.JaxLayer(affine, lambda key: key), "init_fn: expected arguments among .*'key'"),
        (lambda: layers.JaxLayer(affine), r"call_fn takes \['params', 'state'\]: expected init_fn, params or state"),
        (lambda: layers.JaxLayer(affine, lambda rng, inputs: 1).get_config(), "the lambda .* cannot be saved"),
        (lambda: layers.FlaxLayer(Network(2)).get_config(), "'module', a Network, is code and cannot be saved"),
    ],
)
def test_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_flax_variables():
    layer = layers.FlaxLayer(Network(4), name="net")
    layer(X)
    assert [(v.path, v.shape, v.trainable) for v in layer.weights] == [
        ("net/params.BatchNorm_0.bias", (4,), True),
        ("net/params.BatchNorm_0.scale", (4,), True),
        ("net/params.Dense_0.bias", (4,), True),
        ("net/params.Dense_0.kernel", (3, 4), True),
        ("net/params.Dense_1.bias", (1,), True),
        ("net/params.Dense_1.kernel", (4, 1), True),
        ("net/state.batch_stats.BatchNorm_0.mean", (4,), False),
        ("net/state.batch_stats.BatchNorm_0.var", (4,), False),
    ]


def test_flax_outputs_and_state_are_those_of_flax():
    variables = Network(4).init(jax.random.key(0), jnp.asarray(X), False)
    layer = layers.FlaxLayer(Network(4), variables=variables)
    np.testing.assert_allclose(values(layer(X)), Network(4).apply(variables, X, False), rtol=1e-5)
    outputs = values(layer(X, training=True))
    assert not np.allclose(outputs, values(layer(X, training=True)))  # another key
    _, changed = Network(4).apply(variables, X, True, mutable=["batch_stats"], rngs={"dropout": jax.random.key(0)})
    after_two = 0.5 * np.asarray(changed["batch_stats"]["BatchNorm_0"]["mean"]) + 0.5 * (
        np.asarray(changed["batch_stats"]["BatchNorm_0"]["mean"]) * 2
    )
    np.testing.assert_allclose(layer.weights[-2].numpy(), after_two, rtol=1e-5)


@pytest.mark.parametrize("method", ["twice", lambda module, inputs: module.twice(inputs)])
def test_flax_methods(method):
    layer = layers.FlaxLayer(Network(4), method)
    outputs = values(layer(X))
    bias, kernel = (weight.numpy() for weight in layer.weights)
    np.testing.assert_allclose(outputs, 2 * (X @ kernel + bias), rtol=1e-4)


def test_flax_trains():
    model = Sequential([Input((3,)), layers.FlaxLayer(Network(8))])
    model.compile(keras_core.optimizers.Adam(0.05), loss="mse")
    losses = model.fit(X, Y, epochs=30, verbose=0).history["loss"]
    assert losses[-1] < losses[0] / 2


def test_what_is_no_flax_module():
    with pytest.raises(TypeError, match=r"module: expected flax's Module, or a function that makes one, got 3"):
        layers.FlaxLayer(3)


def test_without_flax(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "flax.linen", None)
    with pytest.raises(ImportError, match=r"pip install 'keras-backend-jax\[flax\]'"):
        layers.FlaxLayer(Network(4))


@pytest.mark.parametrize("make", [lambda: layers.JaxLayer(affine, first_values), lambda: layers.FlaxLayer(network)])
def test_another_backend(make):
    with keras_core.use_backend("numpy"), pytest.raises(ValueError, match=r"set_backend\('jax'\)"):
        make()
