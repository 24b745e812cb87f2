"""Small models, archives that are rewritten, and outputs compared, for the tests of files."""

import io
import zipfile

import h5py
import numpy as np
import pytest

import keras_core as keras
from keras_core import layers, ops


def predictions(model, inputs):
    """Return the outputs of a model as NumPy arrays."""
    outputs = model(inputs)
    outputs = outputs if isinstance(outputs, list | tuple) else [outputs]
    return [ops.convert_to_numpy(output) for output in outputs]


def assert_same(model, other, inputs, tolerance=1e-6):
    """Check that two models predict the same."""
    for ours, theirs in zip(predictions(model, inputs), predictions(other, inputs), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)


def read(path):
    """Return the members of an archive by name."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewrite(path, **changes):
    """Change members of an archive: `config=function` of the bytes; the names are those before the first dot."""
    members = read(path)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            change = changes.get(name.partition(".")[0])
            archive.writestr(name, content if change is None else change(content))


def rewrite_weights(path, change):
    """Change the HDF5 file in an archive, by a function of the open file."""

    def changed(content):
        stream = io.BytesIO(content)
        with h5py.File(stream, "r+") as file:
            change(file)
        return stream.getvalue()

    rewrite(path, model=changed)


@pytest.fixture(name="predictions")
def predictions_function():
    return predictions


@pytest.fixture(name="assert_same")
def assert_same_function():
    return assert_same


@pytest.fixture(name="read")
def read_function():
    return read


@pytest.fixture(name="rewrite")
def rewrite_function():
    return rewrite


@pytest.fixture(name="rewrite_weights")
def rewrite_weights_function():
    return rewrite_weights


@pytest.fixture
def inputs():
    return np.random.default_rng(0).normal(size=(4, 3)).astype("float32")


@pytest.fixture
def model():
    return keras.Sequential([keras.Input((3,)), layers.Dense(4, activation="relu"), layers.Dense(2)])


@pytest.fixture
def saved(model, tmp_path):
    path = tmp_path / "model.keras"
    model.save(path)
    return path
