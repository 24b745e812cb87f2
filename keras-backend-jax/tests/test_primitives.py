"""The JAX backend's primitives against NumPy: strict dtypes, edge shapes."""

import jax
import ml_dtypes
import numpy as np
import pytest

from keras_backend_jax.plugin import contract_1_0
from keras_core.contract import PRIMITIVE_NAMES, UnsupportedOpError

HOST = contract_1_0.keras_host_conversion("jax")
P = contract_1_0.keras_primitives("jax")

FLOATS = ("float16", "bfloat16", "float32", "float64")
INEXACT = (*FLOATS, "complex64", "complex128")
INTEGERS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")

UNARY = (
    *("abs", "negative", "sign", "exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan"),
    *("sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "floor", "ceil", "round", "trunc"),
)
BINARY = ("add", "subtract", "multiply", "divide", "floor_divide", "remainder", "maximum", "minimum")


def tensor(values, dtype):
    return HOST.from_host(np.asarray(values).astype(HOST.dtypes[dtype]), dtype)


def close(result, expected):
    wide = np.complex128 if np.iscomplexobj(expected) else np.float64
    found = np.asarray(result)
    epsilon = float(ml_dtypes.finfo(found.dtype).eps)
    np.testing.assert_allclose(found.astype(wide), expected, epsilon * 16, epsilon * 16)


def test_every_primitive_is_there():
    assert set(P) == set(PRIMITIVE_NAMES)


@pytest.mark.parametrize("dtype", ("bfloat16", "float32"))
@pytest.mark.parametrize("name", UNARY)
def test_unary(name, dtype):
    x = tensor([0.0, 1.0, -1.5, 2.5, np.inf, np.nan], dtype)
    result = P[name](x)
    assert result.dtype == x.dtype
    with np.errstate(all="ignore"):
        close(result, getattr(np, {"round": "rint"}.get(name, name))(np.asarray(x).astype("float64")))


@pytest.mark.parametrize("dtype", ("float16", "float64", "int8", "uint32"))
@pytest.mark.parametrize("name", BINARY)
def test_binary(name, dtype):
    if name == "divide" and "int" in dtype:
        dtype = "float32"
    x, y = tensor([[7, 3, 0]], dtype), tensor([[2], [5]], dtype)
    result = P[name](x, y)
    assert result.dtype == x.dtype
    expected = getattr(np, name)(np.asarray(x), np.asarray(y))
    np.testing.assert_allclose(np.asarray(result), expected, 1e-3)


@pytest.mark.parametrize("name", ("sum", "prod", "max", "min"))
@pytest.mark.parametrize("dtype", (*INTEGERS, *FLOATS))
def test_reductions_keep_the_dtype(name, dtype):
    x = tensor([[1, 2, 3], [4, 1, 2]], dtype)
    for axis in (None, (1,), (0, 1)):
        result = P[name](x, axis, True)
        assert result.dtype == x.dtype
        expected = getattr(np, name)(np.asarray(x).astype("float64"), axis=axis, keepdims=True)
        assert result.shape == expected.shape
        np.testing.assert_array_equal(np.asarray(result).astype("float64"), expected)


def test_reductions_of_nothing_and_of_scalars():
    assert P["sum"](tensor(np.zeros((0, 2)), "int8"), (0,), False).tolist() == [0, 0]
    assert P["prod"](tensor(np.zeros((0, 2)), "bfloat16"), None, False).tolist() == 1
    assert P["all"](tensor(np.zeros(0), "bool"), None, False).tolist() is True
    assert P["max"](tensor(2, "float32"), (), False).tolist() == 2


@pytest.mark.parametrize("dtype", ("float16", "bfloat16"))
def test_running_sums_of_narrow_floats_do_not_stall(dtype):
    ones = tensor(np.ones((4096, 2)), dtype)
    assert P["sum"](ones, (0,), False).tolist() == [4096, 4096]
    assert P["cumulative_sum"](ones, 0)[-1].tolist() == [4096, 4096]
    assert P["cumulative_prod"](ones, 1).dtype == ones.dtype


@pytest.mark.parametrize("dtype", FLOATS)
def test_order(dtype):
    x = tensor([2, np.nan, 1, 3, np.nan, 1], dtype)
    np.testing.assert_array_equal(np.asarray(P["sort"](x, 0)).astype("float32"), [1, 1, 2, 3, np.nan, np.nan])
    assert P["argsort"](x, 0).tolist() == [2, 5, 0, 3, 1, 4]
    assert P["argsort"](x, 0).dtype == P["argmax"](x, 0, False).dtype == np.int32
    assert P["argmax"](x, 0, False).tolist() == P["argmin"](x, 0, False).tolist() == 1
    assert P["argmax"](x, 0, True).shape == (1,)


def test_order_of_bools_and_integers():
    bools = tensor([True, False, True], "bool")
    assert P["sort"](bools, 0).tolist() == [False, True, True]
    assert P["argsort"](bools, 0).tolist() == [1, 0, 2]
    assert P["argmax"](bools, 0, False).tolist() == 0
    assert P["argmin"](tensor([3, 1, 1], "uint8"), 0, False).tolist() == 1


def test_casts():
    assert P["astype"](tensor([-1.9, 1.9], "float32"), "int8").tolist() == [-1, 1]
    assert P["astype"](tensor([0.5, 0], "float16"), "bool").tolist() == [True, False]
    assert P["astype"](tensor([1 + 2j], "complex64"), "float32").tolist() == [1]
    assert P["astype"](tensor([2j, 0], "complex64"), "bool").tolist() == [True, False]
    for dtype, native in HOST.dtypes.items():
        assert P["astype"](tensor([1, 0], "int32"), dtype).dtype == native
    with pytest.raises(UnsupportedOpError, match="float8_e3m4"):
        P["full"]((2,), 1.0, "float8_e3m4")


def test_creation():
    assert P["full"]((2, 0), 1, "int8").shape == (2, 0)
    assert P["full"]((2,), -0.0, "float32").tolist() == [0, 0]
    assert np.signbit(np.asarray(P["full"]((), -0.0, "float32")))
    assert P["full"]((), 2**64 - 1, "uint64").tolist() == 2**64 - 1
    assert P["full"]((1,), 1 + 2j, "complex64").tolist() == [1 + 2j]
    assert P["arange"](0, 256, 1, "bfloat16").tolist() == list(range(256))
    assert P["arange"](5, 0, -2, "uint8").tolist() == [5, 3, 1]
    assert P["arange"](0, 1, 0.25, "float16").tolist() == [0, 0.25, 0.5, 0.75]
    assert P["arange"](3, 0, 1, "int32").shape == (0,)
    for name in ("full", "arange"):
        arguments = ((2,), 1) if name == "full" else (0, 2, 1)
        assert {P[name](*arguments, dtype).dtype for dtype in ("int8", "int64")} == {
            np.dtype("int8"),
            np.dtype("int64"),
        }


@pytest.mark.parametrize("dtype", INEXACT)
def test_linear_algebra(dtype):
    x = tensor([[[4, 1], [1, 3]]], dtype)
    lower = P["cholesky"](x)
    values, vectors = P["eigh"](x)
    left, singular, right = P["svd"](x, False)
    sign, logarithm = P["slogdet"](x)
    q, r = P["qr"](x)
    solved = P["solve"](x, P["matmul"](x, x))
    wide = np.asarray(x).astype("complex128")

    def at(part):
        return np.asarray(part).astype("complex128")

    tolerance = 0.1 if dtype in ("float16", "bfloat16") else 1e-4
    conjugate = at(vectors).conj().swapaxes(1, 2)
    np.testing.assert_allclose(at(lower) @ at(lower).conj().swapaxes(1, 2), wide, atol=tolerance)
    np.testing.assert_allclose(at(vectors) * at(values)[:, None] @ conjugate, wide, atol=tolerance)
    np.testing.assert_allclose(at(left) * at(singular)[:, None] @ at(right), wide, atol=tolerance)
    np.testing.assert_allclose(at(q) @ at(r), wide, atol=tolerance)
    np.testing.assert_allclose(at(solved), wide, atol=tolerance)
    np.testing.assert_allclose(at(logarithm), np.log([11]), atol=tolerance)
    real = {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)
    assert {part.dtype for part in (lower, vectors, left, right, q, r, sign)} == {x.dtype}
    assert {part.dtype for part in (values, singular, logarithm)} == {HOST.dtypes[real]}


@pytest.mark.parametrize("dtype", ("complex64", "complex128"))
def test_fourier(dtype):
    x = tensor([1, 2j, 3], dtype)
    close(P["fft"](x), np.fft.fft([1, 2j, 3]))
    close(P["ifft"](x), np.fft.ifft([1, 2j, 3]))
    assert P["fft"](x).dtype == x.dtype


def test_shapes_and_indexing():
    x = tensor(np.arange(6).reshape(1, 2, 3), "int32")
    assert P["shape"](x) == (1, 2, 3)
    assert P["reshape"](x, (3, -1)).shape == (3, 2)
    assert P["expand_dims"](x, 3).shape == (1, 2, 3, 1)
    assert P["squeeze"](x, (0,)).shape == (2, 3)
    assert P["permute_dims"](x, (2, 0, 1)).shape == (3, 1, 2)
    assert P["broadcast_to"](x, (2, 2, 3)).shape == (2, 2, 3)
    assert P["concat"]([x], 0).shape == P["concat"]((x, x[:0]), 0).shape == x.shape
    assert P["flip"](x, None).ravel().tolist() == [5, 4, 3, 2, 1, 0]
    assert P["flip"](x, (2,)).ravel().tolist() == [2, 1, 0, 5, 4, 3]
    assert P["take"](x, tensor([2, 0], "uint8"), 2).tolist() == [[[2, 0], [5, 3]]]
    assert P["take_along_axis"](x, tensor([[[2], [0]]], "int64"), 2).tolist() == [[[2], [3]]]
    assert [part.tolist() for part in P["nonzero"](x)] == [[0] * 5, [0, 0, 1, 1, 1], [1, 2, 0, 1, 2]]
    assert P["nonzero"](x)[0].dtype == np.int32


@pytest.mark.parametrize("compiled", (False, True))
@pytest.mark.parametrize(
    "start, stop, step", (((0, 1), (None, 9), (1, 1)), ((1, 0), (5, 2), (1, 2)), ((9, 2), (9, 1), (1, 1)))
)
def test_slice_clamps(start, stop, step, compiled):
    x = np.arange(12).reshape(4, 3)
    function = (lambda x: P["slice"](x, start, stop, step)) if not compiled else None
    function = function or jax.jit(lambda x: P["slice"](x, start, stop, step))
    np.testing.assert_array_equal(function(tensor(x, "int32")), x[tuple(map(slice, start, stop, step))])


def test_scalars_keep_the_dtype_of_the_tensor_eagerly_and_traced():
    x = tensor([1, 2], "bfloat16")
    two = HOST.scalar(2.0, "bfloat16")
    assert P["multiply"](x, two).dtype == x.dtype
    assert jax.jit(lambda x: P["multiply"](x, two))(x).dtype == x.dtype
    assert str(jax.make_jaxpr(lambda x: P["add"](x, two))(x)).count("let") == 1  # nothing nested is left


def test_stop_gradient():
    x = tensor([1.0, 2.0], "float32")
    assert P["stop_gradient"](x) is x
    gradient = jax.grad(lambda x: P["sum"](P["multiply"](x, P["stop_gradient"](x)), None, False))(x)
    assert gradient.tolist() == [1, 2]
