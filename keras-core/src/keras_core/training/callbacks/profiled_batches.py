"""The batches of a training that the backend's profiler watches."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import Any

from keras_core.runtime.table import active


class ProfiledBatches:
    """Starts the profiler before the first of some batches and stops it after the last one, once.

    Where several batches are computed in one go it begins and ends between two goes, no earlier than was asked for.

    Args:
        folder: folder for the files of the profiler.
        batches: number of a batch of the training, the first of which is 1, or the first and the last number as a pair
            or as text such as `"10,20"`; 0 and None for no batch.

    Raises:
        ValueError: for anything else.
    """

    def __init__(self, folder: str, batches: int | str | tuple[int, int] | None) -> None:
        self._folder = folder
        self._first, self._last = _ends(batches)
        self._is_due = self._last > 0
        self._running: ExitStack | None = None

    def begin(self, done: int) -> None:
        """Start the profiler if it is time.

        Args:
            done: batches that the training has behind it.
        """
        if self._is_due and done + 1 >= self._first:
            self._is_due = False
            os.makedirs(self._folder, exist_ok=True)
            self._running = ExitStack()
            devices = active().devices
            self._running.enter_context(devices.profile(self._folder))
            self._running.callback(devices.synchronize)  # before the profiler stops: work may still be under way

    def end(self, done: int) -> None:
        """Stop the profiler if it is time.

        Args:
            done: batches that the training has behind it.
        """
        if self._running is not None and done >= self._last:
            self.close()

    def close(self) -> None:
        """Stop the profiler where it is running."""
        if self._running is not None:
            running, self._running = self._running, None
            running.close()


def _ends(batches: Any) -> tuple[int, int]:
    given = batches.split(",") if isinstance(batches, str) else batches
    ends = list(given) if isinstance(given, list | tuple) else [given or 0] * 2
    try:
        first, last = (int(end) if isinstance(end, str) else end for end in ends)
        is_known = type(first) is type(last) is int and (1 <= first <= last or first == last == 0)
    except ValueError:  # no number, or not two
        is_known, first, last = False, 0, 0
    if not is_known:
        raise ValueError(
            "TensorBoard: expected profile_batch to be 0, the number of a batch, the first of which is 1, or a pair of "
            f"the first and the last number, got {batches!r}."
        )
    return first, last
