"""`device`."""

import pytest

import keras_core as keras
from keras_core import ops
from keras_core.runtime.table import active


@pytest.mark.parametrize("form", ["{}", "/{}", "/device:{}"])
def test_tensors_of_the_scope_are_on_the_device(form):
    name = active().devices.names()[0]
    with keras.device(form.format(name)), keras.device(name.upper()):
        assert active().devices.device_of(ops.convert_to_tensor([1.0])) == name


def test_a_kind_without_a_number_is_its_first_device():
    with keras.device("cpu"):
        assert active().devices.device_of(ops.convert_to_tensor([1.0])) == "cpu:0"


@pytest.mark.parametrize("name", ["gpu:99", "abacus", None, ""])
def test_an_unknown_device_is_refused_with_those_there_are(name):
    with pytest.raises(ValueError, match="cpu:0"):
        keras.device(name)
