"""Six small models and what they are trained on, and stacks of layers through which a mask goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from parity.built import Built, built

_SAMPLES: Final = 40

_rng: Final = np.random.default_rng(21)


def _normal(*shape: int) -> np.ndarray:
    return _rng.normal(size=shape).astype("float32")


@dataclass(frozen=True)
class Training:
    """A model and how it is trained.

    Attributes:
        model: makes it of the package.
        inputs: what it gets: one array, or several.
        targets: what it should give.
        optimizer: with which it is trained.
        compiled: further arguments of `compile`.
        fitted: further arguments of `fit`.
    """

    model: Callable[[Any], Any]
    inputs: Any
    targets: np.ndarray
    optimizer: Built
    compiled: Mapping[str, Any]
    fitted: Mapping[str, Any] = field(default_factory=dict)


def _dense(k: Any) -> Any:
    return k.Sequential(
        [
            k.Input((6,)),
            k.layers.Dense(8, activation="tanh", kernel_regularizer="l2", name="first"),
            k.layers.LayerNormalization(name="norm"),
            k.layers.Dense(1, name="last"),
        ],
        name="net",
    )


def _convolutional(k: Any) -> Any:
    """No bias where a mean is subtracted: its gradient is 0 but for rounding errors, of which Adam makes steps."""
    return k.Sequential(
        [
            k.Input((8, 8, 2)),
            k.layers.Conv2D(4, 3, padding="same", use_bias=False, name="first"),
            k.layers.BatchNormalization(name="norm"),
            k.layers.Activation("swish", name="swish"),
            k.layers.AveragePooling2D(2, name="pool"),
            k.layers.SeparableConv2D(4, 3, activation="tanh", name="second"),
            k.layers.GlobalAveragePooling2D(name="mean"),
            k.layers.Dense(3, activation="softmax", name="last"),
        ],
        name="net",
    )


def _recurrent(k: Any) -> Any:
    return k.Sequential(
        [
            k.Input((7,), dtype="int32"),
            k.layers.Embedding(12, 4, mask_zero=True, name="words"),
            k.layers.Bidirectional(k.layers.GRU(3, return_sequences=True, name="inside"), name="both"),
            k.layers.LSTM(4, name="memory"),
            k.layers.Dense(1, activation="sigmoid", name="last"),
        ],
        name="net",
    )


def _transformer(k: Any) -> Any:
    tokens = k.Input((7,), dtype="int32", name="tokens")
    x = k.layers.Embedding(12, 8, name="words")(tokens)
    attended = k.layers.MultiHeadAttention(2, 4, use_bias=False, name="heads")(x, x, use_causal_mask=True)
    x = k.layers.LayerNormalization(name="one")(k.layers.add([x, attended]))
    wide = k.layers.Dense(16, activation="gelu", name="wide")(x)
    x = k.layers.LayerNormalization(name="two")(k.layers.add([x, k.layers.Dense(8, name="narrow")(wide)]))
    return k.Model(tokens, k.layers.Dense(12, name="last")(x), name="net")


def _shared(k: Any) -> Any:
    """Two inputs go through one layer, and two outputs have losses of their own."""
    first, second = k.Input((5,), name="left"), k.Input((5,), name="right")
    shared = k.layers.Dense(4, activation="softplus", name="shared")
    joined = k.layers.concatenate([shared(first), shared(second)])
    last = k.layers.Dense(2, kernel_constraint="max_norm", name="last")(joined)
    return k.Model([first, second], last, name="net")


def _residual(k: Any) -> Any:
    """Convolutions over time, in a subclass of Model."""

    class Net(k.Model):
        def __init__(self) -> None:
            super().__init__(name="net")
            self.first = k.layers.Conv1D(4, 3, padding="causal", activation="tanh", name="first")
            self.second = k.layers.Conv1D(4, 3, padding="causal", activation="tanh", name="second")
            self.norm = k.layers.GroupNormalization(2, name="norm")
            self.last = k.layers.Dense(1, name="last")

        def call(self, x: Any) -> Any:
            x = self.first(x)
            return self.last(k.ops.mean(self.norm(x + self.second(x)), axis=1))

    return Net()


MODELS: Final[dict[str, Training]] = {
    "models.dense": Training(
        _dense,
        _normal(_SAMPLES, 6),
        _normal(_SAMPLES, 1),
        built("optimizers.SGD", learning_rate=0.05, momentum=0.9, nesterov=True),
        {"loss": "mse", "metrics": ["mae"]},
        {"validation_split": 0.2},
    ),
    "models.convolutional": Training(
        _convolutional,
        _normal(_SAMPLES, 8, 8, 2),
        _rng.integers(0, 3, _SAMPLES),
        built("optimizers.Adam", learning_rate=0.01),
        {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]},
    ),
    "models.recurrent": Training(
        _recurrent,
        _rng.integers(0, 12, (_SAMPLES, 7)).astype("int32"),
        _rng.integers(0, 2, (_SAMPLES, 1)).astype("float32"),
        built("optimizers.RMSprop", learning_rate=0.005, global_clipnorm=1.0),
        {"loss": "binary_crossentropy", "metrics": ["AUC"]},
        {"class_weight": {0: 1.0, 1: 2.0}},
    ),
    "models.transformer": Training(
        _transformer,
        _rng.integers(0, 12, (_SAMPLES, 7)).astype("int32"),
        _rng.integers(0, 12, (_SAMPLES, 7)).astype("int32"),
        built(
            "optimizers.AdamW",
            learning_rate=built("optimizers.schedules.CosineDecay", initial_learning_rate=0.01, decay_steps=60),
        ),
        {"loss": built("losses.SparseCategoricalCrossentropy", from_logits=True)},
    ),
    "models.shared": Training(
        _shared,
        [_normal(_SAMPLES, 5), _normal(_SAMPLES, 5)],
        _normal(_SAMPLES, 2),
        built("optimizers.Adagrad", learning_rate=0.1),
        {"loss": "huber", "weighted_metrics": ["mse"]},
        {"sample_weight": np.linspace(0.5, 1.5, _SAMPLES, dtype="float32")},
    ),
    "models.subclass": Training(
        _residual,
        _normal(_SAMPLES, 6, 3),
        _normal(_SAMPLES, 1),
        built("optimizers.Nadam", learning_rate=0.01, use_ema=True),
        {"loss": "log_cosh"},
    ),
}

COMPILED: Final = ("models.dense", "models.transformer")
"""Those that are trained on JAX as well."""

_WORDS: Final = built("layers.Embedding", input_dim=7, output_dim=4, mask_zero=True, name="words")
_SEQUENCES: Final = {"return_sequences": True}


def _all_the_time(**arguments: Any) -> Built:
    return built("layers.TimeDistributed", layer=built("layers.Dense", units=3, name="inside"), **arguments)


STACKS: Final[dict[str, tuple[Built, ...]]] = {
    "dropout and recurrent": (
        _WORDS,
        built("layers.Dropout", rate=0.0, name="dropped"),
        built("layers.LSTM", units=3, name="first", **_SEQUENCES),
        built("layers.GRU", units=3, name="second"),
    ),
    "bidirectional": (
        _WORDS,
        built("layers.Bidirectional", layer=built("layers.GRU", units=3, name="inside", **_SEQUENCES), name="both"),
        built("layers.SimpleRNN", units=3, name="last"),
    ),
    "each step": (_WORDS, _all_the_time(name="each"), built("layers.LSTM", units=3, name="last")),
    "mean over time": (
        _WORDS,
        built("layers.Dense", units=3, name="dense"),
        built("layers.LayerNormalization", name="norm"),
        built("layers.Activation", activation="tanh", name="tanh"),
        built("layers.GlobalAveragePooling1D", name="mean"),
    ),
    "convolved": (
        _WORDS,
        built("layers.Conv1D", filters=3, kernel_size=2, name="convolution"),
        built("layers.GlobalAveragePooling1D", name="mean"),
    ),
    "flat": (_WORDS, built("layers.Flatten", name="flat"), built("layers.Dense", units=3, name="last")),
    "batch": (_WORDS, built("layers.BatchNormalization", name="norm"), built("layers.LSTM", units=2, name="last")),
    "stacked cells": (
        _WORDS,
        built(
            "layers.RNN",
            cell=[built("layers.GRUCell", units=3, name="one"), built("layers.LSTMCell", units=2, name="two")],
            name="stack",
        ),
    ),
}
"""Layers one after the other: the first makes a mask of the sentences, padded with 0."""
