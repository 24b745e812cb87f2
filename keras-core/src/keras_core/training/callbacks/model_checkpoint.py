"""`ModelCheckpoint`: the model in files while it trains."""

from __future__ import annotations

import os
from typing import Any

from keras_core.plugins import formats
from keras_core.runtime.messages import show
from keras_core.training.callbacks.checkpoint import Checkpoint


class ModelCheckpoint(Checkpoint):
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
        super().__init__(monitor, verbose, save_best_only, mode, save_freq, initial_value_threshold)
        self.filepath = os.fspath(filepath)
        self.save_weights_only = save_weights_only
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

    def _write(self, epoch: int, batch: int | None, logs: dict[str, Any] | None) -> None:
        path = self._path(epoch, batch, logs)
        if self.verbose:
            show(f"Epoch {epoch + 1}: saving to {path}")
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        (self.model.save_weights if self.save_weights_only else self.model.save)(path, overwrite=True)

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
