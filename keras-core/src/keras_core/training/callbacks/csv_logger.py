"""`CSVLogger`: the logs of epochs in a file."""

from __future__ import annotations

import csv
import os
import warnings
from typing import Any

import numpy as np

from keras_core.training.callbacks.callback import Callback

_MISSING = "NA"


class CSVLogger(Callback):
    """Writes one line an epoch to a CSV file: the number of the epoch and its logs.

    Args:
        filename: path.
        separator: what stands between the columns.
        append: whether a file that exists is continued.

    Example:
        >>> import os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "log.csv")
        >>> logger = keras.callbacks.CSVLogger(path)
        >>> logger.on_train_begin()
        >>> logger.on_epoch_end(0, {"loss": 1.5})
        >>> logger.on_train_end()
        >>> open(path).read().split()
        ['epoch,loss,val_loss', '0,1.5,NA']
    """

    def __init__(self, filename: Any, separator: str = ",", append: bool = False) -> None:
        self.filename = os.fspath(filename)
        self.separator = separator
        self.append = append
        self._names: list[str] | None = None
        self._file: Any = None
        self._resumed_size: int | None = None

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Begin anew."""
        self._close()
        self._names = None
        self._resumed_size = None

    def get_resume_state(self) -> dict[str, Any]:
        """Return the columns, and the size of the file so far."""
        return {"names": self._names, "size": self._size()}

    def set_resume_state(self, state: dict[str, Any]) -> None:
        """Go on after the lines that were there: those of epochs that are repeated are removed."""
        self._names = state["names"]
        self._resumed_size = state["size"]

    def _size(self) -> int:
        """Return how much of the file is kept."""
        if self._file is not None:
            return os.fstat(self._file.fileno()).st_size
        if self._resumed_size is not None:
            return self._resumed_size
        return os.path.getsize(self.filename) if self.append and os.path.exists(self.filename) else 0

    def _open(self) -> Any:
        kept = self._size()
        file = open(self.filename, "a", newline="")  # noqa: SIM115
        size = os.fstat(file.fileno()).st_size
        if size < kept:
            warnings.warn(f"CSVLogger: {self.filename!r} has lost lines of the training that is resumed.", stacklevel=3)
        file.truncate(min(size, kept))
        if kept and self._names is None:
            with open(self.filename, newline="") as written:
                self._names = next(csv.reader(written, delimiter=self.separator), [""])[1:] or None
        return file

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Write a line; the first epoch decides which columns there are."""
        # Not before: only now it is known whether training is resumed, with lines that must stay.
        if self._file is None:
            self._file = self._open()
        logs = dict(logs or {})
        writer = csv.writer(self._file, delimiter=self.separator, lineterminator="\n")
        if self._names is None or not self._size():
            self._names = self._names or self._columns(logs)
            writer.writerow(["epoch", *self._names])
        writer.writerow([epoch, *(_cell(logs.get(name, _MISSING)) for name in self._names)])
        self._file.flush()

    def _columns(self, logs: dict[str, Any]) -> list[str]:
        # A validation may come in a later epoch only.
        names = sorted(logs)
        is_validated = any(name.startswith("val_") for name in names)
        return names if is_validated else [*names, *(f"val_{name}" for name in names)]

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Close the file, which is there without epochs too."""
        if self._file is None:
            self._file = self._open()
        self._close()

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _cell(value: Any) -> Any:
    is_list = isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim > 0)
    return f'"[{", ".join(map(str, value))}]"' if is_list else value
