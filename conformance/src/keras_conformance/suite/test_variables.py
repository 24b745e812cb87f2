"""Variables on the backend."""

import copy
import operator
import pickle  # nosec B403 # of what the test itself has made

import numpy as np
import pytest

from keras_conformance.case import ANY
from keras_conformance.subject import Subject
from keras_core import ops
from keras_core.runtime.scopes import StatelessScope, autocast_scope, name_scope
from keras_core.runtime.variable import Variable
from keras_core.transforms import grad

# Operator, and the derivative of the sum of its results by the variable: where that comes first, and where second.
OPERATORS = {
    "+": (operator.add, lambda v, t: np.ones((2, 2)), lambda v, t: np.ones((2, 2))),
    "-": (operator.sub, lambda v, t: np.ones((2, 2)), lambda v, t: -np.ones((2, 2))),
    "*": (operator.mul, lambda v, t: t, lambda v, t: t),
    "/": (operator.truediv, lambda v, t: 1 / t, lambda v, t: -t / v**2),
    "**": (operator.pow, lambda v, t: t * v ** (t - 1), lambda v, t: t**v * np.log(t)),
    "@": (
        operator.matmul,
        lambda v, t: np.ones((2, 2)) @ t.T,
        lambda v, t: t.T @ np.ones((2, 2)),
    ),
}


def test_value(subject: Subject) -> None:
    """The value is a tensor of the backend."""
    variable = Variable([1.0, 2.0], name="v")
    assert isinstance(variable.value, subject.table.tensor_types)
    assert (variable.dtype, variable.shape, variable.backend) == ("float32", (2,), subject.name)
    assert variable.numpy().tolist() == [1.0, 2.0]


def test_every_dtype(subject: Subject) -> None:
    """A variable keeps its dtype through assignments."""
    for dtype in ANY:
        if subject.has(dtype):
            variable = Variable([0, 1], dtype=dtype)
            variable.assign([1, 1])
            assert variable.dtype == dtype
            assert variable.numpy().astype(np.complex128).tolist() == [1, 1], dtype


def test_initializer_function() -> None:
    """A callable gets the shape and the dtype."""
    variable = Variable(lambda shape, dtype: ops.ones(shape, dtype), shape=(2, 3), dtype="float32")
    assert variable.numpy().tolist() == [[1.0] * 3] * 2


def test_assign() -> None:
    """Arrays, tensors, numbers and variables are taken, in the variable's dtype."""
    variable = Variable([1.0, 2.0])
    for value in (np.array([3, 4]), ops.convert_to_tensor([3.0, 4.0]), [3, 4], Variable([3.0, 4.0])):
        variable.assign([0, 0])
        variable.assign(value)
        assert variable.numpy().tolist() == [3.0, 4.0]
        assert variable.dtype == "float32"


def test_assign_add_and_sub() -> None:
    """Both change the value by what they get."""
    variable = Variable([1.0, 2.0])
    variable.assign_add([1.0, 1.0])
    variable.assign_sub(0.5)
    assert variable.numpy().tolist() == [1.5, 2.5]


def test_assign_of_another_shape() -> None:
    """It is an error that names both shapes."""
    with pytest.raises(ValueError, match=r"\(2,\).*\(3,\)"):
        Variable([1.0, 2.0]).assign([1.0, 2.0, 3.0])


def test_a_value_that_was_read_stays() -> None:
    """A tensor that was read before an assignment keeps its numbers; so does an array that was assigned."""
    variable = Variable([1.0, 2.0])
    before = variable.value
    array = np.array([5.0, 6.0], np.float32)
    variable.assign(array)
    array[:] = 0
    assert ops.convert_to_numpy(before).tolist() == [1.0, 2.0]
    assert variable.numpy().tolist() == [5.0, 6.0]


def test_two_variables_share_nothing() -> None:
    """Variables made of one array, or one of the other, change independently."""
    array = np.ones(2, np.float32)
    first, second = Variable(array), Variable(array)
    third = Variable(first)
    first.assign_add([1.0, 1.0])
    assert second.numpy().tolist() == third.numpy().tolist() == [1.0, 1.0]


