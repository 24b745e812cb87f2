"""Batches of one shape as one tree for a loop over them."""

import numpy as np
import pytest

from keras_core.training.data.source import ArraySource
from keras_core.training.step_scan import stacked

X, Y = np.arange(24.0, dtype="float32").reshape(12, 2), np.arange(12)


def expected(batches):
    return [np.stack([batch[column] for batch in batches]) for column in range(2)]


def made_together(rows=12):
    source = ArraySource(X[:rows], Y[:rows], batch_size=4, shuffle=True)
    source.together = 3
    return list(source.batches(0))


def test_batches_that_were_made_together_are_not_copied():
    batches = made_together()
    for whole, part, right in zip(stacked(batches, is_own=True), batches[0], expected(batches), strict=True):
        assert np.shares_memory(whole, part)
        np.testing.assert_array_equal(whole, right)


def test_arrays_of_somebody_else_are_copied():
    batches = made_together()
    assert not any(np.shares_memory(a, b) for a, b in zip(stacked(batches), batches[0], strict=True))


@pytest.mark.parametrize(
    "choose",
    [
        lambda batches: batches[:2],
        lambda batches: batches[1:],
        lambda batches: [batches[0], *made_together()[1:]],
        lambda batches: [(x.copy(), y) for x, y in batches],
        lambda batches: [(x[:, :1], y) for x, y in batches],
    ],
    ids=["the first", "the last", "of two", "a copy", "some columns"],
)
def test_parts_that_are_not_the_whole_are_copied(choose):
    batches = choose(made_together())
    for found, right in zip(stacked(batches, is_own=True), expected(batches), strict=True):
        np.testing.assert_array_equal(found, right)


def test_batches_of_several_shapes_are_not_stacked():
    assert stacked(made_together(rows=10), is_own=True) is None
