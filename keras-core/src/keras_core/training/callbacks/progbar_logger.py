"""`ProgbarLogger`: how far training is, in the terminal."""

from __future__ import annotations

import sys
import time
from typing import Any

from keras_core.runtime import config
from keras_core.runtime.messages import show
from keras_core.training.callbacks.callback import Callback

_SECONDS_BETWEEN_LOOKS = 0.1


class ProgbarLogger(Callback):
    """Shows how far training, evaluation or prediction is; `fit` and the like add one unless `verbose` is 0.

    With `verbose=1` a bar moves while the output is a terminal, and each epoch leaves a line. With `verbose=2`, or
    where the output is no terminal, each epoch writes one line. Numbers are fetched from the device at most ten times
    a second.

    Example:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
        >>> model.compile(optimizer="sgd", loss="mse")
        >>> history = model.fit(np.zeros((4, 1)), np.ones((4, 1)), verbose=2)  # doctest: +ELLIPSIS
        Epoch 1/1 - 1/1 - ... - loss: 1.0000
    """

    def __init__(self) -> None:
        self._bar: _Bar | None = None
        self._title = ""
        self._in_training = False
        self._start = 0.0
        self._steps = 0
        self._next_look = 0.0

    def set_params(self, params: dict[str, Any]) -> None:
        """Take `params`."""
        super().set_params(params)
        self._verbose = 1 if params.get("verbose") == "auto" else params.get("verbose", 1)

    # training

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Note that evaluations to come are validations."""
        self._in_training = True

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Show a bar."""
        epochs = (self.params or {}).get("epochs")
        self._begin(f"Epoch {epoch + 1}/{epochs}" if epochs else f"Epoch {epoch + 1}")

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Move the bar."""
        self._move(batch, logs)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Write the line of an epoch."""
        self._end(logs)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Note that evaluations to come stand alone."""
        self._in_training = False
        self.close()

    # evaluation and prediction

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Show a bar, unless it is a validation."""
        if not self._in_training:
            self._begin("Evaluation")

    def on_test_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Move the bar, unless it is a validation."""
        if not self._in_training:
            self._move(batch, logs)

    def on_test_end(self, logs: dict[str, Any] | None = None) -> None:
        """Write a line, unless it is a validation."""
        if not self._in_training:
            self._end(logs)

    def on_predict_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Show a bar."""
        self._begin("Prediction")

    def on_predict_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Move the bar."""
        self._move(batch, None)

    def on_predict_end(self, logs: dict[str, Any] | None = None) -> None:
        """Write a line."""
        self._end(None)

    def close(self) -> None:
        """Take the bar off the screen."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _begin(self, title: str) -> None:
        self.close()
        self._title = title
        self._start = time.perf_counter()
        self._steps = 0
        self._next_look = 0.0
        if self._verbose == 1 and _is_live():
            self._bar = _Bar(title, self._target())

    def _target(self) -> int | None:
        return (self.params or {}).get("steps")

    def _move(self, batch: int, logs: dict[str, Any] | None) -> None:
        self._steps = batch + 1
        if self._bar is None:
            return
        now = time.perf_counter()
        if now >= self._next_look or self._steps == self._target():
            self._bar.update(self._steps, _shown(logs))
            self._next_look = time.perf_counter() + _SECONDS_BETWEEN_LOOKS

    def _end(self, logs: dict[str, Any] | None) -> None:
        self.close()
        if not self._verbose:
            return
        seconds = time.perf_counter() - self._start
        steps = max(self._steps, 1)
        parts = [self._title, f"{self._steps}/{self._target() or self._steps}", f"{seconds:.1f}s"]
        parts += [_per_step(seconds / steps), *([_shown(logs)] if logs else [])]
        show(" - ".join(parts))


class _Bar:
    """A line of the terminal that is written again and again."""

    def __init__(self, title: str, total: int | None) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (
            TextColumn("{task.description}"),
            BarColumn(20),
            MofNCompleteColumn(),
            TextColumn("{task.fields[logs]}"),
        )
        self._progress = Progress(*columns, auto_refresh=False, transient=True)
        self._progress.start()
        self._task = self._progress.add_task(title, total=total, logs="")
        self._progress.refresh()

    def update(self, steps: int, logs: str) -> None:
        """Show a number of steps and logs."""
        self._progress.update(self._task, completed=steps, logs=logs, refresh=True)

    def stop(self) -> None:
        """Take the line off the screen."""
        self._progress.stop()


def _is_live() -> bool:
    """Tell whether the output can be written over: a terminal or a notebook."""
    if not config.is_interactive_logging_enabled():
        return False
    if sys.stdout.isatty():
        return True
    from rich.console import Console

    return Console().is_jupyter


def _shown(logs: dict[str, Any] | None) -> str:
    return " - ".join(f"{name}: {_number(value)}" for name, value in (logs or {}).items())


def _number(value: Any) -> str:
    if not isinstance(value, int | float):
        return str(value)
    return f"{value:.4f}" if abs(value) > 1e-3 or value == 0 else f"{value:.4e}"


def _per_step(seconds: float) -> str:
    for limit, factor, unit in ((1e-3, 1e6, "us"), (1.0, 1e3, "ms")):
        if seconds < limit:
            return f"{seconds * factor:.0f}{unit}/step"
    return f"{seconds:.0f}s/step"
