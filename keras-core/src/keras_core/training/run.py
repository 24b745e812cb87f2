"""`TrainingRun`: one call of `fit`, and the state with which another process goes on as if nothing had happened."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from keras_core.optimizers import Optimizer
from keras_core.runtime import tree
from keras_core.runtime.seeding import random_state, set_random_state
from keras_core.runtime.table import host_dtype
from keras_core.runtime.variable import Variable
from keras_core.training.callbacks.callback_list import CallbackList
from keras_core.training.data.feed import Feed
from keras_core.training.steps_tuner import StepsTuner


class TrainingRun:
    """One call of `fit`.

    Its state is all that the rest of the training depends on: variables of the model, of its optimizers and metrics,
    the position in the data and their order, the generators of random numbers, the states of the callbacks.

    Args:
        model: the model that trains.
        feed: gives the batches.
        validation: gives the batches of a validation, or None.
        callbacks: all callbacks.
        tuner: finds out how many batches are computed in one go, or None.
    """

    def __init__(
        self,
        model: Any,
        feed: Feed,
        validation: Feed | None,
        callbacks: CallbackList,
        tuner: StepsTuner | None = None,
    ) -> None:
        self._model = model
        self.feed = feed
        self.validation = validation
        self.callbacks = callbacks
        self.tuner = tuner
        self._resumed: dict[str, Any] | None = None

    # for callbacks

    def get_state(self, epoch: int, batch: int, logs: Any) -> dict[str, Any]:
        """Return the state of training.

        Args:
            epoch: number of the epoch.
            batch: batches of the epoch that are done; 0: the epoch has not begun.
            logs: the last logs.

        Returns:
            Nested dicts and lists of numbers, strings and NumPy arrays. The arrays may be those of the variables
            themselves, which the next step changes.
        """
        validation = self.validation
        is_advanced = validation is not None and not validation.source.can_restart
        return {
            "epoch": epoch,
            "batch": batch,
            "logs": dict(logs or {}),
            "stop_training": bool(self._model.stop_training),
            "variables": {
                kind: [{"path": variable.path, "value": variable.numpy()} for variable in variables]
                for kind, variables in self._variables().items()
            },
            "random": random_state(),
            "data": self.feed.get_position(within_epoch=batch > 0),
            "validation_data": validation.get_position(False) if validation is not None and is_advanced else None,
            "callbacks": {
                name: state for name, callback in self._named_callbacks() if (state := callback.get_resume_state())
            },
        }

    def resume(self, state: dict[str, Any]) -> None:
        """Let the training that begins go on from a state. To be called in `on_train_begin`.

        Args:
            state: result of `get_state`, perhaps of another process.
        """
        self._resumed = state

    # for the loop

    def begin(self, epochs: range) -> tuple[range, dict[str, Any] | None]:
        """Return the epochs that are to come, and the logs of the last one, None where there was none."""
        state = self._resumed
        if state is None:
            return epochs, None
        epochs = range(state["epoch"], epochs.stop)
        if state["batch"] and epochs:
            return epochs, None  # `steps` restores it, after what callbacks do when an epoch begins
        self._resumed = None
        self._restore(state)
        return range(0) if state["stop_training"] else epochs, state["logs"]

    def steps(self, epoch: int) -> tuple[Iterable[tuple[int, list[Any]]], Any]:
        """Return the steps of an epoch that are to come, and the logs of the last one, None where there was none."""
        state, self._resumed = self._resumed, None
        if state is None:
            return self.feed.steps(epoch), None
        self._restore(state)
        return () if state["stop_training"] else self.feed.steps(epoch), state["logs"]

    def close(self) -> None:
        """End what runs beside the training: workers that make batches, and what callbacks started."""
        for feed in (self.feed, self.validation):
            if feed is not None:
                feed.close()
        self.callbacks.close()

    def _restore(self, state: dict[str, Any]) -> None:
        batch = self._restore_data(state)
        drawn = random_state()
        if batch is not None:
            self._model.make_train_function().build([batch])  # what this does to variables is undone below
        self._restore_variables(state["variables"])
        self._restore_callbacks(state["callbacks"])
        self._model.stop_training = state["stop_training"]
        random = state["random"]
        set_random_state({**drawn, "seeds": random["seeds"]} if self.feed.source.is_drawn else random)

    def _restore_data(self, state: dict[str, Any]) -> Any:
        position = state["validation_data"]
        if self.validation is not None and position is not None:
            self.validation.resume(position, 0, state["random"])
        return self.feed.resume(state["data"], state["epoch"], state["random"])

    def _variables(self) -> dict[str, Sequence[Variable]]:
        model = self._model
        optimizers = [value for value in model.__dict__.values() if isinstance(value, Optimizer)]
        return {
            "model": model.variables,
            "states": [  # of stateful recurrent layers, which are no variables of the model
                leaf
                for layer in model._flatten_layers()
                for leaf in tree.flatten(getattr(layer, "states", None))
                if isinstance(leaf, Variable)
            ],
            "optimizers": [variable for optimizer in optimizers for variable in optimizer.variables],
            "metrics": [variable for metric in model.metrics for variable in metric.variables],
        }

    def _restore_variables(self, saved: dict[str, list[dict[str, Any]]]) -> None:
        pairs: list[tuple[Variable, Any]] = []
        for kind, variables in self._variables().items():
            found = saved[kind]
            if [_form(variable) for variable in variables] != [_form_of_saved(item["value"]) for item in found]:
                raise ValueError(
                    f"{self._model.label}: the state is that of another model: expected variables of {kind} of these "
                    f"paths, shapes and dtypes: {_told((v.path, _form(v)) for v in variables)}; got "
                    f"{_told((item['path'], _form_of_saved(item['value'])) for item in found)}."
                )
            pairs += [(variable, item["value"]) for variable, item in zip(variables, found, strict=True)]
        for variable, value in pairs:
            variable.assign(value)

    def _named_callbacks(self) -> Iterator[tuple[str, Any]]:
        counts: dict[str, int] = {}
        for callback in self.callbacks:
            name = type(callback).__name__
            counts[name] = counts.get(name, 0) + 1
            yield f"{name} {counts[name]}", callback

    def _restore_callbacks(self, saved: dict[str, Any]) -> None:
        named = dict(self._named_callbacks())
        lost = sorted(set(saved) - set(named))
        if lost:
            warnings.warn(f"fit: there are no callbacks any more for the saved states of {lost}.", stacklevel=2)
        for name, callback in named.items():
            if name in saved:
                callback.set_resume_state(saved[name])


def _form(variable: Variable) -> tuple[tuple[int, ...], str]:
    return variable.shape, host_dtype(variable._dtype).name


def _form_of_saved(value: np.ndarray) -> tuple[tuple[int, ...], str]:
    return value.shape, value.dtype.name


def _told(items: Iterable[tuple[str, Any]]) -> str:
    return ", ".join(f"{path} {shape} {dtype}" for path, (shape, dtype) in items) or "none"
