"""A stand-in for a model that trains."""

import numpy as np
import pytest

from keras_core.runtime.table import use_backend
from keras_core.runtime.variable import Variable


@pytest.fixture(autouse=True)
def numpy_backend():
    """Callbacks know nothing of the backend, and this one compiles nothing."""
    with use_backend("numpy"):
        yield


class Optimizer:
    def __init__(self):
        self.rate = Variable(1.0)

    @property
    def learning_rate(self):
        return self.rate

    @learning_rate.setter
    def learning_rate(self, value):
        self.rate.assign(value)


class Trained:
    """Notes what callbacks do to it; its weights are the number of the epoch, from 1."""

    metrics = ()

    def __init__(self):
        self.stop_training = False
        self.optimizer = Optimizer()
        self.weights = [np.zeros(1)]
        self.saved = []

    def get_weights(self):
        return [weight.copy() for weight in self.weights]

    def set_weights(self, weights):
        self.weights = weights

    def save(self, path, overwrite=True):
        self.saved.append(path)

    def save_weights(self, path, overwrite=True):
        self.saved.append(path)

    def run(self, callback, values, monitor="val_loss", batches=0):
        """Call a callback as `fit` would, with one value an epoch; return the number of epochs."""
        callback.set_model(self)
        callback.on_train_begin({})
        epoch = -1
        for epoch, value in enumerate(values):
            callback.on_epoch_begin(epoch, {})
            for batch in range(batches):
                callback.on_train_batch_end(batch, {"loss": value})
            self.weights = [np.array([epoch + 1.0])]
            self.logs = {monitor: value} if value is not None else {}
            callback.on_epoch_end(epoch, self.logs)
            if self.stop_training:
                break
        callback.on_train_end({})
        return epoch + 1


@pytest.fixture
def trained():
    return Trained()
