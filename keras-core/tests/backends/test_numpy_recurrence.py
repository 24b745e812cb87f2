"""The NumPy backend's kernels of recurrent layers against the composites."""

import numpy as np
import pytest

from keras_core.backends.numpy.recurrence import KERNELS
from keras_core.runtime.definition import DATABASE
from keras_core.runtime.table import use_backend

RNG = np.random.default_rng(0)
STATES = {"lstm": 2, "gru": 1}
BIASES = {"lstm": (12,), "gru": (2, 9)}


def arguments(name, dtype, scale=1.0):
    columns = BIASES[name][-1]
    shapes = [(2, 5, 4), *[(2, 3)] * STATES[name], (4, columns), (3, columns), BIASES[name]]
    return [(scale * RNG.normal(size=shape)).astype(dtype) for shape in shapes]


@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", KERNELS)
def test_the_kernel_computes_the_composite_and_leaves_its_arguments_alone(name, dtype, return_sequences):
    given = arguments(name, dtype)
    before = [x.copy() for x in given]
    with use_backend("numpy"):
        expected = DATABASE[name].body(*given, return_sequences)
    found = KERNELS[name](*given, return_sequences)
    for one, other in zip(found, expected, strict=True):
        assert one.dtype == dtype
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
    for x, old in zip(given, before, strict=True):
        np.testing.assert_array_equal(x, old)


@pytest.mark.parametrize("name", KERNELS)
def test_large_numbers_saturate_the_gates_without_a_warning(name, recwarn):
    found = KERNELS[name](*arguments(name, "float32", 1e4), True)
    assert all(np.isfinite(x).all() for x in found)
    assert not recwarn.list


@pytest.mark.parametrize("name", KERNELS)
def test_halves_are_left_to_the_composite(name):
    assert KERNELS[name](*arguments(name, "float16"), False) is NotImplemented
