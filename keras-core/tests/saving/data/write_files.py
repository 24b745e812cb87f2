"""Writes the model files beside it with real Keras, and what the models in them predict.

They are checked in, so that tests need no Keras. To write them anew:

    pip install keras==3.15.1 jax
    KERAS_BACKEND=jax python keras-core/tests/saving/data/write_files.py

For each model NAME: `NAME.keras`, or `NAME.h5` in the legacy format, and `NAME.npz` with the inputs (`input_0`, ... or
by name), the predictions (`output_0`, ...), and for compiled models the targets (`target_0`, ...) and the predictions
after one more step of training (`next_0`, ...), which Keras makes on the model that it has loaded from the file.
"""

import pathlib

import keras
import numpy as np
from keras import layers

HERE = pathlib.Path(__file__).parent
random = np.random.default_rng(7)


def as_list(values):
    return list(values) if isinstance(values, list | tuple) else [values]


def write(name, model, inputs, targets=None, extension=".keras"):
    """Write a model and what it does; with targets after two steps of training, and a third one on the loaded model."""
    path = HERE / f"{name}{extension}"
    if targets is not None:
        for _ in range(2):
            model.train_on_batch(inputs, targets)
    model.save(path)
    named = inputs if isinstance(inputs, dict) else {f"input_{i}": x for i, x in enumerate(as_list(inputs))}
    arrays = dict(named)
    arrays |= {f"output_{i}": np.asarray(y) for i, y in enumerate(as_list(model.predict(inputs, verbose=0)))}
    if targets is not None:
        arrays |= {f"target_{i}": y for i, y in enumerate(as_list(targets))}
        if extension == ".keras":  # from the legacy format Keras itself cannot go on
            model = keras.saving.load_model(path)
        model.train_on_batch(inputs, targets)
        arrays |= {f"next_{i}": np.asarray(y) for i, y in enumerate(as_list(model.predict(inputs, verbose=0)))}
    np.savez(HERE / f"{name}.npz", **arrays)
    assert path.stat().st_size < 40_000, name


def floats(*shape):
    return random.normal(size=shape).astype("float32")


def sequential():
    """A small convolutional network, compiled with Adam; its weights also alone."""
    model = keras.Sequential(
        [
            keras.Input((6, 6, 1)),
            layers.Conv2D(3, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    write("sequential", model, floats(8, 6, 6, 1), random.integers(0, 3, 8))
    model.save_weights(HERE / "sequential.weights.h5")


def functional():
    """Inputs by name, a shared layer, a model inside, calls of ops, two outputs; a loss for each."""
    first, second = keras.Input((4,), name="first"), keras.Input((4,), name="second")
    shared = layers.Dense(3, name="shared")
    inner = keras.Sequential([keras.Input((3,)), layers.Dense(2, activation="tanh")], name="inner")
    joined = keras.ops.concatenate([inner(shared(first)), inner(shared(second))], axis=-1)
    outputs = [joined * 2.0, keras.ops.mean(joined, axis=-1, keepdims=True)]
    model = keras.Model({"first": first, "second": second}, outputs)
    losses = ["mse", keras.losses.MeanSquaredError(name="second_loss")]
    model.compile(keras.optimizers.SGD(0.1), loss=losses, loss_weights=[1.0, 0.5])
    inputs = {"first": floats(8, 4), "second": floats(8, 4)}
    write("functional", model, inputs, [floats(8, 4), floats(8, 1)])


@keras.saving.register_keras_serializable("fixtures")
class Block(keras.layers.Layer):
    """Weights of its own, and layers in a list, a dict and a private attribute."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.stages = [layers.Dense(units), layers.Dense(units)]
        self.named = {"wide": layers.Dense(units), "norm": layers.LayerNormalization()}
        self._hidden = layers.Dense(units)

    def build(self, input_shape):
        self.offset = self.add_weight(shape=(self.units,), initializer="ones", trainable=False, name="offset")
        self.factor = self.add_weight(shape=(self.units,), initializer="ones", name="factor")
        inner = (*input_shape[:-1], self.units)
        self.stages[0].build(input_shape)
        for layer in (self.stages[1], *self.named.values(), self._hidden):
            layer.build(inner)

    def call(self, inputs):
        x = inputs
        for layer in (*self.stages, *self.named.values(), self._hidden):
            x = layer(x)
        return x * self.factor + self.offset

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable("fixtures")
class Tower(keras.Model):
    """A subclassed model; one layer is reached by two attributes."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.body = Block(units, name="body")
        self.alias = self.body
        self.readout = layers.Dense(1, name="readout")

    def call(self, inputs):
        return self.readout(self.body(inputs))

    def get_config(self):
        return {**super().get_config(), "units": self.units}


def subclassed():
    model = Tower(3)
    inputs = floats(8, 4)
    model(inputs)
    write("subclassed", model, inputs)


def attention():
    """Attention of several heads of a sequence to itself."""
    sequence = keras.Input((5, 4))
    model = keras.Model(sequence, layers.MultiHeadAttention(2, 3)(sequence, sequence))
    write("attention", model, floats(3, 5, 4))


def embedding():
    """Vectors of ids, added to themselves, layer normalization, dropout."""
    tokens = keras.Input((5,), dtype="int32")
    x = layers.Embedding(7, 4)(tokens)
    x = layers.LayerNormalization()(layers.Add()([x, x]))
    model = keras.Model(tokens, layers.Dense(1)(layers.Dropout(0.3)(x)))
    write("embedding", model, random.integers(0, 7, (3, 5)).astype("int32"))


def recurrent():
    """LSTM and batch normalization, compiled with SGD, momentum and a schedule."""
    model = keras.Sequential([keras.Input((4, 3)), layers.LSTM(2), layers.BatchNormalization(), layers.Dense(1)])
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=2, decay_rate=0.5)
    model.compile(keras.optimizers.SGD(rate, momentum=0.9), "mse")
    write("recurrent", model, floats(6, 4, 3), floats(6, 1))


def averaged():
    """AdamW with an average of the weights; two metrics."""
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2, activation="relu"), layers.Dense(1)])
    metrics = ["mae", keras.metrics.MeanSquaredError(name="squared")]
    model.compile(keras.optimizers.AdamW(0.01, use_ema=True, clipnorm=1.0), keras.losses.Huber(0.5), metrics=metrics)
    write("averaged", model, floats(6, 3), floats(6, 1))


