"""Work beside training: one piece at a time, in a thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor


class Background:
    """Does one piece of work at a time; the process does not end before it is done."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._pending: Future[None] | None = None

    def wait(self) -> None:
        """Wait until the work is done; raise the error that it ended with, if it did."""
        pending, self._pending = self._pending, None
        if pending is not None:
            pending.result()

    def start(self, work: Callable[[], None]) -> None:
        """Begin a piece of work, when the one before is done; raise the error that this ended with, if it did.

        Args:
            work: function without arguments.
        """
        self.wait()
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="keras_core_background")
        self._pending = self._pool.submit(work)

    def close(self) -> None:
        """End the thread, when its work is done."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None
