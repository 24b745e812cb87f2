"""Weights in several files with an index."""

import errno
import json
import os
import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import keras_core as keras
from keras_core import layers
from keras_core.saving import ModelFileError, convert_file, loading_limit, shards

DATA = Path(__file__).with_name("data")
SMALL = 64 / (1 << 30)


INDICES = {"h5": "x.weights.json", "safetensors": "x.safetensors.index.json"}


def files(form, count):
    """Return the names of the files behind an index."""
    if form == "h5":
        return [f"x_{position:05d}.weights.h5" for position in range(count)]
    return [f"x-{position + 1:05d}-of-{count:05d}.safetensors" for position in range(count)]


@pytest.fixture(params=INDICES)
def form(request):
    return request.param


@pytest.fixture
def index(model, form, tmp_path):
    path = tmp_path / INDICES[form]
    model.save_weights(path, max_shard_size=SMALL)
    return path


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("form", ["h5"], indirect=True)
def test_layout_of_keras(index):
    shards = ["x_00000.weights.h5", "x_00001.weights.h5"]
    assert names(index.parent) == [index.name, *shards]
    weight_map = {"/layers/dense/vars": [shards[0]], "/layers/dense_1/vars": [shards[1]]}
    assert json.loads(index.read_text()) == {"metadata": {"total_size": 104}, "weight_map": weight_map}
    with h5py.File(index.parent / shards[0]) as file:
        assert file["layers/dense/vars/0"].shape == (3, 4)
        assert file["layers/dense/vars"].attrs["name"].startswith("dense")


@pytest.mark.parametrize("form", ["safetensors"], indirect=True)
def test_layout_of_safetensors(index, model):
    shards = ["x-00001-of-00002.safetensors", "x-00002-of-00002.safetensors"]
    assert names(index.parent) == sorted([index.name, *shards])
    weight_map = {
        "dense/kernel": shards[0],
        "dense/bias": shards[0],
        "dense_1/kernel": shards[1],
        "dense_1/bias": shards[1],
    }
    assert json.loads(index.read_text()) == {"metadata": {"total_size": 104}, "weight_map": weight_map}
    arrays = {name: load_file(index.parent / shard)[name] for name, shard in weight_map.items()}
    for array, variable in zip(arrays.values(), model.weights, strict=True):
        np.testing.assert_array_equal(array, variable.numpy())


def test_weights_come_back(model, index, inputs, assert_same):
    other = keras.models.clone_model(model)
    assert other.load_weights(index).complete
    assert_same(model, other, inputs)


def test_extension_of_one_file_becomes_that_of_the_index(form, model, tmp_path):
    one = "x.weights.h5" if form == "h5" else "x.safetensors"
    with pytest.warns(UserWarning, match="an index is written, to .*" + INDICES[form].replace(".", r"\.")):
        model.save_weights(tmp_path / one, max_shard_size=1)
    assert names(tmp_path) == sorted([INDICES[form], *files(form, 1)])
    assert model.load_weights(tmp_path / INDICES[form]).complete


def test_index_without_a_size(form, model, tmp_path):
    with pytest.raises(ValueError, match="expected max_shard_size"):
        model.save_weights(tmp_path / INDICES[form])


def test_array_that_is_larger_than_a_file_may_be(form, model, tmp_path):
    with pytest.raises(ValueError, match="'dense/kernel' has 48 bytes, more than max_shard_size"):
        model.save_weights(tmp_path / INDICES[form], max_shard_size=SMALL / 4)
    assert names(tmp_path) == []


@pytest.fixture
def without_links(monkeypatch):
    def link(*_paths):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(shards.os, "link", link)


