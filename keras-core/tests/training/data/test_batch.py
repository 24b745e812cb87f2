"""One batch of an iterable."""

import numpy as np
import pandas as pd
import pytest

from keras_core import ops
from keras_core.runtime.table import active
from keras_core.training.data.batch import standardize_batch
from keras_core.training.data.source import IterableSource


def test_floats_become_floatx_and_other_numbers_stay():
    x, y = standardize_batch((np.ones((2, 3)), np.ones(2, "int64")), 0)
    assert (x.dtype, y.dtype) == ("float32", "int64")


def test_tensors_stay():
    found = standardize_batch({"a": ops.ones((2, 3))}, 0)["a"]
    assert active().is_tensor(found)
    assert tuple(found.shape) == (2, 3)


def test_lists_and_frames_become_arrays():
    x, y = standardize_batch(([[1.0, 2.0], [3.0, 4.0]], pd.Series([0, 1])), 0)
    assert x.tolist() == [[1, 2], [3, 4]]
    assert y.tolist() == [0, 1]


def test_what_is_no_tensor_stays():
    batch = {"rate": 0.5, "mode": "fast", "none": None, "count": [3]}
    assert standardize_batch(batch, 0) == batch


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        ((np.ones(2), np.array(["a", "b"])), "batch 7 of the data: y: expected numbers or bools.* such as 'a'"),
        (np.array([1, None], object), "batch 7 of the data: x: .* dtype object with elements such as None"),
        ((np.ones(2), np.ones(2), object()), "batch 7 of the data: sample_weight: expected an array .* got object"),
        (pd.DataFrame({"city": ["Bonn"]}), "batch 7 of the data: x: column 'city'"),
        ((1, 2, 3, 4), "batch 7 of the data: a batch: .* got 4"),
    ],
)
def test_what_is_wrong_is_named(batch, message):
    with pytest.raises(ValueError, match=message):
        standardize_batch(batch, 7)


def test_an_error_of_a_generator_says_at_which_batch():
    def batches():
        yield np.ones(2)
        raise KeyError("no file")

    found = IterableSource(batches()).batches(0)
    next(found)
    with pytest.raises(KeyError, match="no file") as caught:
        next(found)
    assert caught.value.__notes__ == ["batch 1 of the data: raised by the generator itself"]


def test_data_that_repeat_for_ever_have_no_length():
    class Repeated:
        def __iter__(self):
            return iter(lambda: np.ones(2), None)

        def __len__(self):
            return 2**63 - 1

    assert IterableSource(Repeated()).num_batches is None
