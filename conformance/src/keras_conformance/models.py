"""Small models, each with data that it can learn: what is checked beyond single ops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

SEED: Final = 3
CLASSES: Final = 3
SAMPLES: Final = 96


@dataclass(frozen=True)
class Sketch:
    """A model and its task, classification into `CLASSES`.

    Attributes:
        build: returns the model, not compiled.
        optimizer: returns its optimizer.
        inputs: `(random, labels) -> array` from which the labels can be learned.
    """

    build: Callable[[], Any]
    optimizer: Callable[[], Any]
    inputs: Callable[[np.random.Generator, np.ndarray], np.ndarray]

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """Return inputs and labels, the same at each call."""
        random = np.random.Generator(np.random.Philox(key=SEED))
        labels = random.integers(0, CLASSES, SAMPLES).astype("int32")
        return self.inputs(random, labels), labels

    def compiled(self) -> Any:
        """Return the model with its first weights, on the active backend, ready to train; the same at each call."""
        from keras_core import losses, utils

        utils.set_random_seed(SEED)
        model = self.build()
        loss = losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(optimizer=self.optimizer(), loss=loss, metrics=["accuracy"])
        return model


def fit(model: Any, sketch: Sketch, epochs: int, **options: Any) -> dict[str, list[float]]:
    """Train in shuffled batches, the same at each call, and return the logs of the epochs."""
    from keras_core import utils

    utils.set_random_seed(SEED + 1)
    inputs, labels = sketch.data()
    return model.fit(inputs, labels, batch_size=32, epochs=epochs, verbose=0, **options).history


def arrays(model: Any) -> list[np.ndarray]:
    """Return all weights of a model as arrays: its variables without the states of random seeds."""
    return [variable.numpy() for variable in model.weights]


def _dense() -> Any:
    from keras_core import Input, Sequential, layers

    return Sequential(
        [
            Input((6,)),
            layers.Dense(16, activation="tanh", kernel_regularizer="l2"),
            layers.BatchNormalization(),
            layers.Dense(CLASSES),
        ]
    )


def _convolution() -> Any:
    from keras_core import Input, Sequential, layers

    return Sequential(
        [
            Input((8, 8, 1)),
            layers.Conv2D(4, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(CLASSES),
        ]
    )


def _recurrent() -> Any:
    from keras_core import Input, Model, layers

    inputs = Input((7,), dtype="int32")
    x = layers.Embedding(11, 8, mask_zero=True)(inputs)
    return Model(inputs, layers.Dense(CLASSES)(layers.LSTM(8)(layers.LayerNormalization()(x))))


def _attention() -> Any:
    from keras_core import Input, Model, layers

    inputs = Input((7,), dtype="int32")
    x = layers.Embedding(11, 8)(inputs)
    # Without biases: that of the keys has no effect, so its gradient is a rounding error, which Adam makes a step of.
    x = layers.Add()([x, layers.MultiHeadAttention(2, 4, use_bias=False)(x, x)])
    return Model(inputs, layers.Dense(CLASSES)(layers.GlobalAveragePooling1D()(layers.LayerNormalization()(x))))


def _clusters(random: np.random.Generator, labels: np.ndarray) -> np.ndarray:
    return (random.standard_normal((SAMPLES, 6)) + labels[:, None]).astype("float32")


def _squares(random: np.random.Generator, labels: np.ndarray) -> np.ndarray:
    images = 0.3 * random.standard_normal((SAMPLES, 8, 8, 1))
    for image, label in zip(images, labels, strict=True):
        image[2 * label : 2 * label + 3, 2 * label : 2 * label + 3] += 1
    return images.astype("float32")


def _words(random: np.random.Generator, labels: np.ndarray) -> np.ndarray:
    """Return words of which one in three tells the label, with padding at the end of some."""
    words = np.where(random.random((SAMPLES, 7)) < 0.3, 1 + labels[:, None], random.integers(4, 11, (SAMPLES, 7)))
    words[::3, 5:] = 0
    return words.astype("int32")


def _adam() -> Any:
    from keras_core import optimizers

    return optimizers.Adam(0.02)


def _momentum() -> Any:
    from keras_core import optimizers

    return optimizers.SGD(0.02, momentum=0.9, nesterov=True)


def _adamw() -> Any:
    from keras_core import optimizers

    return optimizers.AdamW(0.02, weight_decay=0.01, clipnorm=1.0)


SKETCHES: Final[dict[str, Sketch]] = {
    "dense": Sketch(_dense, _adam, _clusters),
    "convolution": Sketch(_convolution, _momentum, _squares),
    "recurrent": Sketch(_recurrent, _adamw, _words),
    "attention": Sketch(_attention, _adam, _words),
}
"""Model by name."""
