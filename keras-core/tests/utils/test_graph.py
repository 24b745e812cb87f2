"""What symbolic tensors tell about their graph."""

import pytest

import keras_core as keras
from keras_core.utils import get_source_inputs


def test_the_inputs_of_a_graph_come_once_each_in_order():
    first, second = keras.Input((2,)), keras.Input((2,))
    hidden = keras.layers.Dense(2)(first)
    output = keras.layers.add([hidden, second, keras.ops.tanh(first)]) * 2
    found = get_source_inputs(output)
    assert [id(tensor) for tensor in found] == [id(first), id(second)]


def test_an_input_is_its_own_source():
    tensor = keras.Input((2,))
    assert get_source_inputs(tensor)[0] is tensor


@pytest.mark.parametrize("value", [3, "text", keras.KerasTensor((2,))])
def test_what_has_no_history_comes_back_as_it_is(value):
    assert get_source_inputs(value) is value
