"""Initial values: distributions, fans, seeds, configurations."""

import numpy as np
import pytest

from keras_core import Variable, initializers, ops
from keras_core.initializers.random import compute_fans
from keras_core.runtime.dtypes import standardize_dtype
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.symbolic import symbolic_scope
from keras_core.runtime.table import active

DRAWING = [
    *("RandomNormal", "RandomUniform", "TruncatedNormal", "VarianceScaling", "Orthogonal", "GlorotUniform"),
    *("GlorotNormal", "HeNormal", "HeUniform", "LecunNormal", "LecunUniform"),
]


@pytest.mark.parametrize("name", DRAWING)
def test_seed_decides_the_values(name):
    cls = getattr(initializers, name)
    first, second, other = cls(seed=3)((5, 4)), cls(seed=3)((5, 4)), cls(seed=4)((5, 4))
    assert standardize_dtype(first.dtype) == "float32"
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("name", DRAWING)
def test_without_a_seed_objects_differ_and_calls_do_not(name):
    cls = getattr(initializers, name)
    initializer = cls()
    np.testing.assert_array_equal(initializer((3, 3)), initializer((3, 3)))
    assert not np.array_equal(initializer((3, 3)), cls()((3, 3)))
    assert not np.array_equal(initializer((3, 3)), initializer.clone()((3, 3)))


def test_values_of_a_seed_are_fixed():
    # Whoever changes these changes the initial weights of every seeded model.
    values = ops.convert_to_numpy(initializers.GlorotUniform(seed=3)((2, 2)))
    assert values.tobytes().hex() == "bd55433fd3e981bf500349bfbf0925bf"


@pytest.mark.parametrize(
    ("initializer", "variance"),
    [
        (initializers.GlorotUniform(seed=1), 2 / 700),
        (initializers.GlorotNormal(seed=1), 2 / 700),
        (initializers.HeNormal(seed=1), 2 / 300),
        (initializers.HeUniform(seed=1), 2 / 300),
        (initializers.LecunNormal(seed=1), 1 / 300),
        (initializers.LecunUniform(seed=1), 1 / 300),
        (initializers.VarianceScaling(3.0, "fan_out", "untruncated_normal", seed=1), 3 / 400),
        (initializers.RandomNormal(stddev=0.5, seed=1), 0.25),
        (initializers.RandomUniform(-1.0, 1.0, seed=1), 1 / 3),
    ],
)
def test_variance(initializer, variance):
    values = np.asarray(initializer((300, 400)), "float64")
    assert abs(values.mean()) < 0.01 * np.sqrt(variance) * 2
    assert np.isclose(values.var(), variance, rtol=0.02)


def test_truncated_normal_is_cut_off():
    values = ops.convert_to_numpy(initializers.TruncatedNormal(mean=1.0, stddev=0.5, seed=1)((10_000,)))
    assert np.abs(values - 1.0).max() <= 1.0 + 1e-6
    assert np.isclose(values.std(), 0.5 * 0.8796, rtol=0.02)


@pytest.mark.parametrize(
    ("shape", "axes", "fans"),
    [
        ((), {}, (1, 1)),
        ((7,), {}, (7, 7)),
        ((3, 5), {}, (3, 5)),
        ((2, 3, 4, 5), {}, (24, 30)),
        ((2, 3, 4, 5), {"input_axes": (0, 1), "output_axes": (2,)}, (6, 4)),
        ((2, 3, 4, 5), {"input_axes": 0, "output_axes": -1}, (2, 5)),
    ],
)
def test_fans(shape, axes, fans):
    assert compute_fans(shape, **axes) == fans


@pytest.mark.parametrize("shape", [(4, 4), (6, 3), (3, 6), (2, 3, 4)])
def test_orthogonal(shape):
    matrix = np.asarray(initializers.Orthogonal(gain=2.0, seed=1)(shape), "float64").reshape(-1, shape[-1])
    product = matrix @ matrix.T if matrix.shape[0] <= matrix.shape[1] else matrix.T @ matrix
    np.testing.assert_allclose(product, 4 * np.eye(len(product)), atol=1e-5)


