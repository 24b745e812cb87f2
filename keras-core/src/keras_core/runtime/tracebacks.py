"""Tracebacks without what their reader did not write."""

from pathlib import Path
from types import TracebackType

from keras_core.runtime import config

_ROOT = str(Path(__file__).resolve().parent.parent)


def filtered(error: Exception) -> Exception:
    """Return an error whose traceback leaves the frames of `keras_core` out, but for the one that raised it.

    Where `keras_core.config.disable_traceback_filtering()` was called it stays whole.
    """
    if not config.is_traceback_filtering_enabled():
        return error
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
    return error.with_traceback(kept)
