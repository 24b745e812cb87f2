"""Which backend is active: processes, threads, tasks; and the table that a backend becomes."""

import asyncio
import inspect
import pickle
import threading

import numpy as np
import pytest

import keras_core
from keras_core import ops
from keras_core.contract import PRIMITIVE_NAMES
from keras_core.plugins.errors import UnknownBackendError
from keras_core.runtime import table as module
from keras_core.runtime.definition import DATABASE
from keras_core.runtime.table import DispatchTable, active, load_table, use_backend


def copy_of(table, name, kernels=None):
    """Return a table of another name with the functions of a table."""

    class Host:
        tensor_type, tensor_types = table.tensor_type, table.tensor_types
        dtypes, from_host, to_host, adopt = table.dtypes, table.from_host, table.to_host, table.adopt
        argument = table.argument
        scalar, static_shape = table.scalar, table.static_shape

    primitives = {name: getattr(table, name) for name in PRIMITIVE_NAMES}
    return DispatchTable(name, primitives, kernels or {}, table.transforms, table.devices, Host)


@pytest.fixture(autouse=True)
def second(monkeypatch):
    """A backend named `second`, beside the one under test, whose `add` subtracts; and the choices as they were."""
    table = copy_of(active().root, "second")
    table.add = table.native_add = table.subtract
    monkeypatch.setitem(module._tables, "second", table)
    monkeypatch.setattr(module.process_default, "table", active().root)
    with module.use_table(active()):
        yield table


def three_plus_one():
    return float(ops.convert_to_numpy(ops.add(ops.convert_to_tensor([3.0]), ops.convert_to_tensor([1.0])))[0])


def in_a_thread(function):
    results = []
    thread = threading.Thread(target=lambda: results.append(function()))
    thread.start()
    thread.join()
    return results[0]


# which one is active


def test_scope_ends_and_nests():
    own = keras_core.backend()
    with use_backend("second"):
        assert (keras_core.backend(), three_plus_one()) == ("second", 2)
        with use_backend(own):
            assert (keras_core.backend(), three_plus_one()) == (own, 4)
        assert keras_core.backend() == "second"
    assert keras_core.backend() == own


def test_scope_ends_with_an_error():
    own = keras_core.backend()
    with pytest.raises(KeyError), use_backend("second"):
        raise KeyError
    assert keras_core.backend() == own


def test_scope_of_an_unknown_backend_is_an_error():
    with pytest.raises(UnknownBackendError, match="no-such-backend"), use_backend("no-such-backend"):
        raise AssertionError("never reached")


def test_default_is_that_of_every_thread():
    keras_core.set_backend("second")
    assert keras_core.backend() == in_a_thread(keras_core.backend) == "second"
    assert three_plus_one() == in_a_thread(three_plus_one) == 2


def test_default_ends_the_scope_around():
    with use_backend("second"):
        keras_core.set_backend(module.process_default.table.name)
        assert three_plus_one() == 4


def test_scope_is_of_its_thread_only():
    with use_backend("second"):
        assert in_a_thread(three_plus_one) == 4
    assert three_plus_one() == 4


def test_two_threads_on_two_backends_at_once():
    """They take turns op by op, and neither ever computes with the backend of the other."""
    turns = threading.Barrier(2, timeout=30)

    def work(name):
        found = []
        with use_backend(name):
            for _ in range(20):
                turns.wait()
                found.append((keras_core.backend(), three_plus_one()))
        results[name] = found

    own = keras_core.backend()
    results = {}
    threads = [threading.Thread(target=work, args=(name,)) for name in (own, "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {own: [(own, 4.0)] * 20, "second": [("second", 2.0)] * 20}


def test_tasks_keep_their_own_backend():
    own = keras_core.backend()

    async def work(name):
        found = set()
        with use_backend(name):
            for _ in range(5):
                await asyncio.sleep(0)
                found.add((keras_core.backend(), three_plus_one()))
        return found

    async def both():
        return await asyncio.gather(work(own), work("second"), work(own))

    assert asyncio.run(both()) == [{(own, 4.0)}, {("second", 2.0)}, {(own, 4.0)}]


def test_tasks_begin_with_the_backend_of_who_made_them():
    async def name():
        return keras_core.backend()

    async def made_inside():
        with use_backend("second"):
            task = asyncio.create_task(name())
        return await task, await name()

    assert asyncio.run(made_inside()) == ("second", module.process_default.table.name)


# the table


def test_loading_gives_one_table():
    assert load_table(keras_core.backend()) is load_table(keras_core.backend()) is active().root


def test_pickled_table_is_the_table_of_that_name(second):
    assert pickle.loads(pickle.dumps(second)) is second


def test_every_op_has_a_place_in_every_table(second):
    assert {name for name, op in DATABASE.items() if not callable(getattr(second, op.slot))} == set()


def test_a_composite_is_its_body_unless_there_is_a_kernel():
    marker = object()
    table = copy_of(active().root, "third", {"relu": lambda x: marker})
    x = ops.convert_to_tensor([1.0])
    with module.use_table(table):
        assert ops.relu(x) is marker
        assert ops.convert_to_numpy(ops.softmax(x)).tolist() == [1.0]
    assert inspect.unwrap(table.op_softmax) is DATABASE["softmax"].body  # as it stands, or fused


def test_a_kernel_that_gives_up_is_followed_by_the_composite():
    asked = []
    table = copy_of(active().root, "third", {"relu": lambda x: asked.append(x) or NotImplemented})
    x = ops.convert_to_tensor([-1.0, 2.0])
    with module.use_table(table):
        fast, general = ops.relu(x), ops.relu([-1.0, 2.0])
    assert [ops.convert_to_numpy(result).tolist() for result in (fast, general)] == [[0.0, 2.0]] * 2
    assert len(asked) == 2


def test_names_and_dtypes_of_a_table():
    table = active()
    assert table.is_tensor(ops.ones(())) and not table.is_tensor([1.0])
    assert table.dtype_of(ops.ones((), "int32")) == "int32"
    assert repr(table) == f"<DispatchTable of backend '{table.name}'>"
    assert table.root is table
    assert table.float32 == table.dtypes["float32"] and table.float32 in table.inexact


def test_variables_stay_with_their_backend():
    own = keras_core.backend()
    with use_backend("second"):
        variable = keras_core.Variable(np.float32([1, 2]))
    assert (variable.backend, keras_core.Variable([1.0]).backend) == ("second", own)
    assert pickle.loads(pickle.dumps(variable)).backend == "second"
