"""What is trained: data, and models in Keras code that runs unchanged with `keras_core` and with `keras`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

CLASSES = 10
HEADS, WIDTH, HIDDEN, BLOCKS = 4, 128, 512, 2


@dataclass(frozen=True)
class Task:
    """A model and its data.

    Attributes:
        title: what the table says of it.
        shape: of a sample.
        batch: samples a step.
        steps: batches an epoch, and so in each round.
        chunk: steps that are computed in one go where several are.
        layers: `(keras, inputs)` -> outputs, the logits of the classes.
        aims: backend -> how many times the native time is aimed at; the backends on which there is a native loop.
    """

    title: str
    shape: tuple[int, ...]
    batch: int
    steps: int
    chunk: int
    layers: Callable[[Any, Any], Any]
    aims: dict[str, float]

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the samples of an epoch and their classes."""
        generator = np.random.default_rng(0)
        count = self.batch * self.steps
        return generator.normal(size=(count, *self.shape)).astype("float32"), generator.integers(
            CLASSES, size=count, dtype="int32"
        )

    def model(self, keras: Any, steps_per_execution: int = 1) -> Any:
        """Return the compiled model."""
        inputs = keras.Input(self.shape)
        model = keras.Model(inputs, self.layers(keras, inputs))
        model.compile(
            optimizer=keras.optimizers.Adam(1e-3),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            steps_per_execution=steps_per_execution,
        )
        return model


def perceptron(keras: Any, x: Any) -> Any:
    x = keras.layers.Dense(256, activation="relu")(x)
    return keras.layers.Dense(CLASSES)(x)


def convolutional(keras: Any, x: Any) -> Any:
    for filters in (16, 32, 64):
        x = keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = keras.layers.MaxPooling2D()(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.layers.Dense(CLASSES)(x)


def encoder(keras: Any, x: Any) -> Any:
    for _ in range(BLOCKS):
        attended = keras.layers.MultiHeadAttention(HEADS, WIDTH // HEADS)(x, x)
        x = keras.layers.LayerNormalization()(x + attended)
        hidden = keras.layers.Dense(HIDDEN, activation="gelu")(x)
        x = keras.layers.LayerNormalization()(x + keras.layers.Dense(WIDTH)(hidden))
    x = keras.layers.GlobalAveragePooling1D()(x)
    return keras.layers.Dense(CLASSES)(x)


def recurrent(keras: Any, x: Any) -> Any:
    return keras.layers.Dense(CLASSES)(keras.layers.LSTM(64)(x))


COMPILED = ("jax", "torch", "tensorflow")
TASKS = {
    "mlp": Task(
        "MLP 784-256-10, batch 32",
        (784,),
        32,
        256,
        16,
        perceptron,
        {"numpy": 1.5, "jax": 1.05, "torch": 1.15, "tensorflow": 1.15},
    ),
    "cnn": Task(
        "CNN of 3 blocks, 32x32x3, batch 64", (32, 32, 3), 64, 8, 4, convolutional, dict.fromkeys(COMPILED, 1.05)
    ),
    "transformer": Task(
        "encoder of 2 blocks, 64x128, batch 32", (64, WIDTH), 32, 4, 4, encoder, dict.fromkeys(COMPILED, 1.0)
    ),
    "lstm": Task("LSTM(64), 50x64, batch 32", (50, 64), 32, 32, 8, recurrent, dict.fromkeys(COMPILED, 1.1)),
}
