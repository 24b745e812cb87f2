"""Graphs that are long, deep, or written in an order in which nothing can be made at once."""

import itertools
import json

import pytest

import keras_core as keras
from keras_core import layers
from keras_core.models import functional_config
from keras_core.runtime.operation import Node
from keras_core.saving import ModelFileError, load_model

LENGTH = 10_000


def chain(length):
    """Return the configuration of a functional model that is a chain of layers, the last one first."""

    def layer(name, class_name, calls, **config):
        return {
            "module": "keras.layers",
            "class_name": class_name,
            "name": name,
            "config": {**config, "name": name},
            "registered_name": None,
            "inbound_nodes": calls,
        }

    def after(name):
        history = {"shape": [None, 2], "dtype": "float32", "keras_history": [name, 0, 0]}
        return [{"args": [{"class_name": "__keras_tensor__", "config": history}], "kwargs": {}}]

    names = ["input", *(f"layer_{position}" for position in range(length))]
    found = [layer("input", "InputLayer", [], batch_shape=[None, 2], dtype="float32")]
    found += [layer(name, "Activation", after(before), activation="relu") for before, name in itertools.pairwise(names)]
    ends = {"input_layers": [["input", 0, 0]], "output_layers": [[names[-1], 0, 0]]}
    return {"name": "chain", "trainable": True, "layers": found[::-1], **ends}


def counting(function, calls):
    def counted(value):
        calls.append(None)
        return function(value)

    return counted


def test_chain_of_ten_thousand_layers_in_reversed_order(monkeypatch):
    looked_at = []
    monkeypatch.setattr(functional_config, "_history", counting(functional_config._history, looked_at))
    model = keras.Model.from_config(chain(LENGTH))
    assert len(model.layers) == LENGTH + 1
    assert model.layers[-1].name == f"layer_{LENGTH - 1}"
    assert len(looked_at) < 10 * LENGTH  # and not its square


def test_order_of_the_layers_in_a_file_means_nothing(saved, rewrite, inputs, assert_same):
    x = keras.Input((3,))
    hidden = layers.Dense(2, name="one")(x)
    model = keras.Model(x, layers.Add()([layers.Dense(2, name="two")(hidden), hidden]) * 2.0)
    model.save(saved)

    def change(content):
        config = json.loads(content)
        config["config"]["layers"].reverse()
        return json.dumps(config).encode()

    rewrite(saved, config=change)
    assert_same(model, load_model(saved), inputs)


def test_calls_in_a_circle_are_refused(saved, rewrite):
    x = keras.Input((3,))
    keras.Model(x, layers.Dense(3, name="two")(layers.Dense(3, name="one")(x))).save(saved)

    def change(content):
        config = json.loads(content)
        one = next(layer for layer in config["config"]["layers"] if layer["name"] == "one")
        one["inbound_nodes"][0]["args"][0]["config"]["keras_history"] = ["two", 0, 0]
        return json.dumps(config).encode()

    rewrite(saved, config=change)
    with pytest.raises(ModelFileError, match=r"the calls of \['one', 'two'\] need outputs that nothing makes"):
        load_model(saved)


def test_two_layers_of_one_name_are_refused(saved, rewrite):
    x = keras.Input((3,))
    keras.Model(x, layers.Dense(3, name="two")(layers.Dense(3, name="one")(x))).save(saved)
    rewrite(saved, config=lambda content: content.replace(b'"two"', b'"one"'))
    with pytest.raises(ModelFileError, match="layer 'one': two layers have this name"):
        load_model(saved)


def nested(depth):
    model = keras.Sequential([keras.Input((3,)), layers.Dense(3)], name="innermost")
    for level in range(depth):
        model = keras.Sequential([keras.Input((3,)), model], name=f"level_{level}")
    return model


def test_models_nested_as_deep_as_files_may_be(tmp_path, inputs, assert_same):
    model = nested(30)
    model.save(tmp_path / "model.keras")
    assert_same(model, load_model(tmp_path / "model.keras"), inputs)


def test_models_nested_deeper_are_not_written(tmp_path):
    with pytest.raises(ModelFileError, match="at most 200 nested levels"):
        nested(70).save(tmp_path / "model.keras")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("depth", [45, 1000, 100_000])
def test_deep_nesting_in_a_file_is_refused(depth, saved, rewrite):
    begin = b'{"module":"keras","class_name":"Sequential","registered_name":null,"config":{"name":"x","layers":['
    rewrite(saved, config=lambda content: begin * depth + b"]}}" * depth)
    with pytest.raises(ModelFileError):
        load_model(saved)


def test_many_calls_of_one_layer_are_recorded_once_each(monkeypatch):
    x = keras.Input((2,))
    shared = layers.Dense(2)
    y = x
    for _ in range(300):
        y = shared(y)
    model = keras.Model(x, y)
    made = []
    monkeypatch.setattr(Node, "__init__", recording(made))
    copy = keras.Model.from_config(model.get_config())
    assert len(copy.layers) == 2
    assert len(made) == 301


def recording(made):
    initialize = Node.__init__

    def recorded(self, *args, **kwargs):
        made.append(self)
        initialize(self, *args, **kwargs)

    return recorded
