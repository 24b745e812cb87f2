"""What holds for every layer of core: shapes, configurations, dtypes, unknown sizes, errors with names."""

import json

import numpy as np
import pytest

from keras_core import layers, ops
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.table import use_backend

# Maker, shapes of the inputs (a list of shapes where the layer takes a list), dtype of the inputs.
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
    "Flatten": (lambda: layers.Flatten("channels_first"), (2, 3, 4, 5)),
    "Reshape": (lambda: layers.Reshape((3, -1)), (2, 6, 4)),
    "Permute": (lambda: layers.Permute((3, 1, 2)), (2, 6, 4, 5)),
    "RepeatVector": (lambda: layers.RepeatVector(3), (2, 4)),
    "ZeroPadding1D": (lambda: layers.ZeroPadding1D((1, 2)), (2, 4, 3)),
    "ZeroPadding2D": (lambda: layers.ZeroPadding2D(((1, 0), (2, 3))), (2, 4, 5, 3)),
    "ZeroPadding3D": (lambda: layers.ZeroPadding3D((1, 2, 0), "channels_first"), (2, 3, 4, 5, 3)),
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
}


@pytest.fixture(autouse=True)
def numpy_backend():
    with use_backend("numpy"):
        yield


@pytest.fixture(params=CASES, ids=str)
def case(request):
    make, shapes, *dtype = CASES[request.param]
    return make, shapes, dtype[0] if dtype else "float32"


def mapped(function, shapes):
    return [function(shape) for shape in shapes] if isinstance(shapes, list) else function(shapes)


def values(shapes, dtype):
    rng = np.random.default_rng(0)
    if dtype == "int32":
        return mapped(lambda shape: rng.integers(0, 5, shape).astype(dtype), shapes)
    return mapped(lambda shape: rng.normal(size=shape).astype(dtype), shapes)


def test_promised_traced_and_computed_shapes_agree(case):
    make, shapes, dtype = case
    layer = make()
    promised = layer.compute_output_shape(shapes)
    assert not layer.built or not layer.weights  # a question about shapes makes no weights
    result = layer(values(shapes, dtype))
    assert promised == result.shape
    symbolic = make()(mapped(lambda shape: KerasTensor(shape, dtype), shapes))
    assert (symbolic.shape, symbolic.dtype) == (result.shape, str(result.dtype))


def test_unknown_batch_size(case):
    make, shapes, dtype = case
    expected = make()(values(shapes, dtype)).shape
    unknown = mapped(lambda shape: (None, *shape[1:]), shapes)
    assert make().compute_output_shape(unknown) == (None, *expected[1:])
    assert make()(mapped(lambda shape: KerasTensor(shape, dtype), unknown)).shape == (None, *expected[1:])


def test_configuration_survives_json(case):
    make, shapes, dtype = case
    layer = make()
    x = values(shapes, dtype)
    result = layer(x)
    data = json.loads(json.dumps(layers.serialize(layer)))
    assert data["module"] == "keras.layers"
    copy = layers.deserialize(data)
    assert json.loads(json.dumps(layers.serialize(copy)))["config"] == data["config"]
    copy(x)
    copy.set_weights(layer.get_weights())
    np.testing.assert_array_equal(copy(x), result)


def test_saved_variables_are_numbered_in_the_order_of_the_weights(case):
    make, shapes, dtype = case
    layer = make()
    x = values(shapes, dtype)
    result = layer(x)
    stored = {}
    layer.save_own_variables(stored)
    assert list(stored) == [str(position) for position in range(len(stored))]
    other = make()
    other(x)
    other.load_own_variables(stored)
    np.testing.assert_array_equal(other(x), result)


