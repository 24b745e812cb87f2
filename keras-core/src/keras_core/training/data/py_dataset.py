"""`PyDataset`: batches by their number, made by several workers at once; and the source of batches of one."""

from __future__ import annotations

import itertools
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from keras_core.runtime.seeding import host_generator, make_default_seed
from keras_core.training.data.batch import standardize_batch
from keras_core.training.data.source import Source


class PyDataset:
    """Batches by their number, for `fit`, `evaluate` and `predict`; several workers may make them at once.

    Subclasses write `__getitem__(index)`, which returns `x`, `(x, y)` or `(x, y, sample_weight)`, and `__len__`, or
    `num_batches` where there is no end.

    Args:
        workers: how many make batches at once; 0 and 1: the loop of training makes them itself.
        use_multiprocessing: whether workers are processes, each with a copy of the data set, instead of threads. The
            program is imported in each, so that its beginning belongs under `if __name__ == "__main__":`.
        max_queue_size: how many batches wait at most.

    Raises:
        ValueError: for numbers that are none of workers or batches.

    Example:
        >>> class Squares(keras.utils.PyDataset):
        ...     def __len__(self):
        ...         return 3
        ...
        ...     def __getitem__(self, index):
        ...         return np.full((2, 1), index**2, "float32")
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Identity()])
        >>> model.predict(Squares(workers=2), verbose=0)[:, 0].tolist()
        [0.0, 0.0, 1.0, 1.0, 4.0, 4.0]
    """

    # For subclasses of older code, which call no super().__init__().
    _workers = 1
    _use_multiprocessing = False
    _max_queue_size = 10

    def __init__(self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10) -> None:
        for name, value, least in (("workers", workers, 0), ("max_queue_size", max_queue_size, 1)):
            if not isinstance(value, int) or isinstance(value, bool) or value < least:
                raise ValueError(f"{type(self).__name__}: expected {name} to be an int from {least} on, got {value!r}.")
        self._workers = workers
        self._use_multiprocessing = use_multiprocessing
        self._max_queue_size = max_queue_size

    @property
    def workers(self) -> int:
        """How many make batches at once."""
        return self._workers

    @workers.setter
    def workers(self, value: int) -> None:
        self._workers = value

    @property
    def use_multiprocessing(self) -> bool:
        """Whether workers are processes."""
        return self._use_multiprocessing

    @use_multiprocessing.setter
    def use_multiprocessing(self, value: bool) -> None:
        self._use_multiprocessing = value

    @property
    def max_queue_size(self) -> int:
        """How many batches wait at most."""
        return self._max_queue_size

    @max_queue_size.setter
    def max_queue_size(self, value: int) -> None:
        self._max_queue_size = value

    @property
    def num_batches(self) -> int | None:
        """The number of batches, `len()` unless overridden; None where there is no end."""
        try:
            return len(self)  # pyright: ignore[reportArgumentType]
        except TypeError:
            raise NotImplementedError(
                f"{type(self).__name__}: write __len__(), or num_batches = None where there is no end."
            ) from None

    def __getitem__(self, index: int) -> Any:
        """Return the batch of a number; subclasses write it."""
        raise NotImplementedError(f"{type(self).__name__}: write __getitem__(self, index), which returns a batch.")

    def on_epoch_begin(self) -> None:
        """Called before the first batch of an epoch is made; subclasses may override it."""

    def on_epoch_end(self) -> None:
        """Called after the last batch of an epoch was given; subclasses may override it."""


class PyDatasetSource(Source):
    """Batches of a `PyDataset`.

    Args:
        dataset: the data set.
        shuffle: whether the batches have another order in each epoch.
        class_weight: class -> weight, or None.
    """

    def __init__(
        self, dataset: PyDataset, shuffle: bool | str = False, class_weight: Mapping[int, float] | None = None
    ) -> None:
        self._dataset = dataset
        self._class_weight = class_weight
        self.num_batches = dataset.num_batches
        self._shuffles = bool(shuffle) and self.num_batches is not None
        self._seed = make_default_seed() if self._shuffles else 0

    def replay(self, passes: int) -> None:
        """Call the data set as the passes do, but for its batches."""
        for _ in range(passes):
            self._dataset.on_epoch_begin()
            self._dataset.on_epoch_end()

    def batches(self, epoch: int, start: int = 0) -> Iterator[Any]:
        """Return the batches of an epoch."""
        self._dataset.on_epoch_begin()
        try:
            for index, batch in self._made(itertools.islice(self._order(epoch), start, None)):
                yield standardize_batch(batch, index, self._class_weight)
        finally:
            self._dataset.on_epoch_end()

    def _order(self, epoch: int) -> Iterable[int]:
        if self.num_batches is None:
            return itertools.count()
        if not self._shuffles:
            return range(self.num_batches)
        return host_generator((epoch << 64) | self._seed).permutation(self.num_batches).tolist()

    def _made(self, order: Iterable[int]) -> Iterator[tuple[int, Any]]:
        dataset = self._dataset
        if dataset.workers <= 1 and not dataset.use_multiprocessing:
            for index in order:
                with _naming_batch(dataset, index):
                    batch = dataset[index]
                yield index, batch
            return
        pool, make = _pool(dataset)
        waiting: deque[tuple[int, Future[Any]]] = deque()
        try:
            for index in order:
                waiting.append((index, pool.submit(make, index)))
                if len(waiting) > dataset.max_queue_size:
                    yield _first(dataset, waiting)
            while waiting:
                yield _first(dataset, waiting)
        finally:
            pool.shutdown(cancel_futures=True)


def _first(dataset: PyDataset, waiting: deque[tuple[int, Future[Any]]]) -> tuple[int, Any]:
    index, batch = waiting.popleft()
    with _naming_batch(dataset, index):
        return index, batch.result()


@contextmanager
def _naming_batch(dataset: PyDataset, index: int) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        error.add_note(f"batch {index} of the data: raised by {type(dataset).__name__}.__getitem__({index})")
        raise


def _pool(dataset: PyDataset) -> tuple[Executor, Callable[[int], Any]]:
    """Return the workers, and what each of them calls."""
    workers = max(dataset.workers, 1)
    if not dataset.use_multiprocessing:
        return ThreadPoolExecutor(workers, thread_name_prefix="keras_core_dataset"), dataset.__getitem__
    # Frameworks have threads, with which a forked process may stand still.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, context, initializer=_receive, initargs=(dataset,)), _item_of_process


_received: list[PyDataset] = []


def _receive(dataset: PyDataset) -> None:
    _received[:] = [dataset]


def _item_of_process(index: int) -> Any:
    return _received[0][index]
