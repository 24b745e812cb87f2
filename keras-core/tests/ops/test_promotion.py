"""Promotion where binary ops of other libraries part ways, and division that rounds down."""

import numpy as np
import pytest

from keras_core import ops

MIXED = ("add", "subtract", "multiply", "maximum", "minimum", "fmax", "fmin", "divide", "mod", "fmod", "hypot")


def dtype_of(x):
    return ops.convert_to_numpy(x).dtype.name


@pytest.mark.parametrize("name", MIXED)
@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("float32", "float64", "float64"),
        ("float64", "int64", "float64"),
        ("float16", "float32", "float32"),
        ("int64", "float32", "float32"),
        ("int32", "float64", "float64"),
    ],
)
def test_all_promote_alike(name, first, second, expected):
    function = getattr(ops, name)
    x, y = np.array([3.0, 4.0]).astype(first), np.array([2.0, 5.0]).astype(second)
    assert dtype_of(function(x, y)) == expected
    assert dtype_of(function(y, x)) == expected


@pytest.mark.parametrize("name", MIXED)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_python_numbers_are_weak(name, dtype):
    assert dtype_of(getattr(ops, name)(np.array([3.0], dtype), 2)) == dtype
    assert dtype_of(getattr(ops, name)(2.5, np.array([3.0], dtype))) == dtype


def test_python_numbers_are_weak_among_choices():
    condition = np.array([True, False])
    for dtype in ("int8", "float16", "float64"):
        assert dtype_of(ops.select([condition, ~condition], [np.array([3, 4], dtype), 2])) == dtype


@pytest.mark.parametrize("dtype", ["int8", "int32", "int64", "float32"])
def test_division_of_negatives_rounds_down(dtype):
    x, y = np.array([7, -7, 7, -7, -6, 6], dtype), np.array([3, 3, -3, -3, 3, -3], dtype)
    quotient, rest = (ops.convert_to_numpy(function(x, y)) for function in (ops.floor_divide, ops.mod))
    assert quotient.tolist() == [2, -3, -3, 2, -2, -2]
    assert rest.tolist() == [1, 2, -2, -1, 0, 0]
    assert ops.convert_to_numpy(ops.fmod(x, y)).tolist() == [1, -1, 1, -1, 0, 0]


def test_doubles_keep_their_digits():
    x = np.array([1 / 3, -1 / 7])
    assert ops.convert_to_numpy(ops.maximum(x, 0.1)).tolist() == [1 / 3, 0.1]
    assert ops.convert_to_numpy(ops.median(x)) == pytest.approx((1 / 3 - 1 / 7) / 2, rel=1e-15)
    assert ops.convert_to_numpy(ops.cbrt(x)).tolist() == pytest.approx(np.cbrt(x).tolist(), rel=4e-16)
    assert ops.convert_to_numpy(ops.i0(np.array([19.9, 20.1]))).tolist() == pytest.approx(
        np.i0([19.9, 20.1]).tolist(), rel=1e-14
    )
