"""What the layers compute, against the formulas in NumPy."""

import itertools

import numpy as np
import pytest

from keras_core import layers, ops
from keras_core.runtime.call_context import get_mask
from keras_core.runtime.registry import register_keras_serializable

RNG = np.random.default_rng(0)


def draw(*shape):
    return RNG.normal(size=shape).astype("float32")


def host(x):
    return ops.convert_to_numpy(x)


def close(result, expected):
    result, expected = host(result), host(expected)
    assert result.shape == expected.shape
    np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-5)


def padded(x, padding, sizes, strides, dilation, value=0.0):
    """Pad the spatial axes of a channels-last array as Keras does it."""
    widths = [(0, 0)]
    for length, size, stride, rate in zip(x.shape[1:-1], sizes, strides, dilation, strict=True):
        span = (size - 1) * rate + 1
        total = max((-(-length // stride) - 1) * stride + span - length, 0) if padding == "same" else 0
        widths.append((span - 1, 0) if padding == "causal" else (total // 2, total - total // 2))
    return np.pad(x, [*widths, (0, 0)], constant_values=value)


def windows(x, sizes, strides, dilation):
    """Return the positions of windows, and for each the elements in it, of shape (batch, *sizes, channels)."""
    spans = [(size - 1) * rate + 1 for size, rate in zip(sizes, dilation, strict=True)]
    counts = [(n - span) // s + 1 for n, span, s in zip(x.shape[1:-1], spans, strides, strict=True)]
    for place in itertools.product(*map(range, counts)):
        cut = tuple(
            slice(p * s, p * s + span, rate) for p, s, span, rate in zip(place, strides, spans, dilation, strict=True)
        )
        yield counts, place, x[(slice(None), *cut)]


def convolved(x, kernel, bias, strides, padding, dilation):
    sizes = kernel.shape[:-2]
    groups = x.shape[-1] // kernel.shape[-2]
    x = padded(x, padding, sizes, strides, dilation)
    result = None
    for counts, place, seen in windows(x, sizes, strides, dilation):
        if result is None:
            result = np.zeros((x.shape[0], *counts, kernel.shape[-1]), "float64")
        parts = [
            np.tensordot(part, k, kernel.ndim - 1)
            for part, k in zip(np.split(seen, groups, -1), np.split(kernel, groups, -1), strict=True)
        ]
        result[(slice(None), *place)] = np.concatenate(parts, -1) + bias
    return result


@pytest.mark.parametrize("activation", [None, "relu"])
def test_dense(activation):
    x = draw(2, 5, 4)
    layer = layers.Dense(3, activation=activation, bias_initializer="ones")
    result = layer(x)
    assert [weight.path.rpartition("/")[2] for weight in layer.weights] == ["kernel", "bias"]
    expected = x @ layer.kernel.numpy() + 1
    close(result, np.maximum(expected, 0) if activation else expected)


@pytest.mark.parametrize(
    ("rank", "kernel_size", "strides", "padding", "dilation", "groups"),
    [
        (1, (3,), (1,), "causal", (2,), 1),
        (1, (3,), (2,), "causal", (1,), 1),
        (1, (2,), (2,), "same", (1,), 2),
        (2, (3, 2), (1, 1), "valid", (1, 1), 1),
        (2, (3, 2), (2, 3), "same", (1, 1), 2),
        (2, (2, 3), (1, 1), "same", (2, 1), 1),
        (3, (2, 1, 2), (2, 1, 2), "same", (1, 1, 1), 1),
    ],
)
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_convolution(rank, kernel_size, strides, padding, dilation, groups, data_format):
    x = draw(2, *(7, 6, 5)[:rank], 4)
    layer = getattr(layers, f"Conv{rank}D")(
        6, kernel_size, strides, padding, data_format, dilation, groups, bias_initializer="ones"
    )
    first = data_format == "channels_first"
    result = layer(np.moveaxis(x, -1, 1) if first else x)
    expected = convolved(x, layer.kernel.numpy(), 1.0, strides, padding, dilation)
    close(np.moveaxis(host(result), 1, -1) if first else result, expected)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("strides", [None, 1])
def test_pooling(rank, padding, strides):
    x = draw(2, *(7, 6, 5)[:rank], 3)
    sizes, steps, ones = (2,) * rank, (strides or 2,) * rank, (1,) * rank
    axes = tuple(range(1, rank + 1))
    for name, function in (("Max", np.nanmax), ("Average", np.nanmean)):
        result = getattr(layers, f"{name}Pooling{rank}D")(2, strides, padding)(x)
        expected = np.zeros_like(result)
        for _, place, seen in windows(padded(x, padding, sizes, steps, ones, np.nan), sizes, steps, ones):
            expected[(slice(None), *place)] = function(seen, axes)
        close(result, expected)


@pytest.mark.parametrize("keepdims", [False, True])
def test_global_pooling(keepdims):
    for rank in (1, 2, 3):
        x = draw(2, *(7, 6, 5)[:rank], 3)
        axes = tuple(range(1, rank + 1))
        for name, function in (("Max", np.max), ("Average", np.mean)):
            make = getattr(layers, f"Global{name}Pooling{rank}D")
            expected = function(x, axes, keepdims=keepdims)
            close(make(keepdims=keepdims)(x), expected)
            first = make("channels_first", keepdims)(np.moveaxis(x, -1, 1))
            close(np.moveaxis(host(first), 1, -1), expected)


def test_masked_steps_do_not_count_in_the_average():
    x = draw(2, 3, 4)
    mask = np.array([[True, True, False], [False, True, False]])
    result = layers.GlobalAveragePooling1D()(x, mask=mask)
    close(result, np.stack([x[0, :2].mean(0), x[1, 1]]))
    assert get_mask(result) is None
    first = layers.GlobalAveragePooling1D("channels_first")(np.moveaxis(x, -1, 1), mask=mask)
    close(first, result)


def test_reshaping():
    x = draw(2, 3, 4, 5)
    close(layers.Flatten()(x), x.reshape(2, 60))
    close(layers.Flatten("channels_first")(x), np.moveaxis(x, 1, -1).reshape(2, 60))
    close(layers.Flatten()(x[:, 0, 0, 0]), x[:, :1, 0, 0])
    assert layers.Flatten()(np.zeros((0, 3, 4))).shape == (0, 12)
    close(layers.Reshape((-1, 6))(x), x.reshape(2, 10, 6))
    close(layers.Reshape(())(x[:, :1, 0, 0]), x[:, 0, 0, 0])
    close(layers.Permute((2, 3, 1))(x), x.transpose(0, 2, 3, 1))
    close(layers.RepeatVector(2)(x[:, :, 0, 0]), np.stack([x[:, :, 0, 0]] * 2, 1))
    close(layers.ZeroPadding2D(((1, 0), (2, 3)))(x), np.pad(x, ((0, 0), (1, 0), (2, 3), (0, 0))))
    close(layers.ZeroPadding2D(1, "channels_first")(x), np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1))))


def test_merging():
    a, b = draw(2, 3, 4), draw(2, 3, 4)
    for name, expected in (
        ("add", a + b),
        ("subtract", a - b),
        ("multiply", a * b),
        ("average", (a + b) / 2),
        ("maximum", np.maximum(a, b)),
        ("minimum", np.minimum(a, b)),
        ("concatenate", np.concatenate([a, b], -1)),
    ):
        close(getattr(layers, name)([a, b]), expected)
    low = draw(2, 4)
    close(layers.Add()([low, a]), low[:, None] + a)  # axes come after that of the batch
    close(layers.dot([a, b], axes=2), a @ b.transpose(0, 2, 1))
    close(layers.Dot((1, 2))([low, a]), np.einsum("bi,bji->bj", low, a))
    cosine = (low * low[::-1]).sum(1) / np.prod(np.linalg.norm([low, low[::-1]], axis=2), 0)
    close(layers.Dot(1, normalize=True)([low, low[::-1]]), cosine[:, None])


def test_masks_of_merged_inputs():
    x = draw(2, 3, 4)
    first, second = np.eye(2, 3, dtype=bool), np.ones((2, 3), bool) ^ np.eye(2, 3, dtype=bool)
    assert host(layers.Add().compute_mask([x, x], [first, second])).all()
    assert layers.Add().compute_mask([x, x], [first, None]) is None
    assert host(layers.Concatenate().compute_mask([x, x], [first, first])).tolist() == first.tolist()
    joined = layers.Concatenate(1).compute_mask([x, x], [first, None])
    assert host(joined).tolist() == np.concatenate([first, np.ones((2, 3), bool)], 1).tolist()
    assert layers.Dot(1).compute_mask([x, x], [first, second]) is None


def test_embedding():
    ids = np.array([[1, 0], [3, 3]])
    layer = layers.Embedding(4, 2, mask_zero=True)
    result = layer(ids)
    close(result, layer.embeddings.numpy()[ids])
    assert host(get_mask(result)).tolist() == [[True, False], [True, True]]
    close(layer(ids.astype("float64")), result)
    table = draw(4, 2)
    close(layers.Embedding(4, 2, weights=[table])(ids), table[ids])
    # Ids above 2048 are no float16 numbers; a policy of that dtype must not round them.
    wide = layers.Embedding(4097, 1, dtype="mixed_float16", weights=[np.arange(4097.0)[:, None]])
    assert host(wide(np.array([[2049.0]], "float32"))).item() == np.float16(2049)
    assert wide._embeddings.numpy()[2049] == 2049


def test_masking():
    x = draw(2, 3, 4)
    x[0, 1] = 7
    x[1, 0, 0] = 7
    result = layers.Masking(7.0)(x)
    mask = [[True, False, True], [True, True, True]]
    assert host(get_mask(result)).tolist() == mask
    close(result, x * np.array(mask)[..., None])


def test_rescaling():
    close(layers.Rescaling(1 / 255, offset=-1)(np.array([0, 255], "uint8")), np.array([-1.0, 0.0], "float32"))
    x = draw(2, 3)
    close(layers.Rescaling([1.0, 2.0, 3.0], offset=[0.0, 1.0, 2.0])(x), x * [1, 2, 3] + [0, 1, 2])
    config = layers.serialize(layers.Rescaling(np.array([1.0, 2.0, 3.0])))
    close(layers.deserialize(config)(x), x * [1, 2, 3])


def test_dropout():
    x = ops.ones((50, 40))
    layer = layers.Dropout(0.25, seed=1)
    assert layer(x) is x
    result = host(layer(x, training=True))
    assert set(np.unique(result)) == {np.float32(0), np.float32(1 / 0.75)}
    assert abs((result == 0).mean() - 0.25) < 0.03
    assert (host(layer(x, training=True)) != result).any()
    np.testing.assert_array_equal(host(layers.Dropout(0.25, seed=1)(x, training=True)), result)
    rows = host(layers.Dropout(0.5, noise_shape=(None, 1))(x, training=True))
    assert (rows == rows[:, :1]).all()
    assert not host(layers.Dropout(1.0)(x, training=True)).any()
    assert layers.Dropout(0)(x, training=True) is x
    assert [variable.shape for variable in layer.variables] == [(2,)]
    assert layer.weights == layers.Dropout(0).variables == []
    with pytest.raises(ValueError, match=r"\(Dropout\): expected 'noise_shape' to have the 2 axes of the inputs"):
        layers.Dropout(0.5, noise_shape=(1,))(x, training=True)


def test_gaussian_noise():
    x = ops.ones((50, 40))
    layer = layers.GaussianNoise(0.5, seed=1)
    assert layer(x) is x
    noise = host(layer(x, training=True) - x)
    assert abs(noise.mean()) < 0.05 and abs(noise.std() - 0.5) < 0.05


@register_keras_serializable("layer_tests")
def scaled(x, factor=2.0, mask=None, training=None):
    assert mask is None or training is not None
    return x * factor


@register_keras_serializable("layer_tests")
def same_mask(inputs, mask):
    return mask


def test_lambda():
    x = draw(2, 3)
    layer = layers.Lambda(scaled, arguments={"factor": 3.0}, mask=same_mask)
    close(layer(x), x * 3)
    close(layer(x, mask=np.ones(2, bool), training=True), x * 3)
    assert layer.compute_output_shape((None, 3)) == (None, 3)
    config = layers.serialize(layer)
    assert config["config"]["function"]["config"] == "layer_tests>scaled"
    close(layers.deserialize(config)(x), x * 3)
    assert layers.Lambda(scaled, output_shape=(4, 5)).compute_output_shape((7, 3)) == (7, 4, 5)
    assert layers.Lambda(scaled, output_shape=lambda shape: shape[:1]).compute_output_shape((7, 3)) == (7,)
    with pytest.raises(NotImplementedError, match=r"\(Lambda\): the function cannot run on symbolic tensors"):
        layers.Lambda(lambda inputs: np.linalg.svd(inputs)).compute_output_shape((7, 3))


def test_code_of_a_lambda_is_neither_saved_nor_loaded():
    layer = layers.Lambda(lambda inputs: inputs, name="free")
    with pytest.raises(ValueError, match=r"layer 'free' \(Lambda\): the argument 'function' cannot be saved"):
        layers.serialize(layer)
    code = {"class_name": "__lambda__", "config": {"code": "4wAAAA==", "defaults": None, "closure": None}}
    config = {"module": "keras.layers", "class_name": "Lambda", "config": {"function": code}}
    with pytest.raises(ValueError, match="holds the bytecode of a lambda"):
        layers.deserialize(config)
    config["config"]["function"] = {"module": "os", "class_name": "function", "config": "system"}
    with pytest.raises(TypeError, match="unknown function 'system'"):
        layers.deserialize(config)


def test_activation_is_given_by_name_or_function():
    x = draw(2, 3)
    close(layers.Activation("relu")(x), np.maximum(x, 0))
    close(layers.Activation(ops.tanh)(x), np.tanh(x))
    tensor = ops.convert_to_tensor(x)
    assert layers.Activation(None)(tensor) is tensor
