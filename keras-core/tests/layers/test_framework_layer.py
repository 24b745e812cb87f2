"""`FrameworkLayer`: what the layers that backends bring have in common."""

import numpy as np
import pytest

import keras_core
from keras_core import ops
from keras_core.layers.wrappers.framework_layer import FrameworkLayer
from keras_core.saving import deserialize_keras_object, register_keras_serializable, serialize_keras_object


class Code:
    """Stands for code of a framework."""

    def __init__(self, factor=2.0):
        self.factor = factor


@register_keras_serializable("tests")
def make_code():
    return Code(3.0)


@register_keras_serializable("tests")
class Times(FrameworkLayer):
    framework = keras_core.config.backend()
    code_arguments = ("code",)

    def __init__(self, code, times=1, **kwargs):
        super().__init__(**kwargs)
        self._code = self._made("code", code, Code)
        self._keep("times", times)
        first = {"factor": ops.full((), self._code.factor), "calls": ops.zeros((), "int32")}
        self._adopt((name, value, name == "factor") for name, value in first.items())
        self.build(None)

    def call(self, inputs):
        self._write_back({"calls": self._adopted["calls"].value + 1})
        return inputs * self._adopted["factor"].value * self._given["times"]


def test_values_become_variables():
    layer = Times(Code(), name="own")
    assert [(v.path, v.dtype, v.trainable) for v in layer.weights] == [
        ("own/factor", "float32", True),
        ("own/calls", "int32", False),
    ]
    assert ops.convert_to_numpy(layer(np.ones(2, "float32"))).tolist() == [2.0, 2.0]
    assert layer.weights[1].numpy() == 1


def test_a_registered_function_is_saved_in_place_of_the_code():
    layer = Times(make_code, times=2, name="own")
    config = serialize_keras_object(layer)
    again = deserialize_keras_object(config)
    assert config["config"]["code"]["config"] == "tests>make_code"
    assert again.weights[0].numpy() == 3.0
    assert serialize_keras_object(again) == config


def test_code_is_not_saved():
    with pytest.raises(ValueError, match=r"'own' \(Times\): its argument 'code', a Code, is code and cannot be saved"):
        Times(Code(), name="own").get_config()


@pytest.mark.parametrize("code", ["gASVAA==", {"class_name": "__bytes__", "config": {"value": "x"}}, ["x"]])
@pytest.mark.parametrize("safe_mode", [True, False])
def test_code_is_not_loaded(code, safe_mode):
    config = serialize_keras_object(Times(make_code))
    config["config"]["code"] = code
    with pytest.raises(
        ValueError, match="Times: its configuration holds pickled code for 'code', which is never loaded"
    ):
        deserialize_keras_object(config, safe_mode=safe_mode)


def test_something_else_than_the_code():
    with pytest.raises(TypeError, match=r"code: expected .*Code, or a function that makes one, got 5"):
        Times(lambda: 5)


def test_variables_by_their_names():
    one, other = Times(Code(5.0)), Times(Code())
    store = {}
    one.save_named_variables(store)
    other.load_named_variables(store)
    assert other.weights[0].numpy() == 5.0
    with pytest.raises(ValueError, match=r"the file has no variables \['calls'\]"):
        other.load_named_variables({"factor": 1.0})


def test_another_backend(monkeypatch):
    monkeypatch.setattr(Times, "framework", "quantum")
    with pytest.raises(ValueError, match=r"it runs on the backend 'quantum', but the active one is '.*set_backend"):
        Times(Code())
