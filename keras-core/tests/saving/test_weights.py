"""Weights alone: `.weights.h5`, and what does not fit."""

import warnings

import h5py
import numpy as np
import pytest

import keras_core as keras
from keras_core import layers
from keras_core.saving import ModelFileError, load_model


def stack(*sizes, **kwargs):
    return keras.Sequential([keras.Input((3,)), *(layers.Dense(size) for size in sizes)], **kwargs)


@pytest.fixture
def weights(model, tmp_path):
    path = tmp_path / "model.weights.h5"
    model.save_weights(path)
    return path


def values(model):
    return [variable.numpy() for variable in model.weights]


def assert_unchanged(model, before):
    for variable, value in zip(model.weights, before, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)


def test_into_a_model_with_other_names(model, weights, inputs, assert_same):
    other = keras.Sequential([keras.Input((3,)), layers.Dense(4, activation="relu", name="a"), layers.Dense(2)])
    other.load_weights(weights)
    assert_same(model, other, inputs)


def test_from_a_whole_model(model, saved, inputs, assert_same):
    other = stack(4, 2)
    other.layers[0].activation = model.layers[0].activation
    other.load_weights(saved)
    assert_same(model, other, inputs)


def test_by_the_functions_of_the_module(model, tmp_path, inputs, assert_same):
    keras.saving.save_weights(model, tmp_path / "x.weights.h5")
    other = load_model_of(model)
    keras.saving.load_weights(other, tmp_path / "x.weights.h5")
    assert_same(model, other, inputs)


def load_model_of(model):
    return keras.models.clone_model(model)


def test_layout(weights):
    with h5py.File(weights) as file:
        assert sorted(file) == ["layers", "vars"]
        assert sorted(file["layers"]) == ["dense", "dense_1"]
        assert file["layers/dense_1/vars/0"].shape == (4, 2)
        assert file["layers/dense/vars"].attrs["name"].startswith("dense")


def test_everything_that_does_not_fit_is_listed_and_nothing_is_loaded(weights):
    other = stack(4, 3, 2)
    before = values(other)
    with pytest.raises(ModelFileError, match="nothing was loaded") as caught:
        other.load_weights(weights)
    message = str(caught.value)
    assert "layers/dense_1: 'kernel': expected shape (4, 3), the file has (4, 2)" in message
    assert "layers/dense_2: missing in the file: 'kernel' of shape (3, 2)" in message
    assert "skip_mismatch=True" in message
    assert_unchanged(other, before)


def test_layers_that_the_model_does_not_have_are_an_error(weights):
    other = stack(4)
    before = values(other)
    with pytest.raises(ModelFileError, match=r"'layers/dense_1': in the file, but nothing in the model"):
        other.load_weights(weights)
    assert_unchanged(other, before)


def test_what_fits_is_loaded_on_request(model, weights):
    other = stack(4, 3)
    before = values(other)
    with pytest.warns(UserWarning, match=r"left as it is.*\n.*layers/dense_1: 'kernel': expected shape"):
        other.load_weights(weights, skip_mismatch=True)
    np.testing.assert_array_equal(other.weights[0].numpy(), model.weights[0].numpy())
    np.testing.assert_array_equal(other.weights[2].numpy(), before[2])


def test_warning_points_to_the_caller(weights):
    with pytest.warns(UserWarning, match="left as it is") as caught:
        stack(4, 3).load_weights(weights, skip_mismatch=True)
    assert caught[0].filename == __file__


def test_layer_that_is_not_built(weights):
    other = keras.Sequential([layers.Dense(4), layers.Dense(2)])
    with pytest.raises(ModelFileError, match="build it before its weights are loaded"):
        other.load_weights(weights)


def test_numbers_of_another_kind_are_refused(saved, model, rewrite_weights):
    def change(file):
        del file["layers/dense/vars/1"]
        file["layers/dense/vars/1"] = np.zeros(4, "int32")

    rewrite_weights(saved, change)
    with pytest.raises(ModelFileError, match="'bias': expected dtype float32, the file has int32"):
        model.load_weights(saved)