def half():
    """Weights in bfloat16, a dtype that HDF5 does not know."""
    policy = keras.dtype_policies.DTypePolicy("bfloat16")
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, dtype=policy), layers.Dense(2, dtype="float32")])
    write("half", model, floats(4, 4))


def quantized():
    """A layer for each way of quantization, with and without blocks; a low-rank change over integers."""
    configs = keras.quantizers
    tokens = keras.Input((4,), dtype="int32")
    table = layers.Embedding(9, 6, "normal")
    heads = layers.EinsumDense("abc,cde->abde", (4, 2, 3), bias_axes="de", activation="relu")
    joined, adapted = layers.Dense(5), layers.Dense(5)
    narrow = layers.Dense(4, dtype=keras.dtype_policies.QuantizedFloat8DTypePolicy("float8", "float32", 4))
    x = layers.Reshape((4, 6))(heads(table(tokens)))
    model = keras.Model(tokens, narrow(layers.Flatten()(adapted(joined(x)))))
    table.quantize(config=configs.Int4QuantizationConfig(block_size=6))
    heads.quantize("int8")
    joined.quantize(config=configs.Int4QuantizationConfig(block_size=-1))
    adapted.quantize(config=configs.Int8QuantizationConfig(activation_quantizer=None))
    adapted.enable_lora(2)
    adapted.lora_kernel_b.assign(floats(2, 5))
    inputs = random.integers(0, 9, (3, 4)).astype("int32")
    model.save(HERE / "quantized.keras")
    # Saved, the change becomes part of the integers.
    write("quantized", keras.saving.load_model(HERE / "quantized.keras"), inputs)


def sharded():
    """Weights in several files, among which those of one layer are divided; each is its number."""
    model = keras.Sequential([keras.Input((3,)), layers.BatchNormalization(), layers.Dense(2)])
    model.set_weights([keras.ops.full(weight.shape, position) for position, weight in enumerate(model.weights)])
    model.save_weights(HERE / "sharded.weights.json", max_shard_size=24 / (1 << 30))


def legacy():
    """The legacy format: a network that was trained, with weights that no training changes; models inside a graph."""
    stack = [
        keras.Input((6, 6, 1)),
        layers.Conv2D(2, 3, use_bias=False),
        layers.BatchNormalization(),
        layers.Flatten(),
        layers.Dense(3),
    ]
    model = keras.Sequential(stack)
    model.compile(keras.optimizers.Adam(0.01), keras.losses.MeanSquaredError())
    write("legacy_sequential", model, floats(8, 6, 6, 1), floats(8, 3), ".h5")
    sequence, more = keras.Input((5, 4), name="sequence"), keras.Input((3,), name="more")
    inner = keras.Sequential([keras.Input((3,)), layers.BatchNormalization()], name="inner")
    shared = layers.Dense(3, name="shared", trainable=False)
    summary = shared(layers.Bidirectional(layers.GRU(2), name="both")(sequence))
    joined = layers.Concatenate()([inner(summary), inner(more)])
    model = keras.Model({"sequence": sequence, "more": more}, [joined, layers.Dense(1)(joined)])
    write("legacy_functional", model, {"sequence": floats(4, 5, 4), "more": floats(4, 3)}, extension=".h5")


if __name__ == "__main__":
    keras.utils.set_random_seed(7)
    cases = (sequential, functional, subclassed, attention, embedding, recurrent, averaged, half, quantized)
    for case in (*cases, legacy, sharded):
        case()
