"""`SwapEMAWeights`: what callbacks after it see."""

import numpy as np
import pytest

from keras_core import Input, Sequential
from keras_core.callbacks import Callback, SwapEMAWeights
from keras_core.layers import Dense
from keras_core.optimizers import SGD

X, Y = np.ones((4, 1), "float32"), np.zeros((4, 1), "float32")


class Watch(Callback):
    def __init__(self):
        self.seen = []

    def _see(self, point):
        self.seen.append((point, round(float(self.model.weights[0].numpy()[0, 0]), 4)))

    def on_epoch_begin(self, epoch, logs=None):
        self._see("begin")

    def on_epoch_end(self, epoch, logs=None):
        self._see("end")

    def on_test_begin(self, logs=None):
        self._see("test")


def trained(swap_on_epoch, **options):
    model = Sequential([Input((1,)), Dense(1, use_bias=False, kernel_initializer="ones")])
    model.compile(SGD(0.1, **options), "mse")
    watch = Watch()
    callbacks = [SwapEMAWeights(swap_on_epoch), watch]
    model.fit(X, Y, epochs=2, verbose=0, callbacks=callbacks, validation_data=(X, Y))
    return watch.seen, float(model.weights[0].numpy()[0, 0])


def test_averages_are_evaluated():
    seen, last = trained(False, use_ema=True, ema_momentum=0.5)
    first = [("begin", 1.0), ("test", 0.8), ("end", 0.8)]
    assert seen == [*first, ("begin", 0.8), ("test", 0.72), ("end", 0.64)]
    assert last == pytest.approx(0.72)


def test_averages_are_there_between_epochs():
    seen, last = trained(True, use_ema=True, ema_momentum=0.5)
    assert seen[-3:] == [("begin", 0.8), ("test", 0.72), ("end", 0.72)]
    assert last == pytest.approx(0.72)


def test_an_optimizer_without_averages():
    with pytest.raises(ValueError, match="use_ema=True"):
        trained(False)