def test_floats_of_another_precision_are_converted(saved, model, rewrite_weights):
    def change(file):
        del file["layers/dense/vars/1"]
        file["layers/dense/vars/1"] = np.full(4, 0.5, "float64")

    rewrite_weights(saved, change)
    model.load_weights(saved)
    np.testing.assert_array_equal(model.layers[0].bias.numpy(), np.full(4, 0.5, "float32"))


def test_missing_weights_of_a_whole_model(saved, rewrite_weights):
    rewrite_weights(saved, lambda file: file.__delitem__("layers/dense_1/vars/0"))
    with pytest.raises(ModelFileError, match="layers/dense_1: missing in the file: 'kernel'"):
        load_model(saved)


def test_order_of_layers_in_a_whole_model_follows_names(saved, model, inputs, assert_same, rewrite_weights):
    """Were the order of two layers of one class another one in Keras, their weights would not be swapped."""

    def swap(file):
        file.move("layers/dense", "layers/other")
        file.move("layers/dense_1", "layers/dense")
        file.move("layers/other", "layers/dense_1")

    rewrite_weights(saved, swap)
    assert_same(model, load_model(saved), inputs)


def test_layer_that_stores_its_variables_in_its_own_way(tmp_path, inputs, assert_same):
    @keras.saving.register_keras_serializable("test_weights")
    class Own(layers.Dense):
        def save_own_variables(self, store):
            store["weight"] = np.concatenate([self.kernel.numpy(), self.bias.numpy()[None]])

        def load_own_variables(self, store):
            weight = store["weight"]
            self.kernel.assign(weight[:-1])
            self.bias.assign(weight[-1])

    model = keras.Sequential([keras.Input((3,)), Own(2)])
    model.save(tmp_path / "model.keras")
    assert_same(model, load_model(tmp_path / "model.keras"), inputs)


def test_store_can_be_updated_as_a_dict(tmp_path, inputs, assert_same):
    @keras.saving.register_keras_serializable("test_weights")
    class Updating(layers.Dense):
        def save_own_variables(self, store):
            store.update(kernel=self.kernel.numpy(), bias=self.bias.numpy())

        def load_own_variables(self, store):
            self.kernel.assign(store["kernel"])
            self.bias.assign(store["bias"])

    model = keras.Sequential([keras.Input((3,)), Updating(2)])
    model.save(tmp_path / "model.keras")
    assert_same(model, load_model(tmp_path / "model.keras"), inputs)


def test_layer_that_refuses_after_the_first_variable(tmp_path):
    class Refusing(layers.Dense):
        def load_own_variables(self, store):
            self.kernel.assign(store["0"])
            raise KeyError("gamma")

    model = keras.Sequential([keras.Input((3,)), layers.Dense(3), Refusing(2)])
    model.save_weights(tmp_path / "x.weights.h5")
    other = keras.Sequential([keras.Input((3,)), layers.Dense(3), Refusing(2)])
    before = values(other)
    with pytest.raises(ModelFileError, match=r"layers/refusing: 'gamma'"):
        other.load_weights(tmp_path / "x.weights.h5")
    assert_unchanged(other, before)


def test_variable_that_a_layer_does_not_store_begins_as_its_initializer_says(tmp_path):
    @keras.saving.register_keras_serializable("test_weights")
    class Partly(keras.Layer):
        def build(self, input_shape):
            self.stored = self.add_weight(shape=(2,), initializer="uniform", name="stored")
            self.constant = self.add_weight(shape=(2,), initializer="ones", trainable=False, name="constant")

        def call(self, inputs):
            return inputs

        def save_own_variables(self, store):
            store["stored"] = self.stored.numpy()

        def load_own_variables(self, store):
            self.stored.assign(store["stored"])

    model = keras.Sequential([keras.Input((2,)), Partly()])
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras").layers[0]
    np.testing.assert_array_equal(loaded.stored.numpy(), model.layers[0].stored.numpy())
    np.testing.assert_array_equal(loaded.constant.numpy(), [1, 1])


