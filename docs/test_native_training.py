"""`native-training.md`: the loop of each framework trains the model itself."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

import keras_core as keras

_SPECIFICATION = importlib.util.spec_from_file_location("tutorial", Path(__file__).with_name("tutorial.py"))
tutorial = importlib.util.module_from_spec(_SPECIFICATION)
sys.modules["tutorial"] = tutorial
_SPECIFICATION.loader.exec_module(tutorial)

SETUP, *EVERY = tutorial.blocks(Path(__file__).with_name("native-training.md"))
LOOPS = [loop for loop in EVERY if loop.kind.split()[-1] == keras.config.backend()]  # each where its framework is


@pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: loop.kind.split()[-1])
def test_the_loop_trains_the_model(loop):
    with keras.use_backend(loop.kind.split()[-1]):
        keras.utils.set_random_seed(0)
        names = {}
        exec(SETUP.text, names)
        model, x, y = names["model"], names["x"], names["y"]
        averages = model.layers[1].moving_mean.numpy()
        before = np.mean((model.predict(x, verbose=0) - y) ** 2)
        exec(loop.text, names)
        assert np.mean((model.predict(x, verbose=0) - y) ** 2) < before / 4
        assert not np.array_equal(model.layers[1].moving_mean.numpy(), averages)
