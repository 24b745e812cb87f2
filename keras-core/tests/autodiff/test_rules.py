"""Each VJP rule of a primitive against finite differences, once and twice differentiated."""

import numpy as np
import pytest

from keras_core.autodiff.rule import NO_GRADIENT
from keras_core.autodiff.rules import PRIMITIVE_RULES
from keras_core.contract import PRIMITIVE_NAMES

_generator = np.random.default_rng(0)


def normal(*shape):
    return _generator.standard_normal(shape)


def between(low, high, *shape):
    return _generator.uniform(low, high, shape)


def complexes(*shape):
    return normal(*shape) + 1j * normal(*shape)


def distinct(*shape):
    """Numbers that lie at least 0.1 apart, in random order."""
    return _generator.permutation(np.arange(np.prod(shape, dtype=int)) * 0.1 - 0.45).reshape(shape)


def integers(high, *shape):
    return _generator.integers(0, high, shape).astype("int32")


def bools(*shape):
    return _generator.integers(0, 2, shape).astype(bool)


# Primitive -> list of (static arguments after the tensors, tensors).
UNARY_DOMAINS = {
    **dict.fromkeys(("negative", "exp", "expm1", "sin", "cos", "atan", "sinh", "cosh", "tanh", "asinh"), (-2, 2)),
    **dict.fromkeys(("log", "sqrt"), (0.3, 3)),
    **dict.fromkeys(("asin", "acos", "atanh"), (-0.8, 0.8)),
    **{"abs": (0.3, 2), "tan": (-1, 1), "acosh": (1.3, 3), "log1p": (-0.6, 3)},
}
CASES = {
    **{name: [((), [between(*domain, 2, 3)]), ((), [between(*domain)])] for name, domain in UNARY_DOMAINS.items()},
    **{
        name: [
            ((), [normal(2, 3), normal(2, 3)]),
            ((), [normal(3), normal(2, 1, 3)]),
            ((), [normal(2, 1), normal(3)]),
            ((), [normal(), normal(2, 2)]),
        ]
        for name in ("add", "subtract", "multiply", "maximum", "minimum")
    },
    "divide": [((), [normal(2, 3), between(0.5, 2, 3)]), ((), [normal(1, 3), -between(0.5, 2, 2, 1)])],
    "remainder": [((), [np.array([5.3, -5.3, 7.7]), np.array([[2.0], [-3.1]])])],
    "pow": [((), [between(0.5, 2, 2, 3), normal(3)]), ((), [between(0.5, 2, 1, 3), normal(2, 1)])],
    "atan2": [((), [normal(2, 3), normal(3)]), ((), [normal(2, 1), normal(2, 3)])],
    "where": [((), [bools(2, 3), normal(2, 3), normal(3)]), ((), [bools(3), normal(2, 1), normal()])],
    "astype": [(("float64",), [normal(3)]), (("complex128",), [normal(3)]), (("int32",), [normal(3)])],
    "reshape": [(((3, 2),), [normal(2, 3)]), (((-1,),), [normal(2, 3)]), (((1, 1),), [normal()])],
    "permute_dims": [(((2, 0, 1),), [normal(2, 3, 2)]), (((),), [normal()])],
    "broadcast_to": [(((4, 2, 3),), [normal(2, 1)]), (((2, 2),), [normal()])],
    "expand_dims": [((1,), [normal(2, 3)]), ((0,), [normal()])],
    "squeeze": [(((0, 2),), [normal(1, 3, 1)]), (((1,),), [normal(2, 1)])],
    "flip": [(((0,),), [normal(3, 2)]), ((None,), [normal(3, 2)])],
    "slice": [
        (((1, 0), (3, None), (1, 1)), [normal(4, 3)]),
        (((1, 0), (None, 5), (2, 3)), [normal(6, 5)]),
        (((0, 1), (9, None), (3, 2)), [normal(7, 4)]),
        (((2, 0), (2, None), (1, 1)), [normal(4, 3)]),
        (((5,), (None,), (2,)), [normal(4)]),
        (((1,), (2,), (4,)), [normal(4)]),
    ],
    "take": [((0,), [normal(4, 2), integers(4, 5)]), ((1,), [normal(2, 4, 2), integers(4, 3)])],
    "take_along_axis": [
        ((0,), [normal(4, 2), integers(4, 3, 2)]),
        ((2,), [normal(2, 2, 3), integers(3, 2, 2, 5)]),
    ],
    "sort": [((0,), [distinct(4, 2)]), ((1,), [distinct(2, 5)])],
    **{
        name: [
            ((None, False), [values(2, 3)]),
            (((1,), True), [values(2, 3)]),
            (((0, 2), False), [values(2, 3, 2)]),
            (((), False), [values(3)]),
            ((None, False), [values()]),
        ]
        for name, values in (("sum", normal), ("prod", normal), ("max", distinct), ("min", distinct))
    },
    **{name: [((0,), [normal(5)]), ((1,), [normal(2, 4)])] for name in ("cumulative_sum", "cumulative_prod")},
    "matmul": [
        ((), [normal(2, 3), normal(3, 4)]),
        ((), [normal(3), normal(3)]),
        ((), [normal(3), normal(3, 2)]),
        ((), [normal(2, 3), normal(3)]),
        ((), [normal(3), normal(2, 3, 2)]),
        ((), [normal(2, 2, 3), normal(3)]),
        ((), [normal(2, 2, 3), normal(3, 2)]),
        ((), [normal(2, 3), normal(2, 3, 2)]),
        ((), [normal(2, 1, 2, 3), normal(3, 3, 2)]),
    ],
    "solve": [
        ((), [normal(3, 3) + 3 * np.eye(3), normal(3, 2)]),
        ((), [normal(2, 2, 2) + 3 * np.eye(2), normal(2, 2, 1)]),
    ],
    "slogdet": [((), [normal(3, 3)]), ((), [normal(2, 2, 2) + 2 * np.eye(2)])],
    "qr": [((), [normal(3, 3)]), ((), [normal(4, 2)]), ((), [normal(2, 2, 3)])],
    "svd": [((False,), [normal(3, 3)]), ((False,), [normal(4, 2)]), ((False,), [normal(2, 2, 3)])],
}
# These have cases of their own below.
ELSEWHERE = {"concat", "cholesky", "eigh", "real", "imag", "conj", "fft", "ifft"}


