"""Sources of batches, their order, and the steps of an epoch."""

import numpy as np
import pytest

from keras_core.training.data.adapters import make_source, split_off_validation
from keras_core.training.data.class_weights import weights_of_classes, with_class_weights
from keras_core.training.data.feed import Feed
from keras_core.training.data.source import ArraySource, IterableSource
from keras_core.utils import set_random_seed

X = np.arange(10)


def batches(source, epoch=0):
    return [batch.tolist() for batch in source.batches(epoch)]


def test_batches_in_order():
    source = ArraySource(X, batch_size=4)
    assert source.num_batches == 3
    assert batches(source) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_shuffled_epochs_differ_and_hold_every_row_once():
    source = ArraySource(X, batch_size=4, shuffle=True)
    first, second = batches(source, 0), batches(source, 1)
    assert [len(batch) for batch in first] == [4, 4, 2]
    for found in (first, second):
        assert sorted(row for batch in found for row in batch) == X.tolist()
    assert first != second
    assert batches(source, 1) == second


@pytest.mark.parametrize("start", [0, 1, 3])
@pytest.mark.parametrize("together", [2, 3, 8])
def test_batches_made_together_are_the_same(together, start):
    set_random_seed(3)
    data = np.random.default_rng(0).normal(size=(22, 40_000)).astype("float32"), np.arange(22)
    source = ArraySource(*data, batch_size=4, shuffle=True)
    one_by_one = list(source.batches(1))[start:]
    source.together = together
    found = list(source.batches(1, start))
    assert len(found) == len(one_by_one)
    for batch, expected in zip(found, one_by_one, strict=True):
        for part, other in zip(batch, expected, strict=True):
            np.testing.assert_array_equal(part, other)


def test_rows_stay_together():
    source = ArraySource({"a": X}, X * 2, X * 3, batch_size=3, shuffle=True)
    for x, y, weight in source.batches(0):
        np.testing.assert_array_equal(y, x["a"] * 2)
        np.testing.assert_array_equal(weight, x["a"] * 3)


def test_shuffled_batches_keep_their_rows():
    source = ArraySource(X, batch_size=2, shuffle="batch")
    found = batches(source)
    assert sorted(found) == batches(ArraySource(X, batch_size=2))
    assert any(batches(source, epoch) != sorted(found) for epoch in range(5))


def test_order_follows_from_the_global_seed():
    orders = []
    for seed in (5, 5, 6):
        set_random_seed(seed)
        orders.append(batches(ArraySource(X, shuffle=True)))
    assert orders[0] == orders[1] != orders[2]


def test_generators_cannot_restart():
    assert not IterableSource(iter([X])).can_restart
    assert IterableSource(iter([X])).num_batches is None


def test_length_of_an_iterable():
    class Two:
        def __iter__(self):
            return iter([X, X])

        def __len__(self):
            return 2

    source = IterableSource(Two())
    assert (source.can_restart, source.num_batches) == (True, 2)
    assert batches(source) == batches(source) == [X.tolist()] * 2


def test_class_weights_of_an_iterable():
    source = IterableSource(iter([(X[:2], np.array([0, 1]))]), {1: 3.0})
    ((_, _, weights),) = source.batches(0)
    assert weights.tolist() == [1.0, 3.0]


def test_a_source_is_taken_as_it_is():
    source = ArraySource(X)
    assert make_source(source) is source


@pytest.mark.parametrize("x", [3, "text", {}, [], {"a": object()}], ids=str)
def test_what_is_no_data(x):
    with pytest.raises(ValueError, match="x: expected"):
        make_source(x)


def test_one_row():
    assert batches(ArraySource(X[:1], batch_size=4, shuffle=True)) == [[0]]


def test_sparse_matrices_are_no_iterables_of_batches():
    class Sparse:
        dtype, shape = np.dtype("float32"), (4, 3)

        def __iter__(self):
            return iter([Sparse()] * 4)

    with pytest.raises(
        ValueError, match=r"x: expected arrays.* of type Sparse\. Of a sparse or ragged one make a dense"
    ):
        make_source(Sparse(), X[:4])


# classes


@pytest.mark.parametrize("y", [[0, 2, 1], [[0], [2], [1]], [[1, 0, 0], [0, 0, 1], [0, 1, 0]], [0.0, 2.0, 1.0]], ids=str)
def test_weights_of_classes(y):
    assert weights_of_classes(np.array(y), {0: 0.5, 2: 4}).tolist() == [0.5, 4.0, 1.0]


def test_weights_of_classes_of_several_targets():
    with pytest.raises(ValueError, match="one target array, got 2"):
        weights_of_classes([X, X], {0: 1.0})


def test_weights_of_classes_and_samples():
    with pytest.raises(ValueError, match="got both"):
        with_class_weights(X, X, {0: 1.0})


# validation


@pytest.mark.parametrize(("fraction", "rows"), [(0.2, 2), (0.25, 3), (0.01, 1)])
def test_validation_is_the_end(fraction, rows):
    (x, y, _), (other_x, other_y, weight) = split_off_validation(X, {"y": X * 2}, None, fraction)
    assert other_x.tolist() == X[-rows:].tolist()
    assert other_y["y"].tolist() == (X[-rows:] * 2).tolist()
    assert len(x) == len(y["y"]) == 10 - rows
    assert weight is None


# steps


def steps(feed, epochs=1):
    return [[(first, [b.tolist() for b in batch]) for first, batch in feed.steps(epoch)] for epoch in range(epochs)]


def test_steps_of_all_batches():
    feed = Feed(ArraySource(X, batch_size=5))
    assert feed.num_steps == 2
    assert steps(feed) == [[(0, [[0, 1, 2, 3, 4]]), (1, [[5, 6, 7, 8, 9]])]]


def test_steps_of_several_batches():
    feed = Feed(ArraySource(X, batch_size=4), steps_per_execution=2)
    assert steps(feed) == [[(0, [[0, 1, 2, 3], [4, 5, 6, 7]]), (2, [[8, 9]])]]


def test_steps_go_on_in_the_next_epoch():
    feed = Feed(ArraySource(X, batch_size=2), steps_per_epoch=2)
    with pytest.warns(UserWarning, match="ran out after 1 of the 2 batches of epoch 3"):
        found = steps(feed, 4)
    assert [[batch[0] for _, batch in epoch] for epoch in found] == [
        [[0, 1], [2, 3]],
        [[4, 5], [6, 7]],
        [[8, 9]],
        [[0, 1], [2, 3]],
    ]


def test_steps_begin_anew_after_the_last_batch():
    feed = Feed(ArraySource(X, batch_size=5), steps_per_epoch=2)
    first, second = steps(feed, 2)
    assert first == second


def test_number_of_steps_is_learnt():
    feed = Feed(IterableSource(iter([X, X])))
    assert feed.num_steps is None
    steps(feed)
    assert feed.num_steps == 2


def test_rewound_steps_begin_at_the_first_batch():
    feed = Feed(ArraySource(X, batch_size=2), steps_per_epoch=2)
    first = steps(feed)
    feed.rewind()
    assert steps(feed) == first


def test_a_generator_cannot_be_rewound():
    feed = Feed(IterableSource(iter([X[:1], X[1:2]])), steps_per_epoch=1)
    assert steps(feed) == [[(0, [[0]])]]
    feed.rewind()
    assert steps(feed) == [[(0, [[1]])]]
