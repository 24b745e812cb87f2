"""What is noted on an error that leaves a layer."""

import numpy as np
import pytest

import keras_core as keras
from keras_core import layers


class Refuse(layers.Layer):
    """Raises an error of a class of its own, once it has got values."""

    class Refusal(Exception):
        pass

    def compute_output_shape(self, input_shape):
        return input_shape

    def call(self, inputs):
        if keras.utils.is_keras_tensor(inputs):
            raise NotImplementedError
        raise self.Refusal("no")


def notes_of(call):
    with pytest.raises(Refuse.Refusal) as caught:
        call()
    return caught.value.__notes__


def test_the_layer_and_its_inputs_are_noted():
    assert notes_of(lambda: Refuse(name="last")(np.ones((2, 3), "float32"))) == [
        "in the call of layer 'last' (Refuse), inputs of shape inputs: (2, 3)"
    ]


def test_models_and_layers_around_are_told_from_the_outside():
    inner = keras.Sequential([Refuse(name="last")], name="inner")
    outer = keras.Sequential([layers.Dense(4, name="wide"), inner], name="outer")
    calls, way = notes_of(lambda: outer(np.ones((2, 3), "float32")))
    assert calls == (
        "in the call of model 'outer' (Sequential) > model 'inner' (Sequential) > layer 'last' (Refuse), "
        "inputs of shape inputs: (2, 4)"
    )
    assert way.startswith("the inputs came by input ")


def test_the_way_is_that_of_the_graph_where_a_model_runs():
    inputs = keras.Input((3,), name="features")
    model = keras.Model(inputs, Refuse(name="last")(layers.Dense(4, name="wide")(inputs) + 1.0), name="net")
    way = notes_of(lambda: model(np.ones((2, 3), "float32")))[-1]
    assert way.startswith("the inputs came by input 'features' (None, 3) > layer 'wide' (Dense) (None, 4) > op 'add")


def test_of_a_long_way_the_end_is_told():
    outputs = inputs = keras.Input((3,), name="features")
    for place in range(20):
        outputs = layers.Dense(3, name=f"dense_of_{place}")(outputs)
    model = keras.Model(inputs, Refuse(name="last")(outputs))
    way = notes_of(lambda: model(np.ones((2, 3), "float32")))[-1]
    assert way.startswith("the inputs came by ... > layer 'dense_of_12'")
    assert way.endswith("layer 'dense_of_19' (Dense) (None, 3)")


def test_where_ways_meet_the_layers_before_are_named():
    left, right = keras.Input((3,), name="left"), keras.Input((3,), name="right")
    model = keras.Model([left, right], Refuse(name="last")(layers.Add(name="sum")([left, right])))
    way = notes_of(lambda: model([np.ones((2, 3), "float32")] * 2))[-1]
    assert way == "the inputs came by input 'left' and input 'right' > layer 'sum' (Add) (None, 3)"


def test_several_inputs_have_a_way_each():
    left, right = keras.Input((3,), name="left"), keras.Input((4,), name="right")
    with pytest.raises(ValueError, match="expected inputs that broadcast") as caught:
        layers.Add(name="sum")([left, layers.Dense(5, name="wide")(right)])
    assert caught.value.__notes__[-1] == (
        "the inputs came by input 'left' (None, 3); input 'right' (None, 4) > layer 'wide' (Dense) (None, 5)"
    )


def test_a_layer_that_is_used_twice_in_a_row_is_told_once_each():
    with pytest.raises(ValueError, match="target_shape") as caught:
        layers.Reshape((7,), name="flat").compute_output_spec(keras.KerasTensor((None, 3)))
    assert [note.count("layer 'flat'") for note in caught.value.__notes__] == [1]