def test_compute_dtype(case):
    make, shapes, dtype = case
    config = make().get_config()
    layer = type(make()).from_config({**config, "dtype": "mixed_float16"})
    result = layer(values(shapes, dtype))
    assert result.dtype == "float16"
    assert all(weight.dtype == "float32" for weight in layer.weights)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.Dense(0, name="d"), r"layer 'd' \(Dense\): expected an int >= 1 for 'units', got 0"),
        (lambda: layers.Dense(2.5), r"\(Dense\): expected an int >= 1 for 'units', got 2.5"),
        (lambda: layers.Dense(2, quantization_config={}), r"\(Dense\): expected quantization_config=None"),
        (lambda: layers.Embedding(0, 2), r"\(Embedding\): expected an int >= 1 for 'input_dim', got 0"),
        (lambda: layers.Lambda(3), r"\(Lambda\): expected a function for 'function', got 3"),
        (
            lambda: layers.Conv2D(2, (3, 3, 3)),
            r"\(Conv2D\): expected an int >= 1 or a tuple of 2 of them for 'kernel_s",
        ),
        (lambda: layers.Conv2D(2, 3, padding="causal"), r"\(Conv2D\): expected 'valid' or 'same' for 'padding', got"),
        (lambda: layers.Conv2D(3, 3, groups=2), r"'filters' to be a multiple of 'groups', got 3 and 2"),
        (lambda: layers.Conv2D(3, 3, strides=2, dilation_rate=2), r"expected 1 for 'strides' or for 'dilation_rate'"),
        (
            lambda: layers.MaxPooling2D(strides=0),
            r"\(MaxPooling2D\): expected an int >= 1 or a tuple of 2 .* 'strides'",
        ),
        (
            lambda: layers.Flatten("last"),
            r"\(Flatten\): expected 'channels_last' or 'channels_first' for 'data_format'",
        ),
        (lambda: layers.Reshape((-1, -1)), r"\(Reshape\): expected a tuple of ints with at most one -1"),
        (lambda: layers.Permute((1, 3)), r"\(Permute\): expected a tuple of the axes 1, 2, ..., each once for 'dims'"),
        (lambda: layers.RepeatVector(0), r"\(RepeatVector\): expected an int >= 1 for 'n', got 0"),
        (lambda: layers.ZeroPadding2D((1, 2, 3)), r"\(ZeroPadding2D\): expected an int, or a tuple of 2 ints or pairs"),
        (lambda: layers.ZeroPadding1D((1, -1)), r"\(ZeroPadding1D\): expected an int >= 0 or a tuple of 2 of them"),
        (lambda: layers.Dot(0), r"\(Dot\): expected axes other than 0, that of the batch, for 'axes', got 0"),
        (lambda: layers.Dropout(1.5), r"\(Dropout\): expected a number from 0 to 1 for 'rate', got 1.5"),
        (lambda: layers.GaussianNoise(-1), r"\(GaussianNoise\): expected a number >= 0 for 'stddev', got -1"),
    ],
)
def test_wrong_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("layer", "shapes", "message"),
    [
        (layers.Dense, (3,), r"\(Dense\): argument 'inputs': expected ndim >= 2, got ndim=1"),
        (layers.Dense, (2, None), r"\(Dense\): expected an input whose axis -1 has a known size"),
        (layers.Conv2D, (2, 5, 5, None), r"\(Conv2D\): expected an input whose axis -1 has a known size"),
        (layers.Conv2D, (2, 2, 5, 3), r"window of kernel shape \(3, 3\) is larger than the padded input"),
        (layers.MaxPooling2D, (2, 4, 4), r"\(MaxPooling2D\): argument 'inputs': expected ndim=4, got ndim=3"),
        (layers.Reshape, (2, 5), r"\(Reshape\): expected inputs whose elements a sample fill target_shape=\(3, 2\)"),
        (layers.Add, (2, 4), r"\(Add\): expected a list of tensors, got the shape \(2, 4\)"),
        (layers.Add, [(2, 4), (2, 3)], r"\(Add\): expected inputs that broadcast, got the shapes"),
        (layers.Add, [(2, 4), (3, 4)], r"\(Add\): expected inputs of one batch size, got the shapes"),
        (layers.Subtract, [(2, 4)], r"\(Subtract\): expected two inputs, got the shapes"),
        (
            layers.Concatenate,
            [(2, 3, 4), (2, 4, 4)],
            r"\(Concatenate\): expected inputs whose shapes are equal but",
        ),
        (layers.Dot, [(2, 3), (2, 4)], r"\(Dot\): expected inputs with equal sizes of the axes 1, got the shapes"),
    ],
)
def test_wrong_inputs(layer, shapes, message):
    arguments = {layers.Dense: (2,), layers.Conv2D: (2, 3), layers.Reshape: ((3, 2),), layers.Dot: (1,)}
    made = layer(*arguments.get(layer, ()))
    with pytest.raises(ValueError, match=message):
        made(mapped(lambda shape: KerasTensor(shape, "float32"), shapes))
