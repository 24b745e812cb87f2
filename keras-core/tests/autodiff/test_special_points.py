"""Gradients where a slope is infinite, not unique, or belongs to a branch that was not taken."""

import numpy as np
import pytest

from keras_core.autodiff import value_and_grad


@pytest.fixture
def gradients(numpy_table):
    """Return a function that gives the gradients of the sum of `function(*tensors)`."""

    def compute(function, *inputs):
        def loss(boxes):
            from keras_core.runtime.table import active

            table = active()
            return table.sum(function(table, *boxes), None, False), []

        return [x.tolist() for x in value_and_grad(loss)([np.asarray(x, "float64") for x in inputs])[2]]

    return compute


@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_equal_arguments_share(gradients, name):
    assert gradients(lambda table, x, y: getattr(table, name)(x, y), [1.0], [1.0]) == [[0.5], [0.5]]


@pytest.mark.parametrize("name", ["max", "min"])
def test_equal_extremes_share(gradients, name):
    assert gradients(lambda table, x: getattr(table, name)(x, None, False), [3.0, 3.0, 3.0]) == [[1 / 3, 1 / 3, 1 / 3]]


def test_abs_at_zero(gradients):
    assert gradients(lambda table, x: table.abs(x), [0.0]) == [[0.0]]


def test_complex_abs_at_zero(numpy_table):
    def loss(boxes):
        from keras_core.runtime.table import active

        return active().sum(active().abs(boxes[0]), None, False), []

    assert value_and_grad(loss)([np.zeros(2, "complex128")])[2][0].tolist() == [0, 0]


def test_sqrt_at_zero_in_a_branch_not_taken(gradients):
    def function(table, x):
        positive = table.greater(x, np.zeros_like(x.value))
        return table.where(positive, table.sqrt(x), x)

    assert gradients(function, [0.0, 4.0]) == [[1.0, 0.25]]


def test_sqrt_at_zero(gradients):
    assert gradients(lambda table, x: table.sqrt(x), [0.0]) == [[np.inf]]


def test_pow_at_zero(gradients):
    by_base, by_exponent = gradients(lambda table, x, y: table.pow(x, y), [0.0, 0.0, 0.0], [0.0, 1.0, 2.0])
    assert by_base == [0.0, 1.0, 0.0]
    assert by_exponent == [0.0, 0.0, 0.0]


def test_pow_of_negative_base(gradients):
    by_base, by_exponent = gradients(lambda table, x, y: table.pow(x, y), [-2.0, -2.0], [2.0, 3.0])
    assert by_base == [-4.0, 12.0]
    assert by_exponent == [0.0, 0.0]


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        ([2.0, 0.0, 3.0], [0.0, 6.0, 0.0]),
        ([0.0, 0.0, 3.0], [0.0, 0.0, 0.0]),
        ([2.0, 4.0, 3.0], [12.0, 6.0, 8.0]),
    ],
)
def test_prod_with_zeros(gradients, x, expected):
    assert gradients(lambda table, x: table.prod(x, None, False), x) == [expected]


def test_cumulative_prod_with_zeros(gradients):
    # The running products are a, ab, abc, abcd.
    a, b, c, d = 2.0, 0.0, 3.0, 5.0
    expected = [1 + b + b * c + b * c * d, a + a * c + a * c * d, a * b + a * b * d, a * b * c]
    assert gradients(lambda table, x: table.cumulative_prod(x, 0), [a, b, c, d]) == [expected]


def test_repeated_indices_add_up(gradients):
    indices = np.array([1, 1, 0], "int32")
    assert gradients(lambda table, x: table.take(x, indices, 0), [1.0, 2.0, 3.0]) == [[1.0, 2.0, 0.0]]


def test_sort_of_equal_elements(gradients):
    weights = np.array([1.0, 2.0, 3.0])
    assert gradients(lambda table, x: table.multiply(table.sort(x, 0), weights), [5.0, 1.0, 5.0]) == [[2.0, 1.0, 3.0]]


@pytest.mark.parametrize("name", ["sum", "prod", "cumulative_sum", "cumulative_prod"])
def test_empty(gradients, name):
    static = (None, False) if name in ("sum", "prod") else (0,)
    assert gradients(lambda table, x: getattr(table, name)(x, *static), np.zeros((0,))) == [[]]


def test_empty_matrix(gradients):
    first, second = gradients(lambda table, x, y: table.matmul(x, y), np.zeros((2, 3, 0)), np.zeros((0, 4)))
    assert np.shape(first) == (2, 3, 0)
    assert np.shape(second) == (0,)
