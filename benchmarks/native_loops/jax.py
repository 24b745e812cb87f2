"""Loops in JAX: a jitted step that gives its state up, called once a batch, or by `lax.scan` for several.

All dtypes are said, since float64 may be enabled in the process.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from recurrent import UNITS, lstm_step
from training_tasks import BLOCKS, HEADS, WIDTH

from native_loops import batches, slices

RATE, BETA_1, BETA_2, EPSILON = 1e-3, 0.9, 0.999, 1e-7

Weights = list[Any]


def perceptron(weights: Weights, x: Any) -> Any:
    kernel, bias, last_kernel, last_bias = weights
    return jax.nn.relu(x @ kernel + bias) @ last_kernel + last_bias


def convolutional(weights: Weights, x: Any) -> Any:
    *blocks, last_kernel, last_bias = weights
    for kernel, bias in zip(blocks[::2], blocks[1::2], strict=True):
        x = jax.lax.conv_general_dilated(x, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
        x = jax.nn.relu(x + bias)
        # The gradient of reduce_window is slow on a processor; windows that do not overlap are a reshape.
        samples, height, width, filters = x.shape
        x = x.reshape(samples, height // 2, 2, width // 2, 2, filters).max((2, 4))
    return x.mean((1, 2)) @ last_kernel + last_bias


def normalized(x: Any, scale: Any, offset: Any) -> Any:
    mean = x.mean(-1, keepdims=True)
    centered = x - mean
    variance = (centered * centered).mean(-1, keepdims=True)
    return centered * jax.lax.rsqrt(variance + 1e-3) * scale + offset


def attended(weights: Weights, x: Any) -> Any:
    query, query_bias, key, key_bias, value, value_bias, output, output_bias = weights
    kernel = jnp.concatenate([part.reshape(WIDTH, WIDTH) for part in (query, key, value)], 1)
    bias = jnp.concatenate([part.reshape(WIDTH) for part in (query_bias, key_bias, value_bias)])
    samples, length, _ = x.shape
    projected = (x @ kernel + bias).reshape(samples, length, 3, HEADS, WIDTH // HEADS)
    query, key, value = (projected[:, :, i] for i in range(3))
    scores = jnp.einsum("bthd,bshd->bhts", query, key) * (WIDTH // HEADS) ** -0.5
    mixed = jnp.einsum("bhts,bshd->bthd", jax.nn.softmax(scores), value)
    return mixed.reshape(samples, length, WIDTH) @ output.reshape(WIDTH, WIDTH) + output_bias


def encoder(weights: Weights, x: Any) -> Any:
    size = (len(weights) - 2) // BLOCKS  # the last two are those of the classes
    for start in range(0, size * BLOCKS, size):
        block = weights[start : start + size]
        x = normalized(x + attended(block[:8], x), *block[8:10])
        kernel, bias, last_kernel, last_bias = block[10:14]
        hidden = jax.nn.gelu(x @ kernel + bias, approximate=False)
        x = normalized(x + hidden @ last_kernel + last_bias, *block[14:16])
    return x.mean(1) @ weights[-2] + weights[-1]


def recurrent(weights: Weights, x: Any) -> Any:
    kernel, recurrent_kernel, bias, last_kernel, last_bias = weights
    state = (jnp.zeros((len(x), UNITS), "float32"),) * 2
    projected = (x @ kernel + bias).transpose(1, 0, 2)
    hidden = jax.lax.scan(
        lambda state, x: (lstm_step(jnp, state, x, recurrent_kernel, jax.nn.sigmoid), None), state, projected
    )[0][0]
    return hidden @ last_kernel + last_bias


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
        values = [jnp.asarray(weight) for weight in weights]
        first, second = ([jnp.zeros_like(value) for value in values] for _ in range(2))
        self.state = (values, first, second, jnp.zeros((), "float32"), jnp.zeros((), "float32"))
        self.batch, self.chunk = batch, chunk

        def loss_of(values: Weights, x: Any, y: Any) -> Any:
            logits = jax.nn.log_softmax(forward(values, x))
            return -jnp.take_along_axis(logits, y[:, None], 1).mean()

        def step(state: Any, x: Any, y: Any) -> Any:
            values, first, second, count, total = state
            loss, gradients = jax.value_and_grad(loss_of)(values, x, y)
            count += 1
            rate = RATE * jnp.sqrt(1 - BETA_2**count) / (1 - BETA_1**count)
            first = [BETA_1 * old + (1 - BETA_1) * new for old, new in zip(first, gradients, strict=True)]
            second = [BETA_2 * old + (1 - BETA_2) * new * new for old, new in zip(second, gradients, strict=True)]
            values = [
                value - rate * mean / (jnp.sqrt(square) + EPSILON)
                for value, mean, square in zip(values, first, second, strict=True)
            ]
            return values, first, second, count, total + loss

        def steps(state: Any, x: Any, y: Any) -> Any:
            return jax.lax.scan(lambda state, batch: (step(state, *batch), None), state, (x, y))[0]

        self.forward = jax.jit(forward)
        self.step = jax.jit(step, donate_argnums=0)
        self.steps = jax.jit(steps, donate_argnums=0)
        self.fits = {"jit": self.fit, f"scan of {chunk}": self.fit_by_scan}

    def fit(self, x: np.ndarray, y: np.ndarray, shuffle: bool) -> float:
        """Train one epoch by a call for each batch."""
        return self.epoch(self.step, x, y, batches(x, y, self.batch, shuffle))

    def fit_by_scan(self, x: np.ndarray, y: np.ndarray, shuffle: bool) -> float:
        """Train one epoch by a call for several batches."""
        return self.epoch(self.steps, x, y, batches(x, y, self.batch, shuffle, self.chunk))

    def epoch(self, step: Any, x: np.ndarray, y: np.ndarray, parts: Any) -> float:
        *state, _ = self.state
        state = (*state, jnp.zeros((), "float32"))
        for part in parts:
            state = step(state, *part)
        self.state = state
        return float(state[-1]) * self.batch / len(x)

    def predict_one(self, x: np.ndarray) -> np.ndarray:
        """Return the logits of one batch."""
        return np.asarray(self.forward(self.state[0], x))

    def predict(self, x: np.ndarray, batch: int) -> np.ndarray:
        """Return the logits of all samples, computed in batches."""
        values = self.state[0]
        return np.concatenate([self.forward(values, part) for part in slices(x, batch)])
