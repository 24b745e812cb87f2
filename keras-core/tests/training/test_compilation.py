"""`compile`: which losses and metrics belong to which outputs, and their names."""

import numpy as np
import pytest

from keras_core import losses, metrics, ops, optimizers
from keras_core.layers import Dense, Input
from keras_core.models import Model, Sequential
from keras_core.optimizers import SGD, Adam
from keras_core.runtime.table import use_backend

SPARSE = "sparse_categorical_crossentropy"


@pytest.fixture(autouse=True)
def numpy_backend():
    """Which loss belongs to which output has nothing to do with the backend, and this one compiles nothing."""
    with use_backend("numpy"):
        yield


@pytest.fixture
def targets(x, labels):
    return [labels, x[:, :2]]


def two_outputs(as_dict=False):
    inputs = Input((4,))
    first, second = Dense(2, activation="softmax", name="kind")(inputs), Dense(2, name="size")(inputs)
    return Model(inputs, {"k": first, "s": second} if as_dict else [first, second])


def logs_of(model, x, y, **options):
    return list(model.evaluate(x, y, verbose=0, return_dict=True, **options))


@pytest.mark.parametrize(
    "loss",
    [
        "mse",
        "MeanSquaredError",
        losses.mean_squared_error,
        losses.MeanSquaredError(),
        lambda y_true, y_pred: ops.mean((y_true - y_pred) ** 2, axis=-1),
        ["mse"],
        {"out": "mse"},
        {"class_name": "MeanSquaredError", "config": {}},
    ],
    ids=str,
)
def test_ways_to_give_a_loss(loss):
    model = Sequential([Input((1,)), Dense(1, kernel_initializer="ones", name="out")])
    model.compile(optimizer="sgd", loss=loss)
    assert model.evaluate(np.ones((2, 1)), np.zeros((2, 1)), verbose=0) == 1.0


@pytest.mark.parametrize(
    ("units", "y", "expected"),
    [
        (1, np.array([[0.0], [1.0]]), metrics.BinaryAccuracy),
        (1, np.array([0.0, 1.0]), metrics.BinaryAccuracy),
        (3, np.eye(3)[:2], metrics.CategoricalAccuracy),
        (3, np.array([0, 2]), metrics.SparseCategoricalAccuracy),
        (3, np.array([[0], [2]]), metrics.SparseCategoricalAccuracy),
    ],
)
@pytest.mark.parametrize("name", ["accuracy", "acc"])
def test_accuracy_follows_from_the_shapes(units, y, expected, name):
    model = Sequential([Input((2,)), Dense(units, activation="sigmoid")])
    model.compile(optimizer="sgd", loss=lambda y_true, y_pred: ops.sum(y_pred, axis=-1), metrics=[name])
    logs = model.evaluate(np.eye(2), y, verbose=0, return_dict=True)
    assert list(logs) == [name, "loss"]
    metric = expected()
    metric.update_state(y, model.predict(np.eye(2), verbose=0))
    assert logs[name] == pytest.approx(float(metric.result()))


def test_crossentropy_follows_from_the_shapes(classifier, x, labels):
    logs = classifier(metrics=["crossentropy"]).evaluate(x, labels, verbose=0, return_dict=True)
    assert logs["crossentropy"] == pytest.approx(logs["loss"], rel=1e-5)


def test_names_of_metrics_of_one_output(classifier, x, labels):
    given = ["accuracy", metrics.SparseCategoricalAccuracy(name="mine"), lambda y_true, y_pred: y_pred[:, 0]]
    model = classifier(metrics=given, weighted_metrics=["accuracy", "ce"])
    assert logs_of(model, x, labels) == ["accuracy", "ce", "lambda", "loss", "mine", "weighted_accuracy"]
    assert model.metrics_names == ["loss", "compile_metrics"]


def test_equal_names_are_numbered(classifier, x, labels):
    model = classifier(metrics=["accuracy", metrics.SparseCategoricalAccuracy(name="accuracy")])
    assert logs_of(model, x, labels) == ["accuracy", "accuracy_1", "loss"]


@pytest.mark.parametrize(
    "given",
    [
        {"loss": [SPARSE, "mse"], "metrics": [["accuracy"], ["mae"]]},
        {"loss": {"kind": SPARSE, "size": "mse"}, "metrics": {"kind": "accuracy", "size": ["mae"]}},
    ],
    ids=["lists", "dicts"],
)
def test_names_of_several_outputs(x, targets, given):
    model = two_outputs()
    model.compile(optimizer="sgd", **given)
    assert logs_of(model, x, targets) == ["kind_accuracy", "kind_loss", "loss", "size_loss", "size_mae"]
    assert model.metrics_names == ["loss", "compile_metrics", "kind_loss", "size_loss"]
    values = model.evaluate(x, targets, verbose=0)
    assert values[0] == pytest.approx(values[1] + values[2], rel=1e-5)
    assert len(values) == 5


def test_names_of_a_dict_of_outputs_are_its_keys(x, targets):
    model = two_outputs(as_dict=True)
    model.compile(optimizer="sgd", loss={"k": SPARSE, "s": "mse"}, metrics={"k": "accuracy"})
    y = dict(zip("ks", targets, strict=True))
    assert logs_of(model, x, y) == ["k_accuracy", "k_loss", "loss", "s_loss"]
    assert {key: value.shape for key, value in model.predict(x, verbose=0).items()} == {"k": (40, 2), "s": (40, 2)}


