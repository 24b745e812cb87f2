"""Variables that begin as shapes: their first value is made when somebody reads it, and not at all where it is set."""

import numpy as np

from keras_core.runtime.scopes import first_value_scope
from keras_core.runtime.variable import Variable


def drawn(shape, dtype=None):
    raise AssertionError("nothing is drawn")


def deferring(made, value=3.0):
    def begin(variable, initializer):
        def make():
            made.append((variable.name, initializer))
            return variable.to_native(np.full(variable.shape, value))

        return make

    return begin


def test_variable_has_shape_and_dtype_and_no_value():
    made = []
    with first_value_scope(deferring(made)):
        variable = Variable(drawn, shape=[2, 3], dtype="float16", name="weight")
    assert (variable.shape, variable.dtype, variable.ndim, variable.name) == ((2, 3), "float16", 2, "weight")
    assert not made


def test_value_is_made_once_when_it_is_read():
    made = []
    with first_value_scope(deferring(made)):
        variable = Variable(drawn, shape=(2,), dtype="float32", name="weight")
    assert variable.numpy().tolist() == variable.numpy().tolist() == [3.0, 3.0]
    assert made == [("weight", drawn)]


def test_value_that_is_set_first_is_the_only_one():
    made = []
    with first_value_scope(deferring(made)):
        variable = Variable(drawn, shape=(2,), dtype="float32")
    variable.assign([1.0, 2.0])
    assert variable.numpy().tolist() == [1.0, 2.0]
    assert not made


def test_values_that_are_given_stay():
    with first_value_scope(deferring([])):
        assert Variable([5.0]).numpy().tolist() == [5.0]


def test_after_the_scope_initializers_count():
    with first_value_scope(deferring([])):
        pass
    assert Variable(lambda shape, dtype: np.ones(shape), shape=(1,)).numpy().tolist() == [1.0]
