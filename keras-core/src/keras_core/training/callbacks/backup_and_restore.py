"""`BackupAndRestore`: training that goes on where it was interrupted, as if it had not been."""

from __future__ import annotations

import copy
import os
import re
import warnings
from contextlib import suppress
from functools import partial
from typing import Any, Final

from keras_core.training.callbacks.background import Background
from keras_core.training.callbacks.callback import Callback
from keras_core.training.callbacks.frequency import Frequency
from keras_core.training.state_file import DamagedStateError, read_state, write_state

_BACKUP: Final = re.compile(r"backup-(\d+)(\.ended)?\.state")
_TEMPORARY: Final = re.compile(r"\.backup-\d+\.state\.\w+\.tmp")


class BackupAndRestore(Callback):
    """Saves the state of training, and goes on from it when the same program is started again after an interruption.

    Whenever the process is killed, and however often: the program that is started again ends with the same weights, to
    the last bit, and the same history as one that nobody killed. The state is that of the model, the optimizer, the
    metrics, the generators of random numbers, the other callbacks, and the position in the data and their order.
    `docs/resume.md` says what this asks of data and of callbacks of your own.

    A backup is one file with a checksum, there whole or not at all. The last two are kept: where the last one cannot be
    read the one before is taken, with a warning.

    Args:
        backup_dir: folder for the backups of this training alone.
        save_freq: `"epoch"`, or the number of batches after which it saves.
        double_checkpoint: whether there are two complete backups also while the next one is written, which then takes
            the room of three; otherwise there is one meanwhile.
        delete_checkpoint: whether the backups are deleted when training has come to its end. If they stay, a later
            `fit` with more epochs goes on from them.

    Attributes:
        save_on_background: whether files are written by a thread while training goes on; False unless set. The state is
            copied before; if the copy before it is still being written, training waits. An error of the thread is
            raised at the next backup, or at the end of training.

    Raises:
        ValueError: for no folder, another frequency; in training, where no backup that is there can be read, or it is
            that of another model.
        OSError: (in training) where a backup cannot be written; those before it stay.

    Example:
        >>> import tempfile
        >>> def fit(folder, epochs, callbacks=()):
        ...     model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
        ...     model.compile("sgd", loss="mse")
        ...     backup = keras.callbacks.BackupAndRestore(folder, delete_checkpoint=False)
        ...     x, y = np.zeros((4, 1)), np.ones((4, 1))
        ...     return model.fit(x, y, epochs=epochs, verbose=0, callbacks=[backup, *callbacks]).epoch
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     fit(folder, 2), fit(folder, 4)
        ([0, 1], [0, 1, 2, 3])
    """

    _is_outermost = True
    save_on_background = False

    def __init__(
        self,
        backup_dir: Any,
        save_freq: str | int = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:
        self.backup_dir = os.fspath(backup_dir)
        if not self.backup_dir:
            raise ValueError("BackupAndRestore: expected backup_dir to be the path of a folder, got ''.")
        self._frequency = Frequency("BackupAndRestore", "save_freq", save_freq)
        self.save_freq = save_freq
        self.double_checkpoint = double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        self._epoch = 0
        self._good: list[str] = []  # names of the backups that can be read, the last one last
        self._background = Background()

    def get_resume_state(self) -> dict[str, Any]:
        """Return the batches that were counted."""
        return {"counts": self._frequency.get_counts()}

    def set_resume_state(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        self._frequency.set_counts(state["counts"])

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Let training go on from the last state, if there is one."""
        self._remove(name for name in self._names() if _TEMPORARY.fullmatch(name))
        backups = self._backups()
        self._good = []
        errors: list[str] = []
        for position, name in enumerate(reversed(backups), 1):
            try:
                state = read_state(os.path.join(self.backup_dir, name))
            except (OSError, DamagedStateError) as error:
                errors.append(str(error))
                continue
            if errors:
                warnings.warn(f"BackupAndRestore: the backup before is taken, since {' '.join(errors)}", stacklevel=2)
            if name.endswith(".ended.state"):
                state["stop_training"] = False  # that training has ended; this is another one
            self._good = backups[: len(backups) - position + 1]
            self._run().resume(state)
            return
        if errors:
            raise ValueError(
                f"BackupAndRestore: no backup can be read. {' '.join(errors)} Delete the folder {self.backup_dir!r} to "
                "begin anew."
            )

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Note the epoch."""
        self._epoch = epoch
        self._frequency.begin_epoch()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Save after a number of batches."""
        if self._frequency.is_due(batch):
            self._save(self._epoch, batch + 1, logs)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Save after an epoch."""
        if self._frequency.of_epochs:
            self._save(epoch + 1, 0, logs)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Wait until all is written; delete the backups, if wanted."""
        self._background.wait()
        if self.delete_checkpoint:
            self._remove(self._backups())
            self._good = []
            with suppress(OSError):  # the user may keep other files there
                os.rmdir(self.backup_dir)
        elif self._good and not self._good[-1].endswith(".ended.state"):
            name = self._good.pop()
            self._good.append(name.replace(".state", ".ended.state"))
            os.replace(os.path.join(self.backup_dir, name), os.path.join(self.backup_dir, self._good[-1]))

    def close(self) -> None:
        """Wait until all is written, also where training was interrupted."""
        try:
            self._background.wait()
        except Exception as error:  # another one is on its way, which must not be replaced
            warnings.warn(f"BackupAndRestore: the last backup was not written: {error}", stacklevel=2)
        self._background.close()

    def _run(self) -> Any:
        run = self.model.training_run
        if run is None:
            raise ValueError(
                f"{self.model.label}: BackupAndRestore saves the state of fit(), and fit() is not running."
            )
        return run

    def _save(self, epoch: int, batch: int, logs: dict[str, Any] | None) -> None:
        self._background.wait()  # so that there is one copy of the state at a time
        state = self._run().get_state(epoch, batch, logs)
        if self.save_on_background:
            self._background.start(partial(self._write, copy.deepcopy(state)))
        else:
            self._write(state)

    def _write(self, state: dict[str, Any]) -> None:
        os.makedirs(self.backup_dir, exist_ok=True)
        backups = self._backups()
        self._keep(2 if self.double_checkpoint else 1)
        name = f"backup-{_number(backups[-1]) + 1 if backups else 0}.state"
        write_state(os.path.join(self.backup_dir, name), state)
        self._good.append(name)
        self._keep(2)

    def _keep(self, count: int) -> None:
        """Remove all backups but the last ones that can be read."""
        del self._good[:-count]
        self._remove(name for name in self._backups() if name not in self._good)

    def _names(self) -> list[str]:
        return os.listdir(self.backup_dir) if os.path.isdir(self.backup_dir) else []

    def _backups(self) -> list[str]:
        """Return the names of all backups, the last one last."""
        return sorted((name for name in self._names() if _BACKUP.fullmatch(name)), key=_number)

    def _remove(self, names: Any) -> None:
        for name in names:
            os.unlink(os.path.join(self.backup_dir, name))


def _number(name: str) -> int:
    found = _BACKUP.fullmatch(name)
    assert found is not None
    return int(found[1])
