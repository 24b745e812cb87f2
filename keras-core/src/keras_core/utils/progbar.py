"""`Progbar`: how far a loop of the user's own is."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from typing import Any

from keras_core.runtime import config
from keras_core.runtime.messages import show


class Progbar:
    """Shows how far a loop is, with the values of some numbers.

    Args:
        target: number of steps, None where it is not known.
        width: width of the bar in characters.
        verbose: 0: nothing is shown; 1: a bar, which moves where the output is a terminal; 2: one line at the end.
        interval: seconds between two looks of the bar.
        stateful_metrics: names of values that are shown as they are; of all others the mean over the steps is shown.
        stateless_metrics: instead, names of values of which the mean over the steps is shown; all others are shown as
            they are.
        unit_name: what a step is called.

    Raises:
        ValueError: for another `verbose`, and for both kinds of names.

    Example:
        >>> bar = keras.utils.Progbar(2, verbose=2)
        >>> bar.update(1, [("loss", 4.0)])
        >>> bar.update(2, [("loss", 2.0)])  # doctest: +ELLIPSIS
        2/2 - ...s - .../step - loss: 3.0000
    """

    def __init__(
        self,
        target: int | None,
        width: int = 20,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Iterable[str] | None = None,
        stateless_metrics: Iterable[str] | None = None,
        unit_name: str = "step",
    ) -> None:
        if verbose not in (0, 1, 2):
            raise ValueError(f"Progbar: expected verbose to be 0, 1 or 2, got {verbose!r}.")
        self.target = target
        self.width = width
        self.verbose = verbose
        self.interval = interval
        self.unit_name = unit_name
        if stateful_metrics is not None and stateless_metrics is not None:
            raise ValueError("Progbar: expected stateful_metrics or stateless_metrics, got both.")
        self._stateful = set(stateful_metrics or ())
        self._stateless = None if stateless_metrics is None else set(stateless_metrics)
        self._values: dict[str, float] = {}
        self._weights: dict[str, float] = {}
        self._seen = 0
        self._start = time.perf_counter()
        self._last_look = 0.0
        self._shown = 0

    def update(
        self, current: int, values: Iterable[tuple[str, Any]] | None = None, finalize: bool | None = None
    ) -> None:
        """Note how far the loop is, and show it.

        Args:
            current: number of steps that are done.
            values: pairs of name and number.
            finalize: whether this is the end; None: where `current` reached the target.
        """
        steps = current - self._seen
        for name, value in values or ():
            self._note(name, float(value), steps)
        self._seen = current
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        if not self.verbose:
            return
        if finalize:
            self._clear()
            show(self._line())
        elif self.verbose == 1 and time.perf_counter() - self._last_look >= self.interval and _moves():
            self._clear()
            line = self._line()
            sys.stdout.write(line)
            sys.stdout.flush()
            self._shown, self._last_look = len(line), time.perf_counter()

    def add(self, n: int, values: Iterable[tuple[str, Any]] | None = None) -> None:
        """Note some more steps, and show how far the loop is.

        Args:
            n: number of steps.
            values: pairs of name and number.
        """
        self.update(self._seen + n, values)

    def _note(self, name: str, value: float, steps: int) -> None:
        if name in self._stateful or (self._stateless is not None and name not in self._stateless):
            self._values[name] = value
            return
        weight = self._weights.get(name, 0.0)
        total = self._values.get(name, 0.0) * weight + value * max(steps, 1)
        self._weights[name] = weight + max(steps, 1)
        self._values[name] = total / self._weights[name]

    def _line(self) -> str:
        seconds = time.perf_counter() - self._start
        done = f"{self._seen}/{'Unknown' if self.target is None else self.target}"
        parts = [f"{seconds:.0f}s", f"{_time(seconds / max(self._seen, 1))}/{self.unit_name}"]
        parts += [f"{name}: {_number(value)}" for name, value in self._values.items()]
        if self.verbose == 2:
            return " - ".join([done, *parts])
        return f"{done}{self._bar()} " + " - ".join([" ".join(parts[:2]), *parts[2:]])

    def _bar(self) -> str:
        if self.target is None:
            return ""
        full = min(self.width, int(self.width * self._seen / max(self.target, 1)))
        return f" {'━' * full}{' ' * (self.width - full)}"

    def _clear(self) -> None:
        if self._shown:
            sys.stdout.write("\r" + " " * self._shown + "\r")
            self._shown = 0


def _moves() -> bool:
    """Tell whether a line of the output can be written over."""
    return config.is_interactive_logging_enabled() and sys.stdout.isatty()


def _number(value: float) -> str:
    return f"{value:.4f}" if abs(value) > 1e-3 else f"{value:.4e}"


def _time(seconds: float) -> str:
    for limit, factor, unit in ((1e-3, 1e6, "us"), (1.0, 1e3, "ms")):
        if seconds < limit:
            return f"{seconds * factor:.0f}{unit}"
    return f"{seconds:.0f}s"
