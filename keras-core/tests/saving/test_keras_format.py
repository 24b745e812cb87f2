"""Whole models to `.keras` files and back."""

import json
import pathlib

import numpy as np
import pytest

import keras_core as keras
from keras_core import layers, ops
from keras_core.saving import ModelFileError, load_model, register_keras_serializable


@register_keras_serializable("test_keras_format")
class Gate(keras.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.value = layers.Dense(units)
        self.gates = [layers.Dense(units, activation="sigmoid")]

    def build(self, input_shape):
        self.value.build(input_shape)
        self.gates[0].build(input_shape)
        self.scale = self.add_weight(shape=(self.units,), initializer="uniform", name="scale")

    def call(self, inputs):
        return self.value(inputs) * self.gates[0](inputs) * self.scale

    def get_config(self):
        return {**super().get_config(), "units": self.units}


class Tower(keras.Model):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.gate = Gate(units)
        self.readout = layers.Dense(1)

    def call(self, inputs):
        return self.readout(self.gate(inputs))


def functional():
    first, second = keras.Input((3,), name="first"), keras.Input((3,), name="second")
    shared = layers.Dense(4, name="shared")
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(2)], name="inner")
    total = ops.concatenate([inner(shared(first)), inner(shared(second))], axis=-1) * 2.0
    return keras.Model({"first": first, "second": second}, [total, ops.mean(total, axis=-1)])


def test_sequential_model(model, saved, inputs, assert_same):
    loaded = load_model(saved)
    assert type(loaded) is keras.Sequential
    assert_same(model, loaded, inputs)


def test_functional_model_with_shared_and_nested_layers(tmp_path, inputs, assert_same):
    model = functional()
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    assert len(loaded.weights) == 4
    assert_same(model, loaded, {"first": inputs, "second": -inputs})


def test_layer_shared_by_two_models_inside_stays_one(tmp_path, inputs, assert_same):
    shared = layers.Dense(3, name="shared")
    one = keras.Sequential([keras.Input((3,)), shared], name="one")
    two = keras.Sequential([keras.Input((3,)), layers.Dense(3), shared], name="two")
    x = keras.Input((3,))
    model = keras.Model(x, one(x) + two(x))
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    assert loaded.get_layer("one").layers[0] is loaded.get_layer("two").layers[1]
    assert_same(model, loaded, inputs)


def test_subclassed_model_and_registered_layer(tmp_path, inputs, assert_same):
    model = Tower(5)
    model(inputs)
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras", custom_objects={"Tower": Tower})
    assert type(loaded) is Tower
    assert_same(model, loaded, inputs)


def test_class_that_is_not_known_is_named_with_what_to_do(tmp_path, inputs):
    model = Tower(5)
    model(inputs)
    model.save(tmp_path / "model.keras")
    with pytest.raises(ModelFileError, match=r"unknown class 'Tower'.*custom_objects=\{'Tower': Tower\}"):
        load_model(tmp_path / "model.keras")


def test_seeds_and_names_stay(tmp_path):
    model = keras.Sequential([keras.Input((3,)), layers.Dropout(0.5, seed=7, name="drop")], name="whole")
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    assert (loaded.name, loaded.layers[0].name, loaded.layers[0].seed) == ("whole", "drop", 7)


def test_half_precision_is_exact(tmp_path, inputs):
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2, dtype="bfloat16")])
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    assert loaded.weights[0].dtype == "bfloat16"
    np.testing.assert_array_equal(model.weights[0].numpy(), loaded.weights[0].numpy())


def test_layout_of_the_archive(saved, read):
    members = read(saved)
    assert tuple(members) == ("metadata.json", "config.json", "model.weights.h5")
    assert json.loads(members["metadata.json"])["keras_version"] == "3.15.1"
    config = json.loads(members["config.json"])
    assert (config["module"], config["class_name"], config["registered_name"]) == ("keras", "Sequential", None)
    assert "shared_object_id" not in members["config.json"].decode()


def test_model_that_is_not_built_is_saved_with_a_warning(tmp_path, inputs, predictions):
    model = keras.Sequential([layers.Dense(2)])
    with pytest.warns(UserWarning, match="before it is built"):
        model.save(tmp_path / "model.keras")
    assert predictions(load_model(tmp_path / "model.keras"), inputs)[0].shape == (4, 2)


