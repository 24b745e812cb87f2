"""The legacy format `.h5`: files that Keras 3.15.1 wrote are read, and nothing beyond what such files hold."""

import pathlib
import shutil

import h5py
import numpy as np
import pytest

import keras_core as keras
from keras_core import layers, ops
from keras_core.saving import ModelFileError, hdf5_names, load_model

DATA = pathlib.Path(__file__).parent / "data"
NAMES = ("legacy_functional", "legacy_sequential")


def arrays_of(name):
    with np.load(DATA / f"{name}.npz") as arrays:
        return dict(arrays)


def check(model, arrays, prefix, tolerance=1e-5):
    inputs = arrays.get("input_0", {key: arrays[key] for key in ("sequence", "more") if key in arrays})
    found = model(inputs)
    found = found if isinstance(found, list) else [found]
    for position, output in enumerate(found):
        expected = arrays[f"{prefix}_{position}"]
        np.testing.assert_allclose(ops.convert_to_numpy(output), expected, rtol=tolerance, atol=tolerance)


@pytest.fixture(params=[".h5", ".hdf5"])
def path(request, tmp_path):
    return shutil.copy(DATA / "legacy_sequential.h5", tmp_path / f"model{request.param}")


@pytest.fixture
def small(tmp_path):
    return shutil.copy(DATA / "legacy_sequential.h5", tmp_path / "model.h5")


@pytest.mark.parametrize("name", NAMES)
def test_predictions(name):
    check(load_model(DATA / f"{name}.h5"), arrays_of(name), "output")


def test_training_goes_on_where_it_was():
    arrays = arrays_of("legacy_sequential")
    model = load_model(DATA / "legacy_sequential.h5")
    assert int(model.optimizer.iterations) == 2
    model.train_on_batch(arrays["input_0"], arrays["target_0"])
    check(model, arrays, "next", 1e-4)


def test_weights_go_into_a_model_by_the_names_of_its_layers(path):
    arrays = arrays_of("legacy_sequential")
    whole = load_model(path, compile=False)
    assert not whole.compiled
    model = keras.models.clone_model(whole)
    model.load_weights(path)
    check(model, arrays, "output")


def test_model_that_is_read_is_saved_in_the_format_of_today(path, tmp_path):
    load_model(path).save(tmp_path / "model.keras")
    check(load_model(tmp_path / "model.keras"), arrays_of("legacy_sequential"), "output")


def test_format_is_read_only(model, tmp_path):
    with pytest.raises(ValueError, match=r"'\.h5' is installed but cannot save model"):
        model.save(tmp_path / "model.h5")


def test_weights_that_do_not_fit_change_nothing(small):
    model = keras.models.clone_model(load_model(small))
    before = [weight.numpy() for weight in model.weights]
    with h5py.File(small, "r+") as file:
        group = file["model_weights/dense"]
        name = group.attrs["weight_names"][-1]
        del group[name]
        group[name] = np.zeros(7, "float32")
    with pytest.raises(ModelFileError, match=r"'bias': expected shape \(3,\), the file has \(7,\)"):
        model.load_weights(small)
    for weight, value in zip(model.weights, before, strict=True):
        np.testing.assert_array_equal(weight.numpy(), value)


def test_model_of_other_layers(small, model):
    with pytest.raises(ModelFileError, match=r"nothing was loaded|expected 2 layers with weights"):
        model.load_weights(small)


def without_names(file):
    del file["model_weights"].attrs["layer_names"]


def number_as_names(file):
    file["model_weights"].attrs["layer_names"] = 3.0


def names_in_two_axes(file):
    file["model_weights"].attrs["layer_names"] = [["dense", "conv2d"]]


def name_of_no_group(file):
    file["model_weights"].attrs["layer_names"] = ["conv2d", "batch_normalization", "flatten", "dense", "more"]


def name_twice(file):
    file["model_weights"].attrs["layer_names"] = ["dense", "dense"]


def name_left_out(file):
    file["model_weights"].attrs["layer_names"] = ["conv2d", "batch_normalization", "flatten"]


def weight_that_leads_elsewhere(file):
    group = file["model_weights/dense"]
    group.attrs["weight_names"] = ["../conv2d/sequential/conv2d/kernel", group.attrs["weight_names"][1]]


def weight_from_the_root(file):
    group = file["model_weights/dense"]
    group.attrs["weight_names"] = ["/model_weights/dense/x", group.attrs["weight_names"][1]]


def weight_twice(file):
    group = file["model_weights/dense"]
    group.attrs["weight_names"] = [group.attrs["weight_names"][1]] * 2


def hidden_character(file):
    file["model_weights"].attrs["layer_names"] = ["conv2d", "batch_normalization", "flatten", "de\u202ense"]


def no_text(file):
    file.attrs["model_config"] = np.zeros(4)


def many_texts(file):
    file.attrs["model_config"] = ["{}", "{}"]


def no_json(file):
    file.attrs["model_config"] = "{'class_name': 'Sequential'}"


def no_unicode(file):
    file.attrs["model_config"] = np.bytes_(b"\xff\xfe{}")


def no_model(file):
    file.attrs["model_config"] = '{"class_name": "Dense", "config": {"units": 2}}'


def no_optimizer(file):
    file.attrs["training_config"] = '{"optimizer_config": "sgd"}'


