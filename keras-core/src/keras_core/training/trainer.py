"""`Trainer`: the part of `Model` that fits, evaluates and predicts."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from keras_core.optimizers import Optimizer
from keras_core.runtime import config
from keras_core.runtime.table import use_table
from keras_core.training.callbacks.callback_list import CallbackList
from keras_core.training.callbacks.history import History
from keras_core.training.data.adapters import make_source, split_off_validation, validation_source
from keras_core.training.data.class_weights import with_class_weights
from keras_core.training.data.columns import number_of_rows, take_rows, to_columns
from keras_core.training.data.feed import Feed
from keras_core.training.data.source import Source
from keras_core.training.data.unpack import pack_x_y_sample_weight
from keras_core.training.data_checks import DataChecks, ErrorsOf
from keras_core.training.direct_predict import in_one, predicted_directly, rows_of, to_host
from keras_core.training.logs import Logs
from keras_core.training.run import TrainingRun
from keras_core.training.steps import Steps
from keras_core.training.steps_tuner import StepsTuner


class Trainer(Steps):
    """What `Model` inherits to be trained: the same code for every backend."""

    stop_training = False
    history: Any = None
    training_run: TrainingRun | None = None
    """The call of `fit` that is running, None outside; for callbacks that save the state of training."""

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool | str = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int | Sequence[int] = 1,
    ) -> History:
        """Train for some epochs.

        Args:
            x: inputs: arrays, tensors of any backend or frames, nested as the model's inputs; or an iterable that
                yields batches `(x, y)` or `(x, y, sample_weight)`.
            y: targets, as the model's outputs; None for an iterable.
            batch_size: samples a step, for arrays; None for 32. The last batch may have fewer.
            epochs: number of the epoch before which training ends.
            verbose: 0: nothing is shown; 1 or `"auto"`: a bar in a terminal; 2: a line an epoch.
            callbacks: list of callbacks.
            validation_split: fraction of the samples, the last ones, that are for validation.
            validation_data: `(x, y)`, `(x, y, sample_weight)`, or an iterable of batches.
            shuffle: whether arrays have another order in each epoch; `"batch"` keeps the batches together.
            class_weight: class -> weight of its samples.
            sample_weight: weights of the samples: one array, or as the model's outputs.
            initial_epoch: number of the first epoch.
            steps_per_epoch: batches an epoch; None for all.
            validation_steps: batches of a validation; None for all.
            validation_batch_size: samples a step of the validation; None for `batch_size`.
            validation_freq: there is a validation after so many epochs; or a list of the epochs, counted from 1.

        Returns:
            The logs of all epochs, `History`.

        Raises:
            ValueError: before `compile`, and for data that do not fit.

        Example:
            >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
            >>> model.compile(optimizer=keras.optimizers.SGD(0.5), loss="mse")
            >>> model.fit(np.zeros((4, 1)), np.ones((4, 1)), epochs=2, verbose=0).history
            {'loss': [1.0, 0.0]}
        """
        compiled = self._check_compiled("fit")
        epochs = _limited_epochs(epochs)
        with use_table(self._table), self._errors_of("fit"):
            if validation_split and validation_data is None:
                training, validation_data = split_off_validation(x, y, sample_weight, validation_split)
                x, y, sample_weight = training
            source = make_source(x, y, sample_weight, batch_size, shuffle, class_weight)
            feed = self._feed("fit", "train_step", source, steps_per_epoch)
            validation = None
            if validation_data is not None:
                held_back = validation_source(validation_data, validation_batch_size or batch_size)
                validation = self._feed("fit: validation_data", "test_step", held_back, validation_steps)
        with use_table(self._table):
            called = CallbackList(
                callbacks,
                add_history=True,
                add_progbar=verbose != 0,
                model=self,
                verbose=verbose,
                epochs=epochs,
                steps=feed.num_steps,
            )
            tuner = StepsTuner(feed) if compiled.steps_per_execution == "auto" else None
            run = self.__dict__["training_run"] = TrainingRun(self, feed, validation, called, tuner)
            try:
                self._fit(run, range(initial_epoch, epochs), validation_freq)
            finally:
                del self.__dict__["training_run"]
                run.close()
        return self.history

    def _fit(self, run: TrainingRun, epochs: range, validation_freq: Any) -> None:
        callbacks, validation = run.callbacks, run.validation
        self.stop_training = False
        self.make_train_function()
        callbacks.on_train_begin()
        epochs, logs = run.begin(epochs)
        for epoch in epochs:
            self.reset_metrics()
            callbacks.on_epoch_begin(epoch)
            found = self._train_epoch(run, epoch)
            if found is None:
                if epoch == epochs[0]:
                    raise ValueError(f"{self.label}: fit: the data gave no batch.")
                warnings.warn(f"fit: the data gave no batch for epoch {epoch + 1}; training ends.", stacklevel=3)
                break
            logs = found
            run.feed.checks.warn_of_loss(logs.get("loss"))
            if validation is not None and _is_due(epoch, validation_freq):
                results = self._evaluate(validation, callbacks)
                logs.update({f"val_{name}": value for name, value in results.items()})
            logs = dict(sorted(logs.items()))
            callbacks.on_epoch_end(epoch, logs)
            if self.stop_training:
                break
        if isinstance(self.optimizer, Optimizer) and self.optimizer.built:
            self.optimizer.finalize_variable_values(self.trainable_weights)  # pyright: ignore[reportAttributeAccessIssue]
        callbacks.on_train_end(logs)

    def _train_epoch(self, run: TrainingRun, epoch: int) -> dict[str, Any] | None:
        """Run the steps of an epoch and return the last logs, None where there was no batch."""
        callbacks = run.callbacks
        function = self.make_train_function()
        steps, logs = run.steps(epoch)
        for first, batches in steps:
            callbacks.on_train_batch_begin(first)
            found = run.feed.checks.run(function, first, batches, run.feed.source.gives_away)
            logs = self._as_logs("train_step", found)
            if run.tuner is not None:
                run.tuner.note(len(batches), logs)
            callbacks.on_train_batch_end(first + len(batches) - 1, logs)
            if self.stop_training:
                break
        return None if logs is None else logs.copy()

    def _as_logs(self, step: str, logs: Any) -> Logs:
        if not isinstance(logs, Mapping):
            raise TypeError(f"{self.label}: expected {step}() to return a dict, name -> scalar, got {logs!r}.")
        return Logs(logs)

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Return the loss and the metrics.

        Args:
            x: inputs, as of `fit`.
            y: targets, as of `fit`.
            batch_size: samples a step, for arrays; None for 32.
            verbose: as of `fit`.
            sample_weight: as of `fit`.
            steps: batches; None for all.
            callbacks: list of callbacks.
            return_dict: whether a dict is returned.
            **kwargs: none are known.

        Returns:
            Name -> float; or without `return_dict` a list of floats, the loss first; or the loss alone.

        Raises:
            ValueError: before `compile`, and for data that do not fit.
        """
        self._check_compiled("evaluate")
        if kwargs:
            raise ValueError(f"{self.label}: evaluate: unexpected arguments {sorted(kwargs)}.")
        with use_table(self._table), self._errors_of("evaluate"):
            feed = self._feed("evaluate", "test_step", make_source(x, y, sample_weight, batch_size), steps)
        with use_table(self._table):
            called = _callback_list(callbacks, self, verbose, feed)
            try:
                logs = self._evaluate(feed, called)
            finally:
                feed.close()
                called.close()
        return logs if return_dict else self._in_order(logs)

    def _evaluate(self, feed: Feed, callbacks: CallbackList) -> dict[str, Any]:
        function = self.make_test_function()
        callbacks.on_test_begin()
        self.reset_metrics()
        feed.rewind()  # each validation sees the same samples
        logs: Logs | None = None
        for first, batches in feed.steps(0):
            callbacks.on_test_batch_begin(first)
            logs = self._as_logs("test_step", feed.checks.run(function, first, batches))
            callbacks.on_test_batch_end(first + len(batches) - 1, logs)
        if logs is None:
            raise ValueError(f"{self.label}: evaluate: the data gave no batch.")
        results = logs.copy()
        callbacks.on_test_end(results)
        return results

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Any:
        """Return the outputs for inputs.

        Args:
            x: inputs, as of `fit`; an iterable of batches `x` or `(x, ...)`.
            batch_size: samples a step, for arrays; None for 32.
            verbose: as of `fit`.
            steps: batches; None for all.
            callbacks: list of callbacks.

        Returns:
            NumPy arrays in the structure of the outputs, the samples along axis 0.

        Raises:
            ValueError: for data that do not fit.

        Example:
            >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
            >>> model.predict(np.ones((5, 2)), verbose=0).shape
            (5, 1)
        """
        if verbose == 0 and callbacks is None and steps is None:
            outputs = predicted_directly(self, x, batch_size)
            if outputs is not NotImplemented:
                return outputs
        with use_table(self._table), self._errors_of("predict"):
            feed = self._feed("predict", "predict_step", make_source(x, batch_size=batch_size), steps)
        with use_table(self._table):
            called = _callback_list(callbacks, self, verbose, feed)
            try:
                return self._predict(feed, called)
            finally:
                feed.close()
                called.close()

    def _predict(self, feed: Feed, callbacks: CallbackList) -> Any:
        function = self.make_predict_function()
        callbacks.on_predict_begin()
        found: list[Any] = []
        waiting: list[Any] = []
        for first, batches in feed.steps(0):
            callbacks.on_predict_batch_begin(first)
            outputs = feed.checks.run(function, first, batches)
            callbacks.on_predict_batch_end(first + len(batches) - 1, Logs({"outputs": outputs[-1]}))
            # Fetched one step late, so that the device computes meanwhile.
            found += map(to_host, waiting)
            waiting = outputs
        found += map(to_host, waiting)
        callbacks.on_predict_end()
        if not found:
            raise ValueError(f"{self.label}: predict: the data gave no batch.")
        return in_one(found)

    # single batches

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Mapping[int, float] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """Train by one batch and return its logs.

        Args:
            x: inputs: arrays or tensors.
            y: targets.
            sample_weight: weights of the samples.
            class_weight: class -> weight of its samples.
            return_dict: whether a dict is returned.

        Returns:
            As of `evaluate`.

        Raises:
            ValueError: before `compile`, and for data that do not fit.
        """
        self._check_compiled("train_on_batch")
        with use_table(self._table):
            with self._errors_of("train_on_batch"):
                batch = _one_batch(x, y, with_class_weights(y, sample_weight, class_weight))
            self.reset_metrics()
            checks = DataChecks(self, "train_on_batch", "train_step")
            logs = self._as_logs("train_step", checks.run(self.make_train_function(), 0, [batch])).copy()
        return logs if return_dict else self._in_order(logs)

    def test_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False) -> Any:
        """Evaluate one batch and return its logs.

        Args:
            x: inputs: arrays or tensors.
            y: targets.
            sample_weight: weights of the samples.
            return_dict: whether a dict is returned.

        Returns:
            As of `evaluate`.

        Raises:
            ValueError: before `compile`, and for data that do not fit.
        """
        self._check_compiled("test_on_batch")
        with use_table(self._table):
            with self._errors_of("test_on_batch"):
                batch = _one_batch(x, y, sample_weight)
            self.reset_metrics()
            checks = DataChecks(self, "test_on_batch", "test_step")
            logs = self._as_logs("test_step", checks.run(self.make_test_function(), 0, [batch])).copy()
        return logs if return_dict else self._in_order(logs)

    def predict_on_batch(self, x: Any) -> Any:
        """Return the outputs for one batch, as NumPy arrays.

        Args:
            x: inputs: arrays or tensors.
        """
        with use_table(self._table):
            rows = rows_of(x)
            if rows:  # as most batches are: arrays of which nothing is to be found out
                batch = pack_x_y_sample_weight(take_rows(x, slice(0, rows)))
            else:
                with self._errors_of("predict_on_batch"):
                    batch = _one_batch(x, None, None)
            return to_host(self.make_predict_function()([batch])[0])

    def _feed(self, method: str, step: str, source: Source, steps: int | None) -> Feed:
        chunk = self._compiled.steps_per_execution if self._compiled is not None else 1
        return Feed(source, steps, chunk if isinstance(chunk, int) else 1, DataChecks(self, method, step, source))

    def _errors_of(self, method: str) -> ErrorsOf:
        return ErrorsOf(f"{self.label}: {method}: ")


def _callback_list(callbacks: Any, model: Trainer, verbose: int | str, feed: Feed) -> CallbackList:
    return CallbackList(
        callbacks, add_progbar=verbose != 0, model=model, verbose=verbose, epochs=1, steps=feed.num_steps
    )


def _limited_epochs(epochs: int) -> int:
    if not isinstance(epochs, int | np.integer) or isinstance(epochs, bool):
        raise TypeError(f"fit: expected epochs to be an int, got {epochs!r}.")
    most = config.max_epochs()
    if most is None or epochs <= most:
        return epochs
    warnings.warn(f"fit: {epochs} epochs are limited to {most} by keras_core.config.set_max_epochs().", stacklevel=3)
    return most


def _is_due(epoch: int, frequency: int | Sequence[int]) -> bool:
    return (epoch + 1) % frequency == 0 if isinstance(frequency, int) else epoch + 1 in frequency


def _one_batch(x: Any, y: Any, sample_weight: Any) -> Any:
    columns = {name: to_columns(name, data) for name, data in (("x", x), ("y", y), ("sample_weight", sample_weight))}
    rows = slice(0, number_of_rows(columns))
    return pack_x_y_sample_weight(*(take_rows(data, rows) for data in columns.values()))
