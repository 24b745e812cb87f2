"""Writes the archives in `backends`: models that each backend has trained and saved, and what they do on it.

They are checked in, so that every backend loads the files of every other without having its framework. To write that of
a backend anew:

    KERAS_CORE_BACKEND=jax python keras-core/tests/saving/data/write_backend_files.py

`backends/NAME.zip` holds for each model `MODEL.keras`, after two steps of training, and `MODEL.npz` with its
predictions (`now`) and those after one more step (`next`).
"""

import io
import pathlib
import tempfile
import zipfile

import numpy as np

import keras_core as keras
from keras_core import layers, optimizers

FOLDER = pathlib.Path(__file__).parent / "backends"
SAMPLES = 6


def floats(*shape):
    return np.random.default_rng(3).normal(size=(SAMPLES, *shape)).astype("float32")


def ids(*shape):
    return np.random.default_rng(4).integers(0, 9, (SAMPLES, *shape)).astype("int32")


def dense():
    """Adam, with averages of the weights."""
    model = keras.Sequential(
        [keras.Input((4,), name="given"), layers.Dense(5, "tanh", name="first"), layers.Dense(2, name="last")],
        name="net",
    )
    model.compile(optimizers.Adam(0.01, use_ema=True, name="adam"), "mse", metrics=["mae"])
    return model, floats(4), floats(2)


def convolution():
    """Batch normalization, momentum and a schedule."""
    stack = [
        layers.Conv2D(3, 3, use_bias=False, name="filters"),
        layers.BatchNormalization(name="norm"),
        layers.GlobalAveragePooling2D(name="mean"),
        layers.Dense(3, name="last"),
    ]
    model = keras.Sequential([keras.Input((6, 6, 2), name="given"), *stack], name="net")
    rate = optimizers.schedules.ExponentialDecay(0.05, decay_steps=2, decay_rate=0.5)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, name="loss")
    model.compile(optimizers.SGD(rate, momentum=0.9, name="sgd"), loss, metrics=["accuracy"])
    return model, floats(6, 6, 2), ids() % 3


def recurrent():
    """Masks, an LSTM, gradients that are accumulated."""
    stack = [layers.Embedding(9, 4, mask_zero=True, name="words"), layers.LSTM(3, name="memory")]
    model = keras.Sequential(
        [keras.Input((5,), dtype="int32", name="given"), *stack, layers.Dense(1, name="last")], name="net"
    )
    model.compile(optimizers.RMSprop(0.01, gradient_accumulation_steps=3, name="rms"), "mse")
    return model, ids(5), floats(1)


def attention():
    """Mixed precision, with the scale of the loss."""
    tokens = keras.Input((5,), dtype="int32", name="given")
    words = layers.Embedding(9, 4, dtype="mixed_float16", name="words")(tokens)
    heads = layers.MultiHeadAttention(2, 3, use_bias=False, dtype="mixed_float16", name="heads")(words, words)
    joined = layers.Add(dtype="mixed_float16", name="joined")([words, heads])
    model = keras.Model(tokens, layers.Dense(2, name="last")(joined), name="net")
    inner = optimizers.SGD(0.05, momentum=0.9, name="sgd")
    scaled = optimizers.LossScaleOptimizer(inner, initial_scale=64.0, dynamic_growth_steps=2, name="scaled")
    model.compile(scaled, "mse")
    return model, ids(5), floats(5, 2)


MODELS = {"dense": dense, "convolution": convolution, "recurrent": recurrent, "attention": attention}


def written(name, path):
    """Train a model, save it, and return its predictions, before and after one more step."""
    keras.utils.set_random_seed(5)
    model, inputs, targets = MODELS[name]()
    for _ in range(2):
        model.train_on_batch(inputs, targets)
    model.save(path)
    return goes_on(model, inputs, targets)


def goes_on(model, inputs, targets):
    """Return predictions of a model before and after a step of training."""
    found = {"now": model.predict_on_batch(inputs)}
    model.train_on_batch(inputs, targets)
    found["next"] = model.predict_on_batch(inputs)
    return {key: keras.ops.convert_to_numpy(value) for key, value in found.items()}


def main():
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        zipfile.ZipFile(FOLDER / f"{keras.backend()}.zip", "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in MODELS:
            path = pathlib.Path(folder) / f"{name}.keras"
            arrays = io.BytesIO()
            np.savez(arrays, **written(name, path))
            archive.write(path, path.name)
            archive.writestr(f"{name}.npz", arrays.getvalue())


if __name__ == "__main__":
    main()
