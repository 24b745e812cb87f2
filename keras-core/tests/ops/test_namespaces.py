"""The lists of names: each op is found under all of its names, and is one function."""

import pytest

from keras_core import ops

NAMESPACES = ("numpy", "nn", "linalg")


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_names_are_those_of_ops(namespace):
    module = getattr(ops, namespace)
    for name in module.__all__:
        assert getattr(module, name) is getattr(ops, name), name


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_names_stand_once(namespace):
    names = getattr(ops, namespace).__all__
    assert len(names) == len(set(names))


def test_no_name_is_in_two_namespaces():
    names = [name for namespace in NAMESPACES for name in getattr(ops, namespace).__all__]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("abs", "absolute"),
        ("amax", "max"),
        ("amin", "min"),
        ("bitwise_invert", "bitwise_not"),
        ("bitwise_left_shift", "left_shift"),
        ("bitwise_right_shift", "right_shift"),
        ("conj", "conjugate"),
        ("hard_swish", "hard_silu"),
        ("swish", "silu"),
        ("true_divide", "divide"),
    ],
)
def test_aliases_are_the_same_function(alias, name):
    assert getattr(ops, alias) is getattr(ops, name)
