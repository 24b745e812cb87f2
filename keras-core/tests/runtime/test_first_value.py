"""Variables that begin as shapes: their first value is made when somebody reads it, and not at all where it is set."""

import numpy as np
import pytest

from keras_core import ops
from keras_core.runtime.scopes import first_values_scope
from keras_core.runtime.variable import Variable


def drawn(shape, dtype=None):
    raise AssertionError("nothing is drawn")


class Firsts:
    """Lets variables begin without a value, and notes those of which one is made, or given."""

    def __init__(self):
        self.made = []
        self.given = []

    def defer(self, variable, initializer):
        def make():
            self.made.append((variable.name, initializer))
            return variable.to_native(np.full(variable.shape, 3.0))

        return make

    def count(self, shape, dtype):
        self.given.append((tuple(shape), dtype))


@pytest.fixture
def firsts():
    return Firsts()


def test_variable_has_shape_and_dtype_and_no_value(firsts):
    with first_values_scope(firsts):
        variable = Variable(drawn, shape=[2, 3], dtype="float16", name="weight")
    assert (variable.shape, variable.dtype, variable.ndim, variable.name) == ((2, 3), "float16", 2, "weight")
    assert not firsts.made


def test_value_is_made_once_when_it_is_read(firsts):
    with first_values_scope(firsts):
        variable = Variable(drawn, shape=(2,), dtype="float32", name="weight")
    assert variable.numpy().tolist() == variable.numpy().tolist() == [3.0, 3.0]
    assert firsts.made == [("weight", drawn)]


def test_value_that_is_set_first_is_the_only_one(firsts):
    with first_values_scope(firsts):
        variable = Variable(drawn, shape=(2,), dtype="float32")
    variable.assign([1.0, 2.0])
    assert variable.numpy().tolist() == [1.0, 2.0]
    assert not firsts.made


def test_values_that_are_given_stay(firsts):
    with first_values_scope(firsts):
        assert Variable([5.0]).numpy().tolist() == [5.0]
    assert not firsts.made


@pytest.mark.parametrize(
    ("value", "dtype", "expected"),
    [
        ([[1, 2, 3]], None, ((1, 3), "int32")),
        (2.0, "float16", ((), "float16")),
        (np.zeros((2, 0), "int8"), None, ((2, 0), "int8")),
        (Variable([1.0, 2.0]), None, ((2,), "float32")),
        (ops.ones((4, 1), "bfloat16"), "float32", ((4, 1), "float32")),
    ],
)
def test_values_that_are_given_are_told(value, dtype, expected, firsts):
    with first_values_scope(firsts):
        variable = Variable(value, dtype=dtype)
    assert firsts.given == [expected]
    assert (variable.shape, variable.dtype) == expected


def test_value_that_may_not_be_is_not_made(firsts, monkeypatch):
    def refusing(*_form):
        raise ValueError("too large")

    monkeypatch.setattr(firsts, "count", refusing)
    monkeypatch.setattr(Variable, "to_native", drawn)
    with first_values_scope(firsts), pytest.raises(ValueError, match="too large"):
        Variable([1.0])


def test_after_the_scope_initializers_count(firsts):
    with first_values_scope(firsts):
        pass
    assert Variable(lambda shape, dtype: np.ones(shape), shape=(1,)).numpy().tolist() == [1.0]
