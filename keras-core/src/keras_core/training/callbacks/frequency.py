"""After which batches or epochs a callback does its work."""

from __future__ import annotations

from typing import Any


class Frequency:
    """Counts batches, also where several are computed in one go.

    Args:
        owner: class name of the callback, for errors.
        argument: name of its argument, for errors.
        value: `"epoch"`, `"batch"` if `has_batch`, or a number of batches.
        has_batch: whether `"batch"` stands for 1.

    Raises:
        ValueError: for anything else.
    """

    def __init__(self, owner: str, argument: str, value: str | int, has_batch: bool = False) -> None:
        if value == "batch" and has_batch:
            value = 1
        if value != "epoch" and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
            names = "'batch', 'epoch'" if has_batch else "'epoch'"
            raise ValueError(f"{owner}: expected {argument} to be {names} or a positive int, got {value!r}.")
        self.of_epochs = value == "epoch"
        self.total = 0
        self._batches = 0 if isinstance(value, str) else value
        self._since = 0
        self._last: int | None = None

    def get_counts(self) -> dict[str, Any]:
        """Return what was counted so far."""
        return {"total": self.total, "since": self._since, "last": self._last}

    def set_counts(self, counts: dict[str, Any]) -> None:
        """Go on from what was counted.

        Args:
            counts: result of `get_counts`.
        """
        self.total, self._since, self._last = counts["total"], counts["since"], counts["last"]

    def begin_epoch(self) -> None:
        """Note that the numbers of batches begin anew."""
        self._last = None

    def is_due(self, batch: int) -> bool:
        """Count up to a batch that has ended, and tell whether it is one after which there is work.

        Args:
            batch: its number in the epoch.
        """
        new = batch + 1 if self._last is None else batch - self._last
        self._last = batch
        self.total += new
        self._since += new
        if self.of_epochs or self._since < self._batches:
            return False
        self._since = 0
        return True
