"""What hooks of batches cost that no callback uses: nothing."""

import numpy as np
import pytest

from keras_core.callbacks import Callback, CallbackList, EarlyStopping, History
from keras_core.runtime.table import active
from keras_core.training.callbacks.callback import HOOKS

OF_BATCHES = [hook for hook in HOOKS if "_batch_" in hook]


class Epochs(Callback):
    """Overrides no hook of batches."""

    def __init__(self, happened):
        super().__init__()
        self.happened = happened

    def on_epoch_begin(self, epoch, logs=None):
        self.happened.append("begin")

    def on_epoch_end(self, epoch, logs=None):
        self.happened.append("end")


class EveryBatch(Epochs):
    """Looks at the logs of every batch."""

    def on_train_batch_end(self, batch, logs=None):
        assert logs["loss"] >= 0


@pytest.fixture
def happened(monkeypatch):
    """Return a list that notes each value which comes from the device to the host."""
    found = []
    to_host = active().to_host
    monkeypatch.setattr(active(), "to_host", lambda x: found.append("fetch") or to_host(x))
    return found


def fetches_of_epochs(happened):
    """Return how many values came between begin and end of each epoch."""
    return [
        part.count("fetch") for part in " ".join(happened).split("begin")[1:] for part in [part.partition("end")[0]]
    ]


@pytest.mark.parametrize("batches", [2, 20])
def test_values_are_fetched_once_an_epoch(classifier, x, labels, happened, batches):
    rows = np.arange(2 * batches) % len(x)
    model = classifier()
    model.fit(x[:2], labels[:2], verbose=0)
    happened.clear()
    model.fit(x[rows], labels[rows], 2, epochs=3, verbose=0, callbacks=[Epochs(happened), EarlyStopping("loss")])
    assert fetches_of_epochs(happened) == [2, 2, 2]  # loss and accuracy of the epoch


def test_a_look_at_each_batch_fetches_each(classifier, x, labels, happened):
    classifier().fit(x, labels, 4, verbose=0, callbacks=[EveryBatch(happened)])
    assert fetches_of_epochs(happened) == [20]


@pytest.mark.parametrize("hook", OF_BATCHES)
def test_hooks_that_no_callback_overrides_are_not_called(classifier, x, labels, monkeypatch, hook):
    def called(*_arguments):
        raise AssertionError(f"{hook} was called")

    callbacks = CallbackList([Epochs([]), History()], add_history=True)
    monkeypatch.setattr(Callback, hook, called)
    assert callbacks._hooks[hook] == []
    model = classifier()
    model.fit(x, labels, 4, verbose=0, callbacks=[Epochs([])], validation_split=0.5)
    model.evaluate(x, labels, verbose=0, callbacks=[Epochs([])])
    model.predict(x, verbose=0, callbacks=[Epochs([])])
