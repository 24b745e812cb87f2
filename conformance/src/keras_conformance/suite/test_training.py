"""Training: models learn as they do on the NumPy backend, and as the formulas say."""

import numpy as np
import pytest

from keras_conformance.checks.comparison import compare
from keras_conformance.models import SKETCHES, arrays, fit
from keras_conformance.subject import Subject
from keras_conformance.tolerance import CURVE, TRAINED
from keras_core import ops
from keras_core.runtime.table import use_backend

EPOCHS = 8


@pytest.mark.parametrize("model", SKETCHES)
def test_curve(subject: Subject, model: str) -> None:
    """Losses and metrics of all epochs, and the weights at the end, are those of the NumPy backend."""
    sketch = SKETCHES[model]
    tolerance = subject.ledger.tolerances.get(f"training/curve/{model}", CURVE)
    own = sketch.compiled()
    history = fit(own, sketch, EPOCHS, validation_split=0.25)
    assert history["loss"][-1] < 0.5 * history["loss"][0], f"it does not learn: {history['loss']}"
    with use_backend("numpy"):
        reference = sketch.compiled()
        expected = fit(reference, sketch, EPOCHS, validation_split=0.25)
    assert list(history) == list(expected)
    for name, values in expected.items():
        compare(np.asarray(history[name]), values, tolerance, name)
    for variable, value in zip(own.weights, arrays(reference), strict=True):
        compare(variable.numpy(), value, TRAINED, variable.path)


def test_curve_of_the_formula(subject: Subject) -> None:
    """Gradient descent on a network with one hidden layer, beside the same in NumPy with derivatives by hand."""
    from keras_core import Input, Sequential, layers, losses, optimizers

    inputs, labels = SKETCHES["dense"].data()
    model = Sequential([Input((6,)), layers.Dense(8, activation="tanh"), layers.Dense(3)])
    first, first_bias, second, second_bias = (array.astype("float64") for array in arrays(model))
    model.compile(optimizer=optimizers.SGD(0.1), loss=losses.SparseCategoricalCrossentropy(from_logits=True))
    history = model.fit(inputs, labels, batch_size=len(labels), epochs=20, shuffle=False, verbose=0).history
    expected = []
    x, targets = inputs.astype("float64"), np.eye(3)[labels]
    for _ in range(20):
        hidden = np.tanh(x @ first + first_bias)
        logits = hidden @ second + second_bias
        powers = np.exp(logits - logits.max(1, keepdims=True))
        probabilities = powers / powers.sum(1, keepdims=True)
        expected.append(-np.mean(np.log(np.sum(probabilities * targets, 1))))
        error = (probabilities - targets) / len(x)
        hidden_error = (error @ second.T) * (1 - hidden**2)
        second -= 0.1 * hidden.T @ error
        second_bias -= 0.1 * error.sum(0)
        first -= 0.1 * x.T @ hidden_error
        first_bias -= 0.1 * hidden_error.sum(0)
    tolerance = subject.ledger.tolerances.get("training/curve_of_the_formula", CURVE)
    compare(np.asarray(history["loss"]), expected, tolerance, "loss")
    for array, other in zip(arrays(model), (first, first_bias, second, second_bias), strict=True):
        compare(array, other, tolerance, "weight")


@pytest.mark.parametrize("model", SKETCHES)
def test_evaluate_and_predict(subject: Subject, model: str) -> None:
    """A trained model gives the losses and outputs that it gives on the NumPy backend."""
    sketch = SKETCHES[model]
    tolerance = subject.ledger.tolerances.get(f"training/evaluate_and_predict/{model}", CURVE)
    inputs, labels = sketch.data()
    with use_backend("numpy"):
        reference = sketch.compiled()
        fit(reference, sketch, 2)
        expected = reference.evaluate(inputs, labels, batch_size=40, verbose=0)
        outputs = reference.predict(inputs, batch_size=40, verbose=0)
    own = sketch.compiled()
    own.set_weights(reference.get_weights())
    compare(np.asarray(own.evaluate(inputs, labels, batch_size=40, verbose=0)), expected, tolerance, "evaluate")
    predicted = own.predict(inputs, batch_size=40, verbose=0)
    assert isinstance(predicted, np.ndarray)
    compare(predicted, outputs, tolerance, "predict")
    compare(ops.convert_to_numpy(own(inputs)), outputs, tolerance, "call")


def test_dropout_is_repeatable(subject: Subject) -> None:
    """With one seed two trainings are alike, random numbers included; with another they are not."""
    from keras_core import Input, Sequential, layers, utils

    inputs, labels = SKETCHES["dense"].data()

    def losses_of(seed: int) -> list[float]:
        utils.set_random_seed(seed)
        model = Sequential([Input((6,)), layers.Dropout(0.5), layers.Dense(1, kernel_initializer="ones")])
        model.compile(optimizer="sgd", loss="mean_squared_error")
        return model.fit(inputs, labels, epochs=3, batch_size=len(labels), shuffle=False, verbose=0).history["loss"]

    first, again, other = losses_of(7), losses_of(7), losses_of(8)
    compare(np.asarray(again), first, CURVE, "losses")
    assert not np.allclose(first, other, rtol=1e-3)


def test_frozen_layer_stays(subject: Subject) -> None:
    """Training changes the trainable variables and no others."""
    sketch = SKETCHES["dense"]
    model = sketch.compiled()
    model.layers[0].trainable = False
    model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy")
    before = {variable.path: variable.numpy() for variable in model.variables}
    fit(model, sketch, 1)
    changed = {path for path, value in before.items() if not np.array_equal(value, _by_path(model)[path])}
    assert changed == set(before) - {variable.path for variable in model.layers[0].variables}


def _by_path(model: object) -> dict[str, np.ndarray]:
    return {variable.path: variable.numpy() for variable in model.variables}  # pyright: ignore
