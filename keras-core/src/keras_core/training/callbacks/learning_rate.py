"""Callbacks that change the learning rate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from keras_core import ops
from keras_core.runtime.messages import show
from keras_core.training.callbacks.callback import Callback
from keras_core.training.callbacks.monitor import Monitor


class LearningRateScheduler(Callback):
    """Sets the learning rate before each epoch.

    Args:
        schedule: `function(epoch, learning_rate) -> float`; `function(epoch) -> float` will do.
        verbose: 1 says what it sets.

    Raises:
        ValueError: (in training) where the function returns no float.

    Example:
        >>> halve = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile(optimizer=keras.optimizers.SGD(1.0), loss="mse")
        >>> history = model.fit(np.zeros((4, 1)), np.ones((4, 1)), epochs=2, verbose=0, callbacks=[halve])
        >>> history.history["learning_rate"]
        [0.5, 0.25]
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Set the learning rate."""
        optimizer = _optimizer_of("LearningRateScheduler", self.model)
        try:
            rate = self.schedule(epoch, _learning_rate(optimizer))
        except TypeError:  # a function of the epoch alone
            rate = self.schedule(epoch)
        if not isinstance(rate, float | np.floating):
            raise ValueError(f"LearningRateScheduler: expected the schedule to return a float, got {rate!r}.")
        optimizer.learning_rate = float(rate)
        if self.verbose:
            show(f"Epoch {epoch + 1}: the learning rate is {rate}")

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Add the learning rate to the logs."""
        if logs is not None:
            logs["learning_rate"] = _learning_rate(self.model.optimizer)


class ReduceLROnPlateau(Callback):
    """Lowers the learning rate when a logged number has stopped improving.

    Args:
        monitor: name of the number.
        factor: float below 1 by which the learning rate is multiplied.
        patience: epochs without an improvement after which that happens.
        verbose: 1 says what it sets.
        mode: `"min"`, `"max"`, or `"auto"` for what the name says.
        min_delta: what the number must improve by.
        cooldown: epochs after a change that do not count.
        min_lr: the lowest learning rate.

    Raises:
        ValueError: for a factor of 1 or more, or another mode.

    Example:
        >>> keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=2).in_cooldown()
        False
    """

    _state = ("wait", "cooldown_counter", "best")

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
        **kwargs: Any,
    ) -> None:
        if kwargs:
            raise TypeError(f"ReduceLROnPlateau: unexpected arguments {sorted(kwargs)}.")
        if factor >= 1.0:
            raise ValueError(f"ReduceLROnPlateau: expected a factor below 1, got {factor}.")
        self._monitor = Monitor("ReduceLROnPlateau", monitor, mode, min_delta)
        self.monitor = monitor
        self.factor = factor
        self.patience = patience
        self.verbose = verbose
        self.min_delta = min_delta
        self.cooldown = cooldown
        self.min_lr = min_lr
        self._begin()

    def _begin(self) -> None:
        self.wait = 0
        self.cooldown_counter = 0
        self.best: float | None = None

    def in_cooldown(self) -> bool:
        """Tell whether epochs do not count yet."""
        return self.cooldown_counter > 0

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Begin anew."""
        self._begin()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Compare, and lower the learning rate where patience is over."""
        optimizer = _optimizer_of("ReduceLROnPlateau", self.model)
        if logs is not None:
            logs["learning_rate"] = _learning_rate(optimizer)
        self._monitor.find_direction(self.model)
        current = self._monitor.value(logs)
        if current is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self._monitor.is_better(current, self.best):
            self.best = current
            self.wait = 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience:
                self._lower(epoch, optimizer)

    def _lower(self, epoch: int, optimizer: Any) -> None:
        before = _learning_rate(optimizer)
        if before <= np.float32(self.min_lr):
            return
        rate = max(before * self.factor, self.min_lr)
        optimizer.learning_rate = rate
        if self.verbose:
            show(f"Epoch {epoch + 1}: the learning rate is lowered to {rate}")
        self.cooldown_counter = self.cooldown
        self.wait = 0


def _optimizer_of(owner: str, model: Any) -> Any:
    optimizer = model.optimizer
    if not hasattr(optimizer, "learning_rate"):
        raise ValueError(f"{owner}: expected the model to have an optimizer with a learning_rate, got {optimizer!r}.")
    return optimizer


def _learning_rate(optimizer: Any) -> float:
    return float(ops.convert_to_numpy(optimizer.learning_rate))
