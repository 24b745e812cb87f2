"""Names of dtypes and the promotion lattice."""

import itertools

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import keras_core
from keras_core import ops
from keras_core.runtime import config, dtypes
from keras_core.runtime.dtypes import DTYPES, result_type, standardize_dtype

# The two kinds of float8 have no common dtype, so one of them stands for both.
dtype = st.sampled_from([name for name in DTYPES if name != "float8_e5m2"])

# Dtype and dtype -> dtype, in either order. Integers give the narrowest that holds both, and never widen a float.
PROMOTIONS = {
    ("bool", "uint8"): "uint8",
    ("bool", "bfloat16"): "bfloat16",
    ("uint8", "int8"): "int16",
    ("uint16", "int8"): "int32",
    ("uint32", "int32"): "int64",
    ("uint8", "uint32"): "uint32",
    ("uint64", "int8"): "float32",
    ("uint64", "int64"): "float32",
    ("int64", "float16"): "float16",
    ("int64", "bfloat16"): "bfloat16",
    ("int32", "float32"): "float32",
    ("int8", "float64"): "float64",
    ("float16", "bfloat16"): "float32",
    ("float8_e4m3fn", "float16"): "float16",
    ("float16", "float32"): "float32",
    ("float32", "float64"): "float64",
    ("float16", "complex64"): "complex64",
    ("float64", "complex64"): "complex128",
    ("int64", "complex64"): "complex64",
}
# Python type and dtype -> dtype: a Python number takes the dtype that it meets, unless that cannot hold its kind.
WEAK_PROMOTIONS = {
    (bool, "int8"): "int8",
    (int, "bool"): "int32",
    (int, "uint8"): "uint8",
    (int, "int64"): "int64",
    (int, "float16"): "float16",
    (float, "bool"): "float32",
    (float, "int64"): "float32",
    (float, "bfloat16"): "bfloat16",
    (float, "float64"): "float64",
    (complex, "int8"): "complex64",
    (complex, "float16"): "complex64",
    (complex, "float64"): "complex128",
    (complex, "complex64"): "complex64",
}


@pytest.mark.parametrize(("pair", "expected"), PROMOTIONS.items())
def test_promotion(pair, expected):
    assert result_type(*pair) == result_type(*reversed(pair)) == expected


@pytest.mark.parametrize(("pair", "expected"), WEAK_PROMOTIONS.items())
def test_promotion_of_python_numbers(pair, expected):
    assert result_type(*pair) == result_type(*reversed(pair)) == expected


def test_promotion_of_python_numbers_alone():
    assert [result_type(kind) for kind in (bool, int, float, complex, None)] == [
        *("bool", "int32", "float32", "complex64", "float32")
    ]


@given(dtype, dtype)
def test_promotion_has_no_order(first, second):
    assert result_type(first, second) == result_type(second, first)


@given(dtype)
def test_promotion_keeps_equal_dtypes(one):
    assert result_type(one, one) == one


@given(dtype, dtype)
def test_promotion_stays_where_it_arrived(first, second):
    joined = result_type(first, second)
    assert result_type(joined, first) == result_type(joined, second) == joined


@given(dtype)
def test_bools_change_nothing(one):
    assert result_type("bool", one) == one


def test_two_kinds_of_float8_have_no_common_dtype():
    with pytest.raises(ValueError, match="float8_e4m3fn and float8_e5m2 have no common dtype"):
        result_type("float8_e5m2", "float8_e4m3fn")


def test_nothing_to_promote_is_an_error():
    with pytest.raises(ValueError, match="at least one"):
        result_type()


def test_floatx_is_what_integers_become():
    before = config.floatx()
    try:
        config.set_floatx("float64")
        assert (result_type("int32", float), result_type("uint64", "int8")) == ("float64", "float64")
        assert (dtypes.float_for("int8"), dtypes.float_for("float16")) == ("float64", "float16")
        assert ops.mean(ops.arange(3)).dtype == ops.ones((), "float64").dtype
    finally:
        config.set_floatx(before)


@pytest.mark.parametrize(
    ("given_dtype", "expected"),
    [
        (np.float16, "float16"),
        (np.dtype("uint32"), "uint32"),
        (np.bool_, "bool"),
        (ml_dtypes.bfloat16, "bfloat16"),
        (np.dtype(ml_dtypes.float8_e5m2), "float8_e5m2"),
        (bool, "bool"),
        (int, "int32"),
        (float, "float32"),
        ("half", "float16"),
        ("double", "float64"),
        ("float", "float32"),
        (None, "float32"),
    ],
)
def test_forms_of_a_dtype(given_dtype, expected):
    assert standardize_dtype(given_dtype) == expected


@pytest.mark.parametrize("name", DTYPES)
def test_native_dtypes_have_names(name):
    from keras_core.runtime.table import active

    native = active().dtypes.get(name)
    if native is None:  # a dtype that the framework does not have
        with pytest.raises(Exception, match=name):
            ops.ones((1,), name)
    else:
        assert standardize_dtype(native) == name


@pytest.mark.parametrize("unknown", ["float17", "string", object(), np.dtype("U3"), 32])
def test_unknown_dtype_is_an_error_that_lists_the_known(unknown):
    with pytest.raises(ValueError, match="float32"):
        standardize_dtype(unknown)


def test_kinds_of_dtypes():
    assert [name for name in DTYPES if dtypes.is_integer(name)] == list(dtypes.INTEGERS)
    assert [name for name in DTYPES if dtypes.is_float(name)] == list(dtypes.FLOATS)
    assert [name for name in DTYPES if dtypes.is_inexact(name)] == [*dtypes.FLOATS, *dtypes.COMPLEX]


@pytest.mark.parametrize(
    ("first", "second"), [*itertools.combinations(("bool", "uint8", "int32", "float16", "bfloat16", "float32"), 2)]
)
def test_ops_promote_as_the_lattice_says(first, second):
    result = ops.maximum(ops.ones((2,), first), ops.zeros((2,), second))
    assert keras_core.KerasTensor((2,), result_type(first, second)).dtype == standardize_dtype(result.dtype)
