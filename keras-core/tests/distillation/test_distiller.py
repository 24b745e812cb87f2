"""`Distiller`: what trains, on what, and what is saved."""

import numpy as np
import pytest

import keras_core
from keras_core import Input, Model, Sequential, layers, losses, optimizers
from keras_core.distillation import Distiller, FeatureDistillation, LogitsDistillation

RNG = np.random.default_rng(9)
X, Y = RNG.normal(size=(8, 4)).astype("float32"), np.arange(8) % 3


def network(hidden, name, *between):
    parts = [Input((4,)), layers.Dense(hidden, "relu", name="hidden"), *between, layers.Dense(3, name="out")]
    made = Sequential(parts, name=name)
    for seed, variable in enumerate(made.trainable_weights):
        variable.assign(np.random.default_rng(seed + hidden).normal(size=variable.shape) / 2)
    return made


def distill(*given, hidden=5, weights=None, share=0.4, between=()):
    teacher, student = network(8, "teacher"), network(hidden, "student", *between)
    distiller = Distiller(teacher, student, list(given), weights, share)
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    distiller.compile(optimizers.SGD(0.1), loss=loss, metrics=["accuracy"])
    return distiller


def outputs(model, x=X):
    return np.asarray(model.predict(x, verbose=0), "float64")


def crossentropy(logits):
    shifted = logits - logits.max(-1, keepdims=True)
    return float(np.mean(np.log(np.exp(shifted).sum(-1)) - shifted[np.arange(8), Y]))


def test_the_loss_is_the_weighted_sum():
    distiller = distill(LogitsDistillation(2.0, "mse"), FeatureDistillation("mae"), weights=[0.3, 0.7])
    teacher, student = outputs(distiller.teacher), outputs(distiller.student)
    distillation = 0.3 * np.mean((teacher - student) ** 2) / 4 + 0.7 * np.mean(np.abs(teacher - student))
    wanted = {"student_loss": crossentropy(student), "distillation_loss": distillation}
    wanted["loss"] = wanted["total_loss"] = 0.4 * wanted["student_loss"] + 0.6 * distillation
    found = distiller.evaluate(X, Y, verbose=0, return_dict=True)
    assert {name: found[name] for name in wanted} == pytest.approx(wanted, rel=1e-4)
    assert set(found) == {*wanted, "accuracy"}


def test_a_part_that_does_not_count_is_not_computed():
    alone = distill(LogitsDistillation(2.0, "mse"), share=0.0)
    alone.compile("sgd", loss="mse")
    logs = alone.fit(X, verbose=0).history  # without targets
    assert logs["student_loss"] == [0.0]
    assert logs["distillation_loss"] == logs["loss"]
    logs = distill(LogitsDistillation(2.0, "mse"), share=1.0).fit(X, Y, verbose=0).history
    assert logs["distillation_loss"] == [0.0]
    assert logs["student_loss"] == logs["loss"]


def test_batches_of_different_sizes_count_by_their_size():
    distiller = distill(LogitsDistillation(2.0, "mse"))
    whole = distiller.evaluate(X, Y, batch_size=8, verbose=0, return_dict=True)
    assert distiller.evaluate(X, Y, batch_size=5, verbose=0, return_dict=True) == pytest.approx(whole, rel=1e-5)


def test_layers_inside_are_compared():
    distiller = distill(FeatureDistillation("mse", "hidden", "hidden"), hidden=8, share=0.0)
    distiller.student.layers[0].kernel.assign(distiller.student.layers[0].kernel * 2)

    def hidden(model):
        kernel, bias = model.layers[0].get_weights()
        return np.maximum(X @ kernel + bias, 0)

    wanted = float(np.mean((hidden(distiller.teacher) - hidden(distiller.student)) ** 2))
    assert distiller.evaluate(X, Y, verbose=0, return_dict=True)["loss"] == pytest.approx(wanted, rel=1e-4)


def test_the_student_learns_and_the_teacher_stays():
    distiller = distill(LogitsDistillation(2.0, "mse"), FeatureDistillation("mse", "hidden", "hidden"), hidden=8)
    distiller.student.layers[0].kernel.assign(distiller.student.layers[0].kernel * 2)
    before = distiller.teacher.get_weights()
    history = distiller.fit(X, Y, epochs=5, verbose=0, validation_data=(X, Y)).history
    assert all(later < earlier for earlier, later in zip(history["loss"], history["loss"][1:], strict=False))
    assert history["distillation_loss"][-1] < history["distillation_loss"][0]
    assert "val_total_loss" in history
    assert all((one == other).all() for one, other in zip(before, distiller.teacher.get_weights(), strict=True))
    assert [variable.path for variable in distiller.trainable_variables] == [
        variable.path for variable in distiller.student.trainable_variables
    ]


