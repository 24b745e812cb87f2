"""Control flow: values, gradients, symbolic tensors."""

import numpy as np
import pytest

from keras_core import ops
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.transforms import grad


def host(x):
    return ops.convert_to_numpy(x).tolist()


@pytest.mark.parametrize(("predicate", "expected"), [(True, 2.0), (False, -1.0), (np.bool_(True), 2.0)])
def test_cond(predicate, expected):
    x = ops.convert_to_tensor(1.0)
    assert host(ops.cond(predicate, lambda: x * 2, lambda: -x)) == expected
    assert host(ops.cond(ops.convert_to_tensor(predicate), lambda: x * 2, lambda: -x)) == expected


def test_cond_of_trees():
    result = ops.cond(ops.convert_to_tensor(False), lambda: {"a": ops.ones(2)}, lambda: {"a": ops.zeros(2)})
    assert host(result["a"]) == [0.0, 0.0]


def test_while_loop():
    i, total = ops.while_loop(lambda i, total: i < 5, lambda i, total: (i + 1, total + i), (0, 0))
    assert (int(i), int(total)) == (5, 10)


def test_while_loop_ends_at_the_maximum():
    (i,) = ops.while_loop(lambda i: i < 100, lambda i: (i + 1,), (0,), maximum_iterations=7)
    assert int(i) == 7


def test_fori_loop():
    assert int(ops.fori_loop(2, 5, lambda i, total: total + i, 0)) == 9


def test_scan():
    carry, outputs = ops.scan(lambda c, x: (c + x, c * x), ops.zeros(()), ops.convert_to_tensor([1.0, 2.0, 3.0]))
    assert (host(carry), host(outputs)) == (6.0, [0.0, 2.0, 9.0])


def test_scan_in_reverse():
    carry, outputs = ops.scan(
        lambda c, x: (c + x, c), ops.zeros(()), ops.convert_to_tensor([1.0, 2.0, 3.0]), reverse=True
    )
    assert (host(carry), host(outputs)) == (6.0, [5.0, 3.0, 0.0])


def test_scan_by_length():
    carry, outputs = ops.scan(lambda c, _: (c * 2, c), ops.ones(()), length=4)
    assert (host(carry), host(outputs)) == (16.0, [1.0, 2.0, 4.0, 8.0])


def test_map_and_vectorized_map():
    x = ops.convert_to_tensor([[1.0, 2.0], [3.0, 4.0]])
    for function in (ops.map, lambda f, xs: ops.vectorized_map(f, xs)):
        assert host(function(lambda row: ops.sum(row) * row, x)) == [[3.0, 6.0], [21.0, 28.0]]


@pytest.mark.parametrize(("index", "expected"), [(0, 3.0), (1, 6.0), (2, 9.0), (-1, 3.0), (7, 9.0)])
def test_switch_takes_the_nearest_branch(index, expected):
    branches = [lambda x: x, lambda x: x * 2, lambda x: x * 3]
    assert host(ops.switch(ops.convert_to_tensor(index), branches, ops.convert_to_tensor(3.0))) == expected


def test_gradients_flow_through():
    x = ops.convert_to_tensor([1.0, 2.0])
    through_scan = grad(lambda y: ops.scan(lambda c, item: (c * item, c), ops.ones(()), y)[0])(x)
    through_cond = grad(lambda y: ops.sum(ops.cond(True, lambda: y * y, lambda: y)))(x)
    stopped = grad(lambda y: ops.sum(y * ops.stop_gradient(y)))(x)
    assert [host(g) for g in (through_scan, through_cond, stopped)] == [[2.0, 1.0], [2.0, 4.0], [1.0, 2.0]]


def test_custom_gradient():
    @ops.custom_gradient
    def clipped(x):
        def backward(*args, upstream=None):
            return args[0] * 0 + 7.0 if upstream is None else upstream * 7.0

        return x * 2, backward

    assert host(grad(lambda x: ops.sum(clipped(x)))(ops.convert_to_tensor([1.0, 2.0]))) == [7.0, 7.0]


def test_symbolic_scan():
    carry, outputs = ops.scan(lambda c, x: (c + x, c), KerasTensor((3,)), KerasTensor((5, 3)))
    assert (carry.shape, outputs.shape) == ((3,), (5, 3))
