"""Python's operators on variables and tensors of the backend of the process."""

import operator

import numpy as np
import pytest

from keras_core import Variable, ops
from keras_core.transforms import grad

VALUE, OTHER = np.float32([[1.0, 2.0], [3.0, 4.0]]), np.float32([[2.0, 0.5], [1.5, 3.0]])
ONES = np.ones((2, 2))
# Operator, and the derivative of the sum of its results by the variable, where that comes second.
OPERATORS = {
    "+": (operator.add, ONES),
    "-": (operator.sub, -ONES),
    "*": (operator.mul, OTHER),
    "/": (operator.truediv, -OTHER / VALUE**2),
    "**": (operator.pow, OTHER**VALUE * np.log(OTHER)),
    "@": (operator.matmul, OTHER.T @ ONES),
}


@pytest.mark.parametrize("symbol", OPERATORS)
def test_variable_behind_a_tensor(symbol):
    function, expected = OPERATORS[symbol]
    variable, tensor = Variable(VALUE), ops.convert_to_tensor(OTHER)
    result = function(tensor, variable)
    assert ops.is_tensor(result)
    np.testing.assert_allclose(ops.convert_to_numpy(result), function(OTHER, VALUE), rtol=1e-5)
    (gradient,) = grad(lambda: ops.sum(function(tensor, variable)), variables=[variable])()
    np.testing.assert_allclose(ops.convert_to_numpy(gradient), expected, rtol=1e-5)
