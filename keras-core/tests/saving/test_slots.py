"""What a configuration may name where: a layer slot takes layers, an activation slot activations, and so on."""

import json

import pytest

import keras_core as keras
from keras_core import activations, layers, losses, metrics, ops, optimizers
from keras_core.saving import ModelFileError, deserialize_keras_object, load_model, register_keras_serializable

LAYER = {"module": "keras.layers", "class_name": "Dense", "config": {"units": 2}, "registered_name": None}
CELL = {"module": "keras.layers", "class_name": "GRUCell", "config": {"units": 2}, "registered_name": None}
OPTIMIZER = {"module": "keras.optimizers", "class_name": "Adam", "config": {}, "registered_name": None}
SCHEDULE = {
    "module": "keras.optimizers.schedules",
    "class_name": "CosineDecay",
    "config": {"initial_learning_rate": 0.1, "decay_steps": 10},
    "registered_name": None,
}
LOSS = {"module": "keras.losses", "class_name": "MeanSquaredError", "config": {}, "registered_name": None}
METRIC = {"module": "keras.metrics", "class_name": "Mean", "config": {}, "registered_name": None}
INITIALIZER = {"module": "keras.initializers", "class_name": "Zeros", "config": {}, "registered_name": None}
POLICY = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": None}
ARRAY = {"class_name": "__numpy__", "config": {"value": [1.0], "dtype": "float32"}}


def function(name, module="builtins"):
    return {"module": module, "class_name": "function", "config": name, "registered_name": "function"}


@register_keras_serializable("test_slots")
class Thing:
    """Of no kind that Keras knows."""

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)

    def __call__(self, *args):
        return args[0]


@register_keras_serializable("test_slots")
def own_function(*args):
    return args[0]


THING = {"module": None, "class_name": "Thing", "config": {}, "registered_name": "test_slots>Thing"}

READERS = {
    "layer": lambda config: layers.deserialize(config),
    "wrapped": lambda config: layers.TimeDistributed.from_config({"layer": config}),
    "cell": lambda config: layers.RNN.from_config({"cell": config}),
    "cells": lambda config: layers.StackedRNNCells.from_config({"cells": [config]}),
    "stacked": lambda config: keras.Sequential.from_config({"name": "x", "layers": [config]}),
    "activation": lambda config: layers.Dense(2, activation=config),
    "initializer": lambda config: layers.Dense(2, kernel_initializer=config),
    "regularizer": lambda config: layers.Dense(2, kernel_regularizer=config),
    "constraint": lambda config: layers.Dense(2, kernel_constraint=config),
    "policy": lambda config: layers.Dense(2, dtype=config),
    "quantization": lambda config: layers.Dense(2, quantization_config=config),
    "optimizer": lambda config: optimizers.get(config),
    "inner optimizer": lambda config: optimizers.LossScaleOptimizer.from_config({"inner_optimizer": config}),
    "schedule": lambda config: optimizers.SGD.from_config({"learning_rate": config}),
    "loss": lambda config: losses.get(config),
    "metric": lambda config: metrics.get(config),
    "weights of labels": lambda config: metrics.AUC.from_config({"label_weights": config, "multi_label": True}),
    "seed": lambda config: keras.initializers.RandomNormal(seed=config),
    "lambda": lambda config: layers.Lambda.from_config({"function": config}),
    "lambda mask": lambda config: layers.Lambda.from_config({"function": function("relu"), "mask": config}),
    "lambda argument": lambda config: layers.Lambda.from_config(
        {"function": function("relu"), "arguments": {"x": config}}
    ),
    "number": lambda config: layers.Rescaling.from_config({"scale": config, "offset": 0.0}),
    "mask value": lambda config: layers.Masking(mask_value=config),
    "constant": lambda config: keras.initializers.Constant.from_config({"value": config}),
}
OBJECTS = {
    "layer": LAYER,
    "cell": CELL,
    "optimizer": OPTIMIZER,
    "schedule": SCHEDULE,
    "loss": LOSS,
    "metric": METRIC,
    "initializer": INITIALIZER,
    "policy": POLICY,
    "thing": THING,
    "array": ARRAY,
    "activation function": function("relu"),
    "loss function": function("mean_squared_error"),
    "op": function("reshape", "keras.ops"),
    "own function": function("test_slots>own_function"),
}
OF_SLOTS = [
    (("layer", "wrapped", "stacked"), {"layer", "cell"}),
    (("cell", "cells"), {"cell"}),
    (("activation",), {"layer", "cell", "activation function", "own function"}),
    (("initializer",), {"initializer", "own function"}),
    (("regularizer", "constraint"), {"own function"}),
    (("policy",), {"policy"}),
    (("optimizer", "inner optimizer"), {"optimizer"}),
    (("schedule",), {"schedule"}),
    (("loss",), {"loss", "loss function", "own function"}),
    (("metric",), {"metric", "loss function", "own function"}),
    (("lambda",), {"activation function", "own function"}),
    (("lambda mask",), {"own function", "array"}),
    (("lambda argument", "number", "mask value", "constant", "weights of labels"), {"array"}),
    (("quantization", "seed"), set()),
]
FITTING = {slot: fitting for slots, fitting in OF_SLOTS for slot in slots}


