"""`LearningRateScheduler` and `ReduceLROnPlateau`."""

import numpy as np
import pytest

from keras_core.callbacks import LearningRateScheduler, ReduceLROnPlateau

LOSSES = [5, 4, 3.99, 4.5, 4.6, 3, 3.1, 3.2, 3.3]


def rates(trained, callback, values=LOSSES):
    """Return the learning rate after each epoch."""
    found = []
    callback.set_model(trained)
    callback.on_train_begin({})
    for epoch, value in enumerate(values):
        callback.on_epoch_begin(epoch, {})
        callback.on_epoch_end(epoch, {"val_loss": value})
        found.append(float(trained.optimizer.learning_rate.numpy()))
    return pytest.approx(found)


@pytest.mark.parametrize("schedule", [lambda epoch: 1 / (epoch + 1), lambda epoch, rate: rate / (epoch + 1)])
def test_schedule(trained, schedule):
    two = len(schedule.__code__.co_varnames) == 2
    assert [1.0, 1 / 2, 1 / 6 if two else 1 / 3] == rates(trained, LearningRateScheduler(schedule), [1, 1, 1])


@pytest.mark.parametrize("value", ["fast", 1, None])
def test_schedule_that_returns_no_float(trained, value):
    with pytest.raises(ValueError, match=f"to return a float, got {value!r}"):
        rates(trained, LearningRateScheduler(lambda epoch: value))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"patience": 1, "factor": 0.5}, [1, 1, 1, 0.5, 0.25, 0.25, 0.125, 0.0625, 0.03125]),
        ({"patience": 2, "factor": 0.5}, [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25]),
        ({"patience": 1, "factor": 0.5, "cooldown": 2}, [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.125]),
        ({"patience": 1, "factor": 0.5, "min_lr": 0.3}, [1, 1, 1, 0.5, 0.3, 0.3, 0.3, 0.3, 0.3]),
        ({"patience": 1, "mode": "max", "factor": 0.5}, [2.0**-n for n in range(9)]),
        ({"patience": 1, "min_delta": 1.0, "factor": 0.5}, [1, 0.5, 0.5, 0.25, 0.125, 0.0625, 2**-5, 2**-6, 2**-7]),
    ],
    ids=str,
)
def test_plateau(trained, options, expected):
    assert expected == rates(trained, ReduceLROnPlateau(**options))


def test_plateau_with_a_factor_of_one():
    with pytest.raises(ValueError, match="factor below 1"):
        ReduceLROnPlateau(factor=1.0)


@pytest.mark.parametrize("callback", [LearningRateScheduler(lambda epoch: 0.5), ReduceLROnPlateau(monitor="loss")])
def test_the_learning_rate_is_logged(line, callback):
    x = np.ones((2, 1))
    history = line().fit(x, x, epochs=2, verbose=0, callbacks=[callback]).history
    assert history["learning_rate"] == [0.5, 0.5]


def test_the_learning_rate_counts_in_compiled_steps(line):
    x = np.ones((2, 1))
    callback = LearningRateScheduler(lambda epoch: [0.0, 0.5][epoch])
    assert line().fit(x, x, epochs=2, verbose=0, callbacks=[callback]).history["loss"] == [1.0, 1.0]
    model = line()
    model.fit(x, x, epochs=2, verbose=0, callbacks=[callback])
    assert model.get_weights()[0].tolist() == [[1.0]]


def test_a_model_without_an_optimizer(trained):
    trained.optimizer = None
    with pytest.raises(ValueError, match="LearningRateScheduler: expected the model to have an optimizer"):
        rates(trained, LearningRateScheduler(lambda epoch: 0.5))
