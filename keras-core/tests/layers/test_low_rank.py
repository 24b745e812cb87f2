"""Low-rank adaptation of the layers with a large weight."""

import numpy as np
import pytest

from keras_core import layers

CASES = {
    "Dense": (lambda **kwargs: layers.Dense(3, **kwargs), np.linspace(-1, 1, 8).reshape(2, 4).astype("float32")),
    "Conv1D": (
        lambda **kwargs: layers.Conv1D(3, 2, **kwargs),
        np.arange(24, dtype="float32").reshape(2, 4, 3) / 24,
    ),
    "Embedding": (lambda **kwargs: layers.Embedding(4, 3, **kwargs), np.array([[0, 1], [3, 2]])),
}


@pytest.fixture(params=CASES)
def case(request):
    return CASES[request.param]


def large(layer):
    return getattr(layer, layer.adapted)


def test_change_is_added_and_trained_alone(case):
    make, x = case
    layer = make()
    before = layer(x)
    frozen = large(layer).numpy()
    layer.enable_lora(2, lora_alpha=6)
    np.testing.assert_allclose(layer(x), before, rtol=1e-5, atol=1e-6)  # the second factor begins at zero
    a, b = layer.trainable_weights[-2:]
    names = [weight.path.rpartition("/")[2] for weight in (a, b)]
    assert names == [f"lora_{layer.adapted}_a", f"lora_{layer.adapted}_b"]
    assert not any(weight is layer._large for weight in layer.trainable_weights)
    assert a.shape == (*frozen.shape[:-1], 2) and b.shape == (2, 3)
    b.assign(np.ones((2, 3)))
    merged = frozen + 3 * a.numpy() @ np.ones((2, 3), "float32")
    np.testing.assert_allclose(large(layer), merged, rtol=1e-5, atol=1e-5)
    plain = make()
    plain(x)
    plain.set_weights([merged, *(weight.numpy() for weight in layer.weights[1:-2])])
    np.testing.assert_allclose(layer(x), plain(x), rtol=1e-4, atol=1e-5)


def test_files_hold_the_merged_weight(case):
    make, x = case
    layer = make(lora_rank=2)
    layer(x)
    layer._factor_b.assign(np.ones((2, 3)))
    expected = layer(x)
    stored = {}
    layer.save_own_variables(stored)
    for other in (make(), make(lora_rank=1)):
        other(x)
        other.load_own_variables(stored)
        np.testing.assert_allclose(other(x), expected, rtol=1e-5, atol=1e-5)
    config = layer.get_config()
    assert (config["lora_rank"], config["lora_alpha"]) == (2, 2)
    assert type(layer).from_config(config).lora_rank == 2


def test_large_weight_stays_frozen_whatever_is_set_around_it(case):
    make, x = case
    layer = make(lora_rank=1)
    layer(x)
    for value in (False, True):
        layer.trainable = value
    assert not any(variable is layer._large for variable in layer.trainable_variables)
    assert len(layer.trainable_variables) == len(layer.variables) - 1


def test_refusals():
    layer = layers.Dense(3)
    with pytest.raises(AttributeError, match="'kernel' does not exist before the layer is built"):
        _ = layer.kernel
    with pytest.raises(ValueError, match="needs a built layer"):
        layer.enable_lora(2)
    layer.build((None, 4))
    layer.enable_lora(2)
    with pytest.raises(ValueError, match="enabled already, with rank 2"):
        layer.enable_lora(2)
    layer = layers.Dense(3, kernel_constraint="max_norm")
    layer.build((None, 4))
    with pytest.raises(ValueError, match="would circumvent kernel_constraint"):
        layer.enable_lora(2)
