"""`KerasTensor`: operators infer shapes and dtypes; what needs values is refused."""

import operator

import numpy as np
import pytest

from keras_core import ops
from keras_core.runtime.keras_tensor import KerasTensor, any_symbolic_tensors

ARITHMETIC = (
    *(operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, operator.pow),
)
COMPARISONS = (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne)
BITWISE = (operator.and_, operator.or_, operator.xor)


@pytest.mark.parametrize("function", ARITHMETIC)
def test_arithmetic(function):
    x = KerasTensor((None, 1, 3))
    for result in (function(x, KerasTensor((2, 1))), function(x, np.ones((2, 1), "float32"))):
        assert (result.shape, result.dtype) == ((None, 2, 3), "float32")
    assert function(x, 2).shape == function(2.0, x).shape == (None, 1, 3)
    assert function(np.ones((2, 3), "float32"), x).shape == (None, 2, 3)


@pytest.mark.parametrize("function", COMPARISONS)
def test_comparisons(function):
    result = function(KerasTensor((None, 3)), KerasTensor((1, 3)))
    assert (result.shape, result.dtype) == ((None, 3), "bool")


@pytest.mark.parametrize("function", BITWISE)
def test_bitwise(function):
    integers, bools = KerasTensor((3,), "int32"), KerasTensor((None,), "bool")
    assert function(integers, integers).dtype == "int32"
    assert function(bools, bools).dtype == "bool"


def test_shifts():
    assert (KerasTensor((3,), "int32") << 1).dtype == (KerasTensor((3,), "int32") >> 1).dtype == "int32"


def test_unary():
    x = KerasTensor((None, 2))
    assert [result.shape for result in (-x, +x, abs(x))] == [(None, 2)] * 3
    assert (~KerasTensor((2,), "bool")).dtype == "bool"


def test_matmul():
    assert (KerasTensor((None, 5, 3)) @ KerasTensor((3, 4))).shape == (None, 5, 4)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (0, (5, 3)),
        (slice(1, None), (None, 5, 3)),
        ((slice(None), slice(1, 3)), (None, 2, 3)),
        ((slice(None), -1), (None, 3)),
        ((..., 0), (None, 5)),
        ((slice(None), None), (None, 1, 5, 3)),
        ((slice(None), slice(None, None, 2)), (None, 3, 3)),
    ],
)
def test_indexing(key, expected):
    assert KerasTensor((None, 5, 3))[key].shape == expected


def test_dtypes_promote():
    x = KerasTensor((2,), "int32")
    assert [(x + 1).dtype, (x + 1.5).dtype, (x + KerasTensor((2,), "float16")).dtype] == ["int32", "float32", "float16"]


def test_shapes_that_do_not_broadcast_are_an_error():
    with pytest.raises(ValueError, match=r"\(2, 3\).*\(4, 3\)"):
        KerasTensor((2, 3)) + KerasTensor((4, 3))


def test_methods():
    x = KerasTensor((None, 1, 4))
    assert x.reshape((-1, 4)).shape == (None, 4)
    assert x.squeeze(1).shape == (None, 4)


def test_iteration_over_a_known_axis():
    x = KerasTensor((2, None))
    assert len(x) == 2
    assert [row.shape for row in x] == [(None,), (None,)]


@pytest.mark.parametrize("function", [bool, int, float, np.asarray, operator.index, len, list])
def test_what_needs_values_is_refused(function):
    with pytest.raises(TypeError, match="KerasTensor"):
        function(KerasTensor((None,)))


def test_hash_is_by_identity():
    x, y = KerasTensor((1,)), KerasTensor((1,))
    assert len({x, y, x}) == 2


@pytest.mark.parametrize("options", [{"sparse": True}, {"ragged": True}])
def test_sparse_and_ragged_are_refused(options):
    with pytest.raises(ValueError, match="sparse and ragged"):
        KerasTensor((1,), **options)


def test_unknown_argument_is_an_error():
    with pytest.raises(TypeError, match="strides"):
        KerasTensor((1,), strides=(1,))


def test_names_are_unique():
    x, y = KerasTensor((1,)), KerasTensor((1,))
    assert x.name != y.name and x.name == x.name
    assert KerasTensor((1,), name="input").name == "input"


def test_symbolic_tensors_are_found_in_trees():
    x = KerasTensor((1,))
    assert any_symbolic_tensors({"a": [1, (x,)]})
    assert not any_symbolic_tensors({"a": [1, (ops.ones(1),)]})


def test_ops_of_a_symbolic_scope_infer_instead_of_computing():
    import keras_core as keras

    with keras.SymbolicScope() as scope, scope:
        found = keras.ops.matmul(keras.KerasTensor((2, 3)), keras.KerasTensor((3, 4)))
    assert keras.utils.is_keras_tensor(found)
    assert found.shape == (2, 4)
    assert not keras.utils.is_keras_tensor(keras.ops.ones(2))
