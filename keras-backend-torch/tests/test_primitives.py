"""Primitives against NumPy: values and strict result dtypes, unsigned integers and half precision above all."""

import ml_dtypes
import numpy as np
import pytest
import torch

from keras_backend_torch.host import DTYPES, from_host, to_host
from keras_backend_torch.primitives import PRIMITIVES as P
from keras_core.contract import PRIMITIVE_NAMES

UNSIGNED = ("uint8", "uint16", "uint32", "uint64")
INTEGERS = (*UNSIGNED, "int8", "int16", "int32", "int64")
HALVES = ("float16", "bfloat16")
FLOATS = (*HALVES, "float32", "float64")
COMPLEX = ("complex64", "complex128")
TOLERANCE = {"float16": 2e-2, "bfloat16": 8e-2, "float32": 1e-4, "complex64": 1e-4}


def host_dtype(dtype):
    return ml_dtypes.bfloat16 if dtype == "bfloat16" else np.dtype(dtype)


def sample(dtype, shape=(3, 4), seed=0):
    generator = np.random.default_rng(seed)
    if dtype == "bool":
        return generator.integers(0, 2, shape).astype(bool)
    if dtype in INTEGERS:
        limits = np.iinfo(dtype)
        return generator.integers(limits.min, limits.max, shape, dtype, endpoint=True)
    values = generator.normal(size=shape)
    if dtype in COMPLEX:
        values = values + 1j * generator.normal(size=shape)
    return values.astype(host_dtype(dtype))


def wide(array):
    return array.astype(np.float32) if array.dtype == ml_dtypes.bfloat16 else array


def check(result, expected, dtype):
    result_host = to_host(result)
    assert result.dtype is DTYPES[dtype]
    assert result_host.shape == np.shape(expected)
    tolerance = TOLERANCE.get(dtype, 1e-12)
    np.testing.assert_allclose(wide(result_host), wide(np.asarray(expected)), tolerance, tolerance)


def test_all_mandatory_primitives_are_there_and_no_other():
    assert set(P) == set(PRIMITIVE_NAMES)


@pytest.mark.parametrize("dtype", [*INTEGERS, *FLOATS, *COMPLEX])
@pytest.mark.parametrize("shape", [(3, 4), (), (0, 2)])
@pytest.mark.parametrize("name", ["add", "subtract", "multiply"])
def test_arithmetic_wraps_and_keeps_its_dtype(name, shape, dtype):
    x, y = sample(dtype, shape), sample(dtype, shape, 1)
    with np.errstate(over="ignore"):
        check(P[name](from_host(x, dtype), from_host(y, dtype)), getattr(np, name)(x, y), dtype)


@pytest.mark.parametrize("dtype", [*INTEGERS, *FLOATS])
@pytest.mark.parametrize("name", ["floor_divide", "remainder"])
def test_division_floors(name, dtype):
    x, y = sample(dtype, (50,)), sample(dtype, (50,), 1)
    y = np.where(y == 0, np.ones_like(y), y)
    if dtype in HALVES:  # NumPy rounds the quotient otherwise than torch
        x, y = np.round(x * 8), np.where(y < 0, -2, 2).astype(y.dtype)
    check(P[name](from_host(x, dtype), from_host(y, dtype)), getattr(np, name)(x, y), dtype)


def test_unsigned_division_by_a_divisor_above_half_the_range():
    x = np.array([2**64 - 1, 2**63, 5, 2**64 - 1], "uint64")
    y = np.array([2**63 + 1, 2**64 - 1, 2**63, 3], "uint64")
    for name in ("floor_divide", "remainder"):
        assert to_host(P[name](from_host(x, "uint64"), from_host(y, "uint64"))).tolist() == list(
            getattr(np, name)(x, y)
        )


