"""Learning rate schedules against their formulas."""

import numpy as np
import pytest

from keras_core.optimizers import schedules

STEPS = range(18)


def cosine(step, highest, steps, alpha):
    return highest * ((1 - alpha) * 0.5 * (1 + np.cos(np.pi * min(max(step, 0) / steps, 1))) + alpha)


CASES = [
    (schedules.ExponentialDecay(0.1, 10, 0.9), lambda s: 0.1 * 0.9 ** (s / 10)),
    (schedules.ExponentialDecay(0.1, 10, 0.9, staircase=True), lambda s: 0.1 * 0.9 ** (s // 10)),
    (schedules.CosineDecay(0.1, 10, 0.2), lambda s: cosine(s, 0.1, 10, 0.2)),
    (
        schedules.CosineDecay(0.1, 10, 0.2, warmup_target=0.5, warmup_steps=5),
        lambda s: 0.1 + 0.4 * s / 5 if s < 5 else cosine(s - 5, 0.5, 10, 0.2),
    ),
    (schedules.PiecewiseConstantDecay([3, 6], [1.0, 0.5, 0.1]), lambda s: 1.0 if s <= 3 else 0.5 if s <= 6 else 0.1),
]


@pytest.mark.parametrize(("schedule", "formula"), CASES)
def test_values(schedule, formula):
    np.testing.assert_allclose([float(schedule(step)) for step in STEPS], [formula(step) for step in STEPS], rtol=1e-5)


@pytest.mark.parametrize(("schedule", "formula"), CASES)
def test_configuration_round_trips(schedule, formula):
    loaded = schedules.deserialize(schedules.serialize(schedule))
    assert (type(loaded), loaded.get_config()) == (type(schedule), schedule.get_config())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: schedules.ExponentialDecay(0.1, 0, 0.9), "decay_steps"),
        (lambda: schedules.CosineDecay(0.1, 0), "decay_steps"),
        (lambda: schedules.PiecewiseConstantDecay([1], [0.1]), "one value more"),
    ],
)
def test_bad_arguments_are_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()
