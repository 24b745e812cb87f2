"""`LambdaCallback`: functions as a callback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras_core.training.callbacks.callback import HOOKS, Callback


class LambdaCallback(Callback):
    """Calls functions.

    Args:
        on_epoch_begin: `function(epoch, logs)`.
        on_epoch_end: `function(epoch, logs)`.
        on_train_begin: `function(logs)`.
        on_train_end: `function(logs)`.
        on_train_batch_begin: `function(batch, logs)`.
        on_train_batch_end: `function(batch, logs)`.
        **kwargs: functions for other methods of `Callback`, by their names.

    Raises:
        TypeError: for a name that no method has.

    Example:
        >>> callback = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch))
        >>> callback.on_epoch_end(2, {})
        2
    """

    def __init__(
        self,
        on_epoch_begin: Callable[..., Any] | None = None,
        on_epoch_end: Callable[..., Any] | None = None,
        on_train_begin: Callable[..., Any] | None = None,
        on_train_end: Callable[..., Any] | None = None,
        on_train_batch_begin: Callable[..., Any] | None = None,
        on_train_batch_end: Callable[..., Any] | None = None,
        **kwargs: Any,
    ) -> None:
        functions = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
            **kwargs,
        }
        for name, function in functions.items():
            if name not in (*HOOKS, "on_batch_begin", "on_batch_end"):
                raise TypeError(f"LambdaCallback: a callback has no method {name!r}; it has {', '.join(HOOKS)}.")
            if function is not None:
                setattr(self, name, function)
