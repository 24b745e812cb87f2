"""`TFSMLayer`: the outputs of the program, its training, and trust."""

import numpy as np
import pytest
import tensorflow as tf

import keras_core
from keras_core import Input, Sequential, layers, ops

X = np.random.default_rng(0).normal(size=(8, 3)).astype("float32")
Y = X.sum(1, keepdims=True)
ROWS = tf.TensorSpec((None, 3), name="x")


@pytest.fixture(autouse=True)
def backend():
    with keras_core.use_backend("tensorflow"):
        yield


class Program(tf.Module):
    def __init__(self):
        super().__init__()
        self.kernel = tf.Variable([[1.0], [2.0], [3.0]], name="kernel")
        self.calls = tf.Variable(0.0, trainable=False, name="calls")

    @tf.function(input_signature=[ROWS])
    def serve(self, x):
        return x @ self.kernel

    @tf.function(input_signature=[ROWS])
    def train(self, x):
        self.calls.assign_add(1.0)
        return 2 * x @ self.kernel

    @tf.function(input_signature=[ROWS])
    def signature(self, x):
        return {"out": x @ self.kernel}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("model"))
    program = Program()
    tf.saved_model.save(program, path, signatures={"serving_default": program.signature})
    return path


def values(x):
    return ops.convert_to_numpy(x)


def test_outputs(folder):
    layer = layers.TFSMLayer(folder)
    np.testing.assert_allclose(values(layer(X)), X @ [[1.0], [2.0], [3.0]], rtol=1e-5)
    assert layer.compute_output_shape((None, 3)) == (None, 1)
    assert layer(Input((3,))).shape == (None, 1)


def test_a_signature_gives_a_dict(folder):
    outputs = layers.TFSMLayer(folder, "serving_default")(X)
    np.testing.assert_allclose(values(outputs["out"]), X @ [[1.0], [2.0], [3.0]], rtol=1e-5)


def test_the_endpoint_for_training_and_its_state(folder):
    layer = layers.TFSMLayer(folder, call_training_endpoint="train", name="program")
    assert [(v.path, v.shape, v.trainable) for v in layer.weights] == [
        ("program/0.kernel", (3, 1), True),
        ("program/1.calls", (), False),
    ]
    np.testing.assert_allclose(values(layer(X, training=True)), 2 * X @ [[1.0], [2.0], [3.0]], rtol=1e-5)
    layer(X)
    assert layer.weights[-1].numpy() == 1


def test_training(folder):
    layer = layers.TFSMLayer(folder)
    model = Sequential([Input((3,)), layer])
    model.compile(keras_core.optimizers.SGD(0.1), loss="mse")
    kernel, wanted = np.array([[1.0], [2.0], [3.0]], "float32"), []
    for _ in range(3):
        error = X @ kernel - Y
        wanted.append(float(np.mean(error**2)))
        kernel = kernel - 0.1 * 2 * X.T @ error / len(X)
    assert model.fit(X, Y, batch_size=8, epochs=3, verbose=0).history["loss"] == pytest.approx(wanted, rel=1e-4)
    np.testing.assert_allclose(layer.weights[0].numpy(), kernel, rtol=1e-4)
    np.testing.assert_allclose(model.predict(X, verbose=0), X @ kernel, rtol=1e-4, atol=1e-5)


def test_two_layers_of_one_program_have_weights_of_their_own(folder):
    one, other = layers.TFSMLayer(folder), layers.TFSMLayer(folder)
    one.weights[0].assign(np.zeros((3, 1)))
    assert not values(one(X)).any()
    assert values(other(X)).all()


def test_frozen(folder):
    assert layers.TFSMLayer(folder, trainable=False).trainable_variables == []


def test_a_file_is_trusted_only_where_the_caller_says_so(folder, tmp_path):
    model = Sequential([Input((3,)), layers.TFSMLayer(folder)])
    model.layers[0].weights[0].assign(np.ones((3, 1)))
    model.save(tmp_path / "x.keras")
    with pytest.raises(ValueError, match=r"names the program '.*'.*safe_mode=False"):
        keras_core.saving.load_model(tmp_path / "x.keras")
    again = keras_core.saving.load_model(tmp_path / "x.keras", safe_mode=False)
    np.testing.assert_allclose(again.predict(X, verbose=0), Y, rtol=1e-4, atol=1e-5)


def test_an_endpoint_that_is_not_there(folder):
    with pytest.raises(ValueError, match=r"no endpoint 'nope'; it has \['serve', 'serving_default'\]"):
        layers.TFSMLayer(folder, "nope")


def test_another_backend(folder):
    with keras_core.use_backend("numpy"), pytest.raises(ValueError, match=r"set_backend\('tensorflow'\)"):
        layers.TFSMLayer(folder)
