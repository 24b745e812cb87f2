"""A small classification problem, and models that learn it."""

import numpy as np
import pytest

from keras_core.layers import Dense, Input
from keras_core.models import Sequential


@pytest.fixture
def x():
    return np.random.default_rng(0).normal(size=(40, 4)).astype("float32")


@pytest.fixture
def labels(x):
    return (x.sum(axis=1) > 0).astype("int32")


@pytest.fixture
def classifier():
    """Return a function that makes a compiled classifier of two classes with fixed first weights."""

    def make(**options):
        weights = np.random.default_rng(1)
        model = Sequential([Input((4,)), Dense(8, activation="relu"), Dense(2, activation="softmax")])
        model.set_weights([weights.normal(size=weight.shape).astype("float32") / 2 for weight in model.weights])
        defaults = {"optimizer": "adam", "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}
        model.compile(**{**defaults, **options})
        return model

    return make


@pytest.fixture
def line():
    """Return a function that makes a compiled model `x * w` that begins with w = 0, squared error, rate 1/2."""

    def make(**options):
        from keras_core.optimizers import SGD

        model = Sequential([Input((1,)), Dense(1, use_bias=False, kernel_initializer="zeros")])
        model.compile(**{"optimizer": SGD(0.5), "loss": "mse", **options})
        return model

    return make
