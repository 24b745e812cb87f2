"""`GRU`, `SimpleRNN`, `ConvLSTM` and `Bidirectional` against the formulas in NumPy: masks, states, dropout, errors."""

import numpy as np
import pytest

from keras_core import Input, Model, layers, ops, transforms
from keras_core.layers import GRU, LSTM, RNN, Bidirectional, ConvLSTM1D, ConvLSTM2D, ConvLSTM3D, GRUCell, SimpleRNN
from keras_core.runtime.call_context import get_mask, set_mask

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 5, 4)).astype("float32")
MASK = np.array([[False, True, True, False, True], [True, False, False, False, False]])
STATE = RNG.normal(size=(2, 3)).astype("float32")


def close(result, expected):
    result = ops.convert_to_numpy(result)
    assert result.shape == expected.shape
    np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-5)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def gru_step(weights, x, state, reset_after, masks=(1, 1, 1)):
    kernels, recurrent = np.split(weights[0], 3, -1), np.split(weights[1], 3, -1)
    bias = weights[2].reshape(-1, 3, weights[1].shape[0])
    update, reset, new = (x @ kernel + bias[0, at] for at, kernel in enumerate(kernels))
    own = bias[1] if reset_after else np.zeros_like(bias[0])
    update = sigmoid(update + (state * masks[0]) @ recurrent[0] + own[0])
    reset = sigmoid(reset + (state * masks[1]) @ recurrent[1] + own[1])
    if reset_after:
        new = np.tanh(new + reset * ((state * masks[2]) @ recurrent[2] + own[2]))
    else:
        new = np.tanh(new + (reset * state * masks[2]) @ recurrent[2])
    return update * state + (1 - update) * new


def simple_step(weights, x, state, *_):
    return np.tanh(x @ weights[0] + state @ weights[1] + weights[2])


LAYERS = {
    "GRU": (lambda **more: GRU(3, bias_initializer="normal", **more), lambda *args: gru_step(*args, True)),
    "GRU, reset before": (
        lambda **more: GRU(3, bias_initializer="normal", reset_after=False, **more),
        lambda *args: gru_step(*args, False),
    ),
    "SimpleRNN": (lambda **more: SimpleRNN(3, bias_initializer="normal", **more), simple_step),
}


def steps(step, layer, x, state=None, mask=None):
    """Return all outputs and the last state."""
    weights = layer.get_weights()
    state = np.zeros((len(x), 3)) if state is None else state
    output, outputs = np.zeros((len(x), 3)), []
    for position in range(x.shape[1]):
        seen = np.ones((len(x), 1), bool) if mask is None else mask[:, position, None]
        new = step(weights, x[:, position], state)
        state, output = np.where(seen, new, state), np.where(seen, new, output)
        outputs.append(output)
    return np.stack(outputs, 1), state


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("unroll", [False, True])
@pytest.mark.parametrize("mask", [None, MASK], ids=["no mask", "mask"])
@pytest.mark.parametrize("state", [None, STATE], ids=["zeros", "given state"])
def test_formula(name, unroll, mask, state):
    make, step = LAYERS[name]
    layer = make(return_sequences=True, return_state=True, unroll=unroll)
    outputs, last = layer(X, initial_state=None if state is None else [state], mask=mask)
    expected, final = steps(step, layer, X, state, mask)
    close(outputs, expected)
    close(last, final)


@pytest.mark.parametrize("name", LAYERS)
def test_backwards_stateful_and_compiled(name):
    make, step = LAYERS[name]
    backwards = make(go_backwards=True)
    close(backwards(X), steps(step, backwards, X[:, ::-1])[1])
    layer = make(stateful=True)
    layer.build(X.shape)
    run = transforms.jit(lambda x: layer(x))
    run(ops.convert_to_tensor(X[:, :2]))
    close(run(ops.convert_to_tensor(X[:, 2:])), steps(step, layer, X)[1])
    layer.reset_state()
    close(layer(X), steps(step, layer, X)[1])


@pytest.mark.parametrize("reset_after", [True, False])
def test_state_that_is_carried_over_is_not_dropped(reset_after):
    cell = GRUCell(3, recurrent_dropout=0.5, reset_after=reset_after, seed=1)
    cell.build((2, 4))
    output, state = cell(X[:, 0], STATE, training=True)
    masks = [ops.convert_to_numpy(mask) for mask in cell.get_recurrent_dropout_mask(STATE)]
    assert len(masks) == 3 and {0.0, 2.0} == set(np.unique(masks))
    close(output, gru_step(cell.get_weights(), X[:, 0], STATE, reset_after, masks))
    close(state, ops.convert_to_numpy(output))  # no list, since it came in none


