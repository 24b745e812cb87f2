"""The generated functions: what goes straight into the table, and that it means the same as the general path."""

import inspect
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from keras_core import ops
from keras_core.runtime import definition as module
from keras_core.runtime.definition import DATABASE, call_general, explain
from keras_core.runtime.fast_path import generate
from keras_core.runtime.table import active, use_table
from keras_core.runtime.variable import Variable


class ReachedGeneralPath(Exception):
    """Raised in place of the general path."""


def refuse(definition, table, arguments):
    raise ReachedGeneralPath(definition.name)


def fast(name):
    """Return the function of an op as it is generated, with an error for a general path."""
    return generate(DATABASE[name], refuse, explain)


def tensor(*shape, dtype="float32"):
    return ops.ones(shape, dtype)


def general(name, *arguments):
    """Return what the general path makes of the arguments."""
    definition = DATABASE[name]
    bound = definition.signature.bind(*arguments)
    bound.apply_defaults()
    return call_general(definition, active(), tuple(bound.arguments.values()))


def flat(result):
    return [(x.shape, x.tolist()) for x in map(ops.convert_to_numpy, result if isinstance(result, list) else [result])]


X = np.arange(24, dtype="float32").reshape(2, 3, 4)
# Op, arguments after the first tensor: taken as they are or made canonical in place.
STRAIGHT = [
    ("reshape", ((6, 4),)),
    ("reshape", ((-1, 4),)),
    ("reshape", ([4, 6],)),
    ("reshape", (24,)),
    ("reshape", ((np.int64(6), 4),)),
    ("broadcast_to", ((2, 2, 3, 4),)),
    ("mean", ()),
    ("mean", (-1,)),
    ("mean", (0, True)),
    ("mean", ((0, -1),)),
    ("mean", ([2, 1], True)),
    ("mean", (np.int32(1),)),
    ("sum", (-3,)),
    ("max", ((),)),
    ("logsumexp", (-2,)),
    ("softmax", (-1,)),
    ("softmax", (0,)),
    ("softmax", ((-1, 0),)),
    ("softmax", (None,)),
    ("log_softmax", (None,)),
    ("argmax", (-1,)),
    ("argmax", ()),
    ("sort", (-2,)),
    ("cumsum", (-1,)),
    ("transpose", ()),
    ("transpose", ((2, -3, 1),)),
    ("squeeze", ()),
    ("flip", (-1,)),
    ("tile", ((2, 1),)),
    ("repeat", (2, -1)),
    ("cast", ("int32",)),
    ("exp", ()),
    ("square", ()),
]


@pytest.mark.parametrize(("name", "static"), STRAIGHT, ids=[f"{name}-{static}" for name, static in STRAIGHT])
def test_static_arguments_become_canonical_as_in_the_general_path(name, static):
    x = ops.convert_to_tensor(X)
    assert flat(getattr(ops, name)(x, *static)) == flat(general(name, x, *static))


@pytest.mark.parametrize("axis", [-3, -2, -1, 0, 1, 2])
def test_axes_of_lists(axis):
    x, y = ops.convert_to_tensor(X), ops.convert_to_tensor(X + 1)
    for name in ("concatenate", "stack"):
        assert flat(fast(name)([x, y], axis)) == flat(general(name, [x, y], axis))
    assert flat(fast("stack")((x, y), -1)) == flat(general("stack", [x, y], 3))


CALLS = {
    "add": lambda f: f(tensor(4, 4), tensor(4, 4)),
    "matmul": lambda f: f(tensor(4, 4), tensor(4, 4)),
    "equal": lambda f: f(tensor(4, dtype="int8"), tensor(4, dtype="int8")),
    "logical_and": lambda f: f(tensor(4, dtype="bool"), tensor(4, dtype="bool")),
    "reshape": lambda f: f(tensor(4, 4), (2, 8)),
    "mean": lambda f: f(tensor(4, 4), -1),
    "softmax": lambda f: f(tensor(4, 4)),
    "concatenate": lambda f: f([tensor(4, 4), tensor(4, 4)], -1),
    "einsum": lambda f: f("ij,jk->ik", tensor(4, 4), tensor(4, 4)),
    "exp": lambda f: f(tensor(4, dtype="float16")),
    "where": lambda f: f(tensor(4, dtype="bool"), tensor(4), tensor(4)),
}


@pytest.mark.parametrize("name", CALLS)
def test_tensors_of_one_dtype_go_straight_into_the_table(name):
    assert flat(CALLS[name](fast(name))) == flat(CALLS[name](getattr(ops, name)))


@pytest.mark.parametrize(
    ("x1", "x2"), [("variable", "tensor"), ("tensor", "variable"), ("tensor", 2), (2.5, "tensor"), ("variable", 2.0)]
)
def test_variables_and_numbers_beside_tensors_do_too(x1, x2):
    made = {"variable": Variable(np.ones(3, "float32")), "tensor": tensor(3)}
    x1, x2 = made.get(x1, x1), made.get(x2, x2)
    if isinstance(active().scalar(2.0, "float32"), active().tensor_type):
        assert flat(fast("add")(x1, x2)) == flat(general("add", x1, x2))
    assert flat(ops.add(x1, x2)) == flat(general("add", x1, x2))


