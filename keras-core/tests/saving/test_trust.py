"""A file is data: what it names is looked up among known classes, and nothing in it runs or reaches out."""

import json
import sys

import numpy as np
import pytest

import keras_core as keras
from keras_core import layers, saving
from keras_core.saving import ModelFileError, load_model

MARKER = "marker"


def changed(function):
    """Return a change of the configuration's bytes by a function of the first layer after the input."""

    def change(content):
        config = json.loads(content)
        function(config["config"]["layers"][1])
        return json.dumps(config).encode()

    return change


@pytest.fixture
def refused(saved, rewrite, tmp_path):
    """Return a function that changes a layer of a file and gives the message with which the file is refused."""

    def run(**parts):
        rewrite(saved, config=changed(lambda layer: layer.update(parts)))
        modules, floatx = set(sys.modules), keras.config.floatx()
        for safe_mode in (True, False, None):
            with pytest.raises(ModelFileError) as caught:
                load_model(saved, safe_mode=safe_mode)
        assert not (tmp_path / MARKER).exists()
        assert not {"antigravity", "this", "http.server"} & (set(sys.modules) - modules)
        assert keras.config.floatx() == floatx
        return str(caught.value)

    return run


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("os", "system"),
        ("subprocess", "Popen"),
        ("builtins", "eval"),
        ("antigravity", "Layer"),
        ("keras_core.runtime.atomic", "atomic_write"),
        ("keras.utils", "get_file"),
        ("keras.layers", "__import__"),
        ("keras.layers", "deserialize"),
        ("keras_core.runtime.registry", "CustomObjectScope"),
    ],
)
@pytest.mark.parametrize("registered", [None, "same"])
def test_module_in_a_file_selects_nothing(module, name, registered, refused):
    parts = {"module": module, "class_name": name, "registered_name": name if registered else None}
    message = refused(**parts, config={"args": [f"touch {MARKER}"]})
    assert name in message


def test_function_is_no_class(refused):
    assert "Layer" in refused(class_name="function", config="relu", registered_name="function")


def test_object_of_another_kind_is_no_layer(refused):
    message = refused(module="keras.optimizers", class_name="Adam", config={}, registered_name=None)
    assert "expected Layer" in message


def test_lambda_is_not_loaded(refused):
    code = {"class_name": "__lambda__", "config": {"code": "4wEAAAAA", "defaults": None, "closure": None}}
    message = refused(module="keras.layers", class_name="Lambda", config={"function": code}, registered_name=None)
    assert "never loads code" in message


def test_function_of_a_lambda_layer_must_be_registered(refused):
    function = {"module": "os", "class_name": "function", "config": "system", "registered_name": "function"}
    message = refused(module="keras.layers", class_name="Lambda", config={"function": function}, registered_name=None)
    assert "unknown function 'system'" in message


def test_function_that_is_registered_is_loaded(tmp_path, inputs, assert_same):
    @saving.register_keras_serializable("test_trust")
    def doubled(x):
        return x * 2

    model = keras.Sequential([keras.Input((3,)), layers.Lambda(doubled)])
    model.save(tmp_path / "model.keras")
    assert_same(model, load_model(tmp_path / "model.keras"), inputs)


def test_pack_that_is_not_installed_is_named(refused):
    message = refused(module="nowhere_layers", class_name="Gate", registered_name="nowhere_layers>Gate", config={})
    assert "'nowhere_layers>Gate' belongs to the pack 'nowhere_layers'" in message
    assert "install only a pack that you know and trust" in message


@pytest.mark.parametrize("name", ["evil_pkg>Gate", "evil --index-url=x>Gate"])
def test_no_command_is_made_of_what_a_file_says(refused, name):
    package = name.partition(">")[0]
    for module in (package, None):
        message = refused(module=module, class_name="Gate", registered_name=name, config={})
        assert "pip" not in message
        assert "The name comes from the configuration or file" in message


def test_class_of_keras_that_is_not_here(refused):
    message = refused(module="keras.layers", class_name="HashedCrossing", registered_name=None, config={})
    assert "Keras Core has no class 'HashedCrossing' in 'keras.layers'" in message


def test_whole_file_that_describes_no_model(saved, rewrite):
    rewrite(saved, config=lambda content: b'{"module": "keras.layers", "class_name": "Dense", "config": {"units": 2}}')
    with pytest.raises(ModelFileError, match="expected Model"):
        load_model(saved)


@pytest.mark.parametrize("config", [b"[]", b"3", b"{}", b'{"class_name": 3, "config": {}}', b"null"])
def test_configuration_that_describes_nothing(config, saved, rewrite):
    rewrite(saved, config=lambda content: config)
    with pytest.raises(ModelFileError):
        load_model(saved)


def test_layers_larger_than_the_file_are_refused_before_they_are_made(saved, rewrite, monkeypatch):
    """Nothing of that size is drawn or allocated: the variables must fit the arrays of the file."""
    rewrite(saved, config=changed(lambda layer: layer["config"].update(units=10**9)))
    allocated = []
    zeros = np.zeros
    monkeypatch.setattr(np, "zeros", lambda shape, *more, **kw: (allocated.append(shape), zeros(shape, *more, **kw))[1])
    with pytest.raises(ModelFileError, match=r"a variable of shape \(3, 1000000000\)"):
        load_model(saved)
    assert all(np.prod(shape) < 1000 for shape in allocated)


def test_nothing_is_drawn_to_be_overwritten(saved, monkeypatch, model, inputs, assert_same):
    monkeypatch.setattr(keras.initializers.GlorotUniform, "__call__", None)
    assert_same(model, load_model(saved), inputs)


@pytest.mark.parametrize(
    ("class_name", "config"),
    [
        ("Dense", {"units": True}),
        ("Conv2D", {"filters": 2, "kernel_size": True}),
        ("LSTM", {"units": True}),
        ("Embedding", {"input_dim": True, "output_dim": 2}),
        ("RepeatVector", {"n": True}),
        ("MultiHeadAttention", {"num_heads": True, "key_dim": 2}),
        ("Reshape", {"target_shape": [True]}),
        ("Permute", {"dims": [True]}),
        ("InputLayer", {"batch_shape": [None, True]}),
        ("BatchNormalization", {"axis": True}),
    ],
)
def test_bool_is_no_int(class_name, config, refused):
    refused(module="keras.layers", class_name=class_name, config={"name": "odd", **config}, registered_name=None)


@pytest.mark.parametrize("dtype", ["object", "float33", "str", "datetime64", "V4", "f4", "__class__", 3])
def test_dtypes_are_those_of_a_fixed_list(dtype, refused):
    message = refused(
        module="keras.layers", class_name="Dense", config={"units": 4, "dtype": dtype}, registered_name=None
    )
    assert "dtype" in message
