"""Hooks are called when a backend is activated, never while a model is trained or used."""

import numpy as np
import pluggy
import pytest

import keras_core as keras
from keras_core import ops
from keras_core.plugins.loading import new_manager
from keras_core.transforms import jit, value_and_grad


@pytest.fixture
def calls(monkeypatch):
    """The names of the hooks of Keras Core that are called from now on; pytest stands on pluggy too."""
    names = []
    original = pluggy.HookCaller.__call__

    def counted(self, **arguments):
        if self.name.startswith("keras_"):
            names.append(self.name)
        return original(self, **arguments)

    monkeypatch.setattr(pluggy.HookCaller, "__call__", counted)
    return names


def test_calls_are_seen(calls):
    new_manager().hook.keras_formats()
    assert calls == ["keras_formats"]


def training_step():
    """Return a function that takes one training step, which was taken once already."""
    model = keras.Sequential(
        [
            keras.layers.Conv2D(2, 3, activation="relu"),
            keras.layers.BatchNormalization(),
            keras.layers.Flatten(),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    optimizer = keras.optimizers.Adam(0.01)
    loss_function, metric = keras.losses.SparseCategoricalCrossentropy(), keras.metrics.SparseCategoricalAccuracy()
    x = ops.convert_to_tensor(np.random.default_rng(0).random((4, 6, 6, 1), "float32"))
    y = ops.convert_to_tensor(np.array([0, 1, 2, 1], "int32"))

    def loss():
        prediction = model(x, training=True)
        metric.update_state(y, prediction)
        return loss_function(y, prediction)

    model(x)
    optimizer.build(model.trainable_variables)

    def step():
        value, gradients = value_and_grad(loss, variables=model.trainable_variables)()
        optimizer.apply(gradients, model.trainable_variables)
        return value

    step()
    return step


def test_no_hook_is_called_in_an_eager_training_step(calls):
    step = training_step()
    del calls[:]
    for _ in range(3):
        step()
    assert calls == []


def test_no_hook_is_called_in_a_compiled_training_step(calls):
    step = jit(training_step())
    del calls[:]
    for _ in range(3):
        step()
    assert calls == []
