"""Forward mode and second derivatives where a gradient is 0: rules are linear in the gradient there too."""

import numpy as np
import pytest

from keras_core.autodiff import jvp, value_and_grad
from keras_core.runtime.table import active

FUNCTIONS = {
    "pow": (lambda x: active().pow(x, active().scalar(3.0, "float64")), lambda x: 3 * x**2),
    "square by pow": (lambda x: active().pow(x, active().scalar(2.0, "float64")), lambda x: 2 * x),
    "sqrt": (lambda x: active().sqrt(x), lambda x: 0.5 / np.sqrt(x)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_forward_mode(numpy_table, name):
    function, derivative = FUNCTIONS[name]
    x, tangent = np.array([0.5, 2.0]), np.array([1.0, -3.0])
    _, (found,) = jvp(lambda inputs: [function(inputs[0])], [x], [tangent])
    np.testing.assert_allclose(found, derivative(x) * tangent, rtol=1e-12)


def test_forward_mode_of_a_square_at_zero(numpy_table):
    function, _ = FUNCTIONS["square by pow"]
    _, (found,) = jvp(lambda inputs: [function(inputs[0])], [np.zeros(1)], [np.ones(1)])
    assert found.tolist() == [0.0]


def test_forward_mode_of_the_root_at_zero(numpy_table):
    """The slope is infinite there, as it is in reverse mode."""
    _, (found,) = jvp(lambda inputs: [active().sqrt(inputs[0])], [np.zeros(1)], [np.ones(1)])
    assert found.tolist() == [np.inf]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_second_derivative_where_the_residual_is_zero(numpy_table, name):
    """The second derivative of `(f(x) - f(2))^2` at 2 is `2 f'(2)^2`, though its gradient there is 0."""
    function, derivative = FUNCTIONS[name]
    x = np.array(2.0)

    def loss(inputs):
        residual = active().subtract(function(inputs[0]), function(x))
        return active().multiply(residual, residual), []

    def slope(inputs):
        return value_and_grad(loss)(inputs)[2][0], []

    first, _, (second,) = value_and_grad(slope)([x])
    assert first == 0.0
    np.testing.assert_allclose(second, 2 * derivative(2.0) ** 2, rtol=1e-12)
