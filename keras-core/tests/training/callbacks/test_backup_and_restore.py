"""`BackupAndRestore`: when it saves, what it keeps, and which backup it takes."""

import errno
import os
import threading

import numpy as np
import pytest

from keras_core import Input, Sequential
from keras_core.callbacks import BackupAndRestore, Callback, EarlyStopping
from keras_core.layers import Dense
from keras_core.training.callbacks import backup_and_restore

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


class Batches(Callback):
    def __init__(self):
        self.seen = []
        self.epoch = None

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        self.seen.append((self.epoch, batch))


def make(units=1, is_built=True):
    model = Sequential([*([Input((1,))] if is_built else []), Dense(units, kernel_initializer="zeros")])
    model.compile("adam", loss="mse")
    return model


def fit(model, *callbacks, epochs=4):
    return model.fit(X, 2 * X, 4, epochs=epochs, shuffle=False, verbose=0, callbacks=list(callbacks)).epoch


def interrupted(backup, *at):
    with pytest.raises(KeyboardInterrupt):
        fit(make(), backup, Interrupt(*at))


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def weights(model):
    return [weight.tolist() for weight in model.get_weights()]


@pytest.fixture
def whole():
    model = make()
    fit(model)
    return weights(model)


@pytest.mark.parametrize(
    ("save_freq", "at", "first"),
    [("epoch", (2, 1), (2, 0)), (1, (2, 1), (2, 1)), (3, (3, 0), (3, 0)), (4, (3, 1), (2, 0))],
)
def test_training_goes_on_where_it_was(tmp_path, whole, save_freq, at, first):
    resumed, batches = make(), Batches()
    interrupted(BackupAndRestore(tmp_path / "a", save_freq=save_freq), *at)
    assert fit(resumed, BackupAndRestore(tmp_path / "a", save_freq=save_freq), batches) == [0, 1, 2, 3]
    assert batches.seen[0] == first
    assert weights(resumed) == whole
    assert int(resumed.optimizer.iterations.numpy()) == 8


def test_a_second_fit_of_the_same_model_and_callback_goes_on(tmp_path, whole):
    model, backup = make(), BackupAndRestore(tmp_path, save_freq=1)
    with pytest.raises(KeyboardInterrupt):
        fit(model, backup, Interrupt(2, 1))
    fit(model, backup)
    assert weights(model) == whole


def test_the_folder_is_gone_after_training(tmp_path):
    fit(make(), BackupAndRestore(tmp_path / "a"))
    assert not (tmp_path / "a").exists()


