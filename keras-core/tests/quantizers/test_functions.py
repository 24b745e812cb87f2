"""Functions from floats to few values and back."""

import numpy as np
import pytest

from keras_core import KerasTensor, ops, quantizers, transforms
from keras_core.runtime.dtypes import standardize_dtype

WEIGHTS = np.random.default_rng(0).normal(size=(10, 3)).astype("float32")


def dtype_of(x):
    return standardize_dtype(x.dtype)


@pytest.mark.parametrize("to_numpy", [False, True])
@pytest.mark.parametrize("axis", [0, -1, (0, 1), None])
def test_largest_magnitude_becomes_the_largest_integer(axis, to_numpy):
    integers, scale = quantizers.abs_max_quantize(WEIGHTS, axis, to_numpy=to_numpy)
    largest = np.abs(WEIGHTS).max(axis=axis, keepdims=True)
    assert isinstance(integers, np.ndarray) or not to_numpy
    assert (dtype_of(integers), dtype_of(scale)) == ("int8", "float32")
    np.testing.assert_allclose(scale, 127 / largest, rtol=1e-5)
    assert np.abs(ops.convert_to_numpy(integers).astype(int)).max(axis=axis, keepdims=True).min() == 127
    restored = ops.convert_to_numpy(integers) / ops.convert_to_numpy(scale)
    assert (np.abs(restored - WEIGHTS) <= 0.501 * largest / 127).all()


def test_range_and_dtype_of_integers():
    integers, scale = quantizers.abs_max_quantize(WEIGHTS, 0, value_range=(-8, 7), dtype="int32", epsilon=0.5)
    assert dtype_of(integers) == "int32" and ops.convert_to_numpy(integers).min() >= -8
    np.testing.assert_allclose(scale, 7 / (np.abs(WEIGHTS).max(0, keepdims=True) + 0.5), rtol=1e-6)


def test_zeros_have_a_finite_scale_in_half_precision():
    integers, scale = quantizers.abs_max_quantize(np.zeros((2, 3), "float16"), -1)
    assert np.isfinite(ops.convert_to_numpy(scale)).all() and not ops.convert_to_numpy(integers).any()


def test_symbolic():
    integers, scale = quantizers.abs_max_quantize(KerasTensor((None, 3)), -1)
    assert (integers.shape, integers.dtype, scale.shape) == ((None, 3), "int8", (None, 1))
    assert quantizers.fake_quant_with_min_max_vars(KerasTensor((None, 3)), 0.0, 1.0).shape == (None, 3)


