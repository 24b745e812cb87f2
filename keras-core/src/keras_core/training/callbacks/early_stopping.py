"""`EarlyStopping`: an end of training when it no longer helps."""

from __future__ import annotations

from typing import Any

from keras_core.runtime.messages import show
from keras_core.training.callbacks.callback import Callback
from keras_core.training.callbacks.monitor import Monitor


class EarlyStopping(Callback):
    """Ends training when a logged number has stopped improving.

    Args:
        monitor: name of the number.
        min_delta: what it must improve by.
        patience: epochs without an improvement after which training ends.
        verbose: 1 says when it ends training.
        mode: `"min"`, `"max"`, or `"auto"` for what the name says.
        baseline: what the number must be better than for an epoch to count as an improvement.
        restore_best_weights: whether the model has the weights of the best epoch afterwards.
        start_from_epoch: the first epoch that counts.

    Raises:
        ValueError: for another mode, or a name that does not say which way is better.

    Example:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
        >>> model.compile(optimizer=keras.optimizers.SGD(0.5), loss="mse")
        >>> stop = keras.callbacks.EarlyStopping(monitor="loss")
        >>> len(model.fit(np.zeros((4, 1)), np.ones((4, 1)), epochs=9, verbose=0, callbacks=[stop]).epoch)
        3
    """

    _state = ("wait", "stopped_epoch", "best", "best_epoch", "best_weights")

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        self._monitor = Monitor("EarlyStopping", monitor, mode, min_delta)
        self.monitor = monitor
        self.min_delta = min_delta
        self.patience = patience
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self._begin()

    def _begin(self) -> None:
        self.wait = 0
        self.stopped_epoch = 0
        self.best: float | None = None
        self.best_epoch = 0
        self.best_weights: Any = None

    def get_monitor_value(self, logs: dict[str, Any] | None) -> Any:
        """Return the number in the logs, None where there is none."""
        return self._monitor.value(logs)

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Begin anew."""
        self._begin()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Compare, and end training where patience is over."""
        self._monitor.find_direction(self.model)
        current = self.get_monitor_value(logs)
        if current is None or epoch < self.start_from_epoch:
            return
        first = self.restore_best_weights and self.best_weights is None
        self.wait += 1
        if self._monitor.is_better(current, self.best):
            self.best = current
            self._keep(epoch)
            if self.baseline is None or self._monitor.is_better(current, self.baseline):
                self.wait = 0
            return
        if first:
            self._keep(epoch)
        if self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def _keep(self, epoch: int) -> None:
        self.best_epoch = epoch
        if self.restore_best_weights:
            self.best_weights = self.model.get_weights()

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Restore the weights of the best epoch where that is wanted."""
        if self.stopped_epoch > 0 and self.verbose:
            show(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.restore_best_weights and self.best_weights is not None:
            if self.verbose:
                show(f"Restoring the weights of the best epoch, {self.best_epoch + 1}")
            self.model.set_weights(self.best_weights)