@pytest.mark.parametrize(
    ("initializer", "expected"),
    [
        (initializers.Zeros(), [[0, 0, 0], [0, 0, 0]]),
        (initializers.Ones(), [[1, 1, 1], [1, 1, 1]]),
        (initializers.Constant(2.5), [[2.5] * 3] * 2),
        (initializers.Constant([1.0, 2.0, 3.0]), [[1, 2, 3]] * 2),
        (initializers.Identity(2.0), [[2, 0, 0], [0, 2, 0]]),
    ],
)
def test_constants(initializer, expected):
    np.testing.assert_array_equal(initializer((2, 3)), np.array(expected, "float32"))


@pytest.mark.parametrize("dtype", ["float64", "float16", "bfloat16", "int32"])
def test_dtype(dtype):
    assert standardize_dtype(initializers.Ones()((2,), dtype).dtype) == dtype


def test_values_are_real_while_shapes_are_inferred():
    with symbolic_scope(active()):
        assert not isinstance(initializers.Ones()((2,)), KerasTensor)


def test_seed_generator_gives_new_values_each_call():
    class Generator:
        def __init__(self):
            self.count = 0

        def next(self):
            self.count += 1
            return np.array([0, self.count], "uint32")

    initializer = initializers.RandomNormal(seed=Generator())
    assert not np.array_equal(initializer((3,)), initializer((3,)))


@pytest.mark.parametrize(
    ("identifier", "cls"),
    [
        ("glorot_uniform", initializers.GlorotUniform),
        ("GlorotUniform", initializers.GlorotUniform),
        ("normal", initializers.RandomNormal),
        ("zero", initializers.Zeros),
        ("OrthogonalInitializer", initializers.Orthogonal),
        (initializers.Ones, initializers.Ones),
        ({"class_name": "Zeros", "config": {}}, initializers.Zeros),
        (np.ones(2), initializers.Constant),
    ],
)
def test_get(identifier, cls):
    assert type(initializers.get(identifier)) is cls


def test_get_keeps_objects_functions_and_none():
    def ones(shape, dtype=None):
        return np.ones(shape, dtype)

    initializer = initializers.Zeros()
    assert initializers.get(initializer) is initializer
    assert initializers.get(ones) is ones
    assert initializers.get(None) is None


def test_unknown_name_suggests():
    with pytest.raises(ValueError, match=r"unknown initializer 'glorot_unifrom'. Did you mean 'glorot_uniform'"):
        initializers.get("glorot_unifrom")


@pytest.mark.parametrize("name", [*DRAWING, "Zeros", "Ones", "Constant", "Identity"])
def test_configuration_round_trips(name):
    cls = getattr(initializers, name)
    initializer = cls(seed=5) if name in DRAWING else cls()
    loaded = initializers.deserialize(initializers.serialize(initializer))
    assert type(loaded) is cls
    np.testing.assert_array_equal(loaded((2, 2)), initializer((2, 2)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: initializers.VarianceScaling(scale=0), "scale"),
        (lambda: initializers.VarianceScaling(mode="fan"), "mode"),
        (lambda: initializers.VarianceScaling(distribution="flat"), "distribution"),
        (lambda: initializers.RandomNormal(seed="one"), "seed"),
        (lambda: initializers.Identity()((2, 3, 4)), "matrix"),
        (lambda: initializers.Orthogonal()((2,)), "rank 2"),
    ],
)
def test_bad_arguments_are_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_variable_keeps_no_array_that_somebody_else_holds():
    held = np.ones(2, "float32")

    class Held(initializers.Initializer):
        def __call__(self, shape, dtype=None):
            return held

    variables = [Variable(initializer, (2,), "float32") for initializer in (Held(), initializers.Constant(held))]
    held[:] = 5
    assert all(variable.numpy().tolist() == [1.0, 1.0] for variable in variables)


@pytest.mark.parametrize("name", ["GlorotUniform", "RandomNormal", "TruncatedNormal"])
def test_wide_weights_have_the_digits_of_their_dtype(name):
    drawn = ops.convert_to_numpy(getattr(initializers, name)(seed=1)((50,), "float64"))
    assert drawn.dtype == "float64" and (drawn != drawn.astype("float32")).any()
