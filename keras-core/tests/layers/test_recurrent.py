"""`LSTM` and `RNN` against the formulas in NumPy: masks, states, dropout, compiled steps, errors."""

import numpy as np
import pytest

from keras_core import layers, ops, transforms
from keras_core.layers import LSTM, RNN, Layer, LSTMCell, StackedRNNCells
from keras_core.runtime.call_context import get_mask
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.registry import register_keras_serializable

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 5, 4)).astype("float32")
MASK = np.array([[False, True, True, False, True], [True, False, False, False, False]])
STATES = [RNG.normal(size=(2, 3)).astype("float32") for _ in range(2)]


def close(result, expected):
    result = ops.convert_to_numpy(result)
    assert result.shape == expected.shape
    np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-5)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm_steps(layer, x, states=None, mask=None, zero=False):
    """Return all outputs and the last states of an LSTM with the default activations."""
    kernel, recurrent = layer.cell.kernel.numpy(), layer.cell.recurrent_kernel.numpy()
    bias = layer.cell.bias.numpy() if layer.use_bias else 0.0
    hidden, memory = states or [np.zeros((len(x), layer.units))] * 2
    output, outputs = np.zeros_like(hidden), []
    for step in range(x.shape[1]):
        into, forget, new, out = np.split(x[:, step] @ kernel + hidden @ recurrent + bias, 4, -1)
        seen = np.ones((len(x), 1), bool) if mask is None else mask[:, step, None]
        remembered = sigmoid(forget) * memory + sigmoid(into) * np.tanh(new)
        said = sigmoid(out) * np.tanh(remembered)
        hidden, memory = np.where(seen, said, hidden), np.where(seen, remembered, memory)
        outputs.append(np.where(seen, said, 0.0 if zero else output))
        output = np.where(seen, said, output)
    return np.stack(outputs, 1), output, [hidden, memory]


@pytest.mark.parametrize("unroll", [False, True])
@pytest.mark.parametrize("mask", [None, MASK], ids=["no mask", "mask"])
@pytest.mark.parametrize("states", [None, STATES], ids=["zeros", "given states"])
def test_formula(unroll, mask, states):
    layer = LSTM(3, return_sequences=True, return_state=True, unroll=unroll)
    outputs, *last = layer(X, initial_state=states, mask=mask)
    expected, output, final = lstm_steps(layer, X, states, mask)
    close(outputs, expected)
    for one, other in zip(last, final, strict=True):
        close(one, other)
    layer.return_sequences = False
    close(layer(X, initial_state=states, mask=mask)[0], output)


def test_backwards():
    layer = LSTM(3, return_sequences=True, go_backwards=True)
    result = layer(X, mask=MASK)
    expected, output, _ = lstm_steps(layer, X[:, ::-1], mask=MASK[:, ::-1])
    close(result, expected)  # in the order in which they were computed
    layer.return_sequences = False
    close(layer(X, mask=MASK), output)


def test_outputs_of_masked_steps_may_be_zero():
    layer = LSTM(3, return_sequences=True, zero_output_for_mask=True)
    result = layer(X, mask=MASK)
    close(result, lstm_steps(layer, X, mask=MASK, zero=True)[0])


def test_a_cell_alone_does_what_the_layer_does_at_a_step():
    layer = LSTM(3)
    layer.build(X.shape)
    states = layer.get_initial_state(2)
    for step in range(5):
        output, states = layer.cell(X[:, step], states)
    close(output, ops.convert_to_numpy(layer(X)))
    assert [state.shape for state in states] == [(2, 3), (2, 3)]


def test_first_bias_of_the_forget_gate_is_one():
    def bias(**options):
        layer = LSTM(2, **options)
        layer.build((None, None, 3))
        return layer.cell.bias.numpy().tolist()

    assert bias() == [0, 0, 1, 1, 0, 0, 0, 0]
    assert bias(unit_forget_bias=False) == [0] * 8
    assert bias(bias_initializer="ones") == [1] * 8


def test_stateful_layer_goes_on_where_it_ended():
    layer = LSTM(3, stateful=True, return_sequences=True)
    first, second = layer(X[:, :2]), layer(X[:, 2:])
    expected, _, final = lstm_steps(layer, X)
    close(ops.concatenate([first, second], 1), expected)
    close(layer.states[1], final[1])
    layer.reset_state()
    close(layer(X), expected)
    layer.reset_states()
    assert not np.any(layer.states[0].numpy())
    assert len(layer.weights) == 3  # files hold no states
    with pytest.raises(ValueError, match=r"\(LSTM\): expected sequences of the batch size of the states, 2, with sta"):
        layer(X[:1])
    with pytest.raises(ValueError, match="expected a known batch size with stateful=True, got sequences of shape"):
        LSTM(3, stateful=True)(KerasTensor((None, 5, 4)))


