"""Tracebacks without what their reader did not write."""

from pathlib import Path
from types import TracebackType

from keras_core.runtime import config

_ROOT = str(Path(__file__).resolve().parent.parent)


def filter_traceback(error: Exception) -> None:
    """Take the frames of `keras_core` out of the traceback of an error, but for the one that raised it.

    Where `keras_core.config.disable_traceback_filtering()` was called it stays whole.
    """
    if not config.is_traceback_filtering_enabled():
        return
    frames: list[TracebackType] = []
    position = error.__traceback__
    while position is not None:
        frames.append(position)
        position = position.tb_next
    kept: TracebackType | None = None
    for frame in reversed(frames):
        is_last = frame is frames[-1]
        if is_last or not frame.tb_frame.f_code.co_filename.startswith(_ROOT):
            kept = TracebackType(kept, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    error.__traceback__ = kept
