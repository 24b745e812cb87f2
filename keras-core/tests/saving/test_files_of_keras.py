"""Files that Keras 3.15.1 wrote, by `data/write_files.py`: here they predict and train on as they do there."""

import io
import pathlib

import h5py
import numpy as np
import pytest

import keras_core as keras
from keras_core import layers, ops
from keras_core.saving import load_model, register_keras_serializable

DATA = pathlib.Path(__file__).parent / "data"


@register_keras_serializable("fixtures")
class Block(keras.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.stages = [layers.Dense(units), layers.Dense(units)]
        self.named = {"wide": layers.Dense(units), "norm": layers.LayerNormalization()}
        self._hidden = layers.Dense(units)

    def build(self, input_shape):
        self.offset = self.add_weight(shape=(self.units,), initializer="ones", trainable=False, name="offset")
        self.factor = self.add_weight(shape=(self.units,), initializer="ones", name="factor")
        inner = (*input_shape[:-1], self.units)
        self.stages[0].build(input_shape)
        for layer in (self.stages[1], *self.named.values(), self._hidden):
            layer.build(inner)

    def call(self, inputs):
        x = inputs
        for layer in (*self.stages, *self.named.values(), self._hidden):
            x = layer(x)
        return x * self.factor + self.offset

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@register_keras_serializable("fixtures")
class Tower(keras.Model):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.body = Block(units, name="body")
        self.alias = self.body
        self.readout = layers.Dense(1, name="readout")

    def call(self, inputs):
        return self.readout(self.body(inputs))

    def get_config(self):
        return {**super().get_config(), "units": self.units}


class Case:
    """What `NAME.npz` holds."""

    def __init__(self, name):
        with np.load(DATA / f"{name}.npz") as arrays:
            arrays = dict(arrays)
        self.outputs, self.targets, self.next = (
            [arrays.pop(key) for key in sorted(arrays) if key.startswith(prefix)]
            for prefix in ("output_", "target_", "next_")
        )
        self.inputs = arrays.get("input_0", arrays)

    def check(self, model, expected, tolerance=1e-5):
        """Compare the predictions of a model."""
        found = model(self.inputs)
        for ours, theirs in zip(found if isinstance(found, list) else [found], expected, strict=True):
            np.testing.assert_allclose(
                ops.convert_to_numpy(ours).astype("float32"), theirs, rtol=tolerance, atol=tolerance
            )


NAMES = sorted(path.stem for path in DATA.glob("*.keras"))
TRAINED = ("averaged", "functional", "recurrent", "sequential")


@pytest.mark.parametrize("name", NAMES)
def test_predictions(name):
    case = Case(name)
    # The outputs of the model in bfloat16 are rounded to 8 bits in the layer inside, in the order of each backend.
    case.check(load_model(DATA / f"{name}.keras"), case.outputs, 1e-2 if name == "half" else 1e-5)


@pytest.mark.parametrize("name", TRAINED)
def test_next_step_of_training(name):
    case = Case(name)
    model = load_model(DATA / f"{name}.keras")
    assert int(model.optimizer.iterations) == 2
    model.train_on_batch(case.inputs, case.targets if len(case.targets) > 1 else case.targets[0])
    case.check(model, case.next, 1e-4)


def test_all_trained_models_are_tested():
    assert tuple(name for name in NAMES if Case(name).targets) == TRAINED


@pytest.mark.parametrize("name", NAMES)
def test_way_back(name, tmp_path, read):
    """Saved again, the file has the same members and the same arrays in the same places, and predicts the same."""
    model = load_model(DATA / f"{name}.keras")
    model.save(tmp_path / "again.keras")
    theirs, ours = read(DATA / f"{name}.keras"), read(tmp_path / "again.keras")
    assert list(ours) == list(theirs)
    # Layers that a class makes in its constructor get names that are made up anew.
    with_names = name != "subclassed"
    assert arrays_in(ours, with_names) == arrays_in(theirs, with_names)
    case = Case(name)
    case.check(load_model(tmp_path / "again.keras"), case.outputs, 1e-2 if name == "half" else 1e-5)


def arrays_in(members, with_names):
    """Return path -> shape, dtype, attributes, and the name of the layer, of all arrays in the HDF5 file."""
    found = {}
    with h5py.File(io.BytesIO(members["model.weights.h5"])) as file:

        def note(path, item):
            if isinstance(item, h5py.Dataset):
                name = item.parent.attrs["name"] if with_names else None
                found[path] = item.shape, str(item.dtype), dict(item.attrs), name

        file.visititems(note)
    return found


def test_dropout_drops_while_training():
    """Keras writes `training=False` for the calls of layers for which nobody said anything."""
    case = Case("embedding")
    model = load_model(DATA / "embedding.keras")
    drawn = [ops.convert_to_numpy(model(case.inputs, training=True)) for _ in range(2)]
    assert np.abs(drawn[0] - drawn[1]).max() > 1e-3


def test_layer_that_is_told_not_to_train_does_not_after_a_file(tmp_path):
    inputs = keras.Input((8,))
    model = keras.Model(inputs, layers.Dropout(0.5)(inputs, training=False))
    model.save(tmp_path / "model.keras")
    ones = np.ones((2, 8), "float32")
    again = load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(ops.convert_to_numpy(again(ones, training=True)), ones)


def test_weights_alone():
    case = Case("sequential")
    model = keras.Sequential(
        [
            keras.Input((6, 6, 1)),
            layers.Conv2D(3, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.load_weights(DATA / "sequential.weights.h5")
    case.check(model, case.outputs)


def test_layer_reached_by_two_attributes_is_one():
    model = load_model(DATA / "subclassed.keras")
    assert model.body is model.alias
    assert len(model.layers) == 2