@pytest.mark.parametrize("size", [1, SMALL])
@pytest.mark.parametrize("links", [True, False])
def test_new_set_takes_the_place_of_the_old_one(links, size, form, model, index, request):
    if not links:
        request.getfixturevalue("without_links")
    other = keras.models.clone_model(model)
    other.save_weights(index, max_shard_size=size)
    assert names(index.parent) == sorted([index.name, *files(form, 1 if size == 1 else 2)])
    assert model.load_weights(index).complete
    for ours, theirs in zip(model.weights, other.weights, strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


@pytest.mark.parametrize("stop", range(5))
def test_index_names_a_whole_set_at_each_moment(stop, form, model, index, monkeypatch):
    """The process ends before one of the files gets its name."""
    other = keras.models.clone_model(model)
    replace, done = os.replace, []

    def replacing(*paths):
        if len(done) == stop:
            raise KeyboardInterrupt
        done.append(paths)
        replace(*paths)

    monkeypatch.setattr(os, "replace", replacing)
    with pytest.raises(KeyboardInterrupt):
        other.save_weights(index, max_shard_size=SMALL)
    monkeypatch.undo()
    reader = keras.models.clone_model(model)
    assert reader.load_weights(index).complete
    expected = model if stop < 3 else other
    for ours, theirs in zip(expected.weights, reader.weights, strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())
    other.save_weights(index, max_shard_size=SMALL)
    assert names(index.parent) == sorted([index.name, *files(form, 2)])


def test_other_sets_in_the_folder_stay(form, model, index):
    first = files(form, 2)[0]
    shutil.copy(index.parent / first, index.parent / f"x{first}")
    model.save_weights(index, max_shard_size=1)
    assert f"x{first}" in names(index.parent)


def rewrite(index, change):
    content = json.loads(index.read_text())
    change(content)
    index.write_text(json.dumps(content))


FOREIGN = {
    "h5": ["y_00000.weights.h5", "x_0.weights.h5", "../x_00000.weights.h5", "x-00001-of-00002.safetensors"],
    "safetensors": [
        "y-00001-of-00002.safetensors",
        "x-1-of-2.safetensors",
        "../x-00001-of-00002.safetensors",
        ["x-00001-of-00002.safetensors"],
        "x_00000.weights.h5",
    ],
}
ANYWHERE = ["../secret.weights.h5", "/etc/passwd", "secret.weights.h5", "secret.safetensors", 1, None, {}, [[]], True]


@pytest.mark.parametrize(
    ("form", "name"), [(form, name) for form, more in FOREIGN.items() for name in more + ANYWHERE], indirect=["form"]
)
def test_index_names_only_its_own_files(form, name, model, index):
    key = json.loads(index.read_text())["weight_map"].popitem()[0]
    rewrite(index, lambda content: content["weight_map"].update({key: name}))
    with pytest.raises(ModelFileError, match=f"expected files such as '{files(form, 1)[0]}'"):
        model.load_weights(index)


def test_missing_file(form, model, index):
    last = files(form, 2)[1]
    (index.parent / last).unlink()
    with pytest.raises(ModelFileError, match=f"there is no .*{last}"):
        model.load_weights(index)


def test_file_that_is_none(form, model, index):
    """To open a pipe would mean to wait for somebody who writes into it."""
    last = index.parent / files(form, 2)[1]
    last.unlink()
    os.mkfifo(last)
    with pytest.raises(ModelFileError, match="there is no"):
        model.load_weights(index)


def test_file_that_cannot_be_opened(form, model, index, monkeypatch):
    """A process may have only so many files open."""

    def opening(path, mode):
        if path == str(index):
            return open(path, mode)
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(shards, "open", opening, raising=False)
    with pytest.raises(ModelFileError, match="cannot be read: Too many open files"):
        model.load_weights(index)


def test_files_of_another_saving(form, model, index):
    other = keras.Sequential([keras.Input((3,)), layers.Dense(4)])
    other.save_weights(index.parent / f"y{INDICES[form][1:]}", max_shard_size=1)
    shutil.copy(index.parent / f"y{files(form, 1)[0][1:]}", index.parent / files(form, 2)[1])
    with pytest.raises(ModelFileError, match=r"other objects than the index says|are in another file too"):
        model.load_weights(index)


@pytest.mark.parametrize("form", ["safetensors"], indirect=True)
def test_array_that_the_index_does_not_name(model, index):
    rewrite(index, lambda content: content["weight_map"].pop("dense_1/bias"))
    with pytest.raises(ModelFileError, match=r"other objects than the index says, \['dense_1/bias'\]"):
        model.load_weights(index)


@pytest.mark.parametrize(
    "content",
    [
        *("", "[]", "{}", '{"weight_map": []}', '{"weight_map": {"/vars": {}}}'),
        '{"metadata": 1, "weight_map": {}}',
        *(f'{{"metadata": {{"total_size": {size}}}, "weight_map": {{}}}}' for size in ("-1", "true", '"1"', "null")),
    ],
)
def test_no_index(content, model, index):
    index.write_text(content)
    with pytest.raises(ModelFileError):
        model.load_weights(index)


def test_files_are_bounded_together(model, index):
    """Each of them is within the limit."""
    with loading_limit(103), pytest.raises(ModelFileError, match="the arrays of its files have 104 bytes"):
        model.load_weights(index)
    with loading_limit(104):
        assert model.load_weights(index).complete


@pytest.mark.parametrize("form", ["h5"], indirect=True)
def test_object_over_several_files(form, tmp_path):
    model = keras.Sequential([keras.Input((3,)), layers.BatchNormalization()])
    model.save_weights(tmp_path / INDICES[form], max_shard_size=12 / (1 << 30))
    assert json.loads((tmp_path / INDICES[form]).read_text())["weight_map"] == {
        "/layers/batch_normalization/vars": files(form, 4)
    }
    assert_loads(model, tmp_path / INDICES[form])


@pytest.mark.parametrize("form", ["safetensors"], indirect=True)
def test_object_over_several_files_of_safetensors(form, tmp_path):
    model = keras.Sequential([keras.Input((3,)), layers.BatchNormalization()])
    model.save_weights(tmp_path / INDICES[form], max_shard_size=12 / (1 << 30))
    names_of_variables = ("gamma", "beta", "moving_mean", "moving_variance")
    assert json.loads((tmp_path / INDICES[form]).read_text())["weight_map"] == {
        f"batch_normalization/{name}": file for name, file in zip(names_of_variables, files(form, 4), strict=True)
    }
    assert_loads(model, tmp_path / INDICES[form])


def assert_loads(model, path):
    other = keras.models.clone_model(model)
    other.set_weights([np.full(weight.shape, number, "float32") for number, weight in enumerate(model.weights)])
    assert other.load_weights(path).complete
    for ours, theirs in zip(model.weights, other.weights, strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


def test_set_that_keras_wrote():
    model = keras.Sequential([keras.Input((3,)), layers.BatchNormalization(), layers.Dense(2)])
    assert model.load_weights(DATA / "sharded.weights.json").complete
    for position, variable in enumerate(model.weights):
        np.testing.assert_array_equal(variable.numpy(), np.full(variable.shape, position))


def test_set_of_another_program(model, tmp_path):
    """Its files say nothing of objects; an object may be in two of them."""
    shards = files("safetensors", 2)
    weight_map = {"dense/kernel": 0, "dense/bias": 1, "dense_1/kernel": 1, "dense_1/bias": 0}
    arrays = dict(zip(weight_map, (variable.numpy() for variable in model.weights), strict=True))
    for number, shard in enumerate(shards):
        save_file({name: arrays[name] for name in arrays if weight_map[name] == number}, tmp_path / shard)
    index = {"metadata": {"total_size": 104.0}, "weight_map": {name: shards[at] for name, at in weight_map.items()}}
    path = tmp_path / "x.safetensors.index.json"
    path.write_text(json.dumps(index, indent=2))
    assert_loads(model, path)


@keras.saving.register_keras_serializable("test_shards")
class Beside(layers.Layer):
    """A layer beside a list `layers`: without the list its path would be that of the one in the list."""

    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(3)
        self.layers = [layers.Dense(3)]

    def call(self, inputs):
        return self.layers[0](self.dense(inputs))


@pytest.mark.parametrize("source", ["x.weights.h5", "x.safetensors"])
def test_names_are_unique_in_all_files_together(source, tmp_path):
    model = keras.Sequential([keras.Input((3,)), Beside()])
    model.save_weights(tmp_path / source)
    path = tmp_path / "y.safetensors.index.json"
    convert_file(tmp_path / source, path, max_shard_size=36 / (1 << 30))
    found = json.loads(path.read_text())["weight_map"]
    assert {name.rpartition("/")[0] for name in found} == {"layers/beside/dense", "layers/beside/layers/dense"}
    assert_loads(model, path)
