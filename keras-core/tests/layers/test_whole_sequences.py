"""Recurrent layers that hand whole sequences to one op: when they do, and that the loop over the steps agrees."""

import numpy as np
import pytest

from keras_core import layers, ops, transforms
from keras_core.layers import GRU, LSTM, RNN

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 5, 4)).astype("float32")
KINDS = {"lstm": LSTM, "gru": GRU}


@pytest.fixture
def called(monkeypatch):
    """The names of the ops that were called, in order."""
    names = []

    def noting(name):
        op = getattr(ops.recurrence, name)

        def call(*args, **options):
            names.append(name)
            return op(*args, **options)

        return call

    for name in KINDS:
        monkeypatch.setattr(ops.recurrence, name, noting(name))
    return names


def pair(cls, **options):
    """Return a layer that may take the op, and one with the same weights that loops."""
    layer, looping = cls(3, **options), cls(3, unroll=True, **options)
    for one in (layer, looping):
        one.build(X.shape)
    layer.set_weights([RNG.normal(size=weight.shape).astype("float32") for weight in layer.weights])
    looping.set_weights(layer.get_weights())
    return layer, looping


def equal(results, expected):
    for one, other in zip(results, expected, strict=True):
        np.testing.assert_allclose(ops.convert_to_numpy(one), ops.convert_to_numpy(other), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "options",
    [{}, {"use_bias": False}, {"return_sequences": True}, {"return_sequences": True, "go_backwards": True}],
    ids=["last", "without bias", "sequences", "backwards"],
)
@pytest.mark.parametrize("name", KINDS)
def test_the_op_gives_what_the_loop_gives(called, name, options):
    layer, looping = pair(KINDS[name], return_state=True, **options)
    results = layer(X)
    assert called == [name]
    equal(results, looping(X))
    assert called == [name]


@pytest.mark.parametrize("name", KINDS)
def test_gradients_of_weights_and_inputs_are_those_of_the_loop(called, name):
    found = []
    for layer in pair(KINDS[name], return_sequences=True):

        def objective(x, layer=layer):
            return ops.sum(ops.square(layer(x)))

        of_weights = transforms.grad(objective, variables=layer.trainable_variables)(X)
        found.append([*of_weights, transforms.grad(objective)(X)])
    equal(*found)
    assert set(called) == {name}


@pytest.mark.parametrize("name", KINDS)
def test_states_that_are_given_are_the_first_ones(called, name):
    layer, looping = pair(KINDS[name])
    states = [RNG.normal(size=(2, 3)).astype("float32") for _ in layer.state_size]
    equal([layer(X, initial_state=states)], [looping(X, initial_state=states)])
    assert called == [name]


@pytest.mark.parametrize("name", KINDS)
def test_a_stateful_layer_keeps_the_last_states(called, name):
    layer, looping = (
        cls(3, stateful=True, unroll=unroll) for cls, unroll in [(KINDS[name], False), (KINDS[name], True)]
    )
    for one in (layer, looping):
        one.build(X.shape)
    looping.cell.set_weights(layer.cell.get_weights())
    for _ in range(2):
        equal([layer(X)], [looping(X)])
    assert called == [name, name]


@pytest.mark.parametrize(
    "layer",
    [
        lambda: LSTM(3, activation="relu"),
        lambda: GRU(3, recurrent_activation="hard_sigmoid"),
        lambda: GRU(3, reset_after=False),
        lambda: layers.SimpleRNN(3),
        lambda: RNN([layers.LSTMCell(3), layers.LSTMCell(3)]),
        lambda: RNN(
            type("Own", (layers.LSTMCell,), {"step": lambda self, x, states, mask=None: (states[0], states)})(3)
        ),
    ],
    ids=["activation", "recurrent activation", "reset before", "no op", "stacked", "step of a subclass"],
)
def test_what_the_op_does_not_compute_is_left_to_the_loop(called, layer):
    layer()(X)
    assert called == []


@pytest.mark.parametrize("name", KINDS)
def test_a_mask_is_left_to_the_loop(called, name):
    KINDS[name](3)(X, mask=np.ones((2, 5), bool))
    assert called == []


@pytest.mark.parametrize("options", [{"dropout": 0.5}, {"recurrent_dropout": 0.5}], ids=["inputs", "states"])
@pytest.mark.parametrize("name", KINDS)
def test_dropout_is_left_to_the_loop_while_training(called, name, options):
    layer = KINDS[name](3, **options)
    layer(X, training=True)
    assert called == []
    layer(X)
    assert called == [name]


def test_a_layer_around_a_cell_takes_the_op_too(called):
    layers.Bidirectional(RNN(layers.LSTMCell(3)))(X)
    assert called == ["lstm", "lstm"]


def test_a_sequence_without_a_step_is_refused():
    with pytest.raises(ValueError, match="expected sequences of one step or more"):
        LSTM(3)(np.zeros((2, 0, 4), "float32"))