def test_names_of_a_list_without_names(x, targets):
    class Two(Model):
        def __init__(self):
            super().__init__()
            self.kind, self.size = Dense(2, activation="softmax"), Dense(2)

        def call(self, inputs):
            return self.kind(inputs), self.size(inputs)

    model = Two()
    model.compile(optimizer="sgd", loss=[SPARSE, "mse"])
    assert logs_of(model, x, targets) == ["loss", "mse_loss", f"{SPARSE}_loss"]


def test_loss_weights(x, targets):
    model = two_outputs()
    model.compile(optimizer="sgd", loss=[SPARSE, "mse"], loss_weights=[1.0, 10.0])
    total, first, second = model.evaluate(x, targets, verbose=0)
    assert total == pytest.approx(first + 10 * second, rel=1e-5)
    model.compile(optimizer="sgd", loss=[SPARSE, "mse"], loss_weights={"kind": 0.5, "size": 1.0})
    total, first, second = model.evaluate(x, targets, verbose=0)
    assert total == pytest.approx(0.5 * first + second, rel=1e-5)


def test_an_output_without_a_loss(x, targets):
    model = two_outputs()
    model.compile(optimizer="sgd", loss=[SPARSE, None], metrics=[["accuracy"], None])
    assert logs_of(model, x, targets) == ["kind_accuracy", "loss"]
    assert logs_of(model, x, [targets[0], None]) == ["kind_accuracy", "loss"]


def test_weights_of_samples_of_several_outputs(x, targets):
    model = two_outputs()
    model.compile(optimizer="sgd", loss=[SPARSE, "mse"])
    nothing, all_of_it = np.zeros(40), np.ones(40)
    _, first, second = model.evaluate(x, targets, sample_weight=[nothing, all_of_it], verbose=0)
    assert (first, second > 0) == (0.0, True)
    _, first, second = model.evaluate(x, targets, sample_weight=nothing, verbose=0)
    assert (first, second) == (0.0, 0.0)


def test_targets_by_names(x, targets):
    model = two_outputs()
    model.compile(optimizer="sgd", loss=[SPARSE, "mse"])
    by_name = {"kind": targets[0], "size": targets[1]}
    assert model.evaluate(x, by_name, verbose=0) == model.evaluate(x, targets, verbose=0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"loss": {"color": "mse"}}, r"loss: no output is named \['color'\]; the outputs are \['kind', 'size'\]"),
        ({"loss": ["mse"]}, "loss: expected a list of 2 or a dict"),
        ({"loss": "mse", "metrics": ["mae"]}, "metrics: expected a list of 2 or a dict"),
        ({"loss": "mse", "loss_weights": 2.0}, "loss_weights: expected a list of 2 or a dict"),
        ({"loss": "mse", "metrics": [["maee"], []]}, "unknown metric 'maee'. Did you mean"),
    ],
    ids=str,
)
def test_what_does_not_fit_the_outputs(x, targets, options, message):
    model = two_outputs()
    model.compile(optimizer="sgd", **options)
    with pytest.raises(ValueError, match=message):
        model.evaluate(x, targets, verbose=0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"optimizer": "adamm"}, "unknown optimizer 'adamm'. Did you mean 'adam'"),
        ({"loss": "msee"}, "unknown loss 'msee'. Did you mean"),
        ({"steps_per_execution": 0}, "steps_per_execution"),
        ({"jit_compile": "yes"}, "jit_compile"),
    ],
    ids=str,
)
def test_arguments_of_the_wrong_kind(classifier, options, message):
    with pytest.raises(ValueError, match=message):
        classifier(**options)


def test_targets_that_lack_for_a_loss(x, targets):
    model = two_outputs()
    model.compile(optimizer="sgd", loss=[SPARSE, "mse"])
    with pytest.raises(ValueError, match="'size' has the loss 'mse' but no targets came"):
        model.evaluate(x, [targets[0], None], verbose=0)


def test_configuration(classifier, x, labels):
    model = classifier(optimizer=Adam(0.5), weighted_metrics=["accuracy"])
    config = model.get_compile_config()
    assert set(config) == {
        *("optimizer", "loss", "loss_weights", "metrics", "weighted_metrics"),
        *("run_eagerly", "steps_per_execution", "jit_compile"),
    }
    other = Sequential.from_config(model.get_config())
    assert other.get_compile_config() is None
    other.compile_from_config(config)
    assert other.optimizer.built
    assert float(other.optimizer.learning_rate) == 0.5
    other.set_weights(model.get_weights())
    assert other.evaluate(x, labels, verbose=0) == model.evaluate(x, labels, verbose=0)


def test_configuration_of_a_compile_of_its_own(classifier):
    class Own(Sequential):
        def compile(self, rate):
            super().compile(optimizer=SGD(rate), loss="mse")

    model = Own([Input((1,)), Dense(1)])
    with pytest.warns(UserWarning, match="write get_compile_config"):
        model.compile_from_config(classifier().get_compile_config())
    assert not model.compiled


def test_a_model_inside_keeps_its_metrics_to_itself(x, labels, classifier):
    inner = classifier()
    model = Sequential([Input((4,)), inner])
    model.compile(optimizer="sgd", loss=SPARSE)
    assert logs_of(model, x, labels) == ["loss"]


def test_half_floats_get_a_scaled_loss():
    model = Sequential([Input((1,)), Dense(1)])
    model.dtype_policy = "mixed_float16"
    model.compile(optimizer="sgd", loss="mse")
    assert isinstance(model.optimizer, optimizers.LossScaleOptimizer)
    assert model.get_compile_config()["optimizer"]["class_name"] == "SGD"
    model.compile(optimizer="sgd", loss="mse", auto_scale_loss=False)
    assert isinstance(model.optimizer, SGD)
