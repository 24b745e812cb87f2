"""Optimizer updates: values, and whose buffers they overwrite."""

import pytest
import torch

from keras_backend_torch.kernels import KERNELS as K
from keras_backend_torch.transforms import TRANSFORMS

RATE, STEP = torch.tensor(0.1), torch.tensor(3)


def lists(dtype=torch.float32):
    torch.manual_seed(0)
    shapes = [(3, 2), (), (0,)]
    variables, gradients, momentums = ([torch.randn(shape).to(dtype) for shape in shapes] for _ in range(3))
    return variables, gradients, momentums, [x.square() for x in momentums]


def copies(tensors):
    return [x.clone() for x in tensors]


def close(found, expected):
    for x, y in zip(found, expected, strict=True):
        torch.testing.assert_close(x, y)


def test_gradient_descent():
    variables, gradients, _, _ = lists()
    expected = [w - RATE * g for w, g in zip(variables, gradients, strict=True)]
    close(K["sgd_update"](variables, gradients, RATE), expected)
    assert K["sgd_update"]([], [], RATE) == []


@pytest.mark.parametrize("nesterov", [False, True])
def test_momentum(nesterov):
    variables, gradients, velocities, _ = lists()
    slots = [0.9 * v - RATE * g for v, g in zip(velocities, gradients, strict=True)]
    steps = [0.9 * v - RATE * g if nesterov else v for v, g in zip(slots, gradients, strict=True)]
    found = K["momentum_update"](variables, gradients, velocities, RATE, 0.9, nesterov)
    close(found[0], [w + s for w, s in zip(variables, steps, strict=True)])
    close(found[1], slots)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_adam(dtype):
    variables, gradients, momentums, velocities = lists(dtype)
    m = [0.9 * x + 0.1 * g for x, g in zip(momentums, gradients, strict=True)]
    v = [0.99 * x + 0.01 * g * g for x, g in zip(velocities, gradients, strict=True)]
    rate = 0.1 * (1 - 0.99**3) ** 0.5 / (1 - 0.9**3)
    w = [x - rate * a / (b.sqrt() + 1e-2) for x, a, b in zip(variables, m, v, strict=True)]
    found = K["adam_update"](variables, gradients, momentums, velocities, RATE, 0.9, 0.99, 1e-2, STEP)
    for one, expected in zip(found, (w, m, v), strict=True):
        close(one, expected)


def test_adam_of_gradients_with_other_strides():
    """As those of a kernel whose axes the convolution permutes."""
    variables, gradients, momentums, velocities = lists()
    strided = [torch.empty(2, 3).t().copy_(gradients[0]), *gradients[1:]]
    assert not strided[0].is_contiguous()
    arguments = momentums, velocities, RATE, 0.9, 0.99, 1e-7, STEP
    expected = K["adam_update"](variables, gradients, *arguments)
    for one, other in zip(K["adam_update"](variables, strided, *arguments), expected, strict=True):
        close(one, other)


def test_arguments_keep_their_values_outside_of_a_jitted_function():
    variables, gradients, momentums, velocities = lists()
    before = copies(variables), copies(momentums), copies(velocities)
    K["adam_update"](variables, gradients, momentums, velocities, RATE, 0.9, 0.99, 1e-7, STEP)
    K["momentum_update"](variables, gradients, momentums, RATE, 0.9, False)
    K["sgd_update"](variables, gradients, RATE)
    for now, then in zip((variables, momentums, velocities), before, strict=True):
        close(now, then)


def descend(state, inputs):
    return [], K["sgd_update"](state, inputs, RATE)


def test_donated_buffers_are_used_again():
    state = [torch.ones(3), torch.ones(2, 2)]
    new = TRANSFORMS["jit"](descend, False, True)(state, [torch.ones(3), torch.ones(2, 2)])[1]
    assert [x.data_ptr() for x in new] == [x.data_ptr() for x in state]
    kept = TRANSFORMS["jit"](descend, False, False)(new, [torch.ones(3), torch.ones(2, 2)])[1]
    assert not {x.data_ptr() for x in kept} & {x.data_ptr() for x in new}


def test_shared_buffers_are_not_overwritten():
    base, twice = torch.ones(4), torch.ones(4)
    state = [base[:2], torch.ones(1).expand(2), twice, twice, twice.detach()]
    new = TRANSFORMS["jit"](descend, False, True)(state, [torch.ones_like(x) for x in state])[1]
    close(new, [torch.full_like(x, 0.9) for x in state])
    assert base.tolist() == [1.0] * 4 and twice.tolist() == [1.0] * 4


def test_updates_that_are_differentiated_are_left_to_the_composite():
    answers = []

    def function(inputs):
        answers.append(K["sgd_update"](inputs, [torch.ones(2)], RATE))
        answers.append(K["sgd_update"]([torch.ones(2)], inputs, RATE))
        return inputs[0].sum(), []

    TRANSFORMS["value_and_grad"](function)([torch.ones(2)])
    TRANSFORMS["abstract_eval"](lambda inputs: [function(inputs)[0]], [torch.ones(2)])
    assert answers == [NotImplemented] * 4
