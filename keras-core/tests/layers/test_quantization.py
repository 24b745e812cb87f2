"""Quantized layers: what they keep, what they compute, how they are trained and loaded."""

import copy
import pickle

import numpy as np
import pytest

from keras_core import dtype_policies, layers, ops, optimizers, quantizers, transforms
from keras_core.quantizers import (
    AbsMaxQuantizer,
    AWQConfig,
    GPTQConfig,
    Int4QuantizationConfig,
    Int8QuantizationConfig,
    Quantizer,
)
from keras_core.runtime.dtypes import standardize_dtype

RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(3, 16)).astype("float32")
IDS = np.array([[0, 1, 6], [3, 3, 2]])
VECTORS = RNG.normal(size=(2, 3, 12)).astype("float32")

# Name -> layer, inputs, arguments of the call.
SUBJECTS = {
    "Dense": (lambda **kwargs: layers.Dense(5, **kwargs), ROWS, {}),
    "EinsumDense": (
        lambda **kwargs: layers.EinsumDense("abc,cde->aebd", (3, 4, 2), bias_axes="d", **kwargs),
        RNG.normal(size=(2, 4, 16)).astype("float32"),
        {},
    ),
    "EinsumDense over two axes": (
        lambda **kwargs: layers.EinsumDense("abde,cde->abc", (None, 5), **kwargs),
        RNG.normal(size=(2, 4, 2, 8)).astype("float32"),
        {},
    ),
    "EinsumDense ...": (lambda **kwargs: layers.EinsumDense("...a,ab->...b", (5,), **kwargs), ROWS[None], {}),
    "EinsumDense a...": (
        lambda **kwargs: layers.EinsumDense("abd...,bc->acd...", (5, 3), **kwargs),
        RNG.normal(size=(2, 16, 3, 2)).astype("float32"),
        {},
    ),
    "Embedding": (lambda **kwargs: layers.Embedding(7, 12, **kwargs), IDS, {}),
    "ReversibleEmbedding": (lambda **kwargs: layers.ReversibleEmbedding(7, 12, **kwargs), VECTORS, {"reverse": True}),
    "untied ReversibleEmbedding": (
        lambda **kwargs: layers.ReversibleEmbedding(7, 12, tie_weights=False, logit_soft_cap=2.0, **kwargs),
        VECTORS,
        {"reverse": True},
    ),
}

# Name -> mode, configuration, how far an output may be from that of the float weights.
MODES = {
    "int8": ("int8", None, 0.02),
    "int8 weights": ("int8", Int8QuantizationConfig(activation_quantizer=None), 0.02),
    "int4": ("int4", None, 0.3),
    "int4 one scale": ("int4", Int4QuantizationConfig(block_size=-1), 0.35),
    "int4 inputs": ("int4", Int4QuantizationConfig(activation_quantizer=AbsMaxQuantizer(), block_size=None), 0.35),
    "float8": ("float8", None, 0.15),
}


def built(subject, **kwargs):
    make, x, call = SUBJECTS[subject]
    layer = make(**kwargs)
    layer(x, **call)
    if dtype_policies.get(kwargs.get("dtype")).quantization_mode is None:
        for weight in layer.weights:  # vectors as large as kernels, and a bias
            weight.assign(np.random.default_rng(1).uniform(-0.5, 0.5, weight.shape))
    return layer, x, call


def numpy(x):
    return ops.convert_to_numpy(ops.cast(x, "float32"))


def cases():
    for subject in SUBJECTS:
        for mode in MODES:
            if mode != "float8" or "Embedding" not in subject:
                yield subject, mode


