"""GPTQ and AWQ on one matrix."""

import numpy as np
import pytest

from keras_core.quantizers import AWQConfig, GPTQConfig
from keras_core.quantizers.awq import awq
from keras_core.quantizers.gptq import gptq
from keras_core.quantizers.rounding import Grid, Seen

RNG = np.random.default_rng(0)
WEIGHTS = RNG.normal(size=(24, 6))
INPUTS = RNG.normal(size=(200, 4)) @ RNG.normal(size=(4, 24)) + 0.1 * RNG.normal(size=(200, 24))
SEEN = Seen(INPUTS.T @ INPUTS / 200, np.abs(INPUTS).mean(0))


def error(found):
    return np.square(INPUTS @ (found.restored() - WEIGHTS)).mean()


@pytest.mark.parametrize("bits", [2, 3, 4, 8])
@pytest.mark.parametrize("size", [8, 10, -1])
@pytest.mark.parametrize("options", [{}, {"activation_order": True}, {"symmetric": True}, {"per_channel": False}])
def test_gptq_is_nearer_than_rounding(bits, size, options):
    config = GPTQConfig(None, None, weight_bits=bits, group_size=size, **options)
    found, rounded = gptq(WEIGHTS, SEEN, config), gptq(WEIGHTS, None, config)
    assert found.integers.dtype == found.zero.dtype == np.uint8 and found.integers.max() < 2**bits
    assert found.scale.shape == found.zero.shape == (3 if size != -1 else 1, 6)
    assert error(found) < error(rounded)
    if options.get("symmetric"):
        assert (found.zero == 2 ** (bits - 1)).all()
    if options.get("per_channel") is False:
        assert (found.scale == found.scale[:, :1]).all()


def test_rounding_alone_is_to_the_nearest():
    found = gptq(WEIGHTS, None, GPTQConfig(None, None, group_size=8))
    assert (np.abs(found.restored() - WEIGHTS) <= 0.501 * found.scale[found.groups]).all()


def test_groups_follow_the_order_of_activations():
    found = gptq(WEIGHTS, SEEN, GPTQConfig(None, None, group_size=8, activation_order=True))
    largest = np.argsort(-np.diag(SEEN.products))[:8]
    assert set(np.flatnonzero(found.groups == 0)) == set(largest)


def test_inputs_that_are_always_zero():
    inputs = INPUTS.copy()
    inputs[:, 3] = 0
    found = gptq(WEIGHTS, Seen(inputs.T @ inputs, np.abs(inputs).mean(0)), GPTQConfig(None, None))
    assert np.isfinite(found.restored()).all()


def test_inputs_that_are_not_finite():
    with pytest.raises(ValueError, match="inputs of the layer are not finite"):
        gptq(WEIGHTS, Seen(np.full((24, 24), np.nan), np.ones(24)), GPTQConfig(None, None))


def test_inputs_that_depend_on_each_other_without_damping():
    seen = Seen(np.ones((24, 24)), np.ones(24))
    assert np.isfinite(gptq(WEIGHTS, seen, GPTQConfig(None, None)).restored()).all()
    with pytest.raises(ValueError, match="cannot be inverted with hessian_damping=0"):
        gptq(WEIGHTS, seen, GPTQConfig(None, None, hessian_damping=0))


def test_awq_scales_rows_of_large_inputs():
    inputs = RNG.normal(size=(200, 24)) * np.where(np.arange(24) % 8 == 0, 30, 1)
    seen = Seen(inputs.T @ inputs / 200, np.abs(inputs).mean(0))
    config = AWQConfig(None, None, group_size=8)
    found, rounded = awq(WEIGHTS, seen, config), awq(WEIGHTS, None, config)
    assert (rounded.factors == 1).all() and set(np.argsort(-found.factors)[:3]) == {0, 8, 16}

    def error(found):
        return np.square(inputs @ (found.restored() - WEIGHTS)).mean()

    assert error(found) < 0.8 * error(rounded)


def test_zero_is_on_the_grid():
    for weights in (WEIGHTS + 5, WEIGHTS - 5, np.zeros((4, 2))):
        grid = Grid(4)
        scale, zero = grid.fitted(weights)
        assert (zero >= 0).all() and (zero <= 15).all()
        np.testing.assert_array_equal(
            grid.rounded(np.zeros_like(weights), scale, zero), np.broadcast_to(zero, weights.shape)
        )
