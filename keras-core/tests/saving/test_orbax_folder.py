"""Checkpoints of Orbax where it is not installed; keras-backend-jax, which has it in its tests, tests what is read."""

import sys

import pytest

from keras_core.saving import ModelFileError, load_model


def test_without_orbax(tmp_path, monkeypatch):
    (tmp_path / "3" / "pytree").mkdir(parents=True)
    (tmp_path / "3" / "pytree" / "_METADATA").write_text('{"tree_metadata": {}, "use_ocdbt": true}')
    monkeypatch.setitem(sys.modules, "tensorstore", None)
    with pytest.raises(ImportError, match="pip install orbax-checkpoint"):
        load_model(tmp_path)


def test_other_folders(tmp_path):
    (tmp_path / "saved_model.pb").write_bytes(b"")
    with pytest.raises(ModelFileError, match="expected a checkpoint of Orbax"):
        load_model(tmp_path)
