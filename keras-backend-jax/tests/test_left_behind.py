"""What is left of models that are gone: nothing."""

import gc

import numpy as np
import pytest

import keras_core as keras

CYCLES = 8


@pytest.fixture(autouse=True)
def on_jax():
    with keras.use_backend("jax"):
        yield


def cycle():
    keras.utils.set_random_seed(0)
    layers = [keras.Input((3,)), keras.layers.Dense(4, "relu"), keras.layers.Dropout(0.5), keras.layers.Dense(1)]
    model = keras.Sequential(layers)
    model.compile(optimizer="adam", loss="mse")
    x, y = np.ones((4, 3), "float32"), np.ones((4, 1), "float32")
    model.fit(x, y, batch_size=4, verbose=0)
    model.predict(x, verbose=0)


def test_cycles_of_build_fit_and_predict_leave_no_object_behind():
    for _ in range(2):  # what is made once and kept
        cycle()
    gc.collect()
    before = len(gc.get_objects())
    for _ in range(CYCLES):
        cycle()
    gc.collect()
    assert len(gc.get_objects()) - before < CYCLES
