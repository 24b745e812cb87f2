"""Quantization of models: which layers, by data, and files."""

import numpy as np
import pytest

import keras_core as keras
from keras_core import layers, ops, quantizers
from keras_core.models import quantization
from keras_core.quantizers import AWQConfig, GPTQConfig, Int4QuantizationConfig

X = np.random.default_rng(0).normal(size=(8, 16)).astype("float32")


def small():
    return keras.Sequential(
        [keras.Input((16,)), layers.Dense(8, activation="relu", name="first"), layers.Dense(3, name="second")]
    )


def policies(model):
    return [layer.dtype_policy.name for layer in model.layers if layer.weights]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (None, ["int8_from_float32", "int8_from_float32"]),
        ("^first$", ["int8_from_float32", "float32"]),
        (["cond", "third"], ["float32", "int8_from_float32"]),
        (lambda layer: layer.units == 3, ["float32", "int8_from_float32"]),
    ],
)
def test_filters(filters, expected):
    model = small()
    model.quantize("int8", filters=filters)
    assert policies(model) == expected


def test_configuration_alone():
    model = small()
    model.quantize(config=Int4QuantizationConfig(block_size=16))
    assert policies(model) == ["int4/16_from_float32"] * 2


def test_layers_without_quantized_form_are_named():
    model = keras.Sequential([keras.Input((16,)), layers.Dense(4), layers.BatchNormalization(name="norm")])
    with pytest.warns(UserWarning, match=r"the layers \['norm'\] have weights and no form for the mode 'int8'"):
        model.quantize("int8")
    assert policies(model) == ["int8_from_float32", "float32"]


def test_layers_of_layers():
    inner = small()
    model = keras.Sequential([keras.Input((16,)), inner])
    model.quantize("int8")
    assert policies(inner) == ["int8_from_float32"] * 2
    paths = {weight.path for weight in inner.weights}
    assert len(paths) == len(inner.weights)


def test_a_compiled_model_goes_on():
    model = small()
    model.compile("sgd", "mse")
    before = ops.convert_to_numpy(model.predict(X, verbose=0))
    model.quantize("int8")
    after = ops.convert_to_numpy(model.predict(X, verbose=0))
    assert 0 < np.abs(after - before).max() < 0.1
    model = small()
    model.quantize("float8")
    model.compile("sgd", "mse")
    model.fit(X, np.zeros((8, 3)), epochs=2, verbose=0)
    np.testing.assert_allclose(model.layers[0].inputs_amax_history.numpy()[0], np.abs(X).max(), rtol=1e-6)


@pytest.mark.parametrize("mode", ["int8", "int4", "float8", "gptq", "awq"])
@pytest.mark.parametrize("name", ["model.keras", "model.weights.h5"])
def test_files(tmp_path, mode, name):
    model, structure, data = token_model()
    configs = {"gptq": GPTQConfig, "awq": AWQConfig}
    config = None
    if mode in configs:
        config = configs[mode](data, None, sequence_length=4, group_size=4, quantization_layer_structure=structure)
    filters = None if mode != "float8" else "up|down"
    model.quantize(mode, config=config, filters=filters)
    expected = ops.convert_to_numpy(model(data[0]))
    path = str(tmp_path / name)
    if name.endswith(".keras"):
        model.save(path)
        loaded = keras.saving.load_model(path, {"Block": Block})
    else:
        model.save_weights(path)
        loaded, structure, _ = token_model(seed=2)
        if config is not None:
            config = configs[mode](data, None, sequence_length=4, group_size=4, quantization_layer_structure=structure)
        loaded.quantize(mode, config=config, filters=filters)
        loaded.load_weights(path)
    np.testing.assert_allclose(ops.convert_to_numpy(loaded(data[0])), expected, rtol=1e-5, atol=1e-6)


def test_layers_inside_come_back_with_their_configuration(tmp_path):
    attention = layers.MultiHeadAttention(2, 4)
    inputs = keras.Input((3, 8))
    model = keras.Model(inputs, attention(inputs, inputs))
    model.quantize(config=quantizers.Int8QuantizationConfig(activation_quantizer=None))
    x = X.reshape(8, 2, 8)[:, :1] * np.ones((8, 3, 8), "float32")
    expected = ops.convert_to_numpy(model(x))
    model.save(str(tmp_path / "model.keras"))
    loaded = keras.saving.load_model(str(tmp_path / "model.keras"))
    (found,) = [layer for layer in loaded.layers if isinstance(layer, layers.MultiHeadAttention)]
    assert found.query_dense.quantization_config.activation_quantizer is None
    np.testing.assert_allclose(ops.convert_to_numpy(loaded(x)), expected, rtol=1e-5, atol=1e-6)


# by data


class Block(layers.Layer):
    def __init__(self, size, **kwargs):
        super().__init__(**kwargs)
        self.size = size
        self.up = layers.Dense(2 * size, activation="relu", name="up")
        self.down = layers.EinsumDense("abc,cd->abd", (None, size), name="down")

    def call(self, x):
        return ops.add(x, self.down(self.up(x)))


def token_model(seed=1):
    keras.utils.set_random_seed(seed)
    inputs = keras.Input((4,), dtype="int32")
    embedding, blocks = layers.Embedding(20, 8, "normal"), [Block(8), Block(8)]
    x = embedding(inputs)
    for block in blocks:
        x = block(x)
    model = keras.Model(inputs, layers.Dense(20)(x))
    data = [np.random.default_rng(0).integers(0, 20, (1, 64))]
    data = [np.concatenate(data), np.random.default_rng(1).integers(0, 20, 40)]
    return model, {"pre_block_layers": [embedding], "sequential_blocks": blocks}, [data[0].reshape(16, 4), data[1]]


