"""Ctrl-C while variables are between their old and their new values."""

from __future__ import annotations

# Not `signal`, which makes enumerations of what these functions return: that takes ten times as long, at each step.
import _signal  # pyright: ignore[reportMissingImports]
import threading
from types import FrameType
from typing import Any

_main_thread = threading.main_thread()


class interrupts_deferred:
    """Context manager in which Ctrl-C waits for the end of the block; a second Ctrl-C does not.

    Signals come in the main thread only; in others nothing is to be done.
    """

    __slots__ = ("_handler", "_waiting")

    def __enter__(self) -> None:
        self._handler: Any = None
        self._waiting: tuple[int, FrameType | None] | None = None
        if threading.current_thread() is _main_thread:
            handler = _signal.getsignal(_signal.SIGINT)
            if callable(handler):  # else it is ignored, or ends the process
                self._handler = handler
                _signal.signal(_signal.SIGINT, self._wait)

    def _wait(self, number: int, frame: FrameType | None) -> None:
        if self._waiting is not None:
            self._handler(number, frame)
        self._waiting = (number, frame)

    def __exit__(self, *_exception: object) -> None:
        if self._handler is not None:
            _signal.signal(_signal.SIGINT, self._handler)
            if self._waiting is not None:
                self._handler(*self._waiting)