@pytest.mark.parametrize("to_numpy", [False, True])
@pytest.mark.parametrize("size", [5, 4, 10, 128])
def test_blocks_have_scale_and_zero_point(size, to_numpy):
    integers, scale, zero = quantizers.abs_max_quantize_grouped_with_zero_point(WEIGHTS, size, to_numpy=to_numpy)
    count = -(-10 // size)
    assert scale.shape == zero.shape == (count, 3) and (dtype_of(integers), dtype_of(zero)) == ("int8", "int8")
    for block in range(count):
        rows = WEIGHTS[block * size : (block + 1) * size]
        low, high = rows.min(0), rows.max(0)
        if len(rows) < min(size, 10):  # the last block is filled up with zeros
            low, high = np.minimum(low, 0), np.maximum(high, 0)
        np.testing.assert_allclose(scale[block], (high - low) / 15, rtol=1e-5)
        both_signs = (low <= 0) & (high >= 0)
        integer_rows = ops.convert_to_numpy(integers)[block * size : (block + 1) * size].astype("float32")
        restored = (integer_rows - ops.convert_to_numpy(zero)[block]) * ops.convert_to_numpy(scale)[block]
        within = np.abs(restored - rows) <= 1.01 * ops.convert_to_numpy(scale)[block]
        assert both_signs.any() and within[:, both_signs].all()


def test_blocks_of_equal_numbers():
    integers, scale, zero = quantizers.abs_max_quantize_grouped_with_zero_point(np.zeros((4, 2), "float32"), 2)
    assert np.isfinite(ops.convert_to_numpy(scale)).all()
    np.testing.assert_array_equal(ops.convert_to_numpy(integers)[:2], ops.convert_to_numpy(zero))


@pytest.mark.parametrize(("shape", "size"), [((4,), 2), ((4, 2, 2), 2), ((4, 2), 0), ((4, 2), 1.5)])
def test_wrong_blocks(shape, size):
    with pytest.raises(ValueError, match=r"expected inputs of shape \(rows, columns\) and block_size >= 1"):
        quantizers.abs_max_quantize_grouped_with_zero_point(np.ones(shape, "float32"), size)


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
@pytest.mark.parametrize(("shape", "axis"), [((5, 3), 0), ((5, 3), 1), ((4, 3), -2), ((2, 5, 2), 1), ((7,), 0)])
def test_packing_and_back(shape, axis, dtype):
    low, high = (-8, 8) if dtype == "int8" else (0, 16)
    integers = np.random.default_rng(0).integers(low, high, shape).astype(dtype)
    packed, packed_shape, length = quantizers.pack_int4(integers, axis, dtype)
    assert dtype_of(packed) == dtype and tuple(packed.shape) == packed_shape and length == shape[axis]
    assert packed_shape[axis] == (length + 1) // 2
    first, second = np.moveaxis(integers.astype(int), axis, 0)[:2] & 15
    expected = (first | second << 4).astype("uint8").view(dtype)
    np.testing.assert_array_equal(np.moveaxis(ops.convert_to_numpy(packed), axis, 0)[0], expected)
    restored = quantizers.unpack_int4(packed, length, axis, dtype)
    assert dtype_of(restored) == dtype
    np.testing.assert_array_equal(restored, integers)


def test_packing_refuses():
    with pytest.raises(ValueError, match="expected the dtype 'int8' or 'uint8', got 'int16'"):
        quantizers.pack_int4(np.ones(2, "int8"), dtype="int16")
    with pytest.raises(TypeError, match="expected a tensor of dtype uint8, got int8"):
        quantizers.pack_int4(np.ones(2, "int8"), dtype="uint8")
    with pytest.raises(ValueError, match="expected orig_len of at most 4, got 5"):
        quantizers.unpack_int4(np.ones(2, "int8"), 5)


# By hand: with 3 bits from -4 to 3 the values are the integers; from -1 to 6 with bounds moved, multiples of 1.
@pytest.mark.parametrize(
    ("bounds", "options", "expected"),
    [
        ((-4.0, 3.0), {"num_bits": 3}, [-4, -2, 0, 1, 3]),
        ((-3.0, 3.0), {"num_bits": 3, "narrow_range": True}, [-3, -2, 0, 1, 3]),
        ((-1.2, 5.8), {"num_bits": 3}, [-1, -1, 0, 1, 6]),
        ((1.0, 8.0), {"num_bits": 3}, [0, 0, 0, 1, 7]),
        ((-8.0, -1.0), {"num_bits": 3}, [-7, -2, 0, 0, 0]),
    ],
)
def test_rounding_in_training(bounds, options, expected):
    x = np.array([-9.0, -2.2, 0.4, 1.4, 9.0], "float32")
    for minimum, maximum in (bounds, tuple(np.float32(bounds))):
        found = quantizers.fake_quant_with_min_max_vars(x, minimum, maximum, **options)
        np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize(("axis", "transposed"), [(1, False), (-1, False), (0, True), (None, False)])
def test_bounds_of_each_channel(axis, transposed):
    x = np.array([[-9.0, -9.0], [0.4, 0.4], [9.0, 9.0]], "float32")
    minimum, maximum = np.float32([-4.0, -2.0]), np.float32([3.0, 1.5])
    found = quantizers.fake_quant_with_min_max_vars(x.T if transposed else x, minimum, maximum, 3, axis=axis)
    found = np.transpose(ops.convert_to_numpy(found)) if transposed else found
    np.testing.assert_allclose(found, [[-4, -2], [0, 0.5], [3, 1.5]], atol=1e-6)


def test_derivative_of_rounding_in_training():
    x = np.array([[-9.0, -9.0], [0.4, 0.4], [9.0, 9.0]], "float32")
    upstream = np.arange(1, 7, dtype="float32").reshape(3, 2)

    def loss(x, minimum, maximum):
        rounded = quantizers.fake_quant_with_min_max_vars(x, minimum, maximum, 3, axis=-1)
        return ops.sum(ops.multiply(rounded, upstream))

    gradients = transforms.grad(loss, (0, 1, 2))(x, np.float32([-4.0, -2.0]), np.float32([3.0, 1.5]))
    for gradient, expected in zip(gradients, ([[0, 0], [3, 4], [0, 0]], [1, 2], [5, 6]), strict=True):
        np.testing.assert_allclose(gradient, expected)

    def scalar(minimum):
        rounded = quantizers.fake_quant_with_min_max_vars(x, minimum, ops.cast(3.0, "float32"), 3)
        return ops.sum(ops.multiply(rounded, upstream))

    assert float(transforms.grad(scalar)(np.float32(-4.0))) == 3.0  # both numbers that are below it


@pytest.mark.parametrize(
    ("amax", "margin", "expected"),
    [(896.0, 0, 2.0), (896.0, 2, 8.0), (0.0, 0, 2.5), (np.inf, 0, 2.5), (np.nan, 0, 2.5), (1e-44, 0, 2.5)],
)
def test_scale_of_float8(amax, margin, expected):
    scale = quantizers.compute_float8_scale(np.float32(amax), np.float32(2.5), 448.0, margin)
    np.testing.assert_allclose(scale, expected, rtol=1e-6)


def test_history_is_a_ring():
    history = np.float32([3.0, 2.0, 1.0])
    for value, expected in ((-7.0, [7, 1, 3]), (0.5, [0.5, 3, 7]), (4.0, [4, 7, 0.5])):
        history = quantizers.compute_float8_amax_history(np.float32([[value, 0.1]]), history)
        np.testing.assert_allclose(history, expected)


@pytest.mark.parametrize(("dtype", "largest", "bits"), [("float8_e4m3fn", 448.0, 3), ("float8_e5m2", 57344.0, 2)])
@pytest.mark.parametrize("compute_dtype", ["float32", "bfloat16"])
def test_there_and_back(dtype, largest, bits, compute_dtype):
    x = np.array([1.0, 1 + 2.0**-bits, -3.0, 1e9], "float32")
    found = quantizers.quantize_and_dequantize(x * 2, 2.0, dtype, compute_dtype)
    assert dtype_of(found) == compute_dtype
    np.testing.assert_allclose(ops.convert_to_numpy(ops.cast(found, "float32")) / 2, [*x[:3], largest])
