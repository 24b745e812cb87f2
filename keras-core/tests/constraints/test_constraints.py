"""Projections against NumPy."""

import numpy as np
import pytest

from keras_core import constraints

W = np.arange(-3, 3, dtype="float32").reshape(2, 3)
LENGTHS = np.linalg.norm(W, axis=0, keepdims=True)


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        (constraints.MaxNorm(1.0), W * np.minimum(LENGTHS, 1.0) / LENGTHS),
        (constraints.MinMaxNorm(2.0, 2.5, 0.3), W * (0.3 * np.clip(LENGTHS, 2.0, 2.5) + 0.7 * LENGTHS) / LENGTHS),
        (constraints.NonNeg(), np.maximum(W, 0)),
        (constraints.UnitNorm(), W / LENGTHS),
        (constraints.UnitNorm(axis=[0, 1]), W / np.linalg.norm(W)),
    ],
)
def test_values(constraint, expected):
    np.testing.assert_allclose(constraint(W), expected, atol=1e-6)


@pytest.mark.parametrize("constraint", [constraints.MaxNorm(3, 1), constraints.NonNeg(), constraints.MinMaxNorm()])
def test_configuration_round_trips(constraint):
    loaded = constraints.deserialize(constraints.serialize(constraint))
    assert (type(loaded), loaded.get_config()) == (type(constraint), constraint.get_config())


def test_get():
    assert type(constraints.get("unit_norm")) is constraints.UnitNorm
    assert constraints.get(None) is None
    with pytest.raises(ValueError, match="Did you mean"):
        constraints.get("maxnorm")