@pytest.mark.parametrize("options", [{}, {"symmetric": True}, {"activation_order": True}, {"per_channel": False}])
@pytest.mark.parametrize("size", [4, -1])
def test_gptq(size, options):
    model, structure, data = token_model()
    before = ops.convert_to_numpy(model(data[0]))
    config = GPTQConfig(
        data, None, sequence_length=4, group_size=size, quantization_layer_structure=structure, **options
    )
    model.quantize("gptq", config=config)
    block = structure["sequential_blocks"][1]
    assert block.up.dtype_policy.name == block.down.dtype_policy.name == f"gptq/4/{size}_from_float32"
    assert policies(model)[0] == policies(model)[-1] == "float32"
    assert block.up.quantized_kernel.shape == (8, 8) and block.up.quantized_kernel.dtype == "uint8"
    after = ops.convert_to_numpy(model(data[0]))
    assert 0 < np.abs(after - before).max() < 0.25 * np.abs(before).max()


def test_inputs_of_all_samples_are_seen():
    _, structure, data = token_model()
    block = structure["sequential_blocks"][0]
    states = [structure["pre_block_layers"][0](np.asarray(data[0][row : row + 1])) for row in range(5)]
    for _ in range(3):
        block(states[0])  # calls are planned by now
    found = quantization._watch(block, [block.up], states)[id(block.up)]
    expected = sum(np.abs(ops.convert_to_numpy(state)).sum((0, 1)) for state in states)
    np.testing.assert_allclose(found._sizes, expected, rtol=1e-5)
    assert found._count == 20 and "call" not in vars(block.up)


def test_gptq_is_nearer_than_rounding_alone():
    errors = []
    for seen in (True, False):
        model, structure, data = token_model()
        before = ops.convert_to_numpy(model(data[0]))
        config = GPTQConfig(data, None, weight_bits=3, sequence_length=4, quantization_layer_structure=structure)
        if seen:
            model.quantize("gptq", config=config)
        else:
            for block in structure["sequential_blocks"]:
                block.up.quantize("gptq", config=config)
                block.down.quantize("gptq", config=config)
        errors.append(np.square(ops.convert_to_numpy(model(data[0])) - before).mean())
    assert errors[0] < errors[1]


def test_awq():
    model, structure, data = token_model()
    model.layers[1].embeddings.assign(model.layers[1].embeddings.numpy() * np.array([20] + [1] * 7, "float32"))
    before = ops.convert_to_numpy(model(data[0]))
    model.quantize("awq", config=AWQConfig(data, None, sequence_length=4, quantization_layer_structure=structure))
    up = structure["sequential_blocks"][0].up
    assert up.awq_scales.shape == (8,) and np.argmax(up.awq_scales.numpy()) == 0
    after = ops.convert_to_numpy(model(data[0]))
    assert 0 < np.abs(after - before).max() < 0.25 * np.abs(before).max()


@pytest.mark.parametrize("tokenizer", [lambda text: [ord(c) % 20 for c in text], "object"])
def test_texts(tokenizer):
    class Tokenizer:
        def tokenize(self, text):
            return [ord(c) % 20 for c in text]

    model, structure, _ = token_model()
    config = GPTQConfig(
        (text for text in ("some text", "x")),
        Tokenizer() if tokenizer == "object" else tokenizer,
        sequence_length=4,
        quantization_layer_structure=structure,
    )
    model.quantize("gptq", config=config)
    assert structure["sequential_blocks"][0].up.quantization_mode == "gptq"


def test_structure_of_the_model():
    class Structured(keras.Model):
        def __init__(self):
            super().__init__()
            self.first, self.block = layers.Embedding(20, 8), Block(8)

        def call(self, x):
            return self.block(self.first(x))

        def get_quantization_layer_structure(self, mode=None):
            return {"pre_block_layers": [self.first], "sequential_blocks": [self.block]}

    model = Structured()
    data = np.arange(20).reshape(5, 4)
    model(data)
    model.quantize("gptq", config=GPTQConfig([data], None, sequence_length=4), filters="up")
    assert model.block.up.quantization_mode == "gptq" and model.block.down.quantization_mode is None


def test_refusals():
    model, structure, data = token_model()

    def config(dataset=data, tokenizer=None, structure=structure):
        return GPTQConfig(dataset, tokenizer, sequence_length=4, quantization_layer_structure=structure)

    for arguments, message in (
        ({}, "needs a mode"),
        ({"mode": "int9"}, "got 'int9'. Did you mean"),
        ({"mode": "int8", "filters": 3}, "expected filters to be a regular expression"),
        ({"mode": "int8", "other": 3}, r"unexpected arguments \['other'\]"),
        ({"mode": "gptq"}, r"needs config=GPTQConfig\(dataset, tokenizer\)"),
        ({"mode": "awq", "config": config()}, "of the mode 'awq', got one of 'gptq'"),
        ({"config": config(structure=None)}, "needs to know the blocks of the model.*got None"),
        ({"config": config(structure={"sequential_blocks": []})}, "needs to know the blocks"),
        ({"config": config(dataset=None)}, "looks at data"),
        ({"config": config(dataset=[])}, "expected data in the dataset of GPTQConfig, got none"),
        ({"config": config(dataset=["text"])}, "expected a tokenizer for a dataset of texts"),
    ):
        with pytest.raises(ValueError, match=message):
            model.quantize(**arguments)
    with pytest.raises(ValueError, match="needs a built model"):
        keras.Sequential([layers.Dense(2)]).quantize("int8")
    assert model.get_quantization_layer_structure("gptq") is None
    assert quantizers.get(None) is None
