"""Models that are saved whole: how layers stand in them, in which numbers they compute, how they are compiled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

import numpy as np

from parity.files import Example
from parity.sides import Side

_SAMPLES: Final = 4

_rng: Final = np.random.default_rng(31)


def _normal(*shape: int) -> np.ndarray:
    return _rng.normal(size=(_SAMPLES, *shape)).astype("float32")


def _ids(*shape: int) -> np.ndarray:
    return _rng.integers(0, 7, (_SAMPLES, *shape)).astype("int32")


def _sgd(k: Any, **options: Any) -> Any:
    return k.optimizers.SGD(0.01, momentum=0.9, name="made", **options)


def _compiled(k: Any, model: Any, **more: Any) -> Any:
    model.compile(**{"optimizer": _sgd(k), "loss": "mse", "jit_compile": True, **more})
    return model


# Classes of a user -------------------------------------------------------------------------------------------------


@cache
def _classes(side: Side) -> Mapping[str, Any]:
    """Return what a user of one side registers, by name."""
    k = side.api
    registered = k.saving.register_keras_serializable("parity")

    @registered
    def squashed(x: Any) -> Any:
        return k.ops.tanh(x) * 0.5

    @registered
    class Block(k.layers.Layer):
        """Weights of its own, and layers in a list, a dict and a private attribute."""

        def __init__(self, units: int, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.units = units
            self.stages = [k.layers.Dense(units, name="a"), k.layers.Dense(units, name="b")]
            self.named = {"wide": k.layers.Dense(units, name="c"), "norm": k.layers.LayerNormalization(name="d")}
            self._hidden = k.layers.Dense(units, activation=squashed, name="e")

        def build(self, input_shape: Any) -> None:
            self.offset = self.add_weight(shape=(self.units,), initializer="ones", trainable=False, name="offset")
            self.factor = self.add_weight(shape=(self.units,), initializer="ones", name="factor")
            self.stages[0].build(input_shape)
            for layer in (self.stages[1], *self.named.values(), self._hidden):
                layer.build((*input_shape[:-1], self.units))

        def call(self, inputs: Any) -> Any:
            x = inputs
            for layer in (*self.stages, *self.named.values(), self._hidden):
                x = layer(x)
            return x * self.factor + self.offset

        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), "units": self.units}

    @registered
    class Tower(k.Model):
        """One layer is reached by two attributes."""

        def __init__(self, units: int, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.units = units
            self.body = Block(units, name="body")
            self.alias = self.body
            self.readout = k.layers.Dense(1, name="readout")

        def call(self, inputs: Any) -> Any:
            return self.readout(self.alias(self.body(inputs)))

        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), "units": self.units}

    @registered
    class Leak(k.layers.Layer):
        """A cell whose state leaks."""

        def __init__(self, units: int, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.units = self.state_size = units

        def build(self, input_shape: Any) -> None:
            self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name="kernel")

        def call(self, inputs: Any, states: Any) -> Any:
            state = states[0] * 0.9 + k.ops.matmul(inputs, self.kernel)
            return k.ops.tanh(state), [state]

        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), "units": self.units}

    @registered
    class Cubic(k.losses.Loss):
        """The absolute third power."""

        def call(self, y_true: Any, y_pred: Any) -> Any:
            return k.ops.mean(k.ops.abs(y_true - y_pred) ** 3, axis=-1)

    @registered
    class Largest(k.metrics.Metric):
        """The largest prediction."""

        def __init__(self, name: str = "largest", **kwargs: Any) -> None:
            super().__init__(name=name, **kwargs)
            self.value = self.add_variable((), "zeros", name="value")

        def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
            self.value.assign(k.ops.maximum(self.value, k.ops.max(y_pred)))

        def result(self) -> Any:
            return self.value.value

    return {"Block": Block, "Tower": Tower, "Leak": Leak, "Cubic": Cubic, "Largest": Largest}


def _subclassed(side: Side) -> Any:
    model = _classes(side)["Tower"](4, name="net")
    model(np.zeros((_SAMPLES, 4), "float32"))
    return _compiled(side.api, model)


def _customized(side: Side) -> Any:
    """A layer, a cell, an activation, a loss and a metric of a user."""
    k, own = side.api, _classes(side)
    given = k.Input((5, 4), name="given")
    x = k.layers.RNN(own["Leak"](3, name="cell"), name="leaking")(given)
    model = k.Model(given, own["Block"](2, name="block")(x), name="net")
    return _compiled(k, model, loss=own["Cubic"](name="cubic"), metrics=[own["Largest"]()])


# How layers stand in models ----------------------------------------------------------------------------------------


def _nested(side: Side) -> Any:
    """A functional model in a sequential one, which is in a functional one."""
    k = side.api
    given = k.Input((3,), name="inner_input")
    inner = k.Model(given, k.layers.add([k.layers.Dense(3, name="deep")(given), given], name="add"), name="inner")
    middle = k.Sequential([k.Input((4,), name="middle_input"), k.layers.Dense(3, name="first"), inner], name="middle")
    outer = k.Input((4,), name="outer_input")
    model = k.Model(outer, k.layers.Dense(2, name="last")(middle(outer)), name="net")
    return _compiled(k, model)


def _stacked(side: Side) -> Any:
    """A functional model in a sequential one, with batch normalization, of which a part is frozen."""
    k = side.api
    given = k.Input((6, 6, 2), name="inner_input")
    x = k.layers.BatchNormalization(name="norm")(k.layers.Conv2D(3, 3, name="convolution")(given))
    inner = k.Model(given, k.layers.GlobalAveragePooling2D(name="mean")(x), name="inner")
    frozen = k.layers.Dense(3, trainable=False, name="frozen")
    model = k.Sequential([k.Input((6, 6, 2), name="given"), inner, frozen, k.layers.Dense(2, name="last")], name="net")
    return _compiled(k, model)


def _shared(side: Side) -> Any:
    """A layer and a model that are called twice, calls of operations."""
    k = side.api
    first, second = k.Input((4,), name="left"), k.Input((4,), name="right")
    shared = k.layers.Dense(3, name="shared")
    inner = k.Sequential([k.Input((3,), name="inner_input"), k.layers.Dense(2, name="deep")], name="inner")
    joined = k.ops.concatenate([inner(shared(first)), inner(shared(second))], axis=-1)
    outputs = [
        k.layers.Identity(name="doubled")(joined * 2.0),
        k.layers.Identity(name="average")(k.ops.mean(joined[:, 1:], axis=-1, keepdims=True)),
    ]
    model = k.Model([first, second], outputs, name="net")
    return _compiled(k, model, loss=["mse", k.losses.MeanSquaredError(name="second_loss")], loss_weights=[1.0, 0.5])


def _by_name(side: Side) -> Any:
    """Inputs, outputs, losses, their weights and metrics in dicts."""
    k = side.api
    given = {"b": k.Input((4,), name="b"), "a": k.Input((3,), name="a")}
    joined = k.layers.Concatenate(name="joined")([given["a"], given["b"]])
    outputs = {
        "wide": k.layers.Dense(3, activation="softmax", name="wide")(joined),
        "narrow": k.layers.Dense(1, name="narrow")(joined),
    }
    return _compiled(
        k,
        k.Model(given, outputs, name="net"),
        loss={"wide": k.losses.CategoricalCrossentropy(label_smoothing=0.1), "narrow": "mae"},
        loss_weights={"wide": 0.5, "narrow": 2.0},
        metrics={"wide": ["accuracy", k.metrics.TopKCategoricalAccuracy(2, name="top")], "narrow": "mse"},
        weighted_metrics={"narrow": [k.metrics.MeanAbsoluteError(name="weighted")]},
    )


def _recurrent(side: Side) -> Any:
    """Recurrent layers that keep their states, both directions, masks."""
    k = side.api
    given = k.Input(batch_shape=(_SAMPLES, 5), dtype="int32", name="given")
    x = k.layers.Embedding(7, 4, mask_zero=True, name="words")(given)
    x = k.layers.Bidirectional(k.layers.GRU(3, return_sequences=True, name="inside"), name="both")(x)
    x = k.layers.TimeDistributed(k.layers.Dense(3, name="each"), name="every_step")(x)
    model = k.Model(given, k.layers.LSTM(2, stateful=True, name="memory")(x), name="net")
    return _compiled(k, model)


def _transformer(side: Side) -> Any:
    """Attention with residuals, whose query, value and key have names."""
    k = side.api
    given = k.Input((5,), dtype="int32", name="given")
    x = k.layers.Embedding(7, 4, name="words")(given)
    heads = k.layers.MultiHeadAttention(2, 3, name="heads")
    x = k.layers.LayerNormalization(name="norm")(x + heads(query=x, value=x, use_causal_mask=True))
    return _compiled(k, k.Model(given, k.layers.Dense(2, name="last")(x), name="net"))


# Numbers -----------------------------------------------------------------------------------------------------------


def _mixed(policy: str) -> Callable[[Side], Any]:
    """Return what makes a model in a policy for all; in float16 its loss is scaled."""

    def model(side: Side) -> Any:
        k = side.api
        before = k.config.dtype_policy()
        k.config.set_dtype_policy(policy)
        try:
            layers = [
                *(k.layers.Dense(4, activation="tanh", name="first"), k.layers.LayerNormalization(name="norm")),
                k.layers.Dense(2, dtype="float32", name="last"),
            ]
            made = k.Sequential([k.Input((4,), name="given"), *layers], name="net")
            return _compiled(k, made, optimizer=k.optimizers.Adam(0.01, name="made"))
        finally:
            k.config.set_dtype_policy(before)

    return model


def _quantized(*ways: str | None, rank: int | None = None) -> Callable[[Side], Any]:
    """Return what makes a model of three layers, quantized in some ways, with a low-rank change over the last."""

    def model(side: Side) -> Any:
        k = side.api
        given = k.Input((4,), dtype="int32", name="given")
        words, joined = k.layers.Embedding(8, 6, name="words"), k.layers.Dense(5, name="joined")
        heads = k.layers.EinsumDense("abc,cde->abde", (4, 2, 3), bias_axes="de", activation="relu", name="heads")
        x = k.layers.Reshape((4, 6), name="form")(heads(words(given)))
        made = k.Model(given, joined(x), name="net")
        draw = np.random.default_rng(5)
        made.set_weights([draw.normal(size=weight.shape).astype("float32") for weight in made.weights])
        for layer, way in zip((words, heads, joined), ways, strict=True):
            if way is not None:
                layer.quantize(way)
        if rank is not None:
            joined.enable_lora(rank)
            for factor in (joined.lora_kernel_a, joined.lora_kernel_b):
                factor.assign(draw.normal(size=factor.shape).astype("float32"))
        return _compiled(k, made)

    return model


def _adapted(side: Side) -> Any:
    """A low-rank change, with a factor of its own."""
    k = side.api
    layers = [k.layers.Dense(3, lora_rank=2, lora_alpha=3.0, name="adapted"), k.layers.Dense(2, name="last")]
    return _compiled(k, k.Sequential([k.Input((4,), name="given"), *layers], name="net"))


# How models are compiled -------------------------------------------------------------------------------------------


def _dense(k: Any) -> Any:
    layers = [k.layers.Dense(4, activation="tanh", name="first"), k.layers.Dense(1, name="last")]
    return k.Sequential([k.Input((4,), name="given"), *layers], name="net")


def _optimized(side: Side) -> Any:
    """A schedule, averages, accumulated gradients, bounds: all at once."""
    k = side.api
    rate = k.optimizers.schedules.ExponentialDecay(0.1, decay_steps=3, decay_rate=0.5, staircase=True)
    options = {"use_ema": True, "ema_momentum": 0.8, "gradient_accumulation_steps": 3, "clipnorm": 1.0}
    return _compiled(k, _dense(k), optimizer=k.optimizers.AdamW(rate, weight_decay=0.01, name="made", **options))


def _measured(side: Side) -> Any:
    """Losses and metrics by name and as objects, with weights."""
    k = side.api
    metrics = ["mae", k.metrics.RootMeanSquaredError(name="root")]
    loss = k.losses.Huber(1.0, reduction="sum", name="huber")
    return _compiled(k, _dense(k), loss=loss, loss_weights=0.5, metrics=metrics, weighted_metrics=["mse"])


def _as_it_comes(side: Side) -> Any:
    """Everything by name, with nothing said about compilation."""
    return _compiled(side.api, _dense(side.api), optimizer="adam", jit_compile="auto")


def _not_compiled(side: Side) -> Any:
    return _dense(side.api)


_VECTORS: Final = _normal(4)
_TOKENS: Final = _ids(5)

STRUCTURES: Final[tuple[Example, ...]] = (
    Example("subclassed", _subclassed, _VECTORS),
    Example("customized", _customized, _normal(5, 4)),
    Example("nested", _nested, _VECTORS),
    Example("stacked", _stacked, _normal(6, 6, 2)),
    Example("shared", _shared, [_VECTORS, _normal(4)]),
    Example(
        "by_name",
        _by_name,
        {"a": _normal(3), "b": _VECTORS},
        {"wide": np.eye(3, dtype="float32")[[0, 2, 1, 1]], "narrow": _normal(1)},
    ),
    Example("recurrent", _recurrent, _TOKENS),
    Example("transformer", _transformer, _TOKENS),
    Example("mixed_float16", _mixed("mixed_float16"), _VECTORS, precision="float16"),
    Example("mixed_bfloat16", _mixed("mixed_bfloat16"), _VECTORS, precision="bfloat16"),
    Example("quantized", _quantized("int4", "int8", "int4"), _ids(4), drawn=False),
    Example("float8", _quantized(None, "float8", "float8"), _ids(4), drawn=False, precision="float8"),
    Example("adapted_int8", _quantized("int8", None, "int8", rank=2), _ids(4), drawn=False, adapted=True),
    Example("adapted", _adapted, _VECTORS, adapted=True),
    Example("optimized", _optimized, _VECTORS),
    Example("measured", _measured, _VECTORS),
    Example("as_it_comes", _as_it_comes, _VECTORS),
    Example("not_compiled", _not_compiled, _VECTORS, trains=False),
)
