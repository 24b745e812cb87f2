"""`keras_core.layers.X` for core and for layer packs."""

import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from keras_core import layers
from keras_core.plugins import PACKS, PackLoadError, PluginError, PluginInfo, State
from keras_core.plugins.packs import ELSEWHERE
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


@pytest.fixture
def elsewhere(monkeypatch):
    """Let the metadata of core say that a package has the class `Gate`."""
    found = [EntryPoint("Gate", "acme_gates.gate:Gate", ELSEWHERE)]
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group, name: [x for x in found if x.name == name])


def test_a_known_class_whose_package_is_not_installed(elsewhere):
    with pytest.raises(
        AttributeError, match=r"'Gate' is a class of the package 'acme-gates'.*: pip install acme-gates"
    ):
        _ = layers.Gate


def test_a_known_class_whose_package_cannot_be_used(elsewhere, monkeypatch):
    broken = PluginInfo(PACKS, "acme", "acme-gates", "1.0", "acme_gates.plugin:contract_1_0")
    broken = broken.unusable(State.MISSING_DEPENDENCY, "it needs gates", "pip install gates")
    monkeypatch.setattr(registry, "list_plugins", lambda group: [broken])
    with pytest.raises(PackLoadError, match=r"acme-gates 1\.0.* it needs gates[\s\S]*pip install gates"):
        _ = layers.Gate


def test_core_says_where_the_layers_around_frameworks_are():
    declared = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]["entry-points"]
    assert sorted(declared[ELSEWHERE]) == ["FlaxLayer", "JaxLayer", "TFSMLayer", "TorchModuleWrapper"]
