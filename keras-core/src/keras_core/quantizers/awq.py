"""AWQ: rows of weights whose inputs are large are scaled up before they are rounded."""

from __future__ import annotations

import numpy as np

from keras_core.quantizers.calibrated_config import AWQConfig
from keras_core.quantizers.rounding import Grid, RoundedWeight, Seen, nearest


def awq(weights: np.ndarray, seen: Seen | None, config: AWQConfig) -> RoundedWeight:
    """Return weights rounded after the scaling of rows under which their products with the inputs change least.

    The factor of a row is a power of the mean magnitude of its input; exponents from 0 to 1 are tried.

    Args:
        weights: `(rows, columns)`; rows are summed over.
        seen: what is known about the inputs; None rounds each weight by itself.
        config: what is asked for.

    Source:
        Lin et al., 2023, https://arxiv.org/abs/2306.00978.
    """
    weights = np.asarray(weights, dtype="float64")
    grid, size = Grid(config.weight_bits), config.group_size
    if seen is None:
        return nearest(weights, grid, size)
    candidates = [
        nearest(weights, grid, size, _factors(seen.magnitudes, exponent))
        for exponent in np.arange(config.num_grid_points) / config.num_grid_points
    ]
    return min(candidates, key=lambda found: _loss(found.restored() - weights, seen.products))


def _factors(magnitudes: np.ndarray, exponent: float) -> np.ndarray:
    factors = np.maximum(magnitudes, 1e-4) ** exponent
    return factors / np.sqrt(factors.max() * factors.min())


def _loss(change: np.ndarray, products: np.ndarray) -> float:
    """Return the sum of the squared changes of the outputs."""
    return float(np.sum(change * (products @ change)))