@pytest.mark.parametrize("given", OBJECTS)
@pytest.mark.parametrize("slot", READERS)
def test_slot_takes_what_fits_and_nothing_else(slot, given):
    if given in FITTING[slot]:
        assert READERS[slot](OBJECTS[given]) is not None
    else:
        with pytest.raises((TypeError, ValueError)):
            READERS[slot](OBJECTS[given])


@pytest.mark.parametrize("slot", ["optimizer", "loss", "metrics", "weighted_metrics", "loss_weights", "run_eagerly"])
@pytest.mark.parametrize("given", [LAYER, THING, function("relu"), function("reshape", "keras.ops")])
def test_slots_of_compile_are_typed(slot, given):
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    value = [given] if slot.endswith("metrics") else given
    with pytest.raises(TypeError, match=r"deserialize_keras_object: (expected|unknown)"):
        model.compile_from_config({"optimizer": "sgd", "loss": "mse", slot: value})
    assert not model.compiled


def test_losses_of_several_outputs_are_typed_one_by_one():
    config = {"a": LOSS, "b": [LOSS, "mse", None]}
    made = deserialize_keras_object(config, expected=losses.Loss)
    assert isinstance(made["a"], losses.MeanSquaredError)
    assert made["b"][1:] == ["mse", None]
    with pytest.raises(TypeError, match="expected Loss, got the class"):
        deserialize_keras_object({"a": LOSS, "b": [OPTIMIZER]}, expected=losses.Loss)


def test_registered_class_is_not_made_by_its_name_in_a_slot_of_another_kind():
    for get in (activations.get, losses.get, metrics.get, optimizers.get, keras.initializers.get):
        with pytest.raises(TypeError, match="'test_slots>Thing': expected"):
            get("test_slots>Thing")


@pytest.mark.parametrize("name", ["Dense", "Adam", "Layer", "get", "deserialize", "__init__", "register"])
def test_class_is_never_a_function(name):
    for module in ("keras.layers", "keras.optimizers", "keras.losses", "builtins"):
        with pytest.raises(TypeError):
            deserialize_keras_object(function(name, module))


def test_activation_that_is_an_op_or_a_layer_stays(tmp_path, inputs, assert_same):
    stack = [layers.Dense(2, activation=ops.sin), layers.Dense(2, activation=layers.LeakyReLU(0.3))]
    model = keras.Sequential([keras.Input((3,)), *stack])
    model.save(tmp_path / "model.keras")
    assert_same(model, load_model(tmp_path / "model.keras"), inputs)


def test_arguments_of_calls_are_values(tmp_path, rewrite):
    x = keras.Input((3,))
    model = keras.Model(x, layers.Attention()([x[:, None], x[:, None]]) + 1.0)
    model.save(tmp_path / "model.keras")

    def change(content):
        config = json.loads(content)
        calls = [layer["inbound_nodes"][0] for layer in config["config"]["layers"] if layer["inbound_nodes"]]
        calls[-1]["args"][1] = OPTIMIZER
        return json.dumps(config).encode()

    rewrite(tmp_path / "model.keras", config=change)
    with pytest.raises(ModelFileError, match="expected plain values, got the class 'Adam'"):
        load_model(tmp_path / "model.keras")
