"""`History`: the logs of all epochs."""

from __future__ import annotations

from typing import Any

from keras_core.training.callbacks.callback import Callback


class History(Callback):
    """Keeps the logs of all epochs; `fit` adds one and returns it.

    Attributes:
        epoch: numbers of the epochs.
        history: name -> list of one number an epoch.

    Example:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
        >>> model.compile(optimizer=keras.optimizers.SGD(0.5), loss="mse")
        >>> model.fit(np.zeros((4, 1)), np.ones((4, 1)), epochs=2, verbose=0).history
        {'loss': [1.0, 0.0]}
    """

    _state = ("epoch", "history")

    def __init__(self) -> None:
        self.epoch: list[int] = []
        self.history: dict[str, list[Any]] = {}

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Begin anew."""
        self.epoch = []

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Keep the logs."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
