"""Files that each backend wrote, by `data/write_backend_files.py`, on that of the tests: all pairs in four runs."""

import io
import json
import pathlib
import runpy
import zipfile

import h5py
import numpy as np
import pytest

import keras_core as keras

DATA = pathlib.Path(__file__).parent / "data"
SCRIPT = runpy.run_path(str(DATA / "write_backend_files.py"))
WRITERS = ("jax", "numpy", "tensorflow", "torch")
NOW = {"attention": 4e-3}
"""Where another tolerance than 1e-5 holds: that of float16, in which each backend rounds in an order of its own."""


def archive_of(writer):
    return zipfile.ZipFile(DATA / "backends" / f"{writer}.zip")


@pytest.mark.parametrize("name", SCRIPT["MODELS"])
@pytest.mark.parametrize("writer", WRITERS)
def test_predicts_and_trains_on_as_where_it_was_saved(writer, name, tmp_path):
    with archive_of(writer) as archive:
        path = archive.extract(f"{name}.keras", tmp_path)
        expected = np.load(io.BytesIO(archive.read(f"{name}.npz")))
    model = keras.saving.load_model(path)
    assert {variable.backend for variable in model.variables} == {keras.backend()}
    _, inputs, targets = SCRIPT["MODELS"][name]()
    found = SCRIPT["goes_on"](model, inputs, targets)
    tolerance = NOW.get(name, 1e-5)
    np.testing.assert_allclose(found["now"], expected["now"], rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(found["next"], expected["next"], rtol=10 * tolerance, atol=10 * tolerance)
    assert np.abs(expected["next"] - expected["now"]).max() > 1e-3 or name == "recurrent"


@pytest.mark.parametrize("name", SCRIPT["MODELS"])
@pytest.mark.parametrize("writer", WRITERS)
def test_still_writes_the_same(writer, name, tmp_path):
    """The file that is written now has the configuration of each that is checked in, and the same arrays."""
    SCRIPT["written"](name, tmp_path / f"{name}.keras")
    with archive_of(writer) as archive:
        before = archive.read(f"{name}.keras")
    theirs, ours = content(before), content((tmp_path / f"{name}.keras").read_bytes())
    assert ours[0] == theirs[0]
    assert list(ours[1]) == list(theirs[1])
    tolerance = 5 * NOW.get(name, 1e-5)
    for path, array in theirs[1].items():
        assert ours[1][path].dtype == array.dtype
        np.testing.assert_allclose(ours[1][path], array, rtol=tolerance, atol=tolerance, err_msg=path)


def content(file):
    """Return the configuration in a file, and its arrays by their paths."""
    arrays = {}
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        config = json.loads(archive.read("config.json"))
        with h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as weights:
            weights.visititems(lambda path, item: arrays.update({path: item[()]} if hasattr(item, "shape") else {}))
    return config, arrays