def test_low_rank_adaptation_is_merged(tmp_path, inputs, assert_same):
    model = stack(2)
    model.layers[0].enable_lora(1)
    model.layers[0].lora_kernel_b.assign(np.ones((1, 2), "float32"))
    model.save_weights(tmp_path / "x.weights.h5")
    other = stack(2)
    other.load_weights(tmp_path / "x.weights.h5")
    assert_same(model, other, inputs)


# the state of the optimizer


def trained(optimizer):
    model = stack(2)
    model.compile(optimizer, "mse")
    model.train_on_batch(np.ones((2, 3), "float32"), np.ones((2, 2), "float32"))
    return model


def test_state_belongs_to_the_low_rank_change_and_not_to_what_is_frozen(tmp_path):
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4, lora_rank=2), layers.Dense(2)])
    model.compile("adam", "mse")
    model.train_on_batch(np.ones((2, 3), "float32"), np.ones((2, 2), "float32"))
    model.save(tmp_path / "x.keras")
    again = load_model(tmp_path / "x.keras")
    for one, other in zip(model.optimizer.variables, again.optimizer.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())


def test_state_of_the_optimizer_comes_too(tmp_path):
    trained("adam").save_weights(tmp_path / "x.weights.h5")
    other = stack(2)
    other.compile("adam", "mse")
    other.load_weights(tmp_path / "x.weights.h5")
    assert int(other.optimizer.iterations) == 1
    assert len(other.optimizer.variables) == 6


def test_model_that_is_not_compiled_takes_the_weights_alone(tmp_path, inputs, assert_same):
    model = trained("adam")
    model.save_weights(tmp_path / "x.weights.h5")
    other = stack(2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        other.load_weights(tmp_path / "x.weights.h5")
    assert_same(model, other, inputs)


def test_state_of_another_optimizer_is_left_out_with_a_warning(tmp_path, inputs, assert_same):
    model = trained("adam")
    model.save_weights(tmp_path / "x.weights.h5")
    other = trained("sgd")
    with pytest.warns(UserWarning, match=r"left as it is.*\n.*optimizer: unexpected in the file: '2'"):
        other.load_weights(tmp_path / "x.weights.h5")
    assert int(other.optimizer.iterations) == 1
    assert_same(model, other, inputs)


def test_state_that_does_not_fit_in_a_whole_model_is_an_error(tmp_path, rewrite_weights):
    trained("adam").save(tmp_path / "x.keras")
    rewrite_weights(tmp_path / "x.keras", lambda file: file.__delitem__("optimizer/vars/3"))
    with pytest.raises(ModelFileError, match=r"optimizer: missing in the file.*\n.*compile=False"):
        load_model(tmp_path / "x.keras")
    assert len(load_model(tmp_path / "x.keras", compile=False).weights) == 2


def test_state_behind_an_optimizer_that_scales_the_loss(tmp_path, rewrite_weights):
    """As Keras writes it for a model that computes in float16."""
    trained("adam").save(tmp_path / "x.keras")

    def wrap(file):
        file.move("optimizer/vars", "optimizer/inner_optimizer/vars")
        file["optimizer/vars/0"] = np.int32(0)

    rewrite_weights(tmp_path / "x.keras", wrap)
    loaded = load_model(tmp_path / "x.keras")
    assert int(loaded.optimizer.iterations) == 1


@pytest.mark.parametrize(
    ("key", "value", "error", "message"),
    [
        ("a/b", np.zeros(2), ValueError, "expected keys without '/'"),
        ("text", np.array(["a"]), TypeError, "expected numbers for the variable 'text'"),
        ("fields", np.zeros(2, [("a", "f4")]), TypeError, "expected numbers for the variable 'fields'"),
    ],
)
@pytest.mark.parametrize("name", ["x.weights.h5", "x.safetensors"])
def test_what_a_layer_stores_is_numbers_under_plain_keys(name, key, value, error, message, tmp_path):
    class Holder(layers.Layer):
        def call(self, inputs):
            return inputs

        def save_own_variables(self, store):
            store[key] = value

    model = keras.Sequential([keras.Input((3,)), Holder()])
    with pytest.raises(error, match=message):
        model.save_weights(tmp_path / name)
    assert not list(tmp_path.iterdir())
