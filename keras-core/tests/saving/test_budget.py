"""What a file may allocate: as much as its own arrays, once their shapes are known to fit."""

import contextlib
import json
import pathlib

import h5py
import numpy as np
import pytest

import keras_core as keras
from keras_core import layers
from keras_core.runtime.table import active
from keras_core.saving import ModelFileError, load_model, loading_limit
from keras_core.saving.contents import Entry

DATA = pathlib.Path(__file__).parent / "data"


@pytest.fixture
def arrays_read(monkeypatch):
    """Return the list of the arrays that are read from files."""
    found = []
    read = Entry.__getitem__
    monkeypatch.setattr(Entry, "__getitem__", lambda self, key: found.append(key) or read(self, key))
    return found


@pytest.fixture
def draws(monkeypatch):
    """Return the list of the shapes that initializers draw."""
    found = []
    for name in ("GlorotUniform", "Zeros", "Ones", "RandomUniform", "Orthogonal"):
        cls = getattr(keras.initializers, name)
        draw = cls.__call__

        def drawn(self, shape, *args, draw=draw, **kwargs):
            found.append(tuple(shape))
            return draw(self, shape, *args, **kwargs)

        monkeypatch.setattr(cls, "__call__", drawn)
    return found


def changed(saved, rewrite, layer, **parts):
    def change(content):
        config = json.loads(content)
        config["config"]["layers"][layer]["config"].update(parts)
        return json.dumps(config).encode()

    rewrite(saved, config=change)


@pytest.mark.parametrize("path", sorted(DATA.glob("*.keras")), ids=lambda path: path.stem)
def test_nothing_is_drawn_that_the_file_has(path, draws):
    with contextlib.suppress(ModelFileError):  # those that need classes of their own
        model = load_model(path, compile=False)
        assert not draws
        assert all(np.isfinite(weight.numpy()).all() for weight in model.weights)


def test_nothing_is_read_before_all_shapes_fit(saved, rewrite, arrays_read, draws):
    changed(saved, rewrite, 2, units=3)  # the last of two layers
    with pytest.raises(ModelFileError, match=r"'kernel': expected shape \(4, 3\), the file has \(4, 2\)"):
        load_model(saved)
    assert not arrays_read
    assert not draws


def test_nothing_is_read_before_all_dtypes_fit(saved, rewrite_weights, arrays_read):
    def change(file):
        del file["layers/dense_1/vars/1"]
        file["layers/dense_1/vars/1"] = np.zeros(2, "int32")

    rewrite_weights(saved, change)
    with pytest.raises(ModelFileError, match="'bias': expected dtype float32, the file has int32"):
        load_model(saved)
    assert not arrays_read


@pytest.mark.parametrize("units", [10**7, 10**12, 10**18])
def test_shapes_that_claim_too_much_are_refused_while_the_model_is_built(units, saved, rewrite, arrays_read, draws):
    changed(saved, rewrite, 1, units=units)
    with pytest.raises(ModelFileError, match=rf"with a variable of shape \(3, {units}\) the model takes"):
        load_model(saved)
    assert not arrays_read
    assert not draws


def test_many_small_claims_count_together(saved, rewrite):
    def change(content):
        config = json.loads(content)
        layer = config["config"]["layers"][1]
        for position in range(40):
            more = json.loads(json.dumps(layer))
            more["config"].update(name=f"more_{position}", units=1000)
            more.pop("build_config", None)
            config["config"]["layers"].append(more)
        return json.dumps(config).encode()

    rewrite(saved, config=change)
    with pytest.raises(ModelFileError, match=r"with a variable of shape \(1000, 1000\) the model takes"):
        load_model(saved)


@keras.saving.register_keras_serializable("test_budget")
class Tables(layers.Layer):
    """A layer that makes its variables of arrays, of a size that its configuration says."""

    def __init__(self, size, **kwargs):
        super().__init__(**kwargs)
        self.size = size

    def build(self, input_shape):
        self.one = keras.Variable(np.ones(self.size, "float32"), name="one")
        self.two = keras.Variable([0.0] * 3, name="two")
        self.three = keras.Variable(self.one, name="three")

    def call(self, inputs):
        return inputs + self.two

    def get_config(self):
        return {**super().get_config(), "size": self.size}


def test_variables_that_begin_with_a_value_count(tmp_path, rewrite):
    """The limit is reached by both large ones together, of which the second is never made."""
    path = tmp_path / "model.keras"
    keras.Sequential([keras.Input((3,)), Tables(3)]).save(path)
    assert load_model(path).layers[0].three.shape == (3,)
    changed(path, rewrite, 1, size=10_000_000)
    with pytest.raises(ModelFileError, match=r"with a variable of shape \(10000000,\) the model takes 800000"):
        load_model(path)


@pytest.mark.parametrize("layer", [layers.LSTM(2, stateful=True), layers.ConvLSTM1D(2, 1, stateful=True)])
def test_states_of_recurrent_layers_count_before_they_are_made(layer, tmp_path, rewrite):
    shape = (4, 3, 3, 1) if isinstance(layer, layers.ConvLSTM1D) else (4, 3, 1)
    path = tmp_path / "model.keras"
    keras.Sequential([keras.Input(batch_shape=shape), layer]).save(path)
    assert load_model(path).layers[0].states[0].shape[0] == 4
    large = [10**15, *shape[1:]]

    def change(content):
        config = json.loads(content)
        config["config"]["layers"][0]["config"]["batch_shape"] = large
        config["config"]["layers"][1].pop("build_config")
        return json.dumps(config).encode()

    rewrite(path, config=change)
    with pytest.raises(ModelFileError, match=r"with a variable of shape \(1000000000000000, .*\) the model takes"):
        load_model(path)