def test_dropout_of_each_layer_trains_differently_and_predicts_alike():
    images = X[:, :, :, None]
    for layer, x in (
        (GRU(3, dropout=0.5, recurrent_dropout=0.5, seed=1), X),
        (SimpleRNN(3, dropout=0.5, recurrent_dropout=0.5, seed=1), X),
        (ConvLSTM1D(2, 2, dropout=0.5, recurrent_dropout=0.5, seed=1), images),
    ):
        first = ops.convert_to_numpy(layer(x))
        assert np.abs(ops.convert_to_numpy(layer(x, training=True)) - first).max() > 1e-4
        close(layer(x), first)


@pytest.mark.parametrize("cell", [GRUCell(3), layers.SimpleRNNCell(3)])
def test_cell_in_stack(cell):
    layer = RNN([cell, layers.LSTMCell(2)], return_state=True)
    output, first, second = layer(X)
    assert output.shape == (2, 2) and [state.shape for state in (*first, *second)] == [(2, 3), (2, 2), (2, 2)]
    again = RNN.from_config(layer.get_config())
    again.build(X.shape)
    again.set_weights(layer.get_weights())
    close(again(X)[0], ops.convert_to_numpy(output))


# convolutions


def test_window_of_one_is_an_lstm_of_each_position():
    images = RNG.normal(size=(2, 5, 3, 4)).astype("float32")
    layer, plain = ConvLSTM1D(3, 1, return_sequences=True), LSTM(3, return_sequences=True)
    layer.build(images.shape)
    plain.build((2, 5, 4))
    plain.set_weights([w.reshape(w.shape[-2:]) if w.ndim > 1 else w for w in layer.get_weights()])
    result = ops.convert_to_numpy(layer(images, mask=MASK))
    for position in range(3):
        close(plain(images[:, :, position], mask=MASK), result[:, :, position])


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_states_of_convolutions(rank):
    cls = (ConvLSTM1D, ConvLSTM2D, ConvLSTM3D)[rank - 1]
    x = RNG.normal(size=(2, 3, *(5, 6, 4)[:rank], 2)).astype("float32")
    layer = cls(3, 2, return_sequences=True, return_state=True, padding="same", strides=2)
    outputs, *states = layer(x)
    shapes = layer.compute_output_shape(x.shape)
    assert shapes == tuple(tuple(y.shape) for y in (outputs, *states))
    # The second half goes on where the first ended.
    rest = layer(x[:, 2:], initial_state=list(layer(x[:, :2])[1:]))
    close(rest[0], ops.convert_to_numpy(outputs)[:, 2:])


def test_convolutions_with_channels_first_and_unknown_sizes():
    x = RNG.normal(size=(2, 3, 6, 5, 2)).astype("float32")
    last = ConvLSTM2D(3, 2)
    expected = ops.convert_to_numpy(last(x))
    first = ConvLSTM2D(3, 2, data_format="channels_first")
    first.build((2, 3, 2, 6, 5))
    first.set_weights(last.get_weights())
    close(ops.transpose(first(np.transpose(x, (0, 1, 4, 2, 3))), (0, 2, 3, 1)), expected)
    inputs = Input((None, None, None, 2))
    model = Model(inputs, ConvLSTM2D(3, 2)(inputs))
    assert model.outputs[0].shape == (None, None, None, 3)
    model.set_weights(last.get_weights())
    close(model(x), expected)


def test_stateful_convolutions():
    x = RNG.normal(size=(2, 4, 6, 2)).astype("float32")
    layer = ConvLSTM1D(3, 2, stateful=True)
    layer(x[:, :2])
    result = ops.convert_to_numpy(layer(x[:, 2:]))
    layer.reset_state()
    close(layer(x), result)


# both directions


@pytest.mark.parametrize("mode", ["concat", "sum", "mul", "ave", None])
@pytest.mark.parametrize("mask", [None, MASK], ids=["no mask", "mask"])
def test_directions_are_merged(mode, mask):
    layer = Bidirectional(GRU(3, return_sequences=True, return_state=True), merge_mode=mode)
    result = [ops.convert_to_numpy(y) for y in layer(X, mask=mask)]
    forward, forward_state = layer.forward_layer(X, mask=mask)
    backward, backward_state = layer.backward_layer(X, mask=mask)
    one, other = ops.convert_to_numpy(forward), ops.convert_to_numpy(backward)[:, ::-1]
    merged = {
        "concat": lambda: [np.concatenate([one, other], -1)],
        "sum": lambda: [one + other],
        "mul": lambda: [one * other],
        "ave": lambda: [(one + other) / 2],
        None: lambda: [one, other],
    }[mode]()
    for mine, expected in zip(
        result, [*merged, *map(ops.convert_to_numpy, (forward_state, backward_state))], strict=True
    ):
        close(mine, expected)
    assert layer.compute_output_shape(X.shape) == tuple(y.shape for y in result)
    if mask is not None:
        assert not result[0][0, 0].any()  # masked steps are 0


