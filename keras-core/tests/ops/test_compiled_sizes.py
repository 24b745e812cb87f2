"""Ops whose results have a size that depends on values: what a compiled function can do, and what it cannot."""

import numpy as np
import pytest

from keras_core import ops, transforms
from keras_core.runtime.table import active

X = np.array([3, 1, 3, 2, 3], np.int32)


def check(found, expected):
    np.testing.assert_array_equal(ops.convert_to_numpy(found), expected)


def test_unique_of_a_given_size():
    compiled = transforms.jit(lambda x: ops.unique(x, return_counts=True, return_inverse=True, size=4, fill_value=-1))
    values, inverse, counts = compiled(ops.convert_to_tensor(X))
    check(values, [1, 2, 3, -1])
    check(inverse, [2, 0, 2, 1, 2])
    check(counts, [1, 1, 3, 0])


def test_search_and_membership():
    ordered = ops.convert_to_tensor([1, 2, 3])
    check(transforms.jit(lambda x: ops.searchsorted(ordered, x, side="right"))(ops.convert_to_tensor(X)), X)
    check(transforms.jit(lambda x: ops.isin(x, ordered))(ops.convert_to_tensor(X)), [True] * 5)


def test_histogram():
    counts, edges = transforms.jit(lambda x: ops.histogram(x, bins=2))(ops.convert_to_tensor(X))
    check(counts, [1, 4])
    check(edges, [1, 2, 3])


def test_bincount_needs_values():
    check(ops.bincount(X), [0, 1, 1, 3])
    compiled = transforms.jit(lambda x: ops.bincount(x))
    if "jit" in active().transforms:
        with pytest.raises(ValueError, match="bincount: how many bins there are depends on the values"):
            compiled(ops.convert_to_tensor(X))
    else:
        check(compiled(ops.convert_to_tensor(X)), [0, 1, 1, 3])
