"""Subclassed models, `get_layer`, `summary`, files, `clone_model`."""

import json

import numpy as np
import pytest

from keras_core import ops
from keras_core.contract import Format
from keras_core.layers import Input, Layer
from keras_core.models import Functional, Model, Sequential, clone_model, load_model, storage
from keras_core.runtime.serialization import register_keras_serializable
from keras_core.runtime.table import use_backend


@register_keras_serializable("test_model")
class Affine(Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name="kernel")
        self.count = self.add_weight(shape=(), initializer="zeros", trainable=False, name="count")

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel)


@register_keras_serializable("test_model")
class Two(Model):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.first = Affine(3, name="first")
        self.second = Affine(units, name="second")

    def call(self, inputs, training=None):
        return self.second(self.first(inputs))


X = np.ones((2, 4), "float32")


@pytest.fixture(autouse=True)
def numpy_backend():
    with use_backend("numpy"):
        yield


def functional():
    i = Input((4,), name="i")
    inner = Sequential([Input((4,)), Affine(3, name="deep")], name="inner")
    return Model(i, ops.relu(Affine(3, name="outer")(i) + inner(i)), name="whole")


# subclassed models


def test_subclassed_model():
    model = Two(2, name="two")
    assert model(X).shape == (2, 2)
    assert next(w.path for w in model.weights) == "two/first/kernel"
    assert [layer.name for layer in model.layers] == ["first", "second"]


def test_subclassed_model_is_built_by_shape():
    model = Two(2)
    model.build((None, 4))
    assert len(model.weights) == 4 and model.built
    again = Two.from_config(model.get_config())
    again.build_from_config(model.get_build_config())
    assert [w.shape for w in again.weights] == [w.shape for w in model.weights]


def test_model_without_call():
    with pytest.raises(NotImplementedError, match="has no method call"):
        Model(name="empty")(X)


def test_constructor_that_does_not_fit_its_config():
    class Odd(Model):
        def __init__(self):
            super().__init__()

        def get_config(self):
            return {"units": 3}

    with pytest.raises(TypeError, match=r"does not take the arguments of its configuration, \['units'\]"):
        Odd.from_config(Odd().get_config())


def test_layers_cannot_be_set():
    with pytest.raises(AttributeError, match="use another attribute name"):
        Two(2).layers = []


def test_get_layer():
    model = functional()
    assert model.get_layer("outer") is model.get_layer(index=1)
    with pytest.raises(ValueError, match="no layer is named 'lost'; there are"):
        model.get_layer("lost")
    with pytest.raises(ValueError, match="expected an index below 3, got 9"):
        model.get_layer(index=9)
    with pytest.raises(ValueError, match="takes a name or an index"):
        model.get_layer()


# summary


def summary_of(model, **options):
    lines = []
    model.summary(print_fn=lines.append, line_length=100, **options)
    return "\n".join(lines)


def test_summary_of_a_sequential_model():
    text = summary_of(Sequential([Input((4,)), Affine(3, name="one")], name="stack"))
    assert text.startswith('Model: "stack"')
    assert "one (Affine)" in text and "(None, 3)" in text and "Connected to" not in text
    assert text.splitlines()[-3:] == [
        " Total params: 13 (52.00 B)",
        " Trainable params: 12 (48.00 B)",
        " Non-trainable params: 1 (4.00 B)",
    ]


def test_summary_of_a_functional_model():
    text = summary_of(functional(), expand_nested=True, show_trainable=True)
    assert "Connected to" in text and "outer[0][0]" in text and "└ deep" in text and "Trainable" in text
    assert "Total params: 26 (104.00 B)" in text


def test_summary_of_models_that_are_not_built():
    text = summary_of(Sequential([Affine(2)]))
    assert "?" in text and "0 (unbuilt)" in text
    model = Two(2)
    assert "0 (unbuilt)" in summary_of(model)
    model(X)
    assert "(2, 3)" in summary_of(model)


def test_summary_of_a_range():
    model = functional()
    text = summary_of(model, layer_range=["outer", "outer"])
    assert "outer" in text and "inner (" not in text
    with pytest.raises(ValueError, match="no layer matches 'lost'"):
        summary_of(model, layer_range=["lost", "outer"])
    with pytest.raises(ValueError, match="expected 4 positions"):
        summary_of(model, positions=[0.5, 1.0])


