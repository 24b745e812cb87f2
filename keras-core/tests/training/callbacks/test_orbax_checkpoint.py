"""`OrbaxCheckpoint` where Orbax is missing; keras-backend-jax tests what it saves."""

import sys

import pytest

from keras_core.callbacks import OrbaxCheckpoint


def test_without_orbax(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "orbax", None)
    monkeypatch.setitem(sys.modules, "orbax.checkpoint", None)
    with pytest.raises(ImportError, match="pip install orbax-checkpoint"):
        OrbaxCheckpoint(tmp_path)


def test_arguments_are_looked_at_first(tmp_path):
    with pytest.raises(ValueError, match="OrbaxCheckpoint: expected save_freq to be 'epoch' or a positive int"):
        OrbaxCheckpoint(tmp_path, save_freq="batch")
