"""The part of `Trainer` about one batch: the steps, and the functions that run them compiled."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from keras_core.layers.calling import attach_masks, masks_of
from keras_core.optimizers import Optimizer
from keras_core.runtime import tree
from keras_core.runtime.conversion import dtype_name, to_tensor
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.scopes import StatelessScope
from keras_core.runtime.table import active
from keras_core.training.activation_check import warn_of_activations
from keras_core.training.compilation import Compilable, batch_size
from keras_core.training.data.unpack import unpack_x_y_sample_weight
from keras_core.training.step_function import StepFunction
from keras_core.transforms import value_and_grad


class Steps(Compilable):
    """Has `train_step`, `test_step` and `predict_step`: the same on every backend, each for subclasses to override."""

    train_function: StepFunction | None = None
    test_function: StepFunction | None = None
    predict_function: StepFunction | None = None

    def train_step(self, data: Any) -> dict[str, Any]:
        """Change the variables by one batch; subclasses may override it.

        It reads and assigns variables as any code does. Gradients come from `keras_core.transforms.value_and_grad`.

        Args:
            data: batch: `x`, `(x, y)` or `(x, y, sample_weight)` of tensors.

        Returns:
            Logs: name -> scalar tensor.

        Example:
            >>> class Squared(keras.Sequential):
            ...     def train_step(self, data):
            ...         x, y = data
            ...
            ...         def loss():
            ...             return ops.mean((self(x, training=True) - y) ** 2)
            ...
            ...         variables = self.trainable_variables
            ...         value, gradients = keras_core.transforms.value_and_grad(loss, variables=variables)()
            ...         self.optimizer.apply(gradients, variables)
            ...         return {"loss": value}
            >>> model = Squared([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
            >>> model.compile(optimizer=keras.optimizers.SGD(0.5))
            >>> model.fit(np.zeros((4, 1)), np.ones((4, 1)), epochs=2, verbose=0).history["loss"]
            [1.0, 0.0]
        """
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        variables = self.trainable_variables  # pyright: ignore[reportAttributeAccessIssue]

        def objective() -> Any:
            y_pred = self(x, training=True)  # pyright: ignore[reportCallIssue]
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=True)
            return self.optimizer.scale_loss(loss), (loss, y_pred, masks_of(y_pred))

        if variables:
            (_, (loss, y_pred, masks)), gradients = value_and_grad(objective, has_aux=True, variables=variables)()
            self.optimizer.apply(gradients, variables)
        else:  # of which `_prepare_to_train` has warned
            _, (loss, y_pred, masks) = objective()
        attach_masks(y_pred, masks)
        self._track_loss(loss, x)
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    def test_step(self, data: Any) -> dict[str, Any]:
        """Evaluate one batch; subclasses may override it.

        Args:
            data: batch: `x`, `(x, y)` or `(x, y, sample_weight)` of tensors.

        Returns:
            Logs: name -> scalar tensor.
        """
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        y_pred = self(x, training=False)  # pyright: ignore[reportCallIssue]
        loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=False)
        self._track_loss(loss, x)
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    def predict_step(self, data: Any) -> Any:
        """Return the outputs for one batch; subclasses may override it.

        Args:
            data: batch, of which the inputs count.
        """
        x, _, _ = unpack_x_y_sample_weight(data)
        return self(x, training=False)  # pyright: ignore[reportCallIssue]

    def _track_loss(self, loss: Any, x: Any) -> None:
        if self._compiled is not None:
            self._compiled.loss_tracker.update_state(loss, sample_weight=batch_size(x))

    # compiled

    def make_train_function(self, force: bool = False) -> StepFunction:
        """Return `train_function`, which runs `train_step` on batches, compiled; it is made at the first call.

        It is made anew where other variables are to be trained than before.

        Args:
            force: whether it is made anew.
        """
        if self.train_function is None or force or self.train_function.is_stale():
            self.__dict__["train_function"] = self._step_function(self.train_step, self._prepare_to_train)
        assert self.train_function is not None
        return self.train_function

    def make_test_function(self, force: bool = False) -> StepFunction:
        """Return `test_function`, which runs `test_step` on batches, compiled; it is made at the first call.

        Args:
            force: whether it is made anew.
        """
        if self.test_function is None or force:
            self.__dict__["test_function"] = self._step_function(self.test_step, self._prepare_to_test)
        assert self.test_function is not None
        return self.test_function

    def make_predict_function(self, force: bool = False) -> StepFunction:
        """Return `predict_function`, which runs `predict_step` on batches, compiled; it is made at the first call.

        Args:
            force: whether it is made anew.
        """
        if self.predict_function is None or force:
            made = self._step_function(self.predict_step, self._prepare_to_predict, keeps_all=True)
            self.__dict__["predict_function"] = made
        assert self.predict_function is not None
        return self.predict_function

    def _step_function(
        self, step: Callable[[Any], Any], prepare: Callable[[Any], bool], keeps_all: bool = False
    ) -> StepFunction:
        return StepFunction(self, step, prepare, keeps_all, self.run_eagerly, self.jit_compile)

    def _forget_functions(self) -> None:
        for name in ("train_function", "test_function", "predict_function"):
            self.__dict__.pop(name, None)

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()  # pyright: ignore[reportAttributeAccessIssue]
        compiled = ("train_function", "test_function", "predict_function")
        return {name: value for name, value in state.items() if name not in compiled}

    # before anything is compiled: variables cannot be made inside a compiled function

    def _prepare_to_train(self, batch: Any) -> bool:
        ready = self._prepare_to_test(batch)
        if ready and not self.trainable_variables:  # pyright: ignore[reportAttributeAccessIssue]
            warnings.warn(
                f"{self.label}: training changes nothing, since all weights are frozen or there are none. Set "
                "trainable=True on the model or a layer of it.",
                stacklevel=2,
            )
        if ready and isinstance(self.optimizer, Optimizer):
            self.optimizer.build(self.trainable_variables)  # pyright: ignore[reportAttributeAccessIssue]
        return ready and all(value.built for value in self.__dict__.values() if isinstance(value, Optimizer))

    def _prepare_to_test(self, batch: Any) -> bool:
        x, y, _ = unpack_x_y_sample_weight(batch)
        self._build_compiled(x, y)
        self._move_metrics()
        return self._is_all_built()

    def _prepare_to_predict(self, batch: Any) -> bool:
        if not self._is_all_built():
            self._outputs_for(unpack_x_y_sample_weight(batch)[0])
        return self._is_all_built()

    def _is_all_built(self) -> bool:
        return all(layer.built for layer in self._flatten_layers())  # pyright: ignore[reportAttributeAccessIssue]

    def _build_compiled(self, x: Any, y: Any) -> None:
        loss, metrics = (self._compiled.loss, self._compiled.metrics) if self._compiled is not None else (None, None)
        lacks = (loss is not None and not loss.built) or (metrics is not None and not metrics.built)
        if not lacks and self._is_all_built():
            return
        try:
            y_pred = self._outputs_for(x)
        except Exception:
            if type(self).train_step is Steps.train_step and type(self).test_step is Steps.test_step:
                raise
            return  # a step of the user's own may call the model in another way; the first one runs uncompiled
        names = getattr(self, "output_names", None)
        if loss is not None and not loss.built:
            loss.build(y_pred, names)
            if names is not None:
                warn_of_activations(self.label, self.outputs, loss.losses)  # pyright: ignore[reportAttributeAccessIssue]
        if metrics is not None and not metrics.built:
            metrics.build(tree.map_structure(lambda leaf: _specification(active(), leaf), y), y_pred, names)

    def _outputs_for(self, x: Any) -> Any:
        """Return the outputs for inputs, symbolic ones if the model can be called on symbolic tensors, and build it."""
        table = active()
        specifications = tree.map_structure(lambda leaf: _specification(table, leaf), x)
        try:
            return self.compute_output_spec(specifications)  # pyright: ignore[reportAttributeAccessIssue]
        except Exception:  # its code is for tensors with values, or the inputs do not fit, which the call then tells
            with StatelessScope():
                values = tree.map_structure(lambda leaf: None if leaf is None else to_tensor(table, leaf), x)
                return self(values, training=False)  # pyright: ignore[reportCallIssue]

    def _move_metrics(self) -> None:
        """Take metrics over that were made while another backend was active."""
        for metric in self.metrics:
            for variable in metric.variables:
                if variable.backend != self._table.name:
                    variable.__setstate__({**variable.__getstate__(), "backend": self._table.name})


def _specification(table: Any, leaf: Any) -> Any:
    """Return the shape, with an open batch size, and dtype of something that becomes a tensor."""
    if leaf is None or isinstance(leaf, str | bytes | bool):
        return leaf
    if not hasattr(leaf, "shape"):
        leaf = to_tensor(table, leaf)
    shape = tuple(table.static_shape(leaf)) if table.is_tensor(leaf) else tuple(leaf.shape)
    name = dtype_name(table, leaf)
    return KerasTensor((None, *shape[1:]) if shape else (), name)
