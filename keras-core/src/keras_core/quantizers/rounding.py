"""Weights rounded to unsigned integers, with a scale and a zero point for each group of rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class RoundedWeight:
    """A matrix of weights, rows times columns, as integers; `(integers - zero) * scale / factors` restores it.

    Attributes:
        integers: `(rows, columns)`, uint8.
        scale: `(groups, columns)`, float32.
        zero: `(groups, columns)`, uint8.
        groups: `(rows,)`: the group of each row.
        factors: `(rows,)`: by which rows were multiplied before.
    """

    integers: np.ndarray
    scale: np.ndarray
    zero: np.ndarray
    groups: np.ndarray
    factors: np.ndarray

    def restored(self) -> np.ndarray:
        """Return the float matrix."""
        zero, scale = self.zero[self.groups].astype("float64"), self.scale[self.groups].astype("float64")
        return (self.integers - zero) * scale / self.factors[:, None]


@dataclass(frozen=True)
class Seen:
    """What is known about the inputs by which a matrix of weights is multiplied.

    Attributes:
        products: `(rows, rows)`: sums of the products of inputs with each other: the Hessian of the error of the
            outputs, but for a factor.
        magnitudes: `(rows,)`: mean magnitudes of the inputs.
    """

    products: np.ndarray
    magnitudes: np.ndarray


@dataclass(frozen=True)
class Grid:
    """The numbers to which weights are rounded.

    Attributes:
        bits: there are `2 ** bits` of them.
        symmetric: whether zero is in the middle.
        per_channel: whether each column has a scale of its own.
    """

    bits: int
    symmetric: bool = False
    per_channel: bool = True

    def fitted(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return scales and zero points for the columns of a matrix. Zero is always one of the numbers."""
        largest = 2**self.bits - 1
        low, high = np.minimum(weights.min(0), 0.0), np.maximum(weights.max(0), 0.0)
        if not self.per_channel:
            low, high = np.full_like(low, low.min()), np.full_like(high, high.max())
        if self.symmetric:
            high = np.maximum(high, -low)
            low = -high
        scale = (high - low) / largest
        scale = np.where(scale > 0, scale, 1.0)
        zero = np.full_like(scale, (largest + 1) // 2) if self.symmetric else np.round(-low / scale)
        return scale, zero

    def rounded(self, weights: np.ndarray, scale: np.ndarray, zero: np.ndarray) -> np.ndarray:
        """Return the nearest integers."""
        return np.clip(np.round(weights / scale) + zero, 0, 2**self.bits - 1)


def group_size(rows: int, size: int) -> int:
    """Return the number of rows of a group: all for -1."""
    return rows if size == -1 else min(size, rows)


def nearest(weights: np.ndarray, grid: Grid, size: int, factors: np.ndarray | None = None) -> RoundedWeight:
    """Return weights rounded each by itself.

    Args:
        weights: `(rows, columns)`.
        grid: to what.
        size: number of rows of a group, -1 for all.
        factors: `(rows,)`: by which rows are multiplied before; None for 1.
    """
    rows = len(weights)
    size = group_size(rows, size)
    factors = np.ones(rows, "float32") if factors is None else factors.astype("float32")
    scaled = np.asarray(weights, dtype="float64") * factors[:, None]
    fitted = [grid.fitted(scaled[first : first + size]) for first in range(0, rows, size)]
    scale, zero = (np.array(parts) for parts in zip(*fitted, strict=True))
    groups = np.arange(rows) // size
    integers = grid.rounded(scaled, scale[groups], zero[groups])
    return RoundedWeight(integers.astype("uint8"), scale.astype("float32"), zero.astype("uint8"), groups, factors)
