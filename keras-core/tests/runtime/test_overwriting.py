"""Updates in place, where nobody else sees it."""

import numpy as np
import pytest

from keras_core import Variable, ops, optimizers
from keras_core.runtime.overwriting import held_alone, overwritable, overwriting
from keras_core.runtime.scopes import StatelessScope
from keras_core.runtime.table import use_backend

OPTIMIZERS = {
    "SGD": lambda: optimizers.SGD(0.5),
    "SGD with momentum": lambda: optimizers.SGD(0.5, momentum=0.9),
    "SGD of Nesterov": lambda: optimizers.SGD(0.5, momentum=0.9, nesterov=True),
    "Adam": lambda: optimizers.Adam(0.5),
}


@pytest.fixture(autouse=True)
def numpy_backend():
    with use_backend("numpy"):
        yield


def test_a_tensor_that_only_the_variable_holds_may_be_overwritten():
    variable = Variable(np.zeros(3, "float32"))
    with overwriting(held_alone([variable])):
        assert overwritable() == {id(variable.handle)}
    assert overwritable() == frozenset()


@pytest.mark.parametrize("hold", [lambda v: v.value, lambda v: v.value[1:], lambda v: memoryview(v.value)])
def test_what_somebody_else_holds_may_not(hold):
    variable = Variable(np.zeros(3, "float32"))
    held = hold(variable)
    with overwriting(held_alone([variable])):
        assert id(variable.handle) not in overwritable()
    del held


def test_nothing_is_overwritten_in_a_pure_function():
    variable = Variable(np.zeros(3, "float32"))
    with StatelessScope(), overwriting(held_alone([variable])):
        assert overwritable() == frozenset()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_who_holds_an_old_value_keeps_it(name):
    variable, other = Variable(np.ones(3, "float32")), Variable(np.ones(3, "float32"))
    optimizer = OPTIMIZERS[name]()
    optimizer.build([variable, other])
    held = [variable.value]
    states = [state.value for state in optimizer.variables]
    before = [np.array(x) for x in (*held, *states)]
    for _ in range(2):
        optimizer.apply([ops.ones(3), ops.ones(3)])
        held.append(variable.value[:2])
        before.append(np.array(held[-1]))
    assert [x.tolist() for x in (held[0], *states, *held[1:])] == [x.tolist() for x in before]
    assert variable.numpy().tolist() == other.numpy().tolist()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_value_that_nobody_holds_is_changed_where_it_is(name):
    variable = Variable(np.ones(3, "float32"))
    optimizer = OPTIMIZERS[name]()
    optimizer.build([variable])
    place = variable.handle.ctypes.data
    optimizer.apply([ops.ones(3)])
    assert variable.handle.ctypes.data == place
