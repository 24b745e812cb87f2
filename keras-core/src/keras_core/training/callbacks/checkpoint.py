"""What the callbacks that save a model while it trains have in common."""

from __future__ import annotations

from typing import Any

from keras_core.runtime.messages import show
from keras_core.training.callbacks.callback import Callback
from keras_core.training.callbacks.frequency import Frequency
from keras_core.training.callbacks.monitor import Monitor


class Checkpoint(Callback):
    """Knows when to save: after epochs or a number of batches, and if wanted only where the model is the best so far.

    Subclasses write `_write`.

    Args:
        monitor: name of the number by which models are compared.
        verbose: 1 says what is saved.
        save_best_only: whether only a model that is better than all before is saved.
        mode: `"min"`, `"max"`, or `"auto"` for what the name says.
        save_freq: `"epoch"`, or the number of batches after which it saves.
        initial_value_threshold: what the number must be better than to be the best.
    """

    def __init__(
        self,
        monitor: str,
        verbose: int,
        save_best_only: bool,
        mode: str,
        save_freq: str | int,
        initial_value_threshold: float | None,
    ) -> None:
        name = type(self).__name__
        self._frequency = Frequency(name, "save_freq", save_freq)
        self._monitor = Monitor(name, monitor, mode)
        self.monitor = monitor
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_freq = save_freq
        self.best = initial_value_threshold
        self._epoch = 0

    def get_resume_state(self) -> dict[str, Any]:
        """Return the best number so far, and the batches that were counted."""
        return {"best": self.best, "counts": self._frequency.get_counts()}

    def set_resume_state(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        self.best = state["best"]
        self._frequency.set_counts(state["counts"])

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Note the epoch."""
        self._epoch = epoch
        self._frequency.begin_epoch()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Save after a number of batches."""
        if self._frequency.is_due(batch):
            self._save(self._epoch, batch, logs)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Save after an epoch."""
        if self._frequency.of_epochs:
            self._save(epoch, None, logs)

    def _save(self, epoch: int, batch: int | None, logs: dict[str, Any] | None) -> None:
        if not self.save_best_only or self._is_best(epoch, logs):
            self._write(epoch, batch, logs)

    def _write(self, epoch: int, batch: int | None, logs: dict[str, Any] | None) -> None:
        """Save the model; `batch` is None after an epoch."""
        raise NotImplementedError

    def _is_best(self, epoch: int, logs: dict[str, Any] | None) -> bool:
        self._monitor.find_direction(self.model)
        current = self._monitor.value(logs)
        if current is None:
            return True  # of which there is a warning; a model too many is better than none
        better = self._monitor.is_better(current, self.best)
        if self.verbose:
            change = f"improved from {self.best} to {current}" if better else f"did not improve from {self.best}"
            show(f"Epoch {epoch + 1}: {self.monitor} {change}")
        if better:
            self.best = current
        return better
