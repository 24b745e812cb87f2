"""Neighbours and bytes, in the dtypes whose units in the last place NumPy can count only itself."""

import numpy as np
import pytest

from keras_core import ops
from keras_core.runtime.table import host_dtype

FLOATS = ("bfloat16", "float16", "float32", "float64")


def array(values, dtype):
    return np.array(values).astype(host_dtype(dtype))


@pytest.mark.parametrize("dtype", FLOATS)
def test_neighbours(dtype):
    x = array([1.0, 1.0, -1.0, 0.0, 0.0, 2.0, -2.0, 1.5, 3.0, 0.1], dtype)
    y = array([2.0, 0.0, -2.0, 1.0, -1.0, np.inf, -np.inf, 1.5, -3.0, 0.2], dtype)
    found = ops.convert_to_numpy(ops.nextafter(ops.convert_to_tensor(x), ops.convert_to_tensor(y)))
    expected = np.nextafter(x, y)
    assert found.dtype == expected.dtype
    assert found.tobytes() == expected.tobytes()


def test_smallest_number_goes_to_zero_of_its_sign():
    tiny = np.float32(1e-45)
    found = ops.convert_to_numpy(ops.nextafter(np.array([tiny, -tiny]), np.zeros(2, np.float32)))
    assert found.tolist() == [0, 0]
    assert np.signbit(found).tolist() == [False, True]


def test_nan_has_a_sign_bit():
    assert ops.convert_to_numpy(ops.signbit(np.array([-np.nan, np.nan], np.float32))).tolist() == [True, False]


@pytest.mark.parametrize("target", ["uint8", "int16", "float16", "int32", "int64", "float64", "complex64"])
@pytest.mark.parametrize("source", ["uint8", "int16", "float32", "uint64", "complex64"])
def test_view_there_and_back(source, target):
    # Complex numbers are put together by arithmetic, in which some backends take the smallest floats for 0.
    x = np.random.default_rng(0).normal(size=(2, 16)).astype(np.float32).view(source)
    there = ops.view(ops.convert_to_tensor(x), target)
    np.testing.assert_array_equal(ops.convert_to_numpy(there), x.view(target))
    np.testing.assert_array_equal(ops.convert_to_numpy(ops.view(there, source)), x)


def test_view_of_a_scalar():
    assert int(ops.view(ops.convert_to_tensor(1.0), "int32")) == 0x3F800000


@pytest.mark.parametrize("dtype", FLOATS)
def test_powers_of_two_out_of_range(dtype):
    x = array([0.0, 1.0, 1.0, -1.0], dtype)
    found = ops.convert_to_numpy(ops.ldexp(ops.convert_to_tensor(x), np.array([9000, 9000, -9000, 9000], np.int32)))
    assert found.astype(float).tolist() == [0.0, np.inf, 0.0, -np.inf]


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.filterwarnings("error")
def test_infinite_results_do_not_warn(dtype):
    large = ops.convert_to_tensor(array([1.0, -1.0, np.inf], dtype))
    result = ops.convert_to_numpy(ops.ldexp(large, ops.convert_to_tensor(np.int32([3000, 3000, 1]))))
    np.testing.assert_array_equal(result.astype("float64"), [np.inf, -np.inf, np.inf])
    infinite = ops.convert_to_tensor(array([np.inf, np.nan], dtype))
    np.testing.assert_array_equal(
        ops.convert_to_numpy(ops.nextafter(infinite, infinite)).astype("float64"), [np.inf, np.nan]
    )