@pytest.mark.parametrize(("subject", "mode"), list(cases()))
def test_outputs_are_near_and_come_back_from_files(subject, mode):
    layer, x, call = built(subject)
    x = ops.convert_to_tensor(x)
    for _ in range(3):  # calls are planned by now
        expected = numpy(layer(x, **call))
    name, config, tolerance = MODES[mode]
    layer.quantize(name, config=config)
    found = numpy(layer(x, **call))
    np.testing.assert_array_equal(numpy(layer(x, **call)), found)
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() < tolerance * np.abs(expected).max()
    assert np.abs(found - expected).max() > 1e-6  # it is quantized
    stored = {}
    layer.save_own_variables(stored)
    config = layer.get_config()
    assert config["dtype"]["config"]["mode"].startswith(name)
    loaded = type(layer).from_config(config)
    loaded(x, **call)
    assert [(w.name, w.shape, w.dtype) for w in loaded._saved_variables()] == [
        (w.name, w.shape, w.dtype) for w in layer._saved_variables()
    ]
    loaded.load_own_variables(stored)
    np.testing.assert_allclose(numpy(loaded(x, **call)), found, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("subject", "mode"), list(cases()))
def test_compiled_and_copied(subject, mode):
    layer, x, call = built(subject)
    layer.quantize(MODES[mode][0], config=MODES[mode][1])
    expected = numpy(layer(x, **call))
    compiled = transforms.jit(lambda x: layer(x, **call))
    np.testing.assert_allclose(numpy(compiled(x)), expected, rtol=1e-4, atol=1e-4)
    for copied in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        np.testing.assert_allclose(numpy(copied(x, **call)), expected, rtol=1e-5, atol=1e-6)
        assert copied._large is not layer._large


def test_integers_of_a_kernel():
    layer, x, _ = built("Dense")
    kernel, bias = (weight.numpy() for weight in layer.weights)
    layer.quantize("int8")
    names = [(weight.path, weight.dtype, weight.shape, weight.trainable) for weight in layer.weights]
    name = layer.name
    assert names == [
        (f"{name}/bias", "float32", (5,), True),
        (f"{name}/kernel", "int8", (16, 5), False),
        (f"{name}/kernel_scale", "float32", (5,), False),
    ]
    scale = 127 / np.abs(kernel).max(0)
    integers = np.round(kernel * scale)
    np.testing.assert_allclose(layer.kernel_scale.numpy(), scale, rtol=1e-5)
    np.testing.assert_array_equal(layer.kernel.numpy(), integers)
    of_inputs = 127 / np.abs(x).max(-1, keepdims=True)
    expected = np.round(x * of_inputs) @ integers / (of_inputs * scale) + bias
    np.testing.assert_allclose(numpy(layer(x)), expected, rtol=1e-4, atol=1e-4)


def test_blocks_of_a_kernel():
    layer, x, _ = built("Dense", use_bias=False)
    kernel = layer.kernel.numpy()
    layer.quantize("int4", config=Int4QuantizationConfig(block_size=6))
    shapes = {weight.name: (weight.dtype, weight.shape) for weight in layer.weights}
    assert shapes == {
        "kernel": ("int8", (16, 3)),
        "kernel_scale": ("float32", (3, 5)),
        "kernel_zero": ("int8", (3, 5)),
        "g_idx": ("float32", (16,)),
    }
    integers, scale, zero = quantizers.abs_max_quantize_grouped_with_zero_point(kernel, 6, to_numpy=True)
    np.testing.assert_array_equal(numpy(layer.kernel), integers)
    blocks = np.arange(16) // 6
    np.testing.assert_array_equal(layer.g_idx.numpy(), blocks)
    restored = (integers.astype("float32") - zero[blocks]) * scale[blocks]
    np.testing.assert_allclose(numpy(layer(x)), x @ restored, rtol=1e-4, atol=1e-4)


def test_blocks_of_one_sign_warn():
    layer, _, _ = built("Dense")
    layer._kernel.assign(np.linspace(1, 1.1, 80).reshape(16, 5))
    with pytest.warns(UserWarning, match=r"80 of 80 weights of 'kernel' are lost.*Take a larger block_size, or -1"):
        layer.quantize("int4")


