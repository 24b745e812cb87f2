"""What holds for every layer of core: shapes, configurations, dtypes, gradients, unknown sizes, errors with names."""

import json

import numpy as np
import pytest

from keras_core import dtype_policies, layers, ops, transforms
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.table import use_backend
from keras_core.utils import set_random_seed

# Maker, shapes of the inputs (a list where the layer takes a list, a dict of several arguments), dtype of the inputs.
CASES = {
    "Dense": (lambda: layers.Dense(3, activation="relu", kernel_regularizer="l2"), (2, 5, 4)),
    "Dense, low rank": (lambda: layers.Dense(3, lora_rank=2, lora_alpha=4.0), (2, 4)),
    "Embedding": (lambda: layers.Embedding(5, 3, mask_zero=True), (2, 4), "int32"),
    "Activation": (lambda: layers.Activation("tanh"), (2, 4)),
    "Lambda": (lambda: layers.Lambda(ops.abs), (2, 4)),
    "Identity": (lambda: layers.Identity(), (2, 4)),
    "Masking": (lambda: layers.Masking(1.0), (2, 4, 3)),
    "Conv1D": (lambda: layers.Conv1D(6, 3, padding="causal", dilation_rate=2), (2, 9, 4)),
    "Conv2D": (lambda: layers.Conv2D(6, (3, 2), strides=2, padding="same", groups=2), (2, 7, 8, 4)),
    "Conv2D, channels first": (lambda: layers.Conv2D(6, 3, data_format="channels_first"), (2, 4, 7, 8)),
    "Conv3D": (lambda: layers.Conv3D(2, 2, use_bias=False), (2, 4, 5, 4, 3)),
    "Conv1DTranspose": (lambda: layers.Conv1DTranspose(3, 4, strides=3, padding="same", output_padding=1), (2, 4, 3)),
    "Conv2DTranspose": (
        lambda: layers.Conv2DTranspose(3, (1, 2), strides=2, data_format="channels_first"),
        (2, 4, 3, 4),
    ),
    "Conv3DTranspose": (lambda: layers.Conv3DTranspose(2, 2, activation="relu", dilation_rate=2), (2, 2, 3, 2, 3)),
    "DepthwiseConv1D": (lambda: layers.DepthwiseConv1D(3, 2, "same", 2), (2, 7, 3)),
    "DepthwiseConv2D": (lambda: layers.DepthwiseConv2D((2, 3), data_format="channels_first"), (2, 3, 4, 5)),
    "SeparableConv1D": (lambda: layers.SeparableConv1D(4, 3, depth_multiplier=2, activation="tanh"), (2, 7, 3)),
    "SeparableConv2D": (lambda: layers.SeparableConv2D(4, 2, padding="same", use_bias=False), (2, 4, 5, 3)),
    "MaxPooling1D": (lambda: layers.MaxPooling1D(padding="same"), (2, 7, 3)),
    "MaxPooling2D": (lambda: layers.MaxPooling2D(data_format="channels_first"), (2, 3, 7, 8)),
    "MaxPooling3D": (lambda: layers.MaxPooling3D(strides=1), (2, 4, 5, 4, 3)),
    "AveragePooling1D": (lambda: layers.AveragePooling1D(3, strides=2), (2, 7, 3)),
    "AveragePooling2D": (lambda: layers.AveragePooling2D((2, 3), padding="same"), (2, 7, 8, 3)),
    "AveragePooling3D": (lambda: layers.AveragePooling3D(2), (2, 4, 5, 4, 3)),
    "GlobalAveragePooling1D": (lambda: layers.GlobalAveragePooling1D(), (2, 7, 3)),
    "GlobalAveragePooling2D": (lambda: layers.GlobalAveragePooling2D(keepdims=True), (2, 7, 8, 3)),
    "GlobalAveragePooling3D": (lambda: layers.GlobalAveragePooling3D("channels_first"), (2, 3, 4, 5, 4)),
    "GlobalMaxPooling1D": (lambda: layers.GlobalMaxPooling1D(), (2, 7, 3)),
    "GlobalMaxPooling2D": (lambda: layers.GlobalMaxPooling2D(), (2, 7, 8, 3)),
    "GlobalMaxPooling3D": (lambda: layers.GlobalMaxPooling3D(keepdims=True), (2, 4, 5, 4, 3)),
    "AdaptiveAveragePooling1D": (lambda: layers.AdaptiveAveragePooling1D(3), (2, 7, 3)),
    "AdaptiveAveragePooling2D": (lambda: layers.AdaptiveAveragePooling2D((3, 2), "channels_first"), (2, 3, 5, 4)),
    "AdaptiveAveragePooling3D": (lambda: layers.AdaptiveAveragePooling3D(2), (2, 3, 4, 2, 3)),
    "AdaptiveMaxPooling1D": (lambda: layers.AdaptiveMaxPooling1D(3), (2, 7, 3)),
    "AdaptiveMaxPooling2D": (lambda: layers.AdaptiveMaxPooling2D((3, 2)), (2, 5, 4, 3)),
    "AdaptiveMaxPooling3D": (lambda: layers.AdaptiveMaxPooling3D(2, "channels_first"), (2, 3, 3, 4, 2)),
    "Flatten": (lambda: layers.Flatten("channels_first"), (2, 3, 4, 5)),
    "Reshape": (lambda: layers.Reshape((3, -1)), (2, 6, 4)),
    "Permute": (lambda: layers.Permute((3, 1, 2)), (2, 6, 4, 5)),
    "RepeatVector": (lambda: layers.RepeatVector(3), (2, 4)),
    "ZeroPadding1D": (lambda: layers.ZeroPadding1D((1, 2)), (2, 4, 3)),
    "ZeroPadding2D": (lambda: layers.ZeroPadding2D(((1, 0), (2, 3))), (2, 4, 5, 3)),
    "ZeroPadding3D": (lambda: layers.ZeroPadding3D((1, 2, 0), "channels_first"), (2, 3, 4, 5, 3)),
    "Cropping1D": (lambda: layers.Cropping1D((1, 0)), (2, 4, 3)),
    "Cropping2D": (lambda: layers.Cropping2D(((1, 0), (0, 2)), "channels_first"), (2, 3, 4, 5)),
    "Cropping3D": (lambda: layers.Cropping3D((1, 0, 1)), (2, 4, 2, 5, 3)),
    "UpSampling1D": (lambda: layers.UpSampling1D(3), (2, 4, 3)),
    "UpSampling2D": (lambda: layers.UpSampling2D((2, 1), "channels_first"), (2, 3, 4, 5)),
    "UpSampling2D, bicubic": (lambda: layers.UpSampling2D(2, interpolation="bicubic"), (2, 3, 4, 2)),
    "UpSampling3D": (lambda: layers.UpSampling3D((1, 2, 3)), (2, 2, 3, 2, 3)),
    "Add": (lambda: layers.Add(), [(2, 4), (2, 3, 4), (2, 3, 1)]),
    "Subtract": (lambda: layers.Subtract(), [(2, 4), (2, 4)]),
    "Multiply": (lambda: layers.Multiply(), [(2, 4), (2, 4)]),
    "Average": (lambda: layers.Average(), [(2, 4), (2, 4), (2, 4)]),
    "Maximum": (lambda: layers.Maximum(), [(2, 4), (2, 4)]),
    "Minimum": (lambda: layers.Minimum(), [(2, 4), (2, 4)]),
    "Concatenate": (lambda: layers.Concatenate(1), [(2, 3, 4), (2, 5, 4)]),
    "Dot": (lambda: layers.Dot((2, 1), normalize=True), [(2, 3, 4), (2, 4, 5)]),
    "Rescaling": (lambda: layers.Rescaling([1.0, 2.0, 3.0], offset=-1.0), (2, 3)),
    "Dropout": (lambda: layers.Dropout(0.5, noise_shape=(None, 1), seed=3), (2, 4)),
    "GaussianNoise": (lambda: layers.GaussianNoise(0.5, seed=3), (2, 4)),
    "GaussianDropout": (lambda: layers.GaussianDropout(0.5, seed=3), (2, 4)),
    "AlphaDropout": (lambda: layers.AlphaDropout(0.5, (None, 1), seed=3), (2, 4)),
    "SpatialDropout1D": (lambda: layers.SpatialDropout1D(0.5, seed=3), (2, 4, 3)),
    "SpatialDropout2D": (lambda: layers.SpatialDropout2D(0.5, "channels_first"), (2, 4, 3, 2)),
    "SpatialDropout3D": (lambda: layers.SpatialDropout3D(0.5), (2, 4, 3, 2, 2)),
    "ActivityRegularization": (lambda: layers.ActivityRegularization(0.1, 0.2), (2, 4)),
    "EinsumDense": (lambda: layers.EinsumDense("abc,cde->abde", (None, 2, 5), bias_axes="e"), (2, 3, 4)),
    "EinsumDense, first axes": (lambda: layers.EinsumDense("...x,xy->...y", 3, "relu", "y"), (2, 3, 4)),
    "EinsumDense, last axes": (lambda: layers.EinsumDense("ab...,bd->ad...", 3, bias_axes="d"), (2, 3, 4)),
    "BatchNormalization": (lambda: layers.BatchNormalization(), (3, 4, 5)),
    "BatchNormalization, axis 1": (lambda: layers.BatchNormalization(1, renorm=True, center=False), (3, 4, 5)),
    "LayerNormalization": (lambda: layers.LayerNormalization(), (2, 3, 4)),
    "LayerNormalization, two axes": (lambda: layers.LayerNormalization((1, 2), scale=False), (2, 3, 4)),
    "LayerNormalization, no mean": (lambda: layers.LayerNormalization(1, rms_scaling=True), (2, 3, 4)),
    "GroupNormalization": (lambda: layers.GroupNormalization(2), (2, 3, 4)),
    "GroupNormalization, axis 1": (lambda: layers.GroupNormalization(-1, 1, center=False), (2, 3, 4, 5)),
    "RMSNormalization": (lambda: layers.RMSNormalization((1, 2)), (2, 3, 4)),
    "UnitNormalization": (lambda: layers.UnitNormalization((1, -1)), (2, 3, 4)),
    "ReLU": (lambda: layers.ReLU(2.0, 0.1, 0.5), (2, 4)),
    "LeakyReLU": (lambda: layers.LeakyReLU(), (2, 4)),
    "PReLU": (lambda: layers.PReLU("uniform", shared_axes=[1]), (2, 3, 4)),
    "ELU": (lambda: layers.ELU(0.5), (2, 4)),
    "Softmax": (lambda: layers.Softmax((1, 2)), (2, 3, 4)),
    "SpectralNormalization": (lambda: layers.SpectralNormalization(layers.Dense(3), 2), (2, 4)),
    "TimeDistributed": (lambda: layers.TimeDistributed(layers.Conv1D(3, 2)), (2, 3, 4, 5)),
    "TimeDistributed, LSTM": (lambda: layers.TimeDistributed(layers.LSTM(3)), (2, 3, 4, 5)),
    "Attention": (lambda: layers.Attention(True, dropout=0.5), [(2, 3, 4), (2, 5, 6), (2, 5, 4)]),
    "Attention, sums": (lambda: layers.Attention(True, "concat"), [(2, 3, 4), (2, 5, 4)]),
    "AdditiveAttention": (lambda: layers.AdditiveAttention(), [(2, 3, 4), (2, 5, 4)]),
    "MultiHeadAttention": (
        lambda: layers.MultiHeadAttention(2, 3, seed=1, bias_initializer="uniform"),
        {"query": (2, 4, 6), "value": (2, 5, 7)},
    ),
    "MultiHeadAttention, gate": (
        lambda: layers.MultiHeadAttention(2, 3, 4, 0.5, False, (2, 3), use_gate=True, sliding_window=2),
        {"query": (2, 4, 6), "value": (2, 5, 7), "key": (2, 5, 3)},
    ),
    "MultiHeadAttention, one of two axes": (
        lambda: layers.MultiHeadAttention(2, 3, attention_axes=-2, flash_attention=False),
        {"query": (2, 3, 4, 6), "value": (2, 3, 5, 7)},
    ),
    "LSTM": (lambda: layers.LSTM(3), (2, 5, 4)),
    "LSTM, all steps": (
        lambda: layers.LSTM(3, "relu", "hard_sigmoid", return_sequences=True, go_backwards=True, unroll=True),
        (2, 5, 4),
    ),
    "LSTM, dropout": (lambda: layers.LSTM(3, dropout=0.5, recurrent_dropout=0.5, use_bias=False, seed=1), (2, 5, 4)),
    "RNN": (lambda: layers.RNN([layers.LSTMCell(3), layers.LSTMCell(2)], return_sequences=True), (2, 5, 4)),
}


