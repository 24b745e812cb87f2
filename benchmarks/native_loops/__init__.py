"""Training loops as an expert writes them by hand in each framework, from the weights of a Keras model.

Each module has a class `Loop` that is made of the name of a task, the weights in the order of Keras, and a batch size.
"""

import importlib
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import numpy as np


class NativeLoop(Protocol):
    """What each module gives.

    Attributes:
        fits: name of a way to train -> function `(x, y, shuffle)` that trains one epoch and returns its mean loss.
    """

    fits: dict[str, Callable[[np.ndarray, np.ndarray, bool], float]]

    def predict_one(self, x: np.ndarray) -> np.ndarray:
        """Return the logits of one batch."""
        ...

    def predict(self, x: np.ndarray, batch: int) -> np.ndarray:
        """Return the logits of all samples, computed in batches."""
        ...


def native_loop(backend: str, task: str, weights: list[np.ndarray], batch: int, chunk: int) -> NativeLoop:
    """Return the loop of a task in the framework of a backend.

    Args:
        backend: name of the backend.
        task: name of the task.
        weights: as `get_weights()` of a Keras model gives them.
        batch: samples a step.
        chunk: steps that are computed in one go where several are.
    """
    return importlib.import_module(f"native_loops.{backend}").Loop(task, weights, batch, chunk)


def batches(
    x: np.ndarray, y: np.ndarray, size: int, shuffle: bool, chunk: int | None = None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Return the batches of an epoch, in another order each time if asked.

    Args:
        x: samples.
        y: their classes.
        size: samples a batch.
        shuffle: whether their order is drawn.
        chunk: batches that are stacked to one; None for single ones.
    """
    rows = np.random.permutation(len(x)) if shuffle else np.arange(len(x))
    step = size * (chunk or 1)
    for start in range(0, len(x), step):
        some = rows[start : start + step]
        inputs, targets = (array.take(some, 0) for array in (x, y))
        if chunk is not None:
            inputs, targets = (array.reshape(-1, size, *array.shape[1:]) for array in (inputs, targets))
        yield inputs, targets


def slices(x: Any, size: int) -> Iterator[Any]:
    """Return the batches of samples in their order."""
    return (x[start : start + size] for start in range(0, len(x), size))
