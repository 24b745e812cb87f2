"""Compiled functions: what they are given, what they keep, how often they are traced."""

from typing import Any

import numpy as np
import pytest

from keras_conformance.subject import Subject
from keras_core import ops, transforms
from keras_core.ops.random_bits import random_uniform
from keras_core.runtime.variable import Variable


def _floats(subject: Subject, *values: float) -> Any:
    return subject.tensor(np.array(values, np.float32))


def test_other_numbers(subject: Subject) -> None:
    """A compiled function computes with the numbers that it gets, not with those of its trace."""
    compiled = transforms.jit(lambda x, y: (x * y, ops.sum(x)))
    for value in (1.0, 2.0, -3.0):
        product, total = compiled(_floats(subject, value, 2), _floats(subject, 5, value))
        assert subject.array(product).tolist() == [5 * value, 2 * value]
        assert subject.array(total) == value + 2


def test_other_shapes_and_dtypes(subject: Subject) -> None:
    """It is traced for each, and old ones still work."""
    compiled = transforms.jit(lambda x: ops.cumsum(x, 0) * 2)
    for _ in range(2):
        for shape in ((2,), (3,), (3, 2), (0, 2), (5,)):
            for dtype in ("float32", "int32"):
                x = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
                found = subject.array(compiled(subject.tensor(x)))
                assert found.dtype == dtype
                assert found.tolist() == (np.cumsum(x, 0) * 2).tolist()


def test_trees(subject: Subject) -> None:
    """Arguments and results are trees; what is no tensor comes back as it is."""
    compiled = transforms.jit(lambda tree, scale=1.0: {"sum": tree["x"] + tree["pair"][1], "scale": scale, "no": None})
    x, y = _floats(subject, 1, 2), _floats(subject, 3, 4)
    result = compiled({"x": x, "pair": (None, y)}, scale=2.5)
    assert subject.array(result["sum"]).tolist() == [4, 6]
    assert float(subject.array(result["scale"])) == 2.5
    assert result["no"] is None


def test_constants(subject: Subject) -> None:
    """Strings, bools, functions and None are constants: another one is another trace."""

    def function(x: Any, mode: str, negative: bool, last: Any) -> Any:
        y = x * x if mode == "square" else x + x
        y = -y if negative else y
        return y if last is None else last(y)

    compiled = transforms.jit(function)
    x = _floats(subject, 3)
    for _ in range(2):
        assert subject.array(compiled(x, "square", False, None)).tolist() == [9]
        assert subject.array(compiled(x, "double", False, None)).tolist() == [6]
        assert subject.array(compiled(x, "square", True, None)).tolist() == [-9]
        assert subject.array(compiled(x, "double", True, ops.square)).tolist() == [36]


def test_python_numbers_are_tensors(subject: Subject) -> None:
    """Other numbers are no other trace."""
    compiled = transforms.jit(lambda x, factor: x * factor)
    for factor in (2.0, 3.0, 4.0):
        assert subject.array(compiled(_floats(subject, 1, 2), factor)).tolist() == [factor, 2 * factor]


def test_traces(subject: Subject) -> None:
    """Where something is compiled, the same shapes are traced once, and a call more is no trace more."""
    runs: list[Any] = []

    def function(x: Any) -> Any:
        runs.append(x)
        return x + 1

    compiled = transforms.jit(function, variables=[])
    for size in (2, 2, 2):
        compiled(_floats(subject, *range(size)))
    repeated = len(runs)
    assert compiled.traces in (1, 3)  # compiled, or run each time
    if compiled.traces == 1:
        for size in (3, 4, 5, 6, 3, 4, 5, 6):
            found = compiled(_floats(subject, *range(size)))
            assert subject.array(found).tolist() == list(range(1, size + 1))
        # One for each size at most; fewer where a trace serves several sizes.
        assert len(runs) - repeated <= 4
        compiled(_floats(subject, 1, 2))
        assert len(runs) - repeated <= 4


