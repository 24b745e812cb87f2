"""Central finite differences in double precision, the oracle of these tests."""

import numpy as np
import pytest

from keras_core.autodiff import value_and_grad
from keras_core.runtime.table import load_table, use_table


def _is_real(x):
    return x.dtype.kind == "f"


def _gradient(scalar, inputs, step):
    """Return dL/dx - i dL/dy of a real function of arrays, elementwise; zeros for integers."""
    gradients = []
    for position, x in enumerate(inputs):
        gradient = np.zeros(x.shape, x.dtype)
        for index in np.ndindex(x.shape) if x.dtype.kind in "fc" else ():

            def moved(by, position=position, x=x, index=index):
                other = x.copy()
                other[index] += by
                return float(scalar([*inputs[:position], other, *inputs[position + 1 :]]))

            gradient[index] = (moved(step) - moved(-step)) / (2 * step)
            if not _is_real(x):
                gradient[index] -= 1j * (moved(1j * step) - moved(-1j * step)) / (2 * step)
        gradients.append(gradient)
    return gradients


def _weighted_sum(table, outputs, seed):
    """Return a real scalar that depends on every element of the inexact outputs with a weight of its own."""
    generator = np.random.default_rng(seed)
    total = table.full((), 0.0, "float64")
    for output in outputs if isinstance(outputs, list | tuple) else [outputs]:
        if output.dtype not in table.inexact:
            continue
        weights = generator.uniform(0.5, 1.5, tuple(output.shape))
        if table.dtype_of(output) == "complex128":
            weights = weights + 1j * generator.uniform(0.5, 1.5, tuple(output.shape))
            product = table.real(table.multiply(output, table.from_host(weights, "complex128")))
        else:
            product = table.multiply(output, table.from_host(weights, "float64"))
        total = table.add(total, table.sum(product, None, False))
    return total


@pytest.fixture
def numpy_table():
    """The table of the embedded backend, active."""
    table = load_table("numpy")
    with use_table(table):
        yield table


@pytest.fixture
def check_gradient():
    """Compare first and second derivatives of `function(table, *tensors)` with finite differences."""
    from keras_core.runtime.table import active

    def check(function, inputs, order=2, step=1e-6, tolerance=1e-6):
        inputs = [np.asarray(x) for x in inputs]

        def scalar(values):
            return _weighted_sum(active(), function(active(), *values), 1)

        def slope(values):
            gradients = value_and_grad(lambda boxes: (scalar(boxes), []))(values)[2]
            return _weighted_sum(active(), gradients, 2)

        with use_table(load_table("numpy")):
            for derivative in (scalar, slope)[:order]:
                value, _, found = value_and_grad(lambda boxes, derivative=derivative: (derivative(boxes), []))(inputs)
                expected = _gradient(derivative, inputs, step)
                np.testing.assert_allclose(value, derivative(inputs), rtol=1e-12)
                for x, one, other in zip(inputs, found, expected, strict=True):
                    assert one.shape == x.shape and one.dtype == x.dtype
                    scale = max(1.0, float(np.max(np.abs(other), initial=0)))
                    np.testing.assert_allclose(one, other, rtol=tolerance * 10, atol=tolerance * scale)

    return check
