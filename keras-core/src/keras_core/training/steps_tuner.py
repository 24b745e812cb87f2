"""How many batches are computed in one go, where training is to find that out."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from keras_core.training.data.feed import Feed
from keras_core.training.logs import Logs

_EXECUTIONS = 7
_ENOUGH = 0.95
_MOST = 64


class StepsTuner:
    """Doubles the batches of one execution as long as a batch then takes clearly less time.

    What is computed does not depend on it, only how often callbacks for batches are called.

    Args:
        feed: gives the batches; its `steps_per_execution` is what is tuned.
        clock: returns seconds.
    """

    def __init__(self, feed: Feed, clock: Callable[[], float] = time.perf_counter) -> None:
        feed.steps_per_execution = 1
        self._feed = feed
        self._clock = clock
        self._best: float | None = None
        self._is_done = False
        self._last: float | None = None
        self._seconds: list[float] = []

    def note(self, count: int, logs: Logs) -> None:
        """Take an execution into account.

        Args:
            count: its batches.
            logs: its logs, for which it waits until the number is found.
        """
        if self._is_done:
            return
        logs.fetch()
        now = self._clock()
        if count != self._feed.steps_per_execution:  # the rest of an epoch, after which there may be a validation
            self._last = None
            return
        if self._last is not None:  # the first one is compiled
            self._seconds.append(now - self._last)
        self._last = now
        if len(self._seconds) == _EXECUTIONS:
            self._choose(statistics.median(self._seconds) / count)

    def _choose(self, seconds: float) -> None:
        """Go on from the time that a batch took."""
        size = self._feed.steps_per_execution
        if self._best is not None and seconds > _ENOUGH * self._best:
            self._feed.steps_per_execution = size // 2
            self._is_done = True
            return
        self._best, self._last, self._seconds = seconds, None, []
        known = self._feed.num_steps
        if 2 * size > (_MOST if known is None else min(_MOST, known // 2)):
            self._is_done = True
        else:
            self._feed.steps_per_execution = 2 * size
