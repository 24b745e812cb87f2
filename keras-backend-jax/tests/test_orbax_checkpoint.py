"""`OrbaxCheckpoint`, which needs JAX: what it saves, and that it can be restored."""

import json
import os

import numpy as np
import orbax.checkpoint as orbax
import pytest

import keras_core
from keras_core import Input, Sequential, layers
from keras_core.callbacks import OrbaxCheckpoint

X, Y = np.linspace(-1, 1, 8, dtype="float32")[:, None], np.ones((8, 1), "float32")


@pytest.fixture(autouse=True, params=["jax", "numpy"])
def backend(request):
    with keras_core.use_backend(request.param):
        yield


def make(units=1):
    model = Sequential(
        [Input((1,)), layers.BatchNormalization(name="norm"), layers.Dense(units, name="out")], name="net"
    )
    model.compile("adam", loss="mse")
    return model


def fit(folder, epochs=3, **options):
    model, callback = make(), OrbaxCheckpoint(folder, **options)
    model.fit(X, Y, 4, epochs=epochs, verbose=0, callbacks=[callback])
    return model, callback


def values(model):
    return [variable.numpy().tolist() for variable in (*model.weights, *model.optimizer.variables)]


def steps(folder):
    return sorted(int(name) for name in os.listdir(folder))


@pytest.mark.parametrize(
    ("options", "saved"),
    [
        ({}, [2]),
        ({"max_to_keep": 2}, [1, 2]),
        ({"max_to_keep": None, "save_on_background": False}, [0, 1, 2]),
        ({"save_freq": 3, "max_to_keep": None}, [3, 6]),
        ({"save_best_only": True, "monitor": "loss", "initial_value_threshold": 0.0}, []),
    ],
)
def test_which_checkpoints_are_kept(tmp_path, options, saved):
    fit(tmp_path, **options)
    assert steps(tmp_path) == saved


def test_restoring_model_and_optimizer(tmp_path):
    model, callback = fit(tmp_path)
    other = make()
    callback.restore(other)
    assert values(other) == values(model)


def test_restoring_an_earlier_checkpoint(tmp_path):
    first, _ = fit(tmp_path / "one", epochs=1)
    _, callback = fit(tmp_path / "all", max_to_keep=None)
    other = make()
    callback.restore(other, step=0)
    assert [np.shape(value) for value in values(other)] == [np.shape(value) for value in values(first)]
    assert int(other.optimizer.iterations.numpy()) == 2


def test_the_configuration_is_saved(tmp_path):
    model, _ = fit(tmp_path)
    with orbax.CheckpointManager(tmp_path) as manager:
        saved = manager.restore(2, args=orbax.args.Composite(model_config=orbax.args.JsonRestore()))
    assert json.loads(saved["model_config"]["config"]) == json.loads(model.to_json())


def test_weights_alone(tmp_path):
    model, callback = fit(tmp_path, save_weights_only=True)
    assert not (tmp_path / "2" / "model_config").exists()
    other = make()
    callback.restore(other)
    assert [w.tolist() for w in other.get_weights()] == [w.tolist() for w in model.get_weights()]


def test_another_model_is_refused(tmp_path):
    _, callback = fit(tmp_path)
    with pytest.raises(ValueError, match="shape"):
        callback.restore(make(units=2))


def test_a_checkpoint_that_is_not_there(tmp_path):
    _, callback = fit(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"no checkpoint 7; there are \[2\]"):
        callback.restore(make(), step=7)