@pytest.mark.parametrize("dtype", UNSIGNED)
def test_unsigned_powers_shifts_and_signs(dtype):
    limits = np.iinfo(dtype)
    x = np.array([0, 1, 3, limits.max, limits.max - 1, 2], dtype)
    y = np.array([0, 5, 3, 2, 1, limits.bits - 1], dtype)
    tensors = from_host(x, dtype), from_host(y, dtype)
    check(P["pow"](*tensors), x**y, dtype)
    check(P["bitwise_left_shift"](*tensors), x << y, dtype)
    check(P["bitwise_right_shift"](*tensors), x >> y, dtype)
    check(P["bitwise_invert"](tensors[0]), ~x, dtype)
    check(P["negative"](tensors[0]), np.negative(x), dtype)
    check(P["abs"](tensors[0]), x, dtype)
    check(P["sign"](tensors[0]), np.sign(x), dtype)
    for top in (np.array([3, 2, 1], dtype), np.full(3, limits.max, dtype)):
        base = np.array([3, 2, 7], dtype)
        check(P["pow"](from_host(base, dtype), from_host(top, dtype)), base**top, dtype)


@pytest.mark.parametrize("dtype", ["bool", *INTEGERS, *FLOATS])
def test_order(dtype):
    x, y = sample(dtype), sample(dtype, seed=1)
    tensors = from_host(x, dtype), from_host(y, dtype)
    for name in ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal"):
        check(P[name](*tensors), getattr(np, name)(x, y), "bool")
    for name in ("maximum", "minimum"):
        check(P[name](*tensors), getattr(np, name)(x, y), dtype)
    check(P["sort"](tensors[0], 1), np.sort(x, 1), dtype)
    check(P["argsort"](tensors[0], 1), np.argsort(x, 1, kind="stable"), "int32")
    check(P["argmax"](tensors[0], 0, True), np.argmax(x, 0, keepdims=True), "int32")
    check(P["argmin"](tensors[0], 1, False), np.argmin(x, 1), "int32")
    for found, expected in zip(P["nonzero"](tensors[0]), np.nonzero(x), strict=True):
        check(found, expected, "int32")


@pytest.mark.parametrize("dtype", [*INTEGERS, *FLOATS, *COMPLEX])
@pytest.mark.parametrize("axis", [None, (), (1,), (0, 2)])
@pytest.mark.parametrize("keepdims", [False, True])
def test_reductions_do_not_widen(dtype, axis, keepdims):
    x = sample(dtype, (2, 3, 2))
    tensor = from_host(x, dtype)
    exact = x if dtype in (*INTEGERS, *COMPLEX) else x.astype(np.float64)
    accumulator = exact.dtype
    with np.errstate(over="ignore"):
        check(P["sum"](tensor, axis, keepdims), exact.sum(axis, dtype=accumulator, keepdims=keepdims), dtype)
        check(P["prod"](tensor, axis, keepdims), exact.prod(axis, dtype=accumulator, keepdims=keepdims), dtype)
    if dtype not in COMPLEX:
        check(P["max"](tensor, axis, keepdims), x.max(axis, keepdims=keepdims), dtype)
        check(P["min"](tensor, axis, keepdims), x.min(axis, keepdims=keepdims), dtype)
    held = from_host(wide(x).real > 0, "bool")
    check(P["all"](held, axis, keepdims), (wide(x).real > 0).all(axis, keepdims=keepdims), "bool")
    check(P["any"](held, axis, keepdims), (wide(x).real > 0).any(axis, keepdims=keepdims), "bool")


@pytest.mark.parametrize("dtype", [*INTEGERS, *FLOATS, *COMPLEX])
def test_cumulative_functions_matmul_and_indexing(dtype):
    x, y = sample(dtype, (3, 4)), sample(dtype, (4, 2), 1)
    tensor = from_host(x, dtype)
    exact = x if dtype in (*INTEGERS, *COMPLEX) else x.astype(np.float64)
    with np.errstate(over="ignore"):
        check(P["cumulative_sum"](tensor, 1), np.cumsum(exact, 1, dtype=exact.dtype), dtype)
        check(P["cumulative_prod"](tensor, 0), np.cumprod(exact, 0, dtype=exact.dtype), dtype)
        check(P["matmul"](tensor, from_host(y, dtype)), exact @ y.astype(exact.dtype), dtype)
    check(P["flip"](tensor, None), np.flip(x), dtype)
    check(P["slice"](tensor, (1, 0), (None, 9), (1, 3)), x[1:, ::3], dtype)
    for index in ("uint8", "uint32", "int32", "int64"):
        check(P["take"](tensor, from_host(np.array([2, 0]), index), 1), x[:, [2, 0]], dtype)
        places = np.array([[2, 0]] * 3)
        found = P["take_along_axis"](tensor, from_host(places, index), 1)
        check(found, np.take_along_axis(x, places, 1), dtype)