def test_the_student_is_called_once_a_step():
    """Its moving averages see each batch once, although layers inside are watched."""
    distiller = distill(FeatureDistillation("mse", "hidden", "hidden"), hidden=8, between=[layers.BatchNormalization()])
    x = distiller.student.layers[0](X)
    mean = np.mean(keras_core.ops.convert_to_numpy(x), axis=0)
    distiller.train_on_batch(X, Y)
    moving = distiller.student.layers[1].moving_mean.numpy()
    np.testing.assert_allclose(moving, 0.01 * mean, rtol=1e-3, atol=1e-6)


def test_it_computes_what_the_student_computes():
    distiller = distill(FeatureDistillation("mse", "hidden", "hidden"), hidden=8)
    np.testing.assert_allclose(outputs(distiller), outputs(distiller.student), rtol=1e-5)


def test_models_that_are_built_by_the_first_batch():
    teacher, student = (Sequential([layers.Dense(3)]) for _ in range(2))
    distiller = Distiller(teacher, student, LogitsDistillation(loss="mse"))
    distiller.compile("sgd", loss=losses.SparseCategoricalCrossentropy(from_logits=True))
    distiller.fit(X, Y, verbose=0, epochs=2)
    assert len(distiller.trainable_variables) == 2
    assert len(distiller.non_trainable_variables) == 2


def test_saving(tmp_path):
    distiller = distill(LogitsDistillation(2.0, "mse"), FeatureDistillation("mse", "hidden", "hidden"), hidden=8)
    distiller.fit(X, Y, verbose=0)
    distiller.save(tmp_path / "x.keras")
    again = keras_core.saving.load_model(tmp_path / "x.keras")
    assert again.get_config() == distiller.get_config()
    np.testing.assert_array_equal(outputs(again), outputs(distiller))
    assert again.evaluate(X, Y, verbose=0) == pytest.approx(distiller.evaluate(X, Y, verbose=0))
    assert again.train_on_batch(X, Y) == pytest.approx(distiller.train_on_batch(X, Y), rel=1e-5)


class Own(Model):
    def call(self, inputs):
        return inputs


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"teacher": "a"}, "expected teacher to be a Model, got 'a'"),
        ({"student": None}, "expected student to be a Model, got None"),
        ({"distillation_losses": None}, "expected distillation_losses to be a DistillationLoss.*got None"),
        ({"distillation_losses": ["mse"]}, "or a list of them, got 'mse'"),
        ({"distillation_loss_weights": [0.5, 0.5]}, r"a list of 1 numbers, one a loss, got \[0.5, 0.5\]"),
        ({"distillation_loss_weights": 0.5}, "a list of 1 numbers, one a loss, got 0.5"),
        ({"student_loss_weight": 2.0}, "expected student_loss_weight to be from 0 to 1, got 2.0"),
        ({"student": Sequential([Input((5,)), layers.Dense(3)])}, r"same input shapes, got \[\(None, 4\)\] and .*5\)"),
        ({"student": Sequential([Input((4,)), layers.Dense(2)])}, r"same output shapes, got .*3\)\] and .*2\)"),
        ({"distillation_losses": FeatureDistillation("mse", "x")}, "teacher_layer_name to be among .* got 'x'"),
    ],
)
def test_arguments_that_do_not_fit(arguments, message):
    given = {"teacher": network(8, "t"), "student": network(5, "s"), "distillation_losses": LogitsDistillation()}
    with pytest.raises(ValueError, match=message):
        Distiller(**{**given, **arguments})


def test_models_without_a_graph_are_taken():
    assert Distiller(Own(), Own(), LogitsDistillation()).student_loss_weight == 0.5


def test_compile_needs_a_loss():
    distiller = Distiller(network(8, "t"), network(5, "s"), LogitsDistillation())
    with pytest.raises(ValueError, match=r"expected compile\(\) to get a loss for the student, got None"):
        distiller.compile("sgd")