@pytest.fixture(params=CASES, ids=str)
def case(request):
    make, shapes, *dtype = CASES[request.param]
    return make, shapes, dtype[0] if dtype else "float32"


def mapped(function, shapes):
    if isinstance(shapes, dict):
        return {name: function(shape) for name, shape in shapes.items()}
    return [function(shape) for shape in shapes] if isinstance(shapes, list) else function(shapes)


def called(layer, x, **options):
    return layer(**x, **options) if isinstance(x, dict) else layer(x, **options)


def promised_by(layer, shapes):
    named = isinstance(shapes, dict)
    return (
        layer.compute_output_shape(**{f"{key}_shape": shape for key, shape in shapes.items()})
        if named
        else (layer.compute_output_shape(shapes))
    )


def host(x):
    return ops.convert_to_numpy(x)


def equal(x, y):
    np.testing.assert_array_equal(host(x), host(y))


def values(shapes, dtype):
    rng = np.random.default_rng(0)
    if dtype == "int32":
        return mapped(lambda shape: rng.integers(0, 5, shape).astype(dtype), shapes)
    return mapped(lambda shape: rng.normal(size=shape).astype(dtype), shapes)


def test_promised_traced_and_computed_shapes_agree(case):
    make, shapes, dtype = case
    layer = make()
    promised = promised_by(layer, shapes)
    assert not layer.built or not layer.weights  # a question about shapes makes no weights
    result = host(called(layer, values(shapes, dtype)))
    assert promised == result.shape
    symbolic = called(make(), mapped(lambda shape: KerasTensor(shape, dtype), shapes))
    assert (symbolic.shape, symbolic.dtype) == (result.shape, str(result.dtype))


