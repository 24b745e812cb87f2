"""How many bytes a file may make of itself in memory."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Final

from keras_core.saving.errors import ModelFileError

_TIMES: Final = 8
"""Adam keeps two numbers a weight, float16 may be loaded into float32, and arrays may be compressed a little."""
_FLOOR: Final = 64 << 20

_given: ContextVar[int | None] = ContextVar("keras_core_loading_limit", default=None)


@contextlib.contextmanager
def loading_limit(max_bytes: int) -> Iterator[None]:
    """Allow files that are loaded inside the block as many bytes of memory, whatever their own size.

    Without it a file may unpack to 8 times its size and 64 MiB, and its model may have as much.

    Args:
        max_bytes: positive.

    Raises:
        ValueError: for another number.

    Example:
        >>> import tempfile
        >>> model = keras.Sequential([keras.Input((100,)), keras.layers.Dense(100)])
        >>> with tempfile.TemporaryDirectory() as folder, keras.saving.loading_limit(1000):
        ...     model.save(f"{folder}/model.keras")
        ...     keras.saving.load_model(f"{folder}/model.keras")
        Traceback (most recent call last):
        ...
        keras_core.runtime.refusal.ModelFileError: ...
    """
    if isinstance(max_bytes, bool) or not isinstance(max_bytes, int) or max_bytes <= 0:
        raise ValueError(f"loading_limit: expected max_bytes to be a positive int, got {max_bytes!r}.")
    token = _given.set(max_bytes)
    try:
        yield
    finally:
        _given.reset(token)


def allowed_bytes(size: int) -> int:
    """Return how many bytes a file of a size may take in memory."""
    given = _given.get()
    return _TIMES * size + _FLOOR if given is None else given


def check_bytes(claimed: int, size: int, what: str) -> None:
    """Raise a ModelFileError where a file claims more than its size, or the caller, allows.

    Args:
        claimed: bytes.
        size: size of the file, or of the arrays in it.
        what: what claims them, for errors.
    """
    allowed = allowed_bytes(size)
    if claimed > allowed:
        raise ModelFileError(
            f"{what} {claimed} bytes in a file of {size}; allowed are {allowed}. The file is refused. If you trust "
            "it, load it inside keras_core.saving.loading_limit(max_bytes)."
        )