def test_states_of_both_directions():
    layer = Bidirectional(LSTM(3, return_state=True))
    states = [RNG.normal(size=(2, 3)).astype("float32") for _ in range(4)]
    last = layer(X, initial_state=states)[1:]
    expected = [*layer.forward_layer(X, initial_state=states[:2]), *layer.backward_layer(X, initial_state=states[2:])]
    for mine, one in zip(last, [*expected[1:3], *expected[4:]], strict=True):
        close(mine, ops.convert_to_numpy(one))
    with pytest.raises(ValueError, match=r"'initial_state' to be the states of the forward layer and as many.* got 3"):
        layer(X, initial_state=states[:3])


def test_stateful_directions():
    layer = Bidirectional(GRU(3, stateful=True))
    assert layer.states is None
    first = ops.convert_to_numpy(layer(X))
    assert len(layer.states) == 2 and np.abs(ops.convert_to_numpy(layer(X)) - first).max() > 1e-4
    layer.reset_states()
    close(layer(X), first)


def test_mask_of_both_directions():
    x = ops.convert_to_tensor(X.copy())
    set_mask(x, ops.convert_to_tensor(MASK))
    close(get_mask(Bidirectional(GRU(2, return_sequences=True))(x)), MASK)
    assert get_mask(Bidirectional(GRU(2))(x)) is None


def test_names_and_configuration_of_both_directions():
    layer = Bidirectional(GRU(3, name="inside"), backward_layer=SimpleRNN(2, go_backwards=True, name="other"))
    expected = ops.convert_to_numpy(layer(X))
    assert [w.path.split("/")[1] for w in layer.weights] == ["forward_inside"] * 3 + ["other"] * 3
    again = layers.deserialize(layers.serialize(layer))
    again.build(X.shape)
    again.set_weights(layer.get_weights())
    close(again(X), expected)
    assert again.forward_layer.name == "forward_inside"


def test_first_weights_of_both_directions():
    layer = Bidirectional(GRU(3))
    expected = ops.convert_to_numpy(layer(X))
    close(Bidirectional(GRU(3), weights=layer.get_weights())(X), expected)


def test_cell_that_is_not_registered_goes_both_ways():
    class Summing(layers.Layer):
        state_size = output_size = 4

        def call(self, inputs, states):
            total = ops.add(inputs, states[0])
            return total, [total]

    result = Bidirectional(RNN(Summing(), return_sequences=True))(X)
    sums = [np.cumsum(X, 1), np.cumsum(X[:, ::-1], 1)[:, ::-1]]
    close(result, np.concatenate(sums, -1))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Bidirectional(GRU), "expected a recurrent layer .an instance, not a class. for 'layer'"),
        (
            lambda: Bidirectional(layers.Dense(3)),
            "expected a recurrent layer for 'layer', got .* without the attributes",
        ),
        (lambda: Bidirectional(GRU(3), "concat "), "expected 'concat', 'sum', 'mul', 'ave' or None for 'merge_mode'"),
        (lambda: Bidirectional(GRU(3, go_backwards=True)), "expected a layer with go_backwards=False"),
        (lambda: Bidirectional(GRU(3), backward_layer=GRU(3)), "different directions, got go_backwards=False for both"),
        (
            lambda: Bidirectional(GRU(3), backward_layer=GRU(3, go_backwards=True, return_state=True)),
            "the same 'return_state' of 'layer' and 'backward_layer', got False and True",
        ),
        (lambda: GRU(0), "expected an int >= 1 for 'units', got 0"),
        (lambda: ConvLSTM2D(0, 3), "expected an int >= 1 for 'filters', got 0"),
        (lambda: ConvLSTM1D(2, 3, padding="causal"), "for 'padding', got 'causal'"),
        (lambda: ConvLSTM2D(2, 3)(X), "expected ndim=5, got ndim=3"),
        (lambda: ConvLSTM1D(2, 3).cell.get_initial_state(2), "have no known shape .got None."),
    ],
)
def test_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make()
