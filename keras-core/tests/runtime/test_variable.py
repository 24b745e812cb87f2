"""`Variable`: operators, attributes, what is refused. Values on each backend are tested by the conformance suite."""

import copy
import operator
import pickle
import tracemalloc
from typing import Any

import numpy as np
import pytest

from keras_core import Input, layers, ops, transforms
from keras_core.runtime.scopes import autocast_scope
from keras_core.runtime.table import use_backend
from keras_core.runtime.variable import Variable

ARITHMETIC = (
    *(operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, operator.pow),
)
COMPARISONS = (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne)
BITWISE = (operator.and_, operator.or_, operator.xor)


def host(x):
    return ops.convert_to_numpy(x)


@pytest.mark.parametrize("function", [*ARITHMETIC, *COMPARISONS])
def test_operators_of_floats(function):
    array, other = np.float32([4.5, 2.0]), np.float32([2.0, 2.0])
    variable = Variable(array)
    for value in (other, ops.convert_to_tensor(other), Variable(other), [2.0, 2.0], 2.0, 2):
        result = host(function(variable, value))
        np.testing.assert_allclose(result, function(array, other), rtol=1e-6)
        assert result.dtype == function(array, other).dtype


@pytest.mark.parametrize("function", ARITHMETIC)
def test_reflected_operators(function):
    array, other = np.float32([4.5, 2.0]), np.float32([2.0, 3.0])
    for value in (other, ops.convert_to_tensor(other), [2.0, 3.0]):
        result = function(value, Variable(array))
        assert not isinstance(result, Variable)
        np.testing.assert_allclose(host(result), function(other, array), rtol=1e-6)
    np.testing.assert_allclose(host(function(3, Variable(array))), function(np.float32(3), array), rtol=1e-6)


@pytest.mark.parametrize("function", BITWISE)
def test_bitwise_operators(function):
    integers, bools = np.int32([6, 3]), np.array([True, False])
    assert host(function(Variable(integers), 5)).tolist() == function(integers, 5).tolist()
    assert host(function(5, Variable(integers))).tolist() == function(5, integers).tolist()
    assert host(function(Variable(bools), True)).tolist() == function(bools, True).tolist()


def test_shifts():
    variable = Variable(np.int32([1, 4]))
    assert (host(variable << 2).tolist(), host(variable >> 1).tolist()) == ([4, 16], [0, 2])


def test_unary_operators():
    variable = Variable([-1.5, 2.0])
    assert [host(x).tolist() for x in (-variable, +variable, abs(variable))] == [[1.5, -2.0], [-1.5, 2.0], [1.5, 2.0]]
    assert host(~Variable([True, False])).tolist() == [False, True]


def test_matmul_and_indexing():
    variable = Variable(np.arange(6, dtype="float32").reshape(2, 3))
    assert host(variable @ np.ones((3, 1), "float32")).tolist() == [[3.0], [12.0]]
    assert host(np.ones((1, 2), "float32") @ variable).tolist() == [[3.0, 5.0, 7.0]]
    assert host(variable[1, ::2]).tolist() == [3.0, 5.0]


def test_conversions():
    scalar, vector = Variable(2.5), Variable([1.0, 2.0])
    assert (float(scalar), int(scalar), bool(scalar), len(vector)) == (2.5, 2, True, 2)
    assert np.asarray(vector).tolist() == [1.0, 2.0]
    assert np.asarray(vector, "int64").dtype == np.int64
    with pytest.raises(TypeError, match="no axes"):
        len(scalar)


def test_hash_is_by_identity():
    first, second = Variable([1.0]), Variable([1.0])
    assert len({first, second, first}) == 2


def test_dtype_follows_the_autocast_scope():
    weight, kept, counter = Variable([1.0]), Variable([1.0], autocast=False), Variable([1], dtype="int32")
    with autocast_scope("float16"):
        assert [v.dtype for v in (weight, kept, counter)] == ["float16", "float32", "int32"]
        assert [host(v.value).dtype.name for v in (weight, kept, counter)] == ["float16", "float32", "int32"]
    assert weight.dtype == "float32"


