"""A program that is killed again and again ends as one that nobody kills: all variables, history, files."""

import os
import random
import signal
import subprocess
import sys

import numpy as np
import pytest

import keras_core as keras
from keras_core import use_backend
from keras_core.backend import backend
from keras_core.callbacks import Callback
from resume import program
from resume.comparison import Killed, assert_same, assert_same_after, in_this_process, kill


def killed_process(folder, kind, *arguments):
    """Run the program as a process that kills itself."""
    command = [sys.executable, program.__file__, str(folder), kind, *map(str, arguments)]
    environment = {**os.environ, "KERAS_CORE_BACKEND": backend()}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr


def test_sigkill_within_an_epoch_between_epochs_and_while_a_backup_is_written(tmp_path, undisturbed):
    killed_process(tmp_path, "arrays", "--kill", "batch_begin", 0, 3)
    killed_process(tmp_path, "arrays", "--kill-write", 7, "before")
    assert [path.name for path in tmp_path.glob("backup/.*.tmp")] != []
    killed_process(tmp_path, "arrays", "--kill", "epoch_begin", 2, 0, "--background")
    in_this_process(tmp_path, "arrays")
    assert_same(tmp_path, undisturbed("arrays"))
    assert not (tmp_path / "backup").exists()


def test_sigkill_where_backups_are_written_on_the_background(tmp_path, undisturbed):
    killed_process(tmp_path, "iterable", "--background", "--kill-write", 5, "before")
    in_this_process(tmp_path, "iterable", background=True)
    assert_same(tmp_path, undisturbed("iterable"))


def test_sigkill_from_outside_at_any_time(tmp_path, undisturbed):
    """The process is killed after so many batches, wherever it then is."""
    generator = random.Random(backend())
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, program.__file__, str(tmp_path), "dataset", "--wait"],
            env={**os.environ, "KERAS_CORE_BACKEND": backend()},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        for _ in range(generator.randrange(1, 9)):
            assert process.stdout.readline().startswith("batch")
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL
    in_this_process(tmp_path, "dataset")
    assert_same(tmp_path, undisturbed("dataset"))


@pytest.mark.filterwarnings("ignore:the data ran out:UserWarning")
@pytest.mark.parametrize(
    ("kind", "moment", "options"),
    [("generator", ("batch_end", 1, 3), {"steps_per_execution": 2}), ("steps", ("validation", 1, 0), {"lazy": True})],
)
def test_the_end_within_steps_of_several_batches_and_of_a_model_built_by_data(
    tmp_path, undisturbed, kind, moment, options
):
    assert_same_after(tmp_path, undisturbed, kind, moment, options)


def test_the_files_of_callbacks_are_those_of_an_undisturbed_run(tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    whole.mkdir()
    killed.mkdir()
    in_this_process(whole, "arrays")
    with pytest.raises(Killed):
        program.run(killed, "arrays", ("epoch_end", 2, 0), kill)
    in_this_process(killed, "arrays")
    assert (killed / "log.csv").read_text() == (whole / "log.csv").read_text()
    assert sorted(path.name for path in killed.iterdir()) == sorted(path.name for path in whole.iterdir())


def test_the_order_of_epochs_needs_no_batch_of_epochs_before(tmp_path, monkeypatch):
    with pytest.raises(Killed), use_backend("numpy"):
        program.run(tmp_path, "epochs", ("batch_begin", 2, 3), kill)
    begun = []
    monkeypatch.setattr(program.Epochs, "set_epoch", lambda self, epoch: begun.append(epoch))
    with use_backend("numpy"):
        program.run(tmp_path, "epochs")
    assert begun == [2, 3]


def test_states_of_stateful_layers(tmp_path):
    class Interrupt(Callback):
        def on_train_batch_begin(self, batch, logs=None):
            if int(self.model.optimizer.iterations) == 4:
                raise Killed

    def train(*callbacks):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input(batch_shape=(2, 3, 1)), keras.layers.SimpleRNN(2, stateful=True)])
        model.compile("sgd", loss="mse")
        x = np.arange(18.0).reshape(6, 3, 1) / 18
        model.fit(x, x[:, :2, 0], batch_size=2, epochs=2, verbose=0, callbacks=list(callbacks))
        return [weight.tolist() for weight in model.get_weights()]

    def backup():
        return keras.callbacks.BackupAndRestore(tmp_path, save_freq=1)

    with pytest.raises(Killed):
        train(backup(), Interrupt())
    assert train(backup()) == train()