@pytest.mark.parametrize(
    "arguments",
    [
        lambda: (tensor(3), tensor(3, dtype="float16")),
        lambda: (tensor(3), tensor(3, dtype="int32")),
        lambda: (tensor(3, dtype="int32"), 2.5),
        lambda: (tensor(3), [1.0, 2.0, 3.0]),
        lambda: ([1.0], [2.0]),
    ],
)
def test_what_must_be_converted_takes_the_general_path(arguments):
    with pytest.raises(ReachedGeneralPath, match="add"):
        fast("add")(*arguments())


@pytest.mark.parametrize(
    "xs",
    [
        lambda: [tensor(3), tensor(3, dtype="float16")],
        lambda: [tensor(3), [1.0, 2.0, 3.0]],
        lambda: [tensor(3), tensor(3), tensor(3, dtype="int32")],
        lambda: [tensor(3), tensor(3), [1.0]],
        lambda: [],
        lambda: tensor(2, 3),
        lambda: iter([tensor(3)]),
    ],
)
def test_what_is_no_list_of_equal_tensors_takes_the_general_path(xs):
    with pytest.raises(ReachedGeneralPath, match="concatenate"):
        fast("concatenate")(xs())


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("mean", (3,)), ("softmax", (-4,)), ("argmax", (1.5,)), ("reshape", ((2.0, 12),)), ("sum", ((0, 0),))]
    + [("transpose", ((0, 0, 1),)), ("transpose", ((0, 1),)), ("transpose", (1,)), ("softmax", ("0",))],
)
def test_errors_are_those_of_the_general_path_and_name_the_op(name, arguments):
    x = ops.convert_to_tensor(X)
    with pytest.raises((ValueError, TypeError)) as from_fast:
        getattr(ops, name)(x, *arguments)
    with pytest.raises(type(from_fast.value)) as from_general:
        general(name, x, *arguments)
    assert str(from_fast.value) == str(from_general.value)
    assert str(from_fast.value).startswith(f"{name}: ")


def test_a_dtype_that_is_equal_but_another_object_counts_as_the_same():
    array = pickle.loads(pickle.dumps(np.ones(3, "float32")))  # NumPy makes a new dtype object there
    x = Variable(array).value
    assert flat(ops.add(x, tensor(3))) == [((3,), [2.0, 2.0, 2.0])]
    assert flat(ops.concatenate([x, tensor(3)])) == [((6,), [1.0] * 6)]


@pytest.mark.parametrize("count", [1, 3, 4])
def test_lists_of_any_length_go_straight_into_the_table(count):
    tensors = [tensor(2, 3) for _ in range(count)]
    assert flat(fast("concatenate")(tensors, -1)) == [((2, 3 * count), [[1.0] * 3 * count] * 2)]
    assert flat(fast("concatenate")(tuple(tensors))) == [((2 * count, 3), [[1.0] * 3] * 2 * count)]


def test_axes_of_a_high_rank_take_the_general_path():
    x = tensor(*[1] * 12)
    with pytest.raises(ReachedGeneralPath, match="softmax"):
        fast("softmax")(x, -1)
    assert ops.expand_dims(x, -1).shape == (1,) * 13


def test_the_code_of_an_op_is_written_once_by_whichever_thread_calls_first():
    function = generate(DATABASE["mean"], call_general, explain)
    empty = function.__code__
    x, table = tensor(2, 3), active()

    def call(_):
        with use_table(table):
            return flat(function(x, axis=-1)), function.__code__

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(call, range(64)))
    assert all(result == [((2,), [1.0, 1.0])] for result, _ in found)
    assert function.__code__ is not empty
    assert flat(function(x)) == [((), 1.0)]
    with pytest.raises(TypeError, match=r"mean\(\) got an unexpected keyword argument 'axes'"):
        function(x, axes=-1)


@pytest.mark.parametrize("name", DATABASE)
def test_generated_functions_have_the_signature_and_the_documentation(name):
    function = DATABASE[name].function
    parameters = [p for p in inspect.signature(function).parameters.values() if p.kind is not p.VAR_KEYWORD]
    assert parameters == list(DATABASE[name].signature.parameters.values())
    assert function.__name__ == name and function.__doc__


def test_no_parameter_can_hide_a_name_of_the_generated_code():
    parameters = {parameter for definition in DATABASE.values() for parameter in definition.signature.parameters}
    assert not any(parameter.startswith("_") for parameter in parameters)


def test_an_op_cannot_be_defined_twice():
    def add(x1, x2):
        return x1

    with pytest.raises(ValueError, match="'add' is defined twice"):
        module.op(tensors=("x1", "x2"))(add)
