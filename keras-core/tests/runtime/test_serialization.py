"""Configurations: layout, round trips, and what is refused."""

import json
import sys

import ml_dtypes
import numpy as np
import pytest

from keras_core import activations, constraints, dtype_policies, initializers, losses, metrics, ops, optimizers
from keras_core import regularizers as penalties
from keras_core.layers import Identity, Layer
from keras_core.plugins.errors import PluginError
from keras_core.runtime import registry
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.serialization import (
    custom_object_scope,
    deserialize_keras_object,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
    serialize_keras_object,
    sharing_scope,
)


@pytest.fixture(autouse=True)
def clean_registry(monkeypatch):
    monkeypatch.setattr(registry, "_objects", {})
    monkeypatch.setattr(registry, "_names", {})


class Plain:
    """Has a configuration and is registered nowhere."""

    def __init__(self, size=1):
        self.size = size

    def get_config(self):
        return {"size": self.size}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def through_json(value):
    return json.loads(json.dumps(serialize_keras_object(value)))


def test_layout_is_that_of_keras_3():
    assert serialize_keras_object(initializers.RandomNormal(seed=3)) == {
        "module": "keras.initializers",
        "class_name": "RandomNormal",
        "config": {"seed": 3, "mean": 0.0, "stddev": 0.05},
        "registered_name": None,
    }


@pytest.mark.parametrize(
    ("value", "module"),
    [
        (dtype_policies.DTypePolicy("mixed_float16"), "keras"),
        (penalties.L2(0.5), "keras.regularizers"),
        (constraints.MaxNorm(), "keras.constraints"),
        (losses.Huber(2.0), "keras.losses"),
        (metrics.Mean(), "keras.metrics"),
        (optimizers.SGD(0.5), "keras.optimizers"),
        (optimizers.schedules.CosineDecay(0.1, 10), "keras.optimizers.schedules"),
    ],
)
def test_classes_of_core_round_trip_under_the_public_module(value, module):
    config = through_json(value)
    assert config["module"] == module
    loaded = deserialize_keras_object(config)
    assert type(loaded) is type(value)
    assert loaded.get_config() == value.get_config()


@pytest.mark.parametrize("module", ["keras.initializers", "keras.src.initializers.constant", "keras_core.initializers"])
def test_modules_of_keras_are_only_keys(module):
    loaded = deserialize_keras_object({"module": module, "class_name": "Zeros", "config": {}, "registered_name": None})
    assert type(loaded) is initializers.Zeros


@pytest.mark.parametrize("value", [None, True, 3, 2.5, "text", [1, [2, None]], (1, (2.0, "x")), {"a": {"b": [1]}}])
def test_plain_data_stays_as_it_is(value):
    assert deserialize_keras_object(serialize_keras_object(value)) == value


@pytest.mark.parametrize("dtype", ["float32", "int64", "bool", ml_dtypes.bfloat16])
def test_arrays_round_trip(dtype):
    array = np.array([[1, 0], [3, 4]]).astype(dtype)
    loaded = deserialize_keras_object(through_json(array))
    assert loaded.dtype == array.dtype
    np.testing.assert_array_equal(loaded, array)


@pytest.mark.parametrize("value", [b"bytes", slice(1, None, 2), Ellipsis])
def test_special_values_round_trip(value):
    assert deserialize_keras_object(through_json(value)) == value


def test_numpy_scalars_and_dtypes_become_plain():
    assert serialize_keras_object([np.float32(0.5), np.int64(3), np.dtype("int8")]) == [0.5, 3, "int8"]


def test_symbolic_tensors_round_trip_without_history():
    loaded = deserialize_keras_object(through_json(KerasTensor((None, 3), "int32")))
    assert (loaded.shape, loaded.dtype) == ((None, 3), "int32")


@pytest.mark.parametrize("function", [activations.gelu, losses.mean_squared_error, ops.add, ops.gelu])
def test_functions_of_core_round_trip(function):
    assert deserialize_keras_object(through_json(function)) is function


def test_function_config_is_that_of_keras():
    expected = {"module": "builtins", "class_name": "function", "config": "gelu", "registered_name": "function"}
    assert serialize_keras_object(activations.gelu) == expected


def test_registered_class_round_trips():
    cls = register_keras_serializable("shop", "Cart")(Plain)
    config = through_json(cls(4))
    assert (config["module"], config["registered_name"]) == (None, "shop>Cart")
    assert deserialize_keras_object(config).size == 4
    assert get_registered_name(cls) == "shop>Cart"
    assert get_registered_object("shop>Cart") is cls
    assert get_custom_objects() == {"shop>Cart": cls}


def test_registered_function_round_trips():
    @register_keras_serializable("shop")
    def double(x):
        return 2 * x

    assert deserialize_keras_object(through_json(double)) is double


def test_class_without_get_config_cannot_be_registered():
    with pytest.raises(ValueError, match="no method get_config"):
        register_keras_serializable()(object)


def test_unregistered_class_needs_custom_objects():
    config = through_json(Plain(2))
    with pytest.raises(
        TypeError, match=r"unknown class 'Plain'.*register_keras_serializable.*custom_objects=\{'Plain'"
    ):
        deserialize_keras_object(config)
    assert deserialize_keras_object(config, custom_objects={"Plain": Plain}).size == 2
    with custom_object_scope({"Plain": Plain}):
        assert deserialize_keras_object(config).size == 2
    with pytest.raises(TypeError):
        deserialize_keras_object(config)


def test_class_of_a_missing_pack_says_what_is_installed():
    config = {
        "module": "absent_pack",
        "class_name": "Thing",
        "config": {},
        "registered_name": "absent_pack>Thing",
    }
    with pytest.raises(PluginError, match=r"'absent_pack', which is not installed; .*packs"):
        deserialize_keras_object(config)


