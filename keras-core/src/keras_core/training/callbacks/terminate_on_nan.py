"""`TerminateOnNaN`: an end of training when the loss is no number."""

from __future__ import annotations

import math
from typing import Any

from keras_core.runtime.messages import show
from keras_core.training.callbacks.callback import Callback


class TerminateOnNaN(Callback):
    """Ends training when the loss is nan or infinite. It fetches the loss of each batch from the device.

    Args:
        raise_error: whether training ends by an error.

    Raises:
        RuntimeError: (in training) with `raise_error`, for such a loss.

    Example:
        >>> stop = keras.callbacks.TerminateOnNaN(raise_error=True)
        >>> stop.on_batch_end(0, {"loss": 1.0})
    """

    def __init__(self, raise_error: bool = False) -> None:
        self.raise_error = raise_error

    def on_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Look at the loss."""
        loss = (logs or {}).get("loss")
        if loss is None or math.isfinite(loss):
            return
        message = f"batch {batch}: the loss is {loss}; training ends."
        if self.raise_error:
            raise RuntimeError(message)
        show(message)
        self.model.stop_training = True
