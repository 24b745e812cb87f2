"""Penalties against NumPy."""

import numpy as np
import pytest

from keras_core import ops, regularizers

X = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]], "float32")


@pytest.mark.parametrize(
    ("regularizer", "expected"),
    [
        (regularizers.L1(0.1), 0.1 * np.abs(X).sum()),
        (regularizers.L2(0.1), 0.1 * (X**2).sum()),
        (regularizers.L1L2(0.1, 0.2), 0.1 * np.abs(X).sum() + 0.2 * (X**2).sum()),
        (regularizers.L1L2(), 0.0),
    ],
)
def test_values(regularizer, expected):
    assert np.isclose(float(regularizer(X)), expected, rtol=1e-6)


def test_a_penalty_of_nothing_is_a_tensor():
    assert ops.is_tensor(regularizers.L1L2()(X))
    assert ops.dtype(regularizers.L1L2()(ops.cast(X, "bfloat16"))) == "bfloat16"


@pytest.mark.parametrize("mode", ["rows", "columns"])
def test_orthogonal(mode):
    rows = X if mode == "rows" else X.T
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    size = len(rows)
    off = np.abs(unit @ unit.T) * (1 - np.eye(size))
    expected = 0.3 * 0.5 * off.sum() / (size * (size - 1) / 2)
    assert np.isclose(float(regularizers.OrthogonalRegularizer(0.3, mode)(X)), expected, rtol=1e-5)


@pytest.mark.parametrize("regularizer", [regularizers.L1(0.5), regularizers.L2(0.5), regularizers.L1L2(0.1, 0.2)])
def test_configuration_round_trips(regularizer):
    loaded = regularizers.deserialize(regularizers.serialize(regularizer))
    assert (type(loaded), loaded.get_config()) == (type(regularizer), regularizer.get_config())


def test_get():
    assert regularizers.get("l2").get_config() == {"l2": 0.01}
    assert type(regularizers.get("l1_l2")) is regularizers.L1L2
    assert regularizers.get(None) is None
    with pytest.raises(ValueError, match="Did you mean 'l1'"):
        regularizers.get("l1x")


@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf"), "a"])
def test_bad_factors_are_errors(value):
    with pytest.raises(ValueError, match="non-negative"):
        regularizers.L2(value)


def test_orthogonal_needs_a_matrix():
    with pytest.raises(ValueError, match="matrix"):
        regularizers.OrthogonalRegularizer()(np.ones(3))