def test_stateful_layer_compiled():
    layer = LSTM(3, stateful=True)
    layer.build(X.shape)
    step = transforms.jit(lambda x: layer(x))
    step(ops.convert_to_tensor(X[:, :2]))
    close(step(ops.convert_to_tensor(X[:, 2:])), lstm_steps(layer, X)[1])


def test_dropout_is_the_same_at_all_steps_and_another_for_each_gate():
    layer = LSTM(1, None, None, False, "ones", "zeros", dropout=0.5, seed=3, return_sequences=True)
    kept = set()
    for _ in range(4):
        layer.cell.draw_masks(np.ones((1, 8), "float32"), [np.ones((1, 1), "float32")])
        # Each gate is the sum of the inputs that are kept, doubled.
        into, forget, new, out = (float(ops.sum(mask)) for mask in layer.cell.get_dropout_mask(None))
        result = ops.convert_to_numpy(layer(np.ones((1, 4, 8), "float32"), training=True)).ravel()
        memory = [into * new * sum(forget**power for power in range(steps)) for steps in range(1, 5)]
        close(result, np.array([value * out for value in memory], "float32"))
        kept |= {into, forget, new, out}
    assert len(kept) > 2 and all(value % 2 == 0 for value in kept)


def test_dropout_of_the_state_while_training():
    layer = LSTM(3, recurrent_dropout=0.5, seed=3, return_sequences=True)
    result = ops.convert_to_numpy(layer(X, training=True))
    plain = ops.convert_to_numpy(layer(X))
    close(result[:, 0], plain[:, 0])  # the first state is 0
    assert np.abs(result[:, 1:] - plain[:, 1:]).max() > 1e-3
    close(layer(X, training=False), plain)
    other = LSTM(3, recurrent_dropout=0.5, seed=3, return_sequences=True)
    other.build(X.shape)
    other.set_weights(layer.get_weights())
    close(other(X, training=True), result)
    masks = layer.cell.get_recurrent_dropout_mask(np.ones((2, 3), "float32"))
    assert [mask.shape for mask in masks] == [(2, 3)] * 4
    layer.cell.reset_masks()
    assert layer.cell.get_dropout_mask(X) is None


def test_everything_dropped():
    layer = LSTM(3, dropout=1.0, return_sequences=True)
    result = layer(X, training=True)
    close(result, lstm_steps(layer, np.zeros_like(X))[0])


@pytest.mark.parametrize(
    "options", [{}, {"mask": MASK}, {"dropout": 0.5, "recurrent_dropout": 0.5}], ids=["plain", "mask", "dropout"]
)
def test_compiled_training_step_is_the_eager_one(options):
    mask = options.pop("mask", None)
    layer = LSTM(3, seed=1, **options)
    layer.build(X.shape)
    seed = layer.cell.seed_generator.state
    start = seed.numpy()

    def step(x):
        def loss():
            return ops.sum(ops.square(layer(x, mask=mask, training=True)))

        return transforms.value_and_grad(loss, variables=layer.trainable_variables)()

    x = ops.convert_to_tensor(X)
    value, gradients = step(x)
    after = seed.numpy()
    assert (after != start).any() == bool(options)
    seed.assign(start)
    again, others = transforms.jit(step)(x)
    assert (seed.numpy() == after).all()
    close(again, ops.convert_to_numpy(value))
    for one, other in zip(gradients, others, strict=True):
        close(one, ops.convert_to_numpy(other))


def test_masks_of_the_outputs():
    ids = np.array([[1, 2, 0], [3, 0, 0]])
    embedded = layers.Embedding(4, 4, mask_zero=True)(ids)
    layer = LSTM(3, return_sequences=True, return_state=True)
    outputs, *states = layer(embedded)
    close(outputs, lstm_steps(layer, ops.convert_to_numpy(embedded), mask=ids > 0)[0])
    assert ops.convert_to_numpy(get_mask(outputs)).tolist() == (ids > 0).tolist()
    assert [get_mask(state) for state in states] == [None, None]
    assert get_mask(LSTM(3)(embedded)) is None


def test_shapes_with_states():
    layer = LSTM(3, return_sequences=True, return_state=True)
    expected = ((None, None, 3), (None, 3), (None, 3))
    assert layer.compute_output_shape((None, None, 4)) == expected
    assert tuple(output.shape for output in layer(KerasTensor((None, None, 4)))) == expected
    assert layer.get_build_config() == {"input_shape": (None, None, 4)}
    assert [weight.path for weight in layer.weights] == [
        f"{layer.name}/lstm_cell/{name}" for name in ("kernel", "recurrent_kernel", "bias")
    ]


def test_arguments_of_the_cell_are_those_of_the_layer():
    layer = LSTM(3, dropout=0.25, recurrent_activation="relu", kernel_regularizer="l2", seed=5)
    assert (layer.units, layer.dropout, layer.seed, layer.unit_forget_bias) == (3, 0.25, 5, True)
    assert layer.recurrent_activation is layer.cell.recurrent_activation
    layer(X)
    assert len(layer.losses) == 1
    assert LSTM.from_config({**layer.get_config(), "implementation": 2}).get_config() == layer.get_config()