@pytest.mark.parametrize(
    ("policy", "kernel"),
    [
        ("int8_from_float32", ("int8", (16, 5))),
        ("int4_from_float32", ("int8", (16, 3))),
        ("int4/4_from_float32", ("int8", (16, 3))),
        ("float8_from_float32", ("float32", (16, 5))),
        ("gptq/4/4_from_float32", ("uint8", (3, 16))),
        ("gptq/8/-1_from_float32", ("uint8", (5, 16))),
        ("awq/4/4_from_float32", ("uint8", (3, 16))),
    ],
)
def test_built_under_a_policy(policy, kernel):
    layer, x, _ = built("Dense", dtype=policy)
    found = next(weight for weight in layer.weights if weight.name == "kernel")
    assert (found.dtype, found.shape) == kernel
    assert layer(x).shape == (3, 5)
    assert layer.quantization_mode == policy.partition("_")[0].partition("/")[0]


def test_policy_by_path_and_after_the_build():
    policies = dtype_policies.DTypePolicyMap("float32", {"quantized": "int8_from_float32"})
    layer, _, _ = built("Dense", dtype=policies, name="quantized")
    assert layer._kernel.dtype == "int8"
    layer, x, _ = built("Dense")
    expected = numpy(layer(x))
    layer.dtype_policy = "int4/16_from_float32"
    assert layer.kernel_zero.shape == (1, 5) and layer.dtype_policy.name == "int4/16_from_float32"
    assert np.abs(numpy(layer(x)) - expected).max() < 2
    with pytest.raises(ValueError, match="quantized already, with the dtype policy 'int4/16_from_float32'"):
        layer.dtype_policy = "float32"
    assert layer.dtype_policy.name == "int4/16_from_float32"
    layer, _, _ = built("Dense")
    with pytest.raises(ValueError, match=r"needs data; call quantize\('gptq', config=...\)"):
        layer.dtype_policy = "gptq/4/4_from_float32"
    assert layer.dtype_policy.name == "float32" and layer._kernel.dtype == "float32"


@pytest.mark.parametrize("mode", [mode for mode in MODES if mode != "float8"])
@pytest.mark.parametrize("subject", ["Dense", "EinsumDense", "EinsumDense over two axes", "untied ReversibleEmbedding"])
def test_derivative_is_that_of_the_float_product(subject, mode):
    make, x, call = SUBJECTS[subject]
    layer, x, call = built(subject)
    layer.quantize(MODES[mode][0], config=MODES[mode][1])
    upstream = np.random.default_rng(2).normal(size=ops.shape(layer(x, **call))).astype("float32")
    weight = layer._large_weights[-1]
    plain = make()
    plain(x, **call)
    getattr(plain, weight.attribute).assign(layer._restored(weight, "float32"))

    def gradient(layer):
        return numpy(transforms.grad(lambda x: ops.sum(ops.multiply(layer(x, **call), upstream)))(x))

    if "Embedding" in subject:  # the cap bends the scores, which differ a little
        layer.logit_soft_cap = plain.logit_soft_cap = None
    np.testing.assert_allclose(gradient(layer), gradient(plain), rtol=1e-3, atol=1e-4)


CALIBRATED = {
    "gptq": ("gptq", GPTQConfig(None, None, group_size=4), 0.3),
    "gptq 8 bits": ("gptq", GPTQConfig(None, None, weight_bits=8, group_size=-1), 0.02),
    "awq": ("awq", AWQConfig(None, None, group_size=6), 0.3),
}


@pytest.mark.parametrize("mode", CALIBRATED)
@pytest.mark.parametrize("subject", ["Dense", "EinsumDense", "EinsumDense over two axes"])
def test_rounded_each_by_itself_without_data(subject, mode):
    layer, x, call = built(subject)
    expected = numpy(layer(x, **call))
    name, config, tolerance = CALIBRATED[mode]
    layer.quantize(name, config=config)
    found = numpy(layer(x, **call))
    assert 1e-6 < np.abs(found - expected).max() < tolerance * np.abs(expected).max()
    layer.enable_lora(2)
    layer._factor_b.assign(np.full(layer._factor_b.shape, 0.05))
    stored = {}
    layer.save_own_variables(stored)
    plain, _, _ = built(subject, dtype=layer.dtype_policy.name)
    plain.load_own_variables(stored)
    expected = numpy(layer(x, **call))
    assert np.abs(numpy(plain(x, **call)) - expected).max() < tolerance * np.abs(expected).max()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("subject", ["Dense", "EinsumDense", "Embedding"])
