"""Records of functions: when they begin, that they do the same, and what they refuse."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

import keras_core
from keras_backend_torch import recording
from keras_backend_torch.host import TracedValueError, to_host
from keras_backend_torch.kernels import KERNELS
from keras_backend_torch.transforms import TRANSFORMS

BEFORE = 8
CALLS = BEFORE + 4


class Counted:
    """A function that counts how often it runs as Python code."""

    def __init__(self, function):
        self.function = function
        self.count = 0

    def __call__(self, state, inputs):
        self.count += 1
        return self.function(state, inputs)


def bits(tensors):
    return [x.numpy().tobytes() for x in tensors]


def descent(state, inputs):
    """One step of Adam for a hidden layer, with what may be written in place: sums, activations, state."""
    w, b, momentums, velocities, step = state[0], state[1], state[2:4], state[4:6], state[6]

    def loss(leaves):
        hidden = torch.relu(inputs[0] @ leaves[0] + leaves[1])
        return F.cross_entropy(hidden, inputs[1]), [hidden]

    value, (hidden,), gradients = TRANSFORMS["value_and_grad"](loss)([w, b])
    new = KERNELS["adam_update"]([w, b], gradients, momentums, velocities, torch.tensor(0.1), 0.9, 0.99, 1e-7, step)
    return [value, hidden], [*new[0], *new[1], *new[2], step + 1]


def state_and_inputs():
    generator = torch.Generator().manual_seed(0)
    w, x = (torch.randn(shape, generator=generator) for shape in ((4, 3), (8, 4)))
    state = [w, *(torch.zeros(shape) for shape in ((3,), (4, 3), (3,), (4, 3), (3,))), torch.tensor(1)]
    return state, [x, torch.arange(8) % 3]


@pytest.mark.parametrize("donate", [False, True])
def test_a_record_does_bit_by_bit_what_the_function_does(donate):
    counted = Counted(descent)
    jitted = TRANSFORMS["jit"](counted, False, donate)
    state, inputs = state_and_inputs()
    expected = [x.clone() for x in state]
    for _ in range(CALLS):
        outputs, state = jitted(state, inputs)
        expected_outputs, expected = descent(expected, inputs)
        assert bits(outputs) == bits(expected_outputs)
        assert bits(state) == bits(expected)
    assert counted.count == BEFORE + 1


def test_the_state_is_overwritten_only_where_it_is_donated():
    for donate in (True, False):
        jitted = TRANSFORMS["jit"](descent, False, donate)
        state, inputs = state_and_inputs()
        for _ in range(CALLS):
            before, (_, state) = state, jitted(state, inputs)
        assert (state[0] is before[0]) is donate


def test_a_value_that_somebody_else_holds_stays():
    jitted = TRANSFORMS["jit"](descent, False, True)
    state, inputs = state_and_inputs()
    for _ in range(CALLS):
        jitted(*state_and_inputs())
    seen = state[0][:2]
    state[0] = state[0].view(4, 3)
    kept = seen.clone()
    jitted(state, inputs)
    torch.testing.assert_close(seen, kept, rtol=0, atol=0)


def test_each_signature_has_its_record():
    counted = Counted(lambda state, inputs: ([inputs[0] * 2], state))
    jitted = TRANSFORMS["jit"](counted, False, True)
    arguments = [torch.ones(3, 2), torch.ones(2, 3), torch.ones(2, 3).T, torch.ones(3, 2, dtype=torch.float64)]
    for x in arguments:
        for _ in range(CALLS):
            (doubled,), _ = jitted([], [x])
            assert doubled.dtype is x.dtype
            torch.testing.assert_close(doubled, x + x)
    assert counted.count == len(arguments) * (BEFORE + 1)


@pytest.mark.parametrize("read", [float, to_host, torch.Tensor.tolist, bool, torch.Tensor.numpy])
def test_a_function_that_reads_values_runs_each_time(read):
    def reads(state, inputs):
        return [inputs[0] * torch.tensor(np.asarray(read(state[0])), dtype=torch.float32)], [state[0] + 1]

    counted = Counted(reads)
    jitted = TRANSFORMS["jit"](counted, False, False)
    state = [torch.tensor(2.0)]
    for _ in range(CALLS):
        expected = reads(state, [torch.tensor([3.0])])[0]
        outputs, state = jitted(state, [torch.tensor([3.0])])
        assert bits(outputs) == bits(expected)
    assert counted.count == CALLS + 1  # one of them was to be the record


def test_values_are_unknown_while_a_function_is_recorded():
    errors = []

    def reads(state, inputs):
        try:
            to_host(inputs[0])
        except TracedValueError as error:
            errors.append(str(error))
            raise
        return [], state

    jitted = TRANSFORMS["jit"](reads, False, False)
    for _ in range(CALLS):
        jitted([], [torch.ones(2)])
    assert len(errors) == 1
    assert "shape (2,)" in errors[0]


def test_random_numbers_of_a_record_are_those_of_the_function():
    def draws(state, inputs):
        return [KERNELS["random_normal"]((4,), "float32", state[0])], [state[0] ^ inputs[0]]

    jitted = TRANSFORMS["jit"](draws, False, True)
    state, key = [torch.tensor([1, 2], dtype=torch.int64)], torch.tensor([3, 5])
    expected = list(state)
    for _ in range(CALLS):
        outputs, state = jitted(state, [key])
        expected_outputs, expected = draws(expected, [key])
        assert bits(outputs) == bits(expected_outputs)


def test_an_error_of_a_record_is_that_of_the_function():
    def chosen(state, inputs):
        if isinstance(inputs[1], torch._subclasses.FakeTensor) or inputs[1].max() < 3:
            return [torch.index_select(inputs[0], 0, inputs[1])], state
        raise ValueError(f"{int(inputs[1].max())} is out of range.")

    def unread(state, inputs):
        return [torch.index_select(inputs[0], 0, inputs[1])], state

    for function, message in ((unread, "out of range"), (chosen, "7 is out of range")):
        jitted = TRANSFORMS["jit"](function, False, True)
        for _ in range(CALLS):
            jitted([], [torch.ones(3), torch.tensor([1, 2])])
        with pytest.raises((IndexError, RuntimeError, ValueError), match=message):
            jitted([], [torch.ones(3), torch.tensor([1, 7])])


def test_nothing_is_recorded_under_autocast_or_inside_a_derivative():
    counted = Counted(lambda state, inputs: ([inputs[0] @ inputs[0]], state))
    jitted = TRANSFORMS["jit"](counted, False, True)
    for _ in range(CALLS):
        jitted([], [torch.ones(2, 2)])
    before = counted.count
    with torch.autocast("cpu", torch.bfloat16):
        assert jitted([], [torch.ones(2, 2)])[0][0].dtype is torch.bfloat16
    assert jitted([], [torch.ones(2, 2, requires_grad=True)])[0][0].requires_grad
    assert counted.count == before + 2


def test_elementwise_ops_write_into_what_nothing_else_needs():
    def function(state, inputs):
        kept = inputs[0] @ inputs[0]
        spent = torch.relu((inputs[0] @ inputs[0]).view(2, 2) + 1)
        return [kept, torch.relu(kept), spent, inputs[0] + 1], state

    module = torch.fx.experimental.proxy_tensor.make_fx(lambda x: function([], [x])[0], tracing_mode="fake")
    module = module(torch.ones(2, 2))
    recording._simplify(module.graph)
    code = module.graph.python_code("self").src
    assert code.count("relu_.default") == 1
    assert code.count("add_.Tensor") == 1


@pytest.mark.parametrize("layer", ["LSTM", "MultiHeadAttention", "Conv2D", "BatchNormalization", "Dropout"])
def test_training_of_layers_is_that_of_the_eager_step(layer):
    def trained(run_eagerly):
        keras_core.utils.set_random_seed(1)
        x = np.random.default_rng(0).normal(size=(64, 6, 4)).astype("float32")
        inputs = keras_core.Input((6, 4))
        if layer == "MultiHeadAttention":
            outputs = keras_core.layers.MultiHeadAttention(2, 3)(inputs, inputs)
        elif layer == "Conv2D":
            outputs = keras_core.layers.Reshape((6, 2, 2))(inputs)
            outputs = keras_core.layers.Conv2D(3, 2, padding="same", activation="relu")(outputs)
        else:
            outputs = getattr(keras_core.layers, layer)(3 if layer == "LSTM" else 0.5 if layer == "Dropout" else -1)(
                inputs
            )
        outputs = keras_core.layers.Dense(1)(keras_core.layers.Flatten()(outputs))
        model = keras_core.Model(inputs, outputs)
        model.compile("adam", loss="mse", run_eagerly=run_eagerly)
        losses = model.fit(x, x[:, 0, :1], batch_size=4, epochs=2, verbose=0, shuffle=False).history["loss"]
        return losses, [weight.tobytes() for weight in model.get_weights()]

    with keras_core.use_backend("torch"):
        assert trained(False) == trained(True)
