"""Limits on training that hold for the whole process."""

import numpy as np
import pytest

import keras_core as keras
from keras_core import config

X, Y = np.ones((20, 1), "float32"), np.zeros((20, 1), "float32")


class Count(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.seen = {"epochs": 0, "train": 0, "test": 0, "predict": 0}

    def on_epoch_end(self, epoch, logs=None):
        self.seen["epochs"] += 1

    def on_train_batch_end(self, batch, logs=None):
        self.seen["train"] += 1

    def on_test_batch_end(self, batch, logs=None):
        self.seen["test"] += 1

    def on_predict_batch_end(self, batch, logs=None):
        self.seen["predict"] += 1


@pytest.fixture(autouse=True)
def no_limits_afterwards():
    yield
    config.set_max_epochs(None)
    config.set_max_steps_per_epoch(None)


@pytest.fixture
def model():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def test_fit_runs_no_more_epochs(model):
    config.set_max_epochs(2)
    count = Count()
    with pytest.warns(UserWarning, match="5 epochs are limited to 2"):
        history = model.fit(X, Y, epochs=5, verbose=0, callbacks=[count])
    assert (count.seen["epochs"], len(history.history["loss"])) == (2, 2)


def test_no_epoch_has_more_batches(model):
    config.set_max_steps_per_epoch(3)
    count = Count()
    model.fit(X, Y, batch_size=2, epochs=2, verbose=0, validation_data=(X, Y), callbacks=[count])
    assert count.seen == {"epochs": 2, "train": 6, "test": 6, "predict": 0}


def test_evaluation_and_prediction_have_no_more_batches(model):
    config.set_max_steps_per_epoch(3)
    count = Count()
    model.evaluate(X, Y, batch_size=2, verbose=0, callbacks=[count])
    assert model.predict(X, batch_size=2, verbose=0, callbacks=[count]).shape == (6, 1)
    assert (count.seen["test"], count.seen["predict"]) == (3, 3)


@pytest.mark.parametrize("steps", [None, 2])
def test_a_limit_that_is_not_reached_changes_nothing(model, steps):
    config.set_max_steps_per_epoch(100)
    count = Count()
    model.fit(X, Y, batch_size=2, epochs=2, steps_per_epoch=steps, verbose=0, callbacks=[count])
    assert count.seen["train"] == 2 * (steps or 10)


def test_a_generator_that_ends_before_the_limit_does_so_without_a_warning(model, recwarn):
    config.set_max_steps_per_epoch(100)
    count = Count()
    model.fit(((X[:2], Y[:2]) for _ in range(4)), verbose=0, callbacks=[count])
    assert (count.seen["train"], len(recwarn)) == (4, 0)
