"""`BackupAndRestore`: training that goes on where it was interrupted."""

from __future__ import annotations

import json
import os
import re
import warnings
from contextlib import suppress
from typing import Any, Final

from keras_core.runtime.atomic import atomic_write
from keras_core.training.callbacks.callback import Callback
from keras_core.training.callbacks.frequency import Frequency

_STATE: Final = re.compile(r"state-(\d+)\.json")


class BackupAndRestore(Callback):
    """Saves the state of training, and goes on from it when the same `fit` is called again after an interruption.

    The state is the weights, the variables of the optimizer and the number of the epoch. An epoch that was interrupted
    is begun again, with the weights of the last backup. A backup is complete or not there: the file that makes it count
    is written last, by renaming.

    Args:
        backup_dir: folder for the backups of this training alone.
        save_freq: `"epoch"`, or the number of batches after which it saves.
        double_checkpoint: whether the backup before the last is kept too, and taken where the last cannot be read.
        delete_checkpoint: whether the backups are deleted when training has come to its end.

    Raises:
        ValueError: for no folder, another frequency; in training, where there is a backup for a model not yet built.
        ModelFileError: (in training) where the backup cannot be read, or is that of another model.

    Example:
        >>> import tempfile
        >>> def fit(folder, epochs, callbacks=()):
        ...     model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
        ...     model.compile("sgd", loss="mse")
        ...     backup = keras.callbacks.BackupAndRestore(folder, delete_checkpoint=False)
        ...     x, y = np.zeros((4, 1)), np.ones((4, 1))
        ...     return model.fit(x, y, epochs=epochs, verbose=0, callbacks=[backup]).epoch
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     fit(folder, 2), fit(folder, 4)
        ([0, 1], [2, 3])
    """

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

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Restore the last state, if there is one."""
        numbers = self._numbers()
        if not numbers:
            return
        if not self.model.built:
            raise ValueError(
                f"{self.model.label}: BackupAndRestore: {self.backup_dir!r} holds a backup, which needs a model that "
                "is built. Call the model on a batch, or build(input_shape), before fit()."
            )
        last, *others = numbers
        try:
            epoch = self._restore(last)
        except (OSError, ValueError) as error:
            if not (self.double_checkpoint and others):
                raise
            warnings.warn(f"BackupAndRestore: the backup before the last is taken, since {error}", stacklevel=2)
            epoch = self._restore(others[0])
        self.model.resume_at_epoch(epoch)

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Note the epoch."""
        self._epoch = epoch
        self._frequency.begin_epoch()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Save after a number of batches."""
        if self._frequency.is_due(batch):
            self._save(self._epoch, batch + 1)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Save after an epoch."""
        if self._frequency.of_epochs:
            self._save(epoch + 1, 0)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Delete the backups, if wanted."""
        if self.delete_checkpoint:
            self._delete(self._numbers())
            with suppress(OSError):  # the user may keep other files there
                os.rmdir(self.backup_dir)

    def _save(self, epoch: int, batch: int) -> None:
        numbers = self._numbers()
        number = numbers[0] + 1 if numbers else 0
        os.makedirs(self.backup_dir, exist_ok=True)
        self.model.save_weights(self._weights(number))
        with atomic_write(self._state(number)) as file:
            file.write(json.dumps({"epoch": epoch, "batch": batch}).encode())
        self._delete(numbers[1:] if self.double_checkpoint else numbers)

    def _restore(self, number: int) -> int:
        """Set model and optimizer to a state; return the epoch with which training goes on."""
        with open(self._state(number), encoding="utf-8") as file:
            state = json.load(file)
        if not isinstance(state, dict) or not isinstance(state.get("epoch"), int):
            raise ValueError(f"{self._state(number)!r} is no backup of BackupAndRestore; delete it to begin anew.")
        self.model.load_weights(self._weights(number))
        return state["epoch"]

    def _numbers(self) -> list[int]:
        """Return the numbers of the complete backups, the last first."""
        names = os.listdir(self.backup_dir) if os.path.isdir(self.backup_dir) else []
        return sorted((int(found[1]) for name in names if (found := _STATE.fullmatch(name))), reverse=True)

    def _delete(self, numbers: list[int]) -> None:
        for number in numbers:
            os.unlink(self._state(number))  # first, so that no state is without its weights
            os.unlink(self._weights(number))

    def _state(self, number: int) -> str:
        return os.path.join(self.backup_dir, f"state-{number}.json")

    def _weights(self, number: int) -> str:
        return os.path.join(self.backup_dir, f"state-{number}.weights.h5")
