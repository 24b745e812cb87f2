"""`Callback`: what is called while a model trains."""

from __future__ import annotations

from typing import Any


class Callback:
    """Called at the points of `fit`, `evaluate` and `predict`; subclasses override the methods that they need.

    Methods that stay as they are cost nothing. Numbers in the logs of a batch are fetched from the device when they are
    read, so a callback that does not look does not wait.

    Attributes:
        params: dict with `verbose`, `epochs` and `steps`.

    Example:
        >>> class Losses(keras.callbacks.Callback):
        ...     def on_epoch_end(self, epoch, logs=None):
        ...         print(epoch, logs["loss"])
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
        >>> model.compile(optimizer="sgd", loss="mse")
        >>> history = model.fit(np.zeros((4, 1)), np.ones((4, 1)), verbose=0, callbacks=[Losses()])
        0 1.0
    """

    params: dict[str, Any] | None = None
    _model: Any = None
    _state: tuple[str, ...] = ()
    """Names of the attributes that are the state for `get_resume_state`."""
    _is_outermost = False
    """Whether it is called before all other callbacks when something begins, and after them when it ends."""

    @property
    def model(self) -> Any:
        """The model that trains."""
        return self._model

    def set_params(self, params: dict[str, Any]) -> None:
        """Take `params`.

        Args:
            params: dict with `verbose`, `epochs` and `steps`.
        """
        self.params = params

    def set_model(self, model: Any) -> None:
        """Take the model.

        Args:
            model: the model that trains.
        """
        self._model = model

    def get_resume_state(self) -> dict[str, Any] | None:
        """Return what the callback must know to go on in another process; `BackupAndRestore` saves it.

        Subclasses that keep something from batch to batch, or from epoch to epoch, override it and `set_resume_state`.

        Returns:
            Dict of numbers, strings, None, NumPy arrays, lists and dicts of them; None where there is nothing.

        Example:
            >>> class Counter(keras.callbacks.Callback):
            ...     count = 0
            ...
            ...     def on_train_batch_end(self, batch, logs=None):
            ...         self.count += 1
            ...
            ...     def get_resume_state(self):
            ...         return {"count": self.count}
            ...
            ...     def set_resume_state(self, state):
            ...         self.count = state["count"]
        """
        return {name: getattr(self, name) for name in self._state} or None

    def set_resume_state(self, state: dict[str, Any]) -> None:
        """Go on from a state. Called after `on_train_begin`; after `on_epoch_begin` too, if an epoch was interrupted.

        Args:
            state: what `get_resume_state` returned.
        """
        for name in self._state:
            setattr(self, name, state[name])

    def on_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Called by `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Called by `on_train_batch_end`."""

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called before an epoch of training.

        Args:
            epoch: its number from 0.
            logs: empty.
        """

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called after an epoch of training and its validation.

        Args:
            epoch: its number from 0.
            logs: name -> number, those of the validation with `val_` before their names.
        """

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Called before a batch of training.

        Args:
            batch: its number in the epoch.
            logs: empty.
        """
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Called after a batch of training.

        Args:
            batch: its number in the epoch.
            logs: name -> number, of the epoch so far.
        """
        self.on_batch_end(batch, logs)

    def on_test_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Called before a batch of evaluation, that of validation too."""

    def on_test_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Called after a batch of evaluation, that of validation too."""

    def on_predict_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Called before a batch of prediction."""

    def on_predict_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Called after a batch of prediction; `logs["outputs"]` has what was predicted."""

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Called before training."""

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Called after training, with the logs of the last epoch."""

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Called before evaluation, that of validation too."""

    def on_test_end(self, logs: dict[str, Any] | None = None) -> None:
        """Called after evaluation, that of validation too."""

    def on_predict_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Called before prediction."""

    def on_predict_end(self, logs: dict[str, Any] | None = None) -> None:
        """Called after prediction."""


_MOMENTS = ("train_begin", "train_end", "test_begin", "test_end", "predict_begin", "predict_end")
_BATCHES = tuple(f"{kind}_batch_{end}" for kind in ("train", "test", "predict") for end in ("begin", "end"))
HOOKS = tuple(f"on_{name}" for name in (*_MOMENTS, *_BATCHES, "epoch_begin", "epoch_end"))
"""The methods that a trainer calls."""


def uses_hook(callback: Any, hook: str) -> bool:
    """Tell whether a callback does something in a method."""
    names = [hook]
    if hook.startswith("on_train_batch_"):
        names.append(hook.replace("train_batch", "batch"))
    return any(_is_written(callback, name) for name in names)


def _is_written(callback: Any, name: str) -> bool:
    return name in callback.__dict__ or getattr(type(callback), name, None) is not getattr(Callback, name)
