"""`keras_core.layers.X` for core and for layer packs."""

import pytest

from keras_core import layers
from keras_core.plugins import PluginError
from keras_core.plugins.registry import registry


def test_core_layers_are_listed_and_found():
    assert "Layer" in layers.__all__ and "Layer" in dir(layers)
    assert all(getattr(layers, name) is not None for name in layers.__all__)


def test_unknown_name_shows_near_ones():
    with pytest.raises(AttributeError, match=r"nor has an installed layer pack\. Did you mean 'Layer"):
        _ = layers.Layr


def test_private_names_do_not_load_packs():
    with pytest.raises(AttributeError):
        _ = layers.__wrapped__


def test_name_of_two_packs_is_an_error(monkeypatch):
    classes = {"one>Gate": (None, "one:Gate"), "two>Gate": (None, "two:Gate")}
    monkeypatch.setattr(registry, "classes", lambda: classes)
    with pytest.raises(PluginError, match="one>Gate, two>Gate"):
        _ = layers.Gate
    assert "Gate" in dir(layers)