@register_keras_serializable("recurrent_tests")
class Plain(Layer):
    """A cell of a user: one state, layers inside, no `output_size` and no `get_initial_state`."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = self.state_size = units
        self.dense, self.recurrent = layers.Dense(units), layers.Dense(units)

    def call(self, inputs, states):
        output = ops.tanh(self.dense(inputs) + self.recurrent(states[0]))
        return output, [output]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@pytest.mark.parametrize("mask", [None, MASK], ids=["no mask", "mask"])
def test_cell_of_a_user(mask):
    layer = RNN(Plain(3), return_sequences=True, return_state=True)
    outputs, last = layer(X, mask=mask)
    state, expected = np.zeros((2, 3)), []
    for step in range(5):
        new = np.tanh(X[:, step] @ layer.cell.dense.kernel.numpy() + state @ layer.cell.recurrent.kernel.numpy())
        state = new if mask is None else np.where(mask[:, step, None], new, state)
        expected.append(state)
    close(outputs, np.stack(expected, 1))
    close(last, state)
    copy = layers.deserialize(layers.serialize(layer))
    copy(X)
    copy.set_weights(layer.get_weights())
    close(copy(X, mask=mask)[0], np.stack(expected, 1))


def test_stacked_cells_are_layers_after_one_another():
    layer = RNN([LSTMCell(3), LSTMCell(2)], return_sequences=True, return_state=True)
    outputs, *states = layer(X)
    first, second = LSTM(3, return_sequences=True), LSTM(2, return_sequences=True)
    first.build(X.shape)
    second.build((None, None, 3))
    first.set_weights(layer.get_weights()[:3])
    second.set_weights(layer.get_weights()[3:])
    close(outputs, ops.convert_to_numpy(second(first(X))))
    assert [[state.shape for state in own] for own in states] == [[(2, 3), (2, 3)], [(2, 2), (2, 2)]]
    assert layer.compute_output_shape((None, 5, 4))[1:] == ([(None, 3)] * 2, [(None, 2)] * 2)
    mixed = RNN(StackedRNNCells([LSTMCell(3, dropout=0.5), Plain(2), LSTMCell(2, recurrent_dropout=0.5)]))
    assert np.abs(ops.convert_to_numpy(mixed(X, training=True)) - ops.convert_to_numpy(mixed(X))).max() > 1e-4


def test_given_states_of_a_symbolic_call():
    states = [KerasTensor((None, 3)), KerasTensor((None, 3))]
    layer = LSTM(3)
    assert layer(KerasTensor((None, None, 4)), initial_state=states).shape == (None, 3)
    shapes = {"sequences_shape": (None, None, 4), "initial_state_shape": [(None, 3), (None, 3)]}
    assert layer.get_build_config() == {"shapes_dict": shapes}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LSTM(0), r"\(LSTMCell\): expected an int >= 1 for 'units', got 0"),
        (lambda: LSTM(3, dropout=1.5), "expected a number from 0 to 1 for 'dropout', got 1.5"),
        (lambda: LSTM(3, use_cudnn="x"), r"\(LSTM\): expected True, False or 'auto' for 'use_cudnn', got 'x'"),
        (lambda: LSTM(3, time_major=True), r"\(LSTM\): unexpected arguments \['time_major'\]"),
        (lambda: LSTM(3)(X[0]), r"\(LSTM\): argument 'sequences': expected ndim=3, got ndim=2"),
        (lambda: LSTM(3)(KerasTensor((2, 5, None))), "an input whose axis -1 has a known size"),
        (lambda: LSTM(3)(X, initial_state=STATES[:1]), "expected 'initial_state' to be 2 states of sizes"),
        (lambda: LSTM(3)(X, mask=MASK[0]), r"expected a mask of shape \(batch, time\), got \(5,\)"),
        (lambda: LSTM(3)(X[:, :0]), r"\(LSTM\): expected sequences of one step or more, got none"),
        (lambda: RNN(layers.Dense(2)), r"\(RNN\): expected a layer with the attribute 'state_size' for 'cell'"),
        (lambda: RNN([]), r"\(StackedRNNCells\): expected a list of one cell or more for 'cells', got \[\]"),
        (lambda: StackedRNNCells([layers.Dense(2)]), "expected a list of layers with the attribute 'state_size'"),
    ],
)
def test_wrong_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_states_are_no_variables():
    layer = LSTM(3, stateful=True, dropout=0.5)
    layer(np.ones((2, 5, 4), "float32"))
    assert [variable.path.rpartition("/")[2] for variable in layer.variables] == [
        *("kernel", "recurrent_kernel", "bias"),
        "seed_generator_state",
    ]
    assert len(layer.weights) == 3
    assert [tuple(state.shape) for state in layer.states] == [(2, 3), (2, 3)]
