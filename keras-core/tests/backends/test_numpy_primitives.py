"""The NumPy backend's primitives: strict dtypes, silence, edge shapes."""

import warnings

import ml_dtypes
import numpy as np
import pytest

from keras_core.contract import PRIMITIVE_NAMES, UnsupportedOpError
from keras_core.plugins import registry

ANSWERS = registry.load_backend_plugin("numpy")
P = ANSWERS.primitives
DTYPES = ANSWERS.host.dtypes

FLOATS = ("float16", "bfloat16", "float32", "float64")
INEXACT = (*FLOATS, "complex64", "complex128")
INTEGERS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")

UNARY = (
    *("abs", "negative", "sign", "exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan"),
    *("sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "floor", "ceil", "round", "trunc"),
)
BINARY = ("add", "subtract", "multiply", "divide", "floor_divide", "remainder", "pow", "atan2", "maximum", "minimum")
SPECIAL = (0.0, -0.0, 1.0, -1.5, 2.5, np.inf, -np.inf, np.nan)


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def array(values, dtype):
    return np.array(values, DTYPES[dtype])


def test_every_primitive_is_there():
    assert set(P) == set(PRIMITIVE_NAMES)


def test_add_is_the_bare_ufunc():
    assert P["add"] is np.add


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", UNARY)
def test_unary_keeps_the_dtype_and_is_silent(name, dtype):
    x = array(SPECIAL, dtype)
    result = P[name](x)
    assert result.dtype == x.dtype
    numpy_name = {"round": "rint"}.get(name, name)
    with np.errstate(all="ignore"):
        expected = getattr(np, numpy_name)(x.astype("float64"))
    tolerance = float(ml_dtypes.finfo(x.dtype).eps) * 8
    np.testing.assert_allclose(result.astype("float64"), expected, tolerance, tolerance)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", BINARY[3:])
def test_binary_keeps_the_dtype_and_is_silent(name, dtype):
    x = array(SPECIAL, dtype)
    result = P[name](x[:, None], x[None, :])
    assert result.dtype == x.dtype
    assert result.shape == (8, 8)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(
    "name", ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "isnan", "isinf", "isfinite")
)
def test_tests_are_silent(name, dtype):
    x = array(SPECIAL, dtype)
    result = P[name](x) if name.startswith("is") else P[name](x[:, None], x[None, :])
    wide = x.astype("float64")
    expected = getattr(np, name)(wide) if name.startswith("is") else getattr(np, name)(wide[:, None], wide)
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("name", ("sum", "prod", "max", "min"))
@pytest.mark.parametrize("axis", (None, (1,), (0, 1)))
def test_reductions_do_not_widen_integers(name, dtype, axis):
    x = array([[1, 2, 3], [4, 5, 6]], dtype)
    result = P[name](x, axis, True)
    assert result.dtype == x.dtype
    assert result.shape == ((2, 1) if axis == (1,) else (1, 1))
    np.testing.assert_array_equal(result, getattr(np, name)(x, axis=axis, keepdims=True).astype(x.dtype))


@pytest.mark.parametrize("dtype", ("float16", "bfloat16"))
def test_long_sums_of_narrow_floats_do_not_stall(dtype):
    ones = np.ones((4096, 2), DTYPES[dtype])
    assert P["sum"](ones, (0,), False).tolist() == [4096, 4096]
    assert P["cumulative_sum"](ones, 0)[-1].tolist() == [4096, 4096]


@pytest.mark.parametrize("dtype", INEXACT)
def test_reductions_over_nothing(dtype):
    x = np.zeros((0, 2), DTYPES[dtype])
    assert P["sum"](x, (0,), False).tolist() == [0, 0]
    assert P["prod"](x, None, False) == 1
    assert P["sum"](x, (0,), False).dtype == x.dtype


def test_reductions_of_scalars():
    x = np.array(2.0, "float32")
    for name in ("sum", "prod", "max", "min"):
        assert P[name](x, None, False) == 2
        assert P[name](x, (), False).dtype == np.float32


@pytest.mark.parametrize("dtype", FLOATS)
def test_order_puts_nan_last_and_index_finds_it_first(dtype):
    x = array([2, np.nan, 1, 3, np.nan, 1], dtype)
    np.testing.assert_array_equal(P["sort"](x, 0).astype("float32"), [1, 1, 2, 3, np.nan, np.nan])
    assert P["sort"](x, 0).dtype == x.dtype
    assert P["argsort"](x, 0).tolist() == [2, 5, 0, 3, 1, 4]
    for name in ("argsort", "argmax", "argmin"):
        arguments = (x, 0) if name == "argsort" else (x, 0, False)
        assert P[name](*arguments).dtype == np.int32
    assert P["argmax"](x, 0, False) == P["argmin"](x, 0, False) == 1
    assert np.isnan(P["max"](x, None, False).astype("float32"))