def test_unknown_batch_size(case):
    make, shapes, dtype = case
    expected = host(called(make(), values(shapes, dtype))).shape
    unknown = mapped(lambda shape: (None, *shape[1:]), shapes)
    assert promised_by(make(), unknown) == (None, *expected[1:])
    symbolic = mapped(lambda shape: KerasTensor(shape, dtype), unknown)
    assert called(make(), symbolic).shape == (None, *expected[1:])


def test_configuration_survives_json(case):
    make, shapes, dtype = case
    layer = make()
    x = values(shapes, dtype)
    result = called(layer, x)
    data = json.loads(json.dumps(layers.serialize(layer)))
    assert data["module"] == "keras.layers"
    copy = layers.deserialize(data)
    assert json.loads(json.dumps(layers.serialize(copy)))["config"] == data["config"]
    called(copy, x)
    copy.set_weights(layer.get_weights())
    equal(called(copy, x), result)


def test_saved_variables_are_numbered_in_the_order_of_the_weights(case):
    make, shapes, dtype = case
    layer = make()
    x = values(shapes, dtype)
    result = called(layer, x)
    other = make()
    called(other, x)
    for own, others in zip(layer._flatten_layers(), other._flatten_layers(), strict=True):
        stored = {}
        own.save_own_variables(stored)
        assert list(stored) == [str(position) for position in range(len(stored))]
        others.load_own_variables(stored)
    equal(called(other, x), result)


