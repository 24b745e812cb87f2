"""Functions of scalars or small tensors on whole tensors."""

import numpy as np
import pytest

from keras_core import ops

X = np.arange(6, dtype=np.float32).reshape(2, 3)


def check(found, expected):
    np.testing.assert_allclose(ops.convert_to_numpy(found), expected, rtol=1e-6)


def test_arguments_broadcast():
    check(ops.vectorize(lambda a, b: a * b + 1)(X[:, :1], X[0]), X[:, :1] * X[0] + 1)


def test_arguments_by_name():
    check(ops.vectorize(lambda a, b: a - b)(X, b=X[0]), X - X[0])


def test_scalars_alone_are_one_call():
    check(ops.vectorize(lambda a, b: a + b)(1.0, 2.0), 3.0)


def test_excluded_arguments_are_handed_on():
    check(ops.vectorize(lambda a, powers: sum(a**p for p in powers), excluded={1})(X, (1, 2)), X + X**2)
    check(ops.vectorize(lambda a, powers: a ** powers[0], excluded={"powers"})(X, powers=(3,)), X**3)


def test_signature():
    product = ops.vectorize(lambda a, b: ops.matmul(a, b), signature="(m,n),(n)->(m)")
    matrices = np.random.default_rng(0).normal(size=(4, 1, 2, 3)).astype(np.float32)
    vectors = np.random.default_rng(1).normal(size=(5, 3)).astype(np.float32)
    check(product(matrices, vectors), np.einsum("axmn,bn->abm", matrices, vectors))


def test_several_results():
    low, high = ops.vectorize(lambda a: (ops.min(a), ops.max(a)), signature="(n)->(),()")(X)
    check(low, X.min(1))
    check(high, X.max(1))


@pytest.mark.parametrize("signature", ["n->n", "(n)", "(n)->(m", "(n),->(n)"])
def test_no_signature(signature):
    with pytest.raises(ValueError, match="vectorize: expected a signature"):
        ops.vectorize(lambda a: a, signature=signature)


def test_axes_of_one_name_must_agree():
    with pytest.raises(ValueError, match="axis 'n' has size 3, and 2 in argument 1"):
        ops.vectorize(ops.dot, signature="(n),(n)->()")(X, X[:, :2])


def test_too_few_axes():
    with pytest.raises(ValueError, match="argument 0 needs the axes"):
        ops.vectorize(ops.sum, signature="(m,n)->()")(X[0])


def test_too_many_arguments():
    with pytest.raises(ValueError, match="is for 1 arguments, got 2"):
        ops.vectorize(ops.dot, signature="(n)->()")(X, X)