@pytest.mark.parametrize("source", tuple(DTYPES))
@pytest.mark.parametrize("target", tuple(DTYPES))
def test_every_cast_is_silent(source, target):
    assert P["astype"](np.ones((2,), DTYPES[source]), target).dtype == DTYPES[target]


def test_casts_truncate_and_drop_the_imaginary_part():
    assert P["astype"](array([-1.9, 1.9], "float32"), "int8").tolist() == [-1, 1]
    assert P["astype"](array([1 + 2j], "complex64"), "float32").tolist() == [1]
    assert P["astype"](array([2j, 0], "complex64"), "bool").tolist() == [True, False]


def test_unknown_dtypes_are_unsupported():
    with pytest.raises(UnsupportedOpError, match="float8_e3m4"):
        P["full"]((2,), 1.0, "float8_e3m4")


def test_full_keeps_the_sign_of_zero():
    assert np.signbit(P["full"]((1,), -0.0, "float32"))[0]
    assert P["full"]((2,), 0, "int8").tolist() == [0, 0]
    assert P["full"]((), 2 + 1j, "complex64") == 2 + 1j


def test_arange_does_not_add_up_rounding():
    assert P["arange"](0, 256, 1, "bfloat16").tolist() == list(range(256))
    assert P["arange"](5, 0, -2, "uint8").tolist() == [5, 3, 1]
    assert P["arange"](0, 1, 0.25, "float16").tolist() == [0, 0.25, 0.5, 0.75]


@pytest.mark.parametrize("dtype", (*INEXACT, "int8"))
def test_matmul(dtype):
    x, y = array([[1, 2], [3, 4]], dtype), array([1, -1], dtype)
    assert P["matmul"](x, x).dtype == x.dtype
    assert P["matmul"](x, y).tolist() == [-1, -1]


@pytest.mark.parametrize("dtype", INEXACT)
def test_linear_algebra(dtype):
    x = array([[4, 1], [1, 3]], dtype)
    lower = P["cholesky"](x)
    values, vectors = P["eigh"](x)
    left, singular, right = P["svd"](x, False)
    sign, logarithm = P["slogdet"](x)
    q, r = P["qr"](x)
    wide = np.complex128 if dtype.startswith("complex") else np.float64
    tolerance = 0.05 if dtype in ("float16", "bfloat16") else 1e-5
    for product in (lower @ lower.conj().T, vectors * values @ vectors.conj().T, left * singular @ right, q @ r):
        np.testing.assert_allclose(product.astype(wide), x.astype(wide), atol=tolerance)
    np.testing.assert_allclose(float(logarithm.real), np.log(11), atol=tolerance)
    np.testing.assert_allclose(P["solve"](x, P["matmul"](x, x)).astype(wide), x.astype(wide), atol=4 * tolerance)
    real = {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)
    assert {part.dtype for part in (lower, vectors, left, right, q, r, sign)} == {x.dtype}
    assert {part.dtype for part in (values, singular, logarithm)} == {DTYPES[real]}


def test_shapes():
    x = np.arange(6, dtype="int32").reshape(1, 2, 3)
    assert P["expand_dims"](x, 3).shape == (1, 2, 3, 1)
    assert P["expand_dims"](np.float32(1), 0).shape == (1,)
    assert P["squeeze"](x, (0,)).shape == (2, 3)
    assert P["permute_dims"](x, (2, 0, 1)).shape == (3, 1, 2)
    assert P["flip"](x, None).ravel().tolist() == [5, 4, 3, 2, 1, 0]
    assert P["flip"](x, (2,)).ravel().tolist() == [2, 1, 0, 5, 4, 3]
    assert P["slice"](x, (0, 1, 0), (None, 9, 3), (1, 1, 2)).tolist() == [[[3, 5]]]
    assert P["concat"]([x], 0).shape == x.shape
    assert P["shape"](x) == (1, 2, 3)
    assert [part.tolist() for part in P["nonzero"](np.array([0, 2, 3]))] == [[1, 2]]
    assert P["take"](x, np.array([2, 0]), 2).shape == (1, 2, 2)


def test_the_callers_error_state_stays():
    with np.errstate(all="raise"):
        P["log"](np.zeros(2, "float32"))
        with pytest.raises(FloatingPointError):
            np.log(np.zeros(2, "float32"))


@pytest.mark.parametrize(
    ("shape", "shape_of_indices", "axis"),
    [((3, 4), (3, 2), 1), ((3, 4), (5, 4), 0), ((3, 4, 5), (3, 1, 5), 1), ((3, 4), (1, 2), 1), ((3, 4), (3, 0), 1)],
)
def test_take_along_axis_is_that_of_numpy(shape, shape_of_indices, axis):
    x = np.arange(np.prod(shape)).reshape(shape)
    indices = np.random.default_rng(0).integers(0, shape[axis], shape_of_indices).astype("int32")
    np.testing.assert_array_equal(P["take_along_axis"](x, indices, axis), np.take_along_axis(x, indices, axis))
