"""`BackupAndRestore`: training that is interrupted ends as one that is not."""

import numpy as np
import pytest

from keras_core import Input, Sequential
from keras_core.callbacks import BackupAndRestore, Callback
from keras_core.layers import Dense
from keras_core.saving import ModelFileError

X = np.linspace(-1, 1, 8, dtype="float32")[:, None]


class Interrupt(Callback):
    def __init__(self, epoch, batch=0):
        self.at = epoch, batch
        self.epoch = None

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        if (self.epoch, batch) == self.at:
            raise KeyboardInterrupt


def make(units=1):
    model = Sequential([Input((1,)), Dense(units, kernel_initializer="zeros")])
    model.compile("adam", loss="mse")
    return model


def fit(model, *callbacks, epochs=4):
    return model.fit(X, 2 * X, 4, epochs=epochs, shuffle=False, verbose=0, callbacks=list(callbacks)).epoch


def interrupted(backup, *at):
    with pytest.raises(KeyboardInterrupt):
        fit(make(), backup, Interrupt(*at))


def test_training_goes_on_as_if_nothing_had_happened(tmp_path):
    whole, resumed = make(), make()
    fit(whole)
    interrupted(BackupAndRestore(tmp_path / "a"), 2, 1)
    assert fit(resumed, BackupAndRestore(tmp_path / "a")) == [2, 3]
    assert [weight.tolist() for weight in resumed.get_weights()] == [weight.tolist() for weight in whole.get_weights()]
    assert int(resumed.optimizer.iterations.numpy()) == 8


def test_a_backup_within_an_epoch_begins_that_epoch_again(tmp_path):
    resumed = make()
    interrupted(BackupAndRestore(tmp_path, save_freq=1), 2, 1)
    assert fit(resumed, BackupAndRestore(tmp_path, save_freq=1)) == [2, 3]
    assert int(resumed.optimizer.iterations.numpy()) == 9


def test_the_folder_is_gone_after_training(tmp_path):
    fit(make(), BackupAndRestore(tmp_path / "a"))
    assert not (tmp_path / "a").exists()


def test_other_files_in_the_folder_stay(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    fit(make(), BackupAndRestore(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_the_backup_stays_if_wanted(tmp_path):
    fit(make(), BackupAndRestore(tmp_path, delete_checkpoint=False))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["state-3.json", "state-3.weights.h5"]
    assert fit(make(), BackupAndRestore(tmp_path, delete_checkpoint=False), epochs=5) == [4]


def test_weights_without_their_state_do_not_count(tmp_path):
    interrupted(BackupAndRestore(tmp_path), 2)
    (tmp_path / "state-2.weights.h5").write_bytes(b"half of a file")
    assert fit(make(), BackupAndRestore(tmp_path)) == [2, 3]
    assert list(tmp_path.parent.glob(f"{tmp_path.name}/state-*.json")) == []


def test_the_backup_before_the_last(tmp_path):
    interrupted(BackupAndRestore(tmp_path, double_checkpoint=True), 3)
    assert sorted(path.name for path in tmp_path.glob("*.h5")) == ["state-1.weights.h5", "state-2.weights.h5"]
    (tmp_path / "state-2.weights.h5").write_bytes(b"damaged")
    with pytest.warns(UserWarning, match=r"the backup before the last is taken, since .*state-2\.weights\.h5"):
        assert fit(make(), BackupAndRestore(tmp_path, double_checkpoint=True)) == [2, 3]


def test_a_damaged_backup_is_an_error(tmp_path):
    interrupted(BackupAndRestore(tmp_path), 2)
    (tmp_path / "state-1.weights.h5").write_bytes(b"damaged")
    with pytest.raises(ModelFileError, match=r"state-1\.weights\.h5"):
        fit(make(), BackupAndRestore(tmp_path))


def test_a_state_of_something_else_is_an_error(tmp_path):
    (tmp_path / "state-0.json").write_text("[]")
    with pytest.raises(ValueError, match="is no backup of BackupAndRestore"):
        fit(make(), BackupAndRestore(tmp_path))


def test_the_backup_of_another_model_is_an_error(tmp_path):
    interrupted(BackupAndRestore(tmp_path), 2)
    with pytest.raises(ModelFileError, match="does not fit"):
        fit(make(units=2), BackupAndRestore(tmp_path))


def test_a_model_that_is_not_built(tmp_path):
    interrupted(BackupAndRestore(tmp_path), 2)
    model = Sequential([Dense(1)])
    model.compile("adam", loss="mse")
    with pytest.raises(ValueError, match="needs a model that is built"):
        fit(model, BackupAndRestore(tmp_path))


@pytest.mark.parametrize("value", ["batch", 0, True])
def test_unknown_frequency(tmp_path, value):
    with pytest.raises(ValueError, match="BackupAndRestore: expected save_freq to be 'epoch' or a positive int"):
        BackupAndRestore(tmp_path, save_freq=value)


def test_no_folder():
    with pytest.raises(ValueError, match="expected backup_dir to be the path of a folder"):
        BackupAndRestore("")
