"""Steps in one go that training finds out."""

import numpy as np
import pytest

import keras_core as keras
from keras_core.training.data.adapters import make_source
from keras_core.training.data.feed import Feed
from keras_core.training.logs import Logs
from keras_core.training.steps_tuner import StepsTuner


def tuned(seconds_of_execution, steps=512, epochs=20):
    """Return how many steps are computed in one go in the end, and all numbers that were tried."""
    now = 0.0
    feed = Feed(make_source(np.zeros((steps, 1)), batch_size=1))
    tuner = StepsTuner(feed, lambda: now)
    tried = []
    for epoch in range(epochs):
        for _, batches in feed.steps(epoch):
            now += seconds_of_execution(len(batches))
            tuner.note(len(batches), Logs({"loss": 0.0}))
            tried.append(feed.steps_per_execution)
    return tried[-1], sorted(set(tried))


def test_more_steps_where_an_execution_costs_more_than_its_steps():
    assert tuned(lambda count: 10 + 0.01 * count) == (64, [1, 2, 4, 8, 16, 32, 64])


def test_one_step_where_steps_are_all_that_costs():
    assert tuned(lambda count: 1.0 * count) == (1, [1, 2])


def test_it_goes_back_where_more_steps_take_longer():
    assert tuned(lambda count: 8 + count if count <= 8 else 10.0 * count) == (8, [1, 2, 4, 8, 16])


def test_never_more_than_half_an_epoch_has():
    assert tuned(lambda count: 10 + 0.01 * count, steps=20, epochs=200)[0] == 8


def test_training_is_the_same():
    x = np.linspace(-1, 1, 160, dtype="float32").reshape(40, 4)

    def losses(steps_per_execution):
        keras.utils.set_random_seed(3)
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "tanh"), keras.layers.Dense(1)])
        model.compile("sgd", loss="mse", steps_per_execution=steps_per_execution)
        history = model.fit(x, x[:, :1], batch_size=2, epochs=4, verbose=0).history["loss"]
        return [*history, model.evaluate(x, x[:, :1], verbose=0)], model.predict(x, verbose=0)

    expected, outputs = losses(1)
    found, found_outputs = losses("auto")
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    np.testing.assert_allclose(found_outputs, outputs, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("steps", [0, "all", 1.5])
def test_other_numbers_are_errors(steps):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    with pytest.raises(ValueError, match=f"positive int or 'auto', got {steps!r}"):
        model.compile("sgd", steps_per_execution=steps)
