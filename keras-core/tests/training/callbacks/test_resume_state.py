"""States of callbacks: one that goes on from the state of another does as that one would have."""

import numpy as np
import pytest

from keras_core.callbacks import (
    Callback,
    CallbackList,
    EarlyStopping,
    History,
    LambdaCallback,
    ModelCheckpoint,
    ReduceLROnPlateau,
    SwapEMAWeights,
)
from keras_core.optimizers import SGD
from keras_core.training.state_file import read_state, write_state

LOSSES = [5.0, 4.0, 4.5, 4.2, 3.0, 3.1, 3.2, 3.3, 2.0, 2.5]


def epochs_of(trained, callback, epochs, last):
    for epoch in epochs:
        callback.on_epoch_begin(epoch, {})
        for batch in range(2):
            callback.on_train_batch_end(batch, {})
        trained.weights = [np.array([epoch + 1.0])]
        callback.on_epoch_end(epoch, {"val_loss": LOSSES[epoch], "loss": LOSSES[epoch]})
        if trained.stop_training or epoch == last:
            return epoch
    return None


MAKERS = {
    "History": History,
    "EarlyStopping": lambda: EarlyStopping(patience=3, restore_best_weights=True),
    "ReduceLROnPlateau": lambda: ReduceLROnPlateau(patience=2, cooldown=1),
    "ModelCheckpoint": lambda: ModelCheckpoint("{epoch}.keras", save_best_only=True),
    "ModelCheckpoint of batches": lambda: ModelCheckpoint("{epoch}-{batch}.keras", save_freq=3),
}


@pytest.mark.parametrize("interrupted_after", [0, 3, 5])
@pytest.mark.parametrize("kind", MAKERS)
def test_the_rest_of_the_training_is_the_same(trained, tmp_path, kind, interrupted_after):
    def whole(model):
        callback = MAKERS[kind]()
        callback.set_model(model)
        callback.on_train_begin()
        epochs_of(model, callback, range(10), 9)
        return callback

    expected_model, first = type(trained)(), MAKERS[kind]()
    expected = whole(expected_model)
    first.set_model(trained)
    first.on_train_begin()
    epochs_of(trained, first, range(10), interrupted_after)
    write_state(tmp_path / "a", first.get_resume_state())
    second = MAKERS[kind]()
    second.set_model(trained)
    second.on_train_begin()
    second.set_resume_state(read_state(tmp_path / "a"))
    epochs_of(trained, second, range(interrupted_after + 1, 10), 9)
    assert second.get_resume_state() == expected.get_resume_state()
    assert trained.saved == expected_model.saved
    assert trained.stop_training == expected_model.stop_training
    assert float(trained.optimizer.learning_rate.numpy()) == float(expected_model.optimizer.learning_rate.numpy())


def test_a_callback_without_a_state():
    assert LambdaCallback().get_resume_state() is None


def test_variables_for_which_averages_stand(line):
    def swapped():
        model = line(optimizer=SGD(0.5, use_ema=True))
        swap = SwapEMAWeights(swap_on_epoch=True)
        model.fit(np.ones((4, 1)), np.ones((4, 1)), batch_size=2, verbose=0)
        swap.set_model(model)
        return model, swap

    (_, first), (model, second) = swapped(), swapped()
    before = first.model.get_weights()[0]
    first.on_epoch_end(0)
    second.set_resume_state(first.get_resume_state())
    model.set_weights([before * 0])
    second.on_epoch_begin(1)
    assert model.get_weights()[0].tolist() == before.tolist()
    assert second.get_resume_state() == {"kept": []}


def test_an_outermost_callback_begins_first_and_ends_last():
    class Named(Callback):
        def __init__(self, name):
            self.name = name

        def on_epoch_begin(self, epoch, logs=None):
            called.append(self.name)

        def on_epoch_end(self, epoch, logs=None):
            called.append(self.name)

    class Outermost(Named):
        _is_outermost = True

    called = []
    callbacks = CallbackList([Named("a"), Outermost("outer"), Named("b")])
    callbacks.on_epoch_begin(0)
    callbacks.on_epoch_end(0)
    assert called == ["outer", "a", "b", "a", "b", "outer"]