def test_other_files_in_the_folder_stay(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    fit(make(), BackupAndRestore(tmp_path))
    assert names(tmp_path) == ["notes.txt"]


def test_the_backups_stay_if_wanted_and_more_epochs_go_on_from_them(tmp_path):
    whole = make()
    fit(whole, epochs=5)
    fit(make(), BackupAndRestore(tmp_path, delete_checkpoint=False))
    assert names(tmp_path) == ["backup-2.state", "backup-3.ended.state"]
    resumed = make()
    assert fit(resumed, BackupAndRestore(tmp_path, delete_checkpoint=False), epochs=5) == [0, 1, 2, 3, 4]
    assert names(tmp_path) == ["backup-3.ended.state", "backup-4.ended.state"]
    assert weights(resumed) == weights(whole)


def test_no_epochs_are_left(tmp_path, whole):
    fit(make(), BackupAndRestore(tmp_path, delete_checkpoint=False))
    resumed, batches = make(), Batches()
    assert fit(resumed, BackupAndRestore(tmp_path), batches) == [0, 1, 2, 3]
    assert (weights(resumed), batches.seen) == (whole, [])


class Killed(BaseException):
    pass


class KillAtTheEnd(Callback):
    def on_train_end(self, logs=None):
        raise Killed


def test_training_that_was_to_end_early_ends_after_the_interruption_too(tmp_path):
    def stop():
        return EarlyStopping("loss", patience=1, min_delta=9.0)

    with pytest.raises(Killed):
        fit(make(), BackupAndRestore(tmp_path, delete_checkpoint=False), stop(), KillAtTheEnd())
    batches = Batches()
    assert fit(make(), BackupAndRestore(tmp_path, delete_checkpoint=False), stop(), batches) == [0, 1]
    assert batches.seen == []
    # That training has come to its end; whoever calls fit() now wants more.
    with pytest.warns(UserWarning, match=r"no callbacks any more for the saved states of \['EarlyStopping 1'\]"):
        assert fit(make(), BackupAndRestore(tmp_path), batches) == [0, 1, 2, 3]


@pytest.mark.parametrize(("double", "meanwhile"), [(False, 1), (True, 2)])
def test_how_many_backups_there_are_while_one_is_written(tmp_path, monkeypatch, double, meanwhile):
    seen = []
    write = backup_and_restore.write_state

    def noting(path, state):
        seen.append(len(names(tmp_path)))
        write(path, state)
        seen.append(len(names(tmp_path)))

    monkeypatch.setattr(backup_and_restore, "write_state", noting)
    interrupted(BackupAndRestore(tmp_path, double_checkpoint=double), 3)
    assert seen[-2:] == [meanwhile, meanwhile + 1]
    assert names(tmp_path) == ["backup-1.state", "backup-2.state"]


SIZE_OF_HEAD = 18 + 32 + 8


@pytest.mark.parametrize("size", [0, 5, 18, 30, 50, 57, SIZE_OF_HEAD, SIZE_OF_HEAD + 500, -2000, -1])
def test_a_torn_backup_is_left_for_the_one_before(tmp_path, whole, size):
    interrupted(BackupAndRestore(tmp_path, save_freq=1), 2, 1)
    path = tmp_path / "backup-4.state"
    path.write_bytes(path.read_bytes()[:size])
    resumed = make()
    with pytest.warns(UserWarning, match=r"the backup before is taken, since .*backup-4\.state"):
        fit(resumed, BackupAndRestore(tmp_path, save_freq=1))
    assert weights(resumed) == whole


@pytest.mark.parametrize("position", [0, 20, 52, SIZE_OF_HEAD + 10, -3000, -1])
def test_a_flipped_bit_is_seen(tmp_path, whole, position):
    interrupted(BackupAndRestore(tmp_path, save_freq=1), 2, 1)
    path = tmp_path / "backup-4.state"
    content = bytearray(path.read_bytes())
    content[position] ^= 4
    path.write_bytes(content)
    resumed = make()
    with pytest.warns(UserWarning, match=r"the backup before is taken, since .*backup-4\.state"):
        fit(resumed, BackupAndRestore(tmp_path, save_freq=1))
    assert weights(resumed) == whole


def test_a_damaged_backup_does_not_push_out_the_good_one(tmp_path):
    interrupted(BackupAndRestore(tmp_path), 3)
    (tmp_path / "backup-2.state").write_bytes(b"")
    with pytest.raises(KeyboardInterrupt), pytest.warns(UserWarning, match="the backup before is taken"):
        fit(make(), BackupAndRestore(tmp_path), Interrupt(3))
    assert names(tmp_path) == ["backup-1.state", "backup-3.state"]


def test_the_last_backup_is_gone(tmp_path, whole):
    interrupted(BackupAndRestore(tmp_path), 3)
    (tmp_path / "backup-2.state").unlink()
    resumed = make()
    fit(resumed, BackupAndRestore(tmp_path))
    assert weights(resumed) == whole


def test_no_backup_can_be_read(tmp_path):
    interrupted(BackupAndRestore(tmp_path), 3)
    for path in tmp_path.iterdir():
        path.write_bytes(b"damaged")
    with pytest.raises(ValueError, match=r"no backup can be read.*backup-2.*backup-1.*Delete the folder"):
        fit(make(), BackupAndRestore(tmp_path))
    assert names(tmp_path) == ["backup-1.state", "backup-2.state"]


def test_what_an_interrupted_write_leaves_is_cleared(tmp_path):
    (tmp_path / ".backup-7.state.0123456789ab.tmp").write_bytes(b"half")
    fit(make(), BackupAndRestore(tmp_path))
    assert not tmp_path.exists()


class DiskFull:
    """Lets files be written until a number of them was."""

    def __init__(self, monkeypatch, after):
        self.left = after
        self.fsync = os.fsync
        monkeypatch.setattr(os, "fsync", self)

    def __call__(self, descriptor):
        self.left -= 1
        if self.left < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.fsync(descriptor)


@pytest.mark.parametrize("background", [False, True])
def test_a_full_disk_is_an_error_and_leaves_the_last_backup(tmp_path, monkeypatch, whole, background):
    backup = BackupAndRestore(tmp_path)
    backup.save_on_background = background
    with monkeypatch.context() as context:
        DiskFull(context, after=4)  # of the file and of its folder, for two backups
        with pytest.raises(OSError, match="No space left on device"):
            fit(make(), backup)
    assert names(tmp_path) == ["backup-1.state"]
    resumed = make()
    fit(resumed, BackupAndRestore(tmp_path))
    assert weights(resumed) == whole


def test_the_last_write_on_the_background_fails_while_training_is_interrupted(tmp_path, monkeypatch):
    backup = BackupAndRestore(tmp_path)
    backup.save_on_background = True
    DiskFull(monkeypatch, after=0)
    with pytest.raises(KeyboardInterrupt), pytest.warns(UserWarning, match="was not written: .*No space left"):
        fit(make(), backup, Interrupt(1))


def test_files_are_the_same_where_they_are_written_on_the_background(tmp_path):
    contents = []
    for background in (False, True):
        folder = tmp_path / str(background)
        np.random.seed(3)
        backup = BackupAndRestore(folder, save_freq=1, delete_checkpoint=False)
        backup.save_on_background = background
        with pytest.raises(KeyboardInterrupt):
            fit(make(), backup, Interrupt(2, 1))
        contents.append({name: backup_and_restore.read_state(folder / name) for name in names(folder)})
    # The generators of the process and the names of layers go on from training to training.
    for states in contents:
        for state in states.values():
            del state["random"]
            for variables in state["variables"].values():
                for variable in variables:
                    variable["value"] = variable["value"].tolist()
                    del variable["path"]
    assert contents[0] == contents[1]


def test_the_background_has_one_copy_and_writes_while_training_goes_on(tmp_path, monkeypatch):
    training_goes_on = threading.Event()
    write, states = backup_and_restore.write_state, []

    def waiting(path, state):
        assert training_goes_on.wait(60)
        states.append(state["variables"]["model"][0]["value"].copy())
        write(path, state)

    class GoOn(Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 1:
                values.append(self.model.get_weights()[0])
                training_goes_on.set()

        def on_train_batch_begin(self, batch, logs=None):
            if batch == 1:
                values.append(self.model.get_weights()[0])

    values = []
    monkeypatch.setattr(backup_and_restore, "write_state", waiting)
    backup = BackupAndRestore(tmp_path, save_freq=1, delete_checkpoint=False)
    backup.save_on_background = True
    fit(make(), backup, GoOn(), epochs=1)
    assert np.concatenate(states).tolist() == np.concatenate(values).tolist()
    assert names(tmp_path) == ["backup-0.state", "backup-1.ended.state"]


def test_the_backup_of_another_model_is_an_error(tmp_path):
    interrupted(BackupAndRestore(tmp_path), 2)
    with pytest.raises(ValueError, match=r"the state is that of another model: expected .*\(1, 2\).*got .*\(1, 1\)"):
        fit(make(units=2), BackupAndRestore(tmp_path))


def test_a_model_that_is_built_by_its_data(tmp_path):
    whole, resumed = make(is_built=False), make(is_built=False)
    fit(whole)
    with pytest.raises(KeyboardInterrupt):
        fit(make(is_built=False), BackupAndRestore(tmp_path), Interrupt(2))
    fit(resumed, BackupAndRestore(tmp_path))
    assert weights(resumed) == weights(whole)


def test_outside_of_fit(tmp_path):
    backup = BackupAndRestore(tmp_path)
    backup.set_model(make())
    with pytest.raises(ValueError, match=r"saves the state of fit\(\), and fit\(\) is not running"):
        backup.on_epoch_end(0)


@pytest.mark.parametrize("value", ["batch", 0, True])
def test_unknown_frequency(tmp_path, value):
    with pytest.raises(ValueError, match="BackupAndRestore: expected save_freq to be 'epoch' or a positive int"):
        BackupAndRestore(tmp_path, save_freq=value)


def test_no_folder():
    with pytest.raises(ValueError, match="expected backup_dir to be the path of a folder"):
        BackupAndRestore("")
