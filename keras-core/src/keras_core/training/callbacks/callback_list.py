"""`CallbackList`: several callbacks as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from keras_core.runtime import tree
from keras_core.training.callbacks.backup_and_restore import BackupAndRestore
from keras_core.training.callbacks.callback import HOOKS, Callback, uses_hook
from keras_core.training.callbacks.history import History
from keras_core.training.callbacks.progbar_logger import ProgbarLogger
from keras_core.training.callbacks.tensorboard import TensorBoard

_NO_HOOKS: Final[Mapping[str, Sequence[Callable[..., Any]]]] = dict.fromkeys(HOOKS, ())


class CallbackList(Callback):
    """Calls several callbacks, each only where it has something to do.

    Args:
        callbacks: list of callbacks, or None.
        add_history: whether a `History` is added where there is none.
        add_progbar: whether a `ProgbarLogger` is added where there is none.
        model: the model that trains.
        **params: what the callbacks get as `params`: `verbose`, `epochs`, `steps`.

    Raises:
        TypeError: for something that is no callback.

    Example:
        >>> callbacks = keras.callbacks.CallbackList([keras.callbacks.History()])
        >>> callbacks.on_train_begin()
    """

    def __init__(
        self,
        callbacks: Any = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model: Any = None,
        **params: Any,
    ) -> None:
        self.callbacks: list[Any] = tree.flatten(callbacks) if callbacks is not None else []
        for callback in self.callbacks:
            if not isinstance(callback, Callback):
                raise TypeError(f"callbacks: expected callbacks, got {callback!r} of type {type(callback).__name__}.")
        if add_progbar and not any(isinstance(callback, ProgbarLogger) for callback in self.callbacks):
            self.callbacks.append(ProgbarLogger())
        self._history: History | None = None
        if add_history:
            self._history = next((item for item in self.callbacks if isinstance(item, History)), None) or History()
            if not any(item is self._history for item in self.callbacks):
                self.callbacks.append(self._history)
        self._hooks: Mapping[str, Sequence[Callable[..., Any]]] = _NO_HOOKS
        if self.callbacks:
            self._find_hooks()
        if model is not None:
            self.set_model(model)
        if params:
            self.set_params(params)

    def _find_hooks(self) -> None:
        ends_last = sorted(self.callbacks, key=lambda callback: callback._is_outermost)
        begins_first = sorted(self.callbacks, key=lambda callback: not callback._is_outermost)
        self._hooks = {
            hook: [getattr(callback, hook) for callback in order if uses_hook(callback, hook)]
            for hook in HOOKS
            for order in (begins_first if hook.endswith("_begin") else ends_last,)
        }

    def append(self, callback: Callback) -> None:
        """Add a callback.

        Args:
            callback: the callback.
        """
        self.callbacks.append(callback)
        self._find_hooks()

    def set_params(self, params: dict[str, Any]) -> None:
        """Give all callbacks their `params`.

        Args:
            params: dict with `verbose`, `epochs` and `steps`.
        """
        self.params = params
        for callback in self.callbacks:
            callback.set_params(params)

    def set_model(self, model: Any) -> None:
        """Give all callbacks the model.

        Args:
            model: the model that trains.
        """
        super().set_model(model)
        if self._history is not None:
            model.history = self._history
        for callback in self.callbacks:
            callback.set_model(model)

    def close(self) -> None:
        """End what callbacks show or do beside a training that did not come to its end."""
        for callback in self.callbacks:
            if isinstance(callback, ProgbarLogger | BackupAndRestore | TensorBoard):
                callback.close()

    def __iter__(self) -> Iterator[Any]:
        return iter(self.callbacks)

    def on_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Call `on_train_batch_begin`."""
        self.on_train_batch_begin(batch, logs)

    def on_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Call `on_train_batch_end`."""
        self.on_train_batch_end(batch, logs)

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Call the callbacks."""
        self._call("on_epoch_begin", epoch, logs)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Call the callbacks."""
        self._call("on_epoch_end", epoch, logs)

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Call the callbacks."""
        self._call("on_train_batch_begin", batch, logs)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Call the callbacks."""
        self._call("on_train_batch_end", batch, logs)

    def on_test_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Call the callbacks."""
        self._call("on_test_batch_begin", batch, logs)

    def on_test_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Call the callbacks."""
        self._call("on_test_batch_end", batch, logs)

    def on_predict_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Call the callbacks."""
        self._call("on_predict_batch_begin", batch, logs)

    def on_predict_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Call the callbacks."""
        self._call("on_predict_batch_end", batch, logs)

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Call the callbacks."""
        self._call("on_train_begin", logs)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Call the callbacks."""
        self._call("on_train_end", logs)

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Call the callbacks."""
        self._call("on_test_begin", logs)

    def on_test_end(self, logs: dict[str, Any] | None = None) -> None:
        """Call the callbacks."""
        self._call("on_test_end", logs)

    def on_predict_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Call the callbacks."""
        self._call("on_predict_begin", logs)

    def on_predict_end(self, logs: dict[str, Any] | None = None) -> None:
        """Call the callbacks."""
        self._call("on_predict_end", logs)

    def _call(self, hook: str, *args: Any) -> None:
        called = self._hooks[hook]
        if called:
            first, logs = args[:-1], args[-1]
            for function in called:
                function(*first, {} if logs is None else logs)
