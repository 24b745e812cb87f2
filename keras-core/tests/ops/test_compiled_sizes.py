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
    if active().name != "numpy":
        with pytest.raises(ValueError, match="bincount: how many bins there are depends on the values"):
            compiled(ops.convert_to_tensor(X))
    else:
        check(compiled(ops.convert_to_tensor(X)), [0, 1, 1, 3])


def traced_for_any_size(function, *shapes):
    """Return the function compiled, and called with tensors of other sizes first."""
    compiled = transforms.jit(function)
    for shape in shapes:
        compiled(ops.zeros(shape))
    return compiled


@pytest.mark.parametrize("mode", ["valid", "same", "full"])
@pytest.mark.parametrize("kernel", [[2.0], [1.0, -2.0, 0.5], [1.0, 2.0, 3.0, 4.0]])
def test_correlate_of_unknown_length(mode, kernel):
    compiled = traced_for_any_size(lambda x: ops.correlate(x, kernel, mode), (5,), (6,))
    for size in (2, 3, 7, 8):
        x = np.arange(size, dtype="float32") ** 2
        check(compiled(ops.convert_to_tensor(x)), np.correlate(x, np.float32(kernel), mode))


def test_array_split_of_unknown_size():
    compiled = traced_for_any_size(lambda x: ops.array_split(x, 3, 1), (1, 5), (1, 6))
    for size in (2, 7, 8):
        x = np.arange(2 * size, dtype="float32").reshape(2, size)
        for found, expected in zip(compiled(ops.convert_to_tensor(x)), np.array_split(x, 3, 1), strict=True):
            check(found, expected)


def test_vander_of_unknown_size():
    compiled = traced_for_any_size(lambda x: ops.vander(x), (2,), (5,))
    for size in (0, 3, 4):
        check(compiled(ops.convert_to_tensor(np.arange(size, dtype="float32"))), np.vander(np.arange(size)))


@pytest.mark.parametrize("mode", ["constant", "nearest", "wrap", "mirror", "reflect"])
def test_map_coordinates_of_unknown_sizes(mode):
    points = np.float32([[-3.5, 0.25, 1.75, 6.5], [0.5, -1.25, 2.0, 9.0]])

    def sampled(x):
        return ops.image.map_coordinates(x, points, 1, mode, 7.0)

    compiled = traced_for_any_size(sampled, (2, 3), (6, 4))
    for shape in ((1, 5), (3, 3), (4, 2)):
        x = ops.convert_to_tensor(np.arange(np.prod(shape), dtype="float32").reshape(shape))
        np.testing.assert_allclose(
            ops.convert_to_numpy(compiled(x)), ops.convert_to_numpy(sampled(x)), rtol=1e-5, atol=1e-6
        )


def test_lu_factor_of_unknown_sizes():
    compiled = traced_for_any_size(ops.lu_factor, (2, 2), (3, 5))
    for shape in ((4, 2), (2, 4), (3, 3)):
        x = ops.convert_to_tensor(np.random.default_rng(0).uniform(-1, 1, shape).astype("float32"))
        for found, expected in zip(compiled(x), ops.lu_factor(x), strict=True):
            np.testing.assert_allclose(ops.convert_to_numpy(found), ops.convert_to_numpy(expected), rtol=1e-5)
