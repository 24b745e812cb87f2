"""Activations as layers, against their formulas."""

import numpy as np
import pytest

from keras_core import layers, ops

X = np.array([[-2.0, -0.5, 0.25, 0.75, 8.0]], "float32")


def host(x):
    return ops.convert_to_numpy(x)


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (layers.ReLU(), np.maximum(X, 0)),
        (layers.ReLU(6, 0.1, 0.5), np.where(X >= 0.5, np.minimum(X, 6), 0.1 * (X - 0.5))),
        (layers.LeakyReLU(), np.where(X > 0, X, 0.3 * X)),
        (layers.ELU(0.5), np.where(X > 0, X, 0.5 * (np.exp(X) - 1))),
        (layers.Softmax(), np.exp(X) / np.exp(X).sum()),
    ],
    ids=lambda item: type(item).__name__,
)
def test_formulas(layer, expected):
    np.testing.assert_allclose(host(layer(X)), expected, rtol=1e-5, atol=1e-6)


def test_older_code_calls_the_slope_alpha():
    with pytest.warns(UserWarning, match="'alpha' is of older code; use 'negative_slope'"):
        layer = layers.LeakyReLU(alpha=0.5)
    assert layer.get_config()["negative_slope"] == 0.5


def test_slopes_are_learned_for_each_element_but_at_shared_axes():
    layer = layers.PReLU(shared_axes=[1])
    layer.build((None, 4, 3))
    assert layer.alpha.shape == (1, 3)
    layer.set_weights([np.array([[0.0, 0.5, 2.0]], "float32")])
    x = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
    np.testing.assert_allclose(host(layer(x)), np.where(x > 0, x, [0.0, 0.5, 2.0] * x), rtol=1e-6)


def test_softmax_leaves_out_what_is_masked():
    mask = np.array([[True, False, True], [False, False, False]])
    result = host(layers.Softmax()(np.ones((2, 3), "float32"), mask=mask))
    np.testing.assert_allclose(result, [[0.5, 0.0, 0.5], [0.0, 0.0, 0.0]])


def test_softmax_refuses_a_mask_that_does_not_broadcast():
    with pytest.raises(ValueError, match=r"expected a mask that broadcasts to the inputs of shape \(2, 3, 4\), got"):
        layers.Softmax()(np.ones((2, 3, 4), "float32"), mask=np.ones((2, 3), bool))