@pytest.mark.parametrize("donate", [True, False])
def test_variables(subject: Subject, donate: bool) -> None:
    """What is assigned is there afterwards, and the next call sees it."""
    total, count = Variable(np.zeros(2, np.float32)), Variable(np.int32(0))

    def function(x: Any) -> Any:
        before = total.value * 1
        total.assign_add(x)
        count.assign_add(1)
        return before

    compiled = transforms.jit(function, donate=donate)
    for step in range(3):
        before = compiled(_floats(subject, 1, 2))
        assert subject.array(before).tolist() == [step, 2 * step]
    assert total.numpy().tolist() == [3, 6]
    assert int(count.numpy()) == 3


def test_variable_changed_outside(subject: Subject) -> None:
    """A compiled function reads variables anew, it does not remember them as constants."""
    scale = Variable(np.float32(2))
    compiled = transforms.jit(lambda x: ops.multiply(x, scale))
    assert subject.array(compiled(_floats(subject, 3))).tolist() == [6]
    scale.assign(5.0)
    assert subject.array(compiled(_floats(subject, 3))).tolist() == [15]


def test_variables_that_are_named(subject: Subject) -> None:
    """With `variables` nothing is looked for; an assignment of another one is an error, where it would be lost."""
    named, other = Variable(np.float32(1)), Variable(np.float32(1))
    compiled = transforms.jit(lambda x: named.assign_add(x), variables=[named])
    compiled(subject.tensor(np.float32(2)))
    assert named.numpy() == 3
    wrong = transforms.jit(lambda x: other.assign_add(x), variables=[named])
    if "jit" in subject.table.transforms:
        with pytest.raises(ValueError, match="variables"):
            wrong(subject.tensor(np.float32(2)))


def test_two_compilations_share_nothing(subject: Subject) -> None:
    """One function compiled twice over different constants."""

    def scaled(factor: float) -> Any:
        return transforms.jit(lambda x: x * factor)

    double, triple = scaled(2.0), scaled(3.0)
    x = _floats(subject, 1)
    assert [subject.array(f(x)).tolist() for f in (double, triple, double)] == [[2], [3], [2]]


def test_inside_another(subject: Subject) -> None:
    """A compiled function in a compiled function, with a variable."""
    total = Variable(np.float32(0))
    inner = transforms.jit(lambda x: total.assign_add(x))

    def function(x: Any) -> Any:
        inner(x)
        inner(x)
        return total * 1.0

    outer = transforms.jit(function)
    assert float(subject.array(outer(subject.tensor(np.float32(2))))) == 4
    assert float(subject.array(outer(subject.tensor(np.float32(1))))) == 6
    assert total.numpy() == 6


def test_random_numbers(subject: Subject) -> None:
    """They follow the seed that is given, not that of the trace."""
    compiled = transforms.jit(lambda seed: random_uniform((4,), "float32", seed))
    drawn = [subject.array(compiled(subject.tensor(np.array([0, word], np.uint32)))) for word in (1, 2, 1)]
    assert drawn[0].tolist() == drawn[2].tolist() != drawn[1].tolist()


def test_training_step(subject: Subject) -> None:
    """Gradient and update, compiled as one: each call goes on from the last."""
    weight = Variable(np.float32([4, -2]))
    differentiated = transforms.value_and_grad(lambda x: ops.sum(ops.square(weight - x)), variables=[weight])

    def step(x: Any) -> Any:
        loss, (gradient,) = differentiated(x)
        weight.assign_sub(0.25 * gradient)
        return loss

    compiled = transforms.jit(step)
    losses = [float(subject.array(compiled(_floats(subject, 0, 0)))) for _ in range(3)]
    assert losses == [20, 5, 1.25]
    assert weight.numpy().tolist() == [0.5, -0.25]


def test_error_leaves_variables(subject: Subject) -> None:
    """A function that fails while it is traced has changed nothing, and can be called again."""
    total = Variable(np.float32(1))

    def function(x: Any, fail: bool) -> Any:
        value = total + x
        if fail:
            raise KeyError("on purpose")
        total.assign(value)
        return value

    compiled = transforms.jit(function)
    with pytest.raises(KeyError, match="on purpose"):
        compiled(subject.tensor(np.float32(1)), True)
    assert total.numpy() == 1
    assert float(subject.array(compiled(subject.tensor(np.float32(1)), False))) == 2
