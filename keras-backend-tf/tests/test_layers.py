"""Layers of core in graphs whose batch size and number of steps are not known."""

import numpy as np
import pytest
import tensorflow as tf

from keras_core import layers, ops, transforms
from keras_core.runtime.scopes import StatelessScope
from keras_core.runtime.table import use_backend

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 5, 4)).astype("float32")
MASK = np.array([[True, True, False, True, True], [True, False, False, False, False]])
UNKNOWN = [tf.TensorSpec((None, None, 4)), tf.TensorSpec((None, None), tf.bool)]


@pytest.fixture(autouse=True)
def tensorflow_backend():
    with use_backend("tensorflow"):
        yield


def attended(layer, x, mask):
    return layer(x, x, value_mask=mask, use_causal_mask=True, training=True)


def recurrent(layer, x, mask):
    return layer(x, mask=mask, training=True)


CASES = {
    "LSTM": (lambda: layers.LSTM(3, return_sequences=True), recurrent),
    "LSTM, backwards": (lambda: layers.LSTM(3, go_backwards=True, dropout=0.3, recurrent_dropout=0.3), recurrent),
    "RNN": (lambda: layers.RNN([layers.LSTMCell(3), layers.LSTMCell(2)]), recurrent),
    "MultiHeadAttention": (lambda: layers.MultiHeadAttention(2, 3), attended),
    "MultiHeadAttention, dropout": (lambda: layers.MultiHeadAttention(2, 3, dropout=0.3, sliding_window=2), attended),
    "BatchNormalization": (lambda: layers.BatchNormalization(), recurrent),
}


@pytest.mark.parametrize("name", CASES)
def test_training_step_is_the_eager_one(name):
    make, call = CASES[name]
    layer = make()
    call(layer, X, MASK)

    def step(x, mask):
        def loss():
            return ops.sum(ops.multiply(call(layer, x, mask), 0.5))

        with StatelessScope():
            return transforms.value_and_grad(loss, variables=layer.trainable_variables)()

    traced = tf.function(step, input_signature=UNKNOWN, autograph=False)
    for length in (5, 3):
        arguments = tf.constant(X[:, :length]), tf.constant(MASK[:, :length])
        value, gradients = traced(*arguments)
        expected, others = step(*arguments)
        np.testing.assert_allclose(value, expected, rtol=1e-4)
        for one, other in zip(gradients, others, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-4)
    assert traced.experimental_get_tracing_count() == 1


def test_unrolled_loop_wants_to_know_the_number_of_steps():
    layer = layers.LSTM(3, unroll=True)
    layer(X)
    with pytest.raises(ValueError, match="expected sequences of a known number of steps with unroll=True, got an unkn"):
        tf.function(lambda x: layer(x), input_signature=UNKNOWN[:1], autograph=False)(tf.constant(X))
