"""Frames and series of two libraries as arrays."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from keras_core.training.data.adapters import make_source, split_off_validation
from keras_core.training.data.columns import to_columns

NULLABLE = pd.array([1, None], dtype="Int64")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (pd.DataFrame({"a": [1, 2], "b": [3, 4]}), [[1, 3], [2, 4]]),
        (pd.DataFrame({"a": [1.5, 2.0], "b": [3, 4], "c": [True, False]}), [[1.5, 3, 1], [2, 4, 0]]),
        (pd.DataFrame({"a": pd.array([1, 2], dtype="Int64"), "b": [0.5, 0.5]}), [[1, 0.5], [2, 0.5]]),
        (pd.DataFrame({"a": NULLABLE, "b": [0.5, 0.5]}), [[1, 0.5], [np.nan, 0.5]]),
        (pd.DataFrame([[1, 0.5]], columns=["same", "same"]), [[1, 0.5]]),
        (pd.Series([1, 2]), [1, 2]),
        (pd.Series(NULLABLE), [1, np.nan]),
        (NULLABLE, [1, np.nan]),
        (pd.Series([True, False]), [True, False]),
        (pl.DataFrame({"a": [1.5, 2.0], "b": [3, 4], "c": [True, False]}), [[1.5, 3, 1], [2, 4, 0]]),
        (pl.DataFrame({"a": [1, None], "b": [0, 1]}), [[1, 0], [np.nan, 1]]),
        (pl.Series([1, 2]), [1, 2]),
    ],
)
def test_frames_become_arrays(data, expected):
    found = to_columns("x", data)
    np.testing.assert_array_equal(found, expected)
    assert found.dtype.kind == np.asarray(expected).dtype.kind


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (pd.DataFrame({"a": [1, 2], "city": ["Bonn", "Rome"]}), "x: column 'city': .* such as 'Bonn'"),
        (pd.DataFrame({"a": [1.0], "day": pd.to_datetime(["2020-01-01"])}), "x: column 'day': .* got datetime64"),
        (pd.DataFrame({"kind": pd.Categorical(["a", "b"])}), "x: column 'kind': .* got category such as 'a'"),
        (pd.DataFrame({"a": [1, "two"]}), "x: column 'a': .* got object such as 'two'"),
        (pd.Series(["a"], name="label"), "x: column 'label'"),
        (pl.DataFrame({"a": [1], "city": ["Bonn"]}), "x: column 'city': .* got String such as 'Bonn'"),
        (pl.DataFrame({"a": [1], "yes": [None]}, schema={"a": pl.Int64, "yes": pl.Boolean}), "column 'yes'.* None"),
        (pd.DataFrame(index=[0, 1]), "x: expected a frame with columns"),
        (pl.DataFrame(), "x: expected a frame with columns"),
    ],
)
def test_columns_that_are_no_numbers_are_named(data, message):
    with pytest.raises(ValueError, match=message):
        to_columns("x", data)


@pytest.mark.parametrize("library", [pd, pl])
def test_frames_in_structures_give_batches(library):
    frame = library.DataFrame({"a": [1.0, 2.0, 3.0], "b": [4, 5, 6]})
    source = make_source({"one": frame, "two": (frame["a"],)}, frame["b"], batch_size=2)
    (x, y), _ = source.batches(0)
    assert x["one"].tolist() == [[1, 4], [2, 5]]
    assert x["two"][0].tolist() == [1, 2]
    assert y.tolist() == [4, 5]


@pytest.mark.parametrize("library", [pd, pl])
def test_frames_are_split(library):
    frame = library.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "b": [5, 6, 7, 8]})
    (x, y, _), (other_x, other_y, _) = split_off_validation(frame, frame["b"], None, 0.25)
    assert (x.shape, y.tolist(), other_x.tolist(), other_y.tolist()) == ((3, 2), [5, 6, 7], [[4, 8]], [8])
