"""Scopes: stateless reads and writes, autocast, names; each of its own thread and task."""

import threading

import pytest

from keras_core import ops
from keras_core.runtime.scopes import (
    StatelessScope,
    autocast_dtype,
    autocast_scope,
    current_path,
    ignore_stateless_scope,
    in_stateless_scope,
    name_scope,
)
from keras_core.runtime.variable import Variable


def host(x):
    return ops.convert_to_numpy(x).tolist()


def test_reads_come_from_the_scope_and_writes_stay_in_it():
    mapped, plain = Variable([1.0]), Variable([2.0])
    with StatelessScope([(mapped, [5.0])]) as scope:
        assert (host(mapped.value), host(plain.value)) == ([5.0], [2.0])
        plain.assign_add([1.0])
        assert host(plain.value) == [3.0]
    assert (host(mapped.value), host(plain.value)) == ([1.0], [2.0])
    assert [(variable is plain, host(value)) for variable, value in scope.updates()] == [(True, [3.0])]
    assert host(scope.get_current_value(mapped)) == [5.0]


def test_variables_that_were_read_are_known():
    mapped, read, untouched = Variable([1.0]), Variable([2.0]), Variable([3.0])
    with StatelessScope([(mapped, [5.0])]) as scope:
        ops.add(mapped, read)
    assert list(scope.read.values()) == [read]
    assert scope.get_current_value(untouched) is None


def test_inner_scope_reads_through_the_outer_one():
    variable = Variable([1.0])
    with StatelessScope([(variable, [2.0])]) as outer:
        with StatelessScope():
            assert host(variable.value) == [2.0]
            variable.assign([3.0])
            assert host(variable.value) == [3.0]
        assert host(variable.value) == [2.0]
    assert host(outer.get_current_value(variable)) == [2.0]


def test_values_are_converted_and_checked():
    variable = Variable([1.0, 2.0])
    with StatelessScope([(variable, [3, 4])]):
        assert variable.value.dtype == variable.handle.dtype
    with pytest.raises(ValueError, match=r"\(2,\).*\(3,\)"):
        StatelessScope([(variable, [1.0, 2.0, 3.0])])


def test_scope_can_be_ignored():
    variable = Variable([1.0])
    with StatelessScope([(variable, [2.0])]):
        with ignore_stateless_scope():
            assert not in_stateless_scope()
            variable.assign([7.0])
        assert in_stateless_scope() and host(variable.value) == [2.0]
    assert host(variable.value) == [7.0]


def test_losses_are_kept():
    with StatelessScope(collect_losses=True) as scope:
        scope.add_loss(1.5)
    assert scope.losses == [1.5]


def test_autocast_ends():
    with autocast_scope("bfloat16"):
        assert autocast_dtype() == "bfloat16"
        with autocast_scope(None):
            assert autocast_dtype() is None
        assert autocast_dtype() == "bfloat16"
    assert autocast_dtype() is None


def test_names_nest():
    with name_scope("a"), name_scope("b"):
        assert current_path() == "a/b"
    assert current_path() == ""


@pytest.mark.parametrize("name", ["", "a/b", None])
def test_bad_names(name):
    with pytest.raises(ValueError, match="name_scope"), name_scope(name):
        raise AssertionError("never reached")


def test_scopes_end_with_an_error():
    with pytest.raises(KeyError), StatelessScope(), autocast_scope("float16"), name_scope("a"):
        raise KeyError
    assert (in_stateless_scope(), autocast_dtype(), current_path()) == (False, None, "")


def test_scopes_are_of_their_thread_only():
    seen = []
    with StatelessScope(), autocast_scope("float16"), name_scope("a"):
        thread = threading.Thread(target=lambda: seen.append((in_stateless_scope(), autocast_dtype(), current_path())))
        thread.start()
        thread.join()
    assert seen == [(False, None, "")]


def test_a_name_scope_says_its_name():
    with name_scope("a") as scope:
        assert scope.name == "a"


def test_a_name_scope_of_the_same_caller_is_not_repeated():
    owner = object()
    with name_scope("a", caller=owner), name_scope("b", caller=owner):
        assert current_path() == "a"
        with name_scope("c", caller=owner, deduplicate=False), name_scope("d", caller=object()):
            assert current_path() == "a/c/d"


def test_a_name_scope_can_stand_under_another_parent():
    with name_scope("a"):
        with name_scope("c", override_parent="x/y"):
            assert current_path() == "x/y/c"
        assert current_path() == "a"


def test_a_name_scope_refuses_unknown_arguments():
    with pytest.raises(TypeError, match="name_scope: unexpected arguments \\['deep'\\]"):
        name_scope("a", deep=True)
