"""Weights in several files with an index."""

import errno
import json
import os
import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest

import keras_core as keras
from keras_core import layers
from keras_core.saving import ModelFileError, shards

DATA = Path(__file__).with_name("data")
SMALL = 64 / (1 << 30)


@pytest.fixture
def index(model, tmp_path):
    path = tmp_path / "x.weights.json"
    model.save_weights(path, max_shard_size=SMALL)
    return path


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_layout(index):
    files = [f"x_0000{number}.weights.h5" for number in range(2)]
    assert names(index.parent) == [index.name, *files]
    weight_map = {"/layers/dense/vars": [files[0]], "/layers/dense_1/vars": [files[1]]}
    assert json.loads(index.read_text()) == {"metadata": {"total_size": 104}, "weight_map": weight_map}
    with h5py.File(index.parent / files[0]) as file:
        assert file["layers/dense/vars/0"].shape == (3, 4)
        assert file["layers/dense/vars"].attrs["name"].startswith("dense")


def test_weights_come_back(model, index, inputs, assert_same):
    other = keras.models.clone_model(model)
    assert other.load_weights(index).complete
    assert_same(model, other, inputs)


def test_extension_of_one_file_becomes_that_of_the_index(model, tmp_path):
    with pytest.warns(UserWarning, match=r"an index is written, to .*y\.weights\.json"):
        model.save_weights(tmp_path / "y.weights.h5", max_shard_size=1)
    assert names(tmp_path) == ["y.weights.json", "y_00000.weights.h5"]


def test_index_without_a_size(model, tmp_path):
    with pytest.raises(ValueError, match="expected max_shard_size"):
        model.save_weights(tmp_path / "x.weights.json")


def test_array_that_is_larger_than_a_file_may_be(model, tmp_path):
    with pytest.raises(ValueError, match="'dense/kernel' has 48 bytes, more than max_shard_size"):
        model.save_weights(tmp_path / "x.weights.json", max_shard_size=SMALL / 4)
    assert names(tmp_path) == []


@pytest.fixture
def without_links(monkeypatch):
    def link(*_paths):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(shards.os, "link", link)


@pytest.mark.parametrize("links", [True, False])
def test_new_set_takes_the_place_of_the_old_one(links, model, index, request):
    if not links:
        request.getfixturevalue("without_links")
    other = keras.models.clone_model(model)
    other.save_weights(index, max_shard_size=1)
    assert names(index.parent) == ["x.weights.json", "x_00000.weights.h5"]
    assert model.load_weights(index).complete
    for ours, theirs in zip(model.weights, other.weights, strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


@pytest.mark.parametrize("stop", range(5))
def test_index_names_a_whole_set_at_each_moment(stop, model, index, monkeypatch):
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
    assert names(index.parent) == ["x.weights.json", "x_00000.weights.h5", "x_00001.weights.h5"]


def test_other_sets_in_the_folder_stay(model, index):
    shutil.copy(index.parent / "x_00000.weights.h5", index.parent / "xy_00000.weights.h5")
    model.save_weights(index, max_shard_size=1)
    assert "xy_00000.weights.h5" in names(index.parent)


def rewrite(index, change):
    content = json.loads(index.read_text())
    change(content)
    index.write_text(json.dumps(content))


@pytest.mark.parametrize(
    "name",
    ["../secret.weights.h5", "/etc/passwd", "secret.weights.h5", "y_00000.weights.h5", "x_0.weights.h5", 1, None],
)
def test_index_names_only_its_own_files(name, model, index):
    rewrite(index, lambda content: content["weight_map"].update({"/layers/dense/vars": [name]}))
    with pytest.raises(ModelFileError, match=r"expected files such as 'x_00000\.weights\.h5'"):
        model.load_weights(index)


def test_missing_file(model, index):
    (index.parent / "x_00001.weights.h5").unlink()
    with pytest.raises(ModelFileError, match=r"there is no .*x_00001"):
        model.load_weights(index)


def test_files_of_another_saving(model, index):
    other = keras.Sequential([keras.Input((3,)), layers.Dense(4)])
    other.save_weights(index.parent / "y.weights.json", max_shard_size=1)
    shutil.copy(index.parent / "y_00000.weights.h5", index.parent / "x_00001.weights.h5")
    with pytest.raises(ModelFileError, match=r"other objects than the index says|are in another file too"):
        model.load_weights(index)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"weight_map": []}', '{"weight_map": {"/vars": {}}}'])
def test_no_index(content, model, index):
    index.write_text(content)
    with pytest.raises(ModelFileError):
        model.load_weights(index)


def test_object_over_several_files(tmp_path):
    model = keras.Sequential([keras.Input((3,)), layers.BatchNormalization()])
    model.save_weights(tmp_path / "x.weights.json", max_shard_size=12 / (1 << 30))
    assert json.loads((tmp_path / "x.weights.json").read_text())["weight_map"] == {
        "/layers/batch_normalization/vars": [f"x_0000{number}.weights.h5" for number in range(4)]
    }
    other = keras.models.clone_model(model)
    other.set_weights([np.full(3, number, "float32") for number in range(4)])
    assert other.load_weights(tmp_path / "x.weights.json").complete
    for ours, theirs in zip(model.weights, other.weights, strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


def test_set_that_keras_wrote():
    model = keras.Sequential([keras.Input((3,)), layers.BatchNormalization(), layers.Dense(2)])
    assert model.load_weights(DATA / "sharded.weights.json").complete
    for position, variable in enumerate(model.weights):
        np.testing.assert_array_equal(variable.numpy(), np.full(variable.shape, position))
