"""Functions that other ones stand in for by the dtype of their first argument."""

import numpy as np

from keras_core.contract import by_dtype, computed_in

HALF, SINGLE = np.dtype("float16"), np.dtype("float32")


def test_the_first_argument_chooses() -> None:
    function = by_dtype(lambda x, y: x + y, {np.dtype(bool): np.logical_xor})
    assert function(np.array(2), np.array(3)) == 5
    assert not function(np.array(True), np.array(True))


def test_narrow_tensors_are_widened_and_results_cast_back() -> None:
    seen: list[np.dtype] = []

    def both(x: np.ndarray, y: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
        seen.extend((x.dtype, y.dtype))
        return x + count, y - count

    function = computed_in(both, {HALF: SINGLE}, np.ndarray, np.ndarray.astype)
    one, other = function(np.ones(2, HALF), np.ones(2, HALF), 2)
    assert seen == [SINGLE, SINGLE]
    assert one.dtype == other.dtype == HALF
    assert one.tolist() == [3, 3] and other.tolist() == [-1, -1]


def test_other_dtypes_and_single_results_are_as_they_are() -> None:
    function = computed_in(lambda x: x * 2, {HALF: SINGLE}, np.ndarray, np.ndarray.astype)
    assert function(np.array([1], "int32")).dtype == np.dtype("int32")
    assert function(np.array([1], HALF)).dtype == HALF
