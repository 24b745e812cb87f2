"""Loops in TensorFlow: `tf.function` of a step, or of a loop over several, and the kernel of Adam."""

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from recurrent import UNITS, lstm_step
from training_tasks import BLOCKS, HEADS, WIDTH

from native_loops import batches, slices

RATE, BETA_1, BETA_2, EPSILON = 1e-3, 0.9, 0.999, 1e-7

Weights = list[Any]


def affine(x: Any, kernel: Any, bias: Any) -> Any:
    return tf.nn.bias_add(tf.matmul(x, kernel), bias)


def perceptron(weights: Weights, x: Any) -> Any:
    return affine(tf.nn.relu(affine(x, *weights[:2])), *weights[2:])


def convolutional(weights: Weights, x: Any) -> Any:
    *blocks, last_kernel, last_bias = weights
    for kernel, bias in zip(blocks[::2], blocks[1::2], strict=True):
        x = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, kernel, 1, "SAME"), bias))
        x = tf.nn.max_pool2d(x, 2, 2, "VALID")
    return affine(tf.reduce_mean(x, (1, 2)), last_kernel, last_bias)


def normalized(x: Any, scale: Any, offset: Any) -> Any:
    mean, variance = tf.nn.moments(x, -1, keepdims=True)
    return tf.nn.batch_normalization(x, mean, variance, offset, scale, 1e-3)


def attended(weights: Weights, x: Any) -> Any:
    query, query_bias, key, key_bias, value, value_bias, output, output_bias = weights
    kernel = tf.concat([tf.reshape(part, (WIDTH, WIDTH)) for part in (query, key, value)], 1)
    bias = tf.concat([tf.reshape(part, (WIDTH,)) for part in (query_bias, key_bias, value_bias)], 0)
    length = x.shape[1]
    flat = affine(tf.reshape(x, (-1, WIDTH)), kernel, bias)
    projected = tf.reshape(flat, (-1, length, 3, HEADS, WIDTH // HEADS))
    query, key, value = tf.unstack(tf.transpose(projected, (2, 0, 3, 1, 4)))
    scores = tf.matmul(query * (WIDTH // HEADS) ** -0.5, key, transpose_b=True)
    mixed = tf.transpose(tf.matmul(tf.nn.softmax(scores), value), (0, 2, 1, 3))
    mixed = affine(tf.reshape(mixed, (-1, WIDTH)), tf.reshape(output, (WIDTH, WIDTH)), output_bias)
    return tf.reshape(mixed, (-1, length, WIDTH))


def encoder(weights: Weights, x: Any) -> Any:
    size = (len(weights) - 2) // BLOCKS  # the last two are those of the classes
    length = x.shape[1]
    for start in range(0, size * BLOCKS, size):
        block = weights[start : start + size]
        x = normalized(x + attended(block[:8], x), *block[8:10])
        flat = tf.reshape(x, (-1, WIDTH))
        hidden = tf.nn.gelu(affine(flat, *block[10:12]), approximate=False)
        x = normalized(x + tf.reshape(affine(hidden, *block[12:14]), (-1, length, WIDTH)), *block[14:16])
    return affine(tf.reduce_mean(x, 1), weights[-2], weights[-1])


def recurrent(weights: Weights, x: Any) -> Any:
    kernel, recurrent_kernel, bias, last_kernel, last_bias = (tf.convert_to_tensor(weight) for weight in weights)
    _, steps, features = x.shape
    flat = affine(tf.reshape(tf.transpose(x, (1, 0, 2)), (-1, features)), kernel, bias)
    projected = tf.reshape(flat, (steps, -1, 4 * UNITS))
    state = (tf.zeros((tf.shape(x)[0], UNITS)),) * 2
    hidden = tf.while_loop(
        lambda i, *state: i < steps,
        lambda i, *state: (i + 1, *lstm_step(tf, state, projected[i], recurrent_kernel, tf.sigmoid)),
        (0, *state),
        maximum_iterations=steps,
    )[1]
    return affine(hidden, last_kernel, last_bias)


FORWARD: dict[str, Callable[[Weights, Any], Any]] = {
    "mlp": perceptron,
    "cnn": convolutional,
    "transformer": encoder,
    "lstm": recurrent,
}


class Loop:
    """The loop of a task."""

    def __init__(self, task: str, weights: list[np.ndarray], batch: int, chunk: int) -> None:
        forward = FORWARD[task]
        self.weights = [tf.Variable(weight) for weight in weights]
        first, second = ([tf.Variable(tf.zeros_like(weight)) for weight in weights] for _ in range(2))
        powers = [tf.Variable(BETA_1), tf.Variable(BETA_2)]
        self.total = tf.Variable(0.0)
        self.batch, self.chunk = batch, chunk

        def step(x: Any, y: Any) -> None:
            with tf.GradientTape() as tape:
                losses = tf.nn.sparse_softmax_cross_entropy_with_logits(y, forward(self.weights, x))
                loss = tf.reduce_mean(losses)
            gradients = tape.gradient(loss, self.weights)
            for variable, mean, square, gradient in zip(self.weights, first, second, gradients, strict=True):
                tf.raw_ops.ResourceApplyAdam(
                    var=variable.handle,
                    m=mean.handle,
                    v=square.handle,
                    beta1_power=powers[0],
                    beta2_power=powers[1],
                    lr=RATE,
                    beta1=BETA_1,
                    beta2=BETA_2,
                    epsilon=EPSILON,
                    grad=gradient,
                )
            powers[0].assign(powers[0] * BETA_1)
            powers[1].assign(powers[1] * BETA_2)
            self.total.assign_add(loss)

        def steps(x: Any, y: Any) -> None:
            for i in tf.range(tf.shape(x)[0]):
                step(x[i], y[i])

        self.forward = tf.function(lambda x: forward(self.weights, x), reduce_retracing=True)
        self.step, self.steps = tf.function(step), tf.function(steps)
        self.fits = {"tf.function": self.fit, f"of a loop of {chunk}": self.fit_by_loop}

    def fit(self, x: np.ndarray, y: np.ndarray, shuffle: bool) -> float:
        """Train one epoch by a call for each batch."""
        return self.epoch(self.step, x, batches(x, y, self.batch, shuffle))

    def fit_by_loop(self, x: np.ndarray, y: np.ndarray, shuffle: bool) -> float:
        """Train one epoch by a call for several batches."""
        return self.epoch(self.steps, x, batches(x, y, self.batch, shuffle, self.chunk))

    def epoch(self, step: Any, x: np.ndarray, parts: Any) -> float:
        self.total.assign(0.0)
        for inputs, targets in parts:
            step(tf.convert_to_tensor(inputs), tf.convert_to_tensor(targets))
        return float(self.total) * self.batch / len(x)

    def predict_one(self, x: np.ndarray) -> np.ndarray:
        """Return the logits of one batch."""
        return self.forward(tf.convert_to_tensor(x)).numpy()

    def predict(self, x: np.ndarray, batch: int) -> np.ndarray:
        """Return the logits of all samples, computed in batches."""
        parts = [self.forward(part) for part in slices(tf.convert_to_tensor(x), batch)]
        return tf.concat(parts, 0).numpy()
