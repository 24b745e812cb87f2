"""Integers and bools among the inputs of native derivatives."""

import numpy as np
import pytest

from keras_core import autodiff, ops
from keras_core.runtime.differentiation import of_inexact_inputs
from keras_core.runtime.table import active


@pytest.fixture
def tensors():
    return [ops.convert_to_tensor(np.array([1.0, 2.0], "float32")), ops.convert_to_tensor(np.array([3, 4], "int32"))]


def product(values):
    return ops.sum(values[0] * ops.cast(values[1], "float32"))


def transforms_of(seen):
    """Return transforms that note the dtypes they are given, with derivatives of ones."""

    def value_and_grad(function):
        def differentiated(inputs):
            seen.append([active().dtype_of(x) for x in inputs])
            return *function(inputs), [ops.ones_like(x) for x in inputs]

        return differentiated

    def jvp(function, primals, tangents):
        seen.append([active().dtype_of(x) for x in (*primals, *tangents)])
        outputs = function(primals)
        return outputs, [ops.ones_like(x) for x in outputs]

    native = {"value_and_grad": value_and_grad, "jvp": jvp, "checkpoint": len}
    return of_inexact_inputs(active(), native)


def test_reverse_mode_sees_floats_and_integers_get_zeros(tensors):
    seen = []
    differentiated = transforms_of(seen)["value_and_grad"](lambda values: (product(values), values))
    value, auxiliary, gradients = differentiated(tensors)
    assert seen == [["float32"]]
    assert float(ops.convert_to_numpy(value)) == 11.0
    assert auxiliary[1] is tensors[1]
    assert [ops.convert_to_numpy(x).tolist() for x in gradients] == [[1.0, 1.0], [0, 0]]
    assert active().dtype_of(gradients[1]) == "int32"


def test_reverse_mode_of_integers_alone_only_calls(tensors):
    seen = []
    value, _, gradients = transforms_of(seen)["value_and_grad"](lambda values: (values[0], []))(tensors[1:])
    assert value is tensors[1]
    assert ops.convert_to_numpy(gradients[0]).tolist() == [0, 0]
    assert transforms_of(seen)["value_and_grad"](lambda values: (tensors[0], []))([]) == (tensors[0], [], [])
    assert seen == []


def test_forward_mode_sees_floats(tensors):
    seen = []
    outputs, derivatives = transforms_of(seen)["jvp"](lambda values: [product(values)], tensors, tensors)
    assert seen == [["float32", "float32"]]
    assert float(ops.convert_to_numpy(outputs[0])) == 11.0
    assert float(ops.convert_to_numpy(derivatives[0])) == 1.0


def test_forward_mode_of_integers_alone_only_calls(tensors):
    outputs, derivatives = transforms_of([])["jvp"](lambda values: [tensors[0]], tensors[1:], tensors[1:])
    assert outputs == [tensors[0]]
    assert ops.convert_to_numpy(derivatives[0]).tolist() == [0.0, 0.0]


def test_other_transforms_stay_as_they_are():
    assert transforms_of([])["checkpoint"] is len


def test_every_backend_has_zeros_for_integers(tensors):
    transform = active().transforms.get("value_and_grad", autodiff.value_and_grad)
    _, _, gradients = transform(lambda values: (product(values), []))(tensors)
    assert [ops.convert_to_numpy(x).tolist() for x in gradients] == [[3.0, 4.0], [0, 0]]
