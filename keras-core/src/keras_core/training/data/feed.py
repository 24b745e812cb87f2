"""`Feed`: the steps of an epoch, each with the batches that it takes."""

from __future__ import annotations

import warnings
from collections.abc import Generator, Iterator
from itertools import chain
from typing import Any

from keras_core.runtime import config
from keras_core.runtime.seeding import random_state, set_random_state
from keras_core.training.data.source import Source


class Feed:
    """Gives the steps of each epoch.

    Args:
        source: gives the batches.
        steps_per_epoch: batches an epoch; None for as many as the source has. Then the next epoch goes on where the
            last one ended.
        steps_per_execution: batches that are computed in one go.
        checks: runs a function on batches of the feed, for the loop that takes them.

    No epoch has more batches than `keras_core.config.max_steps_per_epoch()`.
    """

    def __init__(
        self,
        source: Source,
        steps_per_epoch: int | None = None,
        steps_per_execution: int = 1,
        checks: Any = None,
    ) -> None:
        self.source = source
        self.checks = checks
        self.steps_per_epoch, self._is_bound = _limited(source, steps_per_epoch)
        self.steps_per_execution = steps_per_execution
        self._rest: Iterator[Any] | None = None
        self._seen: int | None = None
        self._passes = 0
        self._first_random: dict[str, Any] | None = None  # when the first pass over the data began
        self._pass: dict[str, Any] | None = None  # how the present one began
        self._start = 0  # batches of the pass that were given before the present epoch
        self._given = 0  # batches of the present epoch that were given
        self._is_within_epoch = False
        self._opened: Iterator[Any] = iter(())  # the present pass itself

    @property
    def num_steps(self) -> int | None:
        """Batches an epoch, None while that is not known."""
        known = self.source.num_batches
        if self.steps_per_epoch is None:
            return known if known is not None else self._seen
        return self.steps_per_epoch if known is None else min(known, self.steps_per_epoch)

    def steps(self, epoch: int) -> Iterator[tuple[int, list[Any]]]:
        """Return the steps of an epoch.

        Args:
            epoch: number of the epoch.

        Returns:
            Pairs of the number of the first batch, and the batches.
        """
        if not self._is_within_epoch:
            self._start += self._given
            self._given = 0
        count = self._given
        chunk: list[Any] = []
        for batch in self._batches(epoch):
            chunk.append(batch)
            if len(chunk) == self.steps_per_execution:
                self._given = count + len(chunk)
                yield count, chunk
                count = self._given
                chunk = []
        if chunk:
            self._given = count + len(chunk)
            yield count, chunk
        self._seen = self._given

    def rewind(self) -> None:
        """Let the next epoch begin at the first batch, if the source can."""
        if self.source.can_restart:
            self._rest = None

    def get_position(self, within_epoch: bool) -> dict[str, Any]:
        """Return what a feed of the same data in another process needs, to go on as this one.

        Args:
            within_epoch: whether it goes on within the present epoch, else with the next one.
        """
        goes_on = within_epoch or self._rest is not None
        return {
            "source": self.source.get_state(),
            "passes": self._passes,
            "first_random": self._first_random,
            "pass": self._pass if goes_on else None,
            "start": self._start if within_epoch else self._start + self._given,
            "given": self._given if within_epoch else 0,
        }

    def resume(self, position: dict[str, Any], epoch: int, random: dict[str, Any]) -> Any:
        """Go on where another feed of the same data was.

        Args:
            position: result of its `get_position`.
            epoch: number of the epoch that goes on or is the next.
            random: where the generators of Python and NumPy were at that time. Afterwards they are where making the
                batches leaves them.

        Returns:
            A batch of the data, None where there is none.
        """
        present = position["pass"]
        self.source.set_state(position["source"])
        self._first_random = position["first_random"]
        self._pass, self._start, self._given = present, position["start"], position["given"]
        self._is_within_epoch = self._given > 0
        _set_random(self._first_random)
        self.source.replay(position["passes"] - (present is not None))
        self._passes = position["passes"]
        if present is None:
            _set_random(random)
            rest = self._begin_pass(epoch)
            batch = next(rest, _NONE)
            self._rest = chain((batch,) if batch is not _NONE else (), rest)
        else:
            _set_random(present["random"])
            self._rest = self._open(present["epoch"], self._start + self._given - 1)
            batch = next(self._rest, _NONE)
        return None if batch is _NONE else batch

    def _begin_pass(self, epoch: int) -> Iterator[Any]:
        random = random_state() if self.source.may_draw else None
        if not self._passes:
            self._first_random = random
        self._passes += 1
        self._pass = {"epoch": epoch, "random": random}
        self._start = 0
        return self._open(epoch)

    def _open(self, epoch: int, start: int = 0) -> Iterator[Any]:
        self.close()
        self.source.together = self.steps_per_execution
        self._opened = self.source.batches(epoch, start)
        return self._opened

    def close(self) -> None:
        """End the pass over the data that goes on, and with it the workers that make its batches.

        An error whose traceback is kept would keep them too.
        """
        if isinstance(self._opened, Generator):
            self._opened.close()

    def _batches(self, epoch: int) -> Iterator[Any]:
        limit = self.steps_per_epoch
        count, self._is_within_epoch = self._given, False
        if limit is None:
            rest, self._rest = self._rest, None
            yield from self._begin_pass(epoch) if rest is None else rest
            return
        if count == limit:
            return
        batch = _NONE if self._rest is None else next(self._rest, _NONE)
        if batch is _NONE and not count:  # the last epoch left nothing
            self._rest = self._begin_pass(epoch)
            batch = next(self._rest, _NONE)
        rest = self._rest
        assert rest is not None
        while batch is not _NONE:
            yield batch
            count += 1
            if count == limit:
                return
            batch = next(rest, _NONE)
        self._rest = None
        if not self._is_bound:
            return
        warnings.warn(
            f"the data ran out after {count} of the {limit} batches of epoch {epoch + 1}, which ends here. Give data "
            "that have at least steps_per_epoch times epochs batches, or no steps_per_epoch.",
            stacklevel=5,
        )


def _limited(source: Source, steps: int | None) -> tuple[int | None, bool]:
    """Return the batches an epoch, and whether the caller wants as many and not fewer."""
    most = config.max_steps_per_epoch()
    if most is None or (steps is not None and steps <= most):
        return steps, True
    known = source.num_batches
    if steps is None and known is not None and known <= most:
        return None, True
    return most, steps is not None


_NONE = object()


def _set_random(state: dict[str, Any] | None) -> None:
    if state is not None:
        set_random_state(state)
