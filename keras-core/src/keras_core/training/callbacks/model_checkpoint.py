"""`ModelCheckpoint`: the model in files while it trains."""

from __future__ import annotations

import os
from typing import Any

from keras_core.plugins import formats
from keras_core.runtime.messages import show
from keras_core.training.callbacks.callback import Callback
from keras_core.training.callbacks.monitor import Monitor


class ModelCheckpoint(Callback):
    """Saves the model, or its weights, after epochs or after a number of batches.

    Args:
        filepath: path; `{epoch}` (from 1), `{batch}` and the names of the logs in braces stand for their numbers, as in
            `"{epoch:02d}-{val_loss:.2f}.keras"`.
        monitor: name of the number by which models are compared.
        verbose: 1 says what is saved.
        save_best_only: whether only a model that is better than all before is saved.
        save_weights_only: whether only the weights are saved.
        mode: `"min"`, `"max"`, or `"auto"` for what the name says.
        save_freq: `"epoch"`, or the number of batches after which it saves.
        initial_value_threshold: what the number must be better than to be the best.

    Raises:
        ValueError: for an extension that no installed format has, another mode or frequency.

    Example:
        >>> keras.callbacks.ModelCheckpoint("model-{epoch}.keras", save_best_only=True).monitor
        'val_loss'
    """

    def __init__(
        self,
        filepath: Any,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        if save_freq != "epoch" and (not isinstance(save_freq, int) or isinstance(save_freq, bool) or save_freq < 1):
            raise ValueError(f"ModelCheckpoint: expected save_freq to be 'epoch' or a positive int, got {save_freq!r}.")
        self._monitor = Monitor("ModelCheckpoint", monitor, mode)
        self.monitor = monitor
        self.verbose = verbose
        self.filepath = os.fspath(filepath)
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = save_freq
        self.best = initial_value_threshold
        self._epoch = 0
        self._batches = 0
        self._last_batch: int | None = None
        self._check_extension()

    def _check_extension(self) -> None:
        action = "save_weights" if self.save_weights_only else "save_model"
        known = [extension for extension, found in formats().items() if getattr(found, action) is not None]
        if not any(self.filepath.endswith(extension) for extension in known):
            what = "weights" if self.save_weights_only else "a model"
            raise ValueError(
                f"ModelCheckpoint: expected filepath to end in an extension that can save {what}, "
                f"{' or '.join(map(repr, sorted(known)))}, got {self.filepath!r}."
            )

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Note the epoch."""
        self._epoch = epoch
        self._last_batch = None

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Save after a number of batches."""
        if self.save_freq == "epoch":
            return
        # Several batches may have been computed in one go.
        self._batches += batch + 1 if self._last_batch is None else batch - self._last_batch
        self._last_batch = batch
        if self._batches >= int(self.save_freq):
            self._batches = 0
            self._save(self._epoch, batch, logs)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Save after an epoch."""
        if self.save_freq == "epoch":
            self._save(epoch, None, logs)

    def _save(self, epoch: int, batch: int | None, logs: dict[str, Any] | None) -> None:
        if self.save_best_only and not self._is_best(epoch, logs):
            return
        path = self._path(epoch, batch, logs)
        if self.verbose:
            show(f"Epoch {epoch + 1}: saving to {path}")
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        (self.model.save_weights if self.save_weights_only else self.model.save)(path, overwrite=True)

    def _is_best(self, epoch: int, logs: dict[str, Any] | None) -> bool:
        self._monitor.find_direction(self.model)
        current = self._monitor.value(logs)
        if current is None:
            return False
        better = self._monitor.is_better(current, self.best)
        if self.verbose:
            change = f"improved from {self.best} to {current}" if better else f"did not improve from {self.best}"
            show(f"Epoch {epoch + 1}: {self.monitor} {change}")
        if better:
            self.best = current
        return better

    def _path(self, epoch: int, batch: int | None, logs: dict[str, Any] | None) -> str:
        numbers = {"epoch": epoch + 1, **dict(logs or {})}
        if batch is not None:
            numbers["batch"] = batch + 1
        try:
            return self.filepath.format(**numbers)
        except KeyError as error:
            raise KeyError(
                f"ModelCheckpoint: filepath {self.filepath!r} names {error.args[0]!r}; there are {sorted(numbers)}."
            ) from error
