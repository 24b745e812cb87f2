"""Assets: bytes that layers keep in the archive, which they read through a view of their own ones."""

import numpy as np
import pytest

import keras_core as keras
from keras_core import layers
from keras_core.saving import ModelFileError, load_model, register_keras_serializable


@register_keras_serializable("test_assets")
class Lookup(keras.Layer):
    """Has words that are in a file of its own."""

    seen = None

    def __init__(self, words=(), **kwargs):
        super().__init__(**kwargs)
        self.words = list(words)

    def call(self, inputs):
        return inputs * len(self.words)

    def get_config(self):
        return super().get_config()

    def save_assets(self, store):
        store["words.txt"] = "\n".join(self.words).encode()
        store["more/count.txt"] = str(len(self.words)).encode()

    def load_assets(self, assets):
        type(self).seen = assets
        self.words = assets["words.txt"].decode().split("\n")
        assert int(assets["more/count.txt"]) == len(self.words)


class Plain(keras.Layer):
    """Takes the place of a class that has assets."""

    def call(self, inputs):
        return inputs


@pytest.fixture
def path(tmp_path):
    stack = [keras.Input((2,)), Lookup(["a", "b"]), layers.Dense(2), Lookup(["c", "d", "e"])]
    keras.Sequential(stack).save(tmp_path / "model.keras")
    return tmp_path / "model.keras"


def test_assets_come_back_to_their_layers(path, read):
    names = {name for name in read(path) if name.startswith("assets/")}
    assert names == {f"assets/layers/lookup{n}/{name}" for n in ("", "_1") for name in ("words.txt", "more/count.txt")}
    loaded = load_model(path)
    assert [layer.words for layer in loaded.layers if isinstance(layer, Lookup)] == [["a", "b"], ["c", "d", "e"]]


def test_nothing_is_written_beside_the_file(path):
    load_model(path)
    assert list(path.parent.iterdir()) == [path]


def test_view_has_no_way_to_other_files(path):
    load_model(path)
    view = Lookup.seen
    assert sorted(view) == ["more/count.txt", "words.txt"]
    for name in ("../lookup_1/words.txt", "/etc/passwd", "config.json", "../../config.json"):
        with pytest.raises(KeyError):
            view[name]
    with pytest.raises(TypeError):
        view["words.txt"] = b"other"


def test_assets_that_no_layer_takes_are_named(path):
    with pytest.raises(ModelFileError, match=r"no layer of the model takes the assets\n  'assets/layers/lookup/more"):
        load_model(path, custom_objects={"test_assets>Lookup": Plain})


def test_assets_that_are_missing_are_an_error(path, read, tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "other.keras", "w") as archive:
        for name, content in read(path).items():
            if name != "assets/layers/lookup_1/words.txt":
                archive.writestr(name, content)
    with pytest.raises(ModelFileError, match="cannot read its assets"):
        load_model(tmp_path / "other.keras")


@pytest.mark.parametrize("name", ["../evil", "/evil", "a b", "", "x\x00y"])
def test_names_that_lead_elsewhere_are_not_written(name, tmp_path, monkeypatch):
    monkeypatch.setattr(Lookup, "save_assets", lambda self, store: store.update({name: b"x"}))
    model = keras.Sequential([keras.Input((2,)), Lookup(["a"])])
    with pytest.raises(ValueError, match="must store bytes under names of letters"):
        model.save(tmp_path / "model.keras")
    assert not list(tmp_path.iterdir())


def test_name_of_a_layer_is_no_path(tmp_path):
    """Members are named by the place of the layer in the model; what it is called decides nothing."""
    model = keras.Sequential([keras.Input((2,)), Lookup(["a", "b"], name="....evil")])
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    assert loaded.layers[0].words == ["a", "b"]
    np.testing.assert_array_equal(loaded.predict(np.ones((1, 2)), verbose=0), [[2.0, 2.0]])
    assert list(tmp_path.iterdir()) == [tmp_path / "model.keras"]
