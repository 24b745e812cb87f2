"""`Feed`: the steps of an epoch, each with the batches that it takes."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

from keras_core.runtime import config
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
        count = 0
        chunk: list[Any] = []
        for batch in self._batches(epoch):
            chunk.append(batch)
            if len(chunk) == self.steps_per_execution:
                yield count, chunk
                count += len(chunk)
                chunk = []
        if chunk:
            yield count, chunk
            count += len(chunk)
        self._seen = count

    def rewind(self) -> None:
        """Let the next epoch begin at the first batch, if the source can."""
        if self.source.can_restart:
            self._rest = None

    def _batches(self, epoch: int) -> Iterator[Any]:
        limit = self.steps_per_epoch
        if limit is None:
            yield from self.source.batches(epoch)
            return
        count = 0
        batch = _NONE if self._rest is None else next(self._rest, _NONE)
        if batch is _NONE:  # the last epoch left nothing
            self._rest = self.source.batches(epoch)
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