def test_existing_file_is_kept_on_request(model, saved):
    before = saved.read_bytes()
    with pytest.raises(FileExistsError, match="overwrite=True"):
        model.save(saved, overwrite=False)
    assert saved.read_bytes() == before


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="nothing"):
        load_model(tmp_path / "nothing.keras")


def test_path_as_text(model, tmp_path, inputs, assert_same):
    path = str(pathlib.Path(tmp_path) / "model.keras")
    keras.saving.save_model(model, path)
    assert_same(model, keras.models.load_model(path), inputs)


def test_folder_instead_of_a_file_is_refused(model, tmp_path):
    with pytest.raises(ValueError, match="expected zipped=True"):
        model.save(tmp_path / "model.keras", zipped=False)
    assert not list(tmp_path.iterdir())


def test_layer_without_a_form_as_data(tmp_path):
    model = keras.Sequential([keras.Input((3,)), layers.Lambda(lambda x: x * 2)])
    with pytest.raises(ValueError, match="register_keras_serializable"):
        model.save(tmp_path / "model.keras")
    assert not list(tmp_path.iterdir())


def test_what_could_not_be_loaded_is_not_written(tmp_path):
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2, name="two\nlines")])
    with pytest.raises(ModelFileError, match="has characters that cannot be seen"):
        model.save(tmp_path / "model.keras")
    assert not list(tmp_path.iterdir())


def test_weights_of_a_layer_in_a_set_would_be_lost(tmp_path):
    class Loose(keras.Layer):
        def __init__(self):
            super().__init__(name="loose")
            self.parts = {layers.Dense(2, name="part")}

        def call(self, inputs):
            return next(iter(self.parts))(inputs)

    model = keras.Sequential([keras.Input((3,)), Loose()])
    with pytest.raises(ValueError, match=r"the weights \['.*part/kernel', .*would not be saved"):
        model.save_weights(tmp_path / "model.weights.h5")
    assert not list(tmp_path.iterdir())


# training goes on


def compiled(optimizer):
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4, activation="tanh"), layers.Dense(2)])
    model.compile(optimizer, keras.losses.MeanSquaredError(), metrics=["mae"])
    return model


@pytest.mark.parametrize(
    "make",
    [
        lambda: keras.optimizers.Adam(0.01),
        lambda: keras.optimizers.AdamW(0.01, weight_decay=0.1, use_ema=True),
        lambda: keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
        lambda: keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)),
    ],
    ids=["adam", "adamw", "momentum", "schedule"],
)
def test_training_goes_on_as_if_nothing_had_happened(make, tmp_path, inputs, assert_same):
    targets = np.ones((4, 2), "float32")
    model = compiled(make())
    for _ in range(3):
        model.train_on_batch(inputs, targets)
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    assert int(loaded.optimizer.iterations) == 3
    for _ in range(2):
        model.train_on_batch(inputs, targets)
        loaded.train_on_batch(inputs, targets)
    assert_same(model, loaded, inputs)
    assert sorted(loaded.evaluate(inputs, targets, verbose=0, return_dict=True)) == ["loss", "mae"]


def test_optimizer_before_its_first_step(tmp_path, inputs):
    compiled("adam").save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    assert float(loaded.optimizer.learning_rate) == pytest.approx(0.001)
    loaded.train_on_batch(inputs, np.ones((4, 2), "float32"))
    assert int(loaded.optimizer.iterations) == 1


def test_without_training_configuration(tmp_path, inputs, assert_same):
    model = compiled("adam")
    model.train_on_batch(inputs, np.ones((4, 2), "float32"))
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras", compile=False)
    assert not loaded.compiled
    assert_same(model, loaded, inputs)


def test_model_inside_is_not_compiled_either(tmp_path):
    inner = compiled("adam")
    model = keras.Sequential([keras.Input((3,)), inner])
    model.save(tmp_path / "model.keras")
    assert load_model(tmp_path / "model.keras").layers[0].compiled
    assert not load_model(tmp_path / "model.keras", compile=False).layers[0].compiled


def test_error_in_the_configuration_names_the_file(saved, rewrite):
    rewrite(saved, config=lambda content: content.replace(b'"module"', b'"class_name"', 1))
    with pytest.raises(ModelFileError, match=r"model\.keras': config\.json: expected strict JSON"):
        load_model(saved)