def cases():
    for name, entries in CASES.items():
        for number, (static, tensors) in enumerate(entries):
            yield pytest.param(name, static, tensors, id=f"{name}-{number}")


@pytest.mark.parametrize(("name", "static", "tensors"), list(cases()))
def test_gradient_of_primitive(check_gradient, name, static, tensors):
    check_gradient(lambda table, *xs: getattr(table, name)(*xs, *static), tensors)


def test_every_primitive_has_a_rule_and_every_rule_a_case():
    assert set(PRIMITIVE_RULES) == set(PRIMITIVE_NAMES)
    differentiable = {name for name, rule in PRIMITIVE_RULES.items() if rule is not NO_GRADIENT}
    assert differentiable == set(CASES) | ELSEWHERE


@pytest.mark.parametrize("axis", [0, 1])
def test_concat(check_gradient, axis):
    constant = normal(2, 2)
    check_gradient(lambda table, x, y: table.concat([x, constant, y, x], axis), [normal(2, 2), normal(2, 2)])


def hermitian(table, x):
    axes = (*range(x.ndim - 2), x.ndim - 1, x.ndim - 2)
    other = table.permute_dims(x, axes)
    return table.add(x, table.conj(other) if table.dtype_of(x) == "complex128" else other)


@pytest.mark.parametrize("shape", [(3, 3), (2, 2, 2), (1, 1)])
def test_cholesky(check_gradient, shape):
    shift = 6 * np.eye(shape[-1])
    check_gradient(lambda table, x: table.cholesky(table.add(hermitian(table, x), shift)), [normal(*shape)])


@pytest.mark.parametrize("shape", [(3, 3), (2, 2, 2)])
def test_eigh(check_gradient, shape):
    check_gradient(lambda table, x: table.eigh(hermitian(table, x)), [normal(*shape)], tolerance=1e-5)


@pytest.mark.parametrize("part", [0, 1, 2])
def test_each_result_of_svd_alone(check_gradient, part):
    check_gradient(lambda table, x: table.svd(x, False)[part], [normal(4, 3)])


def test_singular_values_with_full_matrices(check_gradient):
    check_gradient(lambda table, x: table.svd(x, True)[1], [normal(2, 4)])


def test_full_singular_vectors_have_no_gradient(check_gradient):
    with pytest.raises(NotImplementedError, match="full_matrices=False"):
        check_gradient(lambda table, x: table.svd(x, True)[0], [normal(4, 2)])


COMPLEX_CASES = {
    **{name: [complexes(3)] for name in ("real", "imag", "conj", "abs", "negative", "exp", "sin", "cos", "tanh")},
    **{name: [complexes(3)] for name in ("log", "sqrt", "fft", "ifft", "expm1", "sinh", "cosh", "tan", "asinh")},
    **{name: [complexes(2, 3), complexes(3)] for name in ("add", "subtract", "multiply", "divide", "pow")},
    "matmul": [complexes(2, 3), complexes(3, 2)],
    "solve": [complexes(2, 2) + 3 * np.eye(2), complexes(2, 2)],
    "slogdet": [complexes(3, 3)],
    "qr": [complexes(3, 3)],
}


@pytest.mark.parametrize("name", COMPLEX_CASES)
def test_complex_gradient(check_gradient, name):
    check_gradient(lambda table, *xs: getattr(table, name)(*xs), COMPLEX_CASES[name], tolerance=1e-5)


@pytest.mark.parametrize(("name", "axis"), [("sum", (1,)), ("prod", None), ("prod", (0,))])
def test_complex_reduction(check_gradient, name, axis):
    check_gradient(lambda table, x: getattr(table, name)(x, axis, False), [complexes(2, 3)])


@pytest.mark.parametrize("name", ["cumulative_sum", "cumulative_prod"])
def test_complex_running(check_gradient, name):
    check_gradient(lambda table, x: getattr(table, name)(x, 0), [complexes(4)])


def test_complex_casts(check_gradient):
    check_gradient(lambda table, x: table.astype(x, "complex128"), [normal(3)])
    check_gradient(lambda table, x: table.astype(x, "float64"), [complexes(3)])


def test_complex_cholesky(check_gradient):
    shift = 8 * np.eye(3) + 0j
    check_gradient(lambda table, x: table.cholesky(table.add(hermitian(table, x), shift)), [complexes(3, 3)])


def test_complex_eigh(check_gradient):
    # The phases of eigenvectors are arbitrary: their moduli are not.
    def function(table, x):
        values, vectors = table.eigh(hermitian(table, x))
        return values, table.abs(vectors)

    check_gradient(function, [complexes(3, 3)], tolerance=1e-5)


@pytest.mark.parametrize("shape", [(3, 3), (4, 2), (2, 3)])
def test_complex_svd(check_gradient, shape):
    # The product of `u` and `vh` does not depend on the phases.
    def function(table, x):
        u, s, vh = table.svd(x, False)
        return s, table.abs(u), table.abs(vh), table.matmul(u, vh)

    check_gradient(function, [complexes(*shape)], tolerance=1e-5)
