"""Calls whose intermediate values reverse mode computes again."""

import copy
import pickle

import numpy as np
import pytest

import keras_core as keras
from keras_core import layers, ops
from keras_core.transforms import value_and_grad

X = np.random.default_rng(0).normal(size=(6, 4)).astype("float32")


class Block(layers.Layer):
    """Has all that a call can leave behind: state that it assigns, random numbers, a loss; and looks at `training`."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dense = layers.Dense(3, activation="tanh", kernel_initializer=keras.initializers.GlorotUniform(1))
        self.norm = layers.BatchNormalization()
        self.dropout = layers.Dropout(0.4, seed=3)
        self.calls = []

    def call(self, x, training=None):
        self.calls.append(training)
        x = self.dropout(self.norm(self.dense(x)))
        self.add_loss(ops.mean(ops.square(x)))
        return x


def trained(block):
    """Return value, gradients, losses and state after one step of training."""
    block(X)
    block.calls.clear()
    variables = block.trainable_variables

    def objective():
        y = block(X, training=True)
        return ops.sum(ops.sin(y)) + sum(block.losses)

    value, gradients = value_and_grad(objective, variables=variables)()
    arrays = [value, *gradients, *[variable.value for variable in block.non_trainable_variables]]
    return [ops.convert_to_numpy(array) for array in arrays]


def assert_same(found, expected):
    assert len(found) == len(expected) > 5
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-5, atol=1e-6)


@pytest.fixture
def expected():
    return trained(Block())


def test_a_layer_of_the_scope_trains_the_same(expected):
    with keras.RematScope():
        block = Block()
    assert_same(trained(block), expected)
    assert set(block.calls) == {True}


def test_only_some_layers_inside_another_one_train_the_same(expected):
    with keras.RematScope("larger_than", output_size_threshold=10):
        block = Block()
    assert block.dense._remat is not None
    assert_same(trained(block), expected)


def test_the_function_is_run_again_for_the_gradient():
    calls = []

    def function(x):
        calls.append(x)
        return ops.exp(ops.sin(x))

    value, gradient = value_and_grad(lambda x: ops.sum(keras.remat(function)(x)))(ops.convert_to_tensor(X))
    assert len(calls) >= 2
    np.testing.assert_allclose(ops.convert_to_numpy(gradient), np.exp(np.sin(X)) * np.cos(X), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(ops.convert_to_numpy(value), np.exp(np.sin(X)).sum(), rtol=1e-5)


def test_remat_gives_gradients_of_variables_that_the_function_reads_and_assigns_others():
    scale, count = keras.Variable(2.0), keras.Variable(0.0, trainable=False)

    def function(x, factor, square=False):
        count.assign_add(1.0)
        y = x * scale * factor
        return {"y": y * y if square else y, "none": None}

    def objective():
        return ops.sum(keras.remat(function)(ops.convert_to_tensor(X), 3, square=True)["y"])

    _, gradients = value_and_grad(objective, variables=[scale])()
    np.testing.assert_allclose(ops.convert_to_numpy(gradients[0]), 2 * 2.0 * 9 * (X**2).sum(), rtol=1e-5)
    assert float(count) == 1.0


def test_remat_leaves_symbolic_tensors_to_the_function():
    model = keras.Model(x := keras.Input((4,)), keras.remat(lambda t: ops.tanh(t) * 2)(x))
    np.testing.assert_allclose(model.predict(X, verbose=0), np.tanh(X) * 2, rtol=1e-5)


def test_an_operation_and_a_layer_rematerialize_functions():
    dense = layers.Dense(2)
    dense.build((None, 4))
    expected = ops.convert_to_numpy(dense(X))
    found = dense.rematerialized_call(dense.call, ops.convert_to_tensor(X))
    np.testing.assert_allclose(ops.convert_to_numpy(found), expected, rtol=1e-6)
    found = keras.Operation("op").rematerialized_call(lambda x, by: x * by, ops.convert_to_tensor(X), by=2)
    np.testing.assert_allclose(ops.convert_to_numpy(found), X * 2, rtol=1e-6)


@pytest.mark.parametrize(
    ("options", "chosen"),
    [
        ({"mode": "full"}, {"small", "large", "act"}),
        ({"mode": "activations"}, {"act"}),
        ({"mode": "larger_than", "output_size_threshold": 30}, {"large", "act"}),
        ({"mode": "list_of_layers", "layer_names": ["small"]}, {"small"}),
        ({"mode": None}, set()),
    ],
)
def test_the_mode_chooses_the_layers(options, chosen, monkeypatch):
    seen = set()
    original = layers.Layer.rematerialized_call

    def noted(self, layer_call, *args, **kwargs):
        seen.add(self.name)
        return original(self, layer_call, *args, **kwargs)

    monkeypatch.setattr(layers.Layer, "rematerialized_call", noted)
    with keras.RematScope(**options):
        parts = [layers.Dense(2, name="small"), layers.Dense(9, name="large"), layers.Activation("tanh", name="act")]
        model = keras.Sequential([keras.Input((4,)), *parts])
    model(X)
    assert seen == chosen


def test_a_scope_without_a_mode_ends_the_one_around():
    with keras.RematScope(), keras.RematScope(None):
        assert layers.Dense(1)._remat is None


def test_an_unknown_mode_is_refused():
    with pytest.raises(ValueError, match=r"expected mode to be one of .*'half'"):
        keras.RematScope("half")


def test_fit_of_a_model_of_the_scope_is_that_of_one_without():
    def fitted(scope):
        keras.utils.set_random_seed(1)
        with scope:
            model = keras.Sequential([keras.Input((4,)), layers.Dense(5, "relu"), layers.Dropout(0.5), layers.Dense(1)])
        model.compile("adam", "mse")
        return model.fit(X, X[:, :1], epochs=3, verbose=0, shuffle=False).history["loss"]

    np.testing.assert_allclose(fitted(keras.RematScope()), fitted(keras.RematScope(None)), rtol=1e-4)


@pytest.mark.parametrize("options", [{}, {"mode": "larger_than", "output_size_threshold": 20}])
def test_indices_masks_and_states_go_through_layers_of_the_scope(options):
    words = np.random.default_rng(0).integers(0, 5, (6, 4))

    def fitted(scope):
        keras.utils.set_random_seed(1)
        with scope:
            parts = [layers.Embedding(5, 4, mask_zero=True), layers.LSTM(3, recurrent_dropout=0.2), layers.Dense(1)]
            model = keras.Sequential([keras.Input((4,)), *parts])
        model.compile("adam", "mse")
        losses = model.fit(words, X[:, :1], epochs=2, verbose=0, shuffle=False).history["loss"]
        return [*losses, *model.predict(words, verbose=0)[:, 0]]

    np.testing.assert_allclose(
        fitted(keras.RematScope(**options)), fitted(keras.RematScope(None)), rtol=1e-4, atol=1e-5
    )


def test_layers_of_the_scope_can_be_copied_and_pickled():
    with keras.RematScope():
        dense = layers.Dense(2)
        expected = ops.convert_to_numpy(dense(X))
        for again in (copy.deepcopy(dense), pickle.loads(pickle.dumps(dense))):
            np.testing.assert_allclose(ops.convert_to_numpy(again(X)), expected, rtol=1e-6)
