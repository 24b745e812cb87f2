"""Gradients, forward derivatives, functions with a gradient of their own, and all of these of one another."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from keras_conformance.subject import Subject
from keras_core import ops, transforms
from keras_core.runtime.variable import Variable

X = np.array([0.5, -1.5, 2.0], np.float32)
Y = np.array([1.25, 0.75, -0.5], np.float32)


def _check(subject: Subject, found: Any, expected: Any, tolerance: float = 1e-5) -> None:
    """Compare a tensor of the backend with numbers."""
    assert isinstance(found, subject.table.tensor_types), type(found)
    np.testing.assert_allclose(subject.array(found), expected, rtol=tolerance, atol=tolerance)


def _cubes(x: Any) -> Any:
    return ops.sum(x * x * x)


def _wave(x: Any) -> Any:
    return ops.sum(ops.sin(x) * ops.exp(x))


def _wave_twice(x: np.ndarray) -> np.ndarray:
    """Return the second derivatives of the terms of `_wave`."""
    return 2 * np.cos(x) * np.exp(x)


@transforms.custom_gradient
def _sevenfold(x: Any) -> Any:
    """Return the square, with a gradient that is none of it."""
    return x * x, lambda *args, upstream=None: 7.0 * upstream


def test_grad(subject: Subject) -> None:
    """Of a sum, by the first argument."""
    _check(subject, transforms.grad(_cubes)(subject.tensor(X)), 3 * X**2)


def test_value_and_grad(subject: Subject) -> None:
    """Both at once."""
    value, gradient = transforms.value_and_grad(_cubes)(subject.tensor(X))
    _check(subject, value, np.sum(X**3))
    _check(subject, gradient, 3 * X**2)


def test_by_several_arguments(subject: Subject) -> None:
    """One gradient an argument, in the order of `argnums`."""
    x, y = subject.tensor(X), subject.tensor(Y)
    first, second = transforms.grad(lambda x, y: ops.sum(ops.multiply(x * x, y)), argnums=(0, 1))(x, y)
    _check(subject, first, 2 * X * Y)
    _check(subject, second, X**2)
    (second,) = transforms.grad(lambda x, y: ops.sum(ops.multiply(x * x, y)), argnums=(1,))(x, y)
    _check(subject, second, X**2)
    _check(subject, transforms.grad(lambda x, y: ops.sum(ops.multiply(x * x, y)), argnums=1)(x, y), X**2)


def test_by_trees(subject: Subject) -> None:
    """Gradients have the structure of the argument, whatever stands in it unused."""
    tree = {"w": [subject.tensor(X), subject.tensor(Y)], "unused": (subject.tensor(X),)}
    found = transforms.grad(lambda tree: ops.sum(tree["w"][0] * tree["w"][1]))(tree)
    _check(subject, found["w"][0], Y)
    _check(subject, found["w"][1], X)
    _check(subject, found["unused"][0], 0 * X)


def test_by_variables(subject: Subject) -> None:
    """What the function assigns is assigned afterwards."""
    weight, count = Variable(X), Variable(np.float32(1))

    def loss(y: Any) -> Any:
        count.assign_add(1.0)
        return ops.sum(weight * weight * y)

    value, (gradient,) = transforms.value_and_grad(loss, variables=[weight])(subject.tensor(Y))
    _check(subject, value, np.sum(X**2 * Y))
    _check(subject, gradient, 2 * X * Y)
    assert count.numpy() == 2.0


def test_auxiliary_values(subject: Subject) -> None:
    """They come out as they went in: trees of tensors and of what is none, which can be used on."""

    def loss(x: Any) -> Any:
        return _cubes(x), {"double": x * 2, "name": "cubes", "none": None}

    (value, auxiliary), gradient = transforms.value_and_grad(loss, has_aux=True)(subject.tensor(X))
    _check(subject, value, np.sum(X**3))
    _check(subject, gradient, 3 * X**2)
    _check(subject, auxiliary["double"] + 1, 2 * X + 1)
    assert (auxiliary["name"], auxiliary["none"]) == ("cubes", None)
    gradient, auxiliary = transforms.grad(loss, has_aux=True)(subject.tensor(X))
    _check(subject, gradient, 3 * X**2)
    _check(subject, auxiliary["double"], 2 * X)


def test_integers_have_gradients_of_zero(subject: Subject) -> None:
    """Of their own dtype; and so has what a constant depends on."""
    indices = subject.tensor(np.array([2, 0], np.int32))
    by_x, by_indices = transforms.grad(lambda x, i: ops.sum(ops.take(x, i)), argnums=(0, 1))(subject.tensor(X), indices)
    _check(subject, by_x, [1, 0, 1])
    _check(subject, by_indices, [0, 0])
    assert subject.array(by_indices).dtype == np.int32
    _check(subject, transforms.grad(lambda x: ops.sum(ops.floor(x)) + 3.0)(subject.tensor(X)), 0 * X)


def test_loss_must_be_a_scalar(subject: Subject) -> None:
    """Else it is an error that says so."""
    with pytest.raises((ValueError, TypeError, RuntimeError), match=r"[Ss]calar"):
        transforms.grad(lambda x: x * x)(subject.tensor(X))


def test_stop_gradient(subject: Subject) -> None:
    """It is a constant in reverse and in forward mode."""
    x = subject.tensor(X)
    _check(subject, transforms.grad(lambda x: ops.sum(x * transforms.stop_gradient(x)))(x), X)
    _, derivative = transforms.jvp(lambda x: x * transforms.stop_gradient(x), (x,), (subject.tensor(Y),))
    _check(subject, derivative, X * Y)


def test_jvp(subject: Subject) -> None:
    """Value and derivative in a direction, beside a finite difference."""

    def function(x: Any, y: Any) -> Any:
        return {"product": ops.sin(x) * y, "sum": ops.sum(x * x)}

    primals, tangents = (subject.tensor(X), subject.tensor(Y)), (subject.tensor(Y), subject.tensor(X))
    value, derivative = transforms.jvp(function, primals, tangents)
    x, y, step = X.astype(np.float64), Y.astype(np.float64), 1e-6
    ahead, behind = ((np.sin(x + s * y) * (y + s * x), np.sum((x + s * y) ** 2)) for s in (step, -step))
    _check(subject, value["product"], np.sin(x) * y)
    _check(subject, value["sum"], np.sum(x * x))
    _check(subject, derivative["product"], (ahead[0] - behind[0]) / (2 * step))
    _check(subject, derivative["sum"], (ahead[1] - behind[1]) / (2 * step))


def test_jvp_of_integers_and_constants(subject: Subject) -> None:
    """Their derivatives are zeros of the shape of the result."""
    x, ones = subject.tensor(X), subject.tensor(np.ones(3, np.float32))
    value, derivative = transforms.jvp(lambda x: (ops.argmax(x), ops.ones((2,)), x), (x,), (ones,))
    assert int(subject.array(value[0])) == 2
    assert int(subject.array(derivative[0])) == 0
    _check(subject, derivative[1], [0, 0])
    _check(subject, derivative[2], [1, 1, 1])


def test_jvp_where_the_slope_is_infinite(subject: Subject) -> None:
    """The derivative of the root at 0 is infinite, as in reverse mode."""
    x, ones = subject.tensor(np.float32([0, 4])), subject.tensor(np.ones(2, np.float32))
    _check(subject, transforms.jvp(ops.sqrt, (x,), (ones,))[1], [np.inf, 0.25])
    _check(subject, transforms.grad(lambda x: ops.sum(ops.sqrt(x)))(x), [np.inf, 0.25])


def test_jvp_hands_on_auxiliary_values(subject: Subject) -> None:
    """With `has_aux`."""
    x = subject.tensor(X)
    value, derivative, auxiliary = transforms.jvp(lambda x: (x * x, "squares"), (x,), (x,), has_aux=True)
    _check(subject, value, X**2)
    _check(subject, derivative, 2 * X**2)
    assert auxiliary == "squares"


def test_custom_gradient(subject: Subject) -> None:
    """The rule is used and not the derivative, in reverse and in forward mode."""
    x = subject.tensor(X)
    _check(subject, _sevenfold(x), X**2)
    _check(subject, transforms.grad(lambda x: ops.sum(_sevenfold(x) * 2.0))(x), 14 + 0 * X)
    value, derivative = transforms.jvp(_sevenfold, (x,), (subject.tensor(Y),))
    _check(subject, value, X**2)
    _check(subject, derivative, 7 * Y)


def test_custom_gradient_of_several(subject: Subject) -> None:
    """Trees in and out, and one gradient an argument."""

    @transforms.custom_gradient
    def swapped(x: Any, y: Any) -> Any:
        return (x * y, x + y), lambda *args, upstream=None: (upstream[1] * 3.0, upstream[0] * 5.0)

    def loss(x: Any, y: Any) -> Any:
        product, total = swapped(x, y)
        return ops.sum(product) + 10.0 * ops.sum(total)

    by_x, by_y = transforms.grad(loss, argnums=(0, 1))(subject.tensor(X), subject.tensor(Y))
    _check(subject, by_x, 30 + 0 * X)
    _check(subject, by_y, 5 + 0 * X)


_AROUND: dict[str, Callable[[Any], Any]] = {
    "jit of grad": lambda x: transforms.jit(transforms.grad(lambda x: ops.sum(_sevenfold(x))))(x),
    "grad of jit": lambda x: transforms.grad(lambda x: ops.sum(transforms.jit(_sevenfold)(x)))(x),
    "vmap of grad": lambda x: transforms.vmap(transforms.grad(_sevenfold))(x),
    "grad of vmap": lambda x: transforms.grad(lambda x: ops.sum(transforms.vmap(_sevenfold)(x)))(x),
    "jit of grad of vmap": lambda x: transforms.jit(transforms.grad(lambda x: ops.sum(transforms.vmap(_sevenfold)(x))))(
        x
    ),
}


@pytest.mark.parametrize("name", _AROUND)
def test_custom_gradient_inside(subject: Subject, name: str) -> None:
    """The rule is used below other transforms too."""
    _check(subject, _AROUND[name](subject.tensor(X)), 7 + 0 * X)


def test_second_derivative_of_a_rule(subject: Subject) -> None:
    """It is the derivative of the rule as it is written."""

    @transforms.custom_gradient
    def square(x: Any) -> Any:
        return x * x, lambda *args, upstream=None: ops.multiply(upstream, x * x * x)

    second = transforms.grad(lambda x: ops.sum(transforms.grad(lambda x: ops.sum(square(x)))(x)))
    _check(subject, second(subject.tensor(X)), 3 * X**2)


def test_checkpoint(subject: Subject) -> None:
    """The gradient is that without it, and where values are computed again, the function is called again."""
    calls: list[int] = []

    def function(x: Any) -> Any:
        calls.append(1)
        return ops.sum(ops.tanh(ops.exp(-x)))

    x = subject.tensor(X)
    plain = subject.array(transforms.grad(function)(x))
    calls.clear()
    _check(subject, transforms.checkpoint(function)(x), np.sum(np.tanh(np.exp(-X))))
    assert len(calls) == 1
    _check(subject, transforms.grad(transforms.checkpoint(function))(x), plain)
    # A native one may be a trace that is called again, and not the function.
    assert len(calls) > 2 or "checkpoint" in subject.table.transforms


def test_checkpoint_inside(subject: Subject) -> None:
    """Compiled, and differentiated twice."""
    x = subject.tensor(X)

    def loss(x: Any) -> Any:
        return ops.sum(transforms.checkpoint(lambda x: ops.sin(x) * ops.exp(x))(x))

    _check(subject, transforms.jit(transforms.grad(loss))(x), np.exp(X) * (np.sin(X) + np.cos(X)))
    second = transforms.grad(lambda x: ops.sum(transforms.grad(loss)(x)))
    _check(subject, second(x), _wave_twice(X))


_SECOND: dict[str, Callable[[Any], Any]] = {
    "grad of grad": lambda x: transforms.grad(lambda x: ops.sum(transforms.grad(_wave)(x)))(x),
    "jvp of grad": lambda x: transforms.jvp(transforms.grad(_wave), (x,), (ops.ones_like(x),))[1],
    "grad of jvp": lambda x: transforms.grad(
        lambda x: ops.sum(transforms.jvp(lambda x: ops.sin(x) * ops.exp(x), (x,), (ops.ones_like(x),))[1])
    )(x),
    "jvp of jvp": lambda x: transforms.jvp(
        lambda x: transforms.jvp(lambda x: ops.sin(x) * ops.exp(x), (x,), (ops.ones_like(x),))[1],
        (x,),
        (ops.ones_like(x),),
    )[1],
    "jit of grad of grad": lambda x: transforms.jit(transforms.grad(lambda x: ops.sum(transforms.grad(_wave)(x))))(x),
    "jit of jvp of grad": lambda x: transforms.jit(
        lambda x: transforms.jvp(transforms.grad(_wave), (x,), (ops.ones_like(x),))[1]
    )(x),
    "vmap of grad of grad": lambda x: transforms.vmap(transforms.grad(transforms.grad(_wave)))(x),
    "grad of vmap of grad": lambda x: transforms.grad(lambda x: ops.sum(transforms.vmap(transforms.grad(_wave))(x)))(x),
}


@pytest.mark.parametrize("name", _SECOND)
def test_second_derivative(subject: Subject, name: str) -> None:
    """By each pair of modes, it is the same."""
    _check(subject, _SECOND[name](subject.tensor(X)), _wave_twice(X))


def test_third_derivative(subject: Subject) -> None:
    """Gradients of gradients of gradients."""
    third = transforms.grad(transforms.grad(transforms.grad(lambda x: x * x * x * x)))
    _check(subject, third(subject.tensor(np.float32(1.5))), 24 * 1.5)


def test_hessian_vector_product(subject: Subject) -> None:
    """Forward over reverse mode, of a function that mixes its arguments."""
    matrix = np.float32([[2, 1, 0], [1, -3, 0.5], [0, 0.5, 1]])

    def loss(x: Any) -> Any:
        return ops.sum(x * ops.matmul(subject.tensor(matrix), x)) * ops.sum(x)

    _, found = transforms.jvp(transforms.grad(loss), (subject.tensor(X),), (subject.tensor(Y),))
    slope = 2 * matrix @ X
    expected = np.sum(X) * 2 * matrix @ Y + slope * np.sum(Y) + np.dot(slope, Y)
    _check(subject, found, expected)


def test_gradient_penalty(subject: Subject) -> None:
    """The gradient by a variable of a norm of a gradient by an argument."""
    weight = Variable(X)

    def penalty(y: Any) -> Any:
        slope = transforms.grad(lambda y: ops.sum(ops.square(y) * weight))(y)
        return ops.sum(ops.square(slope))

    (found,) = transforms.grad(penalty, variables=[weight])(subject.tensor(Y))
    _check(subject, found, 8 * Y**2 * X)