def test_blocks_of_quantized_layers_count_before_they_are_made(tmp_path, rewrite):
    path = tmp_path / "model.keras"
    keras.Sequential([keras.Input((4,)), layers.Dense(3, dtype="gptq/4/2_from_float32")]).save(path)
    assert load_model(path).built

    def change(content):
        config = json.loads(content)
        config["config"]["layers"][0]["config"]["batch_shape"] = [None, 10**15]
        config["config"]["layers"][1].pop("build_config")
        return json.dumps(config).encode()

    rewrite(path, config=change)
    with pytest.raises(ModelFileError, match=r"with a variable of shape .* the model takes"):
        load_model(path)


@pytest.mark.parametrize(
    ("metric", "argument"),
    [
        (keras.metrics.AUC(), "num_thresholds"),
        (keras.metrics.PrecisionAtRecall(0.5), "num_thresholds"),
        (keras.metrics.MeanIoU(2), "num_classes"),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_numbers_of_metrics_count_before_lists_are_made(metric, argument, tmp_path, model, rewrite):
    model.compile("adam", "mse", metrics=[metric])
    path = tmp_path / "model.keras"
    model.save(path)
    assert load_model(path).optimizer is not None

    def change(content):
        config = json.loads(content)
        config["compile_config"]["metrics"][0]["config"][argument] = 10**12
        return json.dumps(config).encode()

    rewrite(path, config=change)
    with pytest.raises(ModelFileError, match=r"with a variable of shape \(1000000000000, \d+\) the model takes"):
        load_model(path)


def test_steps_of_unrolled_layers_are_not_gone_through(tmp_path, rewrite):
    path = tmp_path / "model.keras"
    keras.Sequential([keras.Input((3, 1)), layers.LSTM(2, unroll=True, return_sequences=True)]).save(path)

    def change(content):
        config = json.loads(content)
        config["config"]["layers"][0]["config"]["batch_shape"] = [None, 10**12, 1]
        config["config"]["layers"][1].pop("build_config")
        return json.dumps(config).encode()

    rewrite(path, config=change)
    assert load_model(path).output_shape == (None, 10**12, 2)


def test_state_that_the_file_has_not_is_drawn_at_the_end(tmp_path, model):
    model.compile("adam", "mse", metrics=["mae"])
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    assert loaded.optimizer.built
    assert all(not variable.numpy().any() for variable in loaded.optimizer.variables[2:])
    loaded.train_on_batch(np.ones((4, 3)), np.ones((4, 2)))


def test_limit_of_the_caller_replaces_that_of_the_file(saved, model, inputs, assert_same):
    with loading_limit(1000), pytest.raises(ModelFileError, match=r"allowed are 1000\. .*loading_limit"):
        load_model(saved)
    with loading_limit(1_000_000):
        assert_same(model, load_model(saved), inputs)


def test_limit_ends_with_its_block(saved):
    with loading_limit(1), contextlib.suppress(ModelFileError):
        load_model(saved)
    assert load_model(saved).built


@pytest.mark.parametrize("value", [0, -1, 1.5, True, None, "1"])
def test_limit_is_a_number_of_bytes(value):
    with (
        pytest.raises(ValueError, match="loading_limit: expected max_bytes to be a positive int"),
        loading_limit(value),
    ):
        pass


def test_arrays_that_unpack_to_far_more_than_the_file(tmp_path, model):
    """Each of them stays below the ratio that a single array may have."""
    path = tmp_path / "x.weights.h5"
    model.save_weights(path)
    repeated = np.tile(np.random.default_rng(0).normal(size=1000).astype("float32"), 1000)
    with h5py.File(path, "r+") as file:
        for position in range(24):
            place = f"layers/dense/vars/{position + 2}"
            file.create_dataset(place, data=repeated, compression="gzip", compression_opts=1, chunks=(60_000,))
    with pytest.raises(ModelFileError, match="its arrays claim"):
        model.load_weights(path)


def test_model_stays_on_the_backend_that_is_active(saved):
    assert {weight.backend for weight in load_model(saved).weights} == {active().name}


def test_classes_whose_layers_read_their_variables_while_they_are_built(tmp_path, inputs, assert_same):
    @keras.saving.register_keras_serializable("test_budget")
    class Reading(layers.Layer):
        def build(self, input_shape):
            self.one = self.add_weight(shape=(3,), initializer="ones", name="one")
            self.two = self.add_weight(shape=(3,), initializer="zeros", name="two")
            self.two.assign(self.one * 2.0)

        def call(self, inputs):
            return inputs * self.one + self.two

        def get_config(self):
            return super().get_config()

    model = keras.Sequential([keras.Input((3,)), Reading()])
    model.save(tmp_path / "model.keras")
    assert_same(model, load_model(tmp_path / "model.keras"), inputs)
