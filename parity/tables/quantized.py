"""Models that are saved quantized, and with low-rank changes: what of them is trained goes on with that."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from parity.files import Example, change_anew
from parity.sides import Side

_SAMPLES: Final = 4
_STEPS: Final = 4

_rng: Final = np.random.default_rng(37)


def compiled(k: Any, model: Any, **more: Any) -> Any:
    """Return a model after it was compiled, with what most models here are compiled with."""
    optimizer = k.optimizers.SGD(0.01, momentum=0.9, name="made")
    model.compile(**{"optimizer": optimizer, "loss": "mse", "jit_compile": True, **more})
    return model


def _with_drawn_weights(model: Any) -> None:
    """Give a model weights that are drawn before it is quantized."""
    draw = np.random.default_rng(5)
    model.set_weights([draw.normal(size=weight.shape).astype("float32") for weight in model.weights])


def _quantized(
    *ways: str | None, ranks: tuple[int | None, int | None, int | None] = (None, None, None)
) -> Callable[[Side], Any]:
    """Return what makes a model of three layers, quantized in some ways, with low-rank changes of some ranks."""

    def model(side: Side) -> Any:
        k = side.api
        given = k.Input((_STEPS,), dtype="int32", name="given")
        words, joined = k.layers.Embedding(8, 6, name="words"), k.layers.Dense(5, name="joined")
        heads = k.layers.EinsumDense("abc,cde->abde", (4, 2, 3), bias_axes="de", activation="relu", name="heads")
        x = k.layers.Reshape((4, 6), name="form")(heads(words(given)))
        made = k.Model(given, joined(x), name="net")
        _with_drawn_weights(made)
        for layer, way, rank in zip((words, heads, joined), ways, ranks, strict=True):
            if way is not None:
                layer.quantize(way)
            if rank is not None:
                layer.enable_lora(rank)
        change_anew(made)
        return compiled(k, made)

    return model


def _configured(side: Side) -> Any:
    """Each layer is quantized by a configuration."""
    k = side.api
    configurations = [
        k.quantizers.Int8QuantizationConfig(activation_quantizer=None),
        k.quantizers.Int8QuantizationConfig(
            weight_quantizer=k.quantizers.AbsMaxQuantizer(axis=0, value_range=(-63, 63))
        ),
        k.quantizers.Int4QuantizationConfig(block_size=2, activation_quantizer=None),
        k.quantizers.Float8QuantizationConfig(),
    ]
    layers = [k.layers.Dense(4, name=f"dense_{place}") for place in range(len(configurations))]
    made = k.Sequential([k.Input((4,), name="given"), *layers], name="net")
    _with_drawn_weights(made)
    for layer, configuration in zip(layers, configurations, strict=True):
        layer.quantize(config=configuration)
    return compiled(k, made)


def _reversible(way: str, tied: bool) -> Callable[[Side], Any]:
    """Return what makes a model whose embedding makes words of vectors again, with its weights or with others."""

    def model(side: Side) -> Any:
        k = side.api
        given = k.Input((_STEPS,), dtype="int32", name="given")
        words = k.layers.ReversibleEmbedding(8, 6, tie_weights=tied, name="words")
        made = k.Model(given, words(k.layers.Dense(6, name="joined")(words(given)), reverse=True), name="net")
        _with_drawn_weights(made)
        words.quantize(way)
        return compiled(k, made)

    return model


def _calibrated(way: str) -> Callable[[Side], Any]:
    """Return what makes a model whose layers are quantized for the inputs that they get."""

    def model(side: Side) -> Any:
        k = side.api
        given = k.Input((_STEPS,), dtype="int32", name="given")
        words = k.layers.Embedding(8, 6, name="words")
        blocks = [k.layers.Dense(6, name="first"), k.layers.Dense(6, name="second")]
        made = k.Model(given, blocks[1](blocks[0](words(given))), name="net")
        _with_drawn_weights(made)
        made.get_quantization_layer_structure = lambda mode=None: {
            "pre_block_layers": [words],
            "sequential_blocks": blocks,
        }
        config = (k.quantizers.GPTQConfig if way == "gptq" else k.quantizers.AWQConfig)(
            dataset=[_TOKENS[place : place + 1] for place in range(_SAMPLES)],
            tokenizer=lambda text: text,
            num_samples=_SAMPLES,
            sequence_length=_STEPS,
            group_size=3,
        )
        with contextlib.redirect_stdout(io.StringIO()):  # a bar of progress
            made.quantize(way, config=config)
        return compiled(k, made)

    return model


def _adapted(side: Side) -> Any:
    """A low-rank change, with a factor of its own."""
    k = side.api
    layers = [k.layers.Dense(3, lora_rank=2, lora_alpha=3.0, name="adapted"), k.layers.Dense(2, name="last")]
    return compiled(k, k.Sequential([k.Input((4,), name="given"), *layers], name="net"))


_VECTORS: Final = _rng.normal(size=(_SAMPLES, 4)).astype("float32")
_TOKENS: Final = _rng.integers(0, 8, (_SAMPLES, _STEPS)).astype("int32")

QUANTIZED: Final[tuple[Example, ...]] = (
    Example("quantized", _quantized("int4", "int8", "int4"), _TOKENS, drawn=False),
    Example("float8", _quantized(None, "float8", "float8"), _TOKENS, drawn=False, precision="float8"),
    Example("configured", _configured, _VECTORS, drawn=False, precision="float8"),
    Example("reversible_int8", _reversible("int8", tied=True), _TOKENS, drawn=False),
    Example("reversible_int4", _reversible("int4", tied=False), _TOKENS, drawn=False),
    Example("gptq", _calibrated("gptq"), _TOKENS, drawn=False, reloaded=True),
    Example("awq", _calibrated("awq"), _TOKENS, drawn=False, reloaded=True),
    Example("adapted", _adapted, _VECTORS, reloaded=True),
    *(
        Example(name, _quantized(*ways, ranks=ranks), _TOKENS, drawn=False, reloaded=True)
        for name, ways, ranks in (
            ("adapted_int8", ("int8", "int8", "int8"), (2, 2, 2)),
            ("adapted_int4", ("int4", "int4", "int4"), (None, 2, 2)),
            ("adapted_int4_words", ("int4", None, None), (2, None, None)),
            ("adapted_float8", (None, "float8", "float8"), (None, 2, 2)),
        )
    ),
)
