"""The part of `Trainer` about what is trained: optimizer, loss, metrics."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Final

from keras_core import ops, optimizers
from keras_core.losses.loss import Loss
from keras_core.metrics import Mean, Metric
from keras_core.optimizers import Optimizer
from keras_core.runtime import tree
from keras_core.runtime.known_objects import DATA, Expected, Functions
from keras_core.runtime.scopes import StatelessScope
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object
from keras_core.runtime.table import use_table
from keras_core.training.compiled_loss import CompiledLoss
from keras_core.training.compiled_metrics import CompiledMetrics

_METRICS: Final[Expected] = (Metric, Functions("metrics"))
_SLOTS: Final[dict[str, Expected]] = {
    "optimizer": Optimizer,
    "loss": (Loss, Functions("losses")),
    "metrics": _METRICS,
    "weighted_metrics": _METRICS,
}
"""Argument of `compile` -> what a configuration may describe there; the others take plain values."""


@dataclass
class Compiled:
    """What `compile` made.

    Attributes:
        loss: loss of all outputs, None where none was given.
        metrics: metrics of all outputs, None where none were given.
        loss_tracker: the mean of the loss.
        arguments: the arguments of `compile`.
        run_eagerly: whether steps run as they are written.
        jit_compile: `"auto"`, or whether the optimizing compiler is used.
        steps_per_execution: batches that are computed in one go.
    """

    loss: CompiledLoss | None
    metrics: CompiledMetrics | None
    loss_tracker: Mean
    arguments: dict[str, Any]
    run_eagerly: bool
    jit_compile: bool | str
    steps_per_execution: int | str


class Compilable:
    """Has an optimizer, a loss and metrics after `compile`."""

    # What a model has, into which this class is mixed.
    _table: Any
    built: bool
    label: str
    optimizer: Any = None
    loss: Any = None
    _compiled: Compiled | None = None

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int | str = 1,
        jit_compile: bool | str = "auto",
        auto_scale_loss: bool = True,
    ) -> None:
        """Say how the model is trained.

        Args:
            optimizer: name, configuration or optimizer.
            loss: name, function `(y_true, y_pred) -> values` or `Loss`. Of a model with several outputs: one for all, a
                list in their order, or a dict by their names; None for an output without a loss.
            loss_weights: list or dict of floats by which the losses are multiplied before they are added.
            metrics: list of names, functions and metrics. Of a model with several outputs: a list of such lists, or a
                dict by their names. `"accuracy"` and `"crossentropy"` stand for the binary, categorical or sparse form,
                whichever fits the shapes of targets and outputs.
            weighted_metrics: the same, of those to which the sample weights apply.
            run_eagerly: whether steps run as they are written, without the backend's compiler.
            steps_per_execution: batches that are computed in one go; `"auto"`: `fit` finds out how many are worth it.
            jit_compile: whether the optimizing compiler is used where the backend has two ways; `"auto"`: as it likes.
            auto_scale_loss: whether a model that computes in float16 has a `LossScaleOptimizer` around its optimizer.

        Raises:
            ValueError: for names that are not known, and arguments of the wrong kind.

        Example:
            >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
            >>> model.compile(optimizer="sgd", loss="mse", metrics=["mae"])
            >>> model.train_on_batch(np.zeros((4, 2)), np.ones((4, 1)))
            [1.0, 1.0]
        """
        if steps_per_execution != "auto" and (not isinstance(steps_per_execution, int) or steps_per_execution < 1):
            raise ValueError(
                f"{self.label}: expected steps_per_execution to be a positive int or 'auto', got "
                f"{steps_per_execution!r}."
            )
        if jit_compile not in (True, False, "auto"):
            raise ValueError(f"{self.label}: expected jit_compile to be True, False or 'auto', got {jit_compile!r}.")
        own = self.__dict__
        with use_table(self._table):
            optimizer = optimizers.get(optimizer)
            own["optimizer"] = self._with_scaled_loss(optimizer, auto_scale_loss)
            own["loss"] = loss
            own["_compiled"] = Compiled(
                None if loss is None else CompiledLoss(loss, loss_weights),
                CompiledMetrics(metrics, weighted_metrics) if metrics or weighted_metrics else None,
                Mean(name="loss"),
                {
                    "optimizer": optimizer,
                    "loss": loss,
                    "loss_weights": loss_weights,
                    "metrics": metrics,
                    "weighted_metrics": weighted_metrics,
                    "run_eagerly": run_eagerly,
                    "steps_per_execution": steps_per_execution,
                    "jit_compile": jit_compile,
                },
                bool(run_eagerly),
                jit_compile,
                steps_per_execution,
            )
        self._forget_functions()

    def _forget_functions(self) -> None:
        """Forget the compiled steps; the class that has them overrides it."""

    def _with_scaled_loss(self, optimizer: Any, wanted: bool) -> Any:
        """Return an optimizer that keeps small gradients from becoming 0 where the model computes in float16."""
        policy = getattr(self, "dtype_policy", None)
        is_half = policy is not None and policy.compute_dtype == "float16" != policy.variable_dtype
        is_plain = isinstance(optimizer, Optimizer) and not isinstance(optimizer, optimizers.LossScaleOptimizer)
        return optimizers.LossScaleOptimizer(optimizer) if wanted and is_half and is_plain else optimizer

    @property
    def compiled(self) -> bool:
        """Whether `compile` was called."""
        return self._compiled is not None

    def _check_compiled(self, method: str) -> Compiled:
        if self._compiled is None:
            raise ValueError(f"{self.label}: call compile(optimizer, loss) before {method}().")
        return self._compiled

    @property
    def run_eagerly(self) -> bool:
        """Whether steps run as they are written."""
        return self._compiled is not None and self._compiled.run_eagerly

    @run_eagerly.setter
    def run_eagerly(self, value: bool) -> None:
        self._check_compiled("setting run_eagerly").run_eagerly = bool(value)
        self._forget_functions()

    @property
    def jit_compile(self) -> bool:
        """Whether the optimizing compiler is used where the backend has two ways."""
        return self._compiled is not None and self._compiled.jit_compile is True

    @jit_compile.setter
    def jit_compile(self, value: bool | str) -> None:
        self._check_compiled("setting jit_compile").jit_compile = value
        self._forget_functions()

    # saved with the model

    def get_compile_config(self) -> dict[str, Any] | None:
        """Return the arguments of `compile` as plain data, None where it was not called."""
        return None if self._compiled is None else serialize_keras_object(self._compiled.arguments)

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile with the result of `get_compile_config`.

        Args:
            config: result of `get_compile_config`.
        """
        if type(self).compile is not Compilable.compile and (
            type(self).compile_from_config is Compilable.compile_from_config
        ):
            warnings.warn(
                f"{self.label}: it has a compile() of its own, which was not called when the model was loaded; write "
                "get_compile_config() and compile_from_config(config) too.",
                stacklevel=2,
            )
            return
        self._compile_from_config(config)

    def _compile_from_config(self, config: dict[str, Any]) -> None:
        made = {
            name: deserialize_keras_object(value, expected=_SLOTS.get(name, DATA)) for name, value in config.items()
        }
        self.compile(**made)
        if self.built and isinstance(self.optimizer, Optimizer):
            self.optimizer.build(self.trainable_variables)  # pyright: ignore[reportAttributeAccessIssue]

    # the numbers of a step

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """Return the loss of a batch, that of the layers included: what training makes small.

        Subclasses may override it.

        Args:
            x: inputs.
            y: targets, in the structure of the outputs.
            y_pred: outputs of the model.
            sample_weight: weights of the samples, or None.
            training: whether it is for training.

        Returns:
            Scalar tensor.

        Raises:
            ValueError: in training, where there is no loss.
        """
        parts = []
        if self._compiled is not None and self._compiled.loss is not None:
            loss = self._compiled.loss(y, y_pred, sample_weight)
            if loss is not None:
                parts.append(loss)
        parts += [ops.sum(loss) for loss in self.losses]  # pyright: ignore[reportAttributeAccessIssue]
        if not parts:
            if training:
                raise ValueError(
                    f"{self.label}: there is no loss to make small. Give compile() a loss, call add_loss() in a layer, "
                    "or override compute_loss() or train_step()."
                )
            return ops.zeros(())
        total = parts[0]
        for part in parts[1:]:
            total = total + ops.cast(part, total.dtype)
        return total

    def stateless_compute_loss(
        self,
        trainable_variables: Any,
        non_trainable_variables: Any,
        metrics_variables: Any,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Return the loss of a batch with values in place of the variables, and change none.

        Args:
            trainable_variables: values, in the order of `trainable_variables`.
            non_trainable_variables: values, in the order of `non_trainable_variables`.
            metrics_variables: values, in the order of `metrics_variables`.
            x: as of `compute_loss`, as those that follow.
            y: the same.
            y_pred: the same.
            sample_weight: the same.
            training: the same.

        Returns:
            The loss, and a triple of the new values of the three kinds of variables.

        Raises:
            ValueError: where the number of values differs, and as of `compute_loss`.
        """
        given = (trainable_variables, non_trainable_variables, metrics_variables)
        kinds = ("trainable_variables", "non_trainable_variables", "metrics_variables")
        own = [getattr(self, kind) for kind in kinds]
        mapping: list[tuple[Any, Any]] = []
        for kind, variables, values in zip(kinds, own, given, strict=True):
            if len(variables) != len(values):
                raise ValueError(
                    f"{self.label}: stateless_compute_loss: expected {len(variables)} {kind}, got {len(values)}."
                )
            mapping += zip(variables, values, strict=True)
        with use_table(self._table), StatelessScope(mapping) as scope:
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=training)
        return loss, tuple([scope.get_current_value(variable) for variable in variables] for variables in own)

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
        """Add a batch to the metrics and return their results; subclasses may override it.

        Args:
            x: inputs.
            y: targets.
            y_pred: outputs of the model.
            sample_weight: weights of the samples, or None.

        Returns:
            Name -> scalar tensor.
        """
        if self._compiled is not None and self._compiled.metrics is not None:
            self._compiled.metrics.update_state(y, y_pred, sample_weight)
        return self.get_metrics_result()

    def get_metrics_result(self) -> dict[str, Any]:
        """Return the results of all metrics, name -> scalar tensor; a metric that gives a dict adds its names."""
        results: dict[str, Any] = {}
        for metric in self.metrics:
            value = metric.result()
            results.update(value if isinstance(value, dict) else {metric.name: value})
        return results

    @property
    def metrics(self) -> list[Any]:
        """The metrics: the loss, those of `compile`, the losses of several outputs, those of the layers."""
        found: list[Any] = []
        if self._compiled is not None:
            found.append(self._compiled.loss_tracker)
            if self._compiled.metrics is not None:
                found.append(self._compiled.metrics)
            if self._compiled.loss is not None:
                found += self._compiled.loss.metrics
        known = set(map(id, found))
        return found + [metric for metric in super().metrics if id(metric) not in known]  # pyright: ignore[reportAttributeAccessIssue]

    @property
    def metrics_names(self) -> list[str]:
        """The names of `metrics`."""
        return [metric.name for metric in self.metrics]

    def reset_metrics(self) -> None:
        """Set all metrics back to the start."""
        with use_table(self._table):
            for metric in self.metrics:
                metric.reset_state()

    def _in_order(self, logs: dict[str, Any]) -> Any:
        """Return logs as a list: the loss, the losses of outputs, the metrics of `compile`, the rest; one alone."""
        ordered = ["loss"]
        if self._compiled is not None:
            if self._compiled.loss is not None:
                ordered += [metric.name for metric in self._compiled.loss.metrics]
            if self._compiled.metrics is not None:
                ordered += self._compiled.metrics.labels
        names = [name for name in dict.fromkeys(ordered) if name in logs]
        names += [name for name in logs if name not in names]
        return logs[names[0]] if len(names) == 1 else [logs[name] for name in names]


def batch_size(x: Any) -> Any:
    """Return the number of samples of a batch: an int, or a scalar tensor where only a running graph knows it."""
    return next((ops.shape(leaf)[0] for leaf in tree.flatten(x) if leaf is not None and len(leaf.shape)), 1)
