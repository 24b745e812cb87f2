"""Arrays, tensors and lists as columns of which rows are taken."""

import numpy as np
import pytest

from keras_core import ops
from keras_core.runtime.table import active
from keras_core.training.data.columns import is_in_memory, number_of_rows, split_rows, take_rows, to_columns


class Frame:
    """Something that only converts to an array, as frames do."""

    def __array__(self, dtype=None, copy=None):
        return np.arange(6).reshape(3, 2)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (np.ones(3), True),
        ([np.ones(3), {"a": np.ones(3)}], True),
        ([1.0, 2.0], True),
        ([[1, 2], [3, 4]], True),
        (Frame(), True),
        ([np.ones(3), None], True),
        (iter([1]), False),
        ("text", False),
        ([], False),
        (object(), False),
    ],
    ids=str,
)
def test_is_in_memory(data, expected):
    assert is_in_memory(data) is expected


def test_tensors_of_the_backend_stay_on_it():
    tensor = ops.ones((3, 2))
    assert is_in_memory(tensor)
    assert to_columns("x", tensor) is tensor
    assert active().is_tensor(take_rows(tensor, np.array([2, 0])))
    assert active().is_tensor(take_rows(tensor, slice(0, 2)))


@pytest.mark.parametrize("data", [[[0, 1], [2, 3], [4, 5]], Frame()], ids=["list", "frame"])
def test_lists_and_frames_become_arrays(data):
    np.testing.assert_array_equal(to_columns("x", data), np.arange(6).reshape(3, 2))


def test_structures_stay():
    found = to_columns("x", {"a": [np.ones(3), None], "b": (Frame(),)})
    assert found["a"][1] is None
    assert found["b"][0].shape == (3, 2)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (np.array(["a"]), "x: expected numbers or bools, got an array of dtype <U1"),
        (np.array([{}], dtype=object), "x: expected numbers or bools, got an array of dtype object"),
        (np.array(["2020-01-01"], "datetime64[D]"), "datetime64"),
        (np.float32(3), "x: expected one row a sample"),
        ([np.ones(3), "text"], "'text' of type str"),
    ],
)
def test_what_is_no_column(data, message):
    with pytest.raises(ValueError, match=message):
        to_columns("x", data)


def test_number_of_rows():
    assert number_of_rows({"x": [np.ones((3, 2)), None], "y": np.ones(3), "sample_weight": None}) == 3


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"x": [np.ones(3), np.ones(2)], "y": np.ones(3)}, "x: 3, 2; y: 3"),
        ({"x": np.ones((0, 2))}, "x empty"),
        ({"x": None}, "no arrays"),
    ],
)
def test_number_of_rows_must_be_one(columns, message):
    with pytest.raises(ValueError, match=message):
        number_of_rows(columns)


@pytest.mark.parametrize("rows", [slice(1, 3), np.array([2, 0, 2])], ids=str)
@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "uint8", "bool"])
def test_take_rows(rows, dtype):
    array = np.arange(8).reshape(4, 2).astype(dtype)
    taken = take_rows({"a": array, "b": None}, rows)["a"]
    np.testing.assert_array_equal(taken, array[rows])
    assert taken.dtype == ("float32" if dtype == "float64" else dtype)


def test_split_rows_copies_nothing():
    array = np.arange(8).reshape(4, 2)
    first, second = split_rows([array, None], 3)
    assert (first[0].shape, second[0].shape) == ((3, 2), (1, 2))
    assert np.shares_memory(second[0], array)