def test_operators() -> None:
    """A variable computes as a tensor does."""
    variable = Variable([1.0, 2.0])
    results = {
        "+": variable + 1,
        "r-": 3 - variable,
        "*": variable * variable,
        "/": variable / 2,
        "**": variable**2,
        "-": -variable,
        "[]": variable[1:],
    }
    expected = {"+": [2, 3], "r-": [2, 1], "*": [1, 4], "/": [0.5, 1], "**": [1, 4], "-": [-1, -2], "[]": [2]}
    assert {name: ops.convert_to_numpy(value).tolist() for name, value in results.items()} == expected
    assert ops.convert_to_numpy(ops.matmul(Variable([[1.0, 2.0]]), [[3.0], [4.0]])).tolist() == [[11.0]]


@pytest.mark.parametrize("symbol", OPERATORS)
def test_operators_beside_tensors(subject: Subject, symbol: str) -> None:
    """On either side of a tensor of the backend, a variable gives what a tensor would, gradient included.

    Behind a tensor it may also be a TypeError, where the tensors' own operators refuse what they do not know.
    """
    function, by_first, by_second = OPERATORS[symbol]
    variable = Variable(np.float32([[1.0, 2.0], [3.0, 4.0]]))
    tensor = ops.convert_to_tensor(np.float32([[2.0, 0.5], [1.5, 3.0]]))
    pairs = [(lambda: function(variable, tensor), by_first), (lambda: function(tensor, variable), by_second)]
    try:
        function(tensor, variable)
    except TypeError:
        pairs.pop()
    for call, expected in pairs:
        assert isinstance(call(), subject.table.tensor_types)
        (gradient,) = grad(lambda call=call: ops.sum(call()), variables=[variable])()
        first, second = variable.numpy().astype("float64"), ops.convert_to_numpy(tensor).astype("float64")
        np.testing.assert_allclose(ops.convert_to_numpy(gradient), expected(first, second), rtol=1e-5)


def test_stateless_scope() -> None:
    """Inside, reads come from the scope and writes stay in it."""
    variable = Variable([1.0, 2.0])
    with StatelessScope([(variable, ops.convert_to_tensor([7.0, 8.0]))]) as scope:
        variable.assign(variable + 1)
        assert ops.convert_to_numpy(variable.value).tolist() == [8.0, 9.0]
    assert variable.numpy().tolist() == [1.0, 2.0]
    assert ops.convert_to_numpy(scope.get_current_value(variable)).tolist() == [8.0, 9.0]


def test_autocast(subject: Subject) -> None:
    """Float variables are read in the dtype of the scope, others as they are."""
    narrow = "float16" if subject.has("float16") else subject.wide
    variable, counter = Variable([1.0]), Variable([1], dtype="int32")
    with autocast_scope(narrow):
        assert subject.table.dtype_of(variable.value) == narrow
        assert subject.table.dtype_of(counter.value) == "int32"
        assert subject.table.dtype_of(ops.add(variable, 1)) == narrow
    assert subject.table.dtype_of(variable.value) == "float32"


def test_name_scope() -> None:
    """The path has the names of the scopes around."""
    with name_scope("outer"), name_scope("inner"):
        assert Variable([1.0], name="w").path == "outer/inner/w"


def test_pickle(subject: Subject) -> None:
    """A variable comes back on its backend, with its bits."""
    variable = Variable(np.linspace(0, 1, 7), dtype="float32", trainable=False, name="w")
    again = pickle.loads(pickle.dumps(variable))  # nosec B301 # what the test itself dumps
    assert again.numpy().tobytes() == variable.numpy().tobytes()
    assert (again.path, again.dtype, again.trainable, again.backend) == ("w", "float32", False, subject.name)


def test_deepcopy() -> None:
    """A copy has a state of its own."""
    variable = Variable([1.0, 2.0])
    clone = copy.deepcopy(variable)
    variable.assign([9.0, 9.0])
    assert clone.numpy().tolist() == [1.0, 2.0]
