"""Loops and branches over tensors: values, compiled, and gradients through them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from keras_conformance.subject import Subject
from keras_core import ops, transforms

X = np.array([[0.5, -1.5], [2.0, 0.25], [-0.75, 1.0]], np.float32)
START = np.array([1.0, 2.0], np.float32)

WAYS: dict[str, Callable[[Any], Any]] = {"eager": lambda function: function, "compiled": transforms.jit}
"""A function as it is, and compiled."""


def _check(subject: Subject, found: Any, expected: Any) -> None:
    """Compare a tensor of the backend with numbers."""
    assert isinstance(found, subject.table.tensor_types), type(found)
    np.testing.assert_allclose(subject.array(found), expected, rtol=1e-5, atol=1e-5)


both_ways = pytest.mark.parametrize("way", WAYS)


@both_ways
def test_scan(subject: Subject, way: str) -> None:
    """Carries and outputs are trees; outputs are stacked."""

    def step(carry: Any, x: Any) -> Any:
        total = carry["total"] + x["x"]
        return {"total": total, "count": carry["count"] + 1}, (total * 2, carry["count"])

    def function(start: Any, x: Any) -> Any:
        return transforms.scan(step, {"total": start, "count": ops.array(0, "int32")}, {"x": x})

    carry, (doubled, counts) = WAYS[way](function)(subject.tensor(START), subject.tensor(X))
    _check(subject, carry["total"], START + X.sum(0))
    assert int(subject.array(carry["count"])) == 3
    _check(subject, doubled, 2 * (START + np.cumsum(X, 0)))
    assert subject.array(counts).tolist() == [0, 1, 2]


@both_ways
def test_scan_in_reverse(subject: Subject, way: str) -> None:
    """From the last slice to the first; outputs stand where their slices do."""

    def function(start: Any, x: Any) -> Any:
        return transforms.scan(lambda carry, x: (carry * 0.5 + x, carry), start, x, reverse=True)

    carry, outputs = WAYS[way](function)(subject.tensor(START), subject.tensor(X))
    expected, state = [], START
    for x in X[::-1]:
        expected.append(state)
        state = state * 0.5 + x
    _check(subject, carry, state)
    _check(subject, outputs, np.stack(expected[::-1]))


@both_ways
def test_scan_by_length(subject: Subject, way: str) -> None:
    """Without slices."""
    function = WAYS[way](lambda start: transforms.scan(lambda c, _: (c * 2, c + 1), start, length=4))
    carry, outputs = function(subject.tensor(START))
    _check(subject, carry, START * 16)
    _check(subject, outputs, np.stack([START * 2**k + 1 for k in range(4)]))


@both_ways
def test_scan_without_outputs(subject: Subject, way: str) -> None:
    """None in place of outputs is None in place of the stack."""
    function = WAYS[way](lambda start, x: transforms.scan(lambda c, x: (c + x, None), start, x))
    carry, outputs = function(subject.tensor(START), subject.tensor(X))
    _check(subject, carry, START + X.sum(0))
    assert outputs is None


@both_ways
def test_gradient_through_scan(subject: Subject, way: str) -> None:
    """By the first carry, by the slices, and by what the step has from outside."""

    def loss(start: Any, x: Any, scale: Any) -> Any:
        carry, outputs = transforms.scan(lambda c, x: (c * x + scale, c * c), start, x)
        return ops.sum(carry) + ops.sum(outputs)

    arguments = START, X, np.float32([0.5, -0.25])
    found = WAYS[way](transforms.grad(loss, argnums=(0, 1, 2)))(*map(subject.tensor, arguments))
    by_start, by_x, by_scale = np.zeros(2), np.zeros((3, 2)), np.zeros(2)
    states = [START.astype(np.float64)]
    for x in X:
        states.append(states[-1] * x + arguments[2])
    upstream = np.ones(2)
    for k in reversed(range(3)):
        by_x[k] = upstream * states[k]
        by_scale += upstream
        upstream = upstream * X[k] + 2 * states[k]
    by_start = upstream
    for one, other in zip(found, (by_start, by_x, by_scale), strict=True):
        _check(subject, one, other)


def test_second_derivative_through_scan(subject: Subject) -> None:
    """Of a power that a loop computes."""

    def power(x: Any) -> Any:
        return transforms.scan(lambda c, _: (ops.multiply(c, x), None), ops.ones(()), length=4)[0]

    x = subject.tensor(np.float32(1.5))
    _check(subject, transforms.grad(transforms.grad(power))(x), 12 * 1.5**2)
    _check(subject, transforms.jvp(transforms.grad(power), (x,), (x,))[1], 12 * 1.5**3)


@both_ways
def test_while_loop(subject: Subject, way: str) -> None:
    """The number of steps depends on the values."""

    def function(x: Any) -> Any:
        return transforms.while_loop(
            lambda x, count: ops.max(x) < 100.0, lambda x, count: (x * 2, count + 1), (x, ops.array(0, "int32"))
        )

    for start in (START, 10 * START, 1000 * START):
        x, count = WAYS[way](function)(subject.tensor(start))
        steps = max(0, int(np.ceil(np.log2(100 / start.max()))))
        _check(subject, x, start * 2.0**steps)
        assert int(subject.array(count)) == steps


@both_ways
@pytest.mark.parametrize("bound", [0, 2, 50])
def test_while_loop_with_a_bound(subject: Subject, way: str, bound: int) -> None:
    """It ends at the bound or before."""

    def function(x: Any) -> Any:
        return transforms.while_loop(lambda x: ops.max(x) < 100.0, lambda x: x * 2, x, maximum_iterations=bound)

    _check(subject, WAYS[way](function)(subject.tensor(START)), START * 2.0 ** min(bound, 6))


@both_ways
def test_gradient_through_while_loop(subject: Subject, way: str) -> None:
    """With a bound, by what goes in and by what the body has from outside."""

    def loss(x: Any, factor: Any) -> Any:
        def body(x: Any, count: Any) -> Any:
            return x * factor, count + 1

        x, _ = transforms.while_loop(lambda x, count: count < 3, body, (x, ops.array(0, "int32")), maximum_iterations=5)
        return ops.sum(x)

    by_x, by_factor = WAYS[way](transforms.grad(loss, argnums=(0, 1)))(
        subject.tensor(START), subject.tensor(np.float32(1.5))
    )
    _check(subject, by_x, [1.5**3] * 2)
    _check(subject, by_factor, 3 * 1.5**2 * START.sum())


def test_gradient_through_while_loop_without_a_bound(subject: Subject) -> None:
    """A backend that cannot keep what it does not know the size of says so."""

    def loss(x: Any) -> Any:
        return ops.sum(transforms.while_loop(lambda x: ops.max(x) < 10.0, lambda x: (x * x,), (x,))[0])

    _check(subject, transforms.grad(loss)(subject.tensor(START)), [4, 4 * 2.0**3])


def test_forward_derivative_through_while_loop(subject: Subject) -> None:
    """Which needs no bound."""

    def function(x: Any) -> Any:
        return transforms.while_loop(lambda x: ops.max(x) < 10.0, lambda x: (x * x,), (x,))[0]

    value, derivative = transforms.jvp(function, (subject.tensor(START),), (subject.tensor(START),))
    _check(subject, value, START**4)
    _check(subject, derivative, 4 * START**4)


@both_ways
@pytest.mark.parametrize("positive", [True, False])
def test_cond(subject: Subject, way: str, positive: bool) -> None:
    """The predicate is a tensor; the branches return trees."""

    def function(x: Any) -> Any:
        return transforms.cond(
            ops.sum(x) > 0, lambda: {"y": x * x, "which": ops.array(1)}, lambda: {"y": -x, "which": ops.array(2)}
        )

    x = START if positive else -START
    found = WAYS[way](function)(subject.tensor(x))
    _check(subject, found["y"], x * x if positive else -x)
    assert int(subject.array(found["which"])) == (1 if positive else 2)


@both_ways
@pytest.mark.parametrize("positive", [True, False])
def test_gradient_through_cond(subject: Subject, way: str, positive: bool) -> None:
    """It is that of the branch that was taken, finite where that of the other one is not."""

    def loss(x: Any) -> Any:
        return ops.sum(transforms.cond(ops.sum(x) > 0, lambda: ops.sqrt(x) * 3.0, lambda: x * x))

    x = START if positive else -START
    found = WAYS[way](transforms.grad(loss))(subject.tensor(x))
    _check(subject, found, 1.5 / np.sqrt(x) if positive else 2 * x)


def test_compiled_cond_follows_the_predicate(subject: Subject) -> None:
    """One trace, both branches."""
    compiled = transforms.jit(lambda flag, x: transforms.cond(flag, lambda: x + 1, lambda: x - 1))
    for flag in (True, False, True):
        found = compiled(subject.tensor(np.array(flag)), subject.tensor(START))
        _check(subject, found, START + 1 if flag else START - 1)


@both_ways
def test_switch(subject: Subject, way: str) -> None:
    """The index is clamped to the branches; the gradient is that of the branch taken."""

    def chosen(index: Any, x: Any) -> Any:
        return ops.sum(transforms.switch(index, [lambda x: x, lambda x: x * x, lambda x: x * x * x], x))

    slopes = WAYS[way](transforms.grad(chosen, argnums=1))
    for index, power in ((-4, 1), (0, 1), (1, 2), (2, 3), (9, 3)):
        found = slopes(subject.tensor(np.array(index, np.int32)), subject.tensor(START))
        _check(subject, found, power * START ** (power - 1))


def test_loops_in_loops(subject: Subject) -> None:
    """A branch in a loop in a loop, compiled and differentiated."""

    def inner(x: Any) -> Any:
        step = lambda c, _: (transforms.cond(ops.sum(c) > 0, lambda: c * x, lambda: -c), None)  # noqa: E731
        return transforms.scan(step, x, length=2)[0]

    def outer(x: Any) -> Any:
        return ops.sum(transforms.scan(lambda c, _: (inner(c) * 0.5, None), x, length=2)[0])

    def expected(x: np.ndarray) -> Any:
        for _ in range(2):
            c = x
            for _ in range(2):
                c = c * x if np.sum(c) > 0 else -c
            x = c * 0.5
        return np.sum(x)

    for start in (START, -START):
        step = 1e-6
        rows = [start.astype(np.float64) + sign * step * row for row in np.eye(2) for sign in (1, -1)]
        slope = [(expected(rows[2 * k]) - expected(rows[2 * k + 1])) / (2 * step) for k in range(2)]
        _check(subject, transforms.jit(transforms.grad(outer))(subject.tensor(start)), slope)


def test_loops_over_maps(subject: Subject) -> None:
    """A scan mapped over a batch is a batch of scans, and so are branches and bounded loops."""

    def running(x: Any) -> Any:
        return transforms.scan(lambda c, x: (c + x, c + x), ops.zeros(()), x)[1]

    _check(subject, transforms.vmap(running)(subject.tensor(X)), np.cumsum(X, 1))