def test_paths_come_from_the_scopes_around():
    from keras_core.runtime.scopes import name_scope

    with name_scope("encoder"), name_scope("block"):
        assert Variable([1.0], name="kernel").path == "encoder/block/kernel"
    assert Variable([1.0], name="kernel").path == "kernel"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "a/b"}, "without '/'"),
        ({"aggregation": "median"}, "aggregation"),
        ({"shape": (3,)}, r"\(1,\).*\(3,\)"),
        ({"dtype": "float17"}, "dtype"),
    ],
)
def test_what_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        Variable([1.0], **options)


def test_callable_needs_a_shape():
    with pytest.raises(ValueError, match="shape must be given"):
        Variable(lambda shape, dtype: ops.ones(shape, dtype))


def test_unexpected_argument():
    with pytest.raises(TypeError, match="colour"):
        Variable([1.0], colour="red")


@pytest.mark.parametrize("attribute", ["regularizer", "constraint"])
def test_functions_of_a_variable_must_be_callable(attribute):
    variable = Variable([1.0])
    with pytest.raises(ValueError, match=attribute):
        setattr(variable, attribute, 3)
    setattr(variable, attribute, abs)
    assert getattr(variable, attribute) is abs


def test_trainable_is_a_switch():
    variable = Variable([1.0])
    assert variable.trainable
    variable.trainable = False
    assert not variable.trainable


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))])
def test_copies_keep_backend_and_value_and_share_nothing(copied):
    variable = Variable(np.float32([1, 2]), name="kernel", trainable=False)
    other = copied(variable)
    assert (other.backend, other.name, other.dtype, other.trainable) == (variable.backend, "kernel", "float32", False)
    other.assign([3.0, 4.0])
    assert (variable.numpy().tolist(), other.numpy().tolist()) == ([1.0, 2.0], [3.0, 4.0])


def test_repr_says_what_it_is():
    variable = Variable([1.0], name="kernel")
    assert repr(variable) == f"<Variable path=kernel, shape=(1,), dtype=float32, backend={variable.backend}>"


@pytest.mark.parametrize("value", [[3.0, 4.0], np.float64([3, 4]), np.float32([3, 4]), Variable([3.0, 4.0])])
def test_assigned_values_are_the_own(value):
    variable = Variable([1.0, 2.0])
    variable.assign(value)
    kept = variable.numpy().tolist()
    if isinstance(value, np.ndarray):
        value[:] = 9
    elif isinstance(value, Variable):
        value.assign_add([1.0, 1.0])
    assert variable.numpy().tolist() == kept


@pytest.mark.parametrize("kind", ["array", "held", "view"])
def test_assigned_arrays_are_copied(kind):
    class Holder:
        def __array__(self, dtype=None, copy=None):
            return array

    array = np.float32([3, 4])
    with use_backend("numpy"):
        variable = Variable([1.0, 2.0])
        variable.assign({"array": array, "held": Holder(), "view": array[:]}[kind])
        array[:] = 9
        assert variable.numpy().tolist() == [3.0, 4.0]


def test_sums_are_not_copied(monkeypatch):
    with use_backend("numpy"):
        variable = Variable(np.zeros(1000, "float32"))
        ones = np.ones(1000, "float32")
        tracemalloc.start()
        variable.assign_add(ones)
        variable.assign_sub(2 * ones)
        variable.assign(np.ones(1000))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 4.5 * 4000 + 8000  # the old value, the new one, what stands beside the variable; no copy of them


def test_overwrite_with_gradient_is_a_bool():
    variable = Variable(1.0)
    assert variable.overwrite_with_gradient is False
    variable.overwrite_with_gradient = True
    assert variable.overwrite_with_gradient is True
    with pytest.raises(TypeError, match="overwrite_with_gradient to be a bool, got 3"):
        variable.overwrite_with_gradient = 3


class Reader:
    """A value that a compiled function keeps, and how often it was read."""

    def __init__(self, value):
        self.value = value
        self.reads = 0

    def __call__(self):
        self.reads += 1
        return self.value