def array_that_is_not_listed(file):
    file["model_weights/dense/more"] = np.zeros(3)


CASES = {
    without_names: "expected a list 'layer_names'",
    number_as_names: "must be of text",
    names_in_two_axes: "must be a list",
    name_of_no_group: "no group 'model_weights/more', although it is listed",
    name_twice: "two layers have one name",
    name_left_out: "arrays of weights, and lists",
    weight_that_leads_elsewhere: "there is no array",
    weight_from_the_root: "there is no array",
    weight_twice: "listed twice",
    hidden_character: "must hold names of visible characters",
    no_text: "must be of text",
    many_texts: "must be one text",
    no_json: "model_config: expected strict JSON",
    no_unicode: "cannot be read",
    no_model: "the model cannot be built",
    no_optimizer: "expected the configuration of an optimizer",
    array_that_is_not_listed: "arrays of weights, and lists",
}


@pytest.mark.parametrize("change", CASES, ids=lambda change: change.__name__)
def test_refused(change, small):
    with h5py.File(small, "r+") as file:
        change(file)
    with pytest.raises(ModelFileError, match=CASES[change]):
        load_model(small)


def test_many_references_to_one_long_text_are_counted_before_they_are_read(small, monkeypatch):
    monkeypatch.setattr(hdf5_names, "_heap_sizes", lambda file, size: [10**8])
    with pytest.raises(ModelFileError, match="its attribute 'model_config' may take"):
        load_model(small)


def test_heaps_are_found_wherever_they_lie(tmp_path, monkeypatch):
    text = "x" * 20_000
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file.attrs["long"] = text
        file["array"] = np.zeros(5000)
        file.attrs["short"] = "y"
    with open(tmp_path / "x.h5", "rb") as file:
        size = file.seek(0, 2)
        found = list(hdf5_names._heap_sizes(file, size))
        monkeypatch.setattr(hdf5_names, "_CHUNK", 1000)
        assert list(hdf5_names._heap_sizes(file, size)) == found
    assert len(text) <= max(found) <= size


def test_names_in_several_attributes(small):
    """What is too long for one attribute Keras splits."""
    with h5py.File(small, "r+") as file:
        names = list(file["model_weights"].attrs["layer_names"])
        del file["model_weights"].attrs["layer_names"]
        file["model_weights"].attrs["layer_names0"] = names[:2]
        file["model_weights"].attrs["layer_names1"] = np.array(names[2:], "S")
    check(load_model(small), arrays_of("legacy_sequential"), "output")


def write_layers(path, **shapes):
    """Write a file of weights as Keras does: for each layer the shapes of its arrays, each full of its number."""
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [name.encode() for name in shapes]
        for layer, own in shapes.items():
            group = file.create_group(layer)
            group.attrs["weight_names"] = [f"{layer}/{number}".encode() for number in range(len(own))]
            for number, shape in enumerate(own):
                group[f"{layer}/{number}"] = np.full(shape, number + 1, "float32")
    return path


def test_layers_of_other_names_go_by_their_order(model, tmp_path):
    path = write_layers(tmp_path / "x.h5", a=[(3, 4), (4,)], empty=[], b=[(4, 2), (2,)])
    report = model.load_weights(path)
    assert report.complete
    assert len(report.matched) == 4
    np.testing.assert_array_equal(model.layers[1].bias.numpy(), [2, 2])


def test_by_name_sets_the_layers_of_these_names(tmp_path):
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4, name="a"), layers.Dense(2, name="c")])
    before = model.layers[1].kernel.numpy()
    path = write_layers(tmp_path / "x.h5", b=[(4, 2), (2,)], a=[(3, 4), (4,)])
    with pytest.warns(UserWarning, match="missing in the file:\n  c/kernel") as caught:
        report = model.load_weights(path, by_name=True)
    assert caught[0].filename == __file__
    assert report.matched == ("a/kernel", "a/bias")
    assert report.missing == ("c/kernel", "c/bias")
    assert report.unexpected == ("b/0", "b/1")
    np.testing.assert_array_equal(model.layers[0].bias.numpy(), [2, 2, 2, 2])
    np.testing.assert_array_equal(model.layers[1].kernel.numpy(), before)


def test_layers_that_do_not_fit_are_left_on_request(tmp_path):
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4, name="a"), layers.Dense(2, name="b")])
    path = write_layers(tmp_path / "x.h5", a=[(3, 4), (4,)], b=[(4, 3), (2,)])
    with pytest.warns(UserWarning, match="left as they are"):
        report = model.load_weights(path, skip_mismatch=True)
    assert report.matched == ("a/kernel", "a/bias")
    assert report.mismatched == {
        "b/kernel": "'kernel': expected shape (4, 2), the file has (4, 3)",
        "b/bias": "left with the rest of its layer",
    }


def test_by_name_is_for_the_legacy_format(model, tmp_path):
    model.save_weights(tmp_path / "x.weights.h5")
    with pytest.raises(ValueError, match=r"by_name.*legacy"):
        model.load_weights(tmp_path / "x.weights.h5", by_name=True)


def test_frozen_layers_keep_their_order():
    model = load_model(DATA / "legacy_functional.h5")
    assert not model.get_layer("shared").trainable
    assert isinstance(model.get_layer("inner").layers[0], layers.BatchNormalization)
