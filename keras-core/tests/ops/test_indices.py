"""Indices that are at hand are checked, on every backend; those in a tensor cost nothing."""

import numpy as np
import pytest

from keras_core import KerasTensor, ops

ROW = np.array([10.0, 20.0, 30.0], np.float32)


@pytest.mark.parametrize("indices", [[0, 3], [-4], 3, np.array([[1], [5]]), np.array([-9])], ids=repr)
def test_out_of_range(indices: object) -> None:
    """An IndexError, whatever the framework would do."""
    x = ops.convert_to_tensor(ROW)
    with pytest.raises(IndexError, match=r"out of (range|bounds)"):
        ops.take(x, indices, axis=0)


def test_message() -> None:
    """It names the op, the index, the axis and its size."""
    x = ops.ones((2, 3))
    with pytest.raises(IndexError, match="take: index -4 is out of range for axis 1 of size 3"):
        ops.take(x, [0, -4], axis=1)
    with pytest.raises(IndexError, match="take: index 6 is out of range for the flattened tensor of size 6"):
        ops.take(x, [6])
    with pytest.raises(IndexError, match="take_along_axis: index 2 is out of range for axis 0 of size 2"):
        ops.take_along_axis(x, [[2, 0, 0]], axis=0)
    with pytest.raises(IndexError, match="get_item: index 2 is out of range for axis 0 of size 2"):
        ops.get_item(x, [0, 2])


def test_symbolic() -> None:
    """A model is refused where it is built, if the size is known by then."""
    with pytest.raises(IndexError, match="take: index 3 is out of range"):
        ops.take(KerasTensor((None, 3), "float32"), [3], axis=1)
    assert ops.take(KerasTensor((None, 3), "float32"), [7], axis=0).shape == (1, 3)


@pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "int64"])
def test_negative_indices_of_a_long_axis(dtype: str) -> None:
    """Its size need not be a number of their dtype."""
    x = ops.arange(0, 40000, dtype="int32")
    assert int(ops.take(x, ops.convert_to_tensor(np.array(-1, dtype)))) == 39999
