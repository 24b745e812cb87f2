"""`Source`: what gives the batches of an epoch, from arrays in memory or from an iterable."""

from __future__ import annotations

import sys
import warnings
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import count, islice
from typing import Any

import numpy as np

from keras_core.runtime.seeding import host_generator, make_default_seed
from keras_core.training.data.batch import standardize_batch
from keras_core.training.data.columns import arrays_of, number_of_rows, take_rows
from keras_core.training.data.unpack import pack_x_y_sample_weight


class Source:
    """Gives the batches `(x, y, sample_weight)` of an epoch.

    Attributes:
        num_batches: batches an epoch, None where it is not known.
        can_restart: whether an epoch can begin at the first batch again.
        gives_away: whether nobody else holds the NumPy arrays of a batch, so that they need not be copied. Those that
            are parts of one array are given in the order in which they are there.
        may_draw: whether making batches may draw from the generators of Python and NumPy.
        is_drawn: whether batches that are left out have to be made all the same.
        everything: the data of all batches as one batch where they are in memory, else None.
        together: how many batches are computed in one go; a source may make as many at once.
    """

    num_batches: int | None = None
    can_restart = True
    gives_away = False
    may_draw = True
    is_drawn = False
    _seed = 0
    everything: tuple[Any, Any, Any] | None = None
    together = 1

    def batches(self, epoch: int, start: int = 0) -> Iterator[Any]:
        """Return the batches of an epoch.

        Args:
            epoch: number of the epoch; a source that shuffles gives the same order for the same number.
            start: how many batches at the beginning are left out.
        """
        raise NotImplementedError

    def get_state(self) -> dict[str, Any]:
        """Return what a source of the same data in another process needs, to give the same batches."""
        return {"kind": type(self).__name__, "num_batches": self.num_batches, "seed": self._seed}

    def set_state(self, state: dict[str, Any]) -> None:
        """Give the batches that another source of the same data would give from now on.

        Args:
            state: what its `get_state` returned.
        """
        own = self.get_state()
        for key, what in (("kind", "are of the kind"), ("num_batches", "have a number of batches of")):
            if own[key] != state[key]:
                warnings.warn(
                    f"the data {what} {own[key]}, those of the training that is resumed of {state[key]}: batches are "
                    "not those of a training without an interruption.",
                    stacklevel=2,
                )
        self._seed = state["seed"]

    def replay(self, passes: int) -> None:
        """Do what earlier passes over the data do to those that follow.

        Args:
            passes: how many have begun before.
        """


class ArraySource(Source):
    """Batches of arrays in memory.

    Args:
        x: columns of inputs.
        y: columns of targets, or None.
        sample_weight: columns of weights, or None.
        batch_size: rows a batch; the last one may have fewer.
        shuffle: whether each epoch has its own order; `"batch"` keeps the batches and changes their order.
    """

    may_draw = False

    def __init__(
        self, x: Any, y: Any = None, sample_weight: Any = None, batch_size: int = 32, shuffle: bool | str = False
    ) -> None:
        self._data = self.everything = (x, y, sample_weight)
        self.rows = number_of_rows({"x": x, "y": y, "sample_weight": sample_weight})
        self.batch_size = batch_size
        self.num_batches = -(-self.rows // batch_size)
        self._shuffle = shuffle
        self.gives_away = shuffle is True  # its rows are then taken one by one, to arrays of their own
        self._seed = make_default_seed() if shuffle else 0
        leaves = arrays_of(self._data)
        is_on_host = all(isinstance(leaf, np.ndarray) for leaf in leaves)
        size = sum(leaf.nbytes for leaf in leaves) if is_on_host else 0
        self._few = max(1, _SMALL * self.rows // (size * batch_size)) if size else 1

    def batches(self, epoch: int, start: int = 0) -> Iterator[Any]:
        """Return the batches of an epoch."""
        order: Iterable[int] = range(0, self.rows, self.batch_size)
        if self._shuffle:
            # It follows from the seed and the number of the epoch, so that training can go on from any epoch.
            generator = host_generator((epoch << 64) | self._seed)
            if self._shuffle is True:
                yield from self._in_order(generator.permutation(self.rows)[start * self.batch_size :])
                return
            order = generator.permutation(order).tolist()
        for first in islice(order, start, None):
            rows = slice(first, min(first + self.batch_size, self.rows))
            yield pack_x_y_sample_weight(*(take_rows(data, rows) for data in self._data))

    def _in_order(self, positions: np.ndarray) -> Iterator[Any]:
        """Return the batches of rows in any order: taken for several batches at once, of which each is a part."""
        some = self.batch_size * (self.together if self.together > 1 else self._few)
        for first in range(0, len(positions), some):
            chosen = positions[first : first + some]
            taken = tuple(take_rows(data, chosen) for data in self._data)
            for low in range(0, len(chosen), self.batch_size):
                yield _rows_of(taken, slice(low, low + self.batch_size))


_SMALL = 2**18
"""Bytes up to which several batches are taken at once: to take single ones would last longer than to copy the rows."""


def _rows_of(data: Iterable[Any], rows: slice) -> Any:
    parts = [part[rows] if type(part) is np.ndarray else take_rows(part, rows) for part in data]
    return pack_x_y_sample_weight(*parts)


class IterableSource(Source):
    """Batches of an iterable: of a generator until it ends, of anything else anew each epoch.

    Args:
        iterable: yields `x`, `(x, y)` or `(x, y, sample_weight)`. If it has a method `set_epoch(epoch)`, as data sets
            often have whose order follows from the number of the epoch, it is called before each pass.
        class_weight: class -> weight, or None.
    """

    is_drawn = True

    def __init__(self, iterable: Any, class_weight: Mapping[int, float] | None = None) -> None:
        self._iterable = iterable
        self._class_weight = class_weight
        self._has_epochs = callable(getattr(iterable, "set_epoch", None))
        self.can_restart = iter(iterable) is not iterable
        try:
            length = len(iterable) if self.can_restart else None
        except (TypeError, OverflowError):  # it has no length, an unknown one or none that ends
            length = None
        self.num_batches = None if length == sys.maxsize else length  # which data that repeat for ever give

    def replay(self, passes: int) -> None:
        """Draw all batches of the passes, unless the order follows from the number of the epoch."""
        if self.can_restart and not self._has_epochs:
            for _ in range(passes):
                deque(iter(self._iterable), maxlen=0)

    def batches(self, epoch: int, start: int = 0) -> Iterator[Any]:
        """Return the batches of an epoch."""
        if self._has_epochs:
            self._iterable.set_epoch(epoch)
        batches = iter(self._iterable)
        for position in count():
            try:
                batch = next(batches)
            except StopIteration:
                return
            except Exception as error:
                error.add_note(f"batch {position} of the data: raised by the {type(self._iterable).__name__} itself")
                raise
            if position >= start:
                yield standardize_batch(batch, position, self._class_weight)
