"""Functions mapped over an axis: beside a Python loop over it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from keras_conformance.subject import Subject
from keras_core import ops, transforms
from keras_core.ops.random_bits import random_uniform

RANDOM = np.random.Generator(np.random.Philox(key=11))
X = RANDOM.uniform(-1, 1, (3, 4, 2)).astype(np.float32)
Y = RANDOM.uniform(-1, 1, (4, 3)).astype(np.float32)
MATRICES = (RANDOM.uniform(-1, 1, (3, 2, 2)) + 3 * np.eye(2)).astype(np.float32)


def _check(subject: Subject, found: Any, expected: Any) -> None:
    """Compare a tensor of the backend with numbers."""
    assert isinstance(found, subject.table.tensor_types), type(found)
    np.testing.assert_allclose(subject.array(found), expected, rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_in_axis(subject: Subject, axis: int) -> None:
    """Results are stacked along axis 0, whichever axis is mapped."""
    found = transforms.vmap(lambda x: ops.cumsum(x, 0), in_axes=axis)(subject.tensor(X))
    _check(subject, found, np.stack([np.cumsum(x, 0) for x in np.moveaxis(X, axis, 0)]))


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_out_axis(subject: Subject, axis: int) -> None:
    """Or along another one."""
    found = transforms.vmap(lambda x: x[:, 0] * 2, out_axes=axis)(subject.tensor(X))
    _check(subject, found, np.stack([x[:, 0] * 2 for x in X], axis))


def test_several_arguments(subject: Subject) -> None:
    """Each with an axis of its own, or None: the same for all calls."""
    function = transforms.vmap(lambda x, y, z: ops.matmul(x, z) + y[:, None], in_axes=(0, 1, None))
    z = RANDOM.uniform(-1, 1, (2, 5)).astype(np.float32)
    found = function(*map(subject.tensor, (X, Y, z)))
    _check(subject, found, np.stack([x @ z + y[:, None] for x, y in zip(X, Y.T, strict=True)]))


def test_trees(subject: Subject) -> None:
    """Of arguments and of results, constants of the function among these."""
    tree = {"x": subject.tensor(X), "y": (subject.tensor(Y.T),)}
    found = transforms.vmap(lambda t: [ops.sum(t["x"]), {"y": t["y"][0] * 2, "c": ops.ones((2,))}])(tree)
    _check(subject, found[0], X.sum((1, 2)))
    _check(subject, found[1]["y"], Y.T * 2)
    _check(subject, found[1]["c"], np.ones((3, 2)))


def test_nested(subject: Subject) -> None:
    """All pairs of rows, by a map in a map."""
    rows, others = X[:, :, 0], Y.T
    pairs = transforms.vmap(lambda x: transforms.vmap(lambda y: ops.sum(ops.square(x - y)))(subject.tensor(others)))
    found = pairs(subject.tensor(rows))
    _check(subject, found, np.square(rows[:, None] - others[None]).sum(-1))


_FUNCTIONS: dict[str, tuple[Callable[[Any], Any], Callable[[np.ndarray], Any], np.ndarray]] = {
    "solve": (
        lambda a: ops.solve(a, ops.ones((2,))),
        lambda a: np.linalg.solve(a, np.ones(2)),
        MATRICES,
    ),
    "inv": (ops.inv, np.linalg.inv, MATRICES),
    "det": (ops.det, np.linalg.det, MATRICES),
    "cholesky": (
        lambda a: ops.cholesky(ops.matmul(a, ops.transpose(a))),
        lambda a: np.linalg.cholesky(a @ a.T),
        MATRICES,
    ),
    "singular values": (lambda a: ops.svd(a)[1], lambda a: np.linalg.svd(a)[1], X),
    "softmax": (
        lambda x: ops.softmax(x, axis=0),
        lambda x: np.exp(x) / np.exp(x).sum(0),
        X,
    ),
    "argmax": (lambda x: ops.argmax(x, axis=0), lambda x: np.argmax(x, 0), X),
    "sort": (lambda x: ops.sort(x, axis=0), lambda x: np.sort(x, 0), X),
    "take": (lambda x: ops.take(x, ops.array([1, 0], "int32"), axis=0), lambda x: x[[1, 0]], X),
    "matmul": (lambda x: ops.matmul(ops.transpose(x), x), lambda x: x.T @ x, X),
    "mean": (lambda x: ops.mean(x, axis=0, keepdims=True), lambda x: x.mean(0, keepdims=True), X),
    "where": (lambda x: ops.where(x > 0, x, -2 * x), lambda x: np.where(x > 0, x, -2 * x), X),
    "einsum": (lambda x: ops.einsum("ij,ik->jk", x, x), lambda x: np.einsum("ij,ik->jk", x, x), X),
    "concatenate": (lambda x: ops.concatenate([x, x], 1), lambda x: np.concatenate([x, x], 1), X),
    "reshape": (lambda x: ops.reshape(x, (2, -1)), lambda x: x.reshape(2, -1), X),
    "normalization": (
        lambda x: ops.layer_normalization(x, axis=-1, epsilon=1e-3),
        lambda x: (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-3),
        X,
    ),
}


@pytest.mark.parametrize("name", _FUNCTIONS)
def test_over(subject: Subject, name: str) -> None:
    """Ops that have axes of their own know nothing of the mapped one."""
    function, oracle, x = _FUNCTIONS[name]
    found = transforms.vmap(function)(subject.tensor(x))
    _check(subject, found, np.stack([oracle(row) for row in x.astype(np.float64)]))


def test_over_random_numbers(subject: Subject) -> None:
    """Each call draws by its own seed, whatever those beside it; not always what it would draw alone."""
    seeds = np.array([[0, 1], [0, 2], [0, 1]], np.uint32)
    mapped = transforms.vmap(lambda seed: random_uniform((4,), "float32", seed))
    first, second, third = subject.array(mapped(subject.tensor(seeds)))
    assert first.tolist() == third.tolist() != second.tolist()
    assert subject.array(mapped(subject.tensor(seeds[1:]))).tolist() == [second.tolist(), third.tolist()]
    assert np.all((first >= 0) & (first < 1))


def test_one_random_number_for_all(subject: Subject) -> None:
    """A seed that is not mapped gives each call the same."""
    seed = subject.tensor(np.array([3, 4], np.uint32))
    mapped = transforms.vmap(lambda x: x[:2, 0] * 0 + random_uniform((2,), "float32", seed))
    rows = subject.array(mapped(subject.tensor(X))).tolist()
    assert rows[0] == rows[1] == rows[2]
    assert rows[0][0] != rows[0][1]


def test_compiled(subject: Subject) -> None:
    """Compiled, with changing sizes of the mapped axis."""
    compiled = transforms.jit(transforms.vmap(lambda x, y: ops.sum(x) * y, in_axes=(0, None)))
    for size in (3, 2, 1):
        _check(subject, compiled(subject.tensor(X[:size]), subject.tensor(Y)), X[:size].sum((1, 2))[:, None, None] * Y)


def test_gradients_of_each(subject: Subject) -> None:
    """One gradient a call: of each example of a batch."""
    weight = subject.tensor(Y[:2, 0])

    def loss(weight: Any, x: Any) -> Any:
        return ops.sum(ops.square(ops.matmul(x, weight)))

    found = transforms.vmap(transforms.grad(loss), in_axes=(None, 0))(weight, subject.tensor(X))
    _check(subject, found, np.stack([2 * x.T @ (x @ Y[:2, 0]) for x in X]))


def test_gradient_through(subject: Subject) -> None:
    """By what is mapped and by what is not."""

    def loss(x: Any, y: Any) -> Any:
        return ops.sum(transforms.vmap(lambda x, y: ops.sum(x * x) * y, in_axes=(0, None))(x, y))

    by_x, by_y = transforms.grad(loss, argnums=(0, 1))(subject.tensor(X), subject.tensor(Y))
    _check(subject, by_x, 2 * X * Y.sum())
    _check(subject, by_y, np.full(Y.shape, (X**2).sum()))


def test_sizes_must_agree(subject: Subject) -> None:
    """Else it is an error."""
    with pytest.raises(Exception, match=r"size|shape|dim"):
        transforms.vmap(lambda x, y: ops.sum(x) + ops.sum(y))(subject.tensor(X), subject.tensor(Y))


def test_something_must_be_mapped(subject: Subject) -> None:
    """Else it is an error."""
    with pytest.raises(ValueError, match="in_axes"):
        transforms.vmap(lambda x: x, in_axes=None)(subject.tensor(X))