def test_summary_fits_the_width(capsys):
    functional().summary(line_length=80, positions=[0.3, 0.5, 0.7, 1.0])
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


# files


def test_unknown_extension_lists_the_known_ones(monkeypatch, tmp_path):
    known = {".keras": Format(".keras", save_model=print), ".w": Format(".w", load_weights=print)}
    monkeypatch.setattr(storage, "formats", lambda: known)
    with pytest.raises(ValueError, match=r"no installed format has the extension of '.*x\.foo'\. Known: '\.keras'\."):
        Two(2).save(tmp_path / "x.foo")
    with pytest.raises(ValueError, match=r"The format '\.w' is installed but cannot save model"):
        Two(2).save(tmp_path / "x.w")


def test_the_longest_extension_decides(monkeypatch, tmp_path):
    calls = []

    def formats():
        def save(tag):
            return lambda model, path, **options: calls.append((tag, options))

        weights = {"save_weights": save("long"), "load_weights": save("load")}
        return {
            ".h5": Format(".h5", save_weights=save("short"), load_model=lambda *arguments: arguments),
            ".weights.h5": Format(".weights.h5", **weights),
            ".onnx": Format(".onnx", export=save("export")),
        }

    monkeypatch.setattr(storage, "formats", formats)
    model = Two(2)
    model.save_weights(tmp_path / "m.weights.h5", max_shard_size=2)
    model.load_weights(tmp_path / "m.weights.h5", skip_mismatch=True)
    model.export(tmp_path / "m", format="onnx", verbose=False)
    assert calls == [
        ("long", {"max_shard_size": 2}),
        ("load", {"skip_mismatch": True}),
        ("export", {"verbose": False}),
    ]
    assert load_model("m.h5", compile=False) == ("m.h5", None, False, True)
    with pytest.raises(ValueError, match=r"no installed plugin exports the format 'tf_saved_model'\. Known: 'onnx'"):
        model.export(tmp_path / "m")


def test_files_are_not_overwritten_unasked(monkeypatch, tmp_path):
    monkeypatch.setattr(storage, "formats", lambda: {".keras": Format(".keras", save_model=lambda *a, **o: None)})
    path = tmp_path / "m.keras"
    path.write_text("data")
    with pytest.raises(FileExistsError, match="pass overwrite=True"):
        Two(2).save(path, overwrite=False)


# clones


def test_clone_of_a_functional_model():
    model = functional()
    clone = clone_model(model)
    assert type(clone) is Functional and clone.to_json() == model.to_json()
    assert not {id(w) for w in clone.weights} & {id(w) for w in model.weights}
    clone.set_weights(model.get_weights())
    np.testing.assert_array_equal(clone(X), model(X))


def test_clone_on_given_tensors():
    i = Input((4,), batch_size=7, name="seven")
    clone = clone_model(functional(), input_tensors=i)
    assert clone.input is i and clone.output_shape == (7, 3)
    clone = clone_model(Sequential([Affine(2)]), input_tensors=[i])
    assert clone.output_shape == (7, 2)
    with pytest.raises(ValueError, match="has 1 inputs, got 2 input_tensors"):
        clone_model(functional(), input_tensors=[i, i])


def test_clone_functions():
    def wider(layer):
        if isinstance(layer, Affine):
            return Affine(layer.units, name=layer.name + "_new")
        return type(layer).from_config(layer.get_config())

    def doubled(layer, *args, **kwargs):
        return layer(*args, **kwargs) * 2.0

    names = [layer.name for layer in clone_model(functional(), clone_function=wider).layers]
    assert "outer_new" in names
    inner = clone_model(functional(), clone_function=wider, recursive=True).get_layer("inner")
    assert [layer.name for layer in inner.layers] == ["deep_new"]
    model = functional()
    clone = clone_model(model, call_function=doubled)
    clone.set_weights(model.get_weights())
    np.testing.assert_allclose(clone(X), model(X) * 2, rtol=1e-6)


def test_clone_of_a_subclassed_model():
    model = Two(2)
    model(X)
    clone = clone_model(model)
    assert clone.built and clone.second.units == 2
    with pytest.raises(ValueError, match="is a subclassed model"):
        clone_model(model, clone_function=lambda layer: layer)
    with pytest.raises(ValueError, match="expected a model"):
        clone_model(Affine(2))


def test_json_of_a_subclassed_model():
    model = Two(2)
    model(X)
    assert json.loads(model.to_json())["registered_name"] == "test_model>Two"
