"""GPTQ: weights are rounded one row after the other, and those that remain make up for the error."""

from __future__ import annotations

import numpy as np

from keras_core.quantizers.calibrated_config import GPTQConfig
from keras_core.quantizers.rounding import Grid, RoundedWeight, Seen, group_size


def gptq(weights: np.ndarray, seen: Seen | None, config: GPTQConfig) -> RoundedWeight:
    """Return weights rounded so that their products with the inputs change least.

    Args:
        weights: `(rows, columns)`; rows are summed over.
        seen: what is known about the inputs; None rounds each weight by itself.
        config: what is asked for.

    Source:
        Frantar et al., 2022, https://arxiv.org/abs/2210.17323.
    """
    weights = np.array(weights, dtype="float64")
    rows, columns = weights.shape
    size = group_size(rows, config.group_size)
    grid = Grid(config.weight_bits, config.symmetric, config.per_channel)
    hessian = np.eye(rows) if seen is None else np.array(seen.products, dtype="float64")
    is_dead = np.diag(hessian) == 0
    hessian[is_dead, is_dead] = 1.0
    weights[is_dead] = 0.0
    order = np.argsort(-np.diag(hessian), kind="stable") if config.activation_order else np.arange(rows)
    weights, hessian = weights[order], hessian[np.ix_(order, order)]
    influence = _influence(hessian, config.hessian_damping)
    integers = np.zeros((rows, columns))
    scales, zeros = [], []
    for row in range(rows):
        if row % size == 0:
            scale, zero = grid.fitted(weights[row : row + size])
            scales.append(scale)
            zeros.append(zero)
        integers[row] = grid.rounded(weights[row], scale, zero)
        error = (weights[row] - (integers[row] - zero) * scale) / influence[row, row]
        weights[row + 1 :] -= np.outer(influence[row, row + 1 :], error)
    back = np.argsort(order)
    return RoundedWeight(
        integers[back].astype("uint8"),
        np.array(scales, dtype="float32"),
        np.array(zeros).astype("uint8"),
        (np.arange(rows) // size)[back],
        np.ones(rows, dtype="float32"),
    )


def _influence(hessian: np.ndarray, damping: float) -> np.ndarray:
    """Return the upper Cholesky factor of the inverse: how the error of a row moves the rows after it."""
    if not np.isfinite(hessian).all():
        raise ValueError("GPTQ: the inputs of the layer are not finite for some of the data; pass other data.")
    damped = hessian + damping * np.mean(np.diag(hessian)) * np.eye(len(hessian))
    try:
        inverse = np.linalg.inv(damped)
        return np.linalg.cholesky((inverse + inverse.T) / 2).T
    except np.linalg.LinAlgError:
        raise ValueError(
            f"GPTQ: the Hessian cannot be inverted with hessian_damping={damping}; take a larger one, or more data."
        ) from None