@pytest.mark.parametrize("first", ["quantize", "enable_lora"])
def test_low_rank_change_over_quantized_weights(subject, mode, first):
    if mode == "float8" and subject == "Embedding":
        mode = "int8"
    layer, x, call = built(subject)
    for step in (first, "enable_lora" if first == "quantize" else "quantize"):
        if step == "quantize":
            layer.quantize(MODES[mode][0], config=MODES[mode][1])
        else:
            layer.enable_lora(2)
    before = numpy(layer(x, **call))
    trained = [weight.name for weight in layer.trainable_weights]
    assert [f"lora_{layer.adapted}_a", f"lora_{layer.adapted}_b"] == [name for name in trained if "lora" in name]
    assert layer.adapted not in trained
    layer._factor_b.assign(np.full(layer._factor_b.shape, 0.05))
    after = numpy(layer(x, **call))
    assert np.abs(after - before).max() > 1e-3
    stored = {}
    layer.save_own_variables(stored)
    assert len(stored) == len(layer.weights) - 2
    config = {name: value for name, value in layer.get_config().items() if "lora" not in name}
    merged = type(layer).from_config(config)
    merged(x, **call)
    merged.load_own_variables(stored)
    scale = np.abs(after).max()
    np.testing.assert_allclose(numpy(merged(x, **call)), after, atol=0.35 * scale if "int4" in mode else 0.1 * scale)
    layer.load_own_variables(stored)
    assert not layer._factor_b.numpy().any()


def test_float8_is_trained():
    layer = layers.Dense(5, dtype=dtype_policies.QuantizedFloat8DTypePolicy("float8", "float32", 4))
    optimizer = optimizers.SGD(0.01)
    layer.build((None, 16))
    optimizer.build(layer.trainable_variables)

    def loss(training=True):
        return ops.sum(ops.square(layer(ROWS, training=training)))

    first = float(loss())
    for _ in range(3):
        gradients = transforms.grad(loss, variables=layer.trainable_variables)()
        optimizer.apply(gradients)
    assert float(loss()) < first
    largest = np.abs(ROWS).max()
    np.testing.assert_allclose(layer.inputs_amax_history.numpy(), [largest, 0, largest, largest], rtol=1e-6)
    np.testing.assert_allclose(layer.inputs_scale.numpy(), largest / 448, rtol=1e-6)
    assert 0 < layer.outputs_grad_scale.numpy() < 1 and layer.kernel_amax_history.numpy()[0] > 0
    variables = (layer.inputs_scale, layer.inputs_amax_history, layer.outputs_grad_scale)
    state = [variable.numpy() for variable in variables]
    optimizer.apply(transforms.grad(lambda: loss(training=False), variables=layer.trainable_variables)())
    for before, variable in zip(
        state, (layer.inputs_scale, layer.inputs_amax_history, layer.outputs_grad_scale), strict=True
    ):
        np.testing.assert_array_equal(variable.numpy(), before)


def test_half_precision_around_integers():
    layer, x, _ = built("Dense", dtype="mixed_bfloat16")
    expected = numpy(layer(x))
    layer.quantize("int8")
    assert layer.dtype_policy.name == "int8_from_mixed_bfloat16" and layer.kernel_scale.dtype == "float32"
    found = layer(x)
    assert standardize_dtype(found.dtype) == "bfloat16"
    assert np.abs(numpy(found) - expected).max() < 0.05 * np.abs(expected).max()


def test_own_configuration_of_the_mode_is_used():
    config = Int8QuantizationConfig(activation_quantizer=None)
    layer, x, _ = built("Dense", quantization_config=config)
    expected = numpy(layer(x))
    layer.quantize("int8")
    assert layer.quantization_config is config
    assert np.abs(numpy(layer(x)) - expected).max() < 0.02
    assert type(layer).from_config(layer.get_config()).quantization_config.activation_quantizer is None


