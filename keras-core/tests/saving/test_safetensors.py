"""safetensors: names, both ways with the library, and what is refused."""

import json
import struct

import ml_dtypes
import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import keras_core as keras
from keras_core import layers
from keras_core.saving import ModelFileError, load_model


@pytest.fixture
def path(model, tmp_path):
    path = tmp_path / "x.safetensors"
    model.save_weights(path)
    return path


def trained():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4), layers.Dense(2)])
    model.compile("adam", "mse")
    model.fit(np.ones((4, 3)), np.ones((4, 2)), verbose=0)
    return model


def header_of(path):
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    return json.loads(content[8 : 8 + length]), content[8 + length :]


def write(path, header, data):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def test_names_are_those_of_layers_and_variables(path, model):
    found = load_file(path)
    assert sorted(found) == ["dense/bias", "dense/kernel", "dense_1/bias", "dense_1/kernel"]
    np.testing.assert_array_equal(found["dense_1/kernel"], model.layers[1].kernel.numpy())


def test_names_do_not_depend_on_what_was_made_before(tmp_path):
    for name in ("a", "b"):
        trained().save_weights(tmp_path / f"{name}.safetensors")
    names = [sorted(load_file(tmp_path / f"{name}.safetensors")) for name in ("a", "b")]
    assert names[0] == names[1]
    assert "optimizer/dense_1/kernel/momentum" in names[0]


def test_names_of_nested_models(tmp_path):
    inner = keras.Sequential([keras.Input((3,)), layers.Dense(3)])
    model = keras.Sequential([keras.Input((3,)), inner, layers.Dense(2)])
    model.save_weights(tmp_path / "x.safetensors")
    assert "sequential/dense/kernel" in load_file(tmp_path / "x.safetensors")


def test_weights_and_optimizer_come_back(tmp_path):
    model, other = trained(), trained()
    model.save_weights(tmp_path / "x.safetensors")
    report = other.load_weights(tmp_path / "x.safetensors")
    assert report.complete
    for ours, theirs in zip(
        [*model.weights, *model.optimizer.variables], [*other.weights, *other.optimizer.variables], strict=True
    ):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


def test_file_of_the_library_is_loaded_by_names(model, tmp_path, inputs, assert_same):
    names = ("dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias")
    arrays = {name: variable.numpy() for name, variable in zip(names, model.weights, strict=True)}
    save_file(arrays, tmp_path / "x.safetensors")
    other = keras.models.clone_model(model)
    assert other.load_weights(tmp_path / "x.safetensors").complete
    assert_same(model, other, inputs)


def test_file_of_the_library_with_other_names_is_refused(model, tmp_path):
    save_file({"dense/kernel": np.zeros((3, 4), "float32"), "head.weight": np.zeros(2)}, tmp_path / "x.safetensors")
    with pytest.raises(ModelFileError, match="nothing was loaded") as caught:
        model.load_weights(tmp_path / "x.safetensors")
    for line in (
        "layers/dense_1: missing in the file: 'kernel'",
        "'bias' of shape (4,)",
        "'head.weight' of shape (2,)",
    ):
        assert line in str(caught.value)


@pytest.mark.parametrize(
    "dtype", ["bool", "int8", "uint16", "int64", "float16", "bfloat16", "float64", "float8_e4m3fn"]
)
def test_dtypes(dtype, tmp_path):
    class Holder(layers.Layer):
        def __init__(self):
            super().__init__()
            self.values = None

        def call(self, inputs):
            return inputs

        def save_own_variables(self, store):
            store["values"] = self.values

        def load_own_variables(self, store):
            self.values = store["values"]

    def model_with(values):
        layer = Holder()
        layer.values = values
        model = keras.Sequential([keras.Input((3,)), layer])
        return model, layer

    kind = np.dtype(getattr(ml_dtypes, dtype, None) or dtype)
    values = np.array([[1, 0, 1]]).astype(kind)
    model, _ = model_with(values)
    other, layer = model_with(None)
    for name in ("x.safetensors", "x.weights.h5"):
        model.save_weights(tmp_path / name)
        other.load_weights(tmp_path / name)
        assert layer.values.dtype == kind
        np.testing.assert_array_equal(layer.values.astype("float32"), values.astype("float32"))


def test_inside_an_archive(tmp_path, read):
    model = trained()
    model.save(tmp_path / "x.keras", weights_format="safetensors")
    assert sorted(read(tmp_path / "x.keras")) == ["config.json", "metadata.json", "model.safetensors"]
    loaded = load_model(tmp_path / "x.keras")
    for ours, theirs in zip(
        [*model.weights, *model.optimizer.variables], [*loaded.weights, *loaded.optimizer.variables], strict=True
    ):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


def test_unknown_form_in_an_archive(model, tmp_path):
    with pytest.raises(ValueError, match="weights_format: expected one of 'h5', 'safetensors', got 'npz'"):
        model.save(tmp_path / "x.keras", weights_format="npz")


def change(key, **told):
    return lambda header: header[key].update(told)


REFUSED = {
    "no header": (b"", "expected strict JSON"),
    "list": (b"[]", "an object of JSON"),
    "twice": (b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{}}', "is there twice"),
    "metadata": (lambda header: header["__metadata__"].update(format=1), "expected strings"),
    "dtype": (change("dense/bias", dtype="F9"), "unknown dtype"),
    "negative size": (change("dense/bias", shape=[-4]), "is no shape"),
    "bool for a size": (change("dense/bias", shape=[True]), "is no shape"),
    "huge": (change("dense/bias", shape=[1 << 62, 1 << 62]), "takes"),
    "size": (change("dense/bias", shape=[3]), "takes 12 bytes"),
    "gap": (change("dense/bias", data_offsets=[1000, 1016]), "gap"),
    "overlap": (change("dense/bias", data_offsets=[0, 16]), "overlap"),
    "field": (change("dense/bias", more=1), "expected dtype, shape"),
    "left out": (lambda header: header.pop("dense_1/bias"), "leave a gap|arrays have"),
    "unknown in objects": (
        lambda header: header["__metadata__"].update(keras_objects='{"x":{"name":"x","variables":{"0":"y"}}}'),
        "'y' is not there",
    ),
    "none in objects": (lambda header: header["__metadata__"].update(keras_objects="{}"), "belong to no object"),
    "objects": (lambda header: header["__metadata__"].update(keras_objects='{"x":1}'), "expected name and variables"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name, path, model):
    how, message = REFUSED[name]
    header, data = header_of(path)
    before = [variable.numpy() for variable in model.weights]
    if callable(how):
        how(header)
        write(path, header, data)
    else:
        write(path, how, data)
    with pytest.raises(ModelFileError, match=message):
        model.load_weights(path)
    for variable, value in zip(model.weights, before, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)


@pytest.mark.parametrize("content", [b"", b"\x00", b"\xff" * 8, b"\xff" * 100, struct.pack("<Q", 1 << 40) + b"{}"])
def test_no_safetensors(content, path, model):
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=r"expected|strict JSON"):
        model.load_weights(path)


def test_cut_anywhere(path, model):
    content = path.read_bytes()
    for length in range(0, len(content), 7):
        path.write_bytes(content[:length])
        with pytest.raises(ModelFileError):
            model.load_weights(path)
