"""`to_module`: the same variables for the model and the module, in both directions."""

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

import keras_core
from keras_backend_tf import to_module
from keras_core import Input, Sequential, layers, ops

X = np.random.default_rng(0).normal(size=(8, 3)).astype("float32")
Y = X[:, :1] + 1.0
RATE, BETA_1, BETA_2, EPSILON = 0.05, 0.9, 0.999, 1e-7


@pytest.fixture(autouse=True)
def on_tensorflow() -> Any:
    keras_core.utils.set_random_seed(0)
    with keras_core.use_backend("tensorflow"):
        yield


def model(rate: float = 0.5) -> Sequential:
    parts = [Input((3,)), layers.Dense(4, name="a"), layers.BatchNormalization(name="n"), layers.Dropout(rate)]
    return Sequential([*parts, layers.Dense(1, name="b")])


def adam_by_hand(module: tf.Module) -> Any:
    """A step of a native loop that returns the loss, with the form of Adam before section 2.1 of the paper ends."""
    variables = module.trainable_variables
    means, squares = ([tf.Variable(tf.zeros_like(variable)) for variable in variables] for _ in range(2))
    count = tf.Variable(0.0)

    @tf.function
    def step() -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((module(X, training=True) - Y) ** 2)
        count.assign_add(1.0)
        rate = RATE * tf.sqrt(1 - BETA_2**count) / (1 - BETA_1**count)
        gradients = tape.gradient(loss, variables)
        for variable, mean, square, gradient in zip(variables, means, squares, gradients, strict=True):
            mean.assign_add((gradient - mean) * (1 - BETA_1))
            square.assign_add((gradient**2 - square) * (1 - BETA_2))
            variable.assign_sub(rate * mean / (tf.sqrt(square) + EPSILON))
        return loss

    return step


def compiled(keras: Sequential) -> Sequential:
    keras.compile(keras_core.optimizers.Adam(RATE, BETA_1, BETA_2, EPSILON), "mse")
    return keras


def test_a_loop_with_a_tape_has_the_losses_of_fit() -> None:
    first, second = model(0.0), model(0.0)
    second.set_weights(first.get_weights())
    expected = compiled(first).fit(X, Y, epochs=10, verbose=0).history["loss"]
    step = adam_by_hand(to_module(second))
    np.testing.assert_allclose([float(step()) for _ in range(10)], expected, rtol=1e-4)


@pytest.mark.parametrize("is_fitted_before", [False, True])
def test_fit_and_a_native_loop_take_turns(is_fitted_before: bool) -> None:
    keras = compiled(model(0.0))
    if is_fitted_before:
        keras.fit(X, Y, verbose=0)
    module = to_module(keras)
    step = adam_by_hand(module)
    for _ in range(3):
        before = keras.evaluate(X, Y, verbose=0)
        step()
        after = keras.evaluate(X, Y, verbose=0)
        assert after != before
        keras.fit(X, Y, verbose=0)
        assert keras.evaluate(X, Y, verbose=0) != after
        np.testing.assert_allclose(module(X, training=False), keras.predict(X, verbose=0), rtol=1e-5, atol=1e-6)


def test_assign_on_either_side_is_seen_by_the_other() -> None:
    keras = model()
    module, bias = to_module(keras), keras.get_layer("b").bias
    bias.assign([3.0])
    assert module.by_path["b/bias"].numpy().tolist() == [3.0]
    module.by_path["b/bias"].assign([4.0])
    assert bias.numpy().tolist() == [4.0]
    assert float(ops.sum(bias)) == 4.0
    bias.assign_add([1.0])
    assert module.by_path["b/bias"].numpy().tolist() == [5.0]


def test_weights_and_states_are_variables_by_path() -> None:
    module = to_module(model())
    weights = {"a/kernel", "a/bias", "n/gamma", "n/beta", "b/kernel", "b/bias"}
    assert weights | {"n/moving_mean", "n/moving_variance"} < set(module.by_path)
    assert {variable.ref() for variable in module.variables} == {v.ref() for v in module.by_path.values()}
    assert {v.ref() for v in module.trainable_variables} == {module.by_path[name].ref() for name in weights}


def test_a_second_view_has_the_same_variables() -> None:
    keras = model()
    one, other = to_module(keras), to_module(keras)
    assert [v.ref() for v in one.variables] == [v.ref() for v in other.variables]


def test_trainable_of_the_layers_decides_before_and_after() -> None:
    keras = model()
    keras.get_layer("a").trainable = False
    module = to_module(keras)
    assert len(module.trainable_variables) == 4
    keras.get_layer("a").trainable = True
    assert len(module.trainable_variables) == 6


def test_training_mode_writes_the_states_and_draws() -> None:
    keras = model(0.9)
    module = to_module(keras)
    mean = module.by_path["n/moving_mean"].numpy()
    call = tf.function(module)
    assert not np.array_equal(call(X, training=True), call(X, training=True))
    assert not np.array_equal(keras.get_layer("n").moving_mean.numpy(), mean)
    assert np.array_equal(call(X, training=False), call(X, training=False))


def test_a_checkpoint_goes_into_another_model(tmp_path: Path) -> None:
    first, second = model(), model()
    path = tf.train.Checkpoint(model=to_module(first)).save(str(tmp_path / "checkpoint"))
    tf.train.Checkpoint(model=to_module(second)).restore(path).assert_consumed()
    np.testing.assert_array_equal(second.predict(X, verbose=0), first.predict(X, verbose=0))


def test_a_saved_model_computes_the_same(tmp_path: Path) -> None:
    keras = model()
    module = to_module(keras)
    serve = tf.function(lambda x: module(x, training=False)).get_concrete_function(tf.TensorSpec((None, 3)))
    tf.saved_model.save(module, str(tmp_path), signatures=serve)
    (outputs,) = tf.saved_model.load(str(tmp_path)).signatures["serving_default"](tf.constant(X)).values()
    np.testing.assert_allclose(outputs, keras.predict(X, verbose=0), rtol=1e-6)


def test_a_copy_of_the_model_has_variables_of_its_own() -> None:
    keras = model()
    module = to_module(keras)
    other = copy.deepcopy(keras)
    module.by_path["b/bias"].assign([9.0])
    assert other.get_layer("b").bias.numpy().tolist() == [0.0]


def test_a_single_layer_is_called_whatever_backend_is_active() -> None:
    layer = layers.Dense(2, name="d")
    layer.build((None, 3))
    module = to_module(layer)
    with keras_core.use_backend("numpy"):
        outputs = tf.function(module)(X)
    np.testing.assert_allclose(outputs, X @ layer.kernel.numpy(), rtol=1e-5, atol=1e-6)
    assert sorted(module.by_path) == ["bias", "kernel"]


def test_errors_say_what_to_do() -> None:
    with pytest.raises(TypeError, match="to_module: expected a model or layer, got int"):
        to_module(3)
    with pytest.raises(ValueError, match=r"expected a built layer; call it once"):
        to_module(layers.Dense(2))
    with keras_core.use_backend("numpy"):
        other = model()
    with pytest.raises(ValueError, match=r"'tensorflow'.*is of 'numpy'"):
        to_module(other)