def test_class_registered_in_a_package_of_a_user_says_both_ways():
    config = {"module": None, "class_name": "Cart", "config": {}, "registered_name": "my_shop>Cart"}
    with pytest.raises(TypeError, match=r"package='my_shop'.*If it is of a layer pack: .*packs"):
        deserialize_keras_object(config)


@pytest.mark.parametrize("module", ["os", "subprocess", "this", "keras_core.runtime.registry", "keras.saving", None, 3])
def test_modules_of_a_file_are_never_imported(module):
    sys.modules.pop("this", None)
    with pytest.raises(TypeError, match="unknown class"):
        deserialize_keras_object({"module": module, "class_name": "system", "config": {}})
    assert "this" not in sys.modules


@pytest.mark.parametrize("name", ["deserialize", "get", "system", "__import__", "convert_to_numpy"])
def test_only_functions_of_the_table_are_found(name):
    with pytest.raises(TypeError, match="unknown function"):
        deserialize_keras_object({"module": "builtins", "class_name": "function", "config": name})


@pytest.mark.parametrize("safe_mode", [True, False, None])
def test_bytecode_is_never_loaded(safe_mode):
    config = {"class_name": "__lambda__", "config": {"code": "4wEAAAA=", "defaults": None, "closure": None}}
    with pytest.raises(ValueError, match="never loads code"):
        deserialize_keras_object(config, safe_mode=safe_mode)


def test_lambdas_are_not_written():
    with pytest.raises(ValueError, match="named function"):
        serialize_keras_object(lambda x: x)


def test_function_with_the_name_of_another_is_not_written():
    def relu(x):
        return x

    with pytest.raises(ValueError, match="has the name of another one"):
        serialize_keras_object(relu)


def test_slots_are_typed():
    with pytest.raises(TypeError, match=r"expected Initializer or a registered function, got the class .*L2"):
        initializers.get(serialize_keras_object(penalties.L2()))
    with pytest.raises(TypeError, match="expected Optimizer, got the function 'relu'"):
        optimizers.get(serialize_keras_object(activations.relu))


def test_expected_class_names_the_room_of_an_old_config():
    config = {"class_name": "MeanSquaredError", "config": {}}
    assert type(deserialize_keras_object(config, expected=losses.Loss)) is losses.MeanSquaredError
    assert type(deserialize_keras_object(config, expected=metrics.Metric)) is metrics.MeanSquaredError


@pytest.mark.parametrize(
    "config",
    [
        {"class_name": 3, "config": {}},
        {"class_name": "__numpy__", "config": {}},
        {"class_name": "__slice__", "config": None},
        {"class_name": "__unheard__", "config": {}},
        {"module": "keras.initializers", "class_name": "Zeros", "config": [1]},
        {"module": "builtins", "class_name": "function", "config": 3},
    ],
)
def test_malformed_configurations_are_errors(config):
    with pytest.raises(ValueError, match="deserialize_keras_object"):
        deserialize_keras_object(config)


def test_wrong_arguments_name_the_class():
    with pytest.raises(TypeError, match=r"Zeros.from_config"):
        deserialize_keras_object({"module": "keras.initializers", "class_name": "Zeros", "config": {"colour": 1}})


def test_objects_without_get_config_are_not_written():
    with pytest.raises(TypeError, match="get_config"):
        serialize_keras_object(object())


def test_tensors_round_trip():
    config = through_json(ops.convert_to_tensor([1.0, 2.0]))
    np.testing.assert_array_equal(deserialize_keras_object(config), [1.0, 2.0])


def test_layers_keep_their_identity_inside_a_scope():
    layer = Layer(name="shared")
    with sharing_scope():
        data = json.loads(json.dumps([serialize_keras_object(layer), serialize_keras_object(layer)]))
    assert data[0]["shared_object_id"] == data[1]["shared_object_id"]
    with sharing_scope():
        first, second = deserialize_keras_object(data)
    assert first is second
    first, second = deserialize_keras_object(data)
    assert first is not second


def test_number_of_a_layer_is_not_that_of_another_class():
    data = [{**serialize_keras_object(cls(name="one")), "shared_object_id": 7} for cls in (Layer, Identity)]
    with sharing_scope(), pytest.raises(ValueError, match="shared_object_id 7 is that of a Layer and of a Identity"):
        deserialize_keras_object(data)


def test_class_of_keras_that_is_not_here_says_so():
    config = {"module": "keras.layers", "class_name": "HashedCrossing", "config": {}, "registered_name": None}
    with pytest.raises(TypeError, match=r"Keras Core has no class 'HashedCrossing' in 'keras\.layers'"):
        deserialize_keras_object(config)


@pytest.mark.parametrize(("given", "told"), [((), True), ((None,), True), ((True,), True), ((False,), False)])
@pytest.mark.parametrize("passes", [True, False])
def test_safe_mode_reaches_what_is_inside_by_the_argument_alone(given, told, passes):
    class Asking(Layer):
        found = None

        @classmethod
        def from_config(cls, config, custom_objects=None, safe_mode=None):
            layer = cls(**config)
            layer.found = safe_mode
            return layer

    class Outer(Layer):
        def __init__(self, inner, **kwargs):
            super().__init__(**kwargs)
            self.inner = inner

        def get_config(self):
            return {**super().get_config(), "inner": serialize_keras_object(self.inner)}

        @classmethod
        def from_config(cls, config, safe_mode=True):
            trust = (None, safe_mode) if passes else ()
            return cls(**{**config, "inner": deserialize_keras_object(config["inner"], *trust)})

    config = serialize_keras_object(Outer(Asking()))
    made = deserialize_keras_object(config, {"Outer": Outer, "Asking": Asking}, *given)
    assert made.inner.found is (told or not passes)