@pytest.mark.parametrize("dtype", [*FLOATS, *COMPLEX])
def test_linear_algebra(dtype):
    x = sample(dtype, (2, 3, 3)).astype("complex128" if dtype in COMPLEX else "float64")
    x = x @ np.swapaxes(x, 1, 2).conj() + 3 * np.eye(3)
    tensor = from_host(x, dtype)
    real = {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)
    check(P["cholesky"](tensor), np.linalg.cholesky(x), dtype)
    check(P["solve"](tensor, tensor), np.broadcast_to(np.eye(3), x.shape), dtype)
    sign, logarithm = P["slogdet"](tensor)
    check(sign, np.ones(2), dtype)
    check(logarithm, np.linalg.slogdet(x)[1], real)
    values, vectors = P["eigh"](tensor)
    assert (values.dtype, vectors.dtype) == (DTYPES[real], DTYPES[dtype])
    u, s, vh = P["svd"](tensor, False)
    assert (u.dtype, s.dtype, vh.dtype) == (DTYPES[dtype], DTYPES[real], DTYPES[dtype])
    q, r = P["qr"](tensor)
    assert (q.dtype, r.dtype) == (DTYPES[dtype], DTYPES[dtype])


def test_special_values():
    nan = float("nan")
    x = torch.tensor([nan, -2.0, -0.0, 3.0, nan])
    np.testing.assert_array_equal(to_host(P["sign"](x)), np.sign(to_host(x)))
    np.testing.assert_array_equal(to_host(P["sort"](x, 0)), np.sort(to_host(x)))
    assert P["argsort"](x, 0).tolist() == [1, 2, 3, 0, 4]
    assert P["argmax"](torch.tensor([1.0, nan, nan]), 0, False).item() == 1
    assert P["argmax"](torch.tensor([1, 7, 7] * 40), 0, False).item() == 1
    assert P["argmin"](torch.tensor([True, False, False]), 0, False).item() == 1
    assert P["max"](x, None, False).isnan() and P["min"](x, (0,), False).isnan()
    assert P["round"](torch.tensor([0.5, 1.5, -2.5])).tolist() == [0.0, 2.0, -2.0]
    assert P["floor_divide"](torch.tensor([-7, 7]), torch.tensor([2, -2])).tolist() == [-4, -4]
    assert P["sum"](torch.zeros((0, 2)), (0,), False).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("dtype", ["bool", *INTEGERS, *FLOATS, *COMPLEX, "float8_e4m3fn", "float8_e5m2"])
def test_creation_and_casts(dtype):
    assert P["full"]((2, 0), 1, dtype).dtype is DTYPES[dtype]
    for other in ("bool", "uint16", "int32", "bfloat16", "float32", "complex64"):
        cast = P["astype"](P["full"]((2,), 1, dtype), other)
        assert cast.dtype is DTYPES[other] and P["astype"](cast, "bool").all()
    if dtype != "bool" and not dtype.startswith("float8"):
        check(P["arange"](1, 9, 2, dtype), np.arange(1, 9, 2).astype(host_dtype(dtype)), dtype)
        check(P["arange"](9, 1, 2, dtype), np.zeros(0, host_dtype(dtype)), dtype)


def test_casts_truncate_and_drop_imaginary_parts(recwarn):
    assert P["astype"](torch.tensor([-1.7, 1.7]), "int32").tolist() == [-1, 1]
    assert P["astype"](torch.tensor([2j, 1 + 1j, 0j]), "bool").tolist() == [True, True, False]
    assert P["astype"](torch.tensor([2 + 1j]), "float32").tolist() == [2.0]
    assert not recwarn.list


def test_an_error_that_is_no_missing_kernel_is_raised_as_it_is():
    with pytest.raises(RuntimeError, match="must match the size"):
        P["add"](torch.ones(2), torch.ones(3))
    with pytest.raises(RuntimeError, match="must match the size"):
        P["add"](from_host(np.ones(2), "uint16"), from_host(np.ones(3), "uint16"))
