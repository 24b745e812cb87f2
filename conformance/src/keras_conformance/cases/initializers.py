"""Initializers: the values of the NumPy backend, and what is known of their distribution."""

from typing import Final, NamedTuple

import numpy as np

from keras_conformance.cases.component_case import ComponentCase


class Moments(NamedTuple):
    """What is known of the values of an initializer.

    Attributes:
        mean: their mean.
        deviation: their standard deviation.
        low: none is below it.
        high: none is above it.
    """

    mean: float
    deviation: float
    low: float = -np.inf
    high: float = np.inf


CHECKS: Final = ("value", "moments", "config")
SHAPE: Final = (60, 40)
FAN_IN, FAN_OUT = SHAPE
FAN_MEAN: Final = (FAN_IN + FAN_OUT) / 2
# Of a normal distribution of deviation 1 that is cut off at 2.
CUT: Final = 0.8796256610342398


def _normal(variance: float) -> Moments:
    limit = 2 * variance**0.5 / CUT
    return Moments(0.0, variance**0.5, -limit, limit)


def _uniform(low: float, high: float) -> Moments:
    return Moments((low + high) / 2, (high - low) / 12**0.5, low, high)


def _scaled(variance: float) -> Moments:
    return _uniform(-((3 * variance) ** 0.5), (3 * variance) ** 0.5)


CASES: Final = tuple(
    ComponentCase("initializers", name, variant, arguments, CHECKS, (shape,), moments)
    for name, variant, arguments, shape, moments in (
        ("Zeros", "plain", {}, SHAPE, Moments(0, 0, 0, 0)),
        ("Ones", "plain", {}, SHAPE, Moments(1, 0, 1, 1)),
        ("Constant", "plain", {"value": -0.5}, SHAPE, Moments(-0.5, 0, -0.5, -0.5)),
        ("Identity", "plain", {"gain": 3.0}, (50, 50), Moments(3 / 50, 3 * (1 / 50 - 1 / 2500) ** 0.5, 0, 3)),
        ("RandomNormal", "plain", {"mean": 1.0, "stddev": 0.5, "seed": 1}, SHAPE, Moments(1.0, 0.5)),
        ("RandomUniform", "plain", {"minval": -1.0, "maxval": 3.0, "seed": 1}, SHAPE, _uniform(-1.0, 3.0)),
        ("TruncatedNormal", "plain", {"stddev": 0.5, "seed": 1}, SHAPE, Moments(0.0, 0.5 * CUT, -1.0, 1.0)),
        ("GlorotNormal", "plain", {"seed": 1}, SHAPE, _normal(1 / FAN_MEAN)),
        ("GlorotUniform", "plain", {"seed": 1}, SHAPE, _scaled(1 / FAN_MEAN)),
        ("HeNormal", "plain", {"seed": 1}, SHAPE, _normal(2 / FAN_IN)),
        ("HeUniform", "plain", {"seed": 1}, SHAPE, _scaled(2 / FAN_IN)),
        ("LecunNormal", "plain", {"seed": 1}, SHAPE, _normal(1 / FAN_IN)),
        ("LecunUniform", "plain", {"seed": 1}, SHAPE, _scaled(1 / FAN_IN)),
        (
            "VarianceScaling",
            "fan_out",
            {"scale": 2.0, "mode": "fan_out", "distribution": "uniform", "seed": 1},
            SHAPE,
            _scaled(2 / FAN_OUT),
        ),
        (
            "VarianceScaling",
            "untruncated",
            {"distribution": "untruncated_normal", "seed": 1},
            (3, 4, 20, 10),
            Moments(0.0, (1 / (3 * 4 * 20)) ** 0.5),
        ),
        ("Orthogonal", "plain", {"gain": 2.0, "seed": 1}, SHAPE, Moments(0.0, 2 / FAN_IN**0.5)),
    )
) + (ComponentCase("initializers", "STFT", "plain", {"side": "imag"}, ("value", "config"), ((16, 1, 9),)),)
