"""A callback that lets moving averages stand for the variables."""

from __future__ import annotations

from typing import Any

from keras_core import ops
from keras_core.training.callbacks.callback import Callback


class SwapEMAWeights(Callback):
    """Puts the moving averages of the optimizer in place of the variables while the model is evaluated or predicts.

    Args:
        swap_on_epoch: whether they stay there from the end of an epoch to the beginning of the next one too, so that
            callbacks after this one, such as `ModelCheckpoint`, see them.

    Raises:
        ValueError: (when it is called) where the optimizer has `use_ema=False`.

    Example:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
        >>> model.compile(optimizer=keras.optimizers.SGD(0.5, use_ema=True), loss="mse")
        >>> swap = keras.callbacks.SwapEMAWeights()
        >>> x, y = np.zeros((4, 1)), np.ones((4, 1))
        >>> history = model.fit(x, y, verbose=0, validation_data=(x, y), callbacks=[swap])
        >>> history.history["val_loss"]
        [0.0]
    """

    def __init__(self, swap_on_epoch: bool = False) -> None:
        self.swap_on_epoch = swap_on_epoch
        self._kept: list[tuple[Any, Any]] = []

    def get_resume_state(self) -> dict[str, Any]:
        """Return the values of the variables for which averages stand."""
        return {"kept": [ops.convert_to_numpy(value) for _, value in self._kept]}

    def set_resume_state(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        values = [ops.convert_to_tensor(value) for value in state["kept"]]
        self._kept = list(zip(self._trained() if values else [], values, strict=True))

    def _trained(self) -> list[Any]:
        return [variable for variable in self.model.trainable_variables if not variable.overwrite_with_gradient]

    def _show_averages(self) -> None:
        if self._kept:
            return
        optimizer = getattr(self.model.optimizer, "inner_optimizer", self.model.optimizer)
        if not getattr(optimizer, "use_ema", False):
            raise ValueError(
                "SwapEMAWeights: expected an optimizer with use_ema=True, which keeps moving averages, got "
                f"{optimizer!r}."
            )
        if optimizer.built:
            trained = self._trained()
            # Copies: a fused update may reuse the buffers.
            self._kept = [(variable, ops.copy(variable.value)) for variable in trained]
            optimizer.finalize_variable_values(trained)

    def _show_variables(self) -> None:
        for variable, value in self._kept:
            variable.assign(value)
        self._kept = []

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Put the variables back."""
        if self.swap_on_epoch:
            self._show_variables()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Put the averages in place of the variables, if wanted."""
        if self.swap_on_epoch:
            self._show_averages()

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Put the averages in place of the variables."""
        self._show_averages()

    def on_test_end(self, logs: dict[str, Any] | None = None) -> None:
        """Put the variables back."""
        self._show_variables()

    def on_predict_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Put the averages in place of the variables."""
        self._show_averages()

    def on_predict_end(self, logs: dict[str, Any] | None = None) -> None:
        """Put the variables back."""
        self._show_variables()
