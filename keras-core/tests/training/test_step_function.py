"""Several steps in one go, steps that no compiler can follow, and state after errors."""

import warnings

import numpy as np
import pytest

from keras_core import ops
from keras_core.layers import BatchNormalization, Dense, Dropout, Input, Layer
from keras_core.models import Model, Sequential
from keras_core.optimizers import Adam
from keras_core.runtime.table import active
from keras_core.transforms import compiles
from keras_core.utils import set_random_seed


def trained(x, labels, **options):
    """Return a model after two epochs of training, and its history."""
    set_random_seed(1)
    model = Sequential(
        [Input((4,)), Dense(5, activation="relu"), BatchNormalization(), Dropout(0.2), Dense(4, activation="softmax")]
    )
    model.compile(Adam(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"], **options)
    history = model.fit(x, labels, batch_size=4, epochs=2, shuffle=False, verbose=0).history
    return model, history


@pytest.mark.parametrize(("rows", "traces"), [(32, 1), (40, 2), (42, 3)], ids=["full", "remainder", "shorter batch"])
def test_steps_in_one_go_are_the_same_steps(x, labels, rows, traces):
    x, labels = np.concatenate([x, x[:2]])[:rows], np.concatenate([labels, labels[:2]])[:rows]
    one, expected = trained(x, labels)
    several, history = trained(x, labels, steps_per_execution=4)
    for name, values in expected.items():
        np.testing.assert_allclose(history[name], values, rtol=1e-4, atol=1e-5)
    for a, b in zip(one.get_weights(), several.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(several.evaluate(x, labels, verbose=0), one.evaluate(x, labels, verbose=0), rtol=1e-3)
    if compiles(active()):
        assert several.train_function.traces == traces


class Signed(Layer):
    """Lets Python decide by the values of a tensor."""

    def call(self, inputs):
        """Return the inputs, with their sign turned where their sum is below 0."""
        return inputs if float(ops.convert_to_numpy(ops.sum(inputs))) > 0 else -inputs


class Undecided(Model):
    """Has such a layer."""

    def __init__(self):
        super().__init__()
        self.first, self.dense, self.dropout = Signed(name="signed"), Dense(4), Dropout(0.5)

    def call(self, inputs, training=None):
        """Return the outputs."""
        return self.dropout(self.dense(self.first(inputs)), training=training)


def undecided(**options):
    set_random_seed(2)
    model = Undecided()
    model.compile(Adam(0.1), "mse", **options)
    return model


def test_a_step_that_cannot_be_traced_runs_uncompiled(x):
    y = np.ones((40, 4), np.float32)
    expected, model = undecided(run_eagerly=True), undecided()
    expected.fit(x, y, batch_size=8, epochs=2, shuffle=False, verbose=0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(x, y, batch_size=8, epochs=2, shuffle=False, verbose=0)
    messages = [str(warning.message) for warning in caught if "uncompiled" in str(warning.message)]
    assert len(messages) == compiles(active())
    assert all("train_step" in message and "'signed'" in message for message in messages)
    assert int(model.optimizer.iterations) == 10
    for a, b in zip(expected.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


class Failing(Sequential):
    """Has a step that fails after the update."""

    def train_step(self, data):
        """Train and fail."""
        super().train_step(data)
        raise RuntimeError("no luck")


def test_a_step_that_fails_leaves_all_as_it_was(x):
    model = Failing([Input((4,)), Dense(4)])
    model.compile(Adam(0.1), "mse")
    before = model.get_weights()
    with warnings.catch_warnings(), pytest.raises(RuntimeError, match="no luck"):
        warnings.simplefilter("error")
        model.fit(x, np.ones((40, 4)), verbose=0)
    if compiles(active()):
        assert int(model.optimizer.iterations) == 0
        for a, b in zip(before, model.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)
    assert model.predict(x, verbose=0).shape == (40, 4)


def test_a_step_that_is_not_compiled_fails_once():
    calls = []

    class Failing(Model):
        def train_step(self, data):
            calls.append(data)
            raise OSError("the disk is full")

    inputs = Input((2,))
    model = Failing(inputs, Dense(1)(inputs))
    model.compile("sgd", "mse")
    with pytest.raises(OSError, match="the disk is full"):
        model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)
    assert compiles(active()) or len(calls) == 1
