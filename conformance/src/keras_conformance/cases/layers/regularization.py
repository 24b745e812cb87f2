"""Random layers, and penalties."""

from typing import Final

import numpy as np

from keras_conformance.cases.layers.layer_case import IMAGES, VECTORS, LayerCase, family

MANY: Final = (50, 40)
RATE: Final = 0.3
Facts = dict[str, tuple[float, float, float]]


def _dropped(x: np.ndarray, y: np.ndarray) -> Facts:
    kept = y != 0
    return {
        "share of zeros": (float(np.mean(~kept)), RATE, 0.06),
        "deviation of what is kept": (float(np.max(np.abs(y - x / (1 - RATE))[kept])), 0.0, 1e-5),
    }


def _dropped_channels(x: np.ndarray, y: np.ndarray) -> Facts:
    zeros = (y == 0).reshape(len(y), -1, y.shape[-1])
    return {
        **_dropped(x, y),
        "channels of which a part is zero": (float(np.sum(zeros.any(1) & ~zeros.all(1))), 0.0, 0.0),
    }


def _dropped_rows(x: np.ndarray, y: np.ndarray) -> Facts:
    zeros = y == 0
    facts = _dropped(x, y)
    del facts["share of zeros"]  # of so few rows it says little
    return {**facts, "rows of which a part is zero": (float(np.sum(zeros.any(1) & ~zeros.all(1))), 0.0, 0.0)}


def _multiplied(x: np.ndarray, y: np.ndarray) -> Facts:
    factors = y / x
    return {
        "mean of the factors": (float(np.mean(factors)), 1.0, 0.08),
        "deviation of the factors": (float(np.std(factors)), (RATE / (1 - RATE)) ** 0.5, 0.08),
    }


def _noisy(x: np.ndarray, y: np.ndarray) -> Facts:
    return {
        "mean of the noise": (float(np.mean(y - x)), 0.0, 0.03),
        "deviation of the noise": (float(np.std(y - x)), RATE, 0.03),
    }


def _self_normal(x: np.ndarray, y: np.ndarray) -> Facts:
    return {"mean": (float(np.mean(y)), 0.0, 0.15), "deviation": (float(np.std(y)), 1.0, 0.15)}


CASES: Final = family(
    LayerCase("Dropout", "plain", {"rate": RATE, "seed": 1}, MANY, statistics=_dropped),
    LayerCase("Dropout", "rows", {"rate": RATE, "noise_shape": (None, 1), "seed": 1}, MANY, statistics=_dropped_rows),
    LayerCase("Dropout", "none", {"rate": 0.0}, VECTORS),
    LayerCase("SpatialDropout1D", "plain", {"rate": RATE, "seed": 1}, (50, 3, 40), statistics=_dropped_channels),
    LayerCase("SpatialDropout2D", "plain", {"rate": RATE, "seed": 1}, (50, 2, 3, 40), statistics=_dropped_channels),
    LayerCase("SpatialDropout3D", "plain", {"rate": RATE, "seed": 1}, (50, 2, 1, 2, 40), statistics=_dropped_channels),
    LayerCase("GaussianDropout", "plain", {"rate": RATE, "seed": 1}, MANY, statistics=_multiplied),
    LayerCase("GaussianNoise", "plain", {"stddev": RATE, "seed": 1}, MANY, statistics=_noisy),
    LayerCase("AlphaDropout", "plain", {"rate": RATE, "seed": 1}, MANY, statistics=_self_normal),
    LayerCase("ActivityRegularization", "plain", {"l1": 0.1, "l2": 0.2}, IMAGES),
)
