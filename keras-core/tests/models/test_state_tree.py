"""The state of a model as nested dicts, and losses of other values than those of the variables."""

import numpy as np
import pytest

import keras_core as keras
from keras_core import layers, ops

X, Y = np.ones((4, 2), "float32"), np.zeros((4, 3), "float32")


@pytest.fixture
def model():
    parts = [layers.Dense(3, name="d"), layers.BatchNormalization(name="bn"), layers.Dropout(0.1, name="drop")]
    model = keras.Sequential([keras.Input((2,)), *parts], name="net")
    model.compile(keras.optimizers.Adam(name="adam"), "mse", metrics=["mae"])
    model.fit(X, Y, verbose=0)
    return model


def test_values_are_nested_by_the_paths_of_variables(model):
    tree = model.get_state_tree("numpy_array")
    assert set(tree) == {"trainable_variables", "non_trainable_variables", "optimizer_variables", "metrics_variables"}
    assert {key: set(value) for key, value in tree["trainable_variables"]["net"].items()} == {
        **{"d": {"kernel", "bias"}, "bn": {"gamma", "beta"}}
    }
    assert set(tree["non_trainable_variables"]["net"]["bn"]) == {"moving_mean", "moving_variance"}
    assert {"iteration", "learning_rate"} < set(tree["optimizer_variables"]["adam"])
    np.testing.assert_array_equal(tree["trainable_variables"]["net"]["d"]["kernel"], model.layers[0].kernel.numpy())


def test_values_are_tensors_of_the_backend_by_default(model):
    value = model.get_state_tree()["trainable_variables"]["net"]["d"]["kernel"]
    assert ops.is_tensor(value)


def test_a_tree_sets_the_state_back(model):
    tree, before = model.get_state_tree("numpy_array"), model.predict(X, verbose=0)
    model.fit(X, Y, epochs=2, verbose=0)
    assert not np.allclose(model.predict(X, verbose=0), before)
    model.set_state_tree(tree)
    np.testing.assert_allclose(model.predict(X, verbose=0), before, rtol=1e-6)
    assert int(model.optimizer.iterations) == 1


def test_a_part_of_a_tree_sets_that_part(model):
    gamma = model.layers[1].gamma.numpy()
    model.set_state_tree({"trainable_variables": {"net": {"d": {"bias": [1.0, 2.0, 3.0]}}}})
    assert model.layers[0].bias.numpy().tolist() == [1, 2, 3]
    np.testing.assert_array_equal(model.layers[1].gamma.numpy(), gamma)


@pytest.mark.parametrize(
    ("tree", "error", "message"),
    [
        ({"weights": {}}, ValueError, "got 'weights'"),
        ({"trainable_variables": {"net": {"e": {"bias": 1}}}}, ValueError, "path 'net/e/bias'"),
        ({"trainable_variables": {"net": {"d": {"bias": [1.0]}}}}, ValueError, "net/d/bias"),
        ({"trainable_variables": [1]}, TypeError, "expected trainable_variables to be a dict, got list"),
        ([1], TypeError, "expected state_tree to be a dict"),
    ],
)
def test_what_the_model_does_not_have_is_refused(model, tree, error, message):
    with pytest.raises(error, match=message):
        model.set_state_tree(tree)


def test_an_unknown_format_is_refused(model):
    with pytest.raises(ValueError, match=r"'numpy_array'.*got 'lists'"):
        model.get_state_tree("lists")


def test_a_model_that_is_not_compiled_has_no_state_of_an_optimizer():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, name="d")], name="net")
    assert model.get_state_tree()["optimizer_variables"] == {}


def test_two_variables_of_one_path_are_refused():
    class Twice(layers.Layer):
        def build(self, input_shape):
            self.one, self.two = self.add_weight(name="same"), self.add_weight(name="same")

        def call(self, x):
            return x * self.one * self.two

    model = keras.Sequential([keras.Input((2,)), Twice()])
    with pytest.raises(ValueError, match="two variables of trainable_variables"):
        model.get_state_tree()


class Penalized(layers.Dense):
    def __init__(self, units, **kwargs):
        super().__init__(units, kernel_regularizer=keras.regularizers.L2(0.5), **kwargs)


def test_stateless_compute_loss_reads_the_values_and_changes_nothing():
    model = keras.Sequential([keras.Input((2,)), Penalized(1, use_bias=False)])
    model.compile("sgd", "mse")
    kernel = np.array([[2.0], [1.0]], "float32")
    before = model.layers[0].kernel.numpy()
    metrics = [variable.value for variable in model.metrics_variables]
    loss, (trainable, other, of_metrics) = model.stateless_compute_loss(
        [ops.convert_to_tensor(kernel)], [], metrics, x=X, y=Y[:, :1], y_pred=ops.convert_to_tensor(Y[:, :1] + 3)
    )
    assert float(loss) == pytest.approx(9.0 + 0.5 * (4 + 1))
    np.testing.assert_array_equal(ops.convert_to_numpy(trainable[0]), kernel)
    assert (other, len(of_metrics)) == ([], len(metrics))
    np.testing.assert_array_equal(model.layers[0].kernel.numpy(), before)


def test_stateless_compute_loss_wants_a_value_for_each_variable(model):
    with pytest.raises(ValueError, match="expected 4 trainable_variables, got 0"):
        model.stateless_compute_loss([], [], [], y=Y, y_pred=Y)
