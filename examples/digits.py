"""A small convolutional network that learns scikit-learn's 1,797 handwritten digits, on the active backend."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import keras_core as keras
from keras_core import layers

CLASSES = 10
SEED = 7
EPOCHS = 20
BATCH_SIZE = 32
STEPS = EPOCHS * 41  # nine tenths of the 1,437 training images make 41 batches


@dataclass(frozen=True)
class Digits:
    """Images of 8 x 8 pixels from 0 to 16, one channel, and the digits that they show."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


def load() -> Digits:
    """Load the images; every fifth one is kept for the test, with as many of each digit as there are in all."""
    digits = load_digits()
    images = digits.images[..., np.newaxis].astype("float32")
    x_train, x_test, y_train, y_test = train_test_split(
        images, digits.target.astype("int32"), test_size=0.2, random_state=SEED, stratify=digits.target
    )
    return Digits(x_train, y_train, x_test, y_test)


def build_model() -> keras.Model:
    """Return the compiled network. The same seed gives the same first weights on every backend."""
    keras.utils.set_random_seed(SEED)
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Rescaling(1 / 16),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(64, activation="relu"),
            layers.Dense(CLASSES, activation="softmax"),
        ],
        name="digits",
    )
    rate = keras.optimizers.schedules.CosineDecay(2e-3, decay_steps=STEPS)
    model.compile(keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model: keras.Model, digits: Digits) -> keras.callbacks.History:
    """Fit the network, with a tenth of the training images held back for validation."""
    return model.fit(digits.x_train, digits.y_train, BATCH_SIZE, EPOCHS, validation_split=0.1)


def predict_file(model_file: Path, predictions_file: Path) -> None:
    """Load a model from a file and write what it predicts for the test images."""
    model = keras.models.load_model(model_file)
    np.save(predictions_file, model.predict(load().x_test, verbose=0))
