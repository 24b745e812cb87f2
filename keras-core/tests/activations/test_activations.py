"""Activations against NumPy and SciPy."""

import numpy as np
import pytest
from scipy import special

from keras_core import activations
from keras_core.runtime.dtypes import standardize_dtype

X = np.array([-4.0, -2.0, -1.0, -0.5, 0.0, 0.25, 1.0, 2.0, 7.0], "float32")
Y = X.astype("float64")


def softplus(x):
    return np.logaddexp(x, 0)


def selu(x):
    return 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(x))


CASES = {
    "celu": np.where(Y > 0, Y, np.expm1(Y)),
    "elu": np.where(Y > 0, Y, np.expm1(Y)),
    "exponential": np.exp(Y),
    "gelu": Y * special.ndtr(Y),
    "hard_shrink": np.where(np.abs(Y) > 0.5, Y, 0),
    "hard_sigmoid": np.clip((Y + 3) / 6, 0, 1),
    "hard_silu": Y * np.clip((Y + 3) / 6, 0, 1),
    "hard_tanh": np.clip(Y, -1, 1),
    "leaky_relu": np.where(Y > 0, Y, 0.2 * Y),
    "linear": Y,
    "log_sigmoid": -softplus(-Y),
    "log_softmax": special.log_softmax(Y),
    "mish": Y * np.tanh(softplus(Y)),
    "relu": np.maximum(Y, 0),
    "relu6": np.clip(Y, 0, 6),
    "selu": selu(Y),
    "sigmoid": special.expit(Y),
    "silu": Y * special.expit(Y),
    "soft_shrink": np.sign(Y) * np.maximum(np.abs(Y) - 0.5, 0),
    "softmax": special.softmax(Y),
    "softplus": softplus(Y),
    "softsign": Y / (1 + np.abs(Y)),
    "sparse_plus": np.where(Y <= -1, 0, np.where(Y < 1, (Y + 1) ** 2 / 4, Y)),
    "sparse_sigmoid": np.clip((Y + 1) / 2, 0, 1),
    "squareplus": (Y + np.sqrt(Y**2 + 4)) / 2,
    "tanh": np.tanh(Y),
    "tanh_shrink": Y - np.tanh(Y),
}


@pytest.mark.parametrize("name", CASES)
def test_values(name):
    result = getattr(activations, name)(X)
    assert standardize_dtype(result.dtype) == "float32"
    np.testing.assert_allclose(result, CASES[name], rtol=2e-5, atol=2e-6)


def test_every_activation_has_a_case():
    functions = set(activations._NAMES) - {"swish", "hard_swish"}
    assert functions == {*CASES, "glu", "sparsemax", "threshold"}


def test_relu_arguments():
    x = np.array([-3.0, -1.0, 0.0, 0.5, 1.0, 3.0], "float32")
    expected = [-0.35, -0.15, -0.05, 0.0, 1.0, 2.0]
    np.testing.assert_allclose(
        activations.relu(x, negative_slope=0.1, max_value=2.0, threshold=0.5), expected, atol=1e-6
    )
    np.testing.assert_allclose(activations.relu(x, max_value=1.0), [0, 0, 0, 0.5, 1, 1])


def test_glu_and_threshold():
    np.testing.assert_allclose(activations.glu(X[:8]), Y[:4] * special.expit(Y[4:8]), rtol=1e-5)
    np.testing.assert_allclose(activations.threshold(X, 0.5, 9.0), np.where(X > 0.5, X, 9.0))


def test_sparsemax_projects_on_the_simplex():
    x = np.random.default_rng(0).standard_normal((5, 4)).astype("float32")
    result = np.asarray(activations.sparsemax(x))
    np.testing.assert_allclose(result.sum(-1), 1, atol=1e-6)
    assert (result >= 0).all() and (result == 0).any()
    np.testing.assert_allclose(activations.sparsemax(x.T, axis=0), result.T, atol=1e-6)


def test_integers_become_floats():
    assert standardize_dtype(activations.mish(np.array([1, 2])).dtype) == "float32"


def test_get_and_serialize():
    assert activations.get("swish") is activations.silu
    assert activations.get(None) is activations.linear
    assert activations.serialize(activations.relu) == "relu"
    assert activations.deserialize("relu") is activations.relu
    assert activations.get(activations.serialize(activations.gelu)) is activations.gelu


def test_unknown_name_suggests():
    with pytest.raises(ValueError, match=r"unknown activation 'softmx'. Did you mean 'softmax'"):
        activations.get("softmx")