def test_a_kept_value_is_read_once_and_only_on_demand():
    v = Variable([1.0, 2.0])
    reader, other = Reader(ops.convert_to_tensor([3.0, 4.0])), Reader(ops.convert_to_tensor([5.0, 6.0]))
    v.state = reader
    v.state = other
    assert v.state is other and (reader.reads, other.reads) == (0, 0)
    assert v.shape == (2,) and other.reads == 0
    assert v.numpy().tolist() == [5, 6] and host(v.value).tolist() == [5, 6] and other.reads == 1
    assert v.state is v.handle


@pytest.mark.parametrize(
    "array",
    [np.float32([[1, 2], [3, 4]]), np.float64([[1, 2], [3, 4]]), np.int16([[1, 3], [2, 4]]).T],
    ids=["own dtype", "float64", "transposed"],
)
def test_adopted_arrays(array):
    variable = Variable(np.zeros((2, 2)), dtype="float32")
    variable.adopt(array)
    assert variable.numpy().tolist() == [[1, 2], [3, 4]] and variable.numpy().dtype == np.float32
    assert type(variable.value) is type(ops.ones(()))


def test_adopted_arrays_are_not_copied():
    array = np.float32([3, 4])
    with use_backend("numpy"):
        variable = Variable([1.0, 2.0])
        variable.adopt(array)
        assert variable.handle is array


def test_adopted_arrays_have_the_shape_of_the_variable():
    variable = Variable([1.0, 2.0])
    with pytest.raises(ValueError, match=r"expected a value of shape \(2,\) for assign, got \(3,\)"):
        variable.adopt(np.zeros(3, np.float32))
    assert variable.numpy().tolist() == [1, 2]


def test_assigning_ends_what_a_compiled_function_keeps():
    v = Variable(1.0)
    reader = v.state = Reader(ops.convert_to_tensor(3.0))
    v.assign(2.0)
    assert float(v) == 2 and v.state is v.handle and reader.reads == 0


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))])
def test_copies_of_a_variable_whose_value_is_kept(copied):
    v = Variable(1.0)
    v.state = Reader(ops.convert_to_tensor(3.0))
    assert float(copied(v)) == 3 == float(v)


def test_unknown_attributes_are_named():
    with pytest.raises(AttributeError, match="'Variable' object has no attribute 'sizes'"):
        Variable(1.0).sizes  # noqa: B018


class Home:
    """An object elsewhere that has a value."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __call__(self) -> Any:
        return self.value

    def assign(self, value: Any) -> None:
        self.value = value


def test_a_shared_value_is_read_and_written_where_it_is() -> None:
    variable = Variable([1.0, 2.0])
    home = Home(variable.value)
    variable.share(home)
    home.value = home.value * 3
    assert variable.numpy().tolist() == [3.0, 6.0]
    variable.assign([5.0, 5.0])
    assert ops.convert_to_numpy(home.value).tolist() == [5.0, 5.0]
    assert variable.state is home
    variable.state = variable.value * 2
    variable.state = Home(home.value + 1)
    assert variable.state is home
    assert variable.numpy().tolist() == [11.0, 11.0]


def test_a_copy_of_a_shared_variable_has_its_own_value() -> None:
    variable = Variable([1.0])
    variable.share(Home(variable.value))
    other = copy.deepcopy(variable)
    variable.assign([2.0])
    assert other.numpy().tolist() == [1.0]


def test_a_value_can_be_looked_at_while_shapes_are_inferred():
    class Scaled(layers.Layer):
        def build(self, input_shape):
            self.scale = self.add_weight((), name="scale", initializer="ones")

        def call(self, x):
            return x * float(self.scale.numpy())

    layer = Scaled()
    layer.build((None, 2))
    step = transforms.jit(lambda x: layer.scale.assign_add(x), [layer.scale])
    step(np.float32(1))  # a backend may keep the value where its functions change it
    assert layer(Input((2,))).shape == (None, 2)
