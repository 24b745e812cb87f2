"""Sequential models: when they are built, and changes of the stack."""

import copy
import json
import pickle

import numpy as np
import pytest

from keras_core import ops
from keras_core.layers import Input, Layer
from keras_core.models import Model, Sequential
from keras_core.runtime.serialization import register_keras_serializable
from keras_core.runtime.table import use_backend


@register_keras_serializable("test_sequential")
class Affine(Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer="ones", name="kernel")

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel)


X = np.ones((2, 4), "float32")


@pytest.fixture(autouse=True)
def numpy_backend():
    with use_backend("numpy"):
        yield


def test_with_an_input_it_is_built_at_once():
    model = Sequential([Input((4,)), Affine(3), Affine(2)], name="stack_one")
    assert model.built and model.output_shape == (None, 2)
    assert next(w.path for w in model.weights).startswith("stack_one/affine")
    assert len(model.layers) == 2
    np.testing.assert_array_equal(model(X), np.full((2, 2), 12.0))


def test_without_an_input_it_is_built_by_the_first_call():
    model = Sequential([Affine(3), Affine(2)])
    assert not model.built and model.weights == []
    with pytest.raises(AttributeError, match="its inputs are not known yet"):
        _ = model.inputs
    assert model(X).shape == (2, 2)
    assert model(np.ones((5, 4))).shape == (5, 2)
    assert model.input_shape == (None, 4)
    assert model.get_build_config() == {"input_shape": (None, 4)}


def test_build():
    model = Sequential([Affine(3)])
    with pytest.raises(ValueError, match="expected an input_shape"):
        model.build()
    model.build((None, 4))
    assert model.output_shape == (None, 3)
    with pytest.raises(ValueError, match="expected a layer"):
        Sequential().build((None, 4))


def test_input_shape_of_the_first_layer():
    with pytest.warns(UserWarning, match="begin the model with an Input"):
        model = Sequential([Affine(3, input_shape=(4,))])
    assert model.input_shape == (None, 4)


def test_add_and_pop():
    model = Sequential()
    model.add(Input((4,)))
    model.add(Affine(3, name="first"))
    model.add(Affine(2, name="second"))
    assert model.output_shape == (None, 2)
    assert model.pop().name == "second"
    assert model.output_shape == (None, 3) and len(model.weights) == 1
    model.add(Affine(5, name="third"))
    assert model(X).shape == (2, 5)
    assert [layer.name for layer in model.layers] == ["first", "third"]
    while model.layers:
        model.pop()
    with pytest.raises(ValueError, match="no layer to take off"):
        model.pop()


def test_what_cannot_be_added():
    model = Sequential([Affine(3, name="taken")])
    with pytest.raises(ValueError, match="there is a layer named 'taken'"):
        model.add(Affine(3, name="taken"))
    with pytest.raises(ValueError, match="an Input must be the first element"):
        model.add(Input((4,)))
    with pytest.raises(ValueError, match="expected a layer to add, got 3"):
        model.add(3)
    with pytest.raises(AttributeError, match="use add"):
        model.layers = []


def test_inside_a_functional_model():
    model = Sequential([Affine(3), Affine(2)])
    i = Input((4,))
    outer = Model(i, model(i))
    assert outer.output_shape == (None, 2) and len(outer.weights) == 2
    np.testing.assert_array_equal(outer(X), model(X))


def test_model_from_its_tensors():
    model = Sequential([Input((4,)), Affine(3), Affine(2)])
    features = Model(model.inputs, model.layers[0].output)
    assert features(X).shape == (2, 3)


def test_structured_input():
    class Join(Layer):
        def call(self, inputs):
            return inputs["a"] + inputs["b"]

    model = Sequential([Join(), Affine(2)])
    assert model({"a": X, "b": X}).shape == (2, 2)


def test_arguments_for_the_layers():
    class Scale(Layer):
        def call(self, inputs, factor=1.0):
            return inputs * factor

    model = Sequential([Input((4,)), Scale(), Affine(1)])
    assert model(X, factor=3.0)[0, 0] == 12.0


def test_config():
    model = Sequential([Affine(3, name="first"), Affine(2, name="second")], name="stack_two")
    assert "build_input_shape" not in model.get_config()
    model(X)
    config = json.loads(json.dumps(model.get_config()))
    assert [layer["class_name"] for layer in config["layers"]] == ["InputLayer", "Affine", "Affine"]
    assert config["build_input_shape"] == [None, 4]
    again = Sequential.from_config(config)
    assert json.loads(json.dumps(again.get_config())) == config
    np.testing.assert_array_equal(again(X), model(X))


def test_config_without_an_input_layer():
    config = Sequential([Input((4,)), Affine(3, name="only")]).get_config()
    del config["layers"][0]
    assert Sequential.from_config(config).input_shape == (None, 4)


@pytest.mark.parametrize("make", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_copies(make):
    model = Sequential([Affine(3), Affine(2)])
    fresh = make(model)
    assert fresh(X).shape == (2, 2) and not model.built
    model(X)
    twin = make(model)
    twin.add(Affine(1))
    assert twin(X).shape == (2, 1) and model(X).shape == (2, 2)
    twin.pop()
    np.testing.assert_array_equal(twin(X), model(X))


def test_compute_output_shape_before_it_is_built():
    class Same(Layer):
        def call(self, inputs):
            return inputs

    assert Sequential([Same(), Affine(7)]).compute_output_shape((3, 4)) == (3, 7)
