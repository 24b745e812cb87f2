"""First values of variables that a scope gives in place of their initializers."""

import numpy as np

from keras_core.runtime.scopes import first_value_scope
from keras_core.runtime.variable import Variable


def test_function_gets_what_the_initializer_would_get():
    asked = []

    def give(variable, initializer, shape, dtype):
        asked.append((variable.name, initializer, shape, dtype))
        return np.full(shape, 3.0)

    def drawn(shape, dtype=None):
        raise AssertionError("nothing is drawn")

    with first_value_scope(give):
        variable = Variable(drawn, shape=(2,), dtype="float32", name="weight")
    assert asked == [("weight", drawn, (2,), "float32")]
    assert variable.numpy().tolist() == [3.0, 3.0]


def test_values_that_are_given_stay():
    with first_value_scope(lambda *_: np.zeros(1)):
        assert Variable([5.0]).numpy().tolist() == [5.0]


def test_after_the_scope_initializers_count():
    with first_value_scope(lambda *_: np.zeros(1)):
        pass
    assert Variable(lambda shape, dtype: np.ones(shape), shape=(1,)).numpy().tolist() == [1.0]
