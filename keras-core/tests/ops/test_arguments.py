"""What ops take: numbers, lists, arrays, tensors, variables, in any mixture; and the errors for what they do not."""

import numpy as np
import pytest

from keras_core import ops
from keras_core.runtime import dtypes
from keras_core.runtime.table import active
from keras_core.runtime.variable import Variable


def host(x):
    return ops.convert_to_numpy(x)


FORMS = {
    "number": lambda: 2.0,
    "list": lambda: [1.0, 2.0],
    "nested list of tensors": lambda: [ops.ones(()), 2.0],
    "tuple": lambda: (1.0, 2.0),
    "array": lambda: np.float32([1, 2]),
    "NumPy number": lambda: np.float32(3),
    "tensor": lambda: ops.convert_to_tensor([1.0, 2.0]),
    "variable": lambda: Variable([1.0, 2.0]),
    "strided array": lambda: np.float32([1, 9, 2, 9])[::2],
    "big-endian array": lambda: np.array([1, 2], ">f4"),
}


@pytest.mark.parametrize("first", FORMS)
@pytest.mark.parametrize("second", FORMS)
def test_forms_mix(first, second):
    x, y = FORMS[first](), FORMS[second]()
    result = ops.add(x, y)
    assert isinstance(result, active().tensor_types)
    as_array = [np.asarray([host(item) for item in z] if isinstance(z, list) else host(z)) for z in (x, y)]
    np.testing.assert_array_equal(host(result), as_array[0] + as_array[1])
    assert dtypes.standardize_dtype(result.dtype) == "float32"


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        (True, "bool"),
        (3, "int32"),
        (2.5, "float32"),
        (2j, "complex64"),
        ([1, 2.5], "float32"),
        ([True, 2], "int32"),
        ([], "float32"),
        (np.arange(3), "int64"),
        (np.float64(1), "float64"),
        ([np.int8(1), 2], "int8"),
    ],
)
def test_dtype_of_what_is_converted(values, dtype):
    assert dtypes.standardize_dtype(ops.convert_to_tensor(values).dtype) == dtype


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint16", "float16", "bfloat16", "float64", "complex64"])
def test_dtype_that_is_asked_for(dtype):
    for values in (1, [1, 0], np.ones(2), ops.ones(2), Variable([1.0, 0.0])):
        assert dtypes.standardize_dtype(ops.convert_to_tensor(values, dtype).dtype) == dtype


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: ops.add("a", 1), TypeError, "add: .*'a'"),
        (lambda: ops.add(None, 1), TypeError, "add: .*None"),
        (lambda: ops.add({"x": 1}, 1), TypeError, "add: .*dict"),
        (lambda: ops.add([[1, 2], [3]], 1), ValueError, "add: .*equal lengths"),
        (lambda: ops.add(np.array(["x"]), 1), TypeError, "add: .*<U1"),
        (lambda: ops.mean([1.0], axis=1), ValueError, r"mean: argument 'axis' .*\[-1, 1\).* got 1"),
        (lambda: ops.mean([1.0], axis="x"), TypeError, "mean: argument 'axis' must be an int, got 'x'"),
        (lambda: ops.sum([[1.0]], axis=(0, -2)), ValueError, "sum: .*twice"),
        (lambda: ops.concatenate([], 0), TypeError, "concatenate: argument 'xs' must be a non-empty list"),
        (lambda: ops.concatenate(3.0), TypeError, "concatenate: argument 'xs' must be a non-empty list"),
        (lambda: ops.concatenate([[1.0]], axis=2), ValueError, "concatenate: argument 'axis'"),
        (lambda: ops.reshape([1.0, 2.0], "x"), TypeError, "reshape: a shape must be"),
        (lambda: ops.reshape([1.0, 2.0], (1.5, 2)), TypeError, "reshape: .*1.5"),
        (lambda: ops.cast([1.0], "float33"), ValueError, "cast: dtype: expected one of .* got 'float33'"),
        (lambda: ops.einsum("ij,jk->ik", [[1.0]]), ValueError, "einsum: .*names 2 operands, got 1"),
        (
            lambda: ops.einsum("ij,jk->ik", ops.ones((2, 3)), ops.ones((2, 3))),
            ValueError,
            "einsum: label 'j' .* 3 and 2",
        ),
        (lambda: ops.einsum("ij->k", [[1.0]]), ValueError, "einsum: each label of the result"),
    ],
)
def test_errors_name_the_op_and_what_came(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_one_dtype_of_lists():
    result = ops.concatenate([ops.ones(1, "int32"), ops.ones(1, "float16"), Variable([1.0], dtype="bfloat16")])
    assert dtypes.standardize_dtype(result.dtype) == "float32"
    assert dtypes.standardize_dtype(ops.stack([1, 2.5, True]).dtype) == "float32"


def test_integers_become_floats_where_they_must():
    assert [dtypes.standardize_dtype(f([1, 4]).dtype) for f in (ops.sqrt, ops.mean, ops.softmax, ops.exp)] == [
        *["float32"] * 4
    ]
    assert [dtypes.standardize_dtype(f(ops.ones(2, "int8")).dtype) for f in (ops.sum, ops.prod)] == ["int32"] * 2


def test_conditions_are_not_promoted():
    result = ops.where([1, 0], ops.ones(2, "int8"), 2)
    assert dtypes.standardize_dtype(result.dtype) == "int8" and host(result).tolist() == [1, 2]


def test_keywords_are_those_of_the_signature():
    x = ops.ones((2, 3))
    assert host(ops.sum(x=x, axis=-1, keepdims=True)).shape == (2, 1)
    with pytest.raises(TypeError, match="dim"):
        ops.sum(x, dim=1)