def test_quantizer_of_ones_own():
    class ToHalf(Quantizer):
        def __call__(self, x):
            scale = ops.full((1, x.shape[-1]), 64.0)
            return ops.cast(ops.clip(ops.round(ops.multiply(x, scale)), -127, 127), "int8"), scale

    layer, _, _ = built("Dense")
    kernel = layer.kernel.numpy()
    layer.quantize("int8", config=Int8QuantizationConfig(ToHalf(), None))
    np.testing.assert_array_equal(layer.kernel.numpy(), np.round(kernel * 64))


def test_names_in_files():
    for layer, weight, others in (
        (layers.Dense(2), "kernel", ["bias"]),
        (layers.EinsumDense("ab,bc->ac", 2), "kernel", ["bias"]),
        (layers.Embedding(2, 2), "embeddings", []),
    ):
        spec = layer.variable_serialization_spec
        assert spec[None] == [weight, *others] and spec["int8"] == [weight, *others, f"{weight}_scale"]
        assert spec["int4"] == [weight, *others, f"{weight}_scale", f"{weight}_zero", "g_idx"]
        assert ("float8" in spec) == bool(others)
    spec = layers.ReversibleEmbedding(2, 2, tie_weights=False).variable_serialization_spec
    assert spec["int8"][2:] == ["reverse_embeddings", "reverse_embeddings_scale"]


def test_refusals():
    class Own(layers.Dense):
        pass

    def quantized(layer, *args, **kwargs):
        layer.build((None, 4))
        layer.quantize(*args, **kwargs)
        return layer

    for make, error, message in (
        (lambda: layers.Dense(2).quantize("int8"), ValueError, r"needs a built layer; call build\(input_shape\)"),
        (lambda: quantized(layers.Dense(2)), ValueError, "needs a mode"),
        (lambda: quantized(layers.Dense(2), "int7"), ValueError, "got 'int7'. Did you mean 'int8'"),
        (lambda: quantized(layers.Dense(2), "int8", config="x"), ValueError, "got 'x'"),
        (lambda: quantized(layers.Dense(2), "int8", config=Int4QuantizationConfig()), ValueError, "one of 'int4'"),
        (lambda: quantized(layers.Dense(2), "gptq"), ValueError, r"needs config=GPTQConfig\(dataset, tokenizer\)"),
        (lambda: quantized(layers.Dense(2), "int8").quantize("int8"), ValueError, "quantized already"),
        (lambda: quantized(Own(2), "int8"), NotImplementedError, "pass type_check=False"),
        (lambda: quantized(layers.Embedding(2, 2), "float8"), NotImplementedError, "as 'int8' or 'int4' only"),
        (lambda: quantized(layers.ReLU(), "int8"), NotImplementedError, "has no quantized form"),
        (lambda: layers.ReLU(dtype="int8_from_float32")(ROWS), NotImplementedError, "a dtype policy that is not"),
        (lambda: layers.Layer().quantized_build((2,), "int8"), NotImplementedError, "has no quantized form"),
        (lambda: layers.Dense(2).quantized_call(ROWS), NotImplementedError, "got the mode None"),
        (
            lambda: quantized(layers.Dense(2), "int8", config=Int8QuantizationConfig(AbsMaxQuantizer(axis=1))),
            ValueError,
            r"layer 'dense.*weight_quantizer to give scales of shape \(1, 2\)",
        ),
    ):
        with pytest.raises(error, match=message):
            make()
    layer, x, _ = built("Dense")
    expected = numpy(layer(x))
    with pytest.raises(ValueError, match="leaves that to the layer"):
        layer.quantize("int8", config=Int8QuantizationConfig(AbsMaxQuantizer(axis=1)))
    np.testing.assert_array_equal(numpy(layer(x)), expected)  # nothing has changed
    assert quantized(Own(2), "int8", type_check=False).quantized_call(ops.ones((1, 4))).shape == (1, 2)