def test_mixed_precision(case):
    check_mixed_precision(case, "mixed_bfloat16")


def test_mixed_half_precision_on_the_numpy_backend(case):
    with use_backend("numpy"):
        check_mixed_precision(case, "mixed_float16")


def check_mixed_precision(case, policy):
    make, shapes, dtype = case
    before = dtype_policies.dtype_policy()
    dtype_policies.set_dtype_policy(policy)
    try:
        layer = make()
    finally:
        dtype_policies.set_dtype_policy(before)
    x = values(shapes, dtype)
    called(layer, mapped(lambda shape: KerasTensor(shape, dtype), shapes))
    result = host(transforms.jit(lambda inputs: called(layer, inputs))(mapped(ops.convert_to_tensor, x)))
    assert result.dtype == policy.removeprefix("mixed_")
    assert all(weight.dtype == "float32" for weight in layer.weights)
    with use_backend("numpy"):
        plain = make()
        called(plain, x)
        plain.set_weights(layer.get_weights())
        expected = called(plain, x)
    np.testing.assert_allclose(result.astype("float32"), expected, rtol=0.05, atol=0.05)


def test_values_are_those_of_the_numpy_backend_eager_and_compiled(case):
    make, shapes, dtype = case
    layer = make()
    x = mapped(ops.convert_to_tensor, values(shapes, dtype))
    eager = host(called(layer, x))
    compiled = transforms.jit(lambda inputs: called(layer, inputs))
    with use_backend("numpy"):
        other = make()
        called(other, values(shapes, dtype))
        other.set_weights(layer.get_weights())
        expected = called(other, values(shapes, dtype))
    np.testing.assert_allclose(eager, expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(host(compiled(x)), expected, rtol=1e-5, atol=1e-5)


def test_gradient_is_the_slope(case):
    make, shapes, dtype = case
    set_random_seed(1)  # without one, a kink of relu may lie between the two points
    layer = make()
    called(layer, mapped(lambda shape: KerasTensor(shape, dtype), shapes))
    x = mapped(ops.convert_to_tensor, values(shapes, dtype))
    factors = np.random.default_rng(1).uniform(0.5, 1.0, promised_by(layer, shapes)).astype("float32")
    chosen = layer.trainable_variables

    def loss(inputs):
        return ops.sum(ops.multiply(called(layer, inputs), factors))

    _, gradients = transforms.jit(transforms.value_and_grad(loss, variables=chosen or None))(x)
    gradients = [host(gradient) for gradient in (gradients if chosen else leaves(gradients))]
    ways = [np.sign(gradient) for gradient in gradients]
    slope = sum(float(np.sum(gradient * way)) for gradient, way in zip(gradients, ways, strict=True))
    assert slope > 0
    with use_backend("numpy"):
        other = make()
        x = values(shapes, dtype)
        called(other, x)
        other.set_weights(layer.get_weights())
        starts = [variable.numpy() for variable in other.trainable_variables] or leaves(x)

        def at(step):
            moved = [start + step * way for start, way in zip(starts, ways, strict=True)]
            for variable, value in zip(other.trainable_variables, moved, strict=False):
                variable.assign(value)
            return float(np.sum(called(other, x if chosen else shaped_like(x, moved)) * factors))

        np.testing.assert_allclose((at(2e-3) - at(-2e-3)) / 4e-3, slope, rtol=0.02)


def leaves(x):
    return list(x.values()) if isinstance(x, dict) else x if isinstance(x, list) else [x]


def shaped_like(x, items):
    return dict(zip(x, items, strict=True)) if isinstance(x, dict) else items if isinstance(x, list) else items[0]


def test_one_seed_gives_the_same_weights_on_every_backend(case):
    make, shapes, dtype = case

    def first_weights():
        set_random_seed(7)
        layer = make()
        called(layer, values(shapes, dtype))
        return layer.get_weights()

    weights = first_weights()
    with use_backend("numpy"):
        others = first_weights()
    assert len(weights) == len(others)
    for one, other in zip(weights, others, strict=True):
        np.testing.assert_array_equal(one, other)


def test_weights_of_a_layer_that_is_not_trainable(case):
    make, shapes, dtype = case
    layer = type(make()).from_config({**make().get_config(), "trainable": False})
    called(layer, values(shapes, dtype))
    assert layer.trainable_variables == []
    assert not any(weight.trainable for weight in layer._own_weights())
