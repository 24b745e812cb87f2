"""Distillation losses against formulas by hand."""

import numpy as np
import pytest

from keras_core import Input, Model, Sequential, layers, losses, ops
from keras_core.distillation import DistillationLoss, FeatureDistillation, LogitsDistillation
from keras_core.saving import deserialize_keras_object, serialize_keras_object

RNG = np.random.default_rng(0)
A, B = RNG.normal(size=(4, 3)).astype("float32"), RNG.normal(size=(4, 3)).astype("float32")
MSE = float(np.mean((A - B) ** 2))
MAE = float(np.mean(np.abs(A - B)))


def divergence(x, y):
    x, y = (np.clip(value, 1e-7, 1) for value in (x, y))
    return float(np.mean(np.sum(x * np.log(x / y), -1)))


@pytest.mark.parametrize(
    ("loss", "teacher", "student", "value"),
    [
        (LogitsDistillation(), A, B, divergence(A / 3, B / 3)),
        (LogitsDistillation(1, "mse"), A, B, MSE),
        (LogitsDistillation(3.0, "mse"), A, B, MSE / 9),
        (LogitsDistillation(2.0, losses.MeanAbsoluteError()), A, B, MAE / 2),
        (LogitsDistillation(1.0, losses.MeanSquaredError(reduction="sum")), A, B, 4 * MSE),
        (LogitsDistillation(1.0, ["mse", "mae"]), [A, B], [B, A], MSE + MAE),
        (LogitsDistillation(1.0, ["mse", None]), [A, B], [B, A], MSE),
        (LogitsDistillation(1.0, {"b": "mae", "a": "mse"}), {"a": A, "b": B}, {"b": A, "a": B}, MSE + MAE),
        (FeatureDistillation(), A, B, MSE),
        (FeatureDistillation("mae", "one", "other"), A, B, MAE),
    ],
)
def test_values(loss, teacher, student, value):
    assert float(ops.convert_to_numpy(loss.compute_loss(teacher, student))) == pytest.approx(value, rel=1e-5)


@pytest.mark.parametrize(
    "loss",
    [
        LogitsDistillation(2.0, losses.Huber(delta=0.5)),
        LogitsDistillation(1.0, ["mse", None]),
        LogitsDistillation(1.0, {"a": "mse", "b": losses.MeanAbsoluteError()}),
        FeatureDistillation("mae", "one", "other"),
    ],
)
def test_configuration(loss):
    config = serialize_keras_object(loss)
    again = deserialize_keras_object(config)
    assert config["module"] == "keras.distillation"
    assert type(again) is type(loss)
    assert serialize_keras_object(again) == config


def test_the_configuration_is_that_of_keras():
    assert LogitsDistillation(2.0, "mse").get_config() == {
        "temperature": 2.0,
        "loss": {
            "module": "builtins",
            "class_name": "function",
            "config": "mean_squared_error",
            "registered_name": "function",
        },
    }
    assert list(FeatureDistillation().get_config()) == ["loss", "teacher_layer_name", "student_layer_name"]


@pytest.mark.parametrize("temperature", [0, -1.0, "3", None, True])
def test_temperature(temperature):
    with pytest.raises(ValueError, match="expected temperature to be a positive number, got"):
        LogitsDistillation(temperature)


def test_a_loss_with_a_typing_error():
    with pytest.raises(ValueError, match="mean_squared_error"):
        FeatureDistillation("mean_squared_eror")


@pytest.mark.parametrize(
    ("loss", "teacher", "student", "message"),
    [
        (LogitsDistillation(), A, B[:, :2], r"one shape, got \(4, 3\) and \(4, 2\)"),
        (FeatureDistillation(), A, B[:2], r"one shape, got \(4, 3\) and \(2, 3\)"),
        (LogitsDistillation(), [A, B], [A, B], "as many losses as outputs, got 1 and 2"),
        (LogitsDistillation(1.0, ["mse", "mae"]), [A, B], [A], "structure|assert_same_structure"),
    ],
)
def test_outputs_that_do_not_fit(loss, teacher, student, message):
    with pytest.raises(ValueError, match=message):
        loss.compute_loss(teacher, student)


def model(name):
    return Sequential([Input((4,)), layers.Dense(3, name=name)])


def test_layers_that_are_not_there():
    with pytest.raises(ValueError, match=r"expected teacher_layer_name to be among \['one'\], got 'other'"):
        FeatureDistillation("mse", "other", "other").validate_model_compatibility(model("one"), model("other"))
    with pytest.raises(ValueError, match=r"expected student_layer_name to be among \['other'\], got 'one'"):
        FeatureDistillation("mse", "one", "one").validate_model_compatibility(model("one"), model("other"))


def test_layers_inside_of_a_model_without_a_graph():
    class Own(Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(3, name="one")

    with pytest.raises(ValueError, match="functional or sequential teacher whose inputs are known"):
        FeatureDistillation("mse", "one").validate_model_compatibility(Own(), model("one"))


def test_a_class_without_a_loss():
    with pytest.raises(NotImplementedError, match="DistillationLoss has no method compute_loss"):
        DistillationLoss().compute_loss(A, B)
