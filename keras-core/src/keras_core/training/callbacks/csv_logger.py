"""`CSVLogger`: the logs of epochs in a file."""

from __future__ import annotations

import csv
import os
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

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Open the file."""
        self._names = None
        if self.append and os.path.exists(self.filename):
            with open(self.filename, newline="") as file:
                self._names = next(csv.reader(file, delimiter=self.separator), [None])[1:] or None
        self._file = open(self.filename, "a" if self.append else "w", newline="")  # noqa: SIM115

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Write a line; the first epoch decides which columns there are."""
        logs = dict(logs or {})
        writer = csv.writer(self._file, delimiter=self.separator, lineterminator="\n")
        if self._names is None:
            self._names = self._columns(logs)
            writer.writerow(["epoch", *self._names])
        writer.writerow([epoch, *(_cell(logs.get(name, _MISSING)) for name in self._names)])
        self._file.flush()

    def _columns(self, logs: dict[str, Any]) -> list[str]:
        # A validation may come in a later epoch only.
        is_validated = any(name.startswith("val_") for name in logs)
        return sorted(logs if is_validated else [*logs, *(f"val_{name}" for name in logs)])

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _cell(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.ndim > 0:
        value = value.tolist()
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list | tuple) else value
